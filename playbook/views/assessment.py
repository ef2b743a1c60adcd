"""Assessment at work: choosing whom and by what, the sheet, reading it, taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from playbook.forms.assessment import ChoiceForm, SheetForm
from playbook.models import Assessment
from playbook.services import assessment as service
from playbook.services import parameters
from playbook.training_scope import watched
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.roles import Perm


@needs(Perm.ASSESS)
def assess(request: PersonRequest) -> HttpResponseBase:
    """The choice; when the URL names all three, the sheet. A POST stores it."""
    if not all(request.GET.get(name) for name in ("person", "regulation", "script")):
        choice = ChoiceForm(by=request.user, initial=request.GET.dict())
        return _choice_page(request, choice, status=422 if request.method == "POST" else 200)
    choice = ChoiceForm(request.GET, by=request.user)
    if not choice.is_valid():
        return _choice_page(request, choice, status=422)
    texts = service.items(choice.cleaned_data["script"])
    if not texts:
        choice.add_error("script", _("This script has no steps yet."))
        return _choice_page(request, choice, status=422)
    if request.method != "POST":
        return _sheet_page(request, choice, SheetForm(items=texts, initial={"on": today()}))
    form = SheetForm(request.POST, items=texts)
    if not form.is_valid():
        return _sheet_page(request, choice, form, status=422)
    return _store(request, choice, form)


@require_safe
@needs(Perm.READ_BOOK)
def assessment(request: PersonRequest, pk: int) -> HttpResponse:
    """One sheet: for the person, the assessor, and whoever sees the person's training."""
    found = Assessment.objects.select_related("user__office", "assessor", "regulation", "script")
    mine = Q(user__in=watched(request.user)) | Q(assessor=request.user)
    shown = get_object_or_404(found.filter(mine), pk=pk)
    is_own = shown.user_id == request.user.pk
    context = {
        "assessment": shown,
        "needed": parameters.value("quiz.pass_share", today()),
        "full": service.FULL,
        "is_own": is_own,
        "may_withdraw": shown.assessor_id == request.user.pk and shown.seen_at is None,
    }
    return render(request, "playbook/assessment/assessment.html", context)


@require_POST
@needs(Perm.READ_BOOK)
def seen(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The person says that they have read it."""
    get_object_or_404(Assessment, pk=pk, user=request.user)
    service.confirm_seen(pk, request.user)
    return redirect("playbook:assessment", pk)


@require_POST
@needs(Perm.READ_BOOK)
def withdraw(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The assessor takes the sheet back, while it is not read."""
    get_object_or_404(Assessment, pk=pk, assessor=request.user)
    try:
        person = service.withdraw(pk, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("playbook:assessment", pk)
    messages.success(request, _("The assessment is taken back."))
    if watched(request.user).filter(pk=person.pk).exists():
        return redirect("playbook:training_person", person.pk)
    return redirect("playbook:training")


def _store(request: PersonRequest, choice: ChoiceForm, form: SheetForm) -> HttpResponseBase:
    who, data = choice.cleaned_data, form.cleaned_data
    sheet = service.Sheet(
        person=who["person"],
        regulation=who["regulation"],
        script=who["script"],
        on=data["on"],
        about=data["about"],
        marks=form.marks(),
        feedback=data["feedback"],
    )
    stored = service.assess(request.user, sheet)
    messages.success(request, _("%(who)s will see the assessment.") % {"who": who["person"].get_full_name()})
    return redirect("playbook:assessment", stored.pk)


def _choice_page(request: PersonRequest, form: ChoiceForm, *, status: int = 200) -> HttpResponse:
    return render(request, "playbook/assessment/choose.html", {"form": form}, status=status)


def _sheet_page(
    request: PersonRequest, choice: ChoiceForm, form: SheetForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "items": form.items(),
        "query": request.GET.urlencode(),
        **choice.cleaned_data,
    }
    return render(request, "playbook/assessment/sheet.html", context, status=status)
