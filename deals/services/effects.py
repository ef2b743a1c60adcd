"""What a call changes beside its own row, one function a noun; each returns what an undo needs to put it back.

The record is kept in `Interaction.effects` as JSON, values before the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from clients.models import Client, Contact
from clients.services.answer import set_answers
from deals.models import (
    CallEntry,
    ContactState,
    EntryState,
    Interaction,
    Invoice,
    InvoiceState,
    Lead,
    LeadState,
    Outcome,
    Task,
    TaskKind,
    TaskState,
)
from deals.nightly import contact_due

Effects = dict[str, Any]
# Tasks that are done by the very fact that the client answered.
_ANSWERED = (TaskKind.CONVERSATION, TaskKind.DEVELOPMENT, TaskKind.WELCOME_BACK)


def close_tasks(client: Client, outcome: str, until: date, result: str) -> list[Task]:
    """Close the tasks this call has fulfilled: call-backs due by the day, and what any answer fulfils.

    A new promise («call back at…») replaces earlier ones, whenever they were due. Steps agreed before stay
    open: only the person knows whether the price list was sent.
    """
    tasks = Task.objects.select_for_update(of=("self",)).filter(client=client, state=TaskState.OPEN)
    calls = tasks.filter(kind=TaskKind.CALL_BACK)
    found = list(calls if outcome == Outcome.CALL_BACK else calls.filter(due_on__lte=until))
    if outcome in (Outcome.TALKED, Outcome.REFUSED):
        found += tasks.filter(kind__in=_ANSWERED)
    Task.objects.filter(pk__in=[task.pk for task in found]).update(
        state=TaskState.DONE, result=result, closed_at=timezone.now()
    )
    return found


def mark_contacted(client: Client, day: date) -> Effects:
    """The client answered: open invoices were talked about, a lead had its first contact."""
    invoices = Invoice.objects.select_for_update(of=("self",)).filter(
        client=client, state=InvoiceState.OPEN, issued_on__lte=day
    )
    leads = Lead.objects.select_for_update(of=("self",)).filter(client=client, state=LeadState.NEW)
    before: Effects = {
        "invoices": [[row.pk, row.contacted_on and row.contacted_on.isoformat()] for row in invoices],
        "leads": [row.pk for row in leads],
    }
    Invoice.objects.filter(pk__in=[pk for pk, _day in before["invoices"]]).update(contacted_on=day)
    Lead.objects.filter(pk__in=before["leads"]).update(
        state=LeadState.WORKING, first_contact_at=timezone.now()
    )
    return before


def mark_talked(client: Client, day: date) -> Effects:
    """A successful conversation moves the next one by the cadence of the client's class (DOMAIN.md 5.1)."""
    known = ContactState.objects.filter(client=client).values_list("last_talked_on", "due_on").first()
    contact_due.refresh(client.pk, day)
    return {"contact_state": [value and value.isoformat() for value in known] if known else None}


def mark_wrong_number(contact: Contact | None) -> Effects:
    """The number leads nowhere; the data task that follows is to find the right one."""
    if contact is None or contact.number_is_wrong:
        return {}
    Contact.objects.filter(pk=contact.pk).update(number_is_wrong=True)
    return {"wrong_contact": contact.pk}


def remember_answers(call: Interaction, answers: Mapping[str, Any]) -> Effects:
    """What the client said of itself goes to its card; `said` is kept so that an undo shows it in the form again."""
    return {"answers": set_answers(call.client, call.user, answers), "said": dict(answers)}


def close_entry(entry: CallEntry, interaction: Interaction) -> Effects:
    """The client leaves the list of the day."""
    before = [entry.pk, entry.state, entry.closed_at and entry.closed_at.isoformat()]
    entry.state, entry.closed_at, entry.interaction = EntryState.DONE, interaction.at, interaction
    entry.save(update_fields=["state", "closed_at", "interaction"])
    return {"entry": before}


def put_back(interaction: Interaction) -> None:
    """Everything as it was before the call; the caller has checked that nobody has changed it since."""
    was: Effects = interaction.effects
    Task.objects.filter(pk__in=was.get("made", ())).delete()
    for pk, result in was.get("closed", ()):
        Task.objects.filter(pk=pk).update(state=TaskState.OPEN, result=result, closed_at=None)
    for pk, contacted_on in was.get("invoices", ()):
        Invoice.objects.filter(pk=pk).update(contacted_on=contacted_on)
    Lead.objects.filter(pk__in=was.get("leads", ())).update(state=LeadState.NEW, first_contact_at=None)
    if "wrong_contact" in was:
        Contact.objects.filter(pk=was["wrong_contact"]).update(number_is_wrong=False)
    if "contact_state" in was:
        _put_back_contact_state(interaction.client_id, was["contact_state"])
    if was.get("answers"):
        set_answers(interaction.client, interaction.user, was["answers"])
    if "entry" in was:
        pk, state, closed_at = was["entry"]
        CallEntry.objects.filter(pk=pk).update(state=state, closed_at=_moment(closed_at), interaction=None)


def _put_back_contact_state(client_id: int, before: list[str | None] | None) -> None:
    states = ContactState.objects.filter(client=client_id)
    if before is None:
        states.delete()
    else:
        states.update(last_talked_on=before[0], due_on=before[1])


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
