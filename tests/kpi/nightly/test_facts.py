"""The month's facts against an independent oracle, over made-up histories of documents, clients and work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clients.models import Client, Direction, Shipment
from deals.models import CallEntry, EntryState, Interaction
from kpi.models import ManagerFact, SalesFact
from kpi.nightly import managers
from playbook.models import Segment, Sphere
from salesdept.models import JobRun, Office, User
from salesdept.night import run_night
from salesdept.roles import Role
from tests.factories import ClientFactory, OfficeFactory, ShipmentFactory, UserFactory
from tests.kpi.nightly import oracle

pytestmark = pytest.mark.django_db

LAST = date(2026, 3, 16)
many = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
Op = Callable[["World", date], None]


@dataclass
class World:
    """Two offices, two sellers and a development manager, four clients, two spheres."""

    offices: list[Office | None]
    people: list[User | None]
    segments: list[Segment | None]
    clients: list[Client]
    number: int = 0

    @classmethod
    def make(cls) -> "World":
        offices = [OfficeFactory(code=code) for code in ("spb", "msk")]
        roles = (Role.SERVICE_MANAGER, Role.SERVICE_MANAGER, Role.DEVELOPMENT_MANAGER)
        people = [UserFactory(role=role, office=offices[n % 2]) for n, role in enumerate(roles)]
        segments = [
            Segment.objects.create(
                sphere=Sphere.objects.create(code=f"s{n}", name=str(n)), code=f"g{n}", name=str(n)
            )
            for n in range(2)
        ]
        clients = [
            ClientFactory(
                code=f"c{n}", office=offices[n % 2], home_manager=people[n % 2], in_work_with=people[n % 2]
            )
            for n in range(4)
        ]
        return cls([*offices, None], [*people, None], [*segments, None], clients)


def add_document(client: int, back: int, amount: Decimal, manager: int, office: int, direction: str) -> Op:
    def work(world: World, as_of: date) -> None:
        world.number += 1
        day = as_of - timedelta(days=back)
        Shipment.objects.create(
            number=f"n{world.number}", year=day.year, date=day, client=world.clients[client], amount=amount,
            manager=world.people[manager], office=world.offices[office], direction=direction,
        )  # fmt: skip

    return work


def drop_document(place: int) -> Op:
    def work(world: World, as_of: date) -> None:
        ids = list(Shipment.objects.order_by("pk").values_list("pk", flat=True))
        if ids:
            Shipment.objects.filter(pk=ids[place % len(ids)]).delete()

    return work


def change_document(place: int, manager: int, back: int) -> Op:
    def work(world: World, as_of: date) -> None:
        doc = Shipment.objects.order_by("pk")[place % 7 : place % 7 + 1].first()
        if doc:
            day = as_of - timedelta(days=back)
            Shipment.objects.filter(pk=doc.pk).update(manager=world.people[manager], date=day, year=day.year)

    return work


def change_client(client: int, name: str, place: int) -> Op:
    def work(world: World, as_of: date) -> None:
        values = {"segment": world.segments, "office": world.offices}
        if name in values:
            Client.objects.filter(pk=world.clients[client].pk).update(**{name: values[name][place % 3]})
        else:
            person = world.people[place % 4]
            Client.objects.filter(pk=world.clients[client].pk).update(
                home_manager=person, in_work_with=person
            )

    return work


def add_client(place: int) -> Op:
    def work(world: World, as_of: date) -> None:
        person = world.people[place % 4]
        world.clients.append(
            ClientFactory(code=f"late{len(world.clients)}", office=world.offices[place % 3], home_manager=person, in_work_with=person)
        )  # fmt: skip

    return work


def talk(client: int, person: int, back: int, kind: str) -> Op:
    def work(world: World, as_of: date) -> None:
        day = as_of - timedelta(days=back)
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        Interaction.objects.create(
            client=world.clients[client], user=world.people[person % 3], day=day, at=at, outcome="talked", kind=kind
        )  # fmt: skip

    return work


def work_list(state: str) -> Op:
    def work(world: World, as_of: date) -> None:
        entry = CallEntry.objects.filter(state=EntryState.OPEN).order_by("pk").first()
        if entry:
            CallEntry.objects.filter(pk=entry.pk).update(state=state)

    return work


clients = st.integers(0, 3)
back = st.one_of(st.integers(0, 40), st.integers(0, 430))
amounts = st.one_of(st.decimals("0.01", "5000", places=2), st.decimals("-800", "-0.01", places=2))
documents = st.builds(
    add_document,
    clients,
    back,
    amounts,
    st.integers(0, 3),
    st.integers(0, 2),
    st.sampled_from(Direction.values),
)
changes = st.one_of(
    documents,
    documents,
    st.builds(drop_document, st.integers(0, 30)),
    st.builds(change_document, st.integers(0, 30), st.integers(0, 3), back),
    st.builds(change_client, clients, st.sampled_from(["segment", "office", "hands"]), st.integers(0, 11)),
    st.builds(add_client, st.integers(0, 11)),
    st.builds(
        talk, st.integers(0, 3), st.integers(0, 2), back, st.sampled_from(["call", "meeting", "email"])
    ),
    st.builds(work_list, st.sampled_from([EntryState.DONE, EntryState.SKIPPED])),
)
nights = st.lists(st.tuples(st.integers(0, 45), st.lists(changes, max_size=8)), min_size=1, max_size=5)


@many
@given(history=st.lists(documents, min_size=1, max_size=40), later=nights)
def test_facts_of_every_night_are_what_the_oracle_adds_up(history: list[Op], later: Any) -> None:
    with transaction.atomic():
        world, expected = World.make(), oracle.Managers()
        as_of = LAST - timedelta(days=sum(step for step, _ops in later))
        for op in history:
            op(world, as_of)
        for step, ops in [(0, []), *later]:
            as_of += timedelta(days=step)
            for op in ops:
                op(world, as_of)
            run_night(as_of=as_of)
            assert sales_facts() == oracle.sales(as_of)
            assert manager_facts() == {name: rows for name, rows in expected.night(as_of).items() if rows}
        before = rows()
        run = run_night(as_of=as_of, full=True)
        assert rows() == before
        assert {s.name: s.rows for s in run.steps.filter(name__startswith="kpi") if s.rows} == {}
        transaction.set_rollback(True)


def sales_facts() -> dict[oracle.SalesKey, tuple[Decimal, int]]:
    return {
        (f.month, f.manager_id, f.office_id, f.direction, f.sphere_id): (f.amount, f.shipments)
        for f in SalesFact.objects.all()
    }


def manager_facts() -> dict[str, dict[oracle.Key, int]]:
    found: dict[str, dict[oracle.Key, int]] = {}
    for fact in ManagerFact.objects.all():
        for name in managers.MEASURES:
            if count := getattr(fact, name):
                found.setdefault(name, {})[fact.month, fact.manager_id, fact.office_id] = count
    return found


def rows() -> list[Any]:
    """Both tables with their ids: a full rebuild must not even touch a row that is right."""
    return [sorted(model.objects.values_list(), key=str) for model in (SalesFact, ManagerFact)]


def test_second_night_of_the_same_day_changes_no_fact() -> None:
    world = World.make()
    for number in range(12):
        add_document(number % 4, number * 31, Decimal("100"), number % 3, 0, Direction.PROMO)(world, LAST)
    run_night(as_of=LAST)
    assert SalesFact.objects.count() == 12
    again = run_night(as_of=LAST)
    assert {s.name: s.rows for s in again.steps.filter(name__startswith="kpi") if s.rows} == {}


def test_documents_after_the_business_date_count_from_their_own_night() -> None:
    ShipmentFactory(date=LAST, amount=Decimal("100"))
    ShipmentFactory(date=LAST + timedelta(days=1), amount=Decimal("7"))
    run_night(as_of=LAST)
    assert [fact.amount for fact in SalesFact.objects.all()] == [Decimal("100.00")]
    run_night(as_of=LAST + timedelta(days=1))
    assert sum(fact.amount for fact in SalesFact.objects.all()) == Decimal("107.00")


def test_retyped_client_takes_past_months_to_the_new_sphere() -> None:
    world = World.make()
    add_document(0, 300, Decimal("100"), 0, 0, Direction.PROMO)(world, LAST)
    add_document(0, 0, Decimal("5"), 0, 0, Direction.PROMO)(world, LAST)
    run_night(as_of=LAST)
    assert set(SalesFact.objects.values_list("sphere__code", flat=True)) == {None}
    change_client(0, "segment", 1)(world, LAST)
    run_night(as_of=LAST + timedelta(days=1))
    assert set(SalesFact.objects.values_list("sphere__code", flat=True)) == {"s1"}


def test_earlier_day_run_again_takes_later_months_back() -> None:
    ShipmentFactory(date=date(2026, 1, 20))
    ShipmentFactory(date=LAST)
    run_night(as_of=LAST)
    run_night(as_of=date(2026, 1, 31), full=True)
    assert set(SalesFact.objects.values_list("month", flat=True)) == {date(2026, 1, 1)}
    assert set(ManagerFact.objects.values_list("month", flat=True)) == {date(2026, 1, 1)}


def test_full_night_that_died_is_made_good_by_the_next_ordinary_one(monkeypatch: pytest.MonkeyPatch) -> None:
    doc = ShipmentFactory(date=date(2025, 11, 3), amount=Decimal("100"))
    run_night(as_of=LAST)
    Shipment.objects.filter(pk=doc.pk).update(amount=Decimal("40"))
    with monkeypatch.context() as broken:
        broken.setattr("clients.nightly.classes.step", _dies)
        with pytest.raises(RuntimeError):
            run_night(as_of=LAST + timedelta(days=1), full=True)
    run_night(as_of=LAST + timedelta(days=1))
    assert SalesFact.objects.get().amount == Decimal("40.00")


def _dies(*, as_of: date, full: bool) -> int:
    raise RuntimeError("killed")


@pytest.mark.parametrize("full", [False, True])
def test_number_of_queries_does_not_depend_on_the_number_of_clients(full: bool) -> None:
    counts = []
    for size in (3, 60):
        for number in range(size):
            ShipmentFactory(date=LAST - timedelta(days=7 * number), client=ClientFactory())
        run_night(as_of=LAST - timedelta(days=1))
        with CaptureQueriesContext(connection) as queries:
            run_night(as_of=LAST, full=full)
        counts.append(sum("night_sales" in q["sql"] or "night_fact" in q["sql"] for q in queries))
        JobRun.objects.all().delete()
    assert counts[0] == counts[1] > 0
