"""Clients named in the result of a rehearsal, as far as the reader sees them (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Iterable

from clients.models import Client
from clients.querysets import ClientQuerySet
from salesdept.models import User


def listed(user: User, ids: Iterable[int]) -> ClientQuerySet:
    """Those of the clients that the person sees: TOP first, then by window amount, then by code."""
    found: ClientQuerySet = (
        Client.objects.visible_to(user)
        .filter(pk__in=list(ids))
        .order_by("-state__is_top", "-state__amount", "code")
    )
    return found
