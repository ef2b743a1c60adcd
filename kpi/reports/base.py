"""Counts of a month by manager: base, conversations, inflow of zero and lost clients, call lists (DOMAIN.md 5.1–5.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kpi.arithmetic import share_of
from kpi.models import ManagerFact
from kpi.nightly.managers import MEASURES
from kpi.reports.period import Period
from kpi.reports.sales import Names
from kpi.reports.scope import NOBODY, Scope


@dataclass(frozen=True)
class Counts:
    """The counts of somebody's month, and what follows from them."""

    active_accounts: int = 0
    new_accounts: int = 0
    top_shipped: int = 0
    top_total: int = 0
    top_in_time: int = 0
    other_total: int = 0
    other_in_time: int = 0
    load_top: int = 0
    load_other: int = 0
    key_total: int = 0
    key_shipped: int = 0
    became_zero: int = 0
    became_zero_top: int = 0
    became_lost: int = 0
    reactivated: int = 0
    calls_listed: int = 0
    calls_done: int = 0
    calls_skipped: int = 0
    talks: int = 0

    @classmethod
    def sum(cls, rows: Iterable[Counts]) -> Counts:
        """The whole of its parts."""
        rows = list(rows)
        return cls(**{name: sum(getattr(row, name) for row in rows) for name in MEASURES})

    @property
    def top_late(self) -> int:
        """TOP clients nobody talked to in time."""
        return self.top_total - self.top_in_time

    @property
    def other_late(self) -> int:
        """Other clients nobody talked to in time."""
        return self.other_total - self.other_in_time

    @property
    def top_share(self) -> Decimal | None:
        """Share of TOP clients talked to in time."""
        return share_of(self.top_in_time, self.top_total)

    @property
    def other_share(self) -> Decimal | None:
        """Share of other clients talked to in time."""
        return share_of(self.other_in_time, self.other_total)

    @property
    def calls_share(self) -> Decimal | None:
        """Share of the lines of call lists that were called."""
        return share_of(self.calls_done, self.calls_listed)

    @property
    def calls_open(self) -> int:
        """Lines of call lists left without a call."""
        return self.calls_listed - self.calls_done - self.calls_skipped


@dataclass(frozen=True)
class CountRow:
    """A manager's line."""

    key: int | None
    name: str | Promise
    note: str
    counts: Counts
    query: str


@dataclass(frozen=True)
class Base:
    """The counts of a month, and those of the same month a year before.

    `was_counted`: a night was published in the month; else only active accounts and new clients are known.
    """

    rows: list[CountRow]
    total: Counts
    before: Counts
    was_counted: bool


@dataclass(frozen=True)
class StoredCounts:
    """Counts of the two months by manager; None stands for nobody's clients."""

    now: dict[int | None, Counts]
    before: Counts

    @property
    def people(self) -> set[int]:
        """Managers that the month has counts of."""
        return {key for key in self.now if key}


def stored(period: Period, scope: Scope) -> StoredCounts:
    """The stored counts of the month and of the same month a year before. One query."""
    facts = ManagerFact.objects.filter(scope.condition, month__in=[period.month, period.year_before])
    sums = facts.order_by().values("month", "manager").annotate(**{name: Sum(name) for name in MEASURES})
    found: dict[bool, dict[int | None, Counts]] = defaultdict(dict)
    for month, manager, *counts in sums.values_list("month", "manager", *MEASURES):
        found[month == period.month][manager] = Counts(**dict(zip(MEASURES, counts, strict=True)))
    return StoredCounts(found[True], Counts.sum(found[False].values()))


def base(counts: StoredCounts, period: Period, names: Names) -> Base:
    """The table of a month: largest portfolios first, nobody's clients last. No query."""
    rows = []
    for key, one in counts.now.items():
        person = names.people.get(key) if key else None
        office = names.offices.get(person.office_id) if person and person.office_id else None
        name = person.get_full_name() if person else _("With nobody")
        query = str(person.pk) if person else NOBODY
        rows.append(CountRow(key, name, office.short_name if office else "", one, query))
    rows.sort(
        key=lambda row: (row.key is None, -row.counts.top_total, -row.counts.other_total, str(row.name))
    )
    was_counted = period.last_night is not None
    return Base(rows, Counts.sum(row.counts for row in rows), counts.before, was_counted)
