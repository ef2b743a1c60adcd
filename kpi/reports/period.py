"""The month a page is about, and what is known of it: the published day rules every figure (DESIGN.md, «The night»)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q

from kpi.arithmetic import WorkingDays, working_days_of
from salesdept.dates import add_months, month_end, month_start
from salesdept.models import JobRun


@dataclass(frozen=True)
class Period:
    """A month as the last published night shows it.

    `day` is the last published day, `last_night` the last published day of this very month (None when no night
    was published in it: nobody knew then who worked with whom).
    """

    month: date
    day: date
    last_night: date | None
    days: WorkingDays

    @property
    def code(self) -> str:
        """The month as addresses write it, «2026-11»."""
        return f"{self.month:%Y-%m}"

    @property
    def until(self) -> date:
        """The last day whose facts the month's figures hold."""
        return min(self.day, month_end(self.month))

    @property
    def is_current(self) -> bool:
        """The published day is in the month, and days of it are still to come."""
        return self.month == month_start(self.day) and self.day < month_end(self.month)

    @property
    def is_latest(self) -> bool:
        """The last published night belongs to the month: what is true now may be said on its page."""
        return self.last_night == self.day

    @property
    def is_future(self) -> bool:
        """Nothing of the month has happened yet."""
        return self.month > self.day

    @property
    def previous(self) -> date:
        """The month before."""
        return add_months(self.month, -1)

    @property
    def next(self) -> date:
        """The month after."""
        return add_months(self.month, 1)

    @property
    def year_before(self) -> date:
        """The same month a year before."""
        return add_months(self.month, -12)


def parse_month(text: str) -> date | None:
    """The month of an address, «2026-11»; None for anything else."""
    year, _dash, number = text.partition("-")
    if len(year) != 4 or len(number) != 2 or not (year + number).isascii() or not (year + number).isdigit():
        return None
    return date(int(year), int(number), 1) if 1 <= int(number) <= 12 and 1990 <= int(year) <= 2200 else None


def period(text: str = "") -> Period | None:
    """The month of an address, or that of the last published day; None before the first night. One query."""
    asked = parse_month(text)
    published = JobRun.objects.filter(published_at__isnull=False)
    if asked is None:
        day = published.aggregate(day=Max("as_of"))["day"]
        return Period(month_start(day), day, day, working_days_of(day, day)) if day else None
    inside = Q(as_of__gte=asked, as_of__lte=month_end(asked))
    found = published.aggregate(day=Max("as_of"), night=Max("as_of", filter=inside))
    if found["day"] is None:
        return None
    return Period(asked, found["day"], found["night"], working_days_of(asked, found["day"]))
