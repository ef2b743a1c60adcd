"""A new client, its facts edited in place, and its hand-over from the card."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.answers import facts_of
from clients.forms.client import ClientForm, NewClientForm
from clients.models import Client, Move
from clients.services import assignment
from clients.services import client as service
from clients.services.assignment import AssignmentError
from clients.views.answer import CHANGED, done, refused
from clients.views.bulk import load_remark
from clients.views.card import rights, seen
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.models import User
from salesdept.roles import Perm


@needs(Perm.EDIT_CLIENTS)
def new(request: PersonRequest) -> HttpResponseBase:
    """Enter a client; one that looks like an existing one is created only after a second look."""
    initial = {"name": request.GET.get("name", "")[:255]}
    form = NewClientForm(request.POST or None, user=request.user, initial=initial)
    found: list[service.Twin] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not data["confirmed"]:
            found = service.twins(
                request.user,
                name=data["name"],
                inn=data["inn"],
                phone=data["contact_phone"],
                email=data["contact_email"],
            )
        if not found and (client := _created(request, form)):
            return redirect("clients:card", client.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "clients/client/new.html", {"form": form, "twins": found}, status=status)


def _created(request: PersonRequest, form: NewClientForm) -> Client | None:
    try:
        return service.create(
            form.save(commit=False), request.user, contact=form.contact(), inn=form.cleaned_data["inn"]
        )
    except service.CodeTakenError as error:
        form.add_error("code", str(error))
        return None


@needs(Perm.EDIT_CLIENTS)
def edit(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The facts of a client, edited in place; errors come back as 422 in the same place."""
    client = seen(request.user, pk)
    form = ClientForm(request.POST or None, instance=client, user=request.user)
    if request.method == "POST" and form.is_valid():
        service.save_facts(client, form.changed_columns())
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Trigger": CHANGED})
        return redirect("clients:card", pk)
    template = "edit_form" if wants_fragment(request) else "edit"
    status = 422 if request.method == "POST" else 200
    return render(request, f"clients/client/{template}.html", {"form": form, "client": client}, status=status)


@needs(Perm.EDIT_CLIENTS, Perm.SEE_ALL_CLIENTS, Perm.SEE_OFFICE_CLIENTS, Perm.SEE_OWN_CLIENTS)
def facts(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The facts as they stand: what «Cancel» brings back."""
    client = seen(request.user, pk)
    if not wants_fragment(request):
        return redirect("clients:card", pk)
    context = {"client": client, **rights(request.user, client)}
    context["legal_entities"] = list(client.legal_entities.all())
    context["answered"] = facts_of(client)
    return render(request, "clients/client/facts.html", context)


@require_POST
@needs(Perm.ASSIGN_CLIENTS)
def assign(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Hand one client over from its card."""
    client = seen(request.user, pk)
    back = reverse("clients:card", args=[pk])
    field = request.POST.get("field", "")
    try:
        person = assignment.candidates(request.user).get(pk=request.POST.get("to_user") or None)
        comment = request.POST.get("comment", "").strip()[:300]
        change = assignment.assign([client.pk], person, Move.Field(field), request.user, comment=comment)
    except (AssignmentError, User.DoesNotExist, ValueError) as error:
        text = str(error) if isinstance(error, AssignmentError) else _("Choose whom to give the client to.")
        return refused(request, text, back)
    if not change.values:
        return refused(request, _("Nothing to change: it is so already."), back)
    text = _("%(client)s is given to %(name)s") % {"client": client, "name": person.get_full_name()}
    return done(request, f"{text}{load_remark(change, person)}", back, change)
