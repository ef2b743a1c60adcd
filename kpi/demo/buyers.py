"""Who buys in which half-year, and on which days (DOMAIN.md 8).

The exact counts of the audit hold by construction: the table below says how many clients of each kind bought in
which of the three half-years («101»: in the first and the last). Kinds:
key_top — key clients of the first year that are TOP now; key_rare — key clients that buy seldom; key_gone — key
clients silent in the last half-year; steady — small and regular; grown, fresh — TOP that were no key clients;
rest — everyone else who came back at least once; once — bought a single time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from kpi.demo.calendar import Calendar, Part

# (kind, half-years): (clients, of them home, unidentified)
TABLE = {
    ("key_top", "111"): (160, 9, 0),
    ("key_top", "011"): (12, 0, 0),
    ("key_rare", "111"): (25, 0, 0),
    ("key_rare", "101"): (14, 0, 0),
    ("key_rare", "011"): (3, 0, 0),
    ("key_gone", "100"): (15, 0, 0),
    ("key_gone", "110"): (42, 0, 0),
    ("key_gone", "010"): (6, 0, 0),
    ("steady", "111"): (28, 0, 0),
    ("grown", "111"): (20, 0, 0),
    ("grown", "011"): (10, 0, 0),
    ("fresh", "001"): (18, 3, 0),
    ("rest", "011"): (50, 3, 2),
    ("rest", "010"): (20, 2, 2),
    ("rest", "101"): (240, 20, 18),
    ("rest", "111"): (198, 24, 12),
    ("rest", "100"): (20, 0, 0),
    ("rest", "110"): (36, 4, 0),
    ("rest", "001"): (253, 18, 12),
    ("once", "100"): (387, 36, 46),
    ("once", "010"): (678, 50, 60),
    ("once", "001"): (364, 15, 42),
}
TOP = ("key_top", "steady", "grown", "fresh")
KEY = ("key_top", "key_rare", "key_gone")
# Months with purchases in a usual half-year: mean of the kind.
_HABIT = {
    "key_top": 3.9, "key_rare": 1.2, "key_gone": 1.4, "steady": 5.4, "grown": 3.2, "fresh": 4.4, "rest": 1.4, "once": 1.0,
}  # fmt: skip
_VISITS = {
    "key_top": 0.55,
    "steady": 0.3,
    "grown": 0.4,
    "fresh": 0.5,
    "key_rare": 0.3,
    "key_gone": 0.4,
}  # second visits
_TOP_MONTHS = {"steady": 9}  # X with one to spare
_LEAST_TOP_MONTHS = 5  # Y with one to spare
RARE_MONTHS = 3  # Z
_MOST_REST_MONTHS = 5
_SHARPER = 1.3  # the regular ones buy in every month: the others make the season


@dataclass
class Buyer:
    """A client in the making."""

    kind: str
    halves: str
    direction: str
    office: str = ""
    visits: list[dict[Part, list[date]]] = field(default_factory=lambda: [{}, {}, {}])
    sums: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    amounts: dict[date, float] = field(default_factory=dict)
    is_large: bool = False  # one of the rest whose one or two orders are large

    @property
    def is_top(self) -> bool:
        """Meant to be TOP on the demonstration's date."""
        return self.kind in TOP

    @property
    def is_key(self) -> bool:
        """Meant to be one of those that made 80 % of the first year's sales."""
        return self.kind in KEY

    def bought(self, half: int) -> bool:
        """Whether the client bought in the half-year."""
        return self.halves[half] == "1"

    @property
    def days(self) -> list[date]:
        """Every day of purchase, in order."""
        return sorted(day for visits in self.visits for days in visits.values() for day in days)

    def window_months(self) -> set[date]:
        """Months of the classes' window with a purchase."""
        return {part.month for visits in self.visits for part in visits if part.in_window}


def make_buyers(calendar: Calendar, rnd: random.Random) -> list[Buyer]:
    """All buyers with their days, in a mixed order that is the same for the same date."""
    buyers = []
    for (kind, halves), (count, home, unidentified) in TABLE.items():
        directions = ["home"] * home + ["unidentified"] * unidentified
        directions += ["promo"] * (count - len(directions))
        buyers += [Buyer(kind, halves, direction) for direction in directions]
    rnd.shuffle(buyers)
    _offices(buyers, rnd)
    for buyer in buyers:
        for half in range(3):
            if buyer.bought(half):
                _visit(buyer, half, calendar, rnd)
        _settle(buyer, calendar, rnd)
    return buyers


def _offices(buyers: list[Buyer], rnd: random.Random) -> None:
    """TOP 159 + 89; others of the last half-year 772 + 374, and one without an office."""
    top = ["spb"] * 159 + ["msk"] * 89
    last = ["spb"] * 772 + ["msk"] * 374 + [""]
    gone = [rnd.choices(("spb", "msk"), (2, 1))[0] for _ in range(len(buyers))]
    rnd.shuffle(top)
    rnd.shuffle(last)
    for buyer in buyers:
        buyer.office = (top if buyer.is_top else last if buyer.bought(2) else gone).pop()


def _visit(buyer: Buyer, half: int, calendar: Calendar, rnd: random.Random) -> None:
    """Months and days of one half-year: more of both in the season."""
    parts = calendar.of_half(half)
    if buyer.kind == "once":
        wanted = 1
    else:
        season = calendar.mass(half, buyer.direction) / 6
        mean = _HABIT[buyer.kind] * season**0.7 * rnd.uniform(0.6, 1.4)
        wanted = min(max(int(mean + rnd.random()), 1), len(parts))
    for part in _draw(parts, wanted, buyer.direction, rnd):
        count = 1 + sum(rnd.random() < _VISITS.get(buyer.kind, 0.12) for _ in range(3))
        count = min(1 if buyer.kind == "once" else count, len(part.days))
        buyer.visits[half][part] = rnd.sample(part.days, count)


def _draw(parts: list[Part], count: int, direction: str, rnd: random.Random) -> list[Part]:
    """Parts without repetition, the seasonal ones more often."""
    left, found = list(parts), []
    for _ in range(min(count, len(left))):
        chosen = rnd.choices(left, [part.weight(direction) ** _SHARPER for part in left])[0]
        left.remove(chosen)
        found.append(chosen)
    return found


def _settle(buyer: Buyer, calendar: Calendar, rnd: random.Random) -> None:
    """TOP buy in enough months, large rare ones in few, and whoever is not «once» buys twice."""
    if buyer.is_top:
        _add_months(buyer, _TOP_MONTHS.get(buyer.kind, _LEAST_TOP_MONTHS), calendar, rnd)
    elif buyer.kind in ("key_rare", "key_gone"):
        drop_months(buyer, RARE_MONTHS, rnd)
    elif buyer.kind == "rest":
        drop_months(buyer, _MOST_REST_MONTHS if buyer.direction == "promo" else RARE_MONTHS, rnd)
    if buyer.kind != "once" and len(buyer.days) < 2:
        part, days = next((part, days) for visits in buyer.visits for part, days in visits.items())
        others = [day for day in part.days if day not in days]
        if others:
            days.append(rnd.choice(others))
        else:  # a month of one working day at the edge of a half-year
            spare = [one for one in calendar.of_half(part.half) if one is not part]
            buyer.visits[part.half][spare[0]] = [spare[0].days[0]]


def _add_months(buyer: Buyer, least: int, calendar: Calendar, rnd: random.Random) -> None:
    while len(months := buyer.window_months()) < least:
        free = [
            part
            for part in calendar.parts
            if part.in_window and part.month not in months and buyer.bought(part.half)
        ]
        part = _draw(free, 1, buyer.direction, rnd)[0]
        buyer.visits[part.half][part] = [rnd.choice(part.days)]


def drop_months(buyer: Buyer, most: int, rnd: random.Random) -> None:
    """Leave purchases in at most so many months of the window, and in every half-year of the client's."""
    while len(months := buyer.window_months()) > most:
        spare = [
            part
            for visits in buyer.visits
            for part in visits
            if part.in_window and len([one for one in visits if one.month != part.month]) >= 1
        ]
        month = rnd.choice(sorted({part.month for part in spare} & months))
        for visits in buyer.visits:
            if len(visits) > 1:
                for part in [one for one in visits if one.month == month]:
                    del visits[part]
