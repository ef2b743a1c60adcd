"""The clients behind a count: counted again from what the night stored, so that the list is the figure.

Each list is the very condition by which the night counted (`kpi.nightly`), over the states stored by the last
published night of the month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from kpi.nightly import accounts, coverage, inflow, key_clients
from kpi.reports.attention import due_before
from kpi.reports.period import Period
from kpi.reports.scope import NOBODY, Narrowing, Scope
from playbook.services import parameters
from salesdept.roles import Perm, Role, has_perm
from salesdept.sql import fetch

ON_PAGE = 50


@dataclass(frozen=True)
class Kind:
    """A list: its heading, where its rows come from, which of them, and what it shows beside the client."""

    title: str | Promise
    source: str
    where: str
    shows: str
    needs_night: bool = True


_MONTH = "SELECT %(month)s::date AS month, %(day)s::date AS day"
_ACCOUNTS = """
    SELECT client_id, manager_id, office_id, is_active, is_new, is_top_shipped, NULL::date AS first,
           NULL::date AS second
    FROM ({clients}) AS a
"""
_COVERAGE = """
    SELECT a.client_id, manager_id, office_id, is_top, is_other, in_time, last_talked_on AS first,
           due_on AS second, is_load, EXISTS (
               SELECT FROM clients_clientmonth m
               WHERE m.client_id = a.client_id AND m.month = %(month)s AND m.amount > 0) AS is_shipped
    FROM ({clients}) AS a
"""
_INFLOW = """
    SELECT client_id, manager_id, office_id, became_zero, became_zero_top, became_lost, reactivated,
           a.on AS first, NULL::date AS second
    FROM ({events}) AS a
"""
_KEY = """
    SELECT client_id, manager_id, office_id, is_shipped, last_purchase AS first, NULL::date AS second
    FROM ({clients}) AS a
"""
# Enquiries nobody has talked to though their term is over: of this moment, not of the night.
_LEADS = """
    SELECT l.client_id, l.assignee_id AS manager_id, u.office_id,
           min((l.created_at AT TIME ZONE 'Europe/Moscow')::date) AS first, NULL::date AS second
    FROM deals_lead l LEFT JOIN salesdept_user u ON u.id = l.assignee_id
    WHERE l.state = 'new' AND l.created_at <= %(due_before)s
    GROUP BY 1, 2, 3
"""
SOURCES = {
    "accounts": _ACCOUNTS.format(clients=accounts.STORED.format(months=_MONTH)),
    "unknown": _ACCOUNTS.format(clients=accounts.UNKNOWN.format(months=_MONTH)),
    "coverage": _COVERAGE.format(clients=coverage.CLIENTS.format(hands=coverage.HANDS_STORED)),
    "inflow": _INFLOW.format(events=inflow.EVENTS.format(hands=coverage.HANDS_STORED)),
    "key": _KEY.format(clients=key_clients.CLIENTS.format(hands=coverage.HANDS_STORED)),
    "leads": _LEADS,
}
KINDS: dict[str, Kind] = {
    "active": Kind(_("Active accounts"), "accounts", "is_active", "month", needs_night=False),
    "new": Kind(_("New clients"), "accounts", "is_new", "month", needs_night=False),
    "top": Kind(_("TOP clients"), "coverage", "is_top", "talk"),
    "top_shipped": Kind(_("TOP clients with a shipment"), "accounts", "is_top_shipped", "month"),
    "top_unshipped": Kind(
        _("TOP clients without a shipment"), "coverage", "is_top AND NOT is_shipped", "talk"
    ),
    "top_in_time": Kind(_("TOP clients talked to in time"), "coverage", "is_top AND in_time", "talk"),
    "top_late": Kind(_("TOP clients not talked to in time"), "coverage", "is_top AND NOT in_time", "talk"),
    "other": Kind(_("Other clients"), "coverage", "is_other", "talk"),
    "other_in_time": Kind(_("Other clients talked to in time"), "coverage", "is_other AND in_time", "talk"),
    "other_late": Kind(
        _("Other clients not talked to in time"), "coverage", "is_other AND NOT in_time", "talk"
    ),
    "load_top": Kind(_("Load: TOP clients"), "coverage", "is_load AND is_top", "talk"),
    "load_other": Kind(_("Load: other clients"), "coverage", "is_load AND NOT is_top", "talk"),
    "key": Kind(_("Key clients"), "key", "true", "bought"),
    "key_shipped": Kind(_("Key clients that bought this month"), "key", "is_shipped", "bought"),
    "key_unshipped": Kind(_("Key clients that did not buy this month"), "key", "NOT is_shipped", "bought"),
    "leads_late": Kind(_("Enquiries without a first contact in time"), "leads", "true", "came"),
    "became_zero": Kind(_("Became zero"), "inflow", "became_zero", "event"),
    "became_zero_top": Kind(_("TOP clients that became zero"), "inflow", "became_zero_top", "event"),
    "became_lost": Kind(_("Became lost"), "inflow", "became_lost", "event"),
    "reactivated": Kind(_("Came back"), "inflow", "reactivated", "event"),
}
# Lists that are read beside each other.
FAMILIES: tuple[tuple[tuple[str, str | Promise], ...], ...] = (
    (("top_late", _("Not in time")), ("top_in_time", _("In time")), ("top", _("All"))),
    (("other_late", _("Not in time")), ("other_in_time", _("In time")), ("other", _("All"))),
    (("top_unshipped", _("Without a shipment")), ("top_shipped", _("With a shipment"))),
    (("became_zero", _("All")), ("became_zero_top", _("TOP"))),
    (("key_unshipped", _("Did not buy")), ("key_shipped", _("Bought")), ("key", _("All"))),
    (("load_top", _("TOP")), ("load_other", _("Others"))),
    (("active", _("Active accounts")), ("new", _("New clients"))),
)


def family(what: str) -> list[tuple[str, str | Promise, bool]]:
    """The lists beside this one, with the current one marked."""
    found = next((names for names in FAMILIES if what in dict(names)), ())
    return [(code, label, code == what) for code, label in found]


_LIST = """
    SELECT rows.client_id, rows.first, rows.second, coalesce(m.amount, 0), count(*) OVER ()
    FROM (SELECT * FROM ({source}) AS rows WHERE {where}) AS rows
    JOIN clients_client c ON c.id = rows.client_id
    LEFT JOIN clients_clientstate s ON s.client_id = rows.client_id
    LEFT JOIN clients_clientmonth m ON m.client_id = rows.client_id AND m.month = %(month)s
    ORDER BY s.amount DESC NULLS LAST, c.code COLLATE "C", rows.first
"""


@dataclass(frozen=True)
class Line:
    """A client of the list: the last and the next due conversation, or the day of the event in `first`."""

    client: Client
    first: date | None
    second: date | None
    month_amount: Decimal


@dataclass(frozen=True)
class People:
    """A page of the list, how many it holds, and how many of the figure the person does not see."""

    kind: Kind
    lines: list[Line]
    count: int
    hidden: int

    @property
    def total(self) -> int:
        """The figure the list stands behind."""
        return self.count + self.hidden


def people(what: str, period: Period, scope: Scope, narrowing: Narrowing, page: int) -> People | None:
    """A page (from 1) of the clients behind a count; None where the month has no night and the count needs one."""
    kind = KINDS[what]
    if kind.needs_night and period.last_night is None:
        return None
    source = kind.source if period.last_night else "unknown"
    params = _params(period, narrowing)
    where = f"{kind.where} AND {_narrowed(narrowing, params)}"
    visible = where
    if not has_perm(scope.user, Perm.SEE_ALL_CLIENTS):
        visible += " AND rows.client_id = ANY(%(visible)s)"
        params["visible"] = list(Client.objects.visible_to(scope.user).values_list("pk", flat=True))
    query = _LIST.format(source=SOURCES[source], where=visible)
    params |= {"limit": ON_PAGE, "offset": (page - 1) * ON_PAGE}
    rows = fetch(f"{query} LIMIT %(limit)s OFFSET %(offset)s", params)
    count = rows[0][4] if rows else 0
    total = count
    if visible != where:
        total = fetch(f"SELECT count(*) FROM ({SOURCES[source]}) AS rows WHERE {where}", params)[0][0]  # noqa: S608
    return People(kind, _lines(rows), count, total - count)


def _params(period: Period, narrowing: Narrowing) -> dict[str, Any]:
    night = period.last_night
    values = parameters.in_force(night or period.day)
    return values.sql() | {
        "due_before": due_before(values) if period.is_latest else None,
        "month": period.month,
        "day": night,
        "as_of": night,
        "development_role": Role.DEVELOPMENT_MANAGER,
    }


def _narrowed(narrowing: Narrowing, params: dict[str, Any]) -> str:
    """The manager and the office of the address as SQL."""
    parts = ["true"]
    if narrowing.manager == NOBODY:
        parts.append("rows.manager_id IS NULL")
    elif narrowing.manager is not None:
        parts.append("rows.manager_id = %(manager)s")
        params["manager"] = int(narrowing.manager)
    if narrowing.office == NOBODY:
        parts.append("rows.office_id IS NULL")
    elif narrowing.office is not None:
        parts.append("rows.office_id = (SELECT id FROM salesdept_office WHERE code = %(office)s)")
        params["office"] = narrowing.office
    return " AND ".join(parts)


def _lines(rows: list[tuple[Any, ...]]) -> list[Line]:
    clients = Client.objects.select_related("state", "segment", "in_work_with", "home_manager").defer(
        "search_text", "search"
    )
    found = clients.in_bulk([row[0] for row in rows])
    return [Line(found[pk], first, second, amount) for pk, first, second, amount, _count in rows]
