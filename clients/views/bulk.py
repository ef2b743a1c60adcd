"""Actions on the ticked clients of the list, taking a client from the queue, and undoing either."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients import tables
from clients.filters import clean_query
from clients.models import BulkChange, Client, Move, MoveReason
from clients.querysets import ClientQuerySet
from clients.services import assignment, capacity, segment
from clients.services.assignment import AssignmentError
from clients.views.answer import done, refused, safe_next
from clients.views.client_list import SEE, filtered
from playbook.models import Segment
from playbook.services import parameters
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, has_perm

_PERMS = {
    BulkChange.Kind.HOME: Perm.ASSIGN_CLIENTS,
    BulkChange.Kind.WORK: Perm.ASSIGN_CLIENTS,
    BulkChange.Kind.SEGMENT: Perm.EDIT_CLIENTS,
}


@require_POST
@needs(Perm.ASSIGN_CLIENTS, Perm.EDIT_CLIENTS)
def bulk(request: PersonRequest) -> HttpResponseBase:
    """Give the ticked clients (or all that the filters found) to a manager, or put them into a segment."""
    query = clean_query(request.GET)
    back = reverse("clients:list") + (f"?{query}" if query else "")
    kind = request.POST.get("action", "")
    if kind not in _PERMS or not has_perm(request.user, _PERMS[BulkChange.Kind(kind)]):
        return refused(request, _("Your role may not do this."), back)
    clients = _chosen(request)
    if not clients.exists():
        return refused(request, _("Tick at least one client."), back)
    try:
        change, name, remark = _apply(request, kind, clients)
    except (AssignmentError, Segment.DoesNotExist, User.DoesNotExist, ValueError) as error:
        text = str(error) if isinstance(error, AssignmentError) else _("Choose whom or what to set.")
        return refused(request, text, back)
    return done(request, f"{_said(change, name)}{remark}", back, change)


@require_GET
@needs(Perm.ASSIGN_CLIENTS)
def capacity_note(request: PersonRequest) -> HttpResponse:
    """A line under the form of a hand-over: who would keep more clients than the book allows; else empty."""
    field = request.GET.get("field", Move.Field.WORK)
    chosen = request.GET.get("to_user", "")
    person = None
    if chosen.isascii() and chosen.isdigit() and field in Move.Field.values:
        person = assignment.candidates(request.user).filter(pk=chosen).first()
    text = ""
    if person is not None:
        values = parameters.in_force(today())
        text = capacity.warning(person, _chosen(request), field, values)
    return render(request, "clients/parts/capacity.html", {"text": text})


def _chosen(request: PersonRequest) -> ClientQuerySet:
    """Ticked clients the person may see; with `scope=found`, all of a list that is not too long to count."""
    form = request.POST if request.method == "POST" else request.GET
    if form.get("scope") == "found":
        found = filtered(request.user, request.GET).qs
        ids = list(found.order_by().values_list("pk", flat=True)[: tables.COUNT_CAP])
    else:
        ids = [int(pk) for pk in form.getlist("client") if pk.isascii() and pk.isdigit()]
    return Client.objects.visible_to(request.user).filter(pk__in=ids[: tables.COUNT_CAP])


def _apply(request: PersonRequest, kind: str, clients: ClientQuerySet) -> tuple[BulkChange, str, str]:
    """The change, the name of the person or segment that was set, and what to remark about the person's load."""
    if kind == BulkChange.Kind.SEGMENT:
        chosen = Segment.objects.get(code=request.POST.get("to_segment", ""))
        return segment.set_segment(clients, chosen, request.user), str(chosen), ""
    person = assignment.candidates(request.user).get(pk=request.POST.get("to_user") or None)
    change = assignment.assign(clients, person, Move.Field(kind), request.user, MoveReason.BULK)
    return change, person.get_short_name(), load_remark(change, person)


def load_remark(change: BulkChange, person: User) -> str:
    """What the answer of a hand-over adds when the person keeps more clients than the book allows."""
    remark = capacity.remark(person, parameters.in_force(today())) if change.values else ""
    return f". {remark}" if remark else ""


def _said(change: BulkChange, name: str) -> str:
    count = len(change.values)
    if not count:
        return _("Nothing to change: it is so already.")
    clients = ngettext("%(n)s client", "%(n)s clients", count) % {"n": count}
    what = change.get_kind_display()
    return f"{what[:1].upper()}{what[1:]} — {name}: {clients}"


@require_POST
@needs(Perm.WORK_CALLS)
def take(request: PersonRequest, pk: int) -> HttpResponseBase:
    """«Take it»: a seller becomes the home manager of a client without one."""
    client = get_object_or_404(
        Client.objects.visible_to(request.user) | Client.objects.free_for(request.user), pk=pk
    )
    back = safe_next(request, f"{reverse('clients:list')}?queue=no_owner")
    try:
        change = assignment.take(client, request.user)
    except AssignmentError as error:
        return refused(request, str(error), back)
    return done(request, _("%(name)s is yours now") % {"name": client.name}, back, change)


@require_POST
@needs(*SEE)
def undo(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Take an action back, as far as nobody has changed the same clients since."""
    change = get_object_or_404(BulkChange, pk=pk, made_by=request.user)
    back = safe_next(request, reverse("clients:list"))
    try:
        count = assignment.undo(change, request.user)
    except AssignmentError as error:
        return refused(request, str(error), back)
    text = _("Undone")
    if count < len(change.values):
        text = _("Undone for %(n)s of %(all)s: the others have changed since") % {
            "n": count,
            "all": len(change.values),
        }
    return done(request, text, back)
