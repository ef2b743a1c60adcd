"""Making clients, contacts and legal entities by hand; changes are recorded by the triggers of `models.history`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, Contact, LegalEntity, Move, MoveReason
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, has_perm

SHOWN_TWINS = 5


class CodeTakenError(Exception):
    """Another client has this code."""


@dataclass(frozen=True)
class Twin:
    """A client that may be the same one; `is_visible` says whether the person may open it."""

    client: Client
    is_visible: bool


def twins(user: User, *, name: str, inn: str, phone: str, email: str) -> list[Twin]:
    """Clients with the same INN, phone, e-mail or name, whoever they belong to: so that nobody is entered twice."""
    same = set(
        Client.objects.filter(name_sort=name.strip().lower().replace("ё", "е")).values_list("pk", flat=True)
    )
    contacts = Contact.objects.order_by().values_list("client", flat=True)
    if inn:
        same |= set(LegalEntity.objects.filter(inn=inn).values_list("client", flat=True))
    if phone:
        same |= set(contacts.filter(phone=phone)[:SHOWN_TWINS])
    if email:
        same |= set(contacts.filter(email__iexact=email)[:SHOWN_TWINS])
    found = Client.objects.filter(pk__in=same).select_related("in_work_with", "home_manager")[:SHOWN_TWINS]
    visible = set(Client.objects.visible_to(user).filter(pk__in=same).values_list("pk", flat=True))
    return [Twin(one, one.pk in visible) for one in found]


@transaction.atomic
def create(client: Client, made_by: User, contact: Contact | None = None, inn: str = "") -> Client:
    """Save a new client with its first contact and legal entity; raises CodeTakenError.

    An empty code becomes N and the client's number. A potential client has no home manager: whoever entered it
    works with it (DOMAIN.md 4.5), if that person works with clients of their own.
    """
    given = client.code
    client.code = given or f"new-{uuid.uuid4()}"
    if has_perm(made_by, Perm.SEE_OWN_CLIENTS):
        client.in_work_with = made_by
    client.office = client.office or made_by.office
    try:
        with transaction.atomic():
            client.save(force_insert=True)
            if not given:
                client.code = f"N{client.pk:06}"
                client.save(update_fields=["code"])
    except IntegrityError as error:
        raise CodeTakenError(_("Another client has this code.")) from error
    if client.in_work_with:
        Move.objects.create(
            client=client,
            field=Move.Field.WORK,
            to_user=made_by,
            on=today(),
            at=timezone.now(),
            reason=MoveReason.MANUAL,
            comment=_("Entered by hand"),
            made_by=made_by,
        )
    if contact is not None:
        contact.client, contact.is_main = client, True
        contact.save(force_insert=True)
    if inn:
        LegalEntity.objects.create(client=client, name=client.name, inn=inn)
    return client


def save_facts(client: Client, changed: list[str]) -> Client:
    """Write the facts a person changed; a name given by a person is not replaced by that of a shipment."""
    if "name" in changed:
        client.name_key = ""
        changed = [*changed, "name_key"]
    if changed:
        client.save(update_fields=changed)
    return client


@transaction.atomic
def save_contact(contact: Contact, changed: list[str]) -> Contact:
    """Save a contact; the one to ask first is the only one (the mark leaves the others)."""
    if contact.is_main:
        others = Contact.objects.filter(client=contact.client, is_main=True).exclude(pk=contact.pk)
        others.update(is_main=False)
    if contact.pk is None:
        contact.save(force_insert=True)
    elif changed:
        contact.save(update_fields=changed)
    return contact
