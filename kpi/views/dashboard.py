"""Plan and fact of a month: the sales head's page, and the branch head's own office."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from kpi.reports import scope as scopes
from kpi.reports.book import book
from kpi.reports.dashboard import dashboard as report
from kpi.reports.period import period
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.roles import Perm

SEE = (Perm.SEE_RESULTS, Perm.SEE_OFFICE_RESULTS)


@needs(*SEE)
def dashboard(request: PersonRequest) -> HttpResponse:
    """The page, or for HTMX its body; `?month=2026-11`, `?office=msk`, `?view=projector`."""
    scope = scopes.of_results(request.user, request.GET)
    month = period(request.GET.get("month", ""))
    if month is None:
        return render(request, "kpi/dashboard/no_night.html", {"scope": scope})
    context = {"report": report(month, scope), "period": month, "scope": scope}
    if month.day == month.until and not month.is_future:  # how the book stands is known of today only
        context["book"] = book(scope)
    template = "body" if wants_fragment(request) else "dashboard"
    return render(request, f"kpi/dashboard/{template}.html", context)
