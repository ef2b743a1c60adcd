"""Plan, fact, pace and the spread of a plan: pure arithmetic against plain fractions."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.arithmetic import Score, WorkingDays, allocate, working_days_of

money = st.decimals("0", "99999999", places=2)
signed = st.decimals("-99999", "99999999", places=2)
weights = st.lists(st.decimals("0", "999999", places=2), min_size=1, max_size=30).filter(any)
calendars = st.integers(1, 23).flatmap(
    lambda total: st.builds(WorkingDays, passed=st.integers(0, total), total=st.just(total))
)


@given(amount=money, parts=weights)
def test_spread_adds_up_exactly_and_nobody_gets_less_than_nothing(
    amount: Decimal, parts: list[Decimal]
) -> None:
    spread = allocate(amount, parts)
    assert sum(spread) == amount
    assert all(part >= 0 and part == part.quantize(Decimal("0.01")) for part in spread)
    whole = sum(Fraction(weight) for weight in parts)
    for part, weight in zip(spread, parts, strict=True):
        fair = Fraction(amount) * Fraction(weight) / whole
        assert abs(Fraction(part) - fair) < Fraction(1, 100)
        assert weight or not part


def test_spread_gives_the_last_kopecks_to_the_largest_remainders() -> None:
    assert allocate(Decimal("0.05"), [Decimal(1), Decimal(1), Decimal(1)]) == [
        Decimal("0.02"),
        Decimal("0.02"),
        Decimal("0.01"),
    ]
    assert allocate(Decimal("0.01"), [Decimal(1), Decimal(2)]) == [Decimal(0), Decimal("0.01")]


@pytest.mark.parametrize(
    ("amount", "parts"),
    [("-0.01", ["1"]), ("0.001", ["1"]), ("1", ["0", "0"]), ("1", ["2", "-1"]), ("1", [])],
)
def test_spread_of_nonsense_is_refused(amount: str, parts: list[str]) -> None:
    with pytest.raises(ValueError):
        allocate(Decimal(amount), [Decimal(part) for part in parts])


@given(plan=money, fact=signed, days=calendars)
def test_pace_is_attainment_over_the_share_of_working_days(
    plan: Decimal, fact: Decimal, days: WorkingDays
) -> None:
    score = Score(plan, fact, days)
    assert score.deviation == fact - plan
    if plan == 0:
        assert score.attainment is None
        assert score.pace is None
        assert not score.is_behind
        return
    attainment = Fraction(fact) / Fraction(plan)
    assert abs(Fraction(score.attainment) - attainment) < Fraction(1, 10**9)
    if not days.passed:
        assert score.pace is None
        assert score.forecast is None
        return
    pace = attainment / Fraction(days.passed, days.total)
    assert abs(Fraction(score.pace) - pace) < Fraction(1, 10**9)
    assert score.is_behind == (pace < 1)
    assert abs(Fraction(score.forecast) - Fraction(fact) * days.total / days.passed) <= Fraction(1, 200)
    assert abs(Fraction(score.plan_to_date) - Fraction(plan) * days.passed / days.total) <= Fraction(1, 200)
    assert score.deviation_to_date == fact - score.plan_to_date


def test_month_that_is_over_forecasts_what_it_sold() -> None:
    score = Score(Decimal("100.00"), Decimal("80.00"), WorkingDays(20, 20))
    assert score.forecast == Decimal("80.00")
    assert score.pace == score.attainment == Decimal("0.8")


def test_working_days_follow_the_russian_calendar() -> None:
    # 4 November is a holiday; Monday the 3rd was made a day off, Saturday the 1st a working day.
    november = working_days_of(date(2025, 11, 1), date(2025, 11, 23))
    assert (november.passed, november.total) == (14, 19)
    assert working_days_of(date(2026, 1, 1), date(2026, 1, 8)).passed == 0
    assert not working_days_of(date(2026, 2, 1), date(2026, 1, 31)).passed
    assert working_days_of(date(2026, 2, 1), date(2026, 3, 31)).is_over


@given(day=st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_days_passed_grow_with_the_calendar(day: date) -> None:
    today, yesterday = working_days_of(day, day), working_days_of(day, day - timedelta(days=1))
    assert today.passed - yesterday.passed in (0, 1)
    assert 0 <= today.passed <= today.total
