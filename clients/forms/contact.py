"""Forms of contacts and legal entities."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.forms.changes import ChangesMixin
from clients.forms.fields import InnField, PhoneField
from clients.masks import email_hidden, messenger_hidden, phone_hidden, phone_pretty
from clients.models import Client, Contact, LegalEntity
from salesdept.models import User

_SECRET = {"phone": phone_hidden, "email": email_hidden, "messenger": messenger_hidden}


class ContactForm(ChangesMixin):
    """A person at a client.

    Whoever has not opened the contact today gets its phone, e-mail and messenger hidden: an empty field then
    means «as it was», so that editing shows nobody's number around the log of reveals (DOMAIN.md 7).
    """

    name = forms.CharField(label=_("Full name"), max_length=200)
    phone = PhoneField(label=_("Phone"), max_length=40, required=False)

    class Meta:
        model = Contact
        fields = [
            "name",
            "position",
            "decision_role",
            "phone",
            "phone_extension",
            "email",
            "messenger",
            "is_main",
            "mailing_consent",
            "number_is_wrong",
        ]

    def __init__(self, *args: Any, is_revealed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hidden = {}
        for name, hide in _SECRET.items():
            value = getattr(self.instance, name)
            if value and not is_revealed:
                self.hidden[name] = value
                self.initial[name] = ""
                self.fields[name].widget.attrs["placeholder"] = hide(value)
                self.fields[name].help_text = _("Empty leaves it as it is.")
            elif value and name == "phone":
                self.initial[name] = phone_pretty(value)

    def clean(self) -> dict[str, Any]:
        """Hidden values that were not typed over stay; somebody must be reachable somehow."""
        data = super().clean() or self.cleaned_data
        for name, value in self.hidden.items():
            data[name] = data.get(name) or value
        if not self.errors and not any(data.get(name) for name in _SECRET):
            self.add_error("phone", _("Give a phone, an e-mail or a messenger."))
        if data.get("phone") != self._before["phone"] and "number_is_wrong" not in self.changed_data:
            data["number_is_wrong"] = False  # the mark belonged to the number before
        return data


class LegalEntityForm(ChangesMixin):
    """A legal entity of a client."""

    inn = InnField(label=_("INN"), max_length=20, required=False)

    class Meta:
        model = LegalEntity
        fields = ["name", "inn", "kpp", "ogrn"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_kpp(self) -> str:
        """Nine digits."""
        kpp = str(self.cleaned_data["kpp"]).replace(" ", "")
        if kpp and not (len(kpp) == 9 and kpp[:4].isdigit() and kpp[6:].isdigit()):
            raise forms.ValidationError(_("A KPP has nine digits."))
        return kpp

    def clean(self) -> dict[str, Any]:
        """One INN and KPP belong to one client; whose they are is said only to those who see that client."""
        data = super().clean() or self.cleaned_data
        if data.get("inn"):
            same = LegalEntity.objects.filter(inn=data["inn"], kpp=data.get("kpp", "")).exclude(
                pk=self.instance.pk
            )
            if other := same.select_related("client").first():
                text: Any = _("This legal entity already belongs to another client.")
                if Client.objects.visible_to(self.user).filter(pk=other.client_id).exists():
                    text = _("This legal entity already belongs to “%(client)s”.") % {"client": other.client}
                self.add_error("inn", text)
        return data
