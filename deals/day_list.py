"""What «My day» shows: the list in tiers with reasons in words, what is done, tasks due (DOMAIN.md 5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from clients.models import Stage
from deals import reasons
from deals.models import CallEntry, EntryState, Interaction, Outcome, Task, TaskKind, Tier
from deals.querysets import TaskQuerySet
from salesdept.dates import today
from salesdept.models import Absence, User
from salesdept.roles import Perm, Role, has_perm
from salesdept.templatetags.ui import day as in_words

TASKS_SHOWN = 8
CALLERS = (*Role.sellers(), Role.LEAD_MANAGER)  # roles that have a list


@dataclass(frozen=True)
class Row:
    """One line: who, why, when; `whose` is set when the list belongs to somebody away."""

    entry: CallEntry
    why: str
    badge: reasons.Badge | None
    when: str
    whose: User | None = None

    @property
    def more(self) -> int:
        """How many reasons there are beside the best one."""
        return max(len(self.entry.reasons) - 1, 0)


@dataclass(frozen=True)
class Group:
    """A tier with its entries still to call."""

    title: str
    rows: list[Row]


@dataclass
class DayList:
    """The list of a day, sorted into what is to call, set aside and done."""

    day: date
    groups: list[Group] = field(default_factory=list)
    skipped: list[Row] = field(default_factory=list)
    done: list[Row] = field(default_factory=list)
    total: int = 0

    @property
    def open(self) -> list[Row]:
        """Entries to call, in order."""
        return [row for group in self.groups for row in group.rows]

    @property
    def next(self) -> Row | None:
        """Whom to call now."""
        return self.open[0] if self.groups else None

    @property
    def talked(self) -> int:
        """How many of the done calls were conversations."""
        return sum(
            1
            for row in self.done
            if row.entry.interaction and row.entry.interaction.outcome == Outcome.TALKED
        )

    @property
    def share(self) -> float:
        """The part of the list that is done, 0–1."""
        return len(self.done) / self.total if self.total else 0.0


def build(entries: Iterable[CallEntry], day: date, owner: User) -> DayList:
    """Sort the entries of a day, given in their order; `owner` is the person whose own list it is."""
    found = DayList(day)
    tiers: dict[int, list[Row]] = {}
    for entry in entries:
        line = row(entry, day, owner)
        found.total += 1
        if entry.state == EntryState.DONE:
            found.done.append(line)
        elif entry.state == EntryState.SKIPPED:
            found.skipped.append(line)
        else:
            tiers.setdefault(entry.tier, []).append(line)
    found.groups = [Group(str(Tier(tier).label), rows) for tier, rows in sorted(tiers.items())]
    found.done.sort(
        key=lambda row: row.entry.closed_at.timestamp() if row.entry.closed_at else 0.0, reverse=True
    )
    return found


def with_rows(entries: Any) -> Any:
    """The queryset with all that a line shows, in one query."""
    joined = entries.select_related("client__state", "client__segment", "manager", "interaction")
    return joined.defer("client__search", "client__search_text", "client__note")


def said(call: Interaction) -> str:
    """How a call ended, in a sentence: «Поговорили: заказ до пятницы»."""
    what = {
        Outcome.TALKED: _("Talked"),
        Outcome.NO_ANSWER: _("No answer"),
        Outcome.CALL_BACK: _("Asked to call back"),
        Outcome.WRONG_NUMBER: _("Wrong number"),
        Outcome.REFUSED: _("Refused"),
    }[Outcome(call.outcome)]
    if call.outcome == Outcome.CALL_BACK and call.next_on and call.next_at:
        what += f": {in_words(call.next_on)}, {call.next_at:%H:%M}"
    if call.outcome == Outcome.REFUSED:
        what += f", {call.get_refusal_reason_display()}"
    text = call.note or call.agreement
    return f"{what}: {text}" if text and call.outcome != Outcome.CALL_BACK else what


def tasks_due(user: User) -> TaskQuerySet:
    """The person's open tasks due by today; what the list already calls for is not said twice."""
    day = today()
    listed = CallEntry.objects.worked_by(user, day).filter(date__gte=day, client=OuterRef("client_id"))
    calls = Q(kind__in=[TaskKind.CALL_BACK, TaskKind.CONVERSATION]) & Exists(listed)
    due: TaskQuerySet = Task.objects.open().filter(assignee=user, due_on__lte=day).exclude(calls)
    return due


def away_people(user: User) -> tuple[list[Absence], Absence | None]:
    """Whom the person substitutes for today, and their own absence if they are away. One query."""
    found = Absence.objects.on(today()).filter(Q(substitute=user) | Q(user=user))
    rows = list(found.select_related("user", "substitute"))
    mine = next((row for row in rows if row.user_id == user.pk), None)
    return [row for row in rows if row.substitute_id == user.pk], mine


def watched(user: User) -> Any:
    """People whose lists one may look at: all callers, or those of one's office."""
    people = User.objects.active().filter(role__in=CALLERS).select_related("office")
    if has_perm(user, Perm.SEE_RESULTS):
        return people
    if has_perm(user, Perm.SEE_OFFICE_RESULTS):
        return people.filter(office=user.office_id, office__isnull=False)
    return people.none()


@dataclass(frozen=True)
class Progress:
    """How far a person is with their list of the day."""

    person: User
    total: int
    done: int
    talked: int

    @property
    def share(self) -> float:
        """The part that is done, 0–1."""
        return self.done / self.total if self.total else 0.0


def overview(user: User, day: date) -> list[Progress]:
    """The day's lists of everybody one may look at. Two queries."""
    people = list(watched(user))
    rows = (
        CallEntry.objects.filter(date=day, manager__in=people)
        .order_by()
        .values("manager")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(state=EntryState.DONE)),
            talked=Count("pk", filter=Q(interaction__outcome=Outcome.TALKED)),
        )
    )
    found = {row["manager"]: row for row in rows}
    return [
        Progress(one, found[one.pk]["total"], found[one.pk]["done"], found[one.pk]["talked"])
        for one in people
        if one.pk in found
    ]


def row(entry: CallEntry, day: date, owner: User) -> Row:
    """An entry as a line of the list."""
    best = entry.reasons[0] if entry.reasons else None
    whose = entry.manager if entry.manager_id != owner.pk else None
    if entry.state == EntryState.DONE and entry.interaction:
        return Row(entry, said(entry.interaction), None, "", whose)
    if best is None:
        return Row(entry, "", None, "", whose)
    return Row(entry, reasons.sentence(best, day), reasons.badge(best, day), reasons.when(best, day), whose)


def in_development(client: Any) -> bool:
    """Whether the client is a silent one that has to be brought back."""
    state = getattr(client, "state", None)
    return state is not None and state.stage in (Stage.ZERO, Stage.LOST)
