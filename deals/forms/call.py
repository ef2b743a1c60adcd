"""The form of a call: one outcome, and what each outcome needs (DOMAIN.md 5.2)."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from deals.models import Interaction, Outcome, RefusalReason


class CallForm(forms.Form):
    """Fields of every outcome at once; `arguments` keeps those that belong to the one chosen.

    A button sends the outcome: `outcome`, or `refused` with the reason, or `callback` with the moment.
    """

    key = forms.UUIDField()
    outcome = forms.ChoiceField(choices=Outcome.choices, required=False)
    refused = forms.ChoiceField(choices=RefusalReason.choices, required=False)
    callback = forms.CharField(required=False)
    callback_on = forms.DateField(required=False)
    callback_at = forms.TimeField(required=False)
    contact = forms.ModelChoiceField(Contact.objects.none(), required=False)
    note = forms.CharField(required=False, max_length=5000)
    agreement = forms.CharField(required=False, max_length=1000)
    next_step = forms.CharField(required=False, max_length=300)
    when = forms.DateField(required=False)
    next_on = forms.DateField(required=False)
    next_at = forms.TimeField(required=False)

    def __init__(self, data: Any = None, *, contacts: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["contact"].queryset = contacts if contacts is not None else Contact.objects.none()  # type: ignore[attr-defined]
        self.initial.setdefault("key", str(uuid.uuid4()))

    def clean_callback(self) -> datetime | None:
        """A ready-made moment of the call-back, `2026-11-23T13:30`."""
        text = self.cleaned_data["callback"]
        if not text:
            return None
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise forms.ValidationError(_("Give the day and the time.")) from error

    def clean(self) -> dict[str, Any]:
        """The outcome, from whichever button was pressed."""
        data = super().clean() or self.cleaned_data
        if data.get("refused"):
            data["outcome"] = Outcome.REFUSED
        elif data.get("callback"):
            data["outcome"] = Outcome.CALL_BACK
            data["callback_on"], data["callback_at"] = data["callback"].date(), data["callback"].time()
        if not data.get("outcome") and not self.errors:
            self.add_error("outcome", _("Choose how the call ended."))
        return data

    @property
    def arguments(self) -> dict[str, Any]:
        """What `record_interaction` takes, of a valid form."""
        data = self.cleaned_data
        outcome = data["outcome"]
        on: date | None = data["next_on"] or data["when"]
        at: time | None = data["next_at"]
        if outcome == Outcome.CALL_BACK:
            on, at = data["callback_on"], data["callback_at"]
        return {
            "outcome": outcome,
            "key": data["key"],
            "contact": data["contact"],
            "note": data["note"],
            "agreement": data["agreement"],
            "next_step": data["next_step"],
            "next_on": on,
            "next_at": at,
            "refusal_reason": data["refused"],
        }


def initial_of(call: Interaction) -> dict[str, Any]:
    """The form filled with a call that was undone, so that nothing typed is lost."""
    back = call.outcome == Outcome.CALL_BACK
    return {
        "note": call.note,
        "agreement": call.agreement,
        "next_step": call.next_step,
        "contact": call.contact_id,
        ("callback_on" if back else "next_on"): call.next_on,
        ("callback_at" if back else "next_at"): call.next_at,
    }
