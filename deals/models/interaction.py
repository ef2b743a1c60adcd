"""Interactions with clients: calls, e-mails, meetings (DOMAIN.md 5.1–5.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.querysets import OfClientQuerySet


class Kind(models.TextChoices):
    """How the client was met."""

    CALL = "call", pgettext_lazy("interaction", "call")
    EMAIL = "email", _("e-mail")
    MEETING = "meeting", _("meeting")


class Outcome(models.TextChoices):
    """How a call ended. Only «talked» is a successful conversation; an e-mail never is."""

    TALKED = "talked", _("talked")
    NO_ANSWER = "no_answer", _("no answer")
    CALL_BACK = "call_back", _("call back later")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    REFUSED = "refused", _("refused")


class RefusalReason(models.TextChoices):
    """Why a client refused."""

    PRICE = "price", _("the price")
    ASSORTMENT = "assortment", _("no needed assortment")
    QUALITY = "quality", _("quality")
    DELIVERY = "delivery", _("delivery terms")
    SUPPLIER = "supplier", _("has another supplier")
    NO_NEED = "no_need", _("no need now")
    CLOSED = "closed", _("the business is closed")
    OTHER = "other", _("other")


class Interaction(models.Model):
    """One contact with a client and what came out of it."""

    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="interactions", verbose_name=_("client")
    )
    contact = models.ForeignKey(
        "clients.Contact",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("contact"),
    )
    user = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="interactions", verbose_name=_("who")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CALL)
    at = models.DateTimeField(_("at"))
    day = models.DateField(_("business date"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    refusal_reason = models.CharField(_("reason"), max_length=12, choices=RefusalReason.choices, blank=True)
    note = models.TextField(_("result"), blank=True)
    agreement = models.TextField(_("agreement"), blank=True)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    next_on = models.DateField(_("next step on"), null=True, blank=True)
    next_at = models.TimeField(_("at what time"), null=True, blank=True)
    key = models.UUIDField(
        _("idempotency key"),
        unique=True,
        null=True,
        blank=True,
        help_text=_("A form sent twice leaves one row"),
    )
    # What the call changed beside this row, with the values before: what an undo puts back.
    effects = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), editable=False)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["client", "-at"], name="interaction_client"),
            models.Index(fields=["user", "day"], name="interaction_user_day"),
            models.Index(
                fields=["client", "day"],
                condition=models.Q(outcome="talked") & ~models.Q(kind="email"),
                name="interaction_talked",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(outcome="call_back") | models.Q(next_on__isnull=False),
                name="call_back_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="refused") | ~models.Q(refusal_reason=""),
                name="refusal_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.at:%d.%m.%Y}"
