"""Who has not confirmed what of the sales book, for the dashboard: the standing of today, whatever the month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpi.reports.scope import Scope
from playbook.services import acknowledgement
from playbook.services.acknowledgement import Reading
from salesdept.dates import today

SHOWN = 8


@dataclass(frozen=True)
class BookCard:
    """The longest overdue confirmations, how many there are, and how many are still in their term."""

    rows: list[Reading]
    late: int
    waiting: int
    next_due: date | None

    @property
    def more(self) -> int:
        """Overdue ones that the card has no place for."""
        return self.late - len(self.rows)


def book(scope: Scope) -> BookCard:
    """Of the people of the scope; the same number of queries at any size."""
    people = acknowledgement.readers()
    if scope.office:
        people = people.filter(office=scope.office)
    left = acknowledgement.late_first(acknowledgement.readings(people, today()))
    late = [one for one in left if one.is_late]
    waiting = [one for one in left if not one.is_late]
    return BookCard(late[:SHOWN], len(late), len(waiting), waiting[0].due_on if waiting else None)
