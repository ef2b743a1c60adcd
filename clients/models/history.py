"""What people changed: values before each edit (pghistory triggers) and the log of exports (DOMAIN.md 7).

Each row holds the values *before* an update or a delete, so the chain is complete without recording inserts:
what came after is the next row, or the object itself. Columns that the night or an import of shipments writes
are not tracked; hand-overs have a history of their own (`Move`).
"""

from typing import Any

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client, Contact, LegalEntity

CLIENT_FIELDS = [
    "name",
    "direction",
    "office",
    "segment",
    "city",
    "time_zone",
    "source",
    "potential",
    "discount",
    "note",
]
LEGAL_ENTITY_FIELDS = ["client", "name", "inn", "kpp", "ogrn", "external_id"]
CONTACT_FIELDS = [
    "client",
    "name",
    "position",
    "decision_role",
    "is_main",
    "phone",
    "phone_extension",
    "email",
    "messenger",
    "mailing_consent",
    "confirmed_on",
    "number_is_wrong",
]


def _events(model: type[models.Model], fields: list[str]) -> Any:
    """The base of an event model: values before an update or a delete, one statement trigger for each."""
    return pghistory.create_event_model(
        model,
        pghistory.UpdateEvent(row=pghistory.Old),
        pghistory.DeleteEvent(),
        fields=fields,
        level=pghistory.Statement,
        obj_field=pghistory.ObjForeignKey(related_name="+"),
    )


class ClientChange(_events(Client, CLIENT_FIELDS)):  # type: ignore[misc]
    """A client's facts before somebody changed them."""

    class Meta:
        verbose_name = _("client change")
        verbose_name_plural = _("client changes")


class LegalEntityChange(_events(LegalEntity, LEGAL_ENTITY_FIELDS)):  # type: ignore[misc]
    """A legal entity before somebody changed or deleted it."""

    class Meta:
        verbose_name = _("legal entity change")
        verbose_name_plural = _("legal entity changes")
        indexes = [models.Index(fields=["client"], name="legal_entity_change_client")]


class ContactChange(_events(Contact, CONTACT_FIELDS)):  # type: ignore[misc]
    """A contact before somebody changed or deleted it."""

    class Meta:
        verbose_name = _("contact change")
        verbose_name_plural = _("contact changes")
        indexes = [models.Index(fields=["client"], name="contact_change_client")]


class ExportLog(models.Model):
    """A person took clients out of the program: who, when, how many, by which query (DOMAIN.md 7)."""

    user = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="exports", verbose_name=_("who")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)
    rows = models.PositiveIntegerField(_("rows"))
    query = models.TextField(_("query"), blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.user}: {self.rows}"


class BulkChange(models.Model):
    """One action of a person on one or many clients, with what is needed to undo it.

    `values` maps a client's id to `{column: [before, after]}`.
    """

    class Kind(models.TextChoices):
        HOME = "home", _("home manager")
        WORK = "work", _("in work with")
        SEGMENT = "segment", _("segment")

    kind = models.CharField(_("what"), max_length=8, choices=Kind.choices)
    made_by = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)
    values = models.JSONField(_("values"), default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.made_by}: {self.get_kind_display()} × {len(self.values)}"
