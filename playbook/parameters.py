"""The catalogue of parameters: every number the program decides by (DOMAIN.md 3).

Here stands what a parameter *is*: code, regulation, type, unit, bounds, first value. What it is *worth* on a
day stands in the approved versions of its regulation and is read through `playbook.services.parameters`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CELLS = tuple(a + x for a in "ABC" for x in "XYZ")
PLACES = 4  # decimals of a share or a variation
_INTEGER, _DECIMAL = re.compile(r"-?[0-9]{1,9}"), re.compile(r"-?[0-9]{1,9}([.][0-9]+)?")


@dataclass(frozen=True)
class Definition:
    """What a parameter is. `kind` is integer, decimal, choice or cells; bounds include both ends."""

    code: str
    regulation: str
    kind: str
    default: Any
    name: str | Promise
    unit: str | Promise = ""
    low: Any = None
    high: Any = None
    choices: Mapping[str, str | Promise] = field(default_factory=dict)  # value → how people call it

    def clean(self, raw: Any) -> Any:
        """A typed value from a form, a file or JSON; ValidationError in the user's language."""
        if self.kind == "choice":
            return self._one_of(str(raw))
        if self.kind == "cells":
            return self._cells(raw)
        value = self._number("".join(str(raw).split()).replace(",", "."), raw)
        if not self.low <= value <= self.high:
            bounds = {"low": self.shown(self.low), "high": self.shown(self.high)}
            raise ValidationError(_("The value must be from %(low)s to %(high)s."), params=bounds)
        return value

    def _number(self, text: str, raw: Any) -> Any:
        if not _DECIMAL.fullmatch(text):
            raise ValidationError(_("“%(value)s” is not a number."), params={"value": str(raw)[:40]})
        if self.kind == "integer":
            if not _INTEGER.fullmatch(text):
                raise ValidationError(_("A whole number is needed here."))
            return int(text)
        if len(text.partition(".")[2]) > PLACES:
            raise ValidationError(_("At most %(places)s digits after the comma."), params={"places": PLACES})
        return Decimal(text)

    def shown(self, value: Any) -> str:
        """The value as people write it: decimal comma, cells with commas between, a choice by its name."""
        if self.kind == "choice":
            return str(self.choices.get(value, value))
        return ", ".join(value) if isinstance(value, list) else str(value).replace(".", ",")

    def _one_of(self, value: str) -> str:
        if value not in self.choices:
            names = ", ".join(str(name) for name in self.choices.values())
            raise ValidationError(_("Choose one of: %(list)s."), params={"list": names})
        return value

    def _cells(self, raw: Any) -> list[str]:
        parts = raw if isinstance(raw, list) else str(raw).replace(";", ",").split(",")
        cells = [str(part).strip().upper() for part in parts if str(part).strip()]
        if not cells or any(cell not in CELLS for cell in cells):
            raise ValidationError(_("Cells are pairs like AX, AY, BX."))
        return sorted(set(cells), key=CELLS.index)

    def to_json(self, value: Any) -> Any:
        """The value as stored: decimals as text, so that nothing is rounded."""
        return str(value) if self.kind == "decimal" else value

    def from_json(self, value: Any) -> Any:
        """The typed value of what is stored."""
        return Decimal(value) if self.kind == "decimal" else value


def _int(code: str, regulation: str, default: int, name: Any, unit: Any, low: int, high: int) -> Definition:
    return Definition(code, regulation, "integer", default, name, unit, low, high)


def _share(code: str, regulation: str, default: str, name: Any, high: str = "1") -> Definition:
    return Definition(code, regulation, "decimal", Decimal(default), name, "", Decimal("0"), Decimal(high))


_MONTHS, _DAYS, _HOURS, _CLIENTS = _("months"), _("days"), _("hours"), _("clients")

DEFINITIONS: tuple[Definition, ...] = (
    _int("analysis.window_months", "key-client", 12, _("Analysis window"), _MONTHS, 3, 36),
    _share("abc.a_share", "key-client", "0.80", _("Share of sales that makes class A")),
    _share("abc.b_share", "key-client", "0.95", _("Share of sales that makes classes A and B")),
    Definition(
        "xyz.method",
        "key-client",
        "choice",
        "frequency",
        _("How regularity is measured"),
        choices={"frequency": _("by months with purchases"), "cv": _("by variation of months")},
    ),
    _int("xyz.x_months", "key-client", 8, _("Months with purchases for class X"), _MONTHS, 1, 36),
    _int("xyz.y_months", "key-client", 4, _("Months with purchases for class Y"), _MONTHS, 1, 36),
    _share("xyz.x_cv", "key-client", "0.50", _("Largest variation for class X"), "10"),
    _share("xyz.y_cv", "key-client", "1.00", _("Largest variation for class Y"), "10"),
    Definition("top.cells", "key-client", "cells", ["AX", "AY", "BX"], _("Cells that make a TOP client")),
    _int("top.review_months", "key-client", 12, _("Longest time between TOP reviews"), _MONTHS, 1, 36),
    _share("audit.key_share", "key-client", "0.80", _("Share of sales that key clients make")),
    _int("stage.new_months", "zero-clients", 3, _("A client is new for"), _MONTHS, 1, 24),
    _int(
        "stage.zero_months_top", "zero-clients", 2, _("Silence that makes a TOP client zero"), _MONTHS, 1, 24
    ),
    _int(
        "stage.zero_months_single",
        "zero-clients",
        3,
        _("Silence that makes a client with one purchase zero"),
        _MONTHS,
        1,
        24,
    ),
    _int(
        "stage.zero_months_regular",
        "zero-clients",
        6,
        _("Silence that makes any client zero"),
        _MONTHS,
        1,
        36,
    ),
    _int("stage.lost_months", "zero-clients", 12, _("Silence that makes a client lost"), _MONTHS, 2, 60),
    _int(
        "contact.development_days",
        "zero-clients",
        14,
        _("Cadence of conversations in development"),
        _DAYS,
        1,
        180,
    ),
    _int(
        "development.daily_intake",
        "zero-clients",
        20,
        _("New clients a development manager takes a day"),
        _CLIENTS,
        0,
        500,
    ),
    _int(
        "development.task_days",
        "zero-clients",
        5,
        _("Working days to the first contact after a hand-over"),
        _DAYS,
        1,
        60,
    ),
    _int("reactivation.credit_months", "zero-clients", 3, _("Credit for a reactivation"), _MONTHS, 0, 24),
    _int(
        "contact.top_months", "active-base", 1, _("Cadence of conversations with TOP clients"), _MONTHS, 1, 12
    ),
    _int("contact.other_months", "active-base", 3, _("Cadence of conversations with others"), _MONTHS, 1, 24),
    _int(
        "contact.new_months", "active-base", 1, _("Cadence of conversations with new clients"), _MONTHS, 1, 12
    ),
    _int("calls.daily_capacity", "active-base", 20, _("Calls on a manager's list a day"), _CLIENTS, 1, 200),
    _int("calls.at_risk_days", "active-base", 14, _("Warning before a client turns zero"), _DAYS, 1, 90),
    _int(
        "calls.no_answer_days",
        "active-base",
        1,
        _("Working days until an unanswered call is back"),
        _DAYS,
        1,
        30,
    ),
    _int(
        "calls.no_answer_limit", "active-base", 3, _("Unanswered calls in a row that leave a note"), "", 1, 20
    ),
    _int("cycle.window_months", "active-base", 24, _("Window of the purchase cycle"), _MONTHS, 3, 60),
    _int("cycle.min_purchases", "active-base", 3, _("Purchases needed for a purchase cycle"), "", 2, 20),
    _share(
        "gap.buyers_share", "active-base", "0.40", _("Share of similar clients that makes a category usual")
    ),
    _int(
        "gap.min_peers",
        "active-base",
        8,
        _("Similar clients needed to speak of usual categories"),
        "",
        2,
        500,
    ),
    _int("invoice.first_contact_day", "invoices", 2, _("First contact about an invoice, day"), "", 1, 30),
    _int("invoice.second_contact_day", "invoices", 3, _("Second contact about an invoice, day"), "", 1, 30),
    _int("invoice.handover_day", "invoices", 4, _("Hand-over of a silent new client, day"), "", 1, 60),
    _int("invoice.valid_days", "invoices", 5, _("An invoice is valid for"), _DAYS, 1, 120),
    _int("lead.first_contact_hours", "leads", 2, _("First contact with a lead within"), _HOURS, 1, 72),
    _int("lead.close_days", "leads", 14, _("A lead is decided within"), _DAYS, 1, 365),
    _int("work.day_start_hour", "leads", 9, _("The working day begins at"), _("o'clock"), 0, 23),
    _int("work.day_end_hour", "leads", 18, _("The working day ends at"), _("o'clock"), 1, 24),
    _int("book.review_months", "sales-book", 12, _("A regulation is looked through every"), _MONTHS, 1, 36),
    _int("book.read_days", "sales-book", 5, _("Working days to read a new version"), _DAYS, 1, 60),
    _share("quiz.pass_share", "sales-book", "0.80", _("Share of right answers that passes a quiz")),
    _int("quiz.questions", "sales-book", 5, _("Questions in a quiz"), "", 1, 50),
    _int("quiz.attempts_a_day", "sales-book", 3, _("Attempts at a quiz a day"), "", 1, 20),
    _int("quiz.valid_months", "sales-book", 12, _("A passed quiz is good for"), _MONTHS, 1, 60),
    _int(
        "meeting.months_behind",
        "meetings",
        2,
        _("Months in a row below the plan that a meeting names"),
        _MONTHS,
        1,
        12,
    ),
    _int("plan.horizon_months", "planning", 36, _("Plans reach ahead"), _MONTHS, 1, 60),
    _int(
        "portfolio.top_per_manager", "substitution", 45, _("TOP clients a manager can keep"), _CLIENTS, 1, 500
    ),
    _int(
        "portfolio.other_per_manager",
        "substitution",
        200,
        _("Other clients a manager can keep"),
        _CLIENTS,
        1,
        5000,
    ),
    _int(
        "contacts.daily_reveal_limit",
        "base-protection",
        60,
        _("Contacts a person may reveal a day"),
        "",
        1,
        2000,
    ),
    _int(
        "contacts.reveal_call_list_factor",
        "base-protection",
        3,
        _("The limit is never less than this many times today's call list"),
        "",
        1,
        20,
    ),
)

BY_CODE: dict[str, Definition] = {definition.code: definition for definition in DEFINITIONS}


# Pairs of one regulation where the first may not be greater than the second.
ORDERED_PAIRS = (
    ("abc.a_share", "abc.b_share"),
    ("xyz.y_months", "xyz.x_months"),
    ("xyz.x_months", "analysis.window_months"),
    ("xyz.x_cv", "xyz.y_cv"),
    ("stage.zero_months_top", "stage.lost_months"),
    ("stage.zero_months_single", "stage.lost_months"),
    ("stage.zero_months_regular", "stage.lost_months"),
    ("invoice.first_contact_day", "invoice.second_contact_day"),
    ("invoice.second_contact_day", "invoice.handover_day"),
    ("work.day_start_hour", "work.day_end_hour"),
)


def contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, ValidationError]]:
    """Each value that contradicts another, e.g. share A above share B: its code and what to say about it."""
    for smaller, larger in ORDERED_PAIRS:
        if smaller in values and larger in values and values[smaller] > values[larger]:
            names = {"smaller": BY_CODE[smaller].name, "larger": BY_CODE[larger].name}
            yield (
                smaller,
                ValidationError(_("“%(smaller)s” must not be greater than “%(larger)s”."), params=names),
            )
