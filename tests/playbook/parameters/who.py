"""Who the client is: classes, TOP, stage, hands, cycle (DOMAIN.md 4)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clients.models import Client, ClientState, Credit, Move
from deals.models import ContactState, Task
from kpi.models import ManagerFact
from salesdept.dates import next_working_day
from salesdept.roles import Role
from tests.factories import ClientFactory, ShipmentFactory, UserFactory
from tests.playbook.parameters.scenario import (
    FIRST,
    Scenario,
    back,
    buyer,
    by_day,
    months_after,
    talked,
    top,
    working_days_after,
)

TALKED = date(2026, 11, 8)


def _of_state(name: str) -> Any:
    return lambda client, day: getattr(ClientState.objects.get(client=client), name)


def _three_sizes() -> list[Client]:
    """50 %, 30 % and 20 % of sales."""
    return [buyer(date(2026, 6, 10), amount=share, code=f"size{share}") for share in (50, 30, 20)]


def _letters(clients: list[Client], day: date) -> str:
    return "".join(ClientState.objects.get(client=one).abc for one in clients)


def _months(count: int) -> Any:
    """Bought for the same sum in the last months that are complete."""
    return lambda: buyer(*(date(2026, 10 - shift, 10) for shift in range(count)))


def _key_clients(world: Any, day: date) -> int:
    return sum(ManagerFact.objects.filter(month=day.replace(day=1)).values_list("key_total", flat=True))


def _due(client: Client, day: date) -> date | None:
    return ContactState.objects.get(client=client).due_on


def _in_development() -> Client:
    developer = UserFactory(role=Role.DEVELOPMENT_MANAGER)
    client = ClientFactory(in_work_with=developer)
    ShipmentFactory(client=client, date=back(9))
    return talked(client, TALKED)


def _many_silent() -> None:
    UserFactory(role=Role.DEVELOPMENT_MANAGER)
    for _ in range(45):
        buyer(back(8))


def _handed_over(world: Any, day: date) -> int:
    return Move.objects.filter(reason="zero", on=next_working_day(day)).count()


def _turns_zero(day: date) -> Client:
    """Turns zero on the day, with a development manager to go to."""
    UserFactory(role=Role.DEVELOPMENT_MANAGER)
    return buyer(back(3, day))


def _term_of_contact(clients: dict[date, Client], day: date) -> int:
    return working_days_after(day, Task.objects.get(client=clients[day], kind="development").due_on)


def _comes_back(day: date) -> Client:
    """In development for two weeks, buys on the day."""
    client = buyer(back(9), day, manager=UserFactory())
    developer = UserFactory(role=Role.DEVELOPMENT_MANAGER)
    Client.objects.filter(pk=client.pk).update(in_work_with=developer)
    Move.objects.create(
        client=client, field="work", to_user=developer, on=day - timedelta(days=14), reason="zero"
    )
    return client


def _credit(clients: dict[date, Client], day: date) -> int | None:
    credit = Credit.objects.get(client=clients[day])
    return months_after(credit.starts, credit.ends)


def _orders() -> Client:
    """Four orders every ten days a year and a half ago, three every forty days lately."""
    return buyer(*(FIRST - timedelta(days=ago) for ago in (600, 590, 580, 570, 100, 60, 20)))


def _three_orders() -> Client:
    return buyer(*(FIRST - timedelta(days=ago) for ago in (100, 60, 20)))


CV = {"xyz.method": "cv"}
WHO: dict[str, Scenario] = {
    "analysis.window_months": Scenario(
        9, lambda: buyer(date(2026, 1, 10)), _of_state("amount"), Decimal(1000), Decimal(0)
    ),
    "abc.a_share": Scenario(Decimal("0.50"), _three_sizes, _letters, "AAB", "ABB"),
    "abc.b_share": Scenario(Decimal("0.80"), _three_sizes, _letters, "AAB", "AAC"),
    "xyz.method": Scenario("cv", _months(8), _of_state("xyz"), "X", "Y"),
    "xyz.x_months": Scenario(9, _months(8), _of_state("xyz"), "X", "Y"),
    "xyz.y_months": Scenario(5, _months(4), _of_state("xyz"), "Y", "Z"),
    "xyz.x_cv": Scenario(Decimal("0.80"), _months(8), _of_state("xyz"), "Y", "X", given=CV),  # cv √½
    "xyz.y_cv": Scenario(Decimal("1.50"), _months(4), _of_state("xyz"), "Z", "Y", given=CV),  # cv √2
    "top.cells": Scenario(
        ["AX", "AY", "AZ", "BX"], lambda: buyer(date(2026, 6, 10)), _of_state("is_top"), False, True
    ),
    "audit.key_share": Scenario(Decimal("0.50"), _three_sizes, _key_clients, 2, 1),
    "stage.new_months": Scenario(6, lambda: buyer(back(4), back(1)), _of_state("stage"), "active", "new"),
    "stage.zero_months_top": Scenario(
        4, lambda: top(buyer(back(9), back(3))), _of_state("stage"), "zero", "active"
    ),
    "stage.zero_months_single": Scenario(5, lambda: buyer(back(4)), _of_state("stage"), "zero", "new"),
    "stage.zero_months_regular": Scenario(
        8, lambda: buyer(back(11), back(7)), _of_state("stage"), "zero", "active"
    ),
    "stage.lost_months": Scenario(15, lambda: buyer(back(20), back(13)), _of_state("stage"), "lost", "zero"),
    "contact.top_months": Scenario(
        2, lambda: talked(top(buyer(back(9), back(1))), TALKED), _due, date(2026, 12, 8), date(2027, 1, 8)
    ),
    "contact.other_months": Scenario(
        4, lambda: talked(buyer(back(9), back(1)), TALKED), _due, date(2027, 2, 8), date(2027, 3, 8)
    ),
    "contact.new_months": Scenario(
        2, lambda: talked(buyer(back(1)), TALKED), _due, date(2026, 12, 8), date(2027, 1, 8)
    ),
    "contact.development_days": Scenario(30, _in_development, _due, date(2026, 11, 22), date(2026, 12, 8)),
    "development.daily_intake": Scenario(5, _many_silent, _handed_over, 20, 5),
    "development.task_days": Scenario(2, by_day(_turns_zero), _term_of_contact, 5, 2),
    "reactivation.credit_months": Scenario(1, by_day(_comes_back), _credit, 3, 1),
    "cycle.window_months": Scenario(12, _orders, _of_state("cycle_days"), 25, 40),
    "cycle.min_purchases": Scenario(5, _three_orders, _of_state("cycle_days"), 40, None),
}
