"""Questions of the script whose answers go to the client's card while one talks (DOMAIN.md 4.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.answers import Fact
from playbook.models import KeyParameter

Kind = KeyParameter.Kind
PREFIX = "fact"
KEY = "KeyF"  # of the first question in call mode
_YES_NO = (("", "—"), ("yes", _("yes")), ("no", _("no")))
_BOOLEAN = {"yes": True, "no": False}


class FactsForm(forms.Form):
    """A field for each fact, by the kind of its answer; `answers` holds what was filled in, typed."""

    def __init__(
        self, data: Any = None, *, facts: Iterable[Fact], said: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, prefix=PREFIX)
        self.facts = list(facts)
        for fact in self.facts:
            value = (said or {}).get(fact.parameter.code, fact.value)
            self.fields[fact.parameter.code] = _field(fact.parameter, value)
        for field in list(self.fields.values())[:1]:
            if not isinstance(field.widget, forms.CheckboxSelectMultiple):
                field.widget.attrs["data-key"] = KEY

    @property
    def answers(self) -> dict[str, Any]:
        """Code → typed value, of the fields that were filled in (of a valid form)."""
        found = {}
        for fact in self.facts:
            value = self.cleaned_data.get(fact.parameter.code)
            if value not in (None, "", []):
                found[fact.parameter.code] = _typed(fact.parameter, value)
        return found


def posted(facts: Iterable[Fact], data: Mapping[str, Any]) -> list[Fact]:
    """The facts that a form brings back, whatever the screen would ask now."""
    return [fact for fact in facts if f"{PREFIX}-{fact.parameter.code}" in data]


def _field(parameter: KeyParameter, value: Any) -> forms.Field:
    options = [(one, one) for one in parameter.options]
    common: dict[str, Any] = {
        "label": parameter.name,
        "help_text": parameter.question,  # how to ask aloud
        "required": False,
        "initial": value,
    }
    if parameter.kind == Kind.YES_NO:
        common["initial"] = {True: "yes", False: "no"}.get(value, value)
        return forms.ChoiceField(choices=_YES_NO, **common)
    if parameter.kind == Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "—"), *options], **common)
    if parameter.kind == Kind.SEVERAL:
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **common)
    if parameter.kind == Kind.NUMBER:
        return forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, localize=False, **common)
    return forms.CharField(max_length=300, **common)


def _typed(parameter: KeyParameter, value: Any) -> Any:
    if parameter.kind == Kind.YES_NO:
        return _BOOLEAN[value]
    return str(value) if parameter.kind == Kind.NUMBER else value
