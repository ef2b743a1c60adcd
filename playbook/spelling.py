"""Slips of the hand in a search: one letter missing, extra, wrong or swapped, or the other keyboard layout.

A word is put right only when it stands nowhere in the book, neither as a stem nor as a beginning, and only to a word
that does stand in it. The book's words are kept under a fingerprint of every row they come from: whatever changes in
the book changes the fingerprint, so no answer is ever stale.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from rapidfuzz import process
from rapidfuzz.distance import OSA

from playbook.search_texts import TEXTS, load, text_params
from salesdept.sql import fetch

SHORTEST = 4  # letters; shorter words have too many neighbours
KEPT_SECONDS = 7 * 24 * 3600
_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC = str.maketrans(_LATIN + '~{}:"<>', _CYRILLIC + "ёхъжэбю")
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST - 1},}}")

_TABLES: tuple[str, ...] = (
    "regulation",
    "regulationversion",
    "segment",
    "sphere",
    "script",
    "objection",
    "job",
    "duty",
)
_TABLES += ("keyparameter", "question", "answer", "parametervalue")
# Every write of a row gives it another (xmin, ctid).
_FINGERPRINT = "SELECT md5(concat({parts}))".format(
    parts=", ".join(
        f"(SELECT string_agg(xmin::text || ctid::text, '' ORDER BY id) FROM playbook_{table}), '|'"  # noqa: S608
        for table in _TABLES
    )
)
_KNOWN = """
    WITH {texts}, asked AS (
        SELECT word, to_tsquery('russian', word || ':*') || to_tsquery('simple', word || ':*') AS q
        FROM unnest(%(words)s::text[]) AS word
    )
    SELECT word, EXISTS (SELECT 1 FROM texts WHERE words @@ q),
           coalesce((ts_lexize('russian_stem', word))[1], word)
    FROM asked
"""
_STEMS = """
    SELECT word, coalesce((ts_lexize('russian_stem', word))[1], word) FROM unnest(%(words)s::text[]) AS word
"""


@dataclass(frozen=True)
class Vocabulary:
    """Words of the book with how often each stands in it, and the commonest word of each stem."""

    words: dict[str, int]
    stems: dict[str, str]


@dataclass(frozen=True)
class _Asked:
    known: bool
    stem: str


def corrected(text: str, words_of: Callable[[str], list[str]], day: date) -> str:
    """The text with words that stand nowhere put right; empty when nothing better is known."""
    parts = [part.replace("ё", "е") for part in text.lower().split()]
    swapped = {part: _swapped(part) for part in parts}
    words = {word for part in parts for word in (*words_of(part), *words_of(swapped[part]))}
    asked = _asked(words, day)
    fixed = [_fixed(part, swapped[part], words_of, asked, day) for part in parts]
    changed = " ".join(fixed)
    return changed if fixed != parts else ""


def _swapped(part: str) -> str:
    """What the same keys give in the other layout."""
    is_latin = any("a" <= letter <= "z" for letter in part) or not any(letter.isalpha() for letter in part)
    return part.translate(_TO_CYRILLIC if is_latin else _TO_LATIN).replace("ё", "е")


def _asked(words: set[str], day: date) -> dict[str, _Asked]:
    """Which of the words stand in the book as they are, and their stems (one query)."""
    sql = _KNOWN.format(texts=TEXTS)
    rows = fetch(sql, text_params(day) | {"words": sorted(words)}) if words else []
    return {word: _Asked(known, stem) for word, known, stem in rows}


def _fixed(
    part: str, swapped: str, words_of: Callable[[str], list[str]], asked: dict[str, _Asked], day: date
) -> str:
    """A piece between spaces: as typed when the book has it, else in the other layout, else one letter mended."""
    own, other = words_of(part), words_of(swapped)
    if own and all(asked[word].known for word in own):
        return part
    if other and all(asked[word].known for word in other):
        return " ".join(other)
    for words in (own, other):
        mended = [word if asked[word].known else _nearest(word, asked[word].stem, day) for word in words]
        if words and all(mended):
            return " ".join(mended)
    return part


def _nearest(word: str, stem: str, day: date) -> str:
    """The book's commonest word one letter away, by the word itself or by its stem; empty when there is none."""
    if len(word) < SHORTEST:
        return ""
    book = vocabulary(day)
    near = _within_one(word, book.words)
    if not near and len(stem) >= SHORTEST:
        near = [book.stems[found] for found in _within_one(stem, book.stems)]
    return min(near, key=lambda one: (one[0] != word[0], -book.words.get(one, 0), one), default="")


def _within_one(word: str, among: Iterable[str]) -> list[str]:
    """Words at distance one: a letter missing, extra or wrong, or two neighbours swapped."""
    close = [one for one in among if abs(len(one) - len(word)) <= 1]
    found = process.extract(word, close, scorer=OSA.distance, score_cutoff=1, limit=None)
    return [one for one, distance, _place in found if distance == 1]


def vocabulary(day: date) -> Vocabulary:
    """The book's words on a day; read anew whenever any row of the book was written."""
    fingerprint = fetch(_FINGERPRINT)[0][0]
    key = "book-words:" + hashlib.md5(f"{fingerprint}{day}".encode(), usedforsecurity=False).hexdigest()
    found = cache.get(key)
    if found is None:
        found = _read(day)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _read(day: date) -> Vocabulary:
    keys = fetch(f"WITH {TEXTS} SELECT kind, id FROM texts", text_params(day))  # noqa: S608 - our constant
    counted: Counter[str] = Counter()
    for one in load([(kind, int(pk)) for kind, pk in keys], day):
        body = f"{one.label} {one.title} {one.text}".lower().replace("ё", "е")
        counted.update(_WORD.findall(body))
    stems: dict[str, str] = {}
    rows = dict(fetch(_STEMS, {"words": sorted(counted)}))
    for word, _times in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        stems.setdefault(rows[word], word)
    return Vocabulary(dict(counted), stems)
