"""The demonstration's time: three half-years that end on its date, the window of the classes, and the seasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from salesdept.dates import add_months, complete_months_window, is_working_day, month_start

WINDOW_MONTHS = 12  # the book's default: the company is built to be read by the default parameters
# How much of a usual month is sold in each month, January first (source section 1.1.2).
SEASON = {
    "promo": (0.50, 0.50, 0.90, 1.90, 1.90, 1.05, 1.05, 1.10, 1.00, 0.90, 0.80, 0.65),
    "home": (1.50, 1.50, 0.90, 0.80, 0.80, 0.75, 0.80, 1.00, 1.50, 1.50, 1.00, 0.95),
}
SEASON["unidentified"] = SEASON["promo"]


@dataclass(eq=False)
class Part:
    """The days of a calendar month that lie in one half-year."""

    month: date
    half: int
    days: list[date]
    share: float  # of the month's days
    in_window: bool  # the classes on the demonstration's date count it

    def weight(self, direction: str) -> float:
        """How much is usually sold here, in usual months."""
        return SEASON[direction][self.month.month - 1] * self.share


@dataclass
class Calendar:
    """Half-years of a business date: each is six months, counted back from the day after it."""

    until: date
    parts: list[Part] = field(init=False)

    def __post_init__(self) -> None:
        next_day = self.until + timedelta(days=1)
        starts = [add_months(next_day, -6 * back) for back in (3, 2, 1)]
        window = complete_months_window(self.until, WINDOW_MONTHS)
        self.parts = []
        for half, (start, end) in enumerate(zip(starts, [*starts[1:], next_day], strict=True)):
            month = month_start(start)
            while month < end:
                after = add_months(month, 1)
                first, last = max(month, start), min(after, end)
                days = [first + timedelta(days=n) for n in range((last - first).days)]
                working = [day for day in days if is_working_day(day)]
                if working:
                    share = len(days) / (after - month).days
                    inside = window[0] <= month < window[1]
                    self.parts.append(Part(month, half, working, share, inside))
                month = after

    def of_half(self, half: int) -> list[Part]:
        """The months of a half-year, in order."""
        return [part for part in self.parts if part.half == half]

    def mass(self, half: int, direction: str = "promo") -> float:
        """What a half-year usually sells, in usual months."""
        return sum(part.weight(direction) for part in self.of_half(half))
