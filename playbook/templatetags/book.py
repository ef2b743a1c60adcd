"""How pages of the book show dates of versions, and places of facts in scripts."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playbook.loader import SINCE
from playbook.models import Duty
from playbook.search import line as as_line
from salesdept.templatetags.ui import day as day_in_words

register = template.Library()
_PLACE = re.compile(r"\{\s*(\w+)\s*\}")
FACTS = {
    "contact": gettext_lazy("contact's name"),
    "manager": gettext_lazy("your name"),
    "agreement": gettext_lazy("last agreement"),
    "last_purchase": gettext_lazy("day of the last purchase"),
    "cycle": gettext_lazy("usual interval"),
    "expected": gettext_lazy("day of the expected order"),
    "categories": gettext_lazy("what they do not buy"),
    "invoice_number": gettext_lazy("invoice number"),
    "invoice_amount": gettext_lazy("invoice amount"),
    "invoice_date": gettext_lazy("invoice date"),
}

_WEEKDAYS = (
    gettext_lazy("on Mondays"),
    gettext_lazy("on Tuesdays"),
    gettext_lazy("on Wednesdays"),
    gettext_lazy("on Thursdays"),
    gettext_lazy("on Fridays"),
    gettext_lazy("on Saturdays"),
    gettext_lazy("on Sundays"),
)


@register.filter
def since(value: date | None) -> str:
    """«с 1 декабря», «с начала учёта» for the first versions, a dash for none."""
    if value is None:
        return "—"
    if value == SINCE:
        return _("from the very beginning")
    return _("from %(day)s") % {"day": day_in_words(value)}


@register.filter
def with_places(text: Any) -> SafeString:
    """A script's sentence with the places of facts as words: `{contact}` → «имя контакта»."""

    def place(match: re.Match[str]) -> str:
        return format_html('<span class="place">{}</span>', FACTS.get(match[1], match[1]))

    return mark_safe(_PLACE.sub(place, escape(text)))  # noqa: S308 - escaped above


@register.filter
def line(one: Any) -> str:
    """A line of a list of the book: a sentence, or an object whose values are sentences."""
    return as_line(one)


@register.filter
def when_due(duty: Duty) -> str:
    """On which day a weekly or monthly duty falls: «по понедельникам», «3-й рабочий день месяца»."""
    if duty.rhythm == Duty.Rhythm.WEEKLY:
        return str(_WEEKDAYS[duty.place - 1])
    if duty.place == -1:
        return _("last working day of the month")
    if duty.place < 0:
        return _("working day %(n)s from the end of the month") % {"n": -duty.place}
    return _("working day %(n)s of the month") % {"n": duty.place}
