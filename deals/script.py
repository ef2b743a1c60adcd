"""The book's script for a call: which one, and with the client's facts put in (DOMAIN.md 4.8, 5.3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from clients.models import Client
from playbook.models import Script

_PLACE = re.compile(r"\{\s*(\w+)\s*\}")


@dataclass(frozen=True)
class Branch:
    """Where the talk forks: what they say, and what to do then."""

    condition: str
    then: str


@dataclass(frozen=True)
class Line:
    """A step of the script: what to do, the words to say, what the answer fills, and where the talk forks."""

    text: str
    words: str = ""
    asks: str = ""  # code of a key parameter
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Offer:
    """Something ready to be offered."""

    title: str
    text: str


@dataclass(frozen=True)
class FilledScript:
    """A script ready to read aloud."""

    title: str
    lines: list[Line]
    scope: str  # the segment or sphere it was written for; empty for the general one
    key: int
    offers: list[Offer]

    @property
    def asks(self) -> list[str]:
        """Codes of the key parameters it asks about, in order."""
        return [line.asks for line in self.lines if line.asks]


def for_call(
    client: Client, situation: str, facts: Mapping[str, str], askable: Collection[str]
) -> FilledScript | None:
    """The script of the situation: the segment's own, else the sphere's, else the general one. One query.

    `askable` are the codes of the client's sphere: a step that asks about another sphere is left out.
    """
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
    if segment is not None:
        lines = [line for line in lines if not line.asks or line.asks in askable]
    return FilledScript(script.title, lines, str(scope or ""), script.pk, _offers(script, facts))


def _offers(script: Script, facts: Mapping[str, str]) -> list[Offer]:
    """Ready offers whose facts this client has."""
    found = ((str(one.get("title", "")), fill(str(one.get("text", "")), facts)) for one in script.offers)
    return [Offer(title, text) for title, text in found if text]


def fill(text: str, facts: Mapping[str, str]) -> str | None:
    """`{contact}` and the like replaced by the client's facts; None when one of them is not known."""
    names = _PLACE.findall(text)
    if not all(facts.get(name) for name in names):
        return None
    return _PLACE.sub(lambda found: facts[found.group(1)], text)


def _line(step: Any, facts: Mapping[str, str]) -> Line | None:
    """A step is a sentence, or an object with `text` (what to do), `say`, `asks` and `branches`.

    A step or a branch that speaks of a fact this client does not have is left out: nothing to offer, no invoice
    to name.
    """
    if not isinstance(step, Mapping):
        text = fill(str(step), facts)
        return Line(text) if text is not None else None
    text, words = fill(str(step.get("text", "")), facts), fill(str(step.get("say", "")), facts)
    if text is None:
        return None
    forks = (
        (str(one.get("if", "")), fill(str(one.get("then", "")), facts)) for one in step.get("branches", ())
    )
    branches = tuple(Branch(condition, then) for condition, then in forks if then)
    return Line(text, words or "", str(step.get("asks", "")), branches)
