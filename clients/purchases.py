"""What a client buys: by month against the year before, and by category (DOMAIN.md 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Sum
from django.utils.translation import gettext as _

from clients.models import Client, ClientMonth, ShipmentLine
from playbook.services import parameters
from salesdept.dates import add_months, complete_months_window, month_start
from salesdept.templatetags.ui import month as month_name
from salesdept.templatetags.ui import month_short

YEAR = 12


@dataclass(frozen=True)
class MonthPair:
    """A month and the same one a year before, net roubles."""

    month: date
    amount: Decimal
    before: Decimal
    is_partial: bool


@dataclass(frozen=True)
class Purchases:
    """Months up to the published day, and the window of whole months against the same window a year before."""

    pairs: list[MonthPair]
    window: list[Decimal]
    total: Decimal
    total_before: Decimal
    window_months: int

    @property
    def change(self) -> Decimal | None:
        """Growth of the window over the one before, as a share; None when there was nothing before."""
        return self.total / self.total_before - 1 if self.total_before > 0 else None

    @property
    def is_empty(self) -> bool:
        """Nothing was ever shipped in two years."""
        return not any(pair.amount or pair.before for pair in self.pairs)

    def chart(self) -> dict[str, Any]:
        """For Chart.js: thousands of roubles, labels in the user's language."""
        return {
            "labels": [month_short(pair.month) + ("*" if pair.is_partial else "") for pair in self.pairs],
            "partial": [pair.is_partial for pair in self.pairs],
            "titles": [month_name(pair.month) for pair in self.pairs],
            "now": [round(float(pair.amount) / 1000, 1) for pair in self.pairs],
            "before": [round(float(pair.before) / 1000, 1) for pair in self.pairs],
            "nowLabel": _("12 months to now"),
            "beforeLabel": _("a year before"),
            "unit": _("k ₽"),
        }


def by_month(client: Client, day: date) -> Purchases:
    """Twelve months ending with the month of the published day, and the analysis window. One query for amounts."""
    length = parameters.value("analysis.window_months", day)
    start, end = complete_months_window(day, length)
    current = month_start(day)
    months = [add_months(current, place - YEAR + 1) for place in range(YEAR)]
    first = min(add_months(months[0], -YEAR), add_months(start, -length))
    found = ClientMonth.objects.filter(client=client, month__gte=first).values_list("month", "amount")
    amounts: dict[date, Decimal] = dict(found)
    nothing = Decimal(0)
    pairs = [
        MonthPair(
            month=one,
            amount=amounts.get(one, nothing),
            before=amounts.get(add_months(one, -YEAR), nothing),
            is_partial=one >= end,
        )
        for one in months
    ]
    window = [amounts.get(add_months(start, place), nothing) for place in range(length)]
    before = [amounts.get(add_months(start, place - length), nothing) for place in range(length)]
    return Purchases(pairs, window, sum(window, nothing), sum(before, nothing), length)


@dataclass(frozen=True)
class CategorySales:
    """What a client bought of a category since a date, net roubles; `share` is of all the client's purchases."""

    name: str
    amount: Decimal
    share: Decimal
    last: date
    before: Decimal


def by_category(client: Client, day: date) -> list[CategorySales]:
    """Categories of the last twelve months, dearest first, with the twelve months before. One query each."""
    since = add_months(day, -YEAR)
    now = {row["name"]: row for row in _categories(client, since, day)}
    before = {row["name"]: row["amount"] for row in _categories(client, add_months(since, -YEAR), since)}
    total = sum((row["amount"] for row in now.values() if row["amount"] > 0), Decimal(0))
    sales = [
        CategorySales(
            name=name or _("without a category"),
            amount=row["amount"],
            share=row["amount"] / total if total else Decimal(0),
            last=row["last"],
            before=before.get(name, Decimal(0)),
        )
        for name, row in now.items()
    ]
    return sorted(sales, key=lambda one: (-one.amount, one.name))


def _categories(client: Client, after: date, until: date) -> Any:
    lines = ShipmentLine.objects.filter(
        shipment__client=client, shipment__date__gt=after, shipment__date__lte=until
    )
    named = lines.values(name=F("product__category__name")).order_by()
    return named.annotate(amount=Sum("amount"), last=Max("shipment__date"))
