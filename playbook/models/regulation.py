"""Regulations: pages of the sales book with versions, an approval and parameters (DOMAIN.md 3)."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from playbook.models.search import search_column
from salesdept.roles import Role

# Values follow their version: once it is approved, none may come, change or go.
_VALUES_STAND = """
    IF EXISTS (
        SELECT 1 FROM playbook_regulationversion v
        WHERE v.state = 'approved' AND v.id IN ({ids})
    ) THEN
        RAISE EXCEPTION 'values of an approved version do not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN {row};
"""


class Regulation(models.Model):
    """A page of the book. What it says stands in its versions."""

    code = models.SlugField(_("code"), unique=True)
    section = models.CharField(_("section"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    owner_role = models.CharField(_("owner"), max_length=30, choices=Role.choices, default=Role.SALES_HEAD)
    approver_role = models.CharField(
        _("approved by"), max_length=30, choices=Role.choices, default=Role.SALES_HEAD
    )
    readers = models.JSONField(_("who must read it"), default=list, blank=True)
    search = search_column("A", "title", "summary")

    class Meta:
        verbose_name = _("regulation")
        verbose_name_plural = _("regulations")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.title


class VersionState(models.TextChoices):
    """Draft → review → approved; which approved one holds on a day is decided by its date.

    A draft nobody wanted is set aside: its number stays taken, and it may be taken up again.
    """

    DRAFT = "draft", _("draft")
    REVIEW = "review", _("in review")
    APPROVED = "approved", _("approved")
    DISCARDED = "discarded", _("set aside")


OPEN_STATES = (VersionState.DRAFT, VersionState.REVIEW)


class RegulationVersionQuerySet(models.QuerySet["RegulationVersion"]):
    """Named conditions over versions."""

    def approved(self) -> RegulationVersionQuerySet:
        """Versions that hold from their date."""
        return self.filter(state=VersionState.APPROVED)

    def open(self) -> RegulationVersionQuerySet:
        """Drafts and versions in review: at most one a regulation."""
        return self.filter(state__in=OPEN_STATES)

    def in_force(self, day: date) -> RegulationVersionQuerySet:
        """The one version of each regulation that holds on the day: the latest date, then the latest number."""
        return (
            self.approved()
            .filter(in_force_from__lte=day)
            .order_by("regulation_id", "-in_force_from", "-number")
            .distinct("regulation_id")
        )


class RegulationVersion(models.Model):
    """The text and the values of a regulation, from a date on."""

    regulation = models.ForeignKey(
        Regulation, on_delete=models.CASCADE, related_name="versions", verbose_name=_("regulation")
    )
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    text = models.TextField(_("text"), help_text=_("Markdown; {{ code }} shows a parameter's value"))
    change_note = models.CharField(_("what changed and why"), max_length=500, blank=True)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    review_note = models.CharField(_("remark of the reviewer"), max_length=500, blank=True)
    revision = models.PositiveIntegerField(_("revision of the draft"), default=1)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    changed_by = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )
    read_by = models.DateField(
        _("to be read by"),
        null=True,
        blank=True,
        help_text=_("empty: so many working days as the book gives"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )

    search = search_column("C", "text")

    objects = RegulationVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["regulation", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["regulation", "number"], name="regulation_version_unique"),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(in_force_from__isnull=False),
                name="approved_version_has_date",
            ),
            models.UniqueConstraint(
                fields=["regulation"],
                condition=models.Q(state__in=("draft", "review")),
                name="one_open_draft_a_regulation",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="approved"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.regulation} · {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it is still a draft or in review."""
        return self.state in OPEN_STATES


class ParameterValue(models.Model):
    """What a parameter is worth in a version. Definitions stand in `playbook.parameters`."""

    version = models.ForeignKey(
        RegulationVersion, on_delete=models.CASCADE, related_name="values", verbose_name=_("version")
    )
    code = models.CharField(_("parameter"), max_length=60)
    value = models.JSONField(_("value"))

    class Meta:
        verbose_name = _("parameter value")
        verbose_name_plural = _("parameter values")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="parameter_value_unique")]
        triggers = [
            pgtrigger.Trigger(
                name="approved_values_stand",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_VALUES_STAND.format(ids="NEW.version_id", row="NEW"),
            ),
            pgtrigger.Trigger(
                name="approved_values_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_VALUES_STAND.format(ids="OLD.version_id, NEW.version_id", row="NEW"),
            ),
            pgtrigger.Trigger(
                name="approved_values_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_VALUES_STAND.format(ids="OLD.version_id", row="OLD"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"
