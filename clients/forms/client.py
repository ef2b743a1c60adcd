"""Forms of a client: the facts people edit, and a new client with its first contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.forms.changes import ChangesMixin
from clients.forms.fields import HOME_ZONE, POTENTIALS, TIME_ZONES, InnField, PhoneField
from clients.models import Client, Contact
from playbook.models import Segment
from salesdept.models import User
from salesdept.roles import Perm, has_perm

_FACTS = ["name", "segment", "direction", "office", "city", "time_zone", "source", "potential", "note"]


class SegmentField(forms.ModelChoiceField):
    """Segments under the names of their spheres."""

    def __init__(self, **kwargs: Any) -> None:
        segments = Segment.objects.select_related("sphere")
        super().__init__(segments, required=False, label=_("Segment"), empty_label="—", **kwargs)

    def grouped(self) -> list[tuple[str, Any]]:
        """Choices with option groups; one query."""
        groups: dict[str, list[tuple[int, str]]] = {}
        for segment in self.queryset or ():
            groups.setdefault(segment.sphere.name, []).append((segment.pk, segment.name))
        return [("", "—"), *groups.items()]


class ClientForm(ChangesMixin):
    """What people know about a client. Classes, stages and hands are not here: the night and services set them."""

    segment = SegmentField()
    time_zone = forms.ChoiceField(choices=TIME_ZONES, label=_("Time zone"), initial=HOME_ZONE)
    potential = forms.ChoiceField(choices=POTENTIALS, required=False, label=_("Potential"))

    class Meta:
        model = Client
        fields = _FACTS
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segment: Any = self.fields["segment"]
        segment.widget.choices = segment.grouped()
        self.fields["direction"].widget.attrs.pop("required", None)
        zone = self.instance.time_zone
        if zone and zone not in dict(TIME_ZONES):
            zones: Any = self.fields["time_zone"]
            zones.choices = [(zone, zone), *TIME_ZONES]
        office: Any = self.fields["office"]
        office.empty_label, office.initial = "—", user.office_id
        if not has_perm(user, Perm.SEE_ALL_CLIENTS):
            del self.fields["office"]  # an office decides who sees the client


class NewClientForm(ClientForm):
    """A client, the person to ask for, and the INN to recognise it by."""

    code = forms.CharField(
        label=_("1C code"), max_length=64, required=False, help_text=_("Empty: the program gives one.")
    )
    inn = InnField(label=_("INN"), required=False, max_length=20)
    contact_name = forms.CharField(label=_("Full name"), max_length=200, required=False)
    contact_position = forms.CharField(label=_("Position"), max_length=150, required=False)
    contact_phone = PhoneField(label=_("Phone"), max_length=40, required=False)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta(ClientForm.Meta):
        fields = ["code", *_FACTS]

    def clean_code(self) -> str:
        """A code nobody has yet."""
        code = str(self.cleaned_data["code"]).strip()
        if code and Client.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another client has this code."))
        return code

    def clean(self) -> dict[str, Any]:
        """A contact needs a name as soon as anything else about it is given."""
        data = super().clean() or self.cleaned_data
        given = any(data.get(name) for name in ("contact_position", "contact_phone", "contact_email"))
        if given and not data.get("contact_name"):
            self.add_error("contact_name", _("Whom to ask for?"))
        return data

    def contact(self) -> Contact | None:
        """The first contact, when one was given."""
        data = self.cleaned_data
        if not data["contact_name"]:
            return None
        return Contact(
            name=data["contact_name"],
            position=data["contact_position"],
            phone=data["contact_phone"],
            email=data["contact_email"],
        )
