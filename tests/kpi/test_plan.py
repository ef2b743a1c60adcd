"""Plans: spread to the kopeck, kept in history, closed when the month is over."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import Direction
from kpi.models import PlanChange, PlanLine, SalesFact
from kpi.services import plan
from kpi.services.plan import PlanError, set_manager_plan
from playbook.models import Sphere
from salesdept.dates import add_months
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = "2026-11-24 09:00+03:00"
MONTH = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def manager() -> User:
    return UserFactory()


@pytest.fixture
def head() -> User:
    return UserFactory(role=Role.SALES_HEAD)


def fact(
    manager: User | None,
    month: date,
    amount: str,
    direction: str = Direction.PROMO,
    sphere: Sphere | None = None,
):
    return SalesFact.objects.create(
        month=month, manager=manager, direction=direction, sphere=sphere, amount=Decimal(amount), shipments=1,
        office=manager.office if manager else None,
    )  # fmt: skip


def lines(manager: User, month: date = MONTH) -> dict[tuple[str, str | None], Decimal]:
    rows = PlanLine.objects.filter(manager=manager, month=month)
    return {(row.direction, row.sphere.code if row.sphere else None): row.amount for row in rows}


def test_plan_follows_what_the_manager_sold_in_the_same_month_last_year(manager: User, head: User) -> None:
    sphere = Sphere.objects.create(code="workwear-x", name="Спецодежда")
    fact(manager, date(2025, 12, 1), "300.00", sphere=sphere)
    fact(manager, date(2025, 12, 1), "100.00", Direction.HOME)
    fact(manager, date(2025, 12, 1), "-50.00", Direction.UNIDENTIFIED)
    fact(manager, date(2026, 6, 1), "999.00", Direction.UNIDENTIFIED)
    set_manager_plan(MONTH, manager, Decimal("1000.01"), head)
    assert lines(manager) == {("promo", "workwear-x"): Decimal("750.01"), ("home", None): Decimal("250.00")}
    assert set(PlanLine.objects.values_list("office", flat=True)) == {manager.office_id}


def test_plan_follows_the_last_twelve_months_when_last_year_sold_nothing(manager: User, head: User) -> None:
    fact(manager, date(2025, 11, 1), "100.00", Direction.HOME)
    fact(manager, date(2026, 10, 1), "100.00")
    fact(manager, date(2025, 10, 1), "800.00", Direction.UNIDENTIFIED)  # too long ago
    set_manager_plan(MONTH, manager, Decimal("10.00"), head)
    assert lines(manager) == {("home", None): Decimal("5.00"), ("promo", None): Decimal("5.00")}


def test_newcomer_gets_the_mix_of_the_company(manager: User, head: User) -> None:
    fact(UserFactory(), date(2026, 3, 1), "100.00", Direction.HOME)
    fact(None, date(2026, 3, 1), "300.00")
    set_manager_plan(MONTH, manager, Decimal("8.00"), head)
    assert lines(manager) == {("home", None): Decimal("2.00"), ("promo", None): Decimal("6.00")}


def test_plan_without_any_history_is_promo_of_no_sphere(manager: User, head: User) -> None:
    set_manager_plan(MONTH, manager, Decimal("8.00"), head)
    assert lines(manager) == {("promo", None): Decimal("8.00")}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    amounts=st.lists(st.decimals("0", "9999999", places=2), min_size=1, max_size=4),
    sold=st.lists(st.decimals("-500", "90000", places=2), max_size=3),
)
def test_parts_always_add_up_to_what_was_typed(
    manager: User, head: User, amounts: list[Decimal], sold: list[Decimal]
) -> None:
    SalesFact.objects.all().delete()
    for direction, amount in zip(Direction.values, sold, strict=False):
        fact(manager, date(2025, 12, 1), str(amount), direction)
    for amount in amounts:
        set_manager_plan(MONTH, manager, amount, head)
        stored = PlanLine.objects.filter(manager=manager, month=MONTH)
        assert (stored.aggregate(sum=Sum("amount"))["sum"] or 0) == amount
        assert all(line.amount > 0 for line in stored)


def test_every_change_is_remembered_and_the_same_plan_is_no_change(manager: User, head: User) -> None:
    assert set_manager_plan(MONTH, manager, Decimal("5.00"), head) is not None
    assert set_manager_plan(MONTH, manager, Decimal("5.00"), head) is None
    set_manager_plan(MONTH, manager, Decimal("0.00"), head)
    history = PlanChange.objects.order_by("pk").values_list("before", "after", "made_by")
    assert list(history) == [
        (Decimal("0.00"), Decimal("5.00"), head.pk),
        (Decimal("5.00"), Decimal("0.00"), head.pk),
    ]
    assert not PlanLine.objects.exists()


def test_plans_reach_as_far_as_the_book_says(manager: User, head: User) -> None:
    furthest = add_months(date(2026, 11, 1), 36)
    assert set_manager_plan(furthest, manager, Decimal("5.00"), head)
    with pytest.raises(PlanError):
        set_manager_plan(add_months(furthest, 1), manager, Decimal("5.00"), head)


def test_month_that_is_over_takes_its_first_plan_and_then_keeps_it(manager: User, head: User) -> None:
    october = date(2026, 10, 1)
    assert set_manager_plan(october, manager, Decimal("5.00"), head)
    with pytest.raises(PlanError):
        set_manager_plan(october, manager, Decimal("6.00"), head)
    assert lines(manager, october) == {("promo", None): Decimal("5.00")}


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "100000000000"])
def test_impossible_amounts_are_refused(manager: User, head: User, amount: str) -> None:
    with pytest.raises(PlanError):
        set_manager_plan(MONTH, manager, Decimal(amount), head)


def test_last_year_is_copied_into_open_months_in_whole_thousands(manager: User, head: User) -> None:
    for month in (date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1)):
        fact(manager, month, "1234567.89")
    changes = plan.copy_last_year(manager, 2026, Decimal("10"), head)
    assert [change.month for change in changes] == [date(2026, 11, 1), date(2026, 12, 1)]
    assert sum(lines(manager).values()) == Decimal("1358000.00")


def test_copy_can_be_undone_except_what_was_typed_over(manager: User, head: User) -> None:
    set_manager_plan(MONTH, manager, Decimal("7.00"), head)
    for month in (date(2025, 11, 1), date(2025, 12, 1)):
        fact(manager, month, "5000.00")
    changes = [change.pk for change in plan.copy_last_year(manager, 2026, Decimal("0"), head)]
    set_manager_plan(date(2026, 11, 1), manager, Decimal("1.00"), head)
    assert plan.undo(changes, head) == 1
    assert sum(lines(manager).values()) == Decimal("7.00")
    assert sum(lines(manager, date(2026, 11, 1)).values()) == Decimal("1.00")


def test_nobody_undoes_the_change_of_another_or_of_yesterday(manager: User, head: User) -> None:
    change = set_manager_plan(MONTH, manager, Decimal("7.00"), head)
    assert change
    assert plan.undo([change.pk], UserFactory(role=Role.SALES_HEAD)) == 0
    PlanChange.objects.update(at=change.at - timedelta(days=1))
    assert plan.undo([change.pk], head) == 0
