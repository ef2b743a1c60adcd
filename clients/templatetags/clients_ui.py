"""What templates of clients show in their own way: phones and e-mails, whole or hidden; quantities."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from clients import masks
from salesdept.templatetags.ui import NBSP, group_digits

register = template.Library()
register.filter("phone_pretty", masks.phone_pretty)
register.filter("phone_hidden", masks.phone_hidden)
register.filter("email_hidden", masks.email_hidden)
register.filter("messenger_hidden", masks.messenger_hidden)


@register.filter
def quantity(value: Decimal) -> str:
    """«120» or «12,5»: decimals only where there are any."""
    whole = value == value.to_integral_value()
    return group_digits(value) if whole else group_digits(value, 3).rstrip("0")


@register.filter
def rub_thousands(value: Decimal) -> str:
    """«1 240 тыс. ₽», and «0 ₽» where nothing is a fact rather than a gap."""
    return f"{group_digits(value / 1000)}{NBSP}{_('k ₽')}" if value else f"0{NBSP}₽"
