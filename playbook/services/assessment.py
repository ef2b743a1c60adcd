"""Assessment at work: a call heard against its script (source section 5.2, 7). Each function is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from playbook.models import Assessment, Regulation, Script
from playbook.training_scope import assessable
from salesdept.models import User

FULL = 2  # the mark of an item that was done well: 0 no, 1 in part, 2 yes


@dataclass(frozen=True)
class Sheet:
    """What the assessor filled in. `marks` is a list of `{item, mark, note}`."""

    person: User
    regulation: Regulation
    script: Script
    on: date
    about: str
    marks: list[dict[str, Any]]
    feedback: str


def items(script: Script) -> list[str]:
    """What is heard for: the script's steps in words, what to do before how to say it."""
    return [words for step in script.steps if (words := _words(step))]


def score(marks: list[dict[str, Any]]) -> Decimal:
    """The share of full marks, four places; 0 of nothing."""
    if not marks:
        return Decimal("0.0000")
    share = Decimal(sum(one["mark"] for one in marks)) / (FULL * len(marks))
    return share.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


@transaction.atomic
def assess(by: User, sheet: Sheet) -> Assessment:
    """Store a filled sheet; the very same sheet sent twice is one. The person sees it until they say so.

    PermissionDenied for oneself and for people the assessor may not assess.
    """
    if not assessable(by).filter(pk=sheet.person.pk).exists():
        raise PermissionDenied
    if not sheet.marks or any(one["mark"] not in range(FULL + 1) for one in sheet.marks):
        raise ValidationError(_("Every item needs a mark."))
    User.objects.select_for_update(no_key=True).get(pk=sheet.person.pk)
    found, _created = Assessment.objects.get_or_create(
        user=sheet.person,
        assessor=by,
        regulation=sheet.regulation,
        script=sheet.script,
        on=sheet.on,
        about=sheet.about,
        marks=sheet.marks,
        feedback=sheet.feedback,
        defaults={"score": score(sheet.marks)},
    )
    return found


@transaction.atomic
def confirm_seen(pk: int, user: User) -> Assessment:
    """The person has read the assessment; the first moment stays."""
    found = Assessment.objects.select_for_update(of=("self",)).get(pk=pk, user=user)
    if found.seen_at is None:
        found.seen_at = timezone.now()
        found.save(update_fields=["seen_at"])
    return found


@transaction.atomic
def withdraw(pk: int, by: User) -> User:
    """Take a sheet back, while the person has not read it; only the one who filled it in. Returns the person."""
    found = Assessment.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk, assessor=by)
    if found.seen_at is not None:
        raise ValidationError(_("The person has read the assessment; it stays."))
    found.delete()
    return found.user


def _words(step: Any) -> str:
    if isinstance(step, dict):
        return str(step.get("text") or step.get("say") or "").strip()
    return str(step).strip()
