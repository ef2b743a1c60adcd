"""Forms of a version: text and typed values of a draft, approval with its date, a reviewer's remark."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from playbook.markdown import unknown_codes
from playbook.parameters import CELLS, Definition, contradictions
from salesdept.dates import today

TEXT_LIMIT = 100_000
PREFIX = "value-"


class ParameterField(forms.Field):
    """One parameter: what is typed becomes its value by the catalogue's own rule."""

    def __init__(self, definition: Definition, **kwargs: Any) -> None:
        self.definition = definition
        super().__init__(label=str(definition.name), widget=_widget(definition), **kwargs)
        if definition.kind in ("integer", "decimal"):
            self.help_text = _("from %(low)s to %(high)s") % {
                "low": definition.shown(definition.low),
                "high": definition.shown(definition.high),
            }

    def prepare_value(self, value: Any) -> Any:
        """As people write it: decimal comma."""
        if self.definition.kind == "decimal" and not isinstance(value, str) and value is not None:
            return self.definition.shown(value)
        return value

    def clean(self, value: Any) -> Any:
        """The typed value; ValidationError in words."""
        if value in (None, "", []):
            raise ValidationError(_("A value is needed here."))
        return self.definition.clean(value)


def _widget(definition: Definition) -> forms.Widget:
    if definition.kind == "choice":
        return forms.Select(choices=list(definition.choices.items()))
    if definition.kind == "cells":
        return forms.CheckboxSelectMultiple(choices=[(cell, cell) for cell in CELLS])
    mode = "numeric" if definition.kind == "integer" else "decimal"
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})


class DraftForm(forms.Form):
    """The text, the note and a field for each parameter of the regulation."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    text = forms.CharField(
        label=_("Text"),
        max_length=TEXT_LIMIT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}),
        error_messages={"required": _("A regulation without a text is no regulation.")},
    )
    change_note = forms.CharField(
        label=_("What changed and why"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or two sentences; people see them in the history."),
    )

    def __init__(self, *args: Any, definitions: list[Definition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definitions = definitions
        for one in definitions:
            self.fields[PREFIX + one.code] = ParameterField(one)
        if self.is_bound:
            for name in self.errors:
                self.fields[name].widget.attrs["aria-invalid"] = "true"

    def clean_text(self) -> str:
        """Line ends of one kind; every `{{ code }}` is a parameter that exists."""
        text = self.cleaned_data["text"].replace("\r\n", "\n").replace("\x00", "").strip() + "\n"
        if not text.strip():
            raise ValidationError(_("A regulation without a text is no regulation."))
        if unknown := unknown_codes(text):
            names = ", ".join(unknown)
            raise ValidationError(_("There is no parameter with this code: %(names)s.") % {"names": names})
        return text

    def clean(self) -> dict[str, Any]:
        """Values that contradict each other are an error at the field that is too great."""
        cleaned = super().clean() or {}
        for code, error in contradictions(self.values):
            self.add_error(PREFIX + code, error)
        return cleaned

    def resume_from(self, revision: int) -> None:
        """Show what was typed on top of this revision: saving again then replaces what is stored."""
        data = cast(QueryDict, self.data).copy()
        data["revision"] = str(revision)
        self.data = data

    @property
    def values(self) -> dict[str, Any]:
        """The typed values that are right so far, by code."""
        data = getattr(self, "cleaned_data", {})
        return {one.code: data[PREFIX + one.code] for one in self.definitions if PREFIX + one.code in data}

    def parameter_fields(self) -> list[forms.BoundField]:
        """The fields of parameters, in the catalogue's order."""
        return [self[PREFIX + one.code] for one in self.definitions]


def initial_of(text: str, note: str, revision: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form starts from."""
    return {"text": text, "change_note": note, "revision": revision} | {
        PREFIX + code: value for code, value in values.items()
    }


class ApprovalForm(forms.Form):
    """The date from which the version holds."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    day = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is not a date."), "required": _("Choose the day.")},
    )

    read_by = forms.DateField(
        label=_("To be read by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is not a date.")},
    )

    def __init__(self, *args: Any, earliest: date | None, read_days: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if earliest:
            self.fields["day"].widget.attrs["min"] = f"{earliest:%Y-%m-%d}"
        self.fields["read_by"].widget.attrs["min"] = f"{today():%Y-%m-%d}"
        if read_days:
            self.fields["read_by"].help_text = ngettext(
                "Empty: %(days)s working day after it comes into force.",
                "Empty: %(days)s working days after it comes into force.",
                read_days,
            ) % {"days": read_days}

    def clean_read_by(self) -> date | None:
        """Today or later: a term that has passed would make everybody late at once."""
        read_by: date | None = self.cleaned_data["read_by"]
        if read_by and read_by < today():
            raise ValidationError(_("Nobody can have read it by a day that has passed."))
        return read_by


class RemarkForm(forms.Form):
    """Why a version goes back to its author."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    remark = forms.CharField(
        label=_("What to mend"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what to mend.")},
    )
