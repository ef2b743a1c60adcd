"""How the result of a rehearsal is read: headline figures, a table of people, a list of clients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from playbook.models import Rehearsal
from salesdept import schedule
from salesdept.models import User
from salesdept.rehearsal import Kind, kinds, loads

SHOWN_MOVES = 3


@dataclass(frozen=True)
class Tile:
    """How many clients change in one way, and the commonest changes of that kind."""

    kind: Kind
    count: int
    moves: list[tuple[str, int]]
    more: int  # clients in changes that are not shown


@dataclass(frozen=True)
class Cell:
    """A person's load before and after."""

    label: str | Promise
    before: int
    after: int

    @property
    def change(self) -> int:
        """How much more there will be."""
        return self.after - self.before


@dataclass(frozen=True)
class PersonRow:
    """A person and what stands on them the day after the night."""

    name: str
    cells: list[Cell]

    @property
    def is_changed(self) -> bool:
        """Whether anything differs."""
        return any(cell.change for cell in self.cells)


@dataclass(frozen=True)
class Change:
    """One change of a client in words."""

    kind: Kind
    before: str
    after: str


class Result:
    """A stored result with its people's names read once."""

    def __init__(self, row: Rehearsal) -> None:
        self.row = row
        self.changes: Mapping[str, dict[str, list[Any]]] = row.result.get("clients", {})
        self.loads: Mapping[str, dict[str, list[int]]] = row.result.get("people", {})
        self.kinds = kinds()

    @cached_property
    def names(self) -> dict[int, str]:
        """Everybody's names by id: people are few."""
        return {user.pk: user.get_full_name() for user in User.objects.only("first_name", "last_name")}

    @cached_property
    def tiles(self) -> list[Tile]:
        """One for each kind, also where nothing changes."""
        return [self._tile(kind) for kind in self.kinds.values()]

    @cached_property
    def people(self) -> list[PersonRow]:
        """Everybody with something to do, those whose load changes first; by name."""
        rows = [
            PersonRow(
                self.names.get(int(person), "—"),
                [Cell(load.label, *found.get(code, [0, 0])) for code, load in loads().items()],
            )
            for person, found in self.loads.items()
        ]
        return sorted(rows, key=lambda row: (not row.is_changed, row.name))

    @cached_property
    def total(self) -> PersonRow:
        """All of them together."""
        columns = zip(*(row.cells for row in self.people), strict=True)
        cells = [
            Cell(column[0].label, sum(cell.before for cell in column), sum(cell.after for cell in column))
            for column in columns
        ]
        return PersonRow("", cells)

    @property
    def is_empty(self) -> bool:
        """Whether the night would do exactly what it does without the draft."""
        return not self.changes and not any(row.is_changed for row in self.people)

    def ids(self, kind: str = "") -> list[int]:
        """Clients that change, or that change in this way."""
        return [int(client) for client, found in self.changes.items() if not kind or kind in found]

    def listed(self, user: User, kind: str = "") -> Any:
        """The clients that change and that the person sees, as a queryset in the order of the list."""
        return import_string(schedule.LISTED_CLIENTS)(user, self.ids(kind))

    def of_client(self, client: int, kind: str = "") -> Iterator[Change]:
        """The changes of a client in words, all or of one kind."""
        found = self.changes.get(str(client), {})
        for code, one in self.kinds.items():
            if code in found and kind in ("", code):
                before, after = found[code]
                yield Change(one, self._say(one, before), self._say(one, after))

    def _tile(self, kind: Kind) -> Tile:
        pairs = [found[kind.code] for found in self.changes.values() if kind.code in found]
        words = (
            self._entry if kind.is_entry else lambda *pair: " → ".join(self._say(kind, one) for one in pair)
        )
        common = Counter(words(before, after) for before, after in pairs).most_common()
        shown = common[:SHOWN_MOVES]
        return Tile(kind, len(pairs), shown, len(pairs) - sum(count for _words, count in shown))

    def _say(self, kind: Kind, value: Any) -> str:
        if kind.say is not None:
            return kind.say(value)
        people = value if isinstance(value, list) else [value]
        return ", ".join(self.names.get(one, "—") for one in people)

    @staticmethod
    def _entry(before: Any, after: Any) -> str:
        had, has = _size(before), _size(after)
        return _("will appear") if has > had else _("will go") if has < had else _("with somebody else")


def _size(value: Any) -> int:
    return len(value) if isinstance(value, list) else int(value is not None)
