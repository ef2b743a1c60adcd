"""Working time between the first and the last hour of working days (DOMAIN.md 5.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesdept.dates import WorkingHours, is_working_day

MOSCOW = ZoneInfo("Europe/Moscow")
NINE_TO_SIX = WorkingHours(9, 18)


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2026-11-18T10:00", "2026-11-18T12:00"),
        ("2026-11-18T07:40", "2026-11-18T11:00"),  # waits for the morning
        ("2026-11-18T16:00", "2026-11-18T18:00"),  # to the last minute of the day
        ("2026-11-18T17:30", "2026-11-19T10:30"),  # the rest of the hours in the morning
        ("2026-11-18T18:00", "2026-11-19T11:00"),
        ("2026-11-20T23:15", "2026-11-23T11:00"),  # Friday night: Monday
        ("2026-11-22T12:00", "2026-11-23T11:00"),  # Sunday
        ("2026-12-31T17:00", "2027-01-11T11:00"),  # over the New Year's holidays
    ],
)
def test_two_hours_of_working_time(came: str, due: str) -> None:
    assert NINE_TO_SIX.deadline(moscow(came), 2) == moscow(due)


def test_a_moment_of_another_zone_is_read_by_our_clock() -> None:
    assert NINE_TO_SIX.deadline(datetime(2026, 11, 18, 7, 0, tzinfo=UTC), 2) == moscow("2026-11-18T12:00")


def test_many_hours_take_many_days() -> None:
    assert NINE_TO_SIX.deadline(moscow("2026-11-18T09:00"), 27) == moscow("2026-11-20T18:00")
    assert NINE_TO_SIX.deadline(moscow("2026-11-18T09:00"), 28) == moscow("2026-11-23T10:00")


def test_a_day_that_ends_at_midnight() -> None:
    late = WorkingHours(20, 24)
    assert late.deadline(moscow("2026-11-18T23:00"), 2) == moscow("2026-11-19T21:00")


def test_a_day_without_hours_never_ends_in_a_loop() -> None:
    assert WorkingHours(9, 9).deadline(moscow("2026-11-18T10:00"), 2) >= moscow("2026-11-18T10:00")
    assert WorkingHours(9, 9).between(moscow("2026-11-18T10:00"), moscow("2026-11-20T10:00")) == timedelta()


moments = st.datetimes(datetime(2026, 10, 1), datetime(2027, 2, 1)).map(
    lambda one: one.replace(tzinfo=MOSCOW, microsecond=0)
)
days = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1])


some = settings(max_examples=60, deadline=None)


def counted(first: datetime, last: datetime, day: WorkingHours) -> int:
    """Working quarters of an hour, one after another."""
    at, found = first, 0
    while at < last:
        found += is_working_day(at.date()) and day.start <= at.hour < day.end
        at += timedelta(minutes=15)
    return found


@some
@given(moments, st.integers(0, 4 * 24 * 4), days)
def test_time_between_is_what_quarters_add_up_to(first: datetime, count: int, hours: tuple[int, int]) -> None:
    first, day = first.replace(minute=first.minute // 15 * 15, second=0), WorkingHours(*hours)
    last = first + timedelta(minutes=15 * count)
    assert day.between(first, last) == timedelta(minutes=15 * counted(first, last, day))


@some
@given(moments, st.integers(1, 72), days)
def test_exactly_so_much_working_time_lies_before_the_deadline(
    came: datetime, hours: int, span: tuple[int, int]
) -> None:
    day = WorkingHours(*span)
    due = day.deadline(came, hours)
    assert day.between(came, due) == timedelta(hours=hours)
    assert day.between(came, due - timedelta(seconds=1)) < timedelta(hours=hours)


@some
@given(moments, moments, st.integers(1, 72), days)
def test_late_is_whoever_came_up_to_the_latest_moment_that_is_due(
    came: datetime, now: datetime, hours: int, span: tuple[int, int]
) -> None:
    day = WorkingHours(*span)
    latest = day.latest_due(now, hours)
    assert (day.deadline(came, hours) <= now) == (came <= latest)
    assert day.deadline(latest, hours) <= now
    assert day.deadline(latest + timedelta(seconds=1), hours) > now
