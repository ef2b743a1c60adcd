"""A call is saved in one transaction: the interaction, the next task, the list's entry (DOMAIN.md 5.2).

Sent twice it is one row; undone within seconds it leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clients.models import Client, Contact
from deals.models import CallEntry, EntryState, Interaction, Outcome, RefusalReason, Task, TaskState
from deals.services import effects, next_task
from playbook.services import parameters
from salesdept.dates import today
from salesdept.models import User

UNDO_SECONDS = 10  # how long the button of an undo lives


class CallError(Exception):
    """The call cannot be saved as it is; `field` names what to mend, the message is for the person."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UndoError(Exception):
    """The call cannot be undone any more; the message is for the person."""


@transaction.atomic
def record_interaction(
    *,
    user: User,
    client: Client,
    outcome: str,
    key: UUID,
    entry: CallEntry | None = None,
    contact: Contact | None = None,
    note: str = "",
    agreement: str = "",
    next_step: str = "",
    next_on: date | None = None,
    next_at: time | None = None,
    refusal_reason: str = "",
    answers: Mapping[str, Any] | None = None,
) -> Interaction:
    """Save a call and all that follows from it; the same key, or a call of the same entry, is saved once.

    Raises CallError for what is missing and PermissionError for whoever may not call this client.
    """
    call = Interaction(client=client, contact=contact, user=user, outcome=outcome, key=key, note=note.strip())
    call.agreement, call.next_step = agreement.strip(), next_step.strip()[:300]
    call.next_on, call.next_at, call.refusal_reason = next_on, next_at, refusal_reason
    call.at, call.day = timezone.now(), today()
    _check(call)
    Client.objects.select_for_update(no_key=True).only("pk").get(pk=client.pk)  # a client's calls queue here
    saved = Interaction.objects.filter(key=key, user=user, client=client).first()
    if saved:
        return saved
    entry = _entry(user, client, entry)
    if entry and entry.state == EntryState.DONE and entry.interaction:
        return entry.interaction
    call.save(force_insert=True)
    _spread(call, entry, answers or {})
    return call


@transaction.atomic
def undo_interaction(user: User, pk: int) -> Interaction:
    """Put everything back as it was before the call; the answer is the call that was, no longer stored.

    Only by who made it, within UNDO_SECONDS, and while nobody has worked on what it left. Raises UndoError.
    """
    client_id = Interaction.objects.filter(pk=pk, user=user).values_list("client_id", flat=True).first()
    if client_id is None:
        raise UndoError(_("This call has already been undone."))
    Client.objects.select_for_update(no_key=True).only("pk").get(pk=client_id)
    call = Interaction.objects.select_for_update(of=("self",)).filter(pk=pk, user=user).first()
    if call is None:
        raise UndoError(_("This call has already been undone."))
    if timezone.now() - call.at > timedelta(seconds=UNDO_SECONDS):
        raise UndoError(_("It is too late to undo: correct the task or call again."))
    if Interaction.objects.filter(client=client_id, pk__gt=call.pk).exists() or _worked_on(call):
        raise UndoError(_("Somebody has already gone on from this call; it cannot be undone."))
    effects.put_back(call)
    call.delete()
    return call


def _check(call: Interaction) -> None:
    if call.outcome not in Outcome.values:
        raise CallError("outcome", _("Choose how the call ended."))
    if call.outcome == Outcome.CALL_BACK and call.next_on is None:
        raise CallError("next_on", _("On what day to call back?"))
    if call.outcome == Outcome.CALL_BACK and call.next_at is None:
        raise CallError("next_at", _("At what time to call back?"))
    if call.outcome == Outcome.REFUSED and call.refusal_reason not in RefusalReason.values:
        raise CallError("refusal_reason", _("Choose the reason of the refusal."))
    if call.next_on and call.next_on < call.day:
        raise CallError("next_on", _("This day has passed."))
    if call.contact and call.contact.client_id != call.client.pk:
        raise CallError("contact", _("This contact belongs to another client."))
    if call.outcome != Outcome.REFUSED:
        call.refusal_reason = ""


def _entry(user: User, client: Client, entry: CallEntry | None) -> CallEntry | None:
    """The entry this call closes, locked: the one given, or the client's place on the person's current list."""
    from deals.services.call_list import current_day

    entries = CallEntry.objects.worked_by(user, today()).filter(client=client)
    locked: Any = entries.select_for_update(of=("self",)).select_related("interaction__user", "manager")
    if entry is not None:
        try:
            found: CallEntry = locked.get(pk=entry.pk)
        except CallEntry.DoesNotExist as error:
            raise PermissionError(_("This call is on somebody else's list.")) from error
        return found
    if not Client.objects.visible_to(user).filter(pk=client.pk).exists():
        raise PermissionError(_("You may not call this client."))
    waiting = locked.filter(date=current_day(user)).exclude(state=EntryState.DONE)
    first: CallEntry | None = waiting.order_by("pk").first()
    return first


def _spread(call: Interaction, entry: CallEntry | None, answers: Mapping[str, Any]) -> None:
    """All that follows from a saved call; `answers` are what the client said of itself, by key parameter."""
    client, values = call.client, parameters.in_force(call.day)
    was: effects.Effects = {}
    until = max(call.day, entry.date) if entry else call.day
    closed = effects.close_tasks(client, call.outcome, until, _result(call))
    was["closed"] = [[task.pk, task.result] for task in closed]
    if call.outcome in (Outcome.TALKED, Outcome.REFUSED):
        was |= effects.mark_contacted(client, call.day)
    if call.outcome == Outcome.TALKED:
        was |= effects.mark_talked(client, call.day)
    if call.outcome == Outcome.WRONG_NUMBER:
        was |= effects.mark_wrong_number(call.contact)
    promised = next((task.title for task in closed if task.kind == "call_back"), "")
    steps = next_task.after(call, values, promised=promised, contact=call.contact)
    made = next_task.create(steps, call, entry.manager if entry else None)
    was["made"] = [task.pk for task in made]
    if answers:
        was |= effects.remember_answers(call, answers)
    if entry:
        was |= effects.close_entry(entry, call)
    call.effects = was
    call.save(update_fields=["effects"])


def _result(call: Interaction) -> str:
    """What a task closed by the call says about it, in the language of the company."""
    with translation.override(settings.LANGUAGE_CODE):
        said = call.get_outcome_display()
    said = said[:1].upper() + said[1:]
    return f"{said}: {call.note}" if call.note else said


def _worked_on(call: Interaction) -> bool:
    """Whether somebody has touched the tasks that the call made or closed."""
    made, closed = call.effects.get("made", []), [pk for pk, _result in call.effects.get("closed", [])]
    still = Task.objects.filter(pk__in=made, state=TaskState.OPEN).count()
    shut = Task.objects.filter(pk__in=closed, state=TaskState.DONE).count()
    return still != len(made) or shut != len(closed)
