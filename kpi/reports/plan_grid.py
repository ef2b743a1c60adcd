"""The year's plan as a grid of managers and months, with last year's sales beneath (DOMAIN.md 6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from kpi.arithmetic import NOTHING
from kpi.forms.plan import THOUSAND, field_name
from kpi.models import PlanLine, SalesFact
from kpi.services.plan import YEAR, last_month, months_of
from salesdept.dates import add_months, month_start, today
from salesdept.models import User
from salesdept.templatetags.ui import group_digits


@dataclass(frozen=True)
class Cell:
    """A manager's month: its plan and last year's sales of the month, roubles."""

    manager: User
    month: date
    plan: Decimal
    before: Decimal
    is_open: bool
    typed: str | None = None
    error: str = ""

    @property
    def field(self) -> str:
        """The name of the field."""
        return field_name(self.manager.pk, self.month)

    @property
    def shown(self) -> str:
        """What the field holds: thousands as they are stored, or what could not be read."""
        return in_thousands(self.plan) if self.typed is None else self.typed


@dataclass(frozen=True)
class Line:
    """A manager's year."""

    manager: User
    cells: list[Cell]

    @property
    def plan(self) -> Decimal:
        """The plan of the year."""
        return sum((cell.plan for cell in self.cells), NOTHING)

    @property
    def before(self) -> Decimal:
        """Last year's sales."""
        return sum((cell.before for cell in self.cells), NOTHING)

    @property
    def can_copy(self) -> bool:
        """There are sales to copy into a month that is open."""
        return any(cell.before > 0 and cell.is_open for cell in self.cells)


@dataclass(frozen=True)
class Column:
    """A column's plan and last year's sales of the whole company."""

    month: date
    plan: Decimal
    before: Decimal


@dataclass(frozen=True)
class Grid:
    """The year; `others` are last year's sales of people who get no plan, so that the columns add up."""

    year: int
    lines: list[Line]
    others: list[Decimal]
    columns: list[Column]
    first_year: int
    last_year: int

    @property
    def months(self) -> list[date]:
        """First days of the months."""
        return [column.month for column in self.columns]

    @property
    def plan(self) -> Decimal:
        """The company's plan of the year."""
        return sum((column.plan for column in self.columns), NOTHING)

    @property
    def before(self) -> Decimal:
        """The company's sales of the year before."""
        return sum((column.before for column in self.columns), NOTHING)

    @property
    def others_total(self) -> Decimal:
        """Last year's sales of people who get no plan."""
        return sum(self.others, NOTHING)

    @property
    def has_others(self) -> bool:
        """Whether the row of the others says anything."""
        return any(self.others)


def in_thousands(amount: Decimal) -> str:
    """«2 900» or «2 900,5»: exactly what is stored, nothing for zero."""
    if not amount:
        return ""
    value = (amount / THOUSAND).normalize()
    exponent = value.as_tuple().exponent
    return group_digits(value, max(-exponent, 0) if isinstance(exponent, int) else 0)


def years() -> tuple[int, int]:
    """The years that can have a plan: from the first sales or plan to the end of the horizon."""
    now = today()
    known = [
        model.objects.order_by("month").values_list("month", flat=True).first()
        for model in (SalesFact, PlanLine)
    ]
    first = min([month.year for month in known if month] or [now.year])
    return first, last_month(now).year


def grid(year: int, bounds: tuple[int, int]) -> Grid:
    """The whole year: sellers, and whoever has a plan in it. Three queries."""
    months = months_of(year)
    plans = _sums(PlanLine, months)
    before = _sums(SalesFact, [add_months(month, -YEAR) for month in months])
    planned = {manager for manager, _month in plans if manager}
    people = User.objects.filter(Q(pk__in=User.objects.sellers()) | Q(pk__in=planned))
    people = people.select_related("office").order_by("office_id", "last_name", "first_name", "pk")
    lines = [Line(one, [_cell(one, month, plans, before) for month in months]) for one in people]
    shown = {line.manager.pk for line in lines}
    others = [NOTHING] * YEAR
    for (manager, month), amount in before.items():
        if manager not in shown:
            others[month.month - 1] += amount
    columns = [_column(month, place, lines, others) for place, month in enumerate(months)]
    return Grid(year, lines, others, columns, *bounds)


def _column(month: date, place: int, lines: list[Line], others: list[Decimal]) -> Column:
    cells = [line.cells[place] for line in lines]
    plan = sum((cell.plan for cell in cells), NOTHING)
    return Column(month, plan, sum((cell.before for cell in cells), others[place]))


def _sums(model: Any, months: Iterable[date]) -> dict[tuple[int | None, date], Decimal]:
    rows = model.objects.filter(month__in=list(months)).order_by().values_list("manager", "month")
    return {(manager, month): amount for manager, month, amount in rows.annotate(sum=Sum("amount"))}


def _cell(manager: User, month: date, plans: dict[Any, Decimal], before: dict[Any, Decimal]) -> Cell:
    plan = plans.get((manager.pk, month), NOTHING)
    return Cell(
        manager=manager,
        month=month,
        plan=plan,
        before=before.get((manager.pk, add_months(month, -YEAR)), NOTHING),
        is_open=month >= month_start(today()) or not plan,
    )
