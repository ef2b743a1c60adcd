"""What a list is narrowed to, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Direction
from kpi.reports.scope import NOBODY, Narrowing, Scope
from playbook.models import Sphere
from salesdept.models import Office, User

_WITHOUT = {"manager": _("No manager"), "office": _("No office"), "sphere": _("Sphere not determined")}


def chips(narrowing: Narrowing, scope: Scope) -> list[tuple[str, str | Promise]]:
    """(part of the address, words) of each narrowing; a query for a person, an office or a sphere asked for."""
    return [(name, _words(name, value)) for name, value in narrowing.query().items()]


def _words(name: str, value: str) -> str | Promise:
    if value == NOBODY and name in _WITHOUT:
        return _WITHOUT[name]
    if name == "manager":
        person = User.objects.filter(pk=value).first()
        return person.get_full_name() if person else value
    if name == "office":
        return Office.objects.filter(code=value).values_list("name", flat=True).first() or value
    if name == "sphere":
        return Sphere.objects.filter(code=value).values_list("name", flat=True).first() or value
    return Direction(value).label if value in Direction.values else value
