"""Call scripts by situation and sphere, and objections (source section 2.3, 7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from playbook.models.search import search_column


class Situation(models.TextChoices):
    """Why a call is made; the call list's reasons point here."""

    CALLBACK = "callback", _("Promised call-back")
    INVOICE = "invoice", _("Invoice to chase")
    INVOICE_SECOND = "invoice_second", _("Invoice to chase, second time")
    LEAD = "lead", _("First contact with a lead")
    AT_RISK = "at_risk", _("About to turn zero")
    EXPECTED_ORDER = "expected_order", _("Expected order is late")
    CADENCE_TOP = "cadence_top", _("Regular conversation, TOP")
    CADENCE_OTHER = "cadence_other", _("Regular conversation")
    DEVELOPMENT = "development", _("Zero or lost client")
    PROPOSAL = "proposal", _("Answer to a proposal")
    CLAIM = "claim", _("Claim")
    SURVEY = "survey", _("Survey")


class Script(models.Model):
    """Steps of a conversation for a situation; without a sphere it is the general one.

    A step is a sentence, or an object with `text` (what to do), `say` (the words), `asks` (the code of a key
    parameter that the answer fills) and `branches` (a list of `{"if": …, "then": …}`).
    An offer is an object with `title` and `text`: ready to be said or sent.
    """

    situation = models.CharField(_("situation"), max_length=20, choices=Situation.choices)
    sphere = models.ForeignKey(
        "playbook.Sphere",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="scripts",
        verbose_name=_("sphere"),
    )
    segment = models.ForeignKey(
        "playbook.Segment",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="scripts",
        verbose_name=_("segment"),
    )
    title = models.CharField(_("title"), max_length=200)
    steps = models.JSONField(_("steps"), default=list)
    offers = models.JSONField(_("ready offers"), default=list, blank=True)
    search = search_column("A", "title")
    search_body = search_column("C", "steps", "offers")

    class Meta:
        verbose_name = _("script")
        verbose_name_plural = _("scripts")
        ordering = ["situation", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["situation", "sphere", "segment"], name="script_unique", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """What a client says against, and what a manager answers."""

    code = models.SlugField(_("code"), unique=True)
    says = models.CharField(_("the client says"), max_length=300)
    answer = models.TextField(_("the manager answers"))
    situations = models.JSONField(
        _("situations"), default=list, blank=True, help_text=_("codes; empty: any situation")
    )
    segment = models.ForeignKey(
        "playbook.Segment",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="objections",
        verbose_name=_("segment"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    search = search_column("A", "says")
    search_body = search_column("C", "answer")

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.says
