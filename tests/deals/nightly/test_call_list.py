"""Who is on tomorrow's list, in which order and why (DOMAIN.md 5.1–5.2)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import Client, ClientState
from deals.models import CallEntry, Interaction, Invoice, Lead, Task
from deals.nightly import call_list, contact_due
from salesdept.dates import next_working_day
from salesdept.models import JobRun, User
from salesdept.night import run_night
from salesdept.roles import Role
from tests.clients.nightly.oracle import plus_months
from tests.factories import (
    CallEntryFactory,
    ClientFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    ShipmentFactory,
    StateFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture(autouse=True)
def _later_than_every_date_below() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 12, 31, 12, tzinfo=MOSCOW)):
        yield


def write_list(as_of: date = FRIDAY) -> list[CallEntry]:
    contact_due.step(as_of=as_of, full=False)
    call_list.step(as_of=as_of, full=False)
    return list(CallEntry.objects.filter(date=next_working_day(as_of)).order_by("manager_id", "position"))


def owned(manager: User, **state: object) -> Client:
    client = ClientFactory(home_manager=manager, in_work_with=manager)
    StateFactory(client=client, **{"stage": "active", "purchases": 5, "amount": Decimal("100")} | state)
    return client


def talk(client: Client, day: date, **fields: object) -> Interaction:
    at = datetime.combine(day, time(12), MOSCOW)
    return InteractionFactory(client=client, at=at, day=day, **fields)


def test_list_of_a_friday_night_is_for_monday() -> None:
    owned(UserFactory())
    assert [entry.date for entry in write_list()] == [MONDAY]


def test_promised_call_back_comes_before_everything_and_only_on_its_day() -> None:
    manager = UserFactory()
    risk = owned(manager, is_top=True, zero_on=MONDAY + timedelta(days=3), amount=Decimal("9000"))
    promised, later = owned(manager), owned(manager, expected_order=FRIDAY)
    TaskFactory(client=promised, assignee=manager, kind="call_back", due_on=MONDAY)
    TaskFactory(client=later, assignee=manager, kind="call_back", due_on=MONDAY + timedelta(days=1))
    entries = write_list()
    assert [(entry.client, entry.tier) for entry in entries] == [(promised, 1), (risk, 4)]
    assert entries[0].reasons[0]["code"] == "callback"


def test_one_entry_per_client_with_all_its_reasons_best_first() -> None:
    manager = UserFactory()
    client = owned(manager, zero_on=MONDAY + timedelta(days=5), expected_order=date(2026, 11, 1))
    InvoiceFactory(client=client, issued_on=date(2026, 11, 19), valid_until=date(2026, 11, 23))
    entry = write_list()[0]
    assert entry.tier == 2
    assert [reason["code"] for reason in entry.reasons] == ["invoice", "at_risk", "expected", "due_other"]


@pytest.mark.parametrize(
    ("issued", "contacted", "listed"),
    [
        (date(2026, 11, 22), None, True),  # Sunday is day 1, Monday is day 2
        (date(2026, 11, 23), None, False),
        (date(2026, 11, 19), None, True),
        (
            date(2026, 11, 19),
            date(2026, 11, 20),
            True,
        ),  # talked on day 2, day 3 rolls from Saturday to Monday
        (date(2026, 11, 20), date(2026, 11, 21), True),  # day 3 is Sunday
        (date(2026, 11, 18), date(2026, 11, 20), False),  # talked on day 3
    ],
)
def test_invoice_is_chased_on_its_second_and_third_day_until_contacted(
    issued: date, contacted: date | None, listed: bool
) -> None:
    client = owned(UserFactory())
    talk(client, FRIDAY)
    InvoiceFactory(client=client, issued_on=issued, contacted_on=contacted, valid_until=date(2026, 11, 30))
    assert bool([e for e in write_list(date(2026, 11, 22)) if e.tier == 2]) is listed


def test_paid_confirmed_and_expired_invoices_are_left_alone() -> None:
    client = owned(UserFactory())
    talk(client, FRIDAY)
    for state in ("paid", "confirmed", "expired", "cancelled"):
        InvoiceFactory(client=client, state=state, issued_on=date(2026, 11, 18), paid_on=FRIDAY)
    assert write_list() == []


def test_client_whose_orders_an_operator_takes_is_on_the_home_managers_list() -> None:
    manager, operator = UserFactory(), UserFactory(role=Role.OPERATOR)
    client = owned(manager)
    Client.objects.filter(pk=client.pk).update(in_work_with=operator)
    assert [(entry.client, entry.manager) for entry in write_list()] == [(client, manager)]


def test_lead_without_first_contact_is_on_its_assignees_list() -> None:
    manager = UserFactory(role=Role.LEAD_MANAGER)
    client = ClientFactory()
    StateFactory(client=client)
    LeadFactory(client=client, assignee=manager, created_at=datetime(2026, 11, 20, 15, tzinfo=MOSCOW))
    entry = write_list()[0]
    assert (entry.manager, entry.tier, entry.reasons[0]["channel"]) == (manager, 3, "site")


def test_first_tiers_are_always_in_and_the_rest_fills_up_to_capacity() -> None:
    manager = UserFactory()
    for _ in range(25):
        TaskFactory(client=owned(manager), assignee=manager, kind="call_back", due_on=MONDAY)
    owned(manager, is_top=True, zero_on=MONDAY)
    assert [entry.tier for entry in write_list()] == [1] * 25
    Task.objects.filter(pk__in=Task.objects.values("pk")[:10]).update(state="done")
    tiers = [entry.tier for entry in write_list()]
    assert len(tiers) == 20
    assert tiers[:16] == [1] * 15 + [4]


def test_nobody_is_never_called_the_longest_overdue_come_first() -> None:
    manager = UserFactory()
    rich, old, never = owned(manager, amount=Decimal("9999")), owned(manager), owned(manager)
    talk(rich, date(2026, 8, 1))
    talk(old, date(2026, 5, 1))
    assert [entry.client for entry in write_list()] == [never, old, rich]


def test_email_is_not_a_conversation() -> None:
    client = owned(UserFactory())
    talk(client, FRIDAY, kind="email")
    talk(client, FRIDAY, outcome="no_answer")
    assert len(write_list()) == 1


def test_cadence_depends_on_the_class_and_on_who_works_with_the_client() -> None:
    manager, developer = UserFactory(), UserFactory(role=Role.DEVELOPMENT_MANAGER)
    top, new, other = owned(manager, is_top=True), owned(manager, stage="new"), owned(manager)
    zero = owned(developer, stage="zero", is_top=True)
    for client in (top, new, other, zero):
        talk(client, date(2026, 8, 31))
    write_list()
    due = {state.client_id: state.due_on for state in contact_states()}
    assert due[top.pk] == date(2026, 9, 30)
    assert due[new.pk] == date(2026, 9, 30)
    assert due[other.pk] == date(2026, 11, 30)
    assert due[zero.pk] == date(2026, 9, 14)


def contact_states():
    from deals.models import ContactState

    return ContactState.objects.all()


def test_talking_about_the_silence_ends_that_reason() -> None:
    manager = UserFactory()
    client = owned(manager, expected_order=date(2026, 11, 10), zero_on=date(2026, 11, 30))
    talk(client, date(2026, 11, 19))
    assert write_list() == []


def test_worked_entries_survive_a_second_night() -> None:
    manager = UserFactory()
    client = owned(manager)
    CallEntryFactory(date=MONDAY, manager=manager, client=ClientFactory(), state="done")
    write_list()
    assert set(CallEntry.objects.values_list("state", flat=True)) == {"done", "open"}
    before = list(CallEntry.objects.order_by("pk").values())
    assert call_list.step(as_of=FRIDAY, full=False) == 0
    assert list(CallEntry.objects.order_by("pk").values()) == before
    assert CallEntry.objects.get(state="open").client == client


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_list_equals_the_rule_read_in_plain_python(data: st.DataObject) -> None:
    for model in (CallEntry, Task, Lead, Invoice, Interaction, Client, JobRun, User):
        model.objects.all().delete()
    managers = [UserFactory(), UserFactory(role=Role.DEVELOPMENT_MANAGER)]
    some_day = st.integers(-60, 40).map(lambda n: MONDAY + timedelta(days=n))
    clients = []
    for number in range(data.draw(st.integers(1, 12))):
        client = ClientFactory(
            code=f"{number:03}", in_work_with=data.draw(st.sampled_from([*managers, None]))
        )
        state = StateFactory(
            client=client,
            stage=data.draw(st.sampled_from(["new", "active", "zero", "potential"])),
            is_top=data.draw(st.booleans()),
            amount=data.draw(st.sampled_from([Decimal(0), Decimal(50), Decimal(70)])),
            zero_on=data.draw(st.none() | some_day),
            expected_order=data.draw(st.none() | some_day),
        )
        talked = data.draw(st.none() | st.integers(0, 150).map(lambda n: FRIDAY - timedelta(days=n)))
        if talked:
            talk(client, talked, user=managers[0])
        promise = data.draw(st.none() | some_day)
        if promise:
            TaskFactory(client=client, assignee=managers[0], kind="call_back", due_on=promise)
        clients.append((client, state, talked, promise))
    have = [(e.manager_id, e.client.code, e.tier) for e in write_list()]
    assert have == _by_hand(clients, managers)


def _by_hand(rows: list[tuple[Client, ClientState, date | None, date | None]], managers: list[User]) -> list:
    """DOMAIN.md 5.2, one client at a time."""
    lists: dict[int, list] = {}
    for client, state, talked, promise in rows:
        owner = client.in_work_with or (managers[0] if promise else None)
        tier, due = _tier(client, state, talked, promise)
        if owner and tier:
            overdue = (due is not None, due) if tier == 7 else ()
            order = (tier, overdue, not state.is_top, -state.amount, client.code)
            lists.setdefault(owner.pk, []).append((order, client.code))
    return [
        (owner, code, order[0])
        for owner in sorted(lists)
        for place, (order, code) in enumerate(sorted(lists[owner], key=_nulls_first), start=1)
        if order[0] <= 3 or place <= 20
    ]


def _nulls_first(item: tuple) -> tuple:
    tier, overdue, *rest = item[0]
    return (tier, (overdue[0], overdue[1] or date.min) if overdue else (), *rest)


def _tier(
    client: Client, state: ClientState, talked: date | None, promise: date | None
) -> tuple[int | None, date | None]:
    due = None
    if talked:
        if client.in_work_with and client.in_work_with.role == Role.DEVELOPMENT_MANAGER:
            due = talked + timedelta(days=14)
        else:
            due = plus_months(talked, 1 if state.is_top or state.stage == "new" else 3)
    if promise and promise <= MONDAY:
        return 1, due
    if promise:
        return None, due
    at_risk = state.zero_on and state.zero_on <= MONDAY + timedelta(days=14)
    if at_risk and (not talked or talked < state.zero_on - timedelta(days=14)):
        return 4, due
    if (
        state.expected_order
        and state.expected_order < MONDAY
        and (not talked or talked <= state.expected_order)
    ):
        return 5, due
    if state.stage != "potential" and (due is None or due <= MONDAY):
        return (6 if state.is_top else 7), due
    return None, due


def test_zero_clients_go_to_development_top_first_up_to_the_daily_intake() -> None:
    home, developer = UserFactory(), UserFactory(role=Role.DEVELOPMENT_MANAGER)
    for number in range(25):
        client = ClientFactory(code=f"{number:02}", home_manager=home, in_work_with=home)
        ShipmentFactory(client=client, date=date(2026, 1, 5), amount=Decimal(100 + number))
    run_night(as_of=FRIDAY)
    moved = Client.objects.filter(in_work_with=developer)
    assert sorted(moved.values_list("code", flat=True)) == [f"{n:02}" for n in range(5, 25)]
    assert Task.objects.filter(assignee=developer, kind="development").count() == 20
    run_night(as_of=date(2026, 11, 21))  # a day off: the same Monday, the same intake
    assert Client.objects.filter(in_work_with=developer).count() == 20
    run_night(as_of=MONDAY)
    assert Client.objects.filter(in_work_with=developer).count() == 25


def test_client_that_bought_again_goes_home_and_the_developer_keeps_the_credit() -> None:
    from clients.models import Credit, Move

    home, developer = UserFactory(), UserFactory(role=Role.DEVELOPMENT_MANAGER)
    client = ClientFactory(home_manager=home, in_work_with=home)
    ShipmentFactory(client=client, date=date(2026, 1, 5))
    run_night(as_of=FRIDAY)
    ShipmentFactory(client=client, date=date(2026, 11, 25))
    run_night(as_of=date(2026, 11, 25))
    client.refresh_from_db()
    assert client.in_work_with == home
    credit = Credit.objects.get()
    assert (credit.user, credit.kind, credit.starts, credit.ends) == (
        developer,
        "development",
        date(2026, 11, 25),
        date(2027, 2, 25),
    )
    assert list(Move.objects.order_by("pk").values_list("reason", flat=True)) == ["zero", "reactivated"]
    assert Task.objects.filter(assignee=home, kind="welcome_back").count() == 1


def test_valid_invoice_keeps_the_hands_of_a_silent_client_until_it_ends() -> None:
    from deals.nightly.invoices import write_holds

    home, developer = UserFactory(), UserFactory(role=Role.DEVELOPMENT_MANAGER)
    client = ClientFactory(home_manager=home, in_work_with=home)
    ShipmentFactory(client=client, date=date(2026, 1, 5))
    InvoiceFactory(client=client, issued_on=FRIDAY, valid_until=date(2026, 11, 24))
    write_holds(FRIDAY)
    run_night(as_of=FRIDAY)
    client.refresh_from_db()
    assert client.in_work_with == home
    run_night(as_of=date(2026, 11, 24))
    run_night(as_of=date(2026, 11, 25))
    client.refresh_from_db()
    assert client.in_work_with == developer


def test_development_manager_of_the_branch_takes_its_clients_and_the_less_loaded_comes_first() -> None:
    from tests.factories import OfficeFactory

    spb, msk = OfficeFactory(code="spb"), OfficeFactory(code="msk")
    of_spb = UserFactory(role=Role.DEVELOPMENT_MANAGER, office=spb)
    first, second = (UserFactory(role=Role.DEVELOPMENT_MANAGER, office=msk) for _ in range(2))
    ClientFactory(in_work_with=first)
    for number in range(4):
        client = ClientFactory(code=f"m{number}", office=msk)
        ShipmentFactory(client=client, date=date(2026, 1, 5), amount=Decimal(100 - number))
    ShipmentFactory(client=ClientFactory(code="s", office=spb), date=date(2026, 1, 5))
    run_night(as_of=FRIDAY)
    hands = dict(Client.objects.exclude(office=None).values_list("code", "in_work_with"))
    assert hands == {"s": of_spb.pk, "m0": second.pk, "m1": first.pk, "m2": second.pk, "m3": first.pk}


def test_own_recovery_after_a_conversation_is_the_home_managers_credit() -> None:
    from clients.models import Credit

    home = UserFactory()
    client = ClientFactory(home_manager=home, in_work_with=home)
    ShipmentFactory(client=client, date=date(2026, 1, 1))
    ShipmentFactory(client=client, date=date(2025, 11, 4))
    run_night(as_of=date(2026, 7, 4))
    talk(client, date(2026, 7, 13), user=home)
    ShipmentFactory(client=client, date=date(2026, 7, 14))
    run_night(as_of=date(2026, 7, 14))
    assert list(Credit.objects.values_list("user", "kind")) == [(home.pk, "own")]
