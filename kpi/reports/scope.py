"""Whose figures a person sees: the company's, an office's or one's own (DOMAIN.md 7, DESIGN.md «Who sees what»)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from salesdept.models import Office, User
from salesdept.roles import Perm, has_perm

NOBODY = "none"  # how an address asks for «without a manager», «without an office», «sphere unknown»


@dataclass(frozen=True)
class Scope:
    """The part of the company a page is about. `offices` are those to choose from (empty: no choice)."""

    user: User
    office: Office | None
    offices: list[Office]
    is_own: bool = False

    @property
    def code(self) -> str:
        """The office's code for addresses, or nothing for the company."""
        return self.office.code if self.office else ""

    @property
    def condition(self) -> Q:
        """Facts and plan lines of the scope."""
        condition = Q(office=self.office) if self.office else Q()
        return condition & Q(manager=self.user) if self.is_own else condition


def of_results(user: User, params: Mapping[str, str]) -> Scope:
    """The company, or the office that the address asks for; a branch head has the own office and no other.

    Raises PermissionDenied for somebody else's office, and for a branch head without an office.
    """
    offices = list(Office.objects.all())
    asked = params.get("office", "")
    office = next((one for one in offices if one.code == asked), None)
    if has_perm(user, Perm.SEE_RESULTS):
        return Scope(user, office, offices)
    own = next((one for one in offices if one.pk == user.office_id), None)
    if not has_perm(user, Perm.SEE_OFFICE_RESULTS) or own is None or asked not in ("", own.code):
        raise PermissionDenied
    return Scope(user, own, [])


def of_rows(user: User, params: Mapping[str, str]) -> Scope:
    """Like `of_results`; who sees only own results sees the rows behind them.

    Raises PermissionDenied when the address asks for somebody else's.
    """
    if has_perm(user, Perm.SEE_RESULTS) or has_perm(user, Perm.SEE_OFFICE_RESULTS):
        return of_results(user, params)
    if not has_perm(user, Perm.SEE_OWN_RESULTS) or params.get("manager") not in (None, "", str(user.pk)):
        raise PermissionDenied
    return Scope(user, None, [], is_own=True)


@dataclass(frozen=True)
class Narrowing:
    """The manager, office, direction and sphere an address asks for; None = all, NOBODY = without one."""

    manager: str | None
    office: str | None
    direction: str | None
    sphere: str | None

    @classmethod
    def of(cls, scope: Scope, params: Mapping[str, str]) -> Narrowing:
        """What is asked for, inside the scope."""
        manager = str(scope.user.pk) if scope.is_own else params.get("manager") or None
        if manager is not None and manager != NOBODY and not (manager.isascii() and manager.isdigit()):
            manager = "0"
        fixed = scope.office is not None and not scope.offices
        office = scope.code if fixed else params.get("office") or None
        return cls(manager, office, params.get("direction") or None, params.get("sphere") or None)

    def condition(self, *, sphere: str = "sphere") -> Q:
        """As a condition over rows with manager, office and direction; `sphere` leads to the sphere."""
        condition = Q()
        for path, value in (
            ("manager", self.manager),
            ("office__code", self.office),
            (f"{sphere}__code", self.sphere),
        ):
            if value == NOBODY:
                condition &= Q(**{f"{path.removesuffix('__code')}__isnull": True})
            elif value is not None:
                condition &= Q(**{path: value})
        return condition & Q(direction=self.direction) if self.direction else condition

    def query(self) -> dict[str, Any]:
        """As the parts of an address."""
        pairs = vars(self).items()
        return {name: value for name, value in pairs if value is not None}
