"""Which rows of work, and who sees them: always through the visibility of the client (DOMAIN.md 7)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from clients.querysets import client_visibility
from salesdept.dates import today
from salesdept.models import Absence
from salesdept.roles import Perm, has_perm

if TYPE_CHECKING:
    from salesdept.models import User


class OfClientQuerySet(models.QuerySet[Any]):
    """Rows that belong to a client."""

    def visible_to(self, user: User) -> OfClientQuerySet:
        """Rows of clients the person may see."""
        return self.filter(client_visibility(user, "client__"))


class LeadQuerySet(models.QuerySet[Any]):
    """Named conditions over leads."""

    def visible_to(self, user: User) -> LeadQuerySet:
        """One's own leads, and those of clients the person may see."""
        if has_perm(user, Perm.SEE_ALL_CLIENTS):
            return self  # an empty condition would vanish beside the other one
        return self.filter(Q(assignee=user) | client_visibility(user, "client__"))


class TaskQuerySet(models.QuerySet[Any]):
    """Named conditions over tasks."""

    def visible_to(self, user: User) -> TaskQuerySet:
        """Tasks one has or gave; whoever assigns tasks also sees those of the clients they see and of the office."""
        own = Q(assignee=user) | Q(created_by=user)
        if not has_perm(user, Perm.ASSIGN_TASKS):
            return self.filter(own)
        if has_perm(user, Perm.SEE_ALL_CLIENTS):
            return self
        return self.filter(own | Q(assignee__office=user.office_id, assignee__office__isnull=False))

    def open(self) -> TaskQuerySet:
        """Tasks still to do."""
        return self.filter(state="open")

    def overdue(self, day: date) -> TaskQuerySet:
        """Open tasks whose date has passed."""
        return self.open().filter(due_on__lt=day)


class CallEntryQuerySet(models.QuerySet[Any]):
    """Named conditions over call lists."""

    def worked_by(self, user: User, day: date) -> CallEntryQuerySet:
        """The lists a person calls on the day: their own, and those of the people they substitute for."""
        away = Absence.objects.on(day).filter(substitute=user).values("user_id")
        return self.filter(Q(manager=user) | Q(manager__in=away))

    def visible_to(self, user: User) -> CallEntryQuerySet:
        """Lists one works; whoever sees results sees the lists of the clients they may see."""
        away = Absence.objects.on(today()).filter(substitute=user).values("user_id")
        own = Q(manager=user) | Q(manager__in=away)
        if has_perm(user, Perm.SEE_RESULTS) and has_perm(user, Perm.SEE_ALL_CLIENTS):
            return self  # an empty condition would vanish beside the other one
        if has_perm(user, Perm.SEE_RESULTS) or has_perm(user, Perm.SEE_OFFICE_RESULTS):
            return self.filter(own | client_visibility(user, "client__"))
        return self.filter(own)

    def of_day(self, manager: User, day: date) -> CallEntryQuerySet:
        """One manager's list of one day, in its order."""
        return self.filter(manager=manager, date=day).order_by("position")
