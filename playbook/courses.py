"""A course as one walks it: its pages with the person's state, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from playbook.models import Course, CoursePage
from playbook.progress import Cell, Row
from salesdept.models import User


@dataclass(frozen=True)
class Leaf:
    """A page of a course. A page that is no regulation is only opened: nothing is asked about it."""

    page: CoursePage
    cell: Cell | None

    @property
    def is_counted(self) -> bool:
        """Whether the course's progress counts it."""
        return self.cell is not None

    @property
    def is_done(self) -> bool:
        """Passed, or read where there are no questions."""
        return self.cell is not None and self.cell.is_done


@dataclass(frozen=True)
class Walk:
    """A course and how far the person is."""

    course: Course
    leaves: list[Leaf]

    @property
    def total(self) -> int:
        """Pages that are counted."""
        return sum(leaf.is_counted for leaf in self.leaves)

    @property
    def done(self) -> int:
        """Pages done of those counted."""
        return sum(leaf.is_done for leaf in self.leaves)

    @property
    def share(self) -> float:
        """Done of counted, 0–1."""
        return self.done / self.total if self.total else 0.0

    @property
    def next(self) -> Leaf | None:
        """The first counted page that is not done."""
        return next((leaf for leaf in self.leaves if leaf.is_counted and not leaf.is_done), None)


def is_for(course: Course, person: User) -> bool:
    """Whether the course is meant for the person's role; a course without roles is for everybody."""
    return not course.roles or person.role in course.roles


def walks(courses: Iterable[Course], row: Row) -> list[Walk]:
    """The courses with the person's state; their pages are prefetched with the regulations."""
    cells = {cell.regulation.pk: cell for cell in row.cells}
    return [
        Walk(course, [Leaf(page, cells.get(page.regulation_id or 0)) for page in course.pages.all()])
        for course in courses
    ]
