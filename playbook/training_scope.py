"""Whose training a person may see, and whom they may assess and take in (DESIGN.md, «Who sees what»)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from salesdept.models import User
from salesdept.roles import Perm, Role, has_perm

HEADS = (Role.SALES_HEAD, Role.DEPUTY_DIRECTOR, Role.DIRECTOR)


def watched(user: User) -> QuerySet[User]:
    """Active people whose training the person sees: everybody's, the own office's, or only one's own."""
    people = User.objects.active().select_related("office")
    if has_perm(user, Perm.SEE_TRAINING):
        return people
    if has_perm(user, Perm.SEE_OFFICE_TRAINING) and user.office_id:
        return people.filter(Q(office=user.office_id) | Q(pk=user.pk))
    return people.filter(pk=user.pk)


def assessable(user: User) -> QuerySet[User]:
    """Whom the person assesses: people they see, never themselves, and not those they answer to."""
    if not has_perm(user, Perm.ASSESS):
        return User.objects.none()
    people = watched(user).exclude(pk=user.pk)
    return people if user.role in HEADS else people.exclude(role__in=HEADS)


def sees_others(user: User) -> bool:
    """Whether the matrix is for the person."""
    return has_perm(user, Perm.SEE_TRAINING) or has_perm(user, Perm.SEE_OFFICE_TRAINING)
