"""How deals says things in templates."""

from datetime import date

from django import template
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def late(due: date, today: date) -> str:
    """«2 дня назад»: how long ago the day passed."""
    days = (today - due).days
    return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}
