"""Looking a regulation through again: when it comes back to its owner, and saying that it is still true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from playbook.models import Regulation, RegulationReview, RegulationVersion
from playbook.services import parameters
from playbook.services.asks import Ask
from playbook.terms import review_due
from salesdept.models import User
from salesdept.templatetags.ui import day as in_words


@dataclass(frozen=True)
class Review:
    """When a regulation is to be looked through."""

    regulation: Regulation
    due_on: date
    is_due: bool


def may_review(user: User, regulation: Regulation) -> bool:
    """Whether the person answers for the regulation."""
    return user.is_active and user.role == regulation.owner_role


def review_of(version: RegulationVersion, day: date) -> Review:
    """The review of the regulation whose version in force this is. Two queries."""
    last = version.regulation.reviews.aggregate(last=Max("on"))["last"]
    return _review(version, last, parameters.value("book.review_months", day), day)


def due(user: User, day: date) -> list[Review]:
    """Regulations of the owner that nobody looked at for `book.review_months`. At most two queries."""
    owned = (
        RegulationVersion.objects.filter(pk__in=RegulationVersion.objects.in_force(day).values("pk"))
        .filter(regulation__owner_role=user.role)
        .select_related("regulation")
        .defer("text", "search", "regulation__search")
        .annotate(last_review=Max("regulation__reviews__on"))
        .order_by("regulation__order", "regulation_id")
    )
    versions = list(owned) if user.is_active else []
    if not versions:
        return []
    months = parameters.value("book.review_months", day)
    found = (_review(one, one.last_review, months, day) for one in versions)
    return [one for one in found if one.is_due]


def _review(version: RegulationVersion, last: date | None, months: int, day: date) -> Review:
    approved_on = timezone.localdate(version.approved_at or version.created_at)
    on = review_due(approved_on=approved_on, reviewed_on=last, months=months)
    return Review(version.regulation, on, is_due=on <= day)


@transaction.atomic
def still_true(regulation: Regulation, user: User, note: str, day: date) -> RegulationReview:
    """The owner has looked through and changes nothing: the review date moves on. Once a day is enough."""
    Regulation.objects.select_for_update().get(pk=regulation.pk)
    if not may_review(user, regulation):
        raise PermissionDenied
    found, _created = RegulationReview.objects.get_or_create(
        regulation=regulation, user=user, on=day, defaults={"note": note}
    )
    return found


def asks(user: User, day: date) -> list[Ask]:
    """Reviews that are due, for the owner's day."""
    return [
        Ask(
            "review",
            one.regulation.title,
            f"{reverse('playbook:regulation', args=[one.regulation.code])}#review",
            _("Look it through: is it still true? The review was due on %(day)s.")
            % {"day": in_words(one.due_on)},
            one.due_on,
            is_late=one.due_on < day,
        )
        for one in due(user, day)
    ]
