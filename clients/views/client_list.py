"""The client list: search as you type, filters, orders, saved views. The URL is its whole state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients import sparkline, tables
from clients.filters import ClientFilter, Queue, clean_query
from clients.models import Client, ClientState, Stage
from clients.services.assignment import candidates
from playbook.services import parameters
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import add_months, complete_months_window, today
from salesdept.models import SavedView, User
from salesdept.night import published_day, yesterday
from salesdept.roles import Perm, Role, has_perm

SEE = (Perm.SEE_OWN_CLIENTS, Perm.SEE_OFFICE_CLIENTS, Perm.SEE_ALL_CLIENTS)


@dataclass(frozen=True)
class Row:
    """What one line of the list says about a client, already compared with today."""

    client: Client
    state: ClientState | None
    spark: SafeString
    expected_late: int | None  # days since the expected order, for clients who buy
    expected_missed: bool  # the order never came and the client is no longer a buying one
    due_late: int | None  # days since the conversation was due
    is_free: bool  # the person looking may take this client
    is_open: bool  # … and may open its card: a client of the queue only after taking it


@dataclass(frozen=True)
class Heading:
    """A column one can sort by: where a click leads, and the order it stands for on a phone."""

    order: tables.Order
    address: str
    is_on: bool
    value: str


@dataclass(frozen=True)
class Tab:
    """A ready-made or saved view: a name for a query string."""

    label: str
    query: str
    current: bool
    saved_id: int | None = None


@needs(*SEE)
def client_list(request: PersonRequest) -> HttpResponse:
    """The page, or for HTMX the part that it asked for: the results, or the list with its filters."""
    is_fragment = wants_fragment(request)
    context = listing(request.user, request.GET) | {"is_fragment": is_fragment}
    response = render(request, _template(request), context)
    if is_fragment:
        response[_history_header(request)] = _address(clean_query(request.GET))
    return response


def listing(user: User, params: QueryDict) -> dict[str, Any]:
    """Everything the list shows for a person and a query string."""
    found = filtered(user, params)
    sort = tables.Sort.parse(params.get("sort", ""))
    number = page_number(params)
    clients, count = tables.narrowed(found.qs)
    ids, has_next = sort.page(clients, number)
    day = published_day() or yesterday()
    months = parameters.value("analysis.window_months", day)
    return {
        "filter": found,
        "query": clean_query(params, without=("page",)),
        "here": _address(clean_query(params)),
        "without_search": _address(clean_query(params, without=("page", "q"))),
        "chips": list(found.chips()),
        "queue": found.form.cleaned_data.get("queue") or "",
        "searched": params.get("q", "").strip(),
        "sort": sort,
        "headings": [_heading(order, sort, params) for order in tables.ORDERS.values()],
        "rows": list(_rows(user, ids, complete_months_window(day, months))),
        "months": months,
        "count": min(count, tables.COUNT_CAP),
        "is_more": count > tables.COUNT_CAP,
        "page": number,
        "first": (number - 1) * tables.PAGE_SIZE + 1,
        "last": (number - 1) * tables.PAGE_SIZE + len(ids),
        "previous_page": _page_address(params, number - 1) if number > 1 else "",
        "next_page": _page_address(params, number + 1) if has_next and number < tables.MAX_PAGE else "",
        "is_cut": has_next and number == tables.MAX_PAGE,
        "tabs": _tabs(user, params),
        **_actions(user),
    }


def filtered(user: User, params: QueryDict) -> ClientFilter:
    """The clients of a query string that the person may see; the «no owner» queue adds those they may take."""
    visible = Client.objects.visible_to(user)
    if params.get("queue") == Queue.NO_OWNER:
        visible = visible | Client.objects.free_for(user)
    return ClientFilter(params, visible, user=user)


def page_number(params: QueryDict) -> int:
    """The page of the URL, from 1; anything else is the first."""
    text = params.get("page", "1")
    return (
        min(max(int(text), 1), tables.MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    )


def _template(request: PersonRequest) -> str:
    if not wants_fragment(request):
        return "clients/client/list.html"
    return f"clients/client/{'list_body' if request.htmx.target == 'list' else 'results'}.html"


def _actions(user: User) -> dict[str, Any]:
    """What the person may do with the clients they tick."""
    may_assign = has_perm(user, Perm.ASSIGN_CLIENTS)
    may_segment = has_perm(user, Perm.EDIT_CLIENTS)
    return {
        "may_assign": may_assign,
        "may_segment": may_segment,
        "may_bulk": may_assign or may_segment,
        "may_export": has_perm(user, Perm.EXPORT_CLIENTS),
        "sees_many": has_perm(user, Perm.SEE_ALL_CLIENTS) or has_perm(user, Perm.SEE_OFFICE_CLIENTS),
        "people": list(candidates(user)) if may_assign else [],
    }


def _rows(user: User, ids: list[int], window: tuple[date, date]) -> Iterator[Row]:
    amounts = tables.month_amounts(ids, window)
    months = []
    month = window[0]
    while month < window[1]:
        months.append(month)
        month = add_months(month, 1)
    day = today()
    for client in tables.rows(ids):
        yield _row(client, [amounts.get(client.pk, {}).get(one) for one in months], day, user)


def _row(client: Client, amounts: list[Decimal | None], day: date, user: User) -> Row:
    state = getattr(client, "state", None)
    buying = state is not None and state.stage in (Stage.NEW, Stage.ACTIVE)
    expected = state.expected_order if state else None
    late = (day - expected).days if expected else 0
    due = getattr(client, "contact_due", None)
    free = client.home_manager_id is None
    return Row(
        client=client,
        state=state,
        spark=sparkline.bars(amounts),
        expected_late=late if late > 0 and buying else None,
        expected_missed=late > 0 and not buying,
        due_late=(day - due).days if due and due < day else None,
        is_free=free and has_perm(user, Perm.WORK_CALLS) and user.role in Role.sellers(),
        is_open=not free
        or client.in_work_with is not None
        or not has_perm(user, Perm.SEE_OWN_CLIENTS)
        or has_perm(user, Perm.SEE_ALL_CLIENTS),
    )


def _tabs(user: User, params: QueryDict) -> list[Tab]:
    """All, TOP, the queues and the person's own views; current is the most exact one that the page fits."""
    named: list[tuple[str, str, int | None]] = [(_("All"), "", None), (_("TOP"), "top=1", None)]
    named += [(str(label), f"queue={queue}", None) for queue, label in Queue.LABELS.items()]
    saved = SavedView.objects.filter(user=user, page="clients").values_list("name", "query", "pk")
    named += list(saved)
    here = _parts(clean_query(params))
    fitting = [one for one in named if _parts(one[1]) <= here]
    best = max(fitting, key=lambda one: (len(_parts(one[1])), one[2] is not None))
    return [Tab(name, query, (name, query, pk) == best, pk) for name, query, pk in named]


def _parts(query: str) -> set[tuple[str, str]]:
    """A query string as name-value pairs, without order and page."""
    pairs = {(name, value) for name, values in QueryDict(query).lists() for value in values}
    return {(name, value) for name, value in pairs if name not in ("page", "sort")}


def _heading(order: tables.Order, sort: tables.Sort, params: QueryDict) -> Heading:
    turned = sort.turned(order)
    changed = params.copy()
    changed["sort"] = turned
    is_on = order is sort.order
    address = _address(clean_query(changed, without=("page",)))
    return Heading(order, address, is_on, sort.key if is_on else turned)


def _page_address(params: QueryDict, number: int) -> str:
    changed = params.copy()
    changed["page"] = str(number)
    return _address(clean_query(changed, without=() if number > 1 else ("page",)))


def _address(query: str) -> str:
    return reverse("clients:list") + (f"?{query}" if query else "")


def _history_header(request: PersonRequest) -> str:
    """A new entry of the browser's history, except while the same search is being typed on."""
    before = QueryDict(urlsplit(request.htmx.current_url or "").query, mutable=True)
    now = request.GET.copy()
    typed_on = before.pop("q", None) and now.pop("q", None)
    same = _parts(clean_query(before)) == _parts(clean_query(now))
    return "HX-Replace-Url" if typed_on and same else "HX-Push-Url"
