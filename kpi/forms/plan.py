"""Reading what people type into the plan: thousands of roubles, with spaces and a decimal comma."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kpi.reports.period import parse_month

THOUSAND = Decimal(1000)
LARGEST_GROWTH = Decimal(1000)
_NUMBER = re.compile(r"\d{1,9}([.,]\d{1,5})?")
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009\t")
_FIELD = re.compile(r"plan-(\d{1,9})-(\d{4}-\d{2})")


def parse_thousands(text: str) -> Decimal:
    """«2 900,5» thousand as 2 900 500.00 roubles; nothing is zero. ValidationError in the person's language."""
    digits = text.translate(_SPACES)
    if not digits:
        return Decimal("0.00")
    if not _NUMBER.fullmatch(digits):
        raise ValidationError(_("Type thousands of roubles as a number, such as 2 900 or 2 900,5."))
    return (Decimal(digits.replace(",", ".")) * THOUSAND).quantize(Decimal("0.01"))


def parse_growth(text: str) -> Decimal:
    """Percent to add to last year, from −100 to 1,000. ValidationError in the person's language."""
    digits = text.translate(_SPACES).replace(",", ".").replace("\u2212", "-").removesuffix("%")
    if not re.fullmatch(r"[+-]?\d{1,4}(\.\d{1,2})?", digits) or not -100 <= Decimal(digits) <= LARGEST_GROWTH:
        raise ValidationError(_("The growth is a percentage from −100 to 1000."))
    return Decimal(digits)


def field_name(manager: int, month: date) -> str:
    """The name of a cell's field."""
    return f"plan-{manager}-{month:%Y-%m}"


def parse_field(name: str) -> tuple[int, date] | None:
    """The manager and the month of a cell's field; None for any other field."""
    found = _FIELD.fullmatch(name)
    month = parse_month(found[2]) if found else None
    return (int(found[1]), month) if found and month else None
