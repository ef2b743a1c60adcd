"""What the shell of every page shows: the rail with work left, the published day, the person."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from salesdept.models import User
from salesdept.navigation import rail
from salesdept.roles import Role

# Counters of the rail belong to apps on the right; each is imported by a test.
RAIL_COUNTS = ("deals.views.rail.counts", "playbook.views.rail.counts")


def _demo_people() -> list[User]:
    """Someone of each role, for the login page of the demonstration; nobody anywhere else."""
    if not settings.DEMO:
        return []
    first: dict[str, User] = {}
    for user in User.objects.active().select_related("office").order_by("pk"):
        first.setdefault(user.role, user)
    return [first[role] for role in Role if role in first]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation for full pages; fragments do not pay for it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"demo_people": _demo_people}
    base: dict[str, Any] = {}
    if request.path.startswith("/admin/"):
        return base
    if getattr(request, "htmx", False) and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return base
    counts: dict[str, int] = {}
    for path in RAIL_COUNTS:
        counts |= import_string(path)(user)
    return base | {"rail": rail(request, counts)}
