"""Regular duties of a role: what falls on a day, what of it is done (Appendix 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from playbook import rhythm
from playbook.models import Duty, DutyDone
from salesdept.models import User


@dataclass(frozen=True)
class DayDuty:
    """A duty of a person's day."""

    duty: Duty
    day: date
    is_done: bool


@dataclass(frozen=True)
class MonthDuty:
    """A duty of a role and the days of the month on which it falls."""

    duty: Duty
    days: list[date]


def duties_of_role(role: str) -> QuerySet[Duty]:
    """The duties of the role in their order."""
    return (
        Duty.objects.filter(job__role=role)
        .select_related("regulation")
        .defer("regulation__search")
        .order_by("order", "pk")
    )


def duties_of_month(role: str, month: date) -> list[MonthDuty]:
    """What the role does in the calendar month of the date, with its days: for meetings and plans. One query."""
    return [
        MonthDuty(one, rhythm.days_of_month(one.rhythm, one.place, month)) for one in duties_of_role(role)
    ]


def duties_of_day(user: User, day: date) -> list[DayDuty]:
    """The person's duties of the day; none on a day off. Two queries."""
    due = [one for one in duties_of_role(user.role) if rhythm.falls_on(one.rhythm, one.place, day)]
    if not due:
        return []
    done = set(DutyDone.objects.filter(user=user, day=day).values_list("duty_id", flat=True))
    return [DayDuty(one, day, one.pk in done) for one in due]


def set_done(user: User, duty: Duty, day: date, today: date, *, is_done: bool) -> None:
    """Check a duty of today off, or take the mark back; twice is once.

    ValidationError when the page is of another day, or the duty is not of this person's day.
    """
    if day != today:
        raise ValidationError(_("This list is of another day; open the page again."))
    if duty.job.role != user.role or not rhythm.falls_on(duty.rhythm, duty.place, day):
        raise ValidationError(_("This duty is not in your day."))
    if is_done:
        DutyDone.objects.get_or_create(duty=duty, user=user, day=day, defaults={"at": timezone.now()})
    else:
        DutyDone.objects.filter(duty=duty, user=user, day=day).delete()
