"""Bringing data in, on screen: file, columns, preview, apply, undo, and what was brought in before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.forms.imports import ColumnsForm, UploadForm
from clients.imports import kinds, rejects, work
from clients.imports.errors import ImportFileError
from clients.imports.service import sample
from clients.models import ImportBatch
from clients.models.imports import ImportGoal, ImportState
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.roles import Perm

ON_PAGE = 50
SHOWN_REJECTS = 100


@needs(Perm.IMPORT_DATA)
def history(request: PersonRequest) -> HttpResponseBase:
    """Imports, newest first, and the form that begins one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = work.upload(
                data["file"], kind=data["kind"], unknown_clients=data["unknown_clients"], user=request.user
            )
        except ImportFileError as error:
            form.add_error("file", str(error))
        else:
            return redirect("imports:batch", made.pk)
    work.look()
    batches = ImportBatch.objects.select_related("started_by").order_by("-pk")
    page = Paginator(batches, ON_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "clients/imports/list.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Perm.IMPORT_DATA)
def batch(request: PersonRequest, pk: int) -> HttpResponse:
    """One import at whatever point it stands: columns, work, preview, result."""
    work.look()
    return _page(request, _batch(pk))


def _batch(pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.select_related("started_by"), pk=pk)


def _page(request: PersonRequest, one: ImportBatch, form: ColumnsForm | None = None) -> HttpResponse:
    choosing = form is not None or one.state == ImportState.UPLOADED
    choosing = choosing or ("columns" in request.GET and one.can_change)
    context: dict[str, Any] = {
        "batch": one,
        "step": _step(one, choosing),
        "share": one.percent / 100,
    }
    if choosing:
        try:
            context["form"] = form or _columns_form(one)
        except ImportFileError as error:
            context["unreadable"] = str(error)
    elif one.rejected:
        context |= {"rejects": rejects.first(one, SHOWN_REJECTS), "shown": SHOWN_REJECTS}
    name = "clients/imports/body.html" if wants_fragment(request) else "clients/imports/batch.html"
    return render(request, name, context, status=422 if form is not None else 200)


def _step(one: ImportBatch, choosing: bool) -> int:
    """Which of the four steps the page shows: file, columns, check, done."""
    if choosing:
        return 2
    done = one.state in (ImportState.APPLIED, ImportState.UNDONE) or one.goal == ImportGoal.UNDO
    return 4 if done else 3


def _columns_form(one: ImportBatch, data: Any = None) -> ColumnsForm:
    header, rows, places = sample(work.stored(one), one.kind, one.mapping)
    return ColumnsForm(data, kind=kinds.get(one.kind), header=header, rows=rows, places=places)


@require_POST
@needs(Perm.IMPORT_DATA)
def columns(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Take the columns as chosen and check the file: nothing is changed yet."""
    one = _batch(pk)
    if not one.can_change:
        return _too_late(request, one)
    try:
        form = _columns_form(one, request.POST)
    except ImportFileError as error:
        messages.error(request, str(error))
        return redirect("imports:batch", pk)
    if not form.is_valid():
        return _page(request, one, form)
    one.mapping = form.mapping
    one.save(update_fields=["mapping"])
    return _asked(request, one, ImportGoal.CHECK)


@require_POST
@needs(Perm.IMPORT_DATA)
def apply(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Bring the checked file in."""
    return _asked(request, _batch(pk), ImportGoal.APPLY)


@require_POST
@needs(Perm.IMPORT_DATA)
def undo(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Put back what stood before the import."""
    return _asked(request, _batch(pk), ImportGoal.UNDO)


def _asked(request: PersonRequest, one: ImportBatch, goal: str) -> HttpResponseBase:
    if not work.queue(one, goal):
        return _too_late(request, one)
    return redirect("imports:batch", one.pk)


def _too_late(request: PersonRequest, one: ImportBatch) -> HttpResponseBase:
    messages.error(request, _("The import has moved on meanwhile; here is where it stands."))
    return redirect("imports:batch", one.pk)


@require_POST
@needs(Perm.IMPORT_DATA)
def discard(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Throw away a file that was not brought in."""
    one = _batch(pk)
    if not work.discard(one):
        return _too_late(request, one)
    messages.success(request, _("The file “%(name)s” was thrown away.") % {"name": one.file_name})
    return redirect("imports:list")


@require_safe
@needs(Perm.IMPORT_DATA)
def download_rejects(request: PersonRequest, pk: int) -> FileResponse:
    """The rejected rows as csv: mend them and send the file again."""
    path = Path(_batch(pk).rejects_path or "-")
    if path.parent != rejects.folder() or not path.exists():
        raise Http404
    name = f"rejected-{pk}.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv")
