"""The department's chart: office → role → people, and who reports to whom by the job descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from salesdept.models import Office, User
from salesdept.roles import Role


@dataclass
class Node:
    """A role of an office with its people. `chiefs` are those it reports to when they sit in another office."""

    role: Role
    people: list[User]
    chiefs: list[User] = field(default_factory=list)
    under: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Branch:
    """An office (None: people without one) with its roles as a tree."""

    office: Office | None
    count: int
    nodes: list[Node]


def chart(people: Iterable[User], reports_to: Mapping[str, str]) -> list[Branch]:
    """The people by office in the order given; `reports_to` is role → role, the head of all reports to nobody.

    Inside an office a role stands under the nearest chief role that somebody there has.
    """
    everybody = list(people)
    offices: dict[Office | None, list[User]] = {}
    for one in everybody:
        offices.setdefault(one.office, []).append(one)
    return [
        Branch(office, len(inside), _tree(inside, everybody, reports_to))
        for office, inside in offices.items()
    ]


def vacant(people: Iterable[User]) -> list[Role]:
    """Roles that nobody has."""
    taken = {one.role for one in people}
    return [role for role in reversed(Role) if role not in taken]


def _tree(inside: list[User], everybody: list[User], reports_to: Mapping[str, str]) -> list[Node]:
    nodes = {
        role: Node(role, [one for one in inside if one.role == role])
        for role in reversed(Role)  # heads first
        if any(one.role == role for one in inside)
    }
    roots: list[Node] = []
    for role, node in nodes.items():
        chief = reports_to.get(role, "")
        if chief and chief not in nodes:
            node.chiefs = [one for one in everybody if one.role == chief]
        above = _above(role, nodes, reports_to)
        (nodes[above].under if above else roots).append(node)
    return roots


def _above(role: Role, nodes: Mapping[Role, Node], reports_to: Mapping[str, str]) -> Role | None:
    """The nearest chief role of the office; none when the chain leaves it, or comes back to where it began."""
    seen = {str(role)}
    chief = reports_to.get(role, "")
    while chief and chief not in seen:
        if Role(chief) in nodes:
            return None if _leads_to(chief, role, reports_to) else Role(chief)
        seen.add(chief)
        chief = reports_to.get(chief, "")
    return None


def _leads_to(start: str, end: str, reports_to: Mapping[str, str]) -> bool:
    """Whether the chain of chiefs from `start` comes to `end`: then they report to each other in a circle."""
    seen: set[str] = set()
    while start and start not in seen:
        if start == end:
            return True
        seen.add(start)
        start = reports_to.get(start, "")
    return False
