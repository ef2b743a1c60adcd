"""Lists of tasks: whose, when, in groups that say how urgent they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from deals.models import Task, TaskState
from deals.querysets import TaskQuerySet
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, has_perm

PAGE_SIZE = 50
WHOSE = {"mine": gettext_lazy("Mine"), "given": gettext_lazy("Given by me"), "all": gettext_lazy("All")}
WHEN = {
    "open": pgettext_lazy("tasks", "All open"),
    "overdue": pgettext_lazy("tasks", "Overdue"),
    "today": pgettext_lazy("tasks", "Today"),
    "week": pgettext_lazy("tasks", "Within a week"),
    "done": pgettext_lazy("tasks", "Closed"),
}


@dataclass(frozen=True)
class Filter:
    """What the URL asks for; whatever it does not know is the first choice."""

    whose: str
    when: str
    person: int | None

    @classmethod
    def parse(cls, params: QueryDict, user: User) -> Filter:
        """From the query string of a person."""
        whose, when = params.get("whose", ""), params.get("when", "")
        allowed = whose_choices(user)
        person = params.get("person", "")
        return cls(
            whose if whose in allowed else "mine",
            when if when in WHEN else "open",
            int(person) if person.isdecimal() and "all" in allowed else None,
        )

    def tasks(self, user: User) -> TaskQuerySet:
        """The tasks, in their order."""
        found = _of(user, self.whose)
        if self.person:
            found = found.filter(assignee=self.person)
        found = _within(found, self.when, today())
        order = ["-closed_at", "-pk"] if self.when == "done" else ["due_on", "due_at", "pk"]
        rows: TaskQuerySet = found.order_by(*order).select_related("client", "assignee", "created_by")
        return rows


def whose_choices(user: User) -> dict[str, Any]:
    """Everybody's tasks are for those who give tasks."""
    may = has_perm(user, Perm.ASSIGN_TASKS)
    return {key: label for key, label in WHOSE.items() if key != "all" or may}


def counts(user: User, chosen: Filter) -> dict[str, int]:
    """How many tasks stand behind each date filter. One query."""
    day = today()
    found = _of(user, chosen.whose)
    if chosen.person:
        found = found.filter(assignee=chosen.person)
    is_open = Q(state=TaskState.OPEN)
    numbers: dict[str, int] = (
        found.open()
        .order_by()
        .aggregate(
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_on__lt=day)),
            today=Count("pk", filter=is_open & Q(due_on=day)),
            week=Count("pk", filter=is_open & Q(due_on__lte=day + timedelta(days=7))),
        )
    )
    return numbers


def grouped(tasks: list[Task], day: date) -> list[tuple[str, list[Task]]]:
    """Open tasks under words: overdue, today, tomorrow, within a week, later."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(_group(task, day), []).append(task)
    return list(groups.items())


def _group(task: Task, day: date) -> str:
    if task.state != TaskState.OPEN:
        return ""
    left = (task.due_on - day).days
    if left < 0:
        return _("Overdue")
    if left < 2:
        return (_("Today"), _("Tomorrow"))[left]
    return _("Within a week") if left <= 7 else _("Later")


def _of(user: User, whose: str) -> TaskQuerySet:
    tasks: TaskQuerySet = Task.objects.visible_to(user)
    if whose == "mine":
        return tasks.filter(assignee=user)
    if whose == "given":
        return tasks.filter(created_by=user).exclude(assignee=user)
    return tasks


def _within(tasks: TaskQuerySet, when: str, day: date) -> TaskQuerySet:
    if when == "done":
        return tasks.exclude(state=TaskState.OPEN)
    tasks = tasks.open()
    if when == "overdue":
        return tasks.filter(due_on__lt=day)
    if when == "today":
        return tasks.filter(due_on=day)
    return tasks.filter(due_on__lte=day + timedelta(days=7)) if when == "week" else tasks
