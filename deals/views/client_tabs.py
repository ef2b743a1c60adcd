"""What deals shows on the client card: conversations, invoices and tasks. Loaded by URL, a page of its own without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from clients.models import Client
from deals import day_list
from deals.models import Interaction, Invoice, Task, TaskState
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import today
from salesdept.roles import Perm

SEE = (Perm.SEE_OWN_CLIENTS, Perm.SEE_OFFICE_CLIENTS, Perm.SEE_ALL_CLIENTS)
PAGE = 30


@dataclass(frozen=True)
class Event:
    """Something that happened with the client: an interaction, an invoice or a finished task."""

    at: datetime
    kind: str
    row: Any
    text: str = ""


@needs(*SEE)
def timeline(request: PersonRequest, pk: int) -> HttpResponse:
    """The latest events, newest first; `?before=` continues from a moment on."""
    client = _client(request, pk)
    before = _moment(request.GET.get("before", "")) or timezone.now() + timedelta(days=1)
    events = sorted(_events(client, before), key=lambda event: event.at, reverse=True)
    context = {
        "client": client,
        "events": events[:PAGE],
        "older": events[PAGE - 1].at.isoformat() if len(events) > PAGE else "",
        "is_first": "before" not in request.GET,
    }
    template = "timeline" if wants_fragment(request) else "timeline_page"
    return render(request, f"deals/client/{template}.html", context)


@needs(*SEE)
def tasks(request: PersonRequest, pk: int) -> HttpResponse:
    """Open tasks about the client, then the last finished ones."""
    client = _client(request, pk)
    found = Task.objects.filter(client=client).select_related("assignee", "client")
    visible = set(Task.objects.visible_to(request.user).filter(client=client).values_list("pk", flat=True))
    context = {
        "client": client,
        "open_tasks": list(found.filter(state=TaskState.OPEN)[:PAGE]),
        "closed_tasks": list(
            found.exclude(state=TaskState.OPEN).order_by(F("closed_at").desc(nulls_last=True))[:10]
        ),
        "mine": visible,
        "today": today(),
    }
    template = "tasks" if wants_fragment(request) else "tasks_page"
    return render(request, f"deals/client/{template}.html", context)


def _client(request: PersonRequest, pk: int) -> Client:
    client: Client = get_object_or_404(
        Client.objects.visible_to(request.user).defer("search", "search_text"), pk=pk
    )
    return client


def _events(client: Client, before: datetime) -> Iterator[Event]:
    """One event more than a page of each source: three queries."""
    talks = Interaction.objects.filter(client=client, at__lt=before).select_related("user", "contact")
    for talk in talks.order_by("-at")[: PAGE + 1]:
        yield Event(talk.at, "talk", talk, day_list.said(talk) if talk.outcome else talk.note)
    invoices = Invoice.objects.filter(client=client, issued_on__lte=timezone.localdate(before))
    for invoice in invoices.order_by("-issued_on", "-pk")[: PAGE + 1]:
        if _noon(invoice.issued_on) < before:
            yield Event(_noon(invoice.issued_on), "invoice", invoice)
    done = Task.objects.filter(client=client, closed_at__lt=before, interaction=None).exclude(
        state=TaskState.OPEN
    )
    for task in done.select_related("assignee").order_by("-closed_at")[: PAGE + 1]:
        if task.closed_at:
            yield Event(task.closed_at, "task", task)


def _moment(text: str) -> datetime | None:
    """A moment of the URL; None for whatever is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
