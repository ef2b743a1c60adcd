"""What the book asks of a person now: versions to read, regulations to look through, quizzes to pass.

Each part of the book that asks something stands in SOURCES by its dotted path and gives a list of `Ask`: a new one
is added here and appears in the person's day, in the rail and on the first page of the book.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.module_loading import import_string

from salesdept.models import User


@dataclass(frozen=True)
class Ask:
    """One thing to do: what, where, by when. `kind` is read, review, or what a source adds."""

    kind: str
    title: str
    url: str
    text: str
    due_on: date | None = None
    is_late: bool = False


Source = Callable[[User, date], list[Ask]]
SOURCES = (
    "playbook.services.acknowledgement.asks",
    "playbook.services.review.asks",
    "playbook.services.training_asks.asks",
)


def of_person(user: User, day: date) -> list[Ask]:
    """Everything asked of the person, what is late first, then by the day."""
    found = [ask for path in SOURCES for ask in _source(path)(user, day)]
    return sorted(found, key=lambda ask: (not ask.is_late, ask.due_on is None, ask.due_on or day, ask.title))


def for_page(user: User, day: date) -> list[Ask]:
    """The same, found out once a request: its rail and its cards ask about the same signed-in person."""
    known: dict[date, list[Ask]] = user.__dict__.setdefault("_asked", {})
    if day not in known:
        known[day] = of_person(user, day)
    return known[day]


def _source(path: str) -> Source:
    source: Source = import_string(path)
    return source
