"""Showing a contact's phone and e-mail: one at a time, logged first, counted (DOMAIN.md 7)."""

from __future__ import annotations

import logging
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Contact, ContactReveal, RevealAllowance
from playbook.services import parameters
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, has_perm

log = logging.getLogger("salesdept.reveal")


class RevealLimitError(Exception):
    """The person has seen as many contacts today as the book allows; the message is for that person."""


@transaction.atomic
def reveal(user: User, contact: Contact, place: str) -> Contact:
    """The contact, after the log row is written; a second look on the same day is free.

    `place` says where it was shown (`card`, `call`, …). Raises RevealLimitError above the day's limit and
    PermissionError for whoever has no right or does not see the client.
    """
    shown = Contact.objects.visible_to(user).filter(pk=contact.pk)
    if not has_perm(user, Perm.REVEAL_CONTACTS) or not shown.exists():
        raise PermissionError(_("You may not see this contact."))
    day = today()
    User.objects.select_for_update().only("pk").get(
        pk=user.pk
    )  # two windows at once count one after the other
    if ContactReveal.objects.filter(user=user, contact=contact, day=day).exists():
        return contact
    limit, used = daily_limit(user, day), ContactReveal.objects.filter(user=user, day=day).count()
    if used >= limit:
        log.warning("reveal limit: user %s, %s contacts on %s", user.pk, used, day)
        raise RevealLimitError(
            _("You have opened %(count)s contacts today; the sales book allows no more.") % {"count": used}
        )
    ContactReveal.objects.create(user=user, contact=contact, day=day, place=place)
    return contact


def daily_limit(user: User, day: date) -> int:
    """How many contacts a person may reveal on a day: the book's limit, never below its multiple of the list."""
    values = parameters.in_force(day)
    allowance = RevealAllowance.objects.filter(user=user, day=day).first()
    listed = allowance.call_list_size if allowance else 0
    return max(values["contacts.daily_reveal_limit"], values["contacts.reveal_call_list_factor"] * listed)


def revealed_today(user: User, contact: Contact) -> bool:
    """Whether the person has opened this contact today already."""
    return ContactReveal.objects.filter(user=user, contact=contact, day=today()).exists()
