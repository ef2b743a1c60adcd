"""The book's script for a call: which one, and with the client's facts put in (DOMAIN.md 4.8, 5.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from clients.models import Client
from playbook.models import Script

_PLACE = re.compile(r"\{\s*(\w+)\s*\}")


@dataclass(frozen=True)
class Line:
    """A step of the script: what to do, and the words to say if the book gives them."""

    text: str
    words: str = ""


@dataclass(frozen=True)
class FilledScript:
    """A script ready to read aloud."""

    title: str
    lines: list[Line]
    scope: str  # the segment or sphere it was written for; empty for the general one


def for_call(client: Client, situation: str, facts: Mapping[str, str]) -> FilledScript | None:
    """The script of the situation: the segment's own, else the sphere's, else the general one. One query."""
    segment = client.segment
    fits = Q(segment=None, sphere=None)
    if segment is not None:
        fits |= Q(segment=segment) | Q(segment=None, sphere=segment.sphere_id)
    found = Script.objects.filter(fits, situation=situation).select_related("segment", "sphere")
    script = found.order_by(F("segment").asc(nulls_last=True), F("sphere").asc(nulls_last=True)).first()
    if script is None:
        return None
    scope = script.segment or script.sphere
    lines = [line for step in script.steps if (line := _line(step, facts))]
    return FilledScript(script.title, lines, str(scope or ""))


def fill(text: str, facts: Mapping[str, str]) -> str | None:
    """`{contact}` and the like replaced by the client's facts; None when one of them is not known."""
    names = _PLACE.findall(text)
    if not all(facts.get(name) for name in names):
        return None
    return _PLACE.sub(lambda found: facts[found.group(1)], text)


def _line(step: Any, facts: Mapping[str, str]) -> Line | None:
    """A step is a sentence, or an object with `text` (what to do) and `say` (the words).

    A step that speaks of a fact this client does not have is left out: nothing to offer, no invoice to name.
    """
    parts = (step.get("text", ""), step.get("say", "")) if isinstance(step, Mapping) else (step, "")
    text, words = (fill(str(part), facts) for part in parts)
    return Line(text, words or "") if text is not None else None
