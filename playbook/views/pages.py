"""The first page of the book: chapters, what is about to change, and the search. The URL is its whole state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from playbook import search
from playbook.chapters import CHAPTERS, Chapter, chapter_of
from playbook.models import Objection, Regulation, RegulationVersion, Script, Segment, VersionState
from playbook.services import asks, duty
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, has_perm

LONGEST = 200  # letters of a search that are read
RECENT = 5


@dataclass(frozen=True)
class Entry:
    """A regulation on the first page."""

    regulation: Regulation
    version: RegulationVersion | None  # in force today
    coming: RegulationVersion | None  # approved, in force later
    open: RegulationVersion | None  # draft or in review, for those who may see it


@dataclass(frozen=True)
class Part:
    """A chapter with its regulations."""

    chapter: Chapter
    entries: list[Entry] = field(default_factory=list)


@needs(Perm.READ_BOOK)
def index(request: PersonRequest) -> HttpResponse:
    """The book's contents, or what was found in it; for HTMX the part below the search."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "")[:LONGEST].split())
    context: dict[str, Any] = {"text": text}
    if text:
        context |= _found(text, request.GET.get("in", ""))
    else:
        context |= contents(request.user, today()) | asked_of(request.user, today())
    template = "playbook/parts/index_body.html" if wants_fragment(request) else "playbook/index.html"
    return render(request, template, context)


def contents(user: User, day: date) -> dict[str, Any]:
    """Chapters and lists of the first page: six queries, however long the book is."""
    regulations = list(Regulation.objects.all())
    versions = RegulationVersion.objects.defer("text", "search").select_related("regulation", "approved_by")
    current = {one.regulation_id: one for one in versions.in_force(day)}
    coming = {one.regulation_id: one for one in _coming(versions, day)}
    open_now = {one.regulation_id: one for one in versions.open()} if sees_drafts(user) else {}
    parts = {chapter.code: Part(chapter) for chapter in CHAPTERS}
    for page in regulations:
        entry = Entry(page, current.get(page.pk), coming.get(page.pk), open_now.get(page.pk))
        if entry.version or entry.coming or sees_drafts(user):
            parts[chapter_of(page.code).code].entries.append(entry)
    recent = sorted((one for one in current.values() if one.approved_at), key=_approved, reverse=True)
    return {
        "parts": [part for part in parts.values() if part.entries],
        "waiting": [one for one in open_now.values() if one.state == VersionState.REVIEW],
        "drafts": [one for one in open_now.values() if one.state == VersionState.DRAFT],
        "coming": sorted(coming.values(), key=lambda one: str(one.in_force_from)),
        "recent": recent[:RECENT],
        "counts": {
            "segments": Segment.objects.count(),
            "scripts": Script.objects.count(),
            "objections": Objection.objects.count(),
        },
    }


def asked_of(user: User, day: date) -> dict[str, Any]:
    """What the book asks of the person; with the duties of the day for those who have no «My day»."""
    has_day = has_perm(user, Perm.WORK_CALLS)
    return {
        "asks": asks.for_page(user, day),
        "duties": [] if has_day else duty.duties_of_day(user, day),
    }


def sees_drafts(user: User) -> bool:
    """Whether versions that are not approved yet are shown to the person."""
    return has_perm(user, Perm.EDIT_BOOK) or has_perm(user, Perm.APPROVE_BOOK)


def _coming(versions: Any, day: date) -> list[RegulationVersion]:
    """Approved versions that hold later; the nearest of each regulation stands last, so that it wins."""
    return list(versions.approved().filter(in_force_from__gt=day).order_by("-in_force_from", "number"))


def _approved(version: RegulationVersion) -> str:
    return version.approved_at.isoformat() if version.approved_at else ""


def _found(text: str, kind: str) -> dict[str, Any]:
    answer = search.look_up(text, today())
    hits = answer.hits
    counts = Counter(hit.kind for hit in hits)
    kind = kind if kind in counts else ""
    tabs = [("", _("Everywhere"), len(hits))]
    tabs += [(code, str(name), counts[code]) for code, name in search.KINDS.items() if counts[code]]
    return {
        "hits": [hit for hit in hits if not kind or hit.kind == kind],
        "tabs": tabs,
        "kind": kind,
        "is_cut": len(hits) == search.LIMIT,
        "kinds": search.KINDS,
        "instead": answer.instead,
    }
