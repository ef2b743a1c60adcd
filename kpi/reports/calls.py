"""The lines of call lists and the conversations behind the counts of a month (DOMAIN.md 5.2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deals.models import CallEntry, Interaction
from deals.models.call_list import EntryState
from deals.models.interaction import Kind as Way
from deals.models.interaction import Outcome
from kpi.reports.period import Period
from kpi.reports.scope import NOBODY, Narrowing, Scope


@dataclass(frozen=True)
class Calls:
    """The rows of a list, how many there are, and how many of them the person does not see."""

    title: str | Promise
    rows: QuerySet
    is_talks: bool
    count: int
    hidden: int

    @property
    def total(self) -> int:
        """The figure the list stands behind."""
        return self.count + self.hidden


_OF_LISTS: dict[str, tuple[str | Promise, Q]] = {
    "listed": (_("Calls on the lists"), Q()),
    "done": (_("Called from the lists"), Q(state=EntryState.DONE)),
    "skipped": (_("Skipped on the lists"), Q(state=EntryState.SKIPPED)),
    "open": (_("Left on the lists without a call"), Q(state=EntryState.OPEN)),
}
TALKS = "talks"
KINDS: dict[str, str | Promise] = {
    "open": _("Not called"),
    "done": _("Called"),
    "skipped": _("Skipped"),
    "listed": _("All of the lists"),
    TALKS: _("Conversations"),
}


def calls(what: str, period: Period, scope: Scope, narrowing: Narrowing) -> Calls:
    """Lines of call lists in a state, or conversations, latest first."""
    clients = _office(narrowing)
    if what == TALKS:
        talked = Q(outcome=Outcome.TALKED) & ~Q(kind=Way.EMAIL)
        days = Q(day__gte=period.month, day__lte=period.until)
        found = Interaction.objects.filter(talked, days, clients, _person("user", narrowing))
        seen = found.visible_to(scope.user).select_related("client", "user").order_by("-at", "-pk")
        return _counted(_("Conversations"), found, seen, is_talks=True)
    title, state = _OF_LISTS[what]
    days = Q(date__gte=period.month, date__lte=period.until)
    rows = CallEntry.objects.filter(state, days, clients, _person("manager", narrowing))
    ordered = (
        rows.visible_to(scope.user)
        .select_related("client", "manager")
        .order_by("-date", "manager", "position")
    )
    return _counted(title, rows, ordered, is_talks=False)


def _counted(title: str | Promise, rows: QuerySet, seen: QuerySet, *, is_talks: bool) -> Calls:
    count = seen.count()
    return Calls(title, seen, is_talks, count, rows.count() - count)


def _person(path: str, narrowing: Narrowing) -> Q:
    if narrowing.manager == NOBODY:
        return Q(pk__in=[])
    return Q(**{path: narrowing.manager}) if narrowing.manager is not None else Q()


def _office(narrowing: Narrowing) -> Q:
    if narrowing.office == NOBODY:
        return Q(client__office__isnull=True)
    return Q(client__office__code=narrowing.office) if narrowing.office is not None else Q()
