"""The sheet of assessment: whom and by what, then a mark for each item."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from playbook.forms.onboarding import PersonChoice
from playbook.models import Regulation, RegulationVersion, Script
from playbook.services.assessment import FULL
from playbook.training_scope import assessable
from salesdept.dates import today
from salesdept.models import User

MARKS = ((0, _("no")), (1, _("in part")), (2, _("yes")))


class ScriptChoice(forms.ModelChoiceField):
    """Scripts by title, with whom they are for."""

    def label_from_instance(self, obj: Any) -> str:
        """«Первый разговор · РПК»."""
        whom = obj.segment or obj.sphere
        return f"{obj.title} · {whom}" if whom else obj.title


class ChoiceForm(forms.Form):
    """Whom, about which regulation, by which script."""

    person = PersonChoice(User.objects.none(), label=_("Who was heard"))
    regulation = forms.ModelChoiceField(Regulation.objects.none(), label=_("About which regulation"))
    script = ScriptChoice(
        Script.objects.select_related("segment", "sphere").order_by(
            "situation", F("sphere").asc(nulls_first=True), F("segment").asc(nulls_first=True)
        ),
        label=_("By which script"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = RegulationVersion.objects.in_force(today()).values("regulation")
        people = assessable(by).order_by("last_name", "first_name", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        pages = Regulation.objects.filter(pk__in=current).defer("search")
        self.fields["regulation"].queryset = pages  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Item:
    """A line of the sheet."""

    number: int
    text: str
    mark: int | None
    note: str
    is_missing: bool = False

    @property
    def choices(self) -> list[tuple[int, Any, bool]]:
        """Marks with their words, and which one stands."""
        return [(value, label, value == self.mark) for value, label in MARKS]


class SheetForm(forms.Form):
    """When, about what, marks and feedback. Items are the script's as the assessor saw them."""

    on = forms.DateField(
        label=_("Day of the call"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    about = forms.CharField(
        label=_("Which call or work"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("client, time, what about"), "autocomplete": "off"}),
    )
    feedback = forms.CharField(
        label=_("Feedback"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, items: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = items
        self.fingerprint = hashlib.sha256(json.dumps(items, ensure_ascii=False).encode()).hexdigest()[:16]

    def items(self) -> list[Item]:
        """Lines with what was marked so far; lines without a mark are said so once the form came back."""
        return [
            Item(n + 1, text, self._mark(n), self._note(n), self.is_bound and self._mark(n) is None)
            for n, text in enumerate(self.texts)
        ]

    def marks(self) -> list[dict[str, Any]]:
        """As they are stored."""
        return [{"item": one.text, "mark": one.mark, "note": one.note} for one in self.items()]

    def clean_on(self) -> Any:
        """A call that was heard has been."""
        day = self.cleaned_data["on"]
        if day > today():
            raise ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        """Every item marked, and the items are still those of the script."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.data.get("items") != self.fingerprint:
            raise ValidationError(
                _("The script has changed while the sheet was open: look at the marks again.")
            )
        if any(one.is_missing for one in self.items()):
            raise ValidationError(_("Every item needs a mark."))
        return cleaned

    def _mark(self, n: int) -> int | None:
        text = str(self.data.get(f"m{n + 1}", ""))
        return int(text) if text in {str(value) for value in range(FULL + 1)} else None

    def _note(self, n: int) -> str:
        return str(self.data.get(f"n{n + 1}", "")).replace("\x00", "").strip()[:300]
