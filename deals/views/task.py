"""Tasks: the list with its filters, a task, done and undone in place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.models import Client
from deals import task_list
from deals.call_screen import choices
from deals.forms.task import TaskForm, client_label, initial_of
from deals.models import Task, TaskState
from deals.services import task as service
from deals.services.task import TaskError, assignees
from deals.views.answer import refused, safe_next, toast
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import next_working_day, today
from salesdept.roles import Perm, has_perm
from salesdept.templatetags.ui import day as in_words

SUGGESTED = 12


@needs(Perm.SEE_TASKS)
def tasks(request: PersonRequest) -> HttpResponse:
    """The list; its whole state is in the URL."""
    chosen = task_list.Filter.parse(request.GET, request.user)
    pages = Paginator(chosen.tasks(request.user), task_list.PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    may_assign = has_perm(request.user, Perm.ASSIGN_TASKS)
    context = {
        "chosen": chosen,
        "whose": task_list.whose_choices(request.user),
        "when": task_list.WHEN,
        "counts": task_list.counts(request.user, chosen),
        "groups": task_list.grouped(list(page), today()),
        "page": page,
        "people": list(assignees(request.user)) if may_assign and chosen.whose == "all" else [],
        "today": today(),
        "choices": choices(today()),
    }
    template = "list_body" if wants_fragment(request) else "list"
    return render(request, f"deals/task/{template}.html", context)


@needs(Perm.SEE_TASKS)
def new(request: PersonRequest) -> HttpResponseBase:
    """Give a task; `?client=` fills the client in."""
    initial: dict[str, Any] = {"due_on": next_working_day(today())}
    asked = request.GET.get("client", "")
    if asked.isdecimal():
        client = Client.objects.visible_to(request.user).filter(pk=asked).first()
        initial["client"] = client_label(client) if client else ""
    form = TaskForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            task = service.create(user=request.user, **form.cleaned_data)
        except TaskError as error:
            form.add_error(error.field or None, str(error))
        else:
            facts = {"title": task.title, "day": in_words(task.due_on)}
            messages.success(request, _("“%(title)s” is to be done by %(day)s") % facts)
            return _leave(request, safe_next(request, reverse("deals:tasks")))
    return _form(request, form, {"back": request.GET.get("next", "") or _back_to(asked)})


@needs(Perm.SEE_TASKS)
def detail(request: PersonRequest, pk: int) -> HttpResponseBase:
    """A task with its details; while it is open, a form to change it."""
    found = Task.objects.visible_to(request.user).select_related(
        "client", "assignee", "created_by", "interaction"
    )
    task: Task = get_object_or_404(found, pk=pk)
    form = TaskForm(request.POST or None, user=request.user, task=task, initial=initial_of(task))
    if request.method == "POST" and form.is_valid():
        fields = {
            name: form.cleaned_data[name]
            for name in ("title", "kind", "assignee", "due_on", "due_at", "details")
        }
        try:
            service.edit(request.user, pk, **fields)
        except TaskError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("The task is saved"))
            return _leave(request, safe_next(request, reverse("deals:tasks")))
    return _form(request, form, {"task": task, "today": today(), "back": reverse("deals:tasks")})


@require_POST
@needs(Perm.SEE_TASKS)
def done(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Done, with the result if there is one; the row stays in place, struck out, and can be taken back."""
    return _change(request, pk, service.complete, _("Done: %(title)s"))


@require_POST
@needs(Perm.SEE_TASKS)
def cancel(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Not needed any more."""
    return _change(request, pk, service.cancel, _("Cancelled: %(title)s"))


@require_POST
@needs(Perm.SEE_TASKS)
def reopen(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Back into work: what undo does."""
    _seen_or_404(request, pk)
    try:
        task = service.reopen(request.user, pk)
    except TaskError as error:
        return refused(request, str(error), reverse("deals:tasks"))
    return (
        _row(request, task)
        if wants_fragment(request)
        else redirect(safe_next(request, reverse("deals:tasks")))
    )


@require_POST
@needs(Perm.SEE_TASKS)
def move(request: PersonRequest, pk: int) -> HttpResponseBase:
    """To another day."""
    _seen_or_404(request, pk)
    due_on = parse_date(request.POST.get("other") or request.POST.get("due_on", ""))
    back = safe_next(request, reverse("deals:tasks"))
    if due_on is None or due_on < today():
        return refused(request, _("Choose a day that has not passed."), back)
    try:
        task = service.reschedule(request.user, pk, due_on)
    except TaskError as error:
        return refused(request, str(error), back)
    return _row(request, task) if wants_fragment(request) else redirect(back)


@needs(Perm.SEE_TASKS)
def clients(request: PersonRequest) -> HttpResponse:
    """Suggestions for the client of a task, as one types."""
    text = request.GET.get("client", "")
    found = Client.objects.visible_to(request.user).matching(text)[:SUGGESTED] if len(text) > 1 else []
    return render(request, "deals/task/clients.html", {"labels": [client_label(one) for one in found]})


def _change(request: PersonRequest, pk: int, change: Any, text: str) -> HttpResponseBase:
    _seen_or_404(request, pk)
    back = safe_next(request, reverse("deals:tasks"))
    try:
        task = change(request.user, pk, request.POST.get("result", ""))
    except TaskError as error:
        return refused(request, str(error), back)
    said, undo_url = text % {"title": task.title}, reverse("deals:task_reopen", args=[pk])
    if wants_fragment(request):
        return _row(request, task, toast(request, said, undo_url=undo_url, undo_target=f"#task-{pk}"))
    messages.success(request, toast(request, said, undo_url=undo_url, is_bare=True, next=back))
    return redirect(back)


def _seen_or_404(request: PersonRequest, pk: int) -> None:
    """A task of somebody else is not there; the service refuses it too."""
    if not Task.objects.visible_to(request.user).filter(pk=pk).exists():
        raise Http404


def _row(request: PersonRequest, task: Task, said: str = "") -> HttpResponse:
    """The row of a task as it is now, and a message beside it."""
    context = {
        "task": task,
        "today": today(),
        "choices": choices(today()),
        "said": said,
        "is_open": task.state == TaskState.OPEN,
    }
    return render(request, "deals/task/row_answer.html", context)


def _form(request: PersonRequest, form: TaskForm, context: dict[str, Any]) -> HttpResponse:
    template = "form" if wants_fragment(request) else "form_page"
    status = 422 if request.method == "POST" else 200
    extra = {
        "form": form,
        "choices": choices(today()),
        "may_assign": has_perm(request.user, Perm.ASSIGN_TASKS),
    }
    return render(request, f"deals/task/{template}.html", context | extra, status=status)


def _leave(request: PersonRequest, address: str) -> HttpResponseBase:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _back_to(client: str) -> str:
    return reverse("clients:card", args=[int(client)]) if client.isdecimal() else reverse("deals:tasks")
