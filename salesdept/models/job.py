"""Runs of the night and of other long work: PostgreSQL rows are the truth, Redis only the doorbell."""

from __future__ import annotations

from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """Where a run or a step stands."""

    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class JobRun(models.Model):
    """One night: everything computed for one business date (DESIGN.md, «The night»)."""

    as_of = models.DateField(_("business date"), unique=True)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.RUNNING)
    full = models.BooleanField(_("full rebuild"), default=False)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    started_by = models.ForeignKey(
        "salesdept.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )

    class Meta:
        verbose_name = _("night run")
        verbose_name_plural = _("night runs")
        ordering = ["-as_of"]

    def __str__(self) -> str:
        return f"{self.as_of:%d.%m.%Y}"

    @property
    def seconds(self) -> float:
        """Working time of all steps, in seconds."""
        return round(sum(step.seconds for step in self.steps.all()), 3)


class JobStep(models.Model):
    """One step of a night, committed on its own."""

    run = models.ForeignKey(
        JobRun, on_delete=models.CASCADE, related_name="steps", verbose_name=_("night run")
    )
    name = models.CharField(_("step"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"))
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.RUNNING)
    rows = models.BigIntegerField(_("rows changed"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="job_step_unique")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The rule's own words: `TITLE` of its file; the name of one that is no more."""
        try:
            return str(import_string(f"{self.name.rpartition('.')[0]}.TITLE"))
        except ImportError:
            return self.name
