"""Checking off a regular duty of today: a POST that answers with the list, or goes back to the page."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from playbook.models import Duty
from playbook.services import duty as duties
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import today
from salesdept.roles import Perm


@require_POST
@needs(Perm.READ_BOOK)
def duty(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Done (`done=1`) or not done after all; `day` is the day of the page."""
    row = get_object_or_404(Duty.objects.select_related("job"), pk=pk, job__role=request.user.role)
    error = ""
    try:
        is_done = request.POST.get("done") == "1"
        duties.set_done(request.user, row, _day(request.POST.get("day", "")), today(), is_done=is_done)
    except ValidationError as refusal:
        error = " ".join(refusal.messages)
    if wants_fragment(request):
        context = {
            "duties": duties.duties_of_day(request.user, today()),
            "error": error,
            "next": request.POST.get("next", ""),
        }
        return render(request, "playbook/parts/duties.html", context, status=422 if error else 200)
    if error:
        messages.error(request, error)
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()})
    return redirect(f"{address if is_ours else reverse('playbook:index')}#duties")


def _day(text: str) -> date:
    """The day of the form; one that is no date is of no list."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min
