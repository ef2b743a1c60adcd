"""A seller's own month, for «My day»: only own figures, up to the published day."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from kpi.arithmetic import NOTHING, Score
from kpi.models import ManagerFact, PlanLine, SalesFact
from kpi.nightly.managers import MEASURES
from kpi.reports.base import Counts
from kpi.reports.period import Period, period
from salesdept.models import User


@dataclass(frozen=True)
class Mine:
    """One's own plan, fact and counts of the month of the last published day."""

    period: Period
    score: Score
    counts: Counts


def mine(user: User) -> Mine | None:
    """The person's month; None before the first night. Four queries."""
    now = period()
    if now is None:
        return None
    of_month = {"manager": user, "month": now.month}
    plan = PlanLine.objects.filter(**of_month).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    fact = SalesFact.objects.filter(**of_month).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    counts = ManagerFact.objects.filter(**of_month).aggregate(**{name: Sum(name) for name in MEASURES})
    return Mine(now, Score(plan, fact, now.days), Counts(**{name: n or 0 for name, n in counts.items()}))
