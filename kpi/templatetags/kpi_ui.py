"""Figures of results: signed thousands, distance from the plan, and the way to the rows behind a figure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from salesdept.templatetags.ui import NBSP, group_digits

register = template.Library()


@register.filter
def signed_thousands(value: Decimal | None) -> str:
    """Thousands of roubles with a sign: «−716», «+24»."""
    if value is None:
        return "—"
    text = group_digits(value / 1000)
    return f"+{text}" if value > 0 and text != "0" else text


@register.filter
def off(pace: Decimal | None) -> str:
    """A pace as the distance from the plan: 0.909 is «−9,1 %»."""
    if pace is None:
        return "—"
    text = group_digits((pace - 1) * 100, 1)
    return f"{'+' if pace > 1 else ''}{text}{NBSP}%"


@register.filter
def negated(value: Any) -> Any:
    """The opposite number: how much is short."""
    return -value


@register.filter
def minus(value: int, other: int) -> int:
    """The difference of two counts."""
    return value - other


@register.simple_tag(takes_context=True)
def behind(context: template.Context, view: str, office: str | None = None, **query: Any) -> str:
    """The address of the rows behind a figure of the page's month, and of its office when no other is given.

    Empty parts are left out.
    """
    period, scope = context["period"], context["scope"]
    own = scope.code if scope.offices else ""
    parts = {"month": period.code, "office": office or own, **query}
    kept = {name: value for name, value in parts.items() if value not in (None, "")}
    return f"{reverse(f'kpi:{view}')}?{urlencode(kept)}"
