"""What is done with the client: calls, invoices, enquiries, the gap of the assortment (DOMAIN.md 4.7, 5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from clients.models import Category, Client, Move
from deals import gap
from deals.models import CallEntry, Interaction, Invoice, Lead, Task, TaskKind
from deals.services.interaction import record_interaction
from playbook.models import Segment
from playbook.services import parameters
from salesdept.dates import next_working_day
from salesdept.roles import Role
from tests.deals.cases import owned
from tests.factories import (
    ClientFactory,
    InvoiceFactory,
    LeadFactory,
    LineFactory,
    ProductFactory,
    ShipmentFactory,
    StateFactory,
    UserFactory,
)
from tests.playbook.parameters.scenario import (
    FIRST,
    Scenario,
    at,
    back,
    buyer,
    by_day,
    reasons,
    why,
    working_days_after,
)

ByDay = dict[date, Any]


def _due_clients() -> None:
    manager = UserFactory()
    for _ in range(25):
        buyer(back(1), manager=manager)


def _listed(world: Any, day: date) -> int:
    return CallEntry.objects.filter(date=next_working_day(day)).count()


def _silent_call(times: int = 1) -> Interaction:
    """The last of calls in a row that a client did not answer."""
    manager = UserFactory()
    client = owned(manager)
    for _ in range(times):
        call = record_interaction(user=manager, client=client, outcome="no_answer", key=uuid4())
    return call


def _called_again(world: Any, day: date) -> int:
    task = Task.objects.get(interaction=_silent_call(), kind=TaskKind.CALL_BACK)
    return working_days_after(day, task.due_on)


def _noted(world: Any, day: date) -> bool:
    return Task.objects.filter(interaction=_silent_call(times=2), kind=TaskKind.DATA).exists()


def _similar_clients() -> Client:
    """Ten of a segment and class, five of whom buy caps; the eleventh asks what it lacks."""
    segment = Segment.objects.order_by("pk")[0]
    caps = ProductFactory(category=Category.objects.create(name="Кепки"))
    clients = []
    for number in range(11):
        client = ClientFactory(segment=segment)
        StateFactory(client=client, stage="active", purchases=3, amount=1000 - number)
        clients.append(client)
        if number < 5:
            LineFactory(shipment=ShipmentFactory(client=client, date=back(2)), product=caps)
    return clients[-1]


def _lacks(client: Client, day: date) -> list[str]:
    return [one.name for one in gap.missing(client, [], parameters.in_force(day), day)]


def _billed(issued: int, contacted: int | None = None, **fields: Any) -> Any:
    """For each day a buying client with an invoice of so many days before."""

    def make(day: date) -> Client:
        client = buyer(back(9), back(1), manager=UserFactory())
        spoken = day - timedelta(days=contacted) if contacted is not None else None
        InvoiceFactory(client=client, issued_on=day - timedelta(days=issued), contacted_on=spoken, **fields)
        return client

    return by_day(make)


def _chased(clients: ByDay, day: date) -> bool:
    return "invoice" in why(clients[day], day)


def _potential_billed(day: date) -> Client:
    UserFactory(role=Role.DEVELOPMENT_MANAGER)
    client = ClientFactory(in_work_with=UserFactory())
    InvoiceFactory(client=client, issued_on=day - timedelta(days=2), valid_until=None)
    return client


def _given_away(clients: ByDay, day: date) -> bool:
    return Move.objects.filter(client=clients[day], reason="invoice").exists()


def _expired(clients: ByDay, day: date) -> str:
    return Invoice.objects.get(client=clients[day]).state


def _lead(came: datetime, **fields: Any) -> Lead:
    manager = UserFactory()
    client = ClientFactory(in_work_with=manager)
    return LeadFactory(client=client, assignee=manager, created_at=came, **fields)


def _came(hour: int, minute: int = 0) -> Any:
    return by_day(lambda day: _lead(at(day, hour, minute)))


def _contact_by(leads: ByDay, day: date) -> str:
    found = [one for one in reasons(leads[day].client, day) if one["code"] == "lead"]
    return str(found[0]["contact_by"])[-5:]


def _to_decide(leads: ByDay, day: date) -> int:
    return Task.objects.filter(origin=f"lead_decision:{leads[day].pk}").count()


def _came_days_ago(days: int) -> Any:
    return by_day(lambda day: _lead(at(day - timedelta(days=days), 12), state="working"))


WORK: dict[str, Scenario] = {
    "calls.daily_capacity": Scenario(10, _due_clients, _listed, 20, 10),
    "calls.at_risk_days": Scenario(  # turns zero on 29 December
        60,
        lambda: buyer(FIRST - timedelta(days=50), manager=UserFactory()),
        lambda client, day: "at_risk" in why(client, day),
        False,
        True,
    ),
    "calls.no_answer_days": Scenario(3, dict, _called_again, 1, 3, night=False),
    "calls.no_answer_limit": Scenario(2, dict, _noted, False, True, night=False),
    "gap.buyers_share": Scenario("0.60", _similar_clients, _lacks, ["Кепки"], [], night=False),
    "gap.min_peers": Scenario(20, _similar_clients, _lacks, ["Кепки"], [], night=False),
    # The list of the night is for the day after: an invoice of the day itself is then in its second day.
    "invoice.first_contact_day": Scenario(3, _billed(0, valid_until=None), _chased, True, False),
    "invoice.second_contact_day": Scenario(
        4, _billed(1, contacted=0, valid_until=None), _chased, True, False
    ),
    "invoice.handover_day": Scenario(5, by_day(_potential_billed), _given_away, True, False),
    "invoice.valid_days": Scenario(10, _billed(4, valid_until=None), _expired, "expired", "open"),
    "lead.first_contact_hours": Scenario(4, _came(10), _contact_by, "12:00", "14:00"),
    "lead.close_days": Scenario(20, _came_days_ago(13), _to_decide, 1, 0),
    "work.day_start_hour": Scenario(10, _came(7), _contact_by, "11:00", "12:00"),
    "work.day_end_hour": Scenario(17, _came(17, 30), _contact_by, "10:30", "11:00"),
}
