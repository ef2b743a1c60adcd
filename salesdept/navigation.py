"""The rail: what each role finds in it. The right to open a page is checked by its view, not here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from salesdept.roles import Perm, has_perm


@dataclass(frozen=True)
class Item:
    """A line of the rail. `count` names a counter of work left."""

    url: str
    label: Any
    icon: str
    perms: tuple[Perm, ...]
    count: str = ""
    also: tuple[str, ...] = field(default=())


SECTIONS: tuple[tuple[Any, tuple[Item, ...]], ...] = (
    (
        _("Work"),
        (
            Item("deals:day", _("My day"), "calendar-check", (Perm.WORK_CALLS,), "calls", ("deals:call",)),
            Item(
                "clients:list",
                _("Clients"),
                "users",
                (Perm.SEE_OWN_CLIENTS, Perm.SEE_OFFICE_CLIENTS, Perm.SEE_ALL_CLIENTS),
                also=("clients:",),
            ),
            Item("deals:tasks", _("Tasks"), "list-checks", (Perm.SEE_TASKS,), "tasks", ("deals:task",)),
        ),
    ),
    (
        _("Results"),
        (
            Item(
                "kpi:dashboard",
                _("Plan and fact"),
                "chart-column",
                (Perm.SEE_RESULTS, Perm.SEE_OFFICE_RESULTS),
                also=("kpi:",),
            ),
        ),
    ),
    (
        _("Rules"),
        (
            Item(
                "playbook:index", _("Sales book"), "book-open", (Perm.READ_BOOK,), "book", also=("playbook:",)
            ),
        ),
    ),
    (
        _("Data"),
        (
            Item("imports:list", _("Imports"), "file-up", (Perm.IMPORT_DATA,), also=("imports:",)),
            Item("night", _("Night"), "moon", (Perm.SEE_NIGHT,)),
        ),
    ),
)


def rail(request: HttpRequest, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Sections the person has a right to, with the current page marked."""
    match = request.resolver_match
    here = match.view_name if match else ""
    best = _current(here)
    sections = []
    for title, items in SECTIONS:
        shown = [
            {
                "url": reverse(item.url),
                "label": item.label,
                "icon": item.icon,
                "count": counts.get(item.count, 0),
                "current": item is best,
            }
            for item in items
            if any(has_perm(request.user, perm) for perm in item.perms)
        ]
        if shown:
            sections.append({"title": title, "items": shown})
    return sections


def _current(view_name: str) -> Item | None:
    """The item whose URL or prefix fits the page best (the longest)."""
    candidates = [
        (len(prefix), item)
        for _title, items in SECTIONS
        for item in items
        for prefix in (item.url, *item.also)
        if view_name == prefix or (view_name.startswith(prefix) and prefix in item.also)
    ]
    return max(candidates, key=lambda pair: pair[0])[1] if candidates else None
