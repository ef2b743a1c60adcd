"""What differs between two versions: paragraphs of the text with the changed words marked, and the values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playbook.models import RegulationVersion
from playbook.parameters import BY_CODE, Definition
from playbook.services import parameters

_WORD = re.compile(r"\{\{[^}]*\}\}|\w+|\s+|[^\w\s]")
AROUND = 1  # unchanged lines shown on each side of a change
_ALIKE = 0.4  # below this, a line is another line and not an edited one


@dataclass(frozen=True)
class Piece:
    """Some words of a line. `kind` is same, added or gone."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """A line of the comparison: kept, changed, added, gone, or a gap of `skipped` unchanged lines."""

    kind: str
    pieces: list[Piece] = field(default_factory=list)
    skipped: int = 0


@dataclass(frozen=True)
class ChangedValue:
    """A parameter worth something else in the later version."""

    definition: Definition
    before: str
    after: str


def lines(before: str, after: str) -> list[Line]:
    """The comparison of two texts, long unchanged stretches folded; empty when nothing differs."""
    old, new = _lines(before), _lines(after)
    if old == new:
        return []
    found: list[Line] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += _folded(old[a:b], is_first=a == 0, is_last=b == len(old))
        else:
            found += _changed(old[a:b], new[c:d])
    return found


def values(before: RegulationVersion, after: RegulationVersion) -> list[ChangedValue]:
    """Parameters that differ, in the catalogue's order."""
    return compare_values(parameters.of_version(before), parameters.of_version(after))


def compare_values(old: dict[str, Any], new: dict[str, Any]) -> list[ChangedValue]:
    """Values that differ, as people write them."""
    return [
        ChangedValue(BY_CODE[code], BY_CODE[code].shown(old[code]), BY_CODE[code].shown(value))
        for code, value in new.items()
        if old[code] != value
    ]


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def _folded(kept: list[str], *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head = [] if is_first else kept[:AROUND]
    tail = [] if is_last else kept[len(head) :][-AROUND:]
    skipped = len(kept) - len(head) - len(tail)
    yield from (Line("same", [Piece("same", line)]) for line in head)
    if skipped:
        yield Line("gap", skipped=skipped)
    yield from (Line("same", [Piece("same", line)]) for line in tail)


def _changed(old: list[str], new: list[str]) -> Iterator[Line]:
    """Pairs of lines that resemble each other are one edited line; the rest went or came."""
    waiting = list(new)
    for line in old:
        twin = next((one for one in waiting if _resemble(line, one)), None)
        if twin is None:
            yield Line("gone", [Piece("gone", line)])
            continue
        while waiting[0] != twin:
            yield Line("added", [Piece("added", waiting.pop(0))])
        waiting.pop(0)
        yield Line("changed", list(_words(line, twin)))
    yield from (Line("added", [Piece("added", line)]) for line in waiting)


def _resemble(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, _WORD.findall(one), _WORD.findall(other)).ratio() >= _ALIKE


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("gone", "".join(old[a:b]))
        if c < d:
            yield Piece("added", "".join(new[c:d]))
