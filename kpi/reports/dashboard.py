"""Everything the dashboard shows of a month, from stored sums only: its time does not grow with the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kpi.arithmetic import Score
from kpi.reports import attention, meeting, sales
from kpi.reports import base as counts_report
from kpi.reports.base import Base
from kpi.reports.meeting import Item
from kpi.reports.period import Period
from kpi.reports.sales import Cut, Names, Sum4, Year
from kpi.reports.scope import Scope
from playbook.models import Sphere
from playbook.services import parameters
from salesdept.dates import add_months
from salesdept.models import Office, User
from salesdept.sql import fetch
from salesdept.templatetags.ui import month as month_name
from salesdept.templatetags.ui import month_short

MILLION = 1_000_000
# The first month with sales and the last one with sales or a plan: what there is to choose from.
_BOUNDS = """
    SELECT (SELECT min(month) FROM kpi_salesfact),
           greatest((SELECT max(month) FROM kpi_salesfact), (SELECT max(month) FROM kpi_planline))
"""


@dataclass(frozen=True)
class Dashboard:
    """A month of the company or of an office."""

    period: Period
    scope: Scope
    score: Score
    cuts: dict[str, Cut]
    base: Base
    year: Year
    items: list[Item]
    key_share: Decimal
    months: list[date]

    @property
    def is_empty(self) -> bool:
        """Nothing was planned and nothing was sold."""
        return not self.score.plan and not self.score.fact and not self.base.rows

    @property
    def states(self) -> set[str]:
        """What the bars of the year say, for the legend."""
        return {_state(one) for one in self.year.months if one.score.fact or one.score.plan}

    def chart(self) -> dict[str, Any]:
        """The year for Chart.js: millions of roubles, labels in the person's language."""
        months = self.year.months
        return {
            "labels": [month_short(one.month) for one in months],
            "titles": [month_name(one.month) for one in months],
            "months": [f"{one.month:%Y-%m}" for one in months],
            "fact": [None if one.is_future else _millions(one.score.fact) for one in months],
            "plan": [_millions(one.score.plan) if one.score.plan else None for one in months],
            "before": [_millions(one.before) if one.before else None for one in months],
            "state": [_state(one) for one in months],
            "words": {
                "fact": _("fact"),
                "plan": _("plan"),
                "before": _("a year before"),
                "done": _("plan met"),
                "behind": _("below the plan"),
                "open": _("the month is not over"),
                "free": _("no plan"),
                "unit": _("m ₽"),
            },
        }


def _millions(amount: Any) -> float:
    return round(float(amount) / MILLION, 3)


def _state(one: sales.YearMonth) -> str:
    """What the colour of a bar says; the legend and the table say it in words."""
    if one.is_future:
        return "future"
    if not one.score.plan:
        return "free"
    if one.is_current:
        return "open"
    return "behind" if one.score.is_behind else "done"


def dashboard(period: Period, scope: Scope) -> Dashboard:
    """The month of the scope; the same number of queries at any size."""
    sums = sales.month_sums(period, scope)
    counts = counts_report.stored(period, scope)
    names = names_of({one.manager for one in sums if one.manager} | counts.people, scope)
    cuts = sales.cuts(sums, period, names)
    base = counts_report.base(counts, period, names)
    year = sales.year(period, scope)
    values = parameters.in_force(period.last_night or period.day)
    return Dashboard(
        period=period,
        scope=scope,
        score=_whole(sums, period),
        cuts=cuts,
        base=base,
        year=year,
        items=[
            *meeting.items(cuts, base, year, period, scope, values),
            *attention.items(base, period, scope, values),
        ],
        key_share=values["audit.key_share"],
        months=_months(period),
    )


def _whole(sums: Sequence[Sum4], period: Period) -> Score:
    return sales.score(sums, period.days)


def names_of(people: set[int], scope: Scope) -> Names:
    """The people by number, the offices and spheres in their order. Two queries, three for one office."""
    offices = scope.offices or list(Office.objects.all())
    return Names(
        people=User.objects.in_bulk(people),
        offices={one.pk: one for one in offices},
        spheres={one.pk: one for one in Sphere.objects.only("code", "name", "order")},
    )


def _months(period: Period) -> list[date]:
    """The months to choose from, latest first; the one that is shown is always among them."""
    first, last = fetch(_BOUNDS)[0]
    month, last = min(first or period.month, period.month), max(last or period.month, period.month)
    months = []
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    return months[::-1]
