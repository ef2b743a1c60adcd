"""How many clients a person keeps, and whether more would be above the norm of the book (DOMAIN.md 4.5).

Load is counted over clients in work whose stage is new or active. The norm never forbids: it is told before a
hand-over and after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from clients.models import ClientState, Move, Stage
from clients.querysets import ClientQuerySet
from playbook.services.parameters import Parameters
from salesdept.models import User

_COUNTS = {
    "top": Count("pk", filter=Q(is_top=True)),
    "other": Count("pk", filter=Q(is_top=False)),
}


@dataclass(frozen=True)
class Load:
    """Clients of a person, or clients that come to a person: TOP and other ones."""

    top: int
    other: int


def load(person: User) -> Load:
    """What the person keeps now. One query."""
    return _counted(Q(client__in_work_with=person))


def gained(clients: ClientQuerySet, person: User, field: str) -> Load:
    """What would come to the person with these clients, by the rule of `assignment.assign`. One query."""
    comes = Q(client__in=clients.order_by().values("pk")) & ~Q(client__in_work_with=person)
    if field == Move.Field.HOME:  # whoever else works with the client after a hand-over goes on working
        comes &= Q(client__in_work_with=None) | Q(client__in_work_with=F("client__home_manager"))
    return _counted(comes)


def warning(person: User, clients: ClientQuerySet, field: str, values: Parameters) -> str:
    """What to say before the clients are given: empty while the person stays within the norm."""
    more = gained(clients, person, field)
    if not more.top and not more.other:
        return ""
    now = load(person)
    # What nothing is added to was above the norm before: that is not this hand-over's doing.
    after = Load(now.top + more.top if more.top else 0, now.other + more.other if more.other else 0)
    parts = _above(after, values)
    words = {"name": person.get_short_name(), "load": parts}
    return _("Above the norm: %(name)s will keep %(load)s") % words if parts else ""


def remark(person: User, values: Parameters) -> str:
    """What to say after clients were given: empty within the norm."""
    parts = _above(load(person), values)
    return _("Above the norm now: %(load)s") % {"load": parts} if parts else ""


def _counted(which: Q) -> Load:
    buying = ClientState.objects.filter(which, stage__in=(Stage.NEW, Stage.ACTIVE))
    return Load(**buying.aggregate(**_COUNTS))


def _above(one: Load, values: Parameters) -> str:
    """What exceeds the norm, in words."""
    parts = []
    if one.top > (norm := values["portfolio.top_per_manager"]):
        parts.append(_("%(n)s TOP of %(norm)s") % {"n": one.top, "norm": norm})
    if one.other > (norm := values["portfolio.other_per_manager"]):
        parts.append(_("%(n)s others of %(norm)s") % {"n": one.other, "norm": norm})
    return ", ".join(parts)
