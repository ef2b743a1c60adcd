"""Typing plans in: a manager's month is spread over directions and spheres (DOMAIN.md 6.1).

A plan is stored at the finest grain the dashboard adds up from, so the plan of an office, a direction or a sphere
is always the sum of its lines. The spread follows what the manager really sells.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Direction
from kpi.arithmetic import NOTHING, allocate
from kpi.models import PlanChange, PlanLine, SalesFact
from playbook.services import parameters
from salesdept.dates import add_months, month_start, today
from salesdept.models import User

YEAR = 12
LARGEST = Decimal("99999999999.99")  # what a line can hold, with room for sums
THOUSAND = Decimal(1000)
UNDO_FOR = timedelta(minutes=10)  # the button lives ten seconds; a slow network may need longer

Mix = list[tuple[str, int | None, Decimal]]  # direction, sphere, weight


class PlanError(ValueError):
    """The plan cannot be set; the message is for the person who typed it."""


def last_month(day: date) -> date:
    """The furthest month that takes a plan: `plan.horizon_months` ahead of the current one."""
    return add_months(month_start(day), parameters.value("plan.horizon_months", day))


def set_manager_plan(month: date, manager: User, amount: Decimal, made_by: User) -> PlanChange | None:
    """Set a manager's plan of a month, in roubles; the record of the change, or None when nothing changed.

    The amount is spread over direction × sphere by the manager's own sales of the same month last year, else of
    the last 12 months, else by the company's; the parts add up to the kopeck. Raises PlanError for a negative or
    too large amount, for a month beyond the horizon, and for a month that has ended with its plan set.
    """
    month = month_start(month)
    if amount < 0 or amount > LARGEST or amount != amount.quantize(NOTHING):
        raise PlanError(_("A plan is an amount from 0 to 99,999,999 thousand roubles, in whole kopecks."))
    last = last_month(today())
    if month > last:
        raise PlanError(_("Plans reach no further than %(month)s.") % {"month": f"{last:%m.%Y}"})
    with transaction.atomic():
        # Two people, one cell: one after another.
        User.objects.select_for_update(no_key=True).get(pk=manager.pk)
        lines = PlanLine.objects.filter(month=month, manager=manager)
        before = lines.aggregate(sum=Sum("amount"))["sum"] or NOTHING
        if before == amount:
            return None
        if before and month < month_start(today()):
            raise PlanError(_("The month is over: its plan stays as it was."))
        lines.delete()
        PlanLine.objects.bulk_create(_lines(month, manager, amount))
        return PlanChange.objects.create(
            month=month, manager=manager, before=before, after=amount, made_by=made_by
        )


def copy_last_year(manager: User, year: int, percent: Decimal, made_by: User) -> list[PlanChange]:
    """Plans of the year's open months from the same months' sales a year before, plus `percent`.

    Amounts are rounded to whole thousands. Months without sales a year before are left as they are.
    """
    first, last = month_start(today()), last_month(today())
    months = [month for month in months_of(year) if first <= month <= last]
    sold = dict(
        SalesFact.objects.filter(manager=manager, month__in=[add_months(month, -YEAR) for month in months])
        .values_list("month")
        .annotate(sum=Sum("amount"))
    )
    changes = []
    with transaction.atomic():
        for month in months:
            base = sold.get(add_months(month, -YEAR), NOTHING)
            amount = _to_thousands(base * (100 + percent) / 100)
            if base > 0 and (change := set_manager_plan(month, manager, amount, made_by)):
                changes.append(change)
    return changes


def undo(changes: Sequence[int], made_by: User) -> int:
    """Take back changes of one's own made a moment ago; how many. What was typed over since then stays."""
    fresh = PlanChange.objects.filter(pk__in=changes, made_by=made_by, at__gte=timezone.now() - UNDO_FOR)
    undone = 0
    with transaction.atomic():
        for change in fresh.select_related("manager"):
            lines = PlanLine.objects.filter(month=change.month, manager=change.manager)
            if (lines.aggregate(sum=Sum("amount"))["sum"] or NOTHING) == change.after:
                undone += set_manager_plan(change.month, change.manager, change.before, made_by) is not None
    return undone


def months_of(year: int) -> list[date]:
    """First days of the year's months."""
    return [date(year, number, 1) for number in range(1, YEAR + 1)]


def _to_thousands(amount: Decimal) -> Decimal:
    return (amount / THOUSAND).quantize(Decimal(1), rounding=ROUND_HALF_UP) * THOUSAND


def _lines(month: date, manager: User, amount: Decimal) -> list[PlanLine]:
    """The amount as plan lines of the manager's office."""
    if not amount:
        return []
    mix = _mix(month, manager)
    parts = allocate(amount, [weight for _direction, _sphere, weight in mix])
    return [
        PlanLine(
            month=month,
            manager=manager,
            office_id=manager.office_id,
            direction=direction,
            sphere_id=sphere,
            amount=part,
        )
        for (direction, sphere, _weight), part in zip(mix, parts, strict=True)
        if part
    ]


def _mix(month: date, manager: User) -> Mix:
    """What the plan is spread by: the first of the sources that has sales at all."""
    until = min(month, month_start(today()))
    year = Q(month__gte=add_months(until, -YEAR), month__lt=until)
    sources = (Q(manager=manager, month=add_months(month, -YEAR)), Q(manager=manager) & year, year)
    for source in sources:
        groups = (
            SalesFact.objects.filter(source).values_list("direction", "sphere").annotate(sum=Sum("amount"))
        )
        mix = [group for group in groups.order_by("direction", "sphere") if group[2] > 0]
        if mix:
            return mix
    return [(Direction.PROMO, None, Decimal(1))]
