"""One's own month, as a card of «My day»."""

from django.http import HttpResponse
from django.shortcuts import render

from kpi.reports.mine import mine
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.roles import Perm


@needs(Perm.SEE_OWN_RESULTS)
def my_month(request: PersonRequest) -> HttpResponse:
    """The card for HTMX, or a page with the card; only the person's own figures."""
    template = "card" if wants_fragment(request) else "page"
    return render(request, f"kpi/mine/{template}.html", {"mine": mine(request.user)})
