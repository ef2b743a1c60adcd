"""What follows a call: every outcome leaves the next task (DOMAIN.md 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, Contact
from deals.models import Interaction, Lead, LeadState, Outcome, RefusalReason, Task, TaskKind
from deals.nightly import contact_due
from playbook.services.parameters import Parameters
from salesdept.dates import add_working_days, roll_to_working_day
from salesdept.models import Absence, User

MANY = 50  # how far back unanswered calls in a row are looked for


@dataclass(frozen=True)
class Step:
    """A task to make: what, of which kind, by when."""

    title: str
    kind: str
    due_on: date
    due_at: time | None = None


def after(
    call: Interaction, values: Parameters, *, promised: str = "", contact: Contact | None = None
) -> list[Step]:
    """The tasks a saved call leaves, at least one, with titles in the language of the company.

    `promised` is what an earlier call-back said: an unanswered call keeps it.
    """
    with translation.override(settings.LANGUAGE_CODE):
        if call.outcome == Outcome.TALKED:
            return [_after_talk(call, values)]
        if call.outcome == Outcome.CALL_BACK:
            assert call.next_on is not None  # a constraint of the table
            title = call.next_step or call.note.split("\n")[0][:300] or _("Call back, as agreed")
            return [Step(title, TaskKind.CALL_BACK, call.next_on, call.next_at)]
        if call.outcome == Outcome.REFUSED:
            return [_after_refusal(call, values)]
        soon = add_working_days(call.day, values["calls.no_answer_days"])
        if call.outcome == Outcome.WRONG_NUMBER:
            name = contact.name if contact else call.client.name
            return [Step(_("Find the right number: %(name)s") % {"name": name}, TaskKind.DATA, soon)]
        return _after_silence(call, values, soon, promised)


def default_day(client: Client, day: date, values: Parameters) -> date:
    """When the next conversation is due by the class if nothing else was agreed: a working day."""
    due = contact_due.due_after(client.pk, day)
    if Lead.objects.filter(client=client, state__in=[LeadState.NEW, LeadState.WORKING]).exists():
        due = min(due, date.fromordinal(day.toordinal() + values["lead.close_days"]))
    return roll_to_working_day(due)


def assignee(user: User, manager: User | None, due_on: date) -> User:
    """Whose task it is: the list's manager, unless the person who called still substitutes for them that day."""
    if manager is None or manager == user:
        return user
    away = Absence.objects.on(due_on).filter(user=manager, substitute=user)
    return user if away.exists() else manager


def create(steps: list[Step], call: Interaction, whose: User | None) -> list[Task]:
    """Write the tasks of a call."""
    return [
        Task.objects.create(
            title=step.title,
            kind=step.kind,
            client=call.client,
            assignee=assignee(call.user, whose, step.due_on),
            due_on=step.due_on,
            due_at=step.due_at,
            created_by=call.user,
            interaction=call,
        )
        for step in steps
    ]


def _after_talk(call: Interaction, values: Parameters) -> Step:
    if call.next_on:
        first_line = call.agreement.split("\n")[0][:300]
        title = call.next_step or first_line or _("Next step after the conversation")
        return Step(title, TaskKind.NEXT_STEP, call.next_on, call.next_at)
    day = default_day(call.client, call.day, values)
    return Step(call.next_step or _("Regular conversation"), TaskKind.CONVERSATION, day)


def _after_refusal(call: Interaction, values: Parameters) -> Step:
    """A call-back, so that the list leaves the client alone until then."""
    reason = RefusalReason(call.refusal_reason).label
    title = call.next_step or _("Come back to the conversation: refused, %(reason)s") % {"reason": reason}
    due = call.next_on or default_day(call.client, call.day, values)
    return Step(title, TaskKind.CALL_BACK, due, call.next_at)


def _after_silence(call: Interaction, values: Parameters, soon: date, promised: str) -> list[Step]:
    title = promised or _("No answer: call once more")
    steps = [Step(title, TaskKind.CALL_BACK, soon)]
    times, limit = silent_in_a_row(call.client), values["calls.no_answer_limit"]
    if times % limit == 0:
        text = ngettext(
            "No answer %(n)s time in a row: find another number or person",
            "No answer %(n)s times in a row: find another number or person",
            times,
        )
        steps.append(Step(text % {"n": times}, TaskKind.DATA, soon))
    return steps


def silent_in_a_row(client: Client) -> int:
    """How many of the client's latest calls in a row nobody answered."""
    calls = Interaction.objects.filter(client=client, kind="call").order_by("-at", "-id")
    count = 0
    for outcome in calls.values_list("outcome", flat=True)[:MANY]:
        if outcome != Outcome.NO_ANSWER:
            break
        count += 1
    return count
