"""First weeks: taking a newcomer in, the plan with its marks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from playbook import onboarding as first_weeks
from playbook.forms.onboarding import OnboardingForm
from playbook.models import Onboarding, OnboardingStep
from playbook.progress import of_person
from playbook.services import onboarding as service
from playbook.training_scope import assessable
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import next_working_day, today
from salesdept.roles import Perm


@needs(Perm.ASSESS)
def start(request: PersonRequest) -> HttpResponseBase:
    """Take a newcomer in; for one taken in before, change the mentor or the first day."""
    if request.method != "POST":
        return _form_page(request, OnboardingForm(initial=_initial(request), by=request.user))
    form = OnboardingForm(request.POST, by=request.user)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    data = form.cleaned_data
    try:
        begun = service.begin(request.user, data["person"], data["mentor"], data["starts"])
    except ValidationError as error:
        form.add_error(None, error)
        return _form_page(request, form, status=422)
    messages.success(
        request,
        _("%(who)s: first weeks from %(day)s, mentor %(mentor)s.")
        % {
            "who": data["person"].get_full_name(),
            "day": f"{data['starts']:%d.%m.%Y}",
            "mentor": data["mentor"].get_full_name(),
        },
    )
    return redirect("playbook:onboarding", begun.pk)


@require_safe
@needs(Perm.READ_BOOK)
def onboarding(request: PersonRequest, pk: int) -> HttpResponse:
    """The plan of a newcomer."""
    return render(request, "playbook/onboarding/page.html", _context(request, _visible(request, pk)))


@require_POST
@needs(Perm.READ_BOOK)
def mark(request: PersonRequest, pk: int, step_pk: int) -> HttpResponseBase:
    """Mark a step or take the mark back; for HTMX the plan comes back."""
    shown = _visible(request, pk)
    step = get_object_or_404(OnboardingStep, pk=step_pk, role=shown.user.role)
    service.mark(request.user, shown, step, is_done=request.POST.get("done") == "1")
    if wants_fragment(request) and request.htmx.target == "plan":
        return render(request, "playbook/onboarding/plan.html", _context(request, shown))
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, None):
        return redirect(back)
    return redirect("playbook:onboarding", pk)


def _visible(request: PersonRequest, pk: int) -> Onboarding:
    return get_object_or_404(first_weeks.visible_to(request.user), pk=pk)


def _context(request: PersonRequest, shown: Onboarding) -> dict[str, Any]:
    plan = first_weeks.plans([shown], today())[0]
    cells = {cell.regulation.pk: cell for cell in of_person(shown.user, today()).cells}
    return {
        "plan": plan,
        "cells": cells,
        "may_mark": service.may_mark(request.user, shown),
        "may_change": assessable(request.user).filter(pk=shown.user_id).exists(),
        "is_own": shown.user_id == request.user.pk,
        "today": today(),
    }


def _initial(request: PersonRequest) -> dict[str, Any]:
    """The person the URL names, with what is known of them."""
    asked = request.GET.get("person", "")
    person = (
        assessable(request.user).filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    )
    begun = Onboarding.objects.filter(user=person).first() if person else None
    if begun:
        return {"person": person, "mentor": begun.mentor_id, "starts": begun.starts}
    return {"person": person, "starts": next_working_day(today())}


def _form_page(request: PersonRequest, form: OnboardingForm, *, status: int = 200) -> HttpResponse:
    return render(request, "playbook/onboarding/start.html", {"form": form}, status=status)
