"""What clients answered, as people read it (DOMAIN.md 4.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Client, ClientAnswer
from playbook.models import KeyParameter

Kind = KeyParameter.Kind


@dataclass(frozen=True)
class Fact:
    """A key parameter of the client's sphere and what is known of it (None: nothing yet)."""

    parameter: KeyParameter
    value: Any = None

    @property
    def is_known(self) -> bool:
        """Whether the client has answered."""
        return self.value is not None

    @property
    def shown(self) -> str:
        """The answer in words."""
        return shown(self.parameter, self.value) if self.is_known else ""


def facts_of(client: Client) -> list[Fact]:
    """Every key parameter of the client's sphere, answered or not, in the book's order (two queries)."""
    if client.segment is None:
        return []
    known = dict(ClientAnswer.objects.filter(client=client).values_list("parameter_id", "value"))
    parameters = KeyParameter.objects.filter(sphere=client.segment.sphere_id)
    return [Fact(one, known.get(one.pk)) for one in parameters]


def shown(parameter: KeyParameter, value: Any) -> str:
    """A stored value as people write it."""
    if parameter.kind == Kind.YES_NO:
        return _("yes") if value else _("no")
    if parameter.kind == Kind.SEVERAL:
        return ", ".join(str(one) for one in value)
    if parameter.kind == Kind.NUMBER:
        return f"{str(value).replace('.', ',')} {parameter.unit}".strip()
    return str(value)


def next_to_ask(facts: Iterable[Fact], asked: Iterable[str], limit: int) -> list[Fact]:
    """What to find out in this talk: what the script asks for, then what is not known yet; the book's order."""
    facts, first = list(facts), list(asked)
    by_script = [one for one in facts if one.parameter.code in first]
    by_script.sort(key=lambda one: first.index(one.parameter.code))
    others = [one for one in facts if one not in by_script and not one.is_known]
    return (by_script + others)[:limit]
