"""What the shell of every page shows: the rail with work left, the published day, the person."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from salesdept.navigation import rail

# Counters of the rail belong to apps on the right; each is imported by a test.
RAIL_COUNTS = ("deals.views.rail.counts",)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation for full pages; fragments do not pay for it."""
    user = getattr(request, "user", None)
    base: dict[str, Any] = {"demo_mode": settings.DEMO}
    if user is None or not user.is_authenticated or request.path.startswith("/admin/"):
        return base
    if getattr(request, "htmx", False) and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return base
    counts: dict[str, int] = {}
    for path in RAIL_COUNTS:
        counts |= import_string(path)(user)
    return base | {"rail": rail(request, counts)}
