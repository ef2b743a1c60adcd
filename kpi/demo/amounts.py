"""How much each buyer bought in which half-year, so that the audit's sums come out (DOMAIN.md 8).

The published sums leave few freedoms; they are used up in this order (roubles):

1. key clients: what they bought in the first and the last half-year is given; in the second as the season says;
2. the other clients of the first year: a fifth of its sales, to the rouble, so that the key ones make 80 %;
3. the last half-year as a whole: from the fall of the average promo client;
4. one-time buyers: a tenth of all sales;
5. TOP: what two thirds of the window leave for those that were no key clients (tuned against the real window);
6. the rest: what is left, most of it with few large orders, so that the 80 % line of the window passes below
   every TOP client that has few months and above every other client that has as many.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass

from kpi.demo.buyers import RARE_MONTHS, Buyer, drop_months
from kpi.demo.calendar import Calendar, Part

KEY_FIRST, KEY_LAST = 55_613_000.0, 42_574_000.0
HOME, UNIDENTIFIED = 0.07, 0.01  # of the first and the last half-year's sales
PROMO_FALL = 0.17  # of the average promo client
ONCE = 0.10
TOP_SHARE = 0.67
_OTHER_KEYS_FIRST, _OTHER_KEYS_SECOND, _OTHER_KEYS_LAST = 0.24, 0.20, 4_600_000.0
_ABOVE_LINE = 0.83  # of the window, with clients above the low line: the A class ends among large rare orders
_KEYS_OF_HOME, _OTHERS_OF_HOME = 0.58, 1_500_000.0  # of home textile's sales
_ROUNDS = 6
_LEAST = 2_500.0  # of a half-year, roubles
_LEAST_CELL = 0.12  # of a half-year, in one of its months


@dataclass
class Totals:
    """Sales of the groups by half-year; roubles."""

    first: float
    key_second: float
    others_second: float
    last: float

    @property
    def all(self) -> float:
        """Eighteen months."""
        return self.first + self.key_second + self.others_second + self.last


def spread(weights: list[float], total: float, low: float = 0.0, high: float = math.inf) -> list[float]:
    """Shares of a total in proportion to the weights, each within the bounds; raises when there is no room."""
    if not weights:
        return []
    if not low * len(weights) <= total <= high * len(weights):
        raise ValueError(f"{total:.0f} does not fit {len(weights)} × {low:.0f}…{high:.0f}")
    below, above = 0.0, (total + 1) / min(weights)
    for _ in range(200):
        middle = (below + above) / 2
        if sum(min(max(weight * middle, low), high) for weight in weights) < total:
            below = middle
        else:
            above = middle
    return [min(max(weight * above, low), high) for weight in weights]


def pareto(count: int, power: float, rnd: random.Random) -> list[float]:
    """A heavy-tailed sample whose least value is 1, in random order."""
    found = [(1 - (n + 0.5) / count) ** (-1 / power) for n in range(count)]
    rnd.shuffle(found)
    return found


class Amounts:
    """Fills `Buyer.sums` and `Buyer.amounts`."""

    def __init__(self, buyers: list[Buyer], calendar: Calendar, rnd: random.Random) -> None:
        self.buyers, self.calendar, self.rnd = buyers, calendar, rnd

    def fill(self) -> None:
        """Everything, in rounds: the window's shares are known only when the months are."""
        promo, home = (self.calendar.mass(1, one) / self.calendar.mass(0, one) for one in ("promo", "home"))
        season = (1 - HOME) * promo + HOME * home
        self._keys_of_top(season)
        self._other_keys(season)
        least_key = min(sum(one.sums[:2]) for one in self.buyers if one.is_key)
        self.year_cap = 0.8 * least_key
        self.totals = self._totals(season, least_key)
        self.once = self._once()
        line = min(sum(one.sums[1:]) for one in self.buyers if one.kind == "key_top") * 0.95
        new_top, large = 0.14 * self.totals.last, 0.08 * self.totals.last
        for _ in range(_ROUNDS):
            self.line = min(line, 0.7 * new_top / len(self.of("grown", "fresh", half=2)))
            state = self.rnd.getstate()
            self._first()
            self._second()
            self._last(new_top, large)
            spread_over_months(self.buyers, self.calendar, self.rnd)
            for buyer in self.of("key_top", "grown", "fresh", half=2):
                lift(buyer, self.line)
            shares = window_shares(self.buyers, self.line)
            new_top += (TOP_SHARE - shares.top) * shares.total
            large = max(large + (_ABOVE_LINE - shares.above) * shares.total, 0.01 * self.totals.last)
            self.rnd.setstate(state)

    def of(self, *kinds: str, half: int, direction: str = "") -> list[Buyer]:
        """Buyers of these kinds in a half-year."""
        return [
            one
            for one in self.buyers
            if one.kind in kinds and one.bought(half) and direction in ("", one.direction)
        ]

    def share(
        self, buyers: list[Buyer], half: int, total: float, power: float, bounds: tuple[float, float]
    ) -> float:
        """Give the buyers a half-year's total; the total."""
        low = max(bounds[0], _LEAST)
        sizes = spread(pareto(len(buyers), power, self.rnd), total, low, bounds[1])
        for buyer, size in zip(buyers, sizes, strict=True):
            buyer.sums[half] = size
        return total

    def _home_total(self, half: int) -> float:
        """Home textile in a half-year: a share of all sales, and in the second one its own season."""
        first = HOME * 1.25 * KEY_FIRST
        return first * self.calendar.mass(half, "home") / self.calendar.mass(0, "home")

    def _keys_of_top(self, season: float) -> None:
        buyers = self.of("key_top", half=1)
        sizes = dict(zip(map(id, buyers), pareto(len(buyers), 1.6, self.rnd), strict=True))
        totals = (
            KEY_FIRST * (1 - _OTHER_KEYS_FIRST),
            KEY_FIRST * season * (1 - _OTHER_KEYS_SECOND),
            KEY_LAST - _OTHER_KEYS_LAST,
        )
        for half, total in enumerate(totals):
            present = [one for one in buyers if one.bought(half)]
            home = max(_KEYS_OF_HOME * self._home_total(half), self._home_total(half) - _OTHERS_OF_HOME)
            for direction, part in (("home", home), ("promo", total - home)):
                chosen = [one for one in present if one.direction == direction]
                weights = []
                for buyer in chosen:
                    size = min(sizes[id(buyer)], 9.5)
                    if direction == "home" or not buyer.bought(0):
                        size = min(max(size, 2.2), 3.0)
                    late = (
                        1.7 if half == 1 and not buyer.bought(0) else 1.0
                    )  # the whole first year in one half
                    weights.append(size * late * self.rnd.uniform(0.87, 1.13))
                for buyer, amount in zip(chosen, spread(weights, part), strict=True):
                    buyer.sums[half] = amount

    def _other_keys(self, season: float) -> None:
        """Year's sizes first, then the split between the halves that gives each half its total."""
        first = KEY_FIRST * _OTHER_KEYS_FIRST
        second = KEY_FIRST * season * _OTHER_KEYS_SECOND
        buyers = [one for one in self.buyers if one.kind in ("key_rare", "key_gone")]
        sizes = spread(
            pareto(len(buyers), 2.2, self.rnd), first + second, high=9 * (first + second) / len(buyers)
        )
        tilts = [self.rnd.uniform(0.5, 2.0) for _ in buyers]

        def in_first(buyer: Buyer, size: float, tilt: float, level: float) -> float:
            if not buyer.bought(1):
                return size
            return size * level * tilt / (1 - level + level * tilt) if buyer.bought(0) else 0.0

        low, high = 0.0, 1.0
        for _ in range(100):
            level = (low + high) / 2
            parts = [in_first(*one, level) for one in zip(buyers, sizes, tilts, strict=True)]
            low, high = (level, high) if sum(parts) < first else (low, level)
        for buyer, size, part in zip(buyers, sizes, parts, strict=True):
            buyer.sums[0], buyer.sums[1] = part, size - part
        rare = self.of("key_rare", half=2)
        self.share(rare, 2, _OTHER_KEYS_LAST, 2.0, (0.0, math.inf))

    def _totals(self, season: float, least_key: float) -> Totals:
        key_second = KEY_FIRST * season
        others_first = KEY_FIRST / 4
        others = (KEY_FIRST + key_second) / 4 - 0.6 * least_key  # inside the step of the last key client
        promo = [
            len([one for one in self.buyers if one.bought(half) and one.direction == "promo"])
            for half in (0, 2)
        ]
        first = KEY_FIRST + others_first
        last = first * (1 - PROMO_FALL) * promo[1] / promo[0]
        return Totals(first, key_second, others - others_first, last)

    def _once(self) -> tuple[float, float, float]:
        """Sales to one-time buyers by half-year."""
        total = ONCE * self.totals.all
        middle = min(0.6 * self.totals.others_second, 0.5 * total)
        first, last = len(self.of("once", half=0)), len(self.of("once", half=2))
        rest = total - middle
        return rest * first / (first + last), middle, rest * last / (first + last)

    def _first(self) -> None:
        small = (0.0, 0.45 * self.year_cap)
        given = self._unidentified(0, self.totals.first)
        given += self._once_of(0, (0.0, self.year_cap))
        given += self.share(self.of("steady", half=0), 0, 28 * 0.3 * self.year_cap, 8, small)
        given += self.share(self.of("grown", half=0), 0, 20 * 0.22 * self.year_cap, 4, small)
        given += self._home(0, small)
        self._rest(
            self.of("rest", half=0, direction="promo"), 0, self.totals.first - KEY_FIRST - given, small[1]
        )

    def _second(self) -> None:
        given = self._once_of(1, (0.0, self.year_cap))
        given += self.share(
            self.of("steady", half=1), 1, 28 * 0.3 * self.year_cap, 8, (0.0, 0.45 * self.year_cap)
        )
        given += self.share(
            self.of("grown", half=1), 1, 30 * 0.2 * self.year_cap, 4, (0.0, 0.45 * self.year_cap)
        )
        given += self._home(1, (0.0, 0.45 * self.year_cap))
        rest = [one for one in self.of("rest", half=1) if one.direction != "home"]
        self._rest(rest, 1, self.totals.others_second - given, 0.45 * self.year_cap)

    def _last(self, new_top: float, large: float) -> None:
        total = self.totals.last
        given = self._unidentified(2, total)
        given += self._once_of(2, (0.0, 0.95 * self.line))
        given += self.share(self.of("steady", half=2), 2, 28 * 0.32 * self.year_cap, 8, (0.0, math.inf))
        given += self.share(self.of("grown", "fresh", half=2), 2, new_top, 3, (1.15 * self.line, math.inf))
        given += self._home(2, (0.0, 0.6 * self.line))
        rest = self.of("rest", half=2, direction="promo")
        count = round(large / (0.75 * self.line))
        for number, buyer in enumerate(rest):
            buyer.is_large = number < count
            if buyer.is_large:
                drop_months(buyer, RARE_MONTHS, self.rnd)
        given += self.share(rest[:count], 2, large, 3, (0.5 * self.line, 0.97 * self.line))
        self._rest(rest[count:], 2, total - KEY_LAST - given, 0.45 * self.line)

    def _rest(self, buyers: list[Buyer], half: int, total: float, most: float) -> None:
        """The small ones; who buys in as many months as a TOP client stays far below the line."""
        frequent = [one for one in buyers if len(one.window_months()) > RARE_MONTHS]
        rare = [one for one in buyers if len(one.window_months()) <= RARE_MONTHS]
        part = min(total * len(frequent) / len(buyers), 0.15 * self.line * len(frequent))
        self.share(frequent, half, part, 3, (0.0, 0.25 * self.line))
        self.share(rare, half, total - part, 1.5, (0.0, most))

    def _unidentified(self, half: int, total: float) -> float:
        buyers = self.of("once", "rest", half=half, direction="unidentified")
        return self.share(buyers, half, UNIDENTIFIED * total, 3, (0.0, math.inf))

    def _once_of(self, half: int, bounds: tuple[float, float]) -> float:
        """One-time buyers but the unidentified ones, who have their amounts where their direction is bound."""
        buyers = self.of("once", half=half)
        if half != 1:
            known = [one for one in buyers if one.direction == "unidentified"]
            buyers = [one for one in buyers if one.direction != "unidentified"]
            return self.share(
                buyers, half, self.once[half] - sum(one.sums[half] for one in known), 1.7, bounds
            )
        return self.share(buyers, half, self.once[half], 1.7, bounds)

    def _home(self, half: int, bounds: tuple[float, float]) -> float:
        """Home textile of the rest: what the other kinds leave of its total."""
        others = self.of("key_top", "fresh", "once", half=half, direction="home")
        left = self._home_total(half) - sum(one.sums[half] for one in others)
        return self.share(self.of("rest", half=half, direction="home"), half, left, 2, bounds)


def spread_over_months(buyers: Iterable[Buyer], calendar: Calendar, rnd: random.Random) -> None:
    """Divide every buyer's half-year between its days so that the months of a direction follow the season."""
    rows: dict[tuple[str, int], list[tuple[Buyer, dict[Part, float]]]] = {}
    for buyer in buyers:
        buyer.amounts = {}
        for half, visits in enumerate(buyer.visits):
            if visits:
                weights = {part: rnd.uniform(0.7, 1.3) * len(days) for part, days in visits.items()}
                scale = buyer.sums[half] / sum(weights.values())
                cells = {part: weight * scale for part, weight in weights.items()}
                rows.setdefault((buyer.direction, half), []).append((buyer, cells))
    for (direction, half), found in rows.items():
        _to_season(found, calendar.of_half(half), direction, half)
        for buyer, cells in found:
            for part, amount in cells.items():
                days = buyer.visits[half][part]
                parts = [rnd.uniform(0.6, 1.4) for _ in days]
                for day, portion in zip(days, parts, strict=True):
                    buyer.amounts[day] = amount * portion / sum(parts)


def lift(buyer: Buyer, line: float) -> None:
    """Bring a TOP client over the line: move what it bought after the window's end into the window."""
    lacking = line - in_window(buyer)
    late = [day for part, days in buyer.visits[2].items() if not part.in_window for day in days]
    early = [day for part, days in buyer.visits[2].items() if part.in_window for day in days]
    movable = 0.9 * sum(buyer.amounts[day] for day in late)
    if lacking <= 0 or not movable or not early:
        return
    moved = min(lacking, movable)
    for day in late:
        buyer.amounts[day] *= 1 - moved * 0.9 / movable
    for day in early:
        buyer.amounts[day] += moved / len(early)


def _to_season(
    rows: list[tuple[Buyer, dict[Part, float]]], parts: list[Part], direction: str, half: int
) -> None:
    """Fit the table buyers × months to both margins, alternately; the buyers' sums hold exactly."""
    total = sum(buyer.sums[half] for buyer, _cells in rows)
    mass = sum(part.weight(direction) for part in parts)
    for _ in range(8):
        for part in parts:
            column = sum(cells.get(part, 0.0) for _buyer, cells in rows)
            factor = total * part.weight(direction) / mass / column if column else 1.0
            for _buyer, cells in rows:
                if part in cells:
                    cells[part] *= min(max(factor, 0.4), 2.5)
        for buyer, cells in rows:
            least = _LEAST_CELL * buyer.sums[half]
            scale = buyer.sums[half] / sum(max(amount, least) for amount in cells.values())
            for part, amount in cells.items():
                cells[part] = max(amount, least) * scale


@dataclass
class Shares:
    """The classes' window: all sales, the share of TOP, and of clients that bring more than half a line."""

    total: float
    top: float
    above: float


def in_window(buyer: Buyer) -> float:
    """What the classes count, roubles."""
    days = (day for visits in buyer.visits for part, days in visits.items() if part.in_window for day in days)
    return sum(buyer.amounts[day] for day in days)


def window_shares(buyers: list[Buyer], line: float) -> Shares:
    """How the window's sales are divided now."""
    sums = [(buyer, in_window(buyer)) for buyer in buyers]
    total = sum(amount for _buyer, amount in sums)
    top = sum(amount for buyer, amount in sums if buyer.is_top)
    above = sum(amount for _buyer, amount in sums if amount > line / 2)
    return Shares(total, top / total, above / total)
