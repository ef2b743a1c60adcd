"""Business dates: Moscow time, Russian working days, calendar months.

Month arithmetic clamps at month ends (30 November + 3 months = 28 February), as DESIGN.md settles it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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


@dataclass(frozen=True)
class WorkingHours:
    """The hours of a working day by the clock of the business, e.g. 9–18; none when the day ends as it begins."""

    start: int
    end: int

    def deadline(self, moment: datetime, hours: int) -> datetime:
        """When `hours` of working time have passed since the moment (DOMAIN.md 5.5).

        What came before the day's first hour or on a day off waits for the next working hour. Without working
        hours nothing ever passes: the moment itself comes back.
        """
        left, at = timedelta(hours=hours), self._begin(moment)
        if self.end <= self.start:
            return at
        while (rest := self._at(at.date(), self.end) - at) < left:
            left -= rest
            at = self._at(next_working_day(at.date()), self.start)
        return at + left

    def latest_due(self, now: datetime, hours: int) -> datetime:
        """The latest moment whose deadline has come by `now`: `deadline(moment) <= now` for all up to it."""
        left, (day, at) = timedelta(hours=hours), self._end(now)
        if self.end <= self.start:
            return at
        while (done := at - self._at(day, self.start)) < left:
            left -= done
            day = _last_working_day_before(day)
            at = self._at(day, self.end)
        return at - left

    def between(self, first: datetime, last: datetime) -> timedelta:
        """Working time from one moment to a later one; nothing when they stand the other way round."""
        if last <= first or self.end <= self.start:
            return timedelta()
        day, until, total = timezone.localdate(first), timezone.localdate(last), timedelta()
        for one in working_days(day, until):
            begin, end = self._at(one, self.start), self._at(one, self.end)
            total += max(min(end, last) - max(begin, first), timedelta())
        return total

    def _begin(self, moment: datetime) -> datetime:
        """The first working moment not before this one."""
        at = timezone.localtime(moment)
        if not is_working_day(at.date()) or at >= self._at(at.date(), self.end):
            return self._at(next_working_day(at.date()), self.start)
        return max(at, self._at(at.date(), self.start))

    def _end(self, moment: datetime) -> tuple[date, datetime]:
        """The last working moment not after this one, and its day: 24 o'clock is already the next date."""
        at = timezone.localtime(moment)
        day = at.date()
        if not is_working_day(day) or at < self._at(day, self.start):
            day = _last_working_day_before(day)
        return day, min(at, self._at(day, self.end))

    @staticmethod
    def _at(day: date, hour: int) -> datetime:
        """An hour of a day by the clock of the business; 24 is the next midnight."""
        midnight = datetime.combine(day, time(), timezone.get_default_timezone())
        return midnight + timedelta(hours=hour)


def _last_working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
