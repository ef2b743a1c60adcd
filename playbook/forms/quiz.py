"""The form of a quiz: what is shown of a sheet, and what came back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from playbook.quiz import ORDER, SEVERAL, SINGLE, TEXT, is_right

LONGEST = 200  # letters of an answer in words


@dataclass(frozen=True)
class Option:
    """A line to choose or to move; `position` is its number in an order, empty while there is none."""

    value: int
    text: str
    is_on: bool = False
    position: str = ""


@dataclass(frozen=True)
class Shown:
    """A question as the page shows it: nothing here says what is right."""

    number: int
    name: str
    kind: str
    text: str
    options: list[Option] = field(default_factory=list)
    words: str = ""
    is_missing: bool = False


@dataclass(frozen=True)
class Checked:
    """A question after the end."""

    number: int
    text: str
    is_right: bool
    given: list[str]
    right: list[str]
    explanation: str
    kind: str


def shown(
    sheet: Sequence[Mapping[str, Any]],
    answers: Any,
    raw: QueryDict | None = None,
    missing: Collection[int] = (),
) -> list[Shown]:
    """The sheet with what was answered so far; `raw` is a form that came back incomplete."""
    return [
        _shown(n, one, answer_of(answers, n), raw, is_missing=n in missing) for n, one in enumerate(sheet)
    ]


def read(sheet: Sequence[Mapping[str, Any]], data: QueryDict) -> tuple[list[list[Any]], list[int]]:
    """Answers in the sheet's order, and the places of questions that are not answered."""
    answers = [_read(n, one, data) for n, one in enumerate(sheet)]
    return answers, [n for n, answer in enumerate(answers) if not answer]


def checked(sheet: Sequence[dict[str, Any]], answers: Any) -> list[Checked]:
    """Every question with its verdict, what was answered and what is right, in words."""
    return [
        Checked(
            number=n + 1,
            text=one["text"],
            is_right=is_right(one, answer_of(answers, n)),
            given=_words(one, answer_of(answers, n)),
            right=_words(one, one["right"][:1] if one["kind"] == TEXT else one["right"]),
            explanation=one.get("explanation", ""),
            kind=one["kind"],
        )
        for n, one in enumerate(sheet)
    ]


def answer_of(answers: Any, place: int) -> list[Any]:
    """The answer at a place; nothing when there is none or it makes no sense."""
    given = answers[place] if isinstance(answers, list) and place < len(answers) else None
    return given if isinstance(given, list) else []


def _words(question: Mapping[str, Any], answer: list[Any]) -> list[str]:
    if question["kind"] == TEXT:
        return [str(one) for one in answer]
    options = question["options"]
    return [options[place] for place in answer if isinstance(place, int) and 0 <= place < len(options)]


def _shown(
    n: int, question: Mapping[str, Any], answer: list[Any], raw: QueryDict | None, *, is_missing: bool
) -> Shown:
    name, kind, texts = f"q{n}", question["kind"], question["options"]
    words = ""
    if kind == TEXT:
        options, words = [], str(answer[0]) if answer else ""
    elif kind == ORDER:
        complete = sorted(one for one in answer if isinstance(one, int)) == list(range(len(texts)))
        places = answer if complete else list(range(len(texts)))
        options = [
            Option(place, texts[place], position=_position(f"{name}-{place}", rank, raw, complete))
            for rank, place in enumerate(places, start=1)
        ]
    else:
        options = [Option(place, text, is_on=place in answer) for place, text in enumerate(texts)]
    return Shown(n + 1, name, kind, question["text"], options, words, is_missing)


def _position(name: str, rank: int, raw: QueryDict | None, complete: bool) -> str:
    if raw is not None and not complete:
        return raw.get(name, "")
    return str(rank) if complete else ""


def _read(n: int, question: Mapping[str, Any], data: QueryDict) -> list[Any]:
    name, kind, size = f"q{n}", question["kind"], len(question["options"])
    if kind == TEXT:
        words = data.get(name, "").replace("\x00", "").strip()[:LONGEST]
        return [words] if words else []
    if kind == ORDER:
        places = {place: _number(data.get(f"{name}-{place}", ""), size) for place in range(size)}
        order = sorted(range(size), key=lambda place: places[place] or 0)
        return order if sorted(one or 0 for one in places.values()) == list(range(1, size + 1)) else []
    values = [data.get(name, "")] if kind == SINGLE else data.getlist(name) if kind == SEVERAL else []
    chosen = {number for value in values if (number := _number(value, size - 1)) is not None}
    return sorted(chosen)


def _number(text: str, highest: int) -> int | None:
    """A whole number from 0 to `highest`, or nothing."""
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= highest:
        return int(text)
    return None
