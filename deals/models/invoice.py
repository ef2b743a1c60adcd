"""Invoices to clients (DOMAIN.md 5.4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.querysets import OfClientQuerySet


class InvoiceState(models.TextChoices):
    """Where an invoice stands; nothing is ever deleted."""

    OPEN = "open", pgettext_lazy("invoice", "open")
    CONFIRMED = "confirmed", pgettext_lazy("invoice", "confirmed")
    PAID = "paid", pgettext_lazy("invoice", "paid")
    EXPIRED = "expired", pgettext_lazy("invoice", "expired")
    CANCELLED = "cancelled", pgettext_lazy("invoice", "cancelled")


class Invoice(models.Model):
    """An invoice; day 1 is the day of issue. Key: number + calendar year."""

    number = models.CharField(_("number"), max_length=64, db_collation="C")
    year = models.PositiveSmallIntegerField(_("year"))
    issued_on = models.DateField(_("issued on"))
    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="invoices", verbose_name=_("client")
    )
    amount = models.DecimalField(_("amount, ₽"), max_digits=16, decimal_places=2)
    state = models.CharField(
        _("state"), max_length=10, choices=InvoiceState.choices, default=InvoiceState.OPEN
    )
    valid_until = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("The term printed on the invoice; empty: as long as the book says"),
    )
    contacted_on = models.DateField(_("last contact about it"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-issued_on", "-number"]
        indexes = [
            models.Index(fields=["client", "-issued_on"], name="invoice_client"),
            models.Index(fields=["issued_on"], condition=models.Q(state="open"), name="invoice_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number", "year"], name="invoice_key"),
            models.CheckConstraint(condition=models.Q(year=models.F("issued_on__year")), name="invoice_year"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="invoice_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("issued_on")), name="invoice_valid_until"
            ),
        ]

    def __str__(self) -> str:
        return self.number
