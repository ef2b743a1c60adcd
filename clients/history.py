"""A client's history in one column: stages, TOP, hand-overs, and who changed which fact from what to what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.masks import email_hidden, messenger_hidden, phone_hidden
from clients.models import (
    Client,
    ClientChange,
    Contact,
    ContactChange,
    LegalEntity,
    LegalEntityChange,
    Move,
    StageEvent,
    TopEvent,
)
from clients.models.history import CLIENT_FIELDS, CONTACT_FIELDS, LEGAL_ENTITY_FIELDS
from salesdept.models import User

SHOWN = 100
_HIDDEN = {"phone": phone_hidden, "email": email_hidden, "messenger": messenger_hidden}


@dataclass(frozen=True)
class FieldChange:
    """One field of one change, as the page shows it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a client."""

    at: datetime
    icon: str
    text: str
    who: str = ""
    note: str = ""
    changes: list[FieldChange] = field(default_factory=list)
    has_time: bool = False
    order: int = 0  # among events of one moment


def entries(client: Client) -> list[Entry]:
    """The latest events of a client, newest first; a fixed number of queries."""
    found = [*_stages(client), *_tops(client), *_moves(client), *_changes(client)]
    return sorted(found, key=lambda entry: (entry.at, entry.order), reverse=True)[:SHOWN]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _stages(client: Client) -> Iterator[Entry]:
    for event in StageEvent.objects.filter(client=client)[:SHOWN]:
        if event.before:
            text = _("%(before)s → %(after)s") % {
                "before": event.get_before_display().capitalize(),
                "after": event.get_after_display(),
            }
        else:
            text = _("Stage: %(after)s") % {"after": event.get_after_display()}
        note = _("came back") if event.is_reactivation else ""
        yield Entry(_midnight(event.on), "git-commit-horizontal", text, note=note)


def _tops(client: Client) -> Iterator[Entry]:
    for event in TopEvent.objects.filter(client=client).select_related("made_by")[:SHOWN]:
        text = _("Became a TOP client") if event.is_top else _("Is no longer a TOP client")
        note = " · ".join(part for part in (event.get_reason_display(), event.cell, event.comment) if part)
        yield Entry(_midnight(event.as_of), "star", text, _name(event.made_by), note)


def _moves(client: Client) -> Iterator[Entry]:
    moves = Move.objects.filter(client=client).select_related("from_user", "to_user", "made_by")
    for move in moves[:SHOWN]:
        text = _("%(what)s: %(from)s → %(to)s") % {
            "what": move.get_field_display().capitalize(),
            "from": _name(move.from_user) or _("nobody"),
            "to": _name(move.to_user) or _("nobody"),
        }
        note = " · ".join(part for part in (move.get_reason_display(), move.comment) if part)
        who = _name(move.made_by)
        yield Entry(move.at, "arrow-right-left", text, who, note, has_time=True, order=move.pk)


def _name(user: User | None) -> str:
    return user.get_short_name() if user else ""


def _changes(client: Client) -> Iterator[Entry]:
    """Rows of the change history hold what was before; what came after is the next row or the object now."""
    chains = [
        *_chains(ClientChange.objects.filter(pgh_obj=client), {client.pk: client}, CLIENT_FIELDS),
        *_chains(
            ContactChange.objects.filter(client=client),
            {one.pk: one for one in Contact.objects.filter(client=client)},
            CONTACT_FIELDS,
        ),
        *_chains(
            LegalEntityChange.objects.filter(client=client),
            {one.pk: one for one in LegalEntity.objects.filter(client=client)},
            LEGAL_ENTITY_FIELDS,
        ),
    ]
    people = User.objects.in_bulk({user for event, _rest in chains if (user := _user_id(event))})
    for event, (icon, text, changes) in chains:
        who = _name(people.get(_user_id(event) or 0)) or _("the program")
        at, order = event.pgh_created_at, event.pk
        yield Entry(at, icon, text, who, changes=changes, has_time=True, order=order)


def _user_id(event: Any) -> int | None:
    return (event.pgh_context.metadata.get("user") if event.pgh_context else None) or None


_Described = tuple[str, str, list[FieldChange]]


def _chains(
    events: models.QuerySet[Any], current: dict[int, Any], fields: list[str]
) -> list[tuple[Any, _Described]]:
    """Each event with what it changed; one query for the events of all objects of a kind."""
    names = [name for name in fields if name != "client"]
    related = [name for name in names if events.model._meta.get_field(name).is_relation]
    latest = list(events.select_related("pgh_context", *related).order_by("-pk")[:SHOWN])
    by_object: dict[int, list[Any]] = defaultdict(list)
    for event in reversed(latest):
        by_object[event.pgh_obj_id].append(event)
    found = []
    for pk, chain in by_object.items():
        for event, after in zip(chain, [*chain[1:], current.get(pk)], strict=True):
            found.append((event, _describe(event, after, names)))
    return found


def _describe(event: Any, after: Any, names: Iterable[str]) -> _Described:
    title = "" if isinstance(event, ClientChange) else event.name
    if event.pgh_label == "delete":
        return "trash-2", _("Deleted: %(name)s") % {"name": event.name}, []
    changes = [
        FieldChange(_label(event, name), _shown(event, name), _shown(after, name))
        for name in names
        if after is not None and _raw(event, name) != _raw(after, name)
    ]
    return "pencil", _("Changed: %(name)s") % {"name": title} if title else _("Changed"), changes


def _label(event: Any, name: str) -> str:
    label = str(event._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _raw(row: Any, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)


def _shown(row: Any, name: str) -> str:
    value = getattr(row, name)
    if value is None or value == "":
        return "—"
    if name in _HIDDEN:
        return _HIDDEN[name](str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    display = getattr(row, f"get_{name}_display", None)
    return str(display() if display else value)
