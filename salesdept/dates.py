"""Business dates: Moscow time, Russian working days, calendar months.

Month arithmetic clamps at month ends (30 November + 3 months = 28 February), as DESIGN.md settles it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import holidays
from dateutil.relativedelta import relativedelta
from django.utils import timezone


def today() -> date:
    """The business date now, in Moscow time."""
    return timezone.localdate()


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("RU")


def is_working_day(day: date) -> bool:
    """Whether the Russian production calendar works on this day."""
    return bool(_calendar().is_working_day(day))


def next_working_day(day: date) -> date:
    """The first working day strictly after `day`."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def roll_to_working_day(day: date) -> date:
    """`day` itself when it is a working day, else the next one."""
    return day if is_working_day(day) else next_working_day(day)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`."""
    for _ in range(count):
        day = next_working_day(day)
    return day


def working_days(first: date, last: date) -> Iterator[date]:
    """Every working day from `first` to `last`, both included."""
    day = first
    while day <= last:
        if is_working_day(day):
            yield day
        day += timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """`day` moved by calendar months, clamped at the month's end (as PostgreSQL does)."""
    return day + relativedelta(months=months)


def month_start(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return add_months(month_start(day), 1) - timedelta(days=1)


def complete_months_window(as_of: date, months: int) -> tuple[date, date]:
    """First day and the day after the last of the `months` last complete months (DOMAIN.md 4).

    A complete month is a calendar month whose last day is on or before `as_of`.
    """
    end = month_start(as_of + timedelta(days=1))
    return add_months(end, -months), end
