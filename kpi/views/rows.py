"""The rows behind a figure: shipments, clients, calls and conversations. Each list says how it comes to the figure."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from clients.models import Direction
from kpi.reports import calls as calls_report
from kpi.reports import people as people_report
from kpi.reports import rows as rows_report
from kpi.reports import scope as scopes
from kpi.reports.labels import chips
from kpi.reports.people import KINDS, ON_PAGE
from kpi.reports.period import Period, period
from kpi.reports.scope import Narrowing, Scope
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.roles import Perm

SEE = (Perm.SEE_RESULTS, Perm.SEE_OFFICE_RESULTS, Perm.SEE_OWN_RESULTS)


@needs(*SEE)
def rows(request: PersonRequest) -> HttpResponse:
    """The shipments of a month, narrowed to a manager, an office, a direction or a sphere."""
    month, scope, narrowing = _asked(request)
    if narrowing.direction is not None and narrowing.direction not in Direction.values:
        raise Http404
    found = rows_report.behind(month, scope, narrowing)
    pages = Paginator(found.shipments, ON_PAGE)
    pages.count = found.listed.documents  # counted already, together with the sum
    page = pages.get_page(request.GET.get("page"))
    context = {"found": found, "page": page, "plan_lines": found.plan_lines if page.number == 1 else []}
    return _answer(request, "rows", month, scope, narrowing, context)


@needs(*SEE)
def people(request: PersonRequest) -> HttpResponse:
    """The clients behind a count of a month: `?what=top_late`."""
    month, scope, narrowing = _asked(request)
    what = request.GET.get("what", "")
    if what not in KINDS:
        raise Http404
    number = page_number(request.GET.get("page", ""))
    found = people_report.people(what, month, scope, narrowing, number)
    last = max(-(-found.count // ON_PAGE), 1) if found else 1
    context = {
        "found": found,
        "kind": KINDS[what],
        "tabs": people_report.family(what),
        "number": number,
        "previous": number - 1,
        "next": number + 1 if number < last else 0,
        "first": (number - 1) * ON_PAGE + 1,
        "last": min(number * ON_PAGE, found.count) if found else 0,
    }
    return _answer(request, "people", month, scope, narrowing, context)


@needs(*SEE)
def calls(request: PersonRequest) -> HttpResponse:
    """Lines of the call lists of a month in a state, or conversations: `?what=open`."""
    month, scope, narrowing = _asked(request)
    what = request.GET.get("what", "")
    if what not in calls_report.KINDS:
        raise Http404
    found = calls_report.calls(what, month, scope, narrowing)
    pages = Paginator(found.rows, ON_PAGE)
    pages.count = found.count
    tabs = [(code, label, code == what) for code, label in calls_report.KINDS.items()]
    context = {"found": found, "page": pages.get_page(request.GET.get("page")), "tabs": tabs}
    return _answer(request, "calls", month, scope, narrowing, context)


def page_number(text: str) -> int:
    """The page of an address, from 1; anything else is the first."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _asked(request: PersonRequest) -> tuple[Period, Scope, Narrowing]:
    scope = scopes.of_rows(request.user, request.GET)
    month = period(request.GET.get("month", ""))
    if month is None:
        raise Http404
    return month, scope, Narrowing.of(scope, request.GET)


def _answer(
    request: PersonRequest,
    name: str,
    month: Period,
    scope: Scope,
    narrowing: Narrowing,
    context: dict[str, Any],
) -> HttpResponse:
    context |= {
        "period": month,
        "scope": scope,
        "chips": chips(narrowing, scope),
        "back": {"month": month.code} | ({"office": scope.code} if scope.code and scope.offices else {}),
    }
    folder = "part" if wants_fragment(request) else "page"
    return render(request, f"kpi/rows/{name}_{folder}.html", context)
