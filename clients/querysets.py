"""Which clients, and who sees them (DOMAIN.md 7): the one place where visibility is decided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from salesdept.roles import Perm, Role, has_perm

if TYPE_CHECKING:
    from salesdept.models import User


def client_visibility(user: User, prefix: str = "", day: date | None = None) -> Q:
    """The condition under which a person sees a client; `prefix` leads to the client, e.g. `client__`.

    Own clients are those a person is home manager of, works with, or substitutes for on the day.
    """
    from salesdept.dates import today

    if has_perm(user, Perm.SEE_ALL_CLIENTS):
        return Q()
    conditions = Q(pk__in=[])
    if has_perm(user, Perm.SEE_OFFICE_CLIENTS) and user.office_id:
        conditions |= Q(**{f"{prefix}office": user.office_id})
    if has_perm(user, Perm.SEE_OWN_CLIENTS):
        from salesdept.models import Absence

        away = Absence.objects.on(day or today()).filter(substitute=user).values_list("user_id", flat=True)
        people = [user.pk, *away]
        conditions |= Q(**{f"{prefix}home_manager__in": people}) | Q(**{f"{prefix}in_work_with__in": people})
    return conditions


class ClientQuerySet(models.QuerySet[Any]):
    """Named conditions over clients."""

    def visible_to(self, user: User) -> ClientQuerySet:
        """Clients the person may see."""
        return self.filter(client_visibility(user))

    def matching(self, text: str) -> ClientQuerySet:
        """Clients whose code, name, legal entities or INN have words that begin with the words of `text`."""
        words = "".join(ch if ch.isalnum() else " " for ch in text.lower().replace("ё", "е")).split()
        if not words:
            return self if not text.strip() else self.none()
        # PostgreSQL reads the second part of a code like 000-00123 as a negative number.
        query = " & ".join(f"({word}:* | '-{word}':*)" if word.isdigit() else f"{word}:*" for word in words)
        found: Any = self.extra(where=["clients_client.search @@ to_tsquery('simple', %s)"], params=[query])
        return found

    def without_owner(self) -> ClientQuerySet:
        """The «no owner» queue: bought at least once and nobody's."""
        return self.filter(home_manager__isnull=True, state__purchases__gt=0)

    def free_for(self, user: User) -> ClientQuerySet:
        """Clients without an owner that a seller may take: those of their office, or of none (DOMAIN.md 4.5)."""
        queue = self.filter(home_manager__isnull=True, in_work_with__isnull=True)
        if not has_perm(user, Perm.WORK_CALLS) or user.role not in Role.sellers():
            return queue.none()
        if has_perm(user, Perm.SEE_ALL_CLIENTS):
            return queue
        return queue.filter(Q(office__isnull=True) | Q(office=user.office_id))

    def waiting_for_handover(self, day: date) -> ClientQuerySet:
        """Zero and lost clients that no development manager works with yet and nothing holds (DOMAIN.md 4.5)."""
        from clients.models import HandsHold, Stage

        held = HandsHold.objects.filter(client=OuterRef("pk"), until__gt=day)
        return self.filter(
            ~Exists(held),
            Q(in_work_with__isnull=True) | ~Q(in_work_with__role=Role.DEVELOPMENT_MANAGER),
            state__stage__in=[Stage.ZERO, Stage.LOST],
        )

    def order_overdue(self, day: date) -> ClientQuerySet:
        """Buying clients whose expected order should have come before the day (DOMAIN.md 4.6)."""
        return self.buying().filter(state__expected_order__lt=day)

    def about_to_turn_zero(self, day: date, days: int) -> ClientQuerySet:
        """Buying clients who turn zero within `days` of the day without another purchase (DOMAIN.md 5.2)."""
        return self.buying().filter(state__zero_on__lte=day + timedelta(days=days))

    def buying(self) -> ClientQuerySet:
        """АКБ: clients whose stage is new or active (DOMAIN.md 2)."""
        from clients.models import Stage

        return self.filter(state__stage__in=[Stage.NEW, Stage.ACTIVE])


class ContactQuerySet(models.QuerySet[Any]):
    """Named conditions over contacts."""

    def visible_to(self, user: User) -> ContactQuerySet:
        """Contacts of clients the person may see."""
        return self.filter(client_visibility(user, "client__"))
