"""The arithmetic of plan and fact: pure, no base behind it (DOMAIN.md 6.2).

Amounts are roubles, Decimal with two places; shares are Decimal, 1 = 100 %. Nothing is divided by zero: what has
no meaning is None, and the page says so in words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import lcm

from salesdept.dates import month_end, month_start, working_days

KOPECK = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class WorkingDays:
    """Working days of a month by the Russian production calendar, and how many of them are over."""

    passed: int
    total: int

    @property
    def share(self) -> Decimal:
        """The share of the month's working days that is over."""
        return Decimal(self.passed) / Decimal(self.total) if self.total else Decimal(0)

    @property
    def is_over(self) -> bool:
        """No working day of the month is left."""
        return self.passed >= self.total


def working_days_of(month: date, day: date) -> WorkingDays:
    """Working days of the month, counted as passed up to and with `day` (the last published day)."""
    days = _calendar(month_start(month))
    return WorkingDays(bisect_right(days, day), len(days))


@lru_cache(maxsize=256)
def _calendar(month: date) -> tuple[date, ...]:
    return tuple(working_days(month, month_end(month)))


@dataclass(frozen=True)
class Score:
    """A plan against its fact at a moment of the month."""

    plan: Decimal
    fact: Decimal
    days: WorkingDays

    @property
    def deviation(self) -> Decimal:
        """Fact − plan, roubles."""
        return self.fact - self.plan

    @property
    def attainment(self) -> Decimal | None:
        """Fact / plan; None without a plan."""
        return self.fact / self.plan if self.plan > 0 else None

    @property
    def pace(self) -> Decimal | None:
        """Attainment / share of working days passed; None without a plan or before the first working day."""
        if self.plan <= 0 or not self.days.passed:
            return None
        return self.fact * self.days.total / (self.plan * self.days.passed)

    @property
    def plan_to_date(self) -> Decimal:
        """The plan's part for the working days that are over, roubles."""
        if not self.days.total:
            return NOTHING
        part = self.plan * self.days.passed / self.days.total
        return part.quantize(KOPECK, rounding=ROUND_HALF_UP)

    @property
    def deviation_to_date(self) -> Decimal:
        """Fact − the plan's part for the working days that are over, roubles."""
        return self.fact - self.plan_to_date

    @property
    def forecast(self) -> Decimal | None:
        """Month-end if the rest of the month sells like its days so far; None before the first working day."""
        if not self.days.passed:
            return None
        return (self.fact * self.days.total / self.days.passed).quantize(KOPECK, rounding=ROUND_HALF_UP)

    @property
    def forecast_attainment(self) -> Decimal | None:
        """The forecast as a share of the plan: the same number as the pace, read at the month's end."""
        return self.pace

    @property
    def is_behind(self) -> bool:
        """Less is sold than the working days that are over ask for."""
        return self.pace is not None and self.pace < 1


def share_of(part: int, whole: int) -> Decimal | None:
    """Part / whole of counts; None when there is nothing to take a part of."""
    return Decimal(part) / Decimal(whole) if whole else None


def allocate(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Spread an amount over weights to the kopeck: the parts add up to the amount exactly, none is negative.

    Largest remainder: everyone gets the whole kopecks of their share, the kopecks left go to the largest
    remainders, earlier ones first. Raises ValueError for a negative amount or weight, for an amount finer than
    a kopeck and for weights that add up to nothing.
    """
    kopecks = amount.scaleb(2)
    if amount < 0 or kopecks != kopecks.to_integral_value():
        raise ValueError("an amount to spread is whole kopecks, zero or more")
    if any(weight < 0 for weight in weights) or not sum(weights, Decimal(0)):
        raise ValueError("weights are zero or more and not all zero")
    parts = _whole_kopecks(int(kopecks), [weight.as_integer_ratio() for weight in weights])
    return [Decimal(part).scaleb(-2) for part in parts]


def _whole_kopecks(total: int, ratios: list[tuple[int, int]]) -> list[int]:
    """Largest remainder in integers, so that no rounding can creep in."""
    common = lcm(*(denominator for _numerator, denominator in ratios))
    weights = [numerator * (common // denominator) for numerator, denominator in ratios]
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
