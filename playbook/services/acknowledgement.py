"""Who has to confirm which version and until when; confirming one (source section 7).

Asked for are, of each regulation, the version in force and the one that comes next. Nothing is stored until a
person confirms: who reads follows from the role, the day from `playbook.terms`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from playbook.models import Acknowledgement, RegulationVersion
from playbook.services import parameters
from playbook.services.asks import Ask
from playbook.terms import read_due
from salesdept.models import User
from salesdept.models.user import UserQuerySet
from salesdept.templatetags.ui import day as in_words


@dataclass(frozen=True)
class Reading:
    """A version that a person has to confirm, and when they did."""

    person: User
    version: RegulationVersion
    due_on: date
    confirmed_at: datetime | None = None
    is_late: bool = False

    @property
    def state(self) -> str:
        """confirmed, late or waiting."""
        return "confirmed" if self.confirmed_at else "late" if self.is_late else "waiting"


def asked(day: date) -> QuerySet[RegulationVersion]:
    """Versions that people confirm on the day: in force, and the nearest coming one of each regulation."""
    versions = RegulationVersion.objects
    coming = (
        versions.approved()
        .filter(in_force_from__gt=day)
        .order_by("regulation_id", "in_force_from", "-number")
        .distinct("regulation_id")
    )
    wanted = Q(pk__in=versions.in_force(day).values("pk")) | Q(pk__in=coming.values("pk"))
    return (
        versions.filter(wanted)
        .select_related("regulation")
        .defer("text", "search", "regulation__search")
        .order_by("regulation__order", "regulation_id", "in_force_from", "number")
    )


def must_read(user: User, version: RegulationVersion) -> bool:
    """Whether the regulation names the person's role among its readers."""
    return user.is_active and user.role in version.regulation.readers


def due_of(version: RegulationVersion, joined: date, days: int) -> date:
    """The last day for somebody who came on `joined`; `days` is `book.read_days`."""
    asked_on = timezone.localdate(version.approved_at or version.created_at)
    return read_due(
        asked_on=asked_on,
        in_force_from=version.in_force_from or asked_on,
        read_by=version.read_by,
        joined=joined,
        days=days,
    )


def unread(user: User, day: date) -> list[Reading]:
    """What the person has yet to confirm. Two queries."""
    waiting = asked(day).filter(regulation__readers__contains=[user.role])
    waiting = waiting.exclude(acknowledgements__user=user)
    versions = list(waiting) if user.is_active else []
    return list(_readings([user], versions, {}, day)) if versions else []


def readings(people: Iterable[User], day: date) -> list[Reading]:
    """Every version that each of the people has to confirm, confirmed or not. Three queries."""
    people = list(people)
    versions = list(asked(day))
    rows = Acknowledgement.objects.filter(user__in=people, version__in=[one.pk for one in versions])
    done = {(user, version): at for user, version, at in rows.values_list("user_id", "version_id", "at")}
    return list(_readings(people, versions, done, day))


def _readings(
    people: list[User], versions: list[RegulationVersion], done: dict[tuple[int, int], datetime], day: date
) -> Iterable[Reading]:
    days = parameters.value("book.read_days", day)
    for person in people:
        joined = timezone.localdate(person.date_joined)
        for version in versions:
            if must_read(person, version):
                due, at = due_of(version, joined, days), done.get((person.pk, version.pk))
                yield Reading(person, version, due, at, is_late=at is None and due < day)


def reading_of(user: User, version: RegulationVersion, day: date) -> Reading | None:
    """What is asked of the person about this version: nothing when it is not theirs to read, or not now."""
    if not must_read(user, version) or not asked(day).filter(pk=version.pk).exists():
        return None
    at = Acknowledgement.objects.filter(user=user, version=version).values_list("at", flat=True).first()
    done = {(user.pk, version.pk): at} if at else {}
    return next(iter(_readings([user], [version], done, day)))


def confirmed_before(user: User, version: RegulationVersion) -> Acknowledgement | None:
    """The person's last confirmation of an earlier version of the same regulation, with that version's text."""
    found = Acknowledgement.objects.filter(
        user=user, version__regulation=version.regulation_id, version__number__lt=version.number
    )
    found = found.select_related("version__regulation").prefetch_related("version__values")
    return found.order_by("-version__number").first()


def confirm(user: User, version: RegulationVersion, day: date) -> Acknowledgement:
    """The person has read the version to its end. Twice is once: the first moment stays.

    ValidationError when the version is neither in force nor the next one, or is not the person's to read.
    """
    if not must_read(user, version):
        raise ValidationError(_("Your role is not among the readers of this regulation."))
    if not asked(day).filter(pk=version.pk).exists():
        raise ValidationError(_("Only the version in force or the one that comes next is confirmed."))
    found, _created = Acknowledgement.objects.get_or_create(
        version=version, user=user, defaults={"at": timezone.now()}
    )
    return found


def asks(user: User, day: date) -> list[Ask]:
    """Versions to read, for the person's day."""
    return [_ask(one) for one in unread(user, day)]


def _ask(one: Reading) -> Ask:
    version = one.version
    title = _("%(title)s, version %(number)s") % {
        "title": version.regulation.title,
        "number": version.number,
    }
    until = (
        _("Was to be read and confirmed by %(day)s.") if one.is_late else _("Read and confirm by %(day)s.")
    ) % {"day": in_words(one.due_on)}
    url = reverse("playbook:version", args=[version.regulation.code, version.number])
    return Ask("read", title, url, f"{version.change_note} {until}".strip(), one.due_on, one.is_late)


@dataclass
class Person:
    """A line of the matrix: a person, and what they have or have not confirmed."""

    person: User
    cells: list[list[Reading]] = field(default_factory=list)
    total: int = 0
    confirmed: int = 0
    late: int = 0


@dataclass(frozen=True)
class Matrix:
    """Person × regulation; a cell has the version in force and the coming one, or nothing."""

    regulations: list[Any]
    people: list[Person]


def matrix(found: Iterable[Reading], state: str = "") -> Matrix:
    """The readings as a table; `state` leaves only the people and regulations that have such a reading."""
    rows: dict[int, Person] = {}
    pages: dict[int, Any] = {}
    cells: dict[tuple[int, int], list[Reading]] = {}
    for one in found:
        line = rows.setdefault(one.person.pk, Person(one.person))
        line.total += 1
        line.confirmed += one.state == "confirmed"
        line.late += one.state == "late"
        if not state or one.state == state:
            pages[one.version.regulation_id] = one.version.regulation
            cells.setdefault((one.person.pk, one.version.regulation_id), []).append(one)
    kept = {person for person, _page in cells}
    people = [line for pk, line in rows.items() if pk in kept]
    regulations = sorted(pages.values(), key=lambda page: (page.order, page.pk))
    for line in people:
        line.cells = [cells.get((line.person.pk, page.pk), []) for page in regulations]
    return Matrix(regulations, people)


def late_first(found: Iterable[Reading]) -> list[Reading]:
    """What is not confirmed, the longest overdue first."""
    waiting = [one for one in found if one.state != "confirmed"]
    return sorted(waiting, key=lambda one: (one.due_on, one.person.last_name, one.version.regulation.order))


def readers() -> UserQuerySet:
    """Active people in the order lists show them: office, then name."""
    people: UserQuerySet = User.objects.active().select_related("office")
    return people.order_by(F("office__pk").asc(nulls_last=True), "last_name", "first_name", "pk")
