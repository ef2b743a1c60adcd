"""Plan and fact of a month in every cut, and of the year by months: only from stored sums (DOMAIN.md 6.1–6.2).

Every table adds up to the same whole, because every row of facts and of the plan falls into exactly one row of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Q, Sum, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Direction
from kpi.arithmetic import NOTHING, Score, WorkingDays, working_days_of
from kpi.models import PlanLine, SalesFact
from kpi.reports.period import Period
from kpi.reports.scope import NOBODY, Scope
from playbook.models import Sphere
from salesdept.dates import add_months, month_end
from salesdept.models import Office, User

PLAN, FACT = "plan", "fact"
YEAR = 12


@dataclass(frozen=True)
class Sum4:
    """A sum of the plan or of the facts of a month by the four things both are kept by."""

    kind: str
    manager: int | None
    office: int | None
    direction: str
    sphere: int | None
    amount: Decimal


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is about, its score and how an address asks for it."""

    key: Any
    name: str | Promise
    note: str
    score: Score
    query: dict[str, str]


@dataclass(frozen=True)
class Cut:
    """A table: its rows and their whole."""

    code: str
    title: str | Promise
    rows: list[Row]
    total: Score


@dataclass(frozen=True)
class Names:
    """The people, offices and spheres that tables speak of."""

    people: dict[int, User]
    offices: dict[int, Office]
    spheres: dict[int, Sphere]


def month_sums(period: Period, scope: Scope) -> list[Sum4]:
    """All sums of the month in the scope, facts and plan. One query."""
    columns = ("kind", "manager", "office", "direction", "sphere")

    def sums(model: Any, kind: str) -> Any:
        rows = model.objects.filter(scope.condition, month=period.month).annotate(kind=_kind(kind))
        return rows.order_by().values_list(*columns).annotate(sum=Sum("amount"))

    return [Sum4(*row) for row in sums(SalesFact, FACT).union(sums(PlanLine, PLAN), all=True)]


def _kind(kind: str) -> Value:
    return Value(kind, output_field=CharField())


def score(sums: Iterable[Sum4], days: WorkingDays) -> Score:
    """The whole of some sums."""
    by_kind = {PLAN: NOTHING, FACT: NOTHING}
    for one in sums:
        by_kind[one.kind] += one.amount
    return Score(by_kind[PLAN], by_kind[FACT], days)


def cuts(sums: Sequence[Sum4], period: Period, names: Names) -> dict[str, Cut]:
    """The month by manager, office, direction and sphere. No query."""
    days = period.days
    managers = _cut(sums, days, "manager", _("Managers"), _manager_of(names))
    managers.rows.sort(key=lambda row: (row.key is None, -row.score.plan, -row.score.fact, str(row.name)))
    offices = _cut(sums, days, "office", _("Offices"), _named(names.offices, "office", _("No office")))
    directions = _cut(sums, days, "direction", _("Directions"), _direction)
    directions.rows.sort(key=lambda row: Direction.values.index(row.key))
    spheres = _cut(
        sums, days, "sphere", _("Spheres"), _named(names.spheres, "sphere", _("Sphere not determined"))
    )
    for cut, order in ((offices, names.offices), (spheres, names.spheres)):
        places = {key: place for place, key in enumerate(order)}
        cut.rows.sort(key=lambda row, places=places: places.get(row.key, len(places)))  # type: ignore[misc]
    return {cut.code: cut for cut in (managers, offices, directions, spheres)}


Describe = Callable[[Any], tuple[str | Promise, str, str]]


def _cut(sums: Sequence[Sum4], days: WorkingDays, code: str, title: str | Promise, describe: Describe) -> Cut:
    groups: dict[Any, list[Sum4]] = defaultdict(list)
    for one in sums:
        groups[getattr(one, code)].append(one)
    rows = []
    for key, group in groups.items():
        whole = score(group, days)
        if whole.plan or whole.fact:
            name, note, value = describe(key)
            rows.append(Row(key, name, note, whole, {code: value}))
    return Cut(code, title, rows, score(sums, days))


def _manager_of(names: Names) -> Describe:
    def describe(key: int | None) -> tuple[str | Promise, str, str]:
        person = names.people.get(key) if key else None
        if person is None:
            return _("No manager"), "", NOBODY
        office = names.offices.get(person.office_id) if person.office_id else None
        return person.get_full_name(), office.short_name if office else "", str(person.pk)

    return describe


def _named(known: dict[int, Any], code: str, nothing: Promise) -> Describe:
    def describe(key: int | None) -> tuple[str | Promise, str, str]:
        one = known.get(key) if key else None
        return (one.name, "", one.code) if one else (nothing, "", NOBODY)

    return describe


def _direction(key: str) -> tuple[str | Promise, str, str]:
    return Direction(key).label, "", key


@dataclass(frozen=True)
class YearMonth:
    """A month of the year: its score, and the sales of the same month a year before."""

    month: date
    score: Score
    before: Decimal
    is_current: bool
    is_future: bool


@dataclass(frozen=True)
class Year:
    """The year of a month, by months; `spheres` keeps the scores of each sphere for the talk about trends."""

    number: int
    months: list[YearMonth]
    total: Score
    spheres: dict[int | None, dict[date, Score]]


def year(period: Period, scope: Scope) -> Year:
    """The calendar year of the month, and the one before for comparison. One query."""
    first = date(period.month.year, 1, 1)
    sums: dict[tuple[str, date, int | None], Decimal] = {}
    for kind, month, sphere, amount in _year_sums(
        Q(month__gte=add_months(first, -YEAR), month__lt=add_months(first, YEAR)), scope
    ):
        sums[kind, month, sphere] = amount
    spheres = {sphere for _kind, _month, sphere in sums}

    def of(month: date, among: Iterable[int | None]) -> Score:
        plan, fact = (
            sum((sums.get((kind, month, sphere), NOTHING) for sphere in among), NOTHING)
            for kind in (PLAN, FACT)
        )
        return Score(plan, fact, working_days_of(month, period.day))

    months = [
        YearMonth(
            month=(month := add_months(first, place)),
            score=of(month, spheres),
            before=of(add_months(month, -YEAR), spheres).fact,
            is_current=month <= period.day < month_end(month),
            is_future=month > period.day,
        )
        for place in range(YEAR)
    ]
    past = [add_months(period.month, -place) for place in range(YEAR)]
    return Year(
        number=first.year,
        months=months,
        total=Score(
            sum((one.score.plan for one in months), NOTHING),
            sum((one.score.fact for one in months), NOTHING),
            _days_of_year(months),
        ),
        spheres={sphere: {month: of(month, [sphere]) for month in past} for sphere in spheres},
    )


def _days_of_year(months: list[YearMonth]) -> WorkingDays:
    return WorkingDays(
        sum(one.score.days.passed for one in months), sum(one.score.days.total for one in months)
    )


def _year_sums(months: Q, scope: Scope) -> Any:
    def sums(model: Any, kind: str) -> Any:
        rows = model.objects.filter(scope.condition, months).annotate(kind=_kind(kind))
        return rows.order_by().values_list("kind", "month", "sphere").annotate(sum=Sum("amount"))

    return sums(SalesFact, FACT).union(sums(PlanLine, PLAN), all=True)
