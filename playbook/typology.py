"""Key parameters of a sphere as people read them (DOMAIN.md 4.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS = {
    "yes_no": _("yes or no"),
    "choice": _("one of"),
    "several": _("several of"),
    "number": _("number"),
    "text": _("text"),
}


@dataclass(frozen=True)
class KeyFact:
    """What is found out about every client of a sphere, and how it is answered."""

    name: str
    kind: Any = ""
    options: list[str] = field(default_factory=list)


def facts_of(stored: Iterable[Any]) -> list[KeyFact]:
    """Key parameters as stored: a name, or an object with `name`, `kind`, `options`."""
    return [_fact(one) for one in stored]


def _fact(one: Any) -> KeyFact:
    if not isinstance(one, dict):
        return KeyFact(str(one))
    kind = str(one.get("kind") or one.get("type") or "")
    options = one.get("options") or one.get("choices") or []
    unit = str(one.get("unit") or "")
    kind_shown = KINDS.get(kind, kind)
    return KeyFact(
        str(one.get("name", "")),
        f"{kind_shown}, {unit}" if unit else kind_shown,
        [str(option) for option in options],
    )
