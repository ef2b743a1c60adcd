"""Contacts and legal entities on the card: reveal one at a time, add, edit."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from clients.forms.contact import ContactForm, LegalEntityForm
from clients.models import Contact, LegalEntity
from clients.services.client import save_contact
from clients.services.reveal import RevealLimitError, revealed_today
from clients.services.reveal import reveal as reveal_contact
from clients.views.answer import CHANGED, refused
from clients.views.card import rights, seen
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.roles import Perm


@require_POST
@needs(Perm.REVEAL_CONTACTS)
def reveal(request: PersonRequest, pk: int, contact_pk: int) -> HttpResponseBase:
    """Show a contact's phone and e-mail, after logging who saw them."""
    client = seen(request.user, pk)
    contact = get_object_or_404(Contact, pk=contact_pk, client=client)
    try:
        contact = reveal_contact(request.user, contact, "card")
    except RevealLimitError as error:
        return refused(request, str(error), client_address(pk))
    except PermissionError as error:
        raise PermissionDenied from error
    context = {"client": client, "contact": contact, "is_revealed": True, **rights(request.user, client)}
    template = "contact" if wants_fragment(request) else "page"
    return render(request, f"clients/contact/{template}.html", context)


@needs(Perm.EDIT_CLIENTS)
def edit(request: PersonRequest, pk: int, contact_pk: int | None = None) -> HttpResponseBase:
    """Add a contact, or change one; numbers nobody opened today stay hidden in the form too."""
    client = seen(request.user, pk)
    contact = (
        get_object_or_404(Contact, pk=contact_pk, client=client) if contact_pk else Contact(client=client)
    )
    is_revealed = contact_pk is None or revealed_today(request.user, contact)
    form = ContactForm(request.POST or None, instance=contact, is_revealed=is_revealed)
    if request.method == "POST" and form.is_valid():
        save_contact(contact, form.changed_columns())
        return _saved(request, pk)
    return _form(request, "contact", {"form": form, "client": client, "contact": contact})


@needs(Perm.EDIT_CLIENTS)
def edit_entity(request: PersonRequest, pk: int, entity_pk: int | None = None) -> HttpResponseBase:
    """Add a legal entity, or change one."""
    client = seen(request.user, pk)
    entity = (
        get_object_or_404(LegalEntity, pk=entity_pk, client=client)
        if entity_pk
        else LegalEntity(client=client)
    )
    form = LegalEntityForm(request.POST or None, instance=entity, user=request.user)
    if request.method == "POST" and form.is_valid():
        if entity.pk is None:
            entity.save(force_insert=True)
        elif changed := form.changed_columns():
            entity.save(update_fields=changed)
        return _saved(request, pk)
    return _form(request, "legal_entity", {"form": form, "client": client, "entity": entity})


def client_address(pk: int) -> str:
    """The card's address."""
    return reverse("clients:card", args=[pk])


def _saved(request: PersonRequest, pk: int) -> HttpResponseBase:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": CHANGED})
    return redirect("clients:card", pk)


def _form(request: PersonRequest, noun: str, context: dict[str, object]) -> HttpResponse:
    part = "form" if wants_fragment(request) else "form_page"
    status = 422 if request.method == "POST" else 200
    return render(request, f"clients/{noun}/{part}.html", context, status=status)
