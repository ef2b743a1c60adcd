"""The first weeks of a newcomer as they stand on a day: weeks, steps, progress and what is late (source section 5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Q, QuerySet

from playbook.models import Onboarding, OnboardingDone, OnboardingStep
from playbook.training_scope import watched
from salesdept.models import User

WEEK = 7  # days


@dataclass(frozen=True)
class PlanStep:
    """A step with the day it is due on and who marked it."""

    step: OnboardingStep
    due_on: date
    done: OnboardingDone | None
    is_late: bool


@dataclass(frozen=True)
class PlanWeek:
    """A week of the plan."""

    number: int
    starts: date
    ends: date
    steps: list[PlanStep]
    is_now: bool

    @property
    def done(self) -> int:
        """Steps done."""
        return sum(one.done is not None for one in self.steps)


@dataclass(frozen=True)
class Plan:
    """A newcomer's whole plan."""

    onboarding: Onboarding
    weeks: list[PlanWeek]
    day: date

    @property
    def steps(self) -> list[PlanStep]:
        """All steps in order."""
        return [step for week in self.weeks for step in week.steps]

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.steps)

    @property
    def done(self) -> int:
        """Steps done."""
        return sum(one.done is not None for one in self.steps)

    @property
    def share(self) -> float:
        """Done of all, 0–1."""
        return self.done / self.total if self.total else 0.0

    @property
    def late(self) -> list[PlanStep]:
        """Steps whose week is over and that are not done."""
        return [one for one in self.steps if one.is_late]

    @property
    def is_over(self) -> bool:
        """Everything is done."""
        return self.total > 0 and self.done == self.total

    @property
    def week(self) -> int:
        """The number of the week the day lies in; 0 before the first day."""
        return max((self.day - self.onboarding.starts).days // WEEK + 1, 0)

    @property
    def last_week(self) -> int:
        """The number of the plan's last week."""
        return max((one.number for one in self.weeks), default=0)

    @property
    def passed_share(self) -> float:
        """The share of the plan's time that is over, 0–1."""
        days = self.last_week * WEEK
        return min(max((self.day - self.onboarding.starts).days / days, 0.0), 1.0) if days else 0.0


def visible_to(user: User) -> QuerySet[Onboarding]:
    """One's own, one's newcomers', and those of people whose training one sees."""
    found = Onboarding.objects.filter(user__is_active=True).select_related("user__office", "mentor")
    return found.filter(Q(user__in=watched(user)) | Q(mentor=user)).order_by("-starts", "pk")


def plans(onboardings: Iterable[Onboarding], day: date) -> list[Plan]:
    """Plans as they stand on the day: two queries, however many newcomers there are."""
    found = list(onboardings)
    if not found:
        return []
    steps: dict[str, list[OnboardingStep]] = {}
    roles = {one.user.role for one in found}
    wanted = OnboardingStep.objects.filter(role__in=roles).select_related("regulation")
    for step in wanted.defer("regulation__search").order_by("role", "week", "order", "pk"):
        steps.setdefault(step.role, []).append(step)
    marks = OnboardingDone.objects.filter(onboarding__in=found).select_related("by")
    done = {(one.onboarding_id, one.step_id): one for one in marks}
    return [_plan(one, steps.get(one.user.role, []), done, day) for one in found]


def _plan(
    onboarding: Onboarding,
    steps: list[OnboardingStep],
    done: dict[tuple[int, int], OnboardingDone],
    day: date,
) -> Plan:
    weeks = []
    for number, inside in groupby(steps, key=lambda one: one.week):
        starts = onboarding.starts + timedelta(days=WEEK * (number - 1))
        ends = starts + timedelta(days=WEEK - 1)
        rows = []
        for step in inside:
            mark = done.get((onboarding.pk, step.pk))
            rows.append(PlanStep(step, ends, mark, is_late=mark is None and ends < day))
        weeks.append(PlanWeek(number, starts, ends, rows, is_now=starts <= day <= ends))
    return Plan(onboarding, weeks, day)
