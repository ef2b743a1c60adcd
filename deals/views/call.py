"""Call mode: one client on one screen, one key for the outcome, the next client at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.answers import facts_of
from clients.models import Client, Contact
from clients.services.reveal import RevealLimitError, reveal
from deals import call_screen, day_list
from deals.forms.call import CallForm, initial_of
from deals.forms.facts import FactsForm, posted
from deals.models import CallEntry, EntryState, Interaction, RefusalReason
from deals.services import call_list
from deals.services.interaction import (
    UNDO_SECONDS,
    CallError,
    UndoError,
    record_interaction,
    undo_interaction,
)
from deals.views.answer import refused, safe_next, toast
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import today
from salesdept.roles import Perm
from salesdept.templatetags.ui import day as in_words

_AGAIN = "call_again"  # what was typed in a call that was undone, until its screen is shown


@needs(Perm.WORK_CALLS)
def start(request: PersonRequest) -> HttpResponseBase:
    """To the next client of the list, or to the end of it."""
    day = call_list.current_day(request.user)
    entry = call_list.next_open(request.user, day)
    return redirect("deals:call_entry", entry.pk) if entry else _finished(request)


@needs(Perm.WORK_CALLS)
def call(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The screen of one entry of the list; a POST saves the call and shows the next client."""
    entry = _entry(request, pk)
    if request.method != "POST":
        return _screen(request, entry.client, entry)
    return _save(request, entry.client, entry)


@needs(Perm.WORK_CALLS)
def client_call(request: PersonRequest, pk: int) -> HttpResponseBase:
    """A call to any client one sees; if the client is on today's list, the call closes its entry."""
    clients = Client.objects.visible_to(request.user).select_related(*_CLIENT)
    client = get_object_or_404(clients.defer("search", "search_text"), pk=pk)
    if request.method != "POST":
        return _screen(request, client, None)
    return _save(request, client, None)


@require_POST
@needs(Perm.WORK_CALLS)
def skip(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Set the client aside until the others are called."""
    entry = _entry(request, pk)
    call_list.skip(request.user, pk)
    text = _("%(client)s is set aside") % {"client": entry.client.name}
    return _go_on(request, entry, text, reverse("deals:call_unskip", args=[pk]))


@require_POST
@needs(Perm.WORK_CALLS)
def unskip(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Take the client back."""
    entry = _entry(request, pk)
    call_list.unskip(request.user, pk)
    if wants_fragment(request):
        return _screen(request, entry.client, entry, push=True)
    return redirect(safe_next(request, reverse("deals:call_entry", args=[pk])))


@require_POST
@needs(Perm.WORK_CALLS)
def again(request: PersonRequest) -> HttpResponseBase:
    """Everything set aside comes back to the list."""
    day = call_list.current_day(request.user)
    if day:
        call_list.unskip_all(request.user, day)
    return redirect("deals:call")


@require_POST
@needs(Perm.WORK_CALLS)
def undo(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The call never was: its screen again, with all that was typed."""
    if Interaction.objects.filter(pk=pk).exclude(user=request.user).exists():
        raise Http404  # a call of somebody else; one already undone is told so below
    entry = CallEntry.objects.filter(interaction=pk).first()
    try:
        undone = undo_interaction(request.user, pk)
    except UndoError as error:
        return refused(request, str(error), reverse("deals:day"))
    if wants_fragment(request):
        found = _entry(request, entry.pk) if entry else None
        client = found.client if found else Client.objects.select_related(*_CLIENT).get(pk=undone.client_id)
        form = CallForm(initial=initial_of(undone))
        said = undone.effects.get("said", {})
        return _screen(request, client, found, form=form, said_of_itself=said, push=True)
    initial = {name: str(value) for name, value in initial_of(undone).items() if value}
    request.session[_AGAIN] = {
        "client": undone.client_id,
        "initial": initial,
        "said": undone.effects.get("said", {}),
    }
    return redirect(*(("deals:call_entry", entry.pk) if entry else ("deals:client_call", undone.client_id)))


@require_POST
@needs(Perm.WORK_CALLS)
def reveal_contact(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Open the number of another person at the client: logged first, counted."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    back = safe_next(request, reverse("deals:client_call", args=[contact.client_id]))
    try:
        person = call_screen.Person(reveal(request.user, contact, "call"), is_open=True)
    except RevealLimitError as error:
        return refused(request, str(error), back)
    except PermissionError as error:
        raise PermissionDenied from error
    if wants_fragment(request):
        return render(request, "deals/call/other.html", {"other": person, "is_chosen": True})
    return redirect(back)


_CLIENT = ("state", "segment__sphere", "office", "in_work_with")


def _entry(request: PersonRequest, pk: int) -> CallEntry:
    """An entry the person works, or 404."""
    entries = CallEntry.objects.worked_by(request.user, today())
    entries = entries.select_related("manager", "interaction__user", *(f"client__{name}" for name in _CLIENT))
    entry: CallEntry = get_object_or_404(entries.defer("client__search", "client__search_text"), pk=pk)
    return entry


def _save(request: PersonRequest, client: Client, entry: CallEntry | None) -> HttpResponseBase:
    form = CallForm(request.POST, contacts=client.contacts.all())
    facts = FactsForm(request.POST, facts=posted(facts_of(client), request.POST))
    if not (form.is_valid() & facts.is_valid()):
        return _screen(request, client, entry, form=form, facts=facts, status=422)
    try:
        saved = record_interaction(
            user=request.user, client=client, entry=entry, answers=facts.answers, **form.arguments
        )
    except CallError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _screen(request, client, entry, form=form, facts=facts, status=422)
    except PermissionError as error:
        raise PermissionDenied from error
    if saved.key != form.cleaned_data["key"]:
        return _go_on(request, entry, _already(saved))
    undo_url = reverse("deals:call_undo", args=[saved.pk])
    if entry is None:
        messages.success(request, toast(request, _summary(saved), undo_url=undo_url, is_bare=True))
        return _leave(request, reverse("clients:card", args=[client.pk]))
    return _go_on(request, entry, _summary(saved), undo_url)


def _go_on(
    request: PersonRequest, entry: CallEntry | None, text: str, undo_url: str = ""
) -> HttpResponseBase:
    """The next client with a message about the last one."""
    day = entry.date if entry else call_list.current_day(request.user)
    following = call_list.next_open(request.user, day)
    if not wants_fragment(request):
        messages.success(request, toast(request, text, undo_url=undo_url, is_bare=True))
        return redirect(*(("deals:call_entry", following.pk) if following else ("deals:call",)))
    said = toast(request, text, undo_url=undo_url, undo_target="#call", seconds=UNDO_SECONDS)
    if following is None:
        return _finished(request, said)
    found = _entry(request, following.pk)
    return _screen(request, found.client, found, said=said, push=True)


def _screen(
    request: PersonRequest,
    client: Client,
    entry: CallEntry | None,
    *,
    form: CallForm | None = None,
    facts: FactsForm | None = None,
    said_of_itself: Mapping[str, Any] | None = None,
    said: str = "",
    status: int = 200,
    push: bool = False,
) -> HttpResponse:
    """The screen of a client: its fragment for HTMX, else the page."""
    typed = {"initial": {}, "said": said_of_itself} if form else _typed(request, client)
    context = call_screen.build(request.user, client, entry, said=list(typed["said"] or ()))
    address = (
        reverse("deals:call_entry", args=[entry.pk])
        if entry
        else reverse("deals:client_call", args=[client.pk])
    )
    context |= {
        "form": form or CallForm(initial=typed["initial"]),
        "asked": facts or FactsForm(facts=context["facts"], said=typed["said"]),
        "address": address,
        "refusals": list(enumerate(RefusalReason.choices, start=1)),
        "said": said,
        "is_fragment": wants_fragment(request),
        "is_done": entry is not None and entry.state == EntryState.DONE,
        "outcome": day_list.said(entry.interaction) if entry and entry.interaction else "",
        **_place(request, entry),
    }
    template = "screen" if wants_fragment(request) else "call"
    response = render(request, f"deals/call/{template}.html", context, status=status)
    if push and wants_fragment(request):
        response["HX-Push-Url"] = address
    return response


def _place(request: PersonRequest, entry: CallEntry | None) -> dict[str, Any]:
    """Where in the list we are, and who comes after."""
    if entry is None:
        return {}
    others = call_list.in_order(request.user, entry.date).filter(state=EntryState.OPEN).exclude(pk=entry.pk)
    following = others.select_related("client").defer("client__search", "client__search_text").first()
    standing = call_list.standing(request.user, entry.date)
    row = day_list.row(following, entry.date, request.user) if following else None
    return {"standing": standing, "number": min(standing.done + 1, standing.total), "following": row}


def _finished(request: PersonRequest, said: str = "") -> HttpResponse:
    """The end of the list: what came of it, and what was set aside."""
    day = call_list.current_day(request.user)
    context = {
        "day": day,
        "standing": call_list.standing(request.user, day) if day else None,
        "said": said,
        "is_fragment": wants_fragment(request),
    }
    template = "finished" if wants_fragment(request) else "finished_page"
    response = render(request, f"deals/call/{template}.html", context)
    if wants_fragment(request):
        response["HX-Push-Url"] = reverse("deals:call")
    return response


def _leave(request: PersonRequest, address: str) -> HttpResponseBase:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _typed(request: PersonRequest, client: Client) -> dict[str, Any]:
    """What was typed in the call to this client that has just been undone."""
    kept = request.session.get(_AGAIN)
    if not kept or kept.get("client") != client.pk:
        return {"initial": {}, "said": None}
    del request.session[_AGAIN]
    return {"initial": dict(kept["initial"]), "said": kept.get("said")}


def _summary(saved: Interaction) -> str:
    """«ООО «Спецстиль»: поговорили. Дальше — 25 ноября»."""
    task = saved.tasks.order_by("pk").first()
    facts = {"client": saved.client.name, "outcome": saved.get_outcome_display()}
    if task is None:
        return _("%(client)s: %(outcome)s") % facts
    return _("%(client)s: %(outcome)s. Next on %(day)s") % (facts | {"day": in_words(task.due_on)})


def _already(saved: Interaction) -> str:
    facts = {"client": saved.client.name, "who": saved.user.get_short_name()}
    return _("%(client)s: this call was already saved by %(who)s; yours was not saved again") % facts
