"""Search in the book: regulations in force, segments, scripts, objections, jobs, key parameters, questions.

Words are found by their stem («клиенту» finds «клиент») and by their beginning; ё = е. A word that stands nowhere is
tried as a slip of one letter or of the keyboard's layout (`playbook.spelling`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from playbook import spelling
from playbook.search_texts import TEXTS, Found, line, load, text_params
from salesdept.sql import fetch

__all__ = ["KINDS", "LIMIT", "Answer", "Hit", "find", "line", "look_up", "words_of"]

LIMIT = 40
MAX_WORDS = 8
PIECE = 190  # letters of a shown piece
KINDS = {
    "regulation": _("Regulations"),
    "segment": _("Segments"),
    "script": _("Scripts"),
    "objection": _("Objections"),
    "job": _("Job descriptions"),
    "parameter": _("Key parameters"),
    "question": _("Questions"),
}
_WORD = re.compile(r"\w+")

# «(стем:* | слово:*) & …»: each word must be there, as a stem or as a beginning.
_QUERY = "(to_tsquery('russian', %({name})s) || to_tsquery('simple', %({name})s))"
_FIND = """
    WITH {texts}, wanted AS (SELECT {query} AS q)
    SELECT kind, id FROM texts, wanted WHERE words @@ q
    ORDER BY ts_rank(words, q) DESC, kind, place, id LIMIT %(limit)s
"""
_STEMS = """
    SELECT (ts_lexize(CASE WHEN word ~ '^[a-z]+$' THEN 'english_stem' ELSE 'russian_stem' END::regdictionary, word))[1]
    FROM unnest(%(words)s::text[]) AS word
"""


@dataclass(frozen=True)
class Hit:
    """One place of the book where the words stand."""

    kind: str
    label: str
    title: SafeString
    piece: SafeString
    url: str


@dataclass(frozen=True)
class Answer:
    """What was found, and for which words when they are not those that were typed."""

    hits: list[Hit] = field(default_factory=list)
    instead: str = ""


def words_of(text: str) -> list[str]:
    """The words looked for: letters and digits, lower case, ё = е."""
    return [word.replace("ё", "е") for word in _WORD.findall(text.lower().replace("_", " "))][:MAX_WORDS]


def find(text: str, day: date) -> list[Hit]:
    """Places that have every word, best first."""
    return look_up(text, day).hits


def look_up(text: str, day: date) -> Answer:
    """Places that have every word, best first; a slip of the hand is put right when the words as typed find nothing."""
    words = words_of(text)
    keys = _find(words, day) if words else []
    instead = ""
    if text.strip() and not keys and (guess := spelling.corrected(text, words_of, day)):
        instead, words = guess, words_of(guess)
        keys = _find(words, day)
    if not keys:
        return Answer()
    return Answer(_hits(load(keys, day), words), instead)


def _find(words: list[str], day: date) -> list[tuple[str, int]]:
    query, params = _query(words)
    sql = _FIND.format(texts=TEXTS, query=query)
    return [(kind, int(pk)) for kind, pk in fetch(sql, params | text_params(day) | {"limit": LIMIT})]


def _hits(found: list[Found], words: list[str]) -> list[Hit]:
    beginnings = (*words, *(stem for (stem,) in fetch(_STEMS, {"words": words}) if stem))
    return [
        Hit(
            one.kind,
            one.label,
            _show(one.title, _spans(one.title, beginnings), whole=True),
            _show(one.text, _spans(one.text, beginnings)),
            one.url,
        )
        for one in found
    ]


def _query(words: list[str]) -> tuple[str, dict[str, Any]]:
    names = [f"w{place}" for place in range(len(words))]
    query = " && ".join(_QUERY.format(name=name) for name in names)
    return query, {name: f"{word}:*" for name, word in zip(names, words, strict=True)}


def _spans(text: str, beginnings: tuple[str, ...]) -> list[tuple[int, int]]:
    """Words to mark: those that begin with a word looked for or with its stem (a stem is a word's beginning)."""
    flat = text.lower().replace("ё", "е")
    if len(flat) != len(text):  # a letter whose small form is longer: marks would stand beside the words
        return []
    return [match.span() for match in _WORD.finditer(flat) if match[0].startswith(beginnings)]


def _show(text: str, spans: list[tuple[int, int]], *, whole: bool = False) -> SafeString:
    """The piece of the text where most words stand near each other, with `<mark>`."""
    first, last = (0, len(text)) if whole else _window(text, spans)
    inside = [span for span in spans if span[0] >= first and span[1] <= last]
    parts: list[tuple[str, str]] = []
    place = first
    for start, stop in inside:
        if start < place:
            continue
        parts.append((text[place:start], text[start:stop]))
        place = stop
    html = format_html_join("", "{}<mark>{}</mark>", parts)
    return format_html(
        "{}{}{}{}", "… " if first else "", html, text[place:last], " …" if last < len(text) else ""
    )


def _window(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """A stretch of about PIECE letters, cut at spaces."""
    if len(text) <= PIECE:
        return 0, len(text)
    starts = [max(0, start - PIECE // 4) for start, _stop in spans] or [0]
    first = max(starts, key=lambda one: sum(one <= s and e <= one + PIECE for s, e in spans))
    first = max(0, min(first, len(text) - PIECE))
    if first:
        first = text.find(" ", first) + 1
    last = len(text) if first + PIECE >= len(text) else text.rfind(" ", first, first + PIECE)
    return first, last if last > first else min(len(text), first + PIECE)
