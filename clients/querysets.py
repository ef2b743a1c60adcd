"""Which clients, and who sees them (DOMAIN.md 7): the one place where visibility is decided."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from salesdept.roles import Perm, has_perm

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
        query = " & ".join(f"{word}:*" for word in words)
        return self.extra(where=["clients_client.search @@ to_tsquery('simple', %s)"], params=[query])

    def without_owner(self) -> ClientQuerySet:
        """The «no owner» queue: bought at least once and nobody's."""
        return self.filter(home_manager__isnull=True, state__purchases__gt=0)


class ContactQuerySet(models.QuerySet[Any]):
    """Named conditions over contacts."""

    def visible_to(self, user: User) -> ContactQuerySet:
        """Contacts of clients the person may see."""
        return self.filter(client_visibility(user, "client__"))
