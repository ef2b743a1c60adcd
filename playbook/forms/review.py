"""The owner's word that a regulation is still true."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReviewForm(forms.Form):
    """What was looked at: a word without it is a click."""

    note = forms.CharField(
        label=_("What you looked at"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say in a few words what you looked at.")},
    )

    def clean_note(self) -> str:
        """One paragraph."""
        return " ".join(self.cleaned_data["note"].split())
