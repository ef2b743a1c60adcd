"""Leads: enquiries of people who do not buy yet (DOMAIN.md 5.5)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from deals.querysets import LeadQuerySet
from salesdept.dates import WorkingHours

if TYPE_CHECKING:
    from playbook.services.parameters import Parameters


class Channel(models.TextChoices):
    """Where an enquiry came from."""

    SITE = "site", _("site form")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")
    MESSENGER = "messenger", _("messenger")
    SOCIAL = "social", _("social network")
    EXHIBITION = "exhibition", _("exhibition")
    CATALOGUE = "catalogue", _("catalogue")
    REFERRAL = "referral", _("referral")
    SEARCH = "search", _("search")


class LeadState(models.TextChoices):
    """Where a lead stands."""

    NEW = "new", _("without a first contact")
    WORKING = "working", _("in work")
    WON = "won", _("won")
    CLOSED = "closed", _("closed")


class Lead(models.Model):
    """An enquiry. The client it becomes is created at once as a potential one."""

    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="leads", verbose_name=_("client")
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    request = models.TextField(_("request"), blank=True)
    assignee = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("assignee"),
    )
    state = models.CharField(_("state"), max_length=8, choices=LeadState.choices, default=LeadState.NEW)
    created_at = models.DateTimeField(_("came"))
    first_contact_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    close_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["assignee", "created_at"], condition=models.Q(state="new"), name="lead_untouched"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="closed") | ~models.Q(close_reason=""),
                name="closed_lead_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.client}"

    def first_contact_due(self, values: Parameters) -> datetime:
        """By when somebody must have talked to them, in the clock of the business (DOMAIN.md 5.5). No query."""
        return first_contact_due(self.created_at, values)


# Functions too: the night and the pages ask about moments that they have read without the row.
def working_hours(values: Parameters) -> WorkingHours:
    """The hours of a working day in the book's values of a day."""
    return WorkingHours(values["work.day_start_hour"], values["work.day_end_hour"])


def first_contact_due(came: datetime, values: Parameters) -> datetime:
    """By when whoever came at the moment must be talked to."""
    return working_hours(values).deadline(came, values["lead.first_contact_hours"])
