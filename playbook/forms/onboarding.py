"""Taking a newcomer in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from playbook.training_scope import assessable, watched
from salesdept.dates import today
from salesdept.models import User

FARTHEST = 366  # days from today that a first day may lie


class PersonChoice(forms.ModelChoiceField):
    """People as lists show them, with role and office."""

    def label_from_instance(self, obj: Any) -> str:
        """«Белов Игорь · Менеджер · МСК»."""
        parts = [f"{obj.last_name} {obj.first_name}".strip() or obj.email, str(obj.get_role_display())]
        return " · ".join([*parts, obj.office.short_name] if obj.office else parts)


class OnboardingForm(forms.Form):
    """Who, with whom, from when."""

    person = PersonChoice(User.objects.none(), label=_("Newcomer"))
    mentor = PersonChoice(User.objects.none(), label=_("Mentor"))
    starts = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = assessable(by).order_by("last_name", "first_name", "pk")
        mentors = User.objects.filter(pk__in=watched(by).values("pk")).select_related("office")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["mentor"].queryset = mentors.order_by("last_name", "first_name", "pk")  # type: ignore[attr-defined]

    def clean_starts(self) -> Any:
        """A first day far away is a slip of the hand."""
        day = self.cleaned_data["starts"]
        if abs(day - today()) > timedelta(days=FARTHEST):
            raise ValidationError(_("The first day must lie within a year from today."))
        return day
