"""What a scenario is, how it is played, and the small histories that scenarios are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.db import transaction

from clients.models import Client, TopEvent
from deals.models import CallEntry
from playbook.models import Regulation
from playbook.parameters import BY_CODE
from playbook.services import parameters, version
from salesdept.dates import add_months, next_working_day, working_days
from salesdept.models import User
from salesdept.night import run_night
from salesdept.roles import Role
from tests.factories import ClientFactory, InteractionFactory, ShipmentFactory, UserFactory

MOSCOW = ZoneInfo("Europe/Moscow")
FIRST = date(2026, 11, 18)  # a Wednesday: the book as it came
SECOND = date(2026, 11, 19)  # the day from which the other value is in force
LONG_AGO = date(2000, 1, 1)


@dataclass(frozen=True)
class Scenario:
    """One parameter at work.

    `read` tells what the rule made of a day: after that day's night, or (without `night`) of a service asked on it.
    `before` is the answer by the first value, `after` by `value`. `given`: other values in force from long ago.
    """

    value: Any
    prepare: Callable[[], Any]
    read: Callable[[Any, date], Any]
    before: Any
    after: Any
    given: Mapping[str, Any] = field(default_factory=dict)
    night: bool = True

    def play(self, code: str) -> None:
        """The other value holds on its day and not before; a day alone changes nothing."""
        with time_machine.travel(at(FIRST, 8)):
            for other, value in self.given.items():
                approve(other, value, LONG_AGO)
            world = self.prepare()
        assert self.answer(world, FIRST) == self.before, "the first value"
        with taken_back():
            assert self.answer(world, SECOND) == self.before, "the next day by the same value"
        with time_machine.travel(at(FIRST, 21)):
            approve(code, self.value, SECOND)
        assert self.answer(world, FIRST, full=True) == self.before, "the day before, computed again"
        assert self.answer(world, SECOND) == self.after, "the day from which the other value is in force"

    def answer(self, world: Any, day: date, *, full: bool = False) -> Any:
        """What the rule makes of the day."""
        with time_machine.travel(at(day, 20 if self.night else 12)):
            if self.night:
                run_night(as_of=day, full=full)
            return self.read(world, day)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day in Moscow."""
    return datetime.combine(day, time(hour, minute), MOSCOW)


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing of what is done inside stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def approve(code: str, value: Any, day: date) -> None:
    """Another value the way people make it: a draft, its review, the approval of who may."""
    page = Regulation.objects.get(code=BY_CODE[code].regulation)
    author, approver = UserFactory(role=Role.DEPUTY_DIRECTOR), UserFactory(role=page.approver_role)
    draft = version.start_draft(page, author)
    values = parameters.of_version(draft)
    assert values[code] != value, f"{code} is {value} already"
    draft = version.save_draft(
        draft.pk,
        author,
        seen=draft.revision,
        text=draft.text,
        change_note="Проверка",
        values=values | {code: value},
    )
    draft = version.send_to_review(draft.pk, author, seen=draft.revision)
    version.approve(draft.pk, approver, seen=draft.revision, day=day)


def back(months: int, day: date = FIRST) -> date:
    """A day so many months before."""
    return add_months(day, -months)


def buyer(*days: date, manager: User | None = None, amount: int = 1000, **fields: Any) -> Client:
    """A client in the manager's hands with a purchase on each of the days."""
    client = ClientFactory(home_manager=manager, in_work_with=manager, **fields)
    for day in days:
        ShipmentFactory(client=client, date=day, amount=Decimal(amount))
    return client


def top(client: Client) -> Client:
    """The client is TOP since last year, by hand."""
    TopEvent.objects.create(
        client=client, as_of=date(2025, 6, 2), is_top=True, reason="manual", comment="крупный"
    )
    return client


def talked(client: Client, day: date) -> Client:
    """Somebody talked to the client on the day."""
    InteractionFactory(client=client, at=at(day, 11), day=day)
    return client


def reasons(client: Client, day: date) -> list[dict[str, Any]]:
    """Why the client is on the list that the night of the day made."""
    entry = CallEntry.objects.filter(client=client, date=next_working_day(day)).first()
    return entry.reasons if entry else []


def why(client: Client, day: date) -> set[str]:
    """The same by codes."""
    return {reason["code"] for reason in reasons(client, day)}


def working_days_after(day: date, due: date) -> int:
    """Which working day after `day` the date is."""
    return len(list(working_days(next_working_day(day), due)))


def months_after(day: date, later: date) -> int | None:
    """How many calendar months lie between two dates."""
    return next((n for n in range(61) if add_months(day, n) == later), None)


def by_day(make: Callable[[date], Any]) -> Callable[[], dict[date, Any]]:
    """A world with one and the same thing for each of the two days."""
    return lambda: {day: make(day) for day in (FIRST, SECOND)}
