"""What a draft would change, computed before it is approved (DOMAIN.md 3)."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playbook.models.regulation import RegulationVersion

LOST_AFTER = timedelta(minutes=8)  # longer than any rehearsal may take: whoever computed it is gone
UNHEARD_AFTER = timedelta(seconds=20)  # a worker that is there takes it up at once


class RehearsalState(models.TextChoices):
    """Where a rehearsal stands."""

    QUEUED = "queued", _("waiting for its turn")
    RUNNING = "running", _("being computed")
    DONE = "done", _("computed")
    FAILED = "failed", _("not computed")


class Rehearsal(models.Model):
    """One computation of a draft's effect on the next night. The row is the truth, the queue only the doorbell.

    `result` holds `{"clients": {id: {kind: [before, after]}}, "people": {id: {load: [before, after]}}}`.
    """

    version = models.ForeignKey(
        RegulationVersion, on_delete=models.CASCADE, related_name="rehearsals", verbose_name=_("version")
    )
    revision = models.PositiveIntegerField(_("revision of the draft"))
    rules = models.CharField(
        _("digest of the rules"),
        max_length=64,
        blank=True,
        help_text=_("of both sets of values and the night: another digest means a stale result"),
    )
    as_of = models.DateField(_("business date"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=RehearsalState.choices, default=RehearsalState.QUEUED
    )
    percent = models.PositiveSmallIntegerField(_("per cent done"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    result = models.JSONField(_("result"), default=dict, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("rehearsal")
        verbose_name_plural = _("rehearsals")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version}: {self.get_state_display()}"

    @property
    def is_waiting(self) -> bool:
        """Whether a result may still come."""
        is_open = self.state in (RehearsalState.QUEUED, RehearsalState.RUNNING)
        return is_open and timezone.now() - self.created_at < LOST_AFTER

    @property
    def is_unheard(self) -> bool:
        """Whether nobody has taken it up though there was time to."""
        return self.state == RehearsalState.QUEUED and timezone.now() - self.created_at > UNHEARD_AFTER

    @property
    def is_lost(self) -> bool:
        """Whether whoever computed it is gone."""
        return self.state in (RehearsalState.QUEUED, RehearsalState.RUNNING) and not self.is_waiting
