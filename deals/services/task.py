"""Tasks change here: given, moved, done, cancelled, reopened. Row locks; only who has a hand in a task."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from deals.models import Task, TaskKind, TaskState
from salesdept.models import User
from salesdept.roles import Perm, has_perm


class TaskError(Exception):
    """The task cannot be changed so; `field` names what to mend, the message is for the person."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def assignees(user: User) -> Any:
    """People one may give tasks to: oneself, and with the right the whole department or one's office."""
    people = User.objects.active().select_related("office")
    if not has_perm(user, Perm.ASSIGN_TASKS):
        return people.filter(pk=user.pk)
    if has_perm(user, Perm.SEE_ALL_CLIENTS):
        return people
    return people.filter(Q(pk=user.pk) | Q(office=user.office_id, office__isnull=False))


@transaction.atomic
def create(
    *,
    user: User,
    title: str,
    due_on: date,
    assignee: User | None = None,
    client: Client | None = None,
    due_at: time | None = None,
    kind: str = TaskKind.OTHER,
    details: str = "",
) -> Task:
    """Give a task, to oneself unless said otherwise; raises TaskError."""
    assignee = assignee or user
    _check_assignee(user, assignee)
    if client is not None and not Client.objects.visible_to(user).filter(pk=client.pk).exists():
        raise TaskError(_("You do not see this client."), "client")
    return Task.objects.create(
        title=title.strip()[:300],
        kind=kind,
        client=client,
        assignee=assignee,
        due_on=due_on,
        due_at=due_at,
        details=details.strip(),
        created_by=user,
    )


@transaction.atomic
def edit(user: User, pk: int, **fields: Any) -> Task:
    """Change what, whose, when of an open task (`title`, `details`, `assignee`, `due_on`, `due_at`, `kind`)."""
    task = _open(user, pk)
    if "assignee" in fields and fields["assignee"] != task.assignee:
        _check_assignee(user, fields["assignee"])
    changed = [name for name, value in fields.items() if getattr(task, name) != value]
    for name in changed:
        setattr(task, name, fields[name])
    if changed:
        task.save(update_fields=changed)
    return task


def reschedule(user: User, pk: int, due_on: date, due_at: time | None = None) -> Task:
    """Move an open task to another day."""
    return edit(user, pk, due_on=due_on, due_at=due_at)


def assign(user: User, pk: int, assignee: User) -> Task:
    """Give an open task to somebody else; raises TaskError without the right."""
    return edit(user, pk, assignee=assignee)


@transaction.atomic
def complete(user: User, pk: int, result: str = "") -> Task:
    """Done, with the result; a second time changes nothing."""
    return _close(user, pk, TaskState.DONE, result)


@transaction.atomic
def cancel(user: User, pk: int, result: str = "") -> Task:
    """Not needed any more; nothing is deleted."""
    return _close(user, pk, TaskState.CANCELLED, result)


@transaction.atomic
def reopen(user: User, pk: int) -> Task:
    """Back into work: the undo of done and cancelled."""
    task = _locked(user, pk)
    if task.state != TaskState.OPEN:
        task.state, task.closed_at, task.result = TaskState.OPEN, None, ""
        task.save(update_fields=["state", "closed_at", "result"])
    return task


def _close(user: User, pk: int, state: str, result: str) -> Task:
    task = _locked(user, pk)
    if task.state == TaskState.OPEN:
        task.state, task.result, task.closed_at = state, result.strip(), timezone.now()
        task.save(update_fields=["state", "result", "closed_at"])
    return task


def _locked(user: User, pk: int) -> Task:
    """The task, locked; TaskError for whoever does not see it."""
    found = Task.objects.visible_to(user).select_for_update(of=("self",)).filter(pk=pk)
    task = found.select_related("assignee").first()
    if task is None:
        raise TaskError(_("This task is not yours."))
    locked: Task = task
    return locked


def _open(user: User, pk: int) -> Task:
    task = _locked(user, pk)
    if task.state != TaskState.OPEN:
        raise TaskError(_("The task is closed; take it back into work first."))
    return task


def _check_assignee(user: User, assignee: User) -> None:
    if assignee != user and not assignees(user).filter(pk=assignee.pk).exists():
        raise TaskError(
            _("You may not give tasks to %(name)s.") % {"name": assignee.get_full_name()}, "assignee"
        )
