"""Numbers, money, dates and icons as every page shows them (DESIGN.md, «The page»)."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide as draw

from salesdept.dates import today
from salesdept.roles import Perm
from salesdept.roles import has_perm as role_has_perm

register = template.Library()
NBSP = "\u00a0"
MINUS = "\u2212"
_MONTHS_GENITIVE = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_MONTHS = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
_MONTHS_SHORT = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]
_MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def group_digits(value: Decimal, places: int = 0) -> str:
    """«1 240 512,50»: thousands with a no-break space, decimal comma, a real minus."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}".replace(",", NBSP).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def _decimal(value: Any) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value))


@register.filter
def number(value: Any, places: int = 0) -> str:
    """A grouped number; a dash for nothing."""
    amount = _decimal(value)
    return "—" if amount is None else group_digits(amount, places)


@register.filter
def rub(value: Any) -> str:
    """«86 400 ₽», kopecks only when there are any."""
    amount = _decimal(value)
    if amount is None:
        return "—"
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{group_digits(amount, places)}{NBSP}₽"


@register.filter
def thousands(value: Any) -> str:
    """Thousands of roubles without a unit (the heading has it): «1 240»."""
    amount = _decimal(value)
    return "—" if amount is None else group_digits(amount / 1000)


@register.filter
def krub(value: Any) -> str:
    """«1 240 тыс. ₽»; a dash for nothing or zero."""
    amount = _decimal(value)
    if not amount:
        return "—"
    return f"{group_digits(amount / 1000)}{NBSP}{_('k ₽')}"


@register.filter
def signed(value: Any, places: int = 0) -> str:
    """«+24» or «−716»."""
    amount = _decimal(value)
    if amount is None:
        return "—"
    text = group_digits(amount, places)
    return f"+{text}" if amount > 0 else text


@register.filter
def percent(value: Any, places: int = 0) -> str:
    """A share 0.84 as «84 %»."""
    share = _decimal(value)
    return "—" if share is None else f"{group_digits(share * 100, places)}{NBSP}%"


@register.filter
def css_number(value: Any) -> str:
    """A number for an attribute: a point, no grouping."""
    amount = _decimal(value)
    return "0" if amount is None else f"{amount:.2f}"


@register.filter
def day(value: date | None) -> str:
    """«23 ноября», with the year when it is not this one."""
    if value is None:
        return "—"
    if (translation.get_language() or "ru").startswith("ru"):
        text = f"{value.day}{NBSP}{_MONTHS_GENITIVE[value.month - 1]}"
    else:
        text = f"{value.day}{NBSP}{_MONTHS_EN[value.month - 1]}"
    return text if value.year == today().year else f"{text}{NBSP}{value.year}"


@register.filter
def month(value: date | None) -> str:
    """«ноябрь 2026»."""
    if value is None:
        return "—"
    names = _MONTHS if (translation.get_language() or "ru").startswith("ru") else _MONTHS_EN
    return f"{names[value.month - 1]} {value.year}"


@register.filter
def month_short(value: date) -> str:
    """«ноя»."""
    if (translation.get_language() or "ru").startswith("ru"):
        return _MONTHS_SHORT[value.month - 1]
    return _MONTHS_EN[value.month - 1][:3]


@register.filter
def weekday(value: date) -> str:
    """«понедельник»."""
    return date_format(value, "l").lower() if value else ""


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A decorative icon of the Lucide set."""
    try:
        return SafeString(draw(name, size=size, **{"aria-hidden": "true", "class": "icon"}))
    except IconDoesNotExist:  # pragma: no cover - a test draws every icon used
        return format_html("<span class='icon' aria-hidden='true'></span>")


@register.filter
def may(user: Any, perm: str) -> bool:
    """`{% if user|may:"edit_plans" %}`: whether to offer an action (the view decides again)."""
    return role_has_perm(user, Perm(perm))


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's query string with some keys changed (None removes one): links that keep the state."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        else:
            params[key] = value
    return f"?{params.urlencode()}" if params else "?"


@register.filter
def bar_width(share: Any) -> str:
    """A share as a percentage for an SVG attribute, kept between 0 and 100."""
    value = _decimal(share) or Decimal(0)
    return f"{min(max(value * 100, Decimal(0)), Decimal(100)):.2f}"
