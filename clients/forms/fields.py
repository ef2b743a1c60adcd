"""Fields that know what a Russian phone, INN or time zone is."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.ru import inn as inn_number

HOME_ZONE = "Europe/Moscow"
TIME_ZONES = (
    ("Europe/Kaliningrad", _("Kaliningrad, MSK−1")),
    ("Europe/Moscow", _("Moscow")),
    ("Europe/Samara", _("Samara, MSK+1")),
    ("Asia/Yekaterinburg", _("Yekaterinburg, MSK+2")),
    ("Asia/Omsk", _("Omsk, MSK+3")),
    ("Asia/Krasnoyarsk", _("Krasnoyarsk, MSK+4")),
    ("Asia/Irkutsk", _("Irkutsk, MSK+5")),
    ("Asia/Yakutsk", _("Yakutsk, MSK+6")),
    ("Asia/Vladivostok", _("Vladivostok, MSK+7")),
    ("Asia/Magadan", _("Magadan, MSK+8")),
    ("Asia/Kamchatka", _("Kamchatka, MSK+9")),
)
POTENTIALS = (("", "—"), *((letter, letter) for letter in "ABCDE"))


class PhoneField(forms.CharField):
    """A phone of any country; Russian ones may be typed with 8 and any signs. Kept as +78123341806."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        """E.164, or ValidationError."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "RU")
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError(_("This is not a phone number.")) from error
        whole = phonenumbers.ValidationResult.IS_POSSIBLE
        if phonenumbers.is_possible_number_with_reason(number) != whole:
            raise forms.ValidationError(_("Too few or too many digits: give the number with its area code."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class InnField(forms.CharField):
    """A Russian taxpayer's number with right control digits; spaces are forgiven."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        """Ten or twelve digits, or ValidationError."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return str(inn_number.validate(text))
        except NumberError as error:
            raise forms.ValidationError(
                _("The INN does not check: look for a mistyped digit (10 digits, or 12 for an entrepreneur).")
            ) from error
