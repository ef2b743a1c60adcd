"""The client card: why it matters now, figures, people to ask for, and tabs that load on demand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Value, When
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import history, purchases, reasons, sparkline, tables
from clients.answers import facts_of
from clients.models import Client, Move, Shipment
from clients.services.assignment import candidates
from clients.views.client_list import SEE
from playbook.services import parameters
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import today
from salesdept.models import User
from salesdept.night import published_day, yesterday
from salesdept.roles import Perm, Role, has_perm

SHIPMENTS_ON_PAGE = 20
TABS = {
    "timeline": _("Conversations"),
    "tasks": _("Tasks"),
    "shipments": _("Shipments"),
    "categories": _("What they buy"),
    "history": _("History"),
}
_OTHERS = {"timeline": "deals:client_timeline", "tasks": "deals:client_tasks"}  # tabs of deals, by URL only


@needs(*SEE)
def card(request: PersonRequest, pk: int) -> HttpResponse:
    """The card, or for HTMX its body or one tab; 404 for clients the person may not see."""
    client = seen(request.user, pk)
    tab = _tab(request)
    context = {"client": client, "tab": tab, "tabs": _tabs(tab), **_tab_context(request, client, tab)}
    if wants_fragment(request) and request.htmx.target == "tab":
        response = render(request, "clients/client/tab.html", context)
        response["HX-Push-Url"] = request.get_full_path()
        return response
    context |= body(request.user, client)
    template = "card_body" if wants_fragment(request) else "card"
    return render(request, f"clients/client/{template}.html", context)


@needs(*SEE)
def by_code(request: PersonRequest, code: str) -> HttpResponseBase:
    """The card of a client by its 1C code."""
    client = get_object_or_404(Client.objects.visible_to(request.user), code=code)
    return redirect("clients:card", client.pk)


@needs(*SEE)
def shipment(request: PersonRequest, pk: int, shipment_pk: int) -> HttpResponse:
    """The lines of one shipment: under its row for HTMX, a page of its own otherwise."""
    client = seen(request.user, pk)
    document = get_object_or_404(
        Shipment.objects.select_related("manager", "office"), pk=shipment_pk, client=client
    )
    lines = document.lines.select_related("product__category")
    template = "lines" if wants_fragment(request) else "page"
    context = {"client": client, "shipment": document, "lines": lines}
    return render(request, f"clients/shipment/{template}.html", context)


def seen(user: User, pk: int) -> Client:
    """The client with all that the card shows of its row, or 404 when it is none of the person's business."""
    clients = Client.objects.visible_to(user).select_related(
        "state", "segment__sphere", "office", "home_manager", "in_work_with"
    )
    known = Case(When(**{f"{tables.CONTACT_KNOWN}__isnull": False}, then=Value(True)), default=Value(False))
    clients = clients.annotate(contact_due=F(tables.CONTACT_DUE), contact_known=known)
    client: Client = get_object_or_404(clients.defer("search", "search_text"), pk=pk)
    return client


def body(user: User, client: Client) -> dict[str, Any]:
    """What the card shows beside its tabs."""
    contacts = list(client.contacts.all())
    day = published_day() or yesterday()
    bought = purchases.by_month(client, day)
    has_phone = any(contact.phone and not contact.number_is_wrong for contact in contacts)
    return {
        "state": getattr(client, "state", None),
        "reasons": reasons.reasons(client, today(), parameters.in_force(today()), has_phone=has_phone),
        "purchases": bought,
        "spark": sparkline.bars(bought.window, height=28),
        "contacts": contacts,
        "legal_entities": list(client.legal_entities.all()),
        "answered": facts_of(client),
        "since": _since(client),
        "local_time": local_time(client, timezone.now()),
        "day": day,
        **rights(user, client),
    }


def rights(user: User, client: Client) -> dict[str, Any]:
    """What the person may do on this card; each view decides again."""
    may_assign = has_perm(user, Perm.ASSIGN_CLIENTS)
    free = client.home_manager_id is None and user.role in Role.sellers()
    return {
        "may_edit": has_perm(user, Perm.EDIT_CLIENTS),
        "may_reveal": has_perm(user, Perm.REVEAL_CONTACTS),
        "may_assign": may_assign,
        "may_take": free and has_perm(user, Perm.WORK_CALLS),
        "may_call": has_perm(user, Perm.WORK_CALLS),
        "people": list(candidates(user)) if may_assign else [],
    }


def local_time(client: Client, now: datetime) -> datetime | None:
    """The clock on the client's wall; None when the zone is unknown."""
    try:
        return now.astimezone(ZoneInfo(client.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _since(client: Client) -> date | None:
    """Since when the client is with whoever works with it now."""
    moves = Move.objects.filter(client=client, field=Move.Field.WORK).order_by("-pk")
    last = moves.values_list("to_user", "on").first()
    return last[1] if last and last[0] == client.in_work_with_id else None


def _tab(request: PersonRequest) -> str:
    asked = request.GET.get("tab", "")
    shown = [key for key in TABS if _tab_url(key) is not False]
    return asked if asked in shown else shown[0]


def _tab_url(key: str) -> str | bool:
    """True for a tab of our own; False for one of deals that this installation does not have."""
    if key not in _OTHERS:
        return True
    try:
        return reverse(_OTHERS[key], args=[0])
    except NoReverseMatch:
        return False


def _tabs(current: str) -> list[tuple[str, Any, bool]]:
    return [(key, label, key == current) for key, label in TABS.items() if _tab_url(key) is not False]


def _tab_context(request: PersonRequest, client: Client, tab: str) -> dict[str, Any]:
    """Only the tab that is open costs queries."""
    if tab in _OTHERS:
        return {"tab_url": reverse(_OTHERS[tab], args=[client.pk])}
    if tab == "history":
        return {"entries": history.entries(client)}
    day = published_day() or yesterday()
    if tab == "categories":
        return {"categories": purchases.by_category(client, day), "day": day}
    documents = Shipment.objects.filter(client=client).select_related("manager", "office")
    pages = Paginator(
        documents.annotate(line_count=Count("lines")).order_by("-date", "-number"), SHIPMENTS_ON_PAGE
    )
    return {"shipments": pages.get_page(request.GET.get("page"))}
