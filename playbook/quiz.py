"""A quiz without a base: drawing a sheet from the bank and counting its right answers (source section 7).

A sheet is what one attempt asks, as it is asked: a list of `{question, text, kind, options, right, explanation}`
in a shuffled order, values of the book put in. `right` never goes to the browser before the end. An answer is a
list of places in `options` (of a text question: a list with the words written).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

SINGLE, SEVERAL, ORDER, TEXT = "single", "several", "order", "text"
_QUOTES = "«»“”„\"'`.,!?;: "


@dataclass(frozen=True)
class Asked:
    """A question of the bank, as the draw needs it."""

    pk: int
    kind: str
    text: str
    options: list[str]
    right: list[Any]
    explanation: str


@dataclass(frozen=True)
class Score:
    """Which questions were answered rightly, and their share, rounded to four places for showing."""

    verdicts: list[bool]

    @property
    def right(self) -> int:
        """Right answers."""
        return sum(self.verdicts)

    @property
    def share(self) -> Decimal:
        """Right answers of all asked; 0 of nothing."""
        if not self.verdicts:
            return Decimal("0.0000")
        share = Decimal(self.right) / len(self.verdicts)
        return share.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)

    def passes(self, needed: Decimal) -> bool:
        """Whether the share reaches what is needed; compared exactly, before any rounding."""
        return bool(self.verdicts) and self.right >= needed * len(self.verdicts)


def normal(words: Any) -> str:
    """Words to compare: case and ё do not matter, spaces are folded, quotes and full stops at the ends go."""
    folded = " ".join(str(words).casefold().replace("ё", "е").split())
    return " ".join(folded.strip(_QUOTES).split())


def draw(
    bank: Sequence[Asked], count: int, rnd: random.Random, fill: Callable[[str], str]
) -> list[dict[str, Any]]:
    """`count` questions of the bank at random (all of a smaller bank), questions and options shuffled."""
    chosen = rnd.sample(list(bank), min(count, len(bank)))
    return [_asked(one, rnd, fill) for one in chosen]


def score(sheet: Sequence[dict[str, Any]], answers: Any) -> Score:
    """Count the answers, in the sheet's order; whatever is missing or makes no sense is wrong, never an error."""
    given = answers if isinstance(answers, list) else []
    return Score([is_right(one, given[n] if n < len(given) else None) for n, one in enumerate(sheet)])


def is_right(question: dict[str, Any], answer: Any) -> bool:
    """Whether one answer is right: the very set of options, the very order, or one of the accepted words."""
    if not isinstance(answer, list) or not answer:
        return False
    right, kind = question["right"], question["kind"]
    if kind == TEXT:
        return isinstance(answer[0], str) and normal(answer[0]) in {normal(one) for one in right} - {""}
    if any(type(place) is not int for place in answer) or len(answer) != len(right):
        return False
    return answer == right if kind == ORDER else len(set(answer)) == len(answer) and set(answer) == set(right)


def _asked(one: Asked, rnd: random.Random, fill: Callable[[str], str]) -> dict[str, Any]:
    options = [fill(str(option)) for option in one.options]
    right: list[Any] = [fill(str(words)) for words in one.right] if one.kind == TEXT else list(one.right)
    if one.kind in (SINGLE, SEVERAL):
        shuffled = _distinct(options, right)
        rnd.shuffle(shuffled)
    else:
        shuffled = _mixed(list(range(len(options))), right, rnd)
    if one.kind != TEXT:
        right = [shuffled.index(place) for place in right]
        right = right if one.kind == ORDER else sorted(right)
    return {
        "question": one.pk,
        "text": fill(one.text),
        "kind": one.kind,
        "options": [options[place] for place in shuffled],
        "right": right,
        "explanation": fill(one.explanation),
    }


def _distinct(options: list[str], right: Iterable[int]) -> list[int]:
    """Places of options that differ: a value of the book may come to read like another option of the list."""
    kept: list[int] = list(right)
    read = {normal(options[place]) for place in kept}
    for place, option in enumerate(options):
        if place not in kept and normal(option) not in read:
            kept.append(place)
            read.add(normal(option))
    return kept


def _mixed(places: list[int], right: list[Any], rnd: random.Random) -> list[int]:
    """Shuffled, and not by chance in the right order: nobody passes by leaving the list as it stands."""
    rnd.shuffle(places)
    if len(places) > 1 and places == right:
        places.reverse()
    return places
