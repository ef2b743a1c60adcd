"""How far people are with the book: person × regulation, in a fixed number of queries (source section 7).

Not read → read → passed → applied. A pass counts only at the version in force and for `quiz.valid_months`; it is
applied when an assessment at work, made on the day of the pass or later, reaches `quiz.pass_share`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playbook.models import (
    Acknowledgement,
    Assessment,
    QuizAttempt,
    QuizQuestion,
    Regulation,
    RegulationVersion,
)
from playbook.services import parameters
from playbook.services.parameters import Parameters
from salesdept.dates import add_months
from salesdept.models import User


class Step(models.TextChoices):
    """How far a person is with a regulation."""

    UNREAD = "unread", _("not read")
    READ = "read", _("read")
    PASSED = "passed", _("passed")
    APPLIED = "applied", _("applied at work")


class Mark(models.TextChoices):
    """Why the questions are to be answered again."""

    NONE = "", ""
    FAILED = "failed", _("not passed")
    STALE = "stale", _("to be renewed")


@dataclass(frozen=True)
class Cell:
    """One person and one regulation."""

    regulation: Regulation
    version: RegulationVersion
    step: Step
    mark: Mark
    is_required: bool  # the person's role is among its readers
    has_quiz: bool
    best: Decimal | None = None  # best share of right answers at the version in force
    passed_on: date | None = None  # the last pass, even one that no longer counts
    good_until: date | None = None  # a pass that counts is good before this day
    is_replaced: bool = False  # the pass was of an earlier version

    @property
    def is_done(self) -> bool:
        """Nothing is asked of the person: passed, or read where there is nothing to pass."""
        return self.step in (Step.PASSED, Step.APPLIED) or (self.step == Step.READ and not self.has_quiz)

    @property
    def asks_quiz(self) -> bool:
        """The questions are to be answered."""
        return self.has_quiz and self.step in (Step.UNREAD, Step.READ)

    @property
    def words(self) -> Any:
        """The state in words: the mark says more than the step when there is one."""
        return self.mark.label if self.mark else self.step.label

    @property
    def look(self) -> str:
        """Code of the state for its picture."""
        return self.mark.value or self.step.value


@dataclass(frozen=True)
class Row:
    """A person's line: cells in the order of the regulations."""

    person: User
    cells: list[Cell]

    @property
    def required(self) -> list[Cell]:
        """What the person must know."""
        return [cell for cell in self.cells if cell.is_required]

    @property
    def done(self) -> int:
        """Required regulations of which nothing is asked any more."""
        return sum(cell.is_done for cell in self.required)

    @property
    def share(self) -> float:
        """Done of required, 0–1."""
        return self.done / len(self.required) if self.required else 0.0

    @property
    def troubles(self) -> list[Cell]:
        """Failed first, then stale."""
        marked = [cell for cell in self.required if cell.mark]
        return sorted(marked, key=lambda cell: cell.mark != Mark.FAILED)

    def count(self, look: str) -> int:
        """Required cells that look so."""
        return sum(cell.look == look for cell in self.required)


@dataclass(frozen=True)
class Progress:
    """The whole matrix."""

    day: date
    regulations: list[Regulation]
    rows: list[Row] = field(default_factory=list)

    def totals(self) -> dict[str, int]:
        """Required cells by their look, over everybody."""
        looks = [*Step.values, Mark.FAILED.value, Mark.STALE.value]
        return {look: sum(row.count(look) for row in self.rows) for look in looks}


def of_person(person: User, day: date) -> Row:
    """One person's line."""
    return progress([person], day).rows[0]


def progress(people: Sequence[User], day: date) -> Progress:
    """Where everybody stands on the day: seven queries, whatever the number of people and regulations."""
    values = parameters.in_force(day)
    current = {
        one.regulation_id: one
        for one in RegulationVersion.objects.in_force(day).defer("text", "search", "change_note")
    }
    regulations = [one for one in Regulation.objects.defer("search") if one.pk in current]
    facts = _Facts.gather(people, [one.pk for one in current.values()], values)
    rows = [
        Row(person, [_cell(person, one, current[one.pk], facts, values, day) for one in regulations])
        for person in people
    ]
    return Progress(day, regulations, rows)


@dataclass(frozen=True)
class _Facts:
    """What people did, by (person, regulation)."""

    read: set[tuple[int, int]]
    tried: dict[tuple[int, int], Mapping[str, Any]]
    applied: dict[tuple[int, int], date]
    asked: set[int]  # regulations with questions

    @classmethod
    def gather(cls, users: Sequence[User], versions: list[int], values: Parameters) -> _Facts:
        """Four queries."""
        now = Q(version__in=versions)
        read = Acknowledgement.objects.filter(user__in=users, version__in=versions).order_by()
        tried = _tried(QuizAttempt.objects.filter(user__in=users), now)
        good = (
            Assessment.objects.filter(user__in=users, score__gte=values["quiz.pass_share"])
            .order_by()
            .values_list("user_id", "regulation_id")
            .annotate(last=Max("on"))
        )
        bank = QuizQuestion.objects.filter(is_active=True).order_by()
        asked = bank.values_list("regulation_id").annotate(n=Count("pk"))
        return cls(
            read=set(read.values_list("user_id", "version__regulation_id")),
            tried={(one["user_id"], one["version__regulation_id"]): one for one in tried},
            applied={(user, regulation): last for user, regulation, last in good},
            asked={regulation for regulation, _n in asked},
        )


def again(person: User, day: date) -> list[tuple[Regulation, Mark]]:
    """Quizzes the person has to answer again: failed ones first, then stale ones. Three queries: every page asks."""
    now = Q(version__in=RegulationVersion.objects.in_force(day).values("pk"))
    asked = Q(questions__is_active=True, readers__contains=[person.role])
    tried = {
        one["version__regulation_id"]: one for one in _tried(QuizAttempt.objects.filter(user=person), now)
    }
    if not tried:
        return []
    months = parameters.value("quiz.valid_months", day)
    found = []
    for regulation in Regulation.objects.filter(asked, pk__in=tried).distinct().defer("search"):
        passed = _day(tried[regulation.pk]["passed_now"])
        if passed and day < add_months(passed, months):
            continue
        if mark := _mark(tried[regulation.pk]):
            found.append((regulation, mark))
    return sorted(found, key=lambda pair: pair[1] != Mark.FAILED)


def _tried(attempts: models.QuerySet[QuizAttempt], now: Q) -> Iterable[Mapping[str, Any]]:
    """Finished attempts by person and regulation; `now` picks those at the version in force."""
    return (
        attempts.filter(finished_at__isnull=False)
        .order_by()
        .values("user_id", "version__regulation_id")
        .annotate(
            passed_now=Max("finished_at", filter=now & Q(passed=True)),
            passed_ever=Max("finished_at", filter=Q(passed=True)),
            last_now=Max("finished_at", filter=now),
            best=Max("score", filter=now),
        )
    )


def _cell(
    person: User,
    regulation: Regulation,
    version: RegulationVersion,
    facts: _Facts,
    values: Parameters,
    day: date,
) -> Cell:
    key = (person.pk, regulation.pk)
    tried: Mapping[str, Any] = facts.tried.get(key, {})
    passed_now, passed_ever = _day(tried.get("passed_now")), _day(tried.get("passed_ever"))
    good_until = add_months(passed_now, values["quiz.valid_months"]) if passed_now else None
    is_good = good_until is not None and day < good_until
    step = Step.READ if key in facts.read else Step.UNREAD
    if is_good and passed_now:
        applied = facts.applied.get(key)
        step = Step.APPLIED if applied and applied >= passed_now else Step.PASSED
    return Cell(
        regulation,
        version,
        step,
        Mark.NONE if is_good else _mark(tried),
        is_required=person.role in regulation.readers,
        has_quiz=regulation.pk in facts.asked,
        best=tried.get("best"),
        passed_on=passed_now if is_good else passed_ever,
        good_until=good_until if is_good else None,
        is_replaced=bool(passed_ever and not passed_now),
    )


def _mark(tried: Mapping[str, Any]) -> Mark:
    """Without a pass that counts: failed when the last attempt at this version came to nothing."""
    last, passed = tried.get("last_now"), tried.get("passed_now")
    if last and (passed is None or last > passed):
        return Mark.FAILED
    return Mark.STALE if tried.get("passed_ever") else Mark.NONE


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None
