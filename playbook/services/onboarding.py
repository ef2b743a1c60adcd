"""A newcomer's first weeks: begun with a mentor, steps marked by either of the two (source section 5.2).

Each function is one transaction. ValidationError says in words why something may not be.
"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from playbook.models import Onboarding, OnboardingDone, OnboardingStep
from playbook.training_scope import assessable
from salesdept.models import User


@transaction.atomic
def begin(by: User, person: User, mentor: User, starts: date) -> Onboarding:
    """Take a newcomer in, or change the mentor and the first day of one taken in before.

    PermissionDenied when the newcomer is not somebody `by` may take in.
    """
    if not assessable(by).filter(pk=person.pk).exists():
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.pk == mentor.pk:
        raise ValidationError({"mentor": _("Nobody is their own mentor.")})
    if not mentor.is_active:
        raise ValidationError({"mentor": _("This person no longer works here.")})
    if not OnboardingStep.objects.filter(role=person.role).exists():
        raise ValidationError({"person": _("The book has no first weeks for this role yet.")})
    found = Onboarding.objects.filter(user=person).first()
    if found is None:
        return Onboarding.objects.create(user=person, mentor=mentor, starts=starts)
    found.mentor, found.starts = mentor, starts
    found.save(update_fields=["mentor", "starts"])
    return found


def may_mark(user: User, onboarding: Onboarding) -> bool:
    """Steps are marked by the newcomer and the mentor."""
    return user.pk in (onboarding.user_id, onboarding.mentor_id)


@transaction.atomic
def mark(by: User, onboarding: Onboarding, step: OnboardingStep, *, is_done: bool) -> None:
    """Mark a step, or take the mark back. Twice is once: the first mark stands.

    PermissionDenied for anybody but the two; ValidationError for a step of another role.
    """
    if not may_mark(by, onboarding):
        raise PermissionDenied
    if step.role != onboarding.user.role:
        raise ValidationError(_("This step belongs to another role."))
    if is_done:
        OnboardingDone.objects.get_or_create(
            onboarding=onboarding, step=step, defaults={"by": by, "at": timezone.now()}
        )
    else:
        OnboardingDone.objects.filter(onboarding=onboarding, step=step).delete()
