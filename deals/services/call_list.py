"""Working through the list of the day: which list, what is left, setting an entry aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Case, Count, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from deals.models import CallEntry, EntryState, Outcome
from deals.querysets import CallEntryQuerySet
from salesdept.dates import today
from salesdept.models import User


def current_day(user: User) -> date | None:
    """The day of the list to work now: today's or the nearest coming one, else the last there was.

    On a day off this is the list of the next working day; after a night that failed, the last list made.
    """
    day = today()
    lists = CallEntry.objects.worked_by(user, day).order_by().values_list("date", flat=True)
    coming: date | None = lists.filter(date__gte=day).order_by("date").first()
    return coming or lists.filter(date__lt=day).order_by("-date").first()


def current_day_expression(user: User) -> Coalesce:
    """The same day as an expression, for counting in one query."""
    day = today()
    lists = CallEntry.objects.worked_by(user, day).values("date")
    coming = lists.filter(date__gte=day).order_by("date")[:1]
    return Coalesce(Subquery(coming), Subquery(lists.filter(date__lt=day).order_by("-date")[:1]))


@dataclass(frozen=True)
class Standing:
    """How far the lists of a day are worked."""

    total: int
    done: int
    talked: int
    skipped: int


def standing(user: User, day: date) -> Standing:
    """How far the lists a person works on the day have come. One query."""
    lists = CallEntry.objects.worked_by(user, today()).filter(date=day).order_by()
    counts = lists.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=EntryState.DONE)),
        talked=Count("pk", filter=Q(interaction__outcome=Outcome.TALKED)),
        skipped=Count("pk", filter=Q(state=EntryState.SKIPPED)),
    )
    return Standing(**counts)


def in_order(user: User, day: date) -> CallEntryQuerySet:
    """The lists a person works on the day as one: by tier, own entries before those of the people away."""
    own = Case(When(manager=user, then=Value(0)), default=Value(1))
    entries: CallEntryQuerySet = CallEntry.objects.worked_by(user, today()).filter(date=day)
    return entries.order_by("tier", own, "manager_id", "position")


def next_open(user: User, day: date | None) -> CallEntry | None:
    """Whom to call next: the first entry not called and not set aside."""
    if day is None:
        return None
    entry: CallEntry | None = in_order(user, day).filter(state=EntryState.OPEN).first()
    return entry


@transaction.atomic
def skip(user: User, pk: int) -> CallEntry:
    """Set an entry aside; it stays on the list and comes after the others. Raises PermissionError."""
    entry = _locked(user, pk)
    if entry.state == EntryState.OPEN:
        entry.state, entry.closed_at = EntryState.SKIPPED, timezone.now()
        entry.save(update_fields=["state", "closed_at"])
    return entry


@transaction.atomic
def unskip(user: User, pk: int) -> CallEntry:
    """Take an entry that was set aside back into work. Raises PermissionError."""
    entry = _locked(user, pk)
    if entry.state == EntryState.SKIPPED:
        entry.state, entry.closed_at = EntryState.OPEN, None
        entry.save(update_fields=["state", "closed_at"])
    return entry


def unskip_all(user: User, day: date) -> int:
    """Take everything that was set aside on the day's list back into work; how many."""
    aside = CallEntry.objects.worked_by(user, today()).filter(date=day, state=EntryState.SKIPPED)
    return int(aside.update(state=EntryState.OPEN, closed_at=None))


def _locked(user: User, pk: int) -> CallEntry:
    found = CallEntry.objects.worked_by(user, today()).select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise PermissionError(_("This call is on somebody else's list."))
    entry: CallEntry = found
    return entry
