"""Confirming a version, looking a regulation through, and who has read what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from playbook.forms.review import ReviewForm
from playbook.models import Regulation, RegulationVersion
from playbook.services import acknowledgement, review
from playbook.views.regulation import history_of, in_force, reading
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.models import Office, User
from salesdept.roles import Perm, Role, has_perm

STATES = {
    "late": gettext_lazy("overdue"),
    "waiting": gettext_lazy("still to read"),
    "confirmed": gettext_lazy("confirmed"),
}


@require_POST
@needs(Perm.READ_BOOK)
def confirm(request: PersonRequest, code: str, number: int) -> HttpResponseBase:
    """«Прочитал до конца»: only for the version in force or the next one, only for its readers."""
    found = RegulationVersion.objects.approved().select_related("regulation").defer("text", "search")
    version = get_object_or_404(found, regulation__code=code, number=number)
    try:
        acknowledgement.confirm(request.user, version, today())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("You confirmed version %(number)s.") % {"number": number})
    return redirect(f"{reverse('playbook:version', args=[code, number])}#confirm")


@require_POST
@needs(Perm.READ_BOOK)
def reviewed(request: PersonRequest, code: str) -> HttpResponseBase:
    """The owner says that the regulation is still true; the review date moves on."""
    page = get_object_or_404(Regulation, code=code)
    if not review.may_review(request.user, page):
        raise PermissionDenied
    form = ReviewForm(request.POST)
    if not form.is_valid():
        history = history_of(page, request.user)
        context = reading(request.user, page, in_force(history), history) | {"review_form": form}
        return render(request, "playbook/regulation.html", context, status=422)
    review.still_true(page, request.user, form.cleaned_data["note"], today())
    messages.success(request, _("The regulation is looked through; the next time is set."))
    return redirect(f"{reverse('playbook:regulation', args=[code])}#review")


@needs(Perm.SEE_RESULTS, Perm.SEE_OFFICE_RESULTS)
def matrix(request: PersonRequest) -> HttpResponse:
    """Person × regulation: who has confirmed; `?role=`, `?office=`, `?state=` narrow it."""
    people, offices = people_of(request.user, request.GET.get("office", ""))
    role, state = request.GET.get("role", ""), request.GET.get("state", "")
    role, state = role if role in Role.values else "", state if state in STATES else ""
    found = acknowledgement.readings(people.with_role(role) if role else people, today())
    context: dict[str, Any] = {
        "matrix": acknowledgement.matrix(found, state),
        "late": sum(1 for one in found if one.state == "late"),
        "waiting": sum(1 for one in found if one.state == "waiting"),
        "confirmed": sum(1 for one in found if one.state == "confirmed"),
        "waiting_list": acknowledgement.late_first(found),
        "today": today(),
        "offices": offices,
        "office": request.GET.get("office", ""),
        "roles": Role.choices,
        "role": role,
        "states": STATES.items(),
        "state": state,
    }
    return render(request, "playbook/reading.html", context)


def people_of(user: User, office: str) -> tuple[Any, list[Office]]:
    """Readers whose results the person sees, and the offices to choose from (none for a branch head).

    Raises PermissionDenied for somebody else's office.
    """
    people = acknowledgement.readers()
    if has_perm(user, Perm.SEE_RESULTS):
        offices = list(Office.objects.all())
        known = office in {one.code for one in offices}
        return (people.filter(office__code=office) if known else people), offices
    if user.office is None or office not in ("", user.office.code):
        raise PermissionDenied
    return people.filter(office=user.office), []
