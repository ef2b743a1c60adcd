"""What people did in the last weeks: call lists and conversations, tasks, invoices, hand-overs, vacations."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from kpi.bench.generate import copy
from kpi.demo.clients import MOSCOW, Owned
from playbook.services import parameters
from salesdept.dates import add_months, add_working_days, next_working_day, working_days
from salesdept.models import Absence, User
from salesdept.roles import Role
from salesdept.sql import execute

LIST_DAYS = 12  # working days since the lists began: the department has just started to call
_IN_DEVELOPMENT = 90
_CAME_BACK, _OF_THEM_LATELY = 8, 5  # the last returns, and some of the weeks before
_TALKS = (
    ("Обсудили остатки и размерный ряд", "Прислать прайс с остатками"),
    ("Готовят заявку к следующей неделе", "Вернуться после согласования макета"),
    ("Довольны прошлой отгрузкой, нужны бейсболки", "Собрать предложение на бейсболки"),
    ("Заказов от клиентов пока мало", "Созвониться в начале месяца"),
    ("Сравнивают с другим поставщиком по цене", "Посчитать цену на объём"),
    ("Просили образцы толстовок", "Отправить образцы"),
    ("Работают, в заявке двести футболок", ""),
    ("Сменился закупщик, познакомились", "Отправить каталог новому закупщику"),
)
_CALL_BACKS = (
    "Перезвонить: ждали ответа по макету",
    "Перезвонить по остаткам",
    "Перезвонить: закупщик был на встрече",
)
_STEPS = ("Отправить прайс и образцы", "Подготовить предложение", "Согласовать нанесение", "Уточнить размеры")
# How the people keep their lists: share of the list that is called.
_DILIGENCE = (0.97, 0.88, 0.93, 0.61, 0.9, 0.74, 0.82, 0.7)
_OUTCOMES = ("talked", "no_answer", "call_back", "refused", "wrong_number")
_ODDS = (62, 24, 8, 4, 2)
_TALK = "id, client_id, contact_id, user_id, kind, at, day, outcome, refusal_reason, note, agreement, next_step, next_on"
_TASK = "title, kind, client_id, assignee_id, due_on, state, details, result, created_at, closed_at, interaction_id"
_ENTRY = "date, manager_id, client_id, tier, position, reasons, state, closed_at, interaction_id"


def at(day: date, hour: float) -> datetime:
    """A moment of a working day."""
    return datetime.combine(day, time(int(hour), int(hour % 1 * 60)), MOSCOW)


@dataclass
class Work:
    """Rows of the last weeks, collected and written at once."""

    staff: dict[str, list[User]]
    clients: list[Owned]
    until: date
    rnd: random.Random
    talks: list[tuple[Any, ...]] = field(default_factory=list)
    tasks: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    talked: dict[int, date] = field(default_factory=dict)

    def load(self) -> None:
        """Write everything."""
        self._development()
        self._before_the_lists()
        for manager, diligence in zip(self._callers(), _DILIGENCE, strict=True):
            self._lists(manager, diligence)
        self._other_tasks()
        copy("deals_interaction", _TALK, self.talks)
        copy("deals_task", _TASK, self.tasks)
        copy("deals_callentry", _ENTRY, self.entries)
        execute(f"SELECT setval(pg_get_serial_sequence('deals_interaction', 'id'), {len(self.talks) + 1})")
        self._invoices()
        self._absences()

    def _callers(self) -> list[User]:
        return [
            *self.staff[Role.SERVICE_MANAGER],
            *self.staff[Role.SENIOR_MANAGER],
            *self.staff[Role.DEVELOPMENT_MANAGER],
        ]

    def _talk(
        self, one: Owned, user: int, moment: datetime, outcome: str, next_on: date | None = None
    ) -> int:
        pk = len(self.talks) + 1
        note, agreement = self.rnd.choice(_TALKS) if outcome == "talked" else ("", "")
        refusal = (
            self.rnd.choice(("price", "supplier", "no_need", "assortment")) if outcome == "refused" else ""
        )
        step = self.rnd.choice(_CALL_BACKS) if outcome == "call_back" else ""
        self.talks.append(
            (pk, one.id, one.main_contact, user, "call", moment, moment.date(), outcome, refusal, note, agreement, step,
             next_on)
        )  # fmt: skip
        if outcome == "talked":
            self.talked[one.id] = moment.date()
        return pk

    def _task(self, title: str, kind: str, one: Owned, user: int, due: date, *, made: datetime, done: datetime | None = None, talk: int | None = None) -> None:  # fmt: skip
        self.tasks.append(
            (title, kind, one.id, user, due, "done" if done else "open", "", "", made, done, talk)
        )

    def _development(self) -> None:
        """Clients handed over in the last weeks, dearest first; a few of them already bought and went home."""
        developer = self.staff[Role.DEVELOPMENT_MANAGER][0].pk
        lost = [one for one in self.clients if one.buyer.halves == "100" and one.home]
        lost.sort(key=lambda one: -one.buyer.sums[0])
        days = list(working_days(self.until - timedelta(days=30), self.until))
        moves: list[tuple[Any, ...]] = []
        for number, one in enumerate(lost[:_IN_DEVELOPMENT]):
            day = days[number * len(days) // _IN_DEVELOPMENT]
            one.work = developer
            moves.append((one.id, "work", one.home, developer, day, at(day, 2), "zero", ""))
        credits = []
        stages: list[tuple[Any, ...]] = []
        for one in self._returned():
            bought = self._first_return(one)
            day = bought - timedelta(days=self.rnd.randint(8, 20))
            stages.append((one.id, day, day, "active", "zero", False))
            stages.append((one.id, bought, bought, "zero", "active", True))
            moves.append((one.id, "work", one.home, developer, day, at(day, 2), "zero", ""))
            moves.append((one.id, "work", developer, one.home, bought, at(bought, 23), "reactivated", ""))
            credits.append((one.id, developer, "development", bought, add_months(bought, 3)))
            self._talk(one, developer, at(bought - timedelta(days=4), 11), "talked")
        columns = 'client_id, field, from_user_id, to_user_id, "on", at, reason, comment'
        copy("clients_move", columns, sorted(moves, key=lambda move: move[5]))
        copy("clients_stageevent", 'client_id, as_of, "on", before, after, is_reactivation', stages)
        copy("clients_credit", "client_id, user_id, kind, starts, ends", credits)
        execute(
            "UPDATE clients_client SET in_work_with_id = %(user)s WHERE id = ANY(%(clients)s)",
            {"user": developer, "clients": [one.id for one in lost[:_IN_DEVELOPMENT]]},
        )

    def _returned(self) -> list[Owned]:
        """Clients without a purchase in the second half-year who bought again: the latest, and a few earlier."""
        found = [one for one in self.clients if one.buyer.halves == "101" and one.home]
        found = [one for one in found if self._first_return(one) >= self.until - timedelta(days=80)]
        found.sort(key=lambda one: (self._first_return(one), one.id), reverse=True)
        earlier = found[_OF_THEM_LATELY:]
        step = max(len(earlier) // (_CAME_BACK - _OF_THEM_LATELY), 1)
        return found[:_OF_THEM_LATELY] + earlier[step - 1 :: step][: _CAME_BACK - _OF_THEM_LATELY]

    def _first_return(self, one: Owned) -> date:
        """The first purchase of the last half-year."""
        return min(day for days in one.buyer.visits[2].values() for day in days)

    def _before_the_lists(self) -> None:
        """Before there were lists people called whom they liked: most TOP, few of the others."""
        for one in self.clients:
            if one.home is None:
                continue
            chance = 0.8 if one.buyer.is_top else 0.3 if one.buyer.bought(2) else 0.08
            for _ in range(3 if one.buyer.is_top else 1):
                if self.rnd.random() < chance:
                    day = self.until - timedelta(days=self.rnd.randint(20, 170))
                    moment = at(day, self.rnd.uniform(9.5, 17.5))
                    self._talk(one, one.home, moment, self.rnd.choice(("talked", "talked", "no_answer")))

    def _lists(self, manager: User, diligence: float) -> None:
        """Lists of the last working days as they were worked: the open ones of a past day were not called."""
        capacity = parameters.in_force(self.until)["calls.daily_capacity"]
        days = list(working_days(self.until - timedelta(days=40), self.until))[-LIST_DAYS:]
        mine = [one for one in self.clients if one.work == manager.pk]
        mine.sort(key=lambda one: (not one.buyer.is_top, not one.buyer.bought(2), -sum(one.buyer.sums[1:])))
        queue = mine[: capacity * LIST_DAYS]
        waiting = [one for number, one in enumerate(queue) if number % 3 != 2]  # the third ones are due later
        for number, day in enumerate(days):
            share = len(waiting) * number // LIST_DAYS, len(waiting) * (number + 1) // LIST_DAYS
            today = waiting[slice(*share)][:capacity]
            hour = 9.3
            for position, one in enumerate(today, 1):
                hour += 7.5 / capacity
                called = self.rnd.random() < diligence
                talk = self._called(one, manager.pk, day, hour) if called else None
                state = "done" if called else "skipped" if self.rnd.random() < 0.3 else "open"
                moment = at(day, hour) if state != "open" else None
                tier = 6 if one.buyer.is_top else 7
                reasons = [
                    {
                        "tier": tier,
                        "code": "due_top" if tier == 6 else "due_other",
                        "due_on": None,
                        "last_talked_on": None,
                    }
                ]
                self.entries.append(
                    (day, manager.pk, one.id, tier, position, json.dumps(reasons), state, moment, talk)
                )

    def _called(self, one: Owned, user: int, day: date, hour: float) -> int:
        """One call of a list and the task it leaves."""
        outcome = self.rnd.choices(_OUTCOMES, _ODDS)[0]
        moment = at(day, hour)
        later = add_working_days(day, self.rnd.randint(2, 9))
        talk = self._talk(one, user, moment, outcome, later if outcome == "call_back" else None)
        over = at(later, 10.5) if later < self.until and self.rnd.random() < 0.85 else None
        if outcome == "call_back":
            self._task(
                self.rnd.choice(_CALL_BACKS), "call_back", one, user, later, made=moment, done=over, talk=talk
            )
        elif outcome == "talked" and self.rnd.random() < 0.25:
            self._task(
                self.rnd.choice(_STEPS), "next_step", one, user, later, made=moment, done=over, talk=talk
            )
        elif outcome == "wrong_number":
            self._task(
                "Найти верный телефон", "data", one, user, next_working_day(day), made=moment, talk=talk
            )
        return talk

    def _other_tasks(self) -> None:
        """What the sales head gave out, with and without clients."""
        people = self._callers()
        for number, one in enumerate(
            self.rnd.sample([one for one in self.clients if one.buyer.is_key and one.work], 24)
        ):
            assert one.work is not None
            due = add_working_days(self.until, 1 + number % 6) if number % 4 else self.until
            self._task("Поздравить с днём рождения компании" if number % 5 == 0 else "Сверить взаиморасчёты за квартал",
                       "other", one, one.work, due, made=at(self.until - timedelta(days=9), 10))  # fmt: skip
        made = at(self.until - timedelta(days=5), 17)
        rows: list[tuple[Any, ...]] = [
            ("Подготовить список клиентов к сезону", "other", None, user.pk, add_working_days(self.until, 3), "open", "", "",
             made, None, None)
            for user in [*people, *self.staff[Role.MARKETER], *self.staff[Role.LEAD_MANAGER], *self.staff[Role.OPERATOR]]
        ]  # fmt: skip
        self.tasks += rows

    def _invoices(self) -> None:
        """Open ones of the last days to chase, and how the month's older ones ended."""
        rows: list[tuple[Any, ...]] = []
        buying = [one for one in self.clients if one.buyer.bought(2) and one.work]
        for number, one in enumerate(self.rnd.sample(buying, 190)):
            is_open = number < 45
            issued = self.until - timedelta(
                days=self.rnd.randint(0, 3) if is_open else self.rnd.randint(6, 60)
            )
            state = "open" if is_open else self.rnd.choices(("paid", "expired", "cancelled"), (8, 2, 1))[0]
            paid = issued + timedelta(days=self.rnd.randint(1, 4)) if state == "paid" else None
            contacted = issued + timedelta(days=1) if not is_open and self.rnd.random() < 0.7 else None
            rows.append((f"{4000 + number}", issued.year, issued, one.id, self.rnd.randint(8, 180) * 1000 + 500, state,
                         contacted, paid))  # fmt: skip
        copy(
            "deals_invoice",
            "number, year, issued_on, client_id, amount, state, contacted_on, paid_on",
            rows,
        )

    def _absences(self) -> None:
        """One vacation behind and one ahead."""
        one, other = (
            user for user in self.staff[Role.SERVICE_MANAGER] if user.office and user.office.code == "msk"
        )
        for shift, who, substitute in ((-60, one, other), (9, other, one)):
            starts = self.until + timedelta(days=shift)
            Absence.objects.create(
                user=who,
                substitute=substitute,
                starts=starts,
                ends=starts + timedelta(days=13),
                reason="отпуск",
            )
