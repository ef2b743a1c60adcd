"""On which days a regular duty falls: dates only, by the Russian production calendar (Appendix 3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from playbook.models.job import Duty
from salesdept.dates import is_working_day, month_end, month_start, roll_to_working_day, working_days

WEEK = 7


def falls_on(rhythm: str, place: int, day: date) -> bool:
    """Whether the duty is to be done on the day; never on a day off."""
    if not is_working_day(day):
        return False
    if rhythm == Duty.Rhythm.DAILY:
        return True
    if rhythm == Duty.Rhythm.WEEKLY:
        return any(named.isoweekday() == place for named in _rolled_to(day))
    return day == nth_working_day(day, place)


def days_of_month(rhythm: str, place: int, month: date) -> list[date]:
    """The days of the month on which the duty falls, in order."""
    first, last = month_start(month), month_end(month)
    return [day for day in working_days(first, last) if falls_on(rhythm, place, day)]


def nth_working_day(month: date, place: int) -> date:
    """The working day `place` of the month, from its end when negative; a short month ends (or begins) it."""
    days = list(working_days(month_start(month), month_end(month)))
    index = min(place, len(days)) - 1 if place > 0 else max(place, -len(days))
    return days[index]


def _rolled_to(day: date) -> Iterator[date]:
    """The day itself and the days off before it: what was due on them is due now.

    After the New Year's holidays a weekday may come twice; a week is enough to meet each of them.
    """
    for back in range(WEEK):
        named = day - timedelta(days=back)
        if roll_to_working_day(named) != day:
            return
        yield named
