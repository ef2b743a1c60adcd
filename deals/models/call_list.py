"""Call lists: what one manager calls on one working day (DOMAIN.md 5.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.querysets import CallEntryQuerySet


class Tier(models.IntegerChoices):
    """Why a client is on the list; the best reason decides the place."""

    CALL_BACK = 1, _("Promised call-backs")
    INVOICE = 2, _("Invoices")
    LEAD = 3, _("Leads without a first contact")
    AT_RISK = 4, _("About to turn zero")
    EXPECTED = 5, _("Order expected")
    DUE_TOP = 6, _("Time to talk: TOP")
    DUE_OTHER = 7, _("Time to talk")


class EntryState(models.TextChoices):
    """What became of an entry."""

    OPEN = "open", _("to call")
    DONE = "done", _("called")
    SKIPPED = "skipped", _("skipped")


class CallEntry(models.Model):
    """One client on one manager's list of one working day, with every reason."""

    date = models.DateField(_("working day"))
    manager = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="call_entries", verbose_name=_("manager")
    )
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="call_entries", verbose_name=_("client")
    )
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier.choices)
    position = models.PositiveIntegerField(_("place"))
    reasons = models.JSONField(_("reasons"), default=list)
    state = models.CharField(_("state"), max_length=8, choices=EntryState.choices, default=EntryState.OPEN)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    interaction = models.ForeignKey(
        "deals.Interaction",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="call_entries",
        verbose_name=_("interaction"),
    )

    objects = CallEntryQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("call list", "call")
        verbose_name_plural = _("call list")
        ordering = ["date", "manager", "position"]
        indexes = [models.Index(fields=["date", "manager", "position"], name="call_entry_list")]
        constraints = [
            models.UniqueConstraint(fields=["date", "manager", "client"], name="call_entry_once_a_day"),
            models.CheckConstraint(condition=models.Q(tier__range=(1, 7)), name="call_entry_tier"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y} {self.client}"


class ContactState(models.Model):
    """When a client was last talked to and when the next conversation is due (DOMAIN.md 5.1)."""

    client = models.OneToOneField(
        "clients.Client", on_delete=models.CASCADE, primary_key=True, related_name="contact_state"
    )
    last_talked_on = models.DateField(_("last conversation"), null=True)
    due_on = models.DateField(
        _("conversation due"), null=True, help_text=_("Empty: never talked to, due now")
    )

    class Meta:
        verbose_name = _("contact state")
        verbose_name_plural = _("contact states")
        indexes = [models.Index(fields=["due_on"], name="contact_state_due")]

    def __str__(self) -> str:
        return str(self.client_id)
