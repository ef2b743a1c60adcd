"""«To the meeting»: the largest deviations of a month in words, each with the way to its rows (DOMAIN.md 6.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpi.arithmetic import Score
from kpi.reports.base import Base, CountRow
from kpi.reports.period import Period
from kpi.reports.sales import Cut, Row, Year
from kpi.reports.scope import Scope
from playbook.services.parameters import Parameters
from salesdept.dates import add_months
from salesdept.templatetags.ui import group_digits, percent

MANAGERS, SPHERES = 2, 1  # the list is for one meeting: it fits a card beside the chart
SEVERAL = 2  # a name is told where it stands for more than one client


@dataclass(frozen=True)
class Item:
    """A sentence, how far it is off, and whether that is bad, a warning or good."""

    text: str
    tag: str
    tone: str
    url: str


def items(
    cuts: dict[str, Cut], base: Base, year: Year, period: Period, scope: Scope, values: Parameters
) -> list[Item]:
    """The largest shortfalls in roubles first, then what the base tells, then the best result."""
    office = {"office": scope.code} if scope.code else {}
    found = [
        *_managers(cuts["manager"], base, period, office),
        *_spheres(cuts["sphere"], year, period, office, values["meeting.months_behind"]),
        *_base(base, period, office),
        *_best(cuts["manager"], period, office),
    ]
    return found


def address(view: str, period: Period, **query: str) -> str:
    """The rows behind a sentence."""
    return f"{reverse(f'kpi:{view}')}?{urlencode({'month': period.code, **query})}"


def _behind(cut: Cut) -> list[Row]:
    """Rows that sold less than their working days ask for, the largest shortfall in roubles first."""
    rows = [row for row in cut.rows if row.score.is_behind]
    return sorted(rows, key=lambda row: (row.score.deviation_to_date, str(row.name)))


def _standing(score: Score) -> str:
    """How much of the plan is done, and of the days while there are some left."""
    words = {"done": percent(score.attainment), "days": percent(score.days.share)}
    if score.days.is_over:
        return _("%(done)s of the plan") % words
    return _("%(done)s of the plan with %(days)s of the working days over") % words


def _managers(cut: Cut, base: Base, period: Period, office: dict[str, str]) -> Iterator[Item]:
    counts = {row.key: row.counts for row in base.rows}
    for row in _behind(cut)[:MANAGERS]:
        text = f"{row.name}: {_standing(row.score)}"
        late = counts[row.key].top_late if row.key in counts else 0
        if late:
            part = ngettext("%(n)s TOP without a talk in time", "%(n)s TOP without a talk in time", late)
            text += f", {part % {'n': late}}"
        url = address("rows", period, **office, **row.query)
        yield Item(text, _thousands(row.score.deviation_to_date), "bad", url)


def _spheres(cut: Cut, year: Year, period: Period, office: dict[str, str], long: int) -> Iterator[Item]:
    for row in _behind(cut)[:SPHERES]:
        count = _months_behind(year.spheres.get(row.key, {}), period)
        text = f"{row.name}: {_standing(row.score)}"
        if count >= long:
            part = ngettext(
                "below the plan for %(n)s month in a row", "below the plan for %(n)s months in a row", count
            )
            text = f"{row.name}: {part % {'n': count}}"
        url = address("rows", period, **office, **row.query)
        yield Item(text, _thousands(row.score.deviation_to_date), "bad", url)


def _months_behind(months: dict[date, Score], period: Period) -> int:
    """How many months in a row, up to this one, sold less than planned."""
    past = (months.get(add_months(period.month, -place)) for place in range(len(months)))
    return len(list(takewhile(lambda score: score is not None and score.is_behind, past)))


def _base(base: Base, period: Period, office: dict[str, str]) -> Iterator[Item]:
    if not base.was_counted:
        return
    total = base.total
    if total.top_late:
        text = ngettext(
            "No talk in time with %(n)s TOP client of %(all)s",
            "No talk in time with %(n)s TOP clients of %(all)s",
            total.top_late,
        )
        words = {"n": total.top_late, "all": total.top_total}
        url = address("people", period, **office, what="top_late")
        yield Item(text % words + _worst(base), str(total.top_late), "warn", url)
    if total.became_zero_top:
        text = ngettext(
            "%(n)s TOP client became zero", "%(n)s TOP clients became zero", total.became_zero_top
        )
        url = address("people", period, **office, what="became_zero_top")
        yield Item(text % {"n": total.became_zero_top}, str(total.became_zero_top), "bad", url)
    if (slowest := _slowest(base)) is not None:
        one = slowest.counts
        said = {"name": slowest.name, "done": one.calls_done, "all": one.calls_listed}
        url = address("calls", period, **office, what="open", manager=slowest.query)
        yield Item(
            _("%(name)s: called %(done)s of %(all)s on the lists") % said,
            percent(one.calls_share),
            "warn",
            url,
        )


def _worst(base: Base) -> str:
    """Whose TOP clients wait most, where several wait with one person."""
    row = max(base.rows, key=lambda row: (row.counts.top_late, str(row.name)))
    if row.counts.top_late < SEVERAL:
        return ""
    return _("; most with %(name)s: %(most)s") % {"name": row.name, "most": row.counts.top_late}


def _slowest(base: Base) -> CountRow | None:
    """Who called the smallest share of the own lists, when somebody left calls undone."""
    rows = [row for row in base.rows if row.counts.calls_open > 0]
    return min(rows, key=lambda row: (row.counts.calls_share or 0, str(row.name)), default=None)


def _best(cut: Cut, period: Period, office: dict[str, str]) -> Iterator[Item]:
    ahead = [row for row in cut.rows if row.score.pace is not None and row.score.pace > 1]
    if ahead:
        row = max(ahead, key=lambda row: (row.score.deviation_to_date, str(row.name)))
        text = f"{row.name}: {_standing(row.score)}"
        url = address("rows", period, **office, **row.query)
        yield Item(text, _thousands(row.score.deviation_to_date), "ok", url)


def _thousands(amount: Decimal) -> str:
    """«−410 тыс. ₽» with its sign."""
    text = group_digits(amount / 1000)
    return f"{'+' if amount > 0 else ''}{text} {_('k ₽')}"
