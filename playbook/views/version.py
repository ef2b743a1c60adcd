"""Making a version: draft, preview, review, approval. Each step is a POST; errors come back as 422 in place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from playbook import diff, markdown
from playbook.forms.version import ApprovalForm, DraftForm, RemarkForm, initial_of
from playbook.models import Regulation, RegulationVersion, VersionState
from playbook.services import parameters
from playbook.services import version as versions
from playbook.services.parameters import Parameters
from playbook.views.regulation import history_of, previous, reading
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.roles import Perm


@require_POST
@needs(Perm.EDIT_BOOK)
def start(request: PersonRequest, code: str) -> HttpResponseBase:
    """A new draft from the version in force, or from the one named; the open draft when there is one."""
    page = get_object_or_404(Regulation, code=code)
    base = None
    if number := request.POST.get("base", ""):
        base = get_object_or_404(page.versions.approved(), number=_number(number))
    draft = versions.start_draft(page, request.user, base)
    if draft.state == VersionState.REVIEW:
        messages.info(request, _("Version %(number)s is already in review.") % {"number": draft.number})
        return redirect("playbook:version", code, draft.number)
    return redirect("playbook:edit", code, draft.number)


@needs(Perm.EDIT_BOOK)
def edit(request: PersonRequest, code: str, number: int) -> HttpResponseBase:
    """The draft's form. What was typed stays through errors and through somebody else's save."""
    draft = _version(code, number)
    if draft.state != VersionState.DRAFT and request.method != "POST":  # what was typed is answered below
        return redirect("playbook:version", code, number)
    definitions = parameters.of_regulation(code)
    if request.method != "POST":
        initial = initial_of(draft.text, draft.change_note, draft.revision, parameters.of_version(draft))
        return _edit_page(request, draft, DraftForm(definitions=definitions, initial=initial))
    form = DraftForm(request.POST, definitions=definitions)
    if not form.is_valid():
        return _edit_page(request, draft, form, status=422)
    try:
        saved = _save(request, draft, form)
    except versions.EditedByOtherError as conflict:
        return _conflict(request, conflict.version, form)
    except ValidationError as error:
        form.add_error(None, error)
        return _edit_page(request, draft, form, status=422)
    messages.success(request, _("The draft is saved."))
    if request.POST.get("then") == "review":
        return _send(request, saved, form)
    return redirect("playbook:edit", code, number)


@require_POST
@needs(Perm.EDIT_BOOK)
def preview(request: PersonRequest, code: str, number: int) -> HttpResponse:
    """The text as readers will see it, with the values typed so far; nothing is stored."""
    draft = _version(code, number)
    form = DraftForm(request.POST, definitions=parameters.of_regulation(code))
    form.is_valid()
    day = today()
    values = Parameters(day, {**parameters.with_version(draft, day).values, **form.values})
    text = request.POST.get("text", "")[:100_000].replace("\x00", "")
    return render(request, "playbook/parts/preview.html", {"html": markdown.render(text, values)})


@require_POST
@needs(Perm.EDIT_BOOK)
def discard(request: PersonRequest, code: str, number: int) -> HttpResponseBase:
    """Set the draft aside; its page offers to take it up again."""
    draft = _version(code, number)
    if error := _try(lambda: versions.discard(draft.pk, request.user, seen=_seen(request))):
        messages.error(request, error)
    return redirect("playbook:version", code, number)


@require_POST
@needs(Perm.EDIT_BOOK)
def restore(request: PersonRequest, code: str, number: int) -> HttpResponseBase:
    """Take a draft that was set aside up again."""
    draft = _version(code, number)
    if error := _try(lambda: versions.restore(draft.pk, request.user)):
        messages.error(request, error)
        return redirect("playbook:regulation", code)
    return redirect("playbook:edit", code, number)


@require_POST
@needs(Perm.APPROVE_BOOK, Perm.EDIT_BOOK)
def return_to_draft(request: PersonRequest, code: str, number: int) -> HttpResponseBase:
    """Back to its author, with a remark."""
    shown = _version(code, number)
    form = RemarkForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        error = _try(
            lambda: versions.return_to_draft(
                shown.pk, request.user, seen=data["revision"], remark=data["remark"]
            )
        )
        if not error:
            messages.success(request, _("Version %(number)s is a draft again.") % {"number": number})
            return redirect("playbook:version", code, number)
        form.add_error(None, error)
    return _decision_page(request, shown, remark=form)


@require_POST
@needs(Perm.APPROVE_BOOK)
def approve(request: PersonRequest, code: str, number: int) -> HttpResponseBase:
    """Approve the version from a date; only the role that the regulation names."""
    shown = _version(code, number)
    if not versions.may_approve(request.user, shown.regulation):
        raise PermissionDenied
    form = ApprovalForm(
        request.POST,
        earliest=versions.earliest_day(),
        read_days=parameters.value("book.read_days", today()),
    )
    if form.is_valid():
        data = form.cleaned_data
        error = _try(
            lambda: versions.approve(
                shown.pk,
                request.user,
                seen=data["revision"],
                day=data["day"],
                read_by=data["read_by"],
            )
        )
        if not error:
            messages.success(
                request,
                _("Version %(number)s is approved, in force from %(day)s.")
                % {"number": number, "day": f"{data['day']:%d.%m.%Y}"},
            )
            return redirect("playbook:version", code, number)
        form.add_error("day", error)
    return _decision_page(request, shown, approval=form)


def _save(request: PersonRequest, draft: RegulationVersion, form: DraftForm) -> RegulationVersion:
    data = form.cleaned_data
    return versions.save_draft(
        draft.pk,
        request.user,
        seen=data["revision"],
        text=data["text"],
        change_note=data["change_note"],
        values=form.values,
    )


def _send(request: PersonRequest, saved: RegulationVersion, form: DraftForm) -> HttpResponseBase:
    """The saved draft goes to review, or its page says what is missing."""
    code, number = saved.regulation.code, saved.number
    if error := _try(lambda: versions.send_to_review(saved.pk, request.user, seen=saved.revision)):
        form.resume_from(saved.revision)
        form.add_error("change_note" if not saved.change_note.strip() else None, error)
        return _edit_page(request, saved, form, status=422)
    messages.success(request, _("Version %(number)s is sent for review.") % {"number": number})
    return redirect("playbook:version", code, number)


def _conflict(request: PersonRequest, theirs: RegulationVersion, form: DraftForm) -> HttpResponse:
    """Somebody saved first: both texts are kept, what differs is shown, the person decides."""
    form.resume_from(theirs.revision)
    context = {
        "conflict": theirs,
        "lines": diff.lines(theirs.text, form.cleaned_data["text"]),
        "values": diff.compare_values(parameters.of_version(theirs), form.values),
    }
    return _edit_page(request, theirs, form, status=422, **context)


def _edit_page(
    request: PersonRequest, draft: RegulationVersion, form: DraftForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    page = draft.regulation
    before = previous(history_of(page, request.user), draft)
    day = today()
    stored = Parameters(day, {**parameters.with_version(draft, day).values, **form.values})
    old = parameters.of_version(before) if before else {}
    text = form["text"].value() or ""
    context = {
        "regulation": page,
        "version": draft,
        "form": form,
        "before": before,
        "fields": [
            {"field": field, "definition": one, "old": one.shown(old[one.code]) if one.code in old else ""}
            for field, one in zip(form.parameter_fields(), form.definitions, strict=True)
        ],
        "html": markdown.render(text, stored),
        **more,
    }
    return render(request, "playbook/edit.html", context, status=status)


def _decision_page(request: PersonRequest, shown: RegulationVersion, **forms: Any) -> HttpResponse:
    page = shown.regulation
    history = history_of(page, request.user)
    shown = next(one for one in history if one.pk == shown.pk)
    context = reading(request.user, page, shown, history) | forms
    return render(request, "playbook/regulation.html", context, status=422)


def _version(code: str, number: int) -> RegulationVersion:
    found = RegulationVersion.objects.select_related("regulation", "changed_by").prefetch_related("values")
    return get_object_or_404(found, regulation__code=code, number=number)


def _try(step: Any) -> str:
    """Do it; what was wrong, in words, when it may not be."""
    try:
        step()
    except versions.EditedByOtherError:
        return _("The version has changed since you opened it. Look at it again, then decide.")
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _seen(request: PersonRequest) -> int:
    return _number(request.POST.get("revision", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
