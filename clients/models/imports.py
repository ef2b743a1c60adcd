"""Imports: one row per file, what it rejected, and what an undo must put back."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportState(models.TextChoices):
    """Where an import stands. WORKING are the states in which a process is at it."""

    UPLOADED = "uploaded", _("columns to choose")
    QUEUED = "queued", _("waits its turn")
    READING = "reading", _("being read")
    CHECKING = "checking", _("being checked")
    WRITING = "writing", _("being written")
    READY = "ready", _("read, not applied")
    APPLIED = "applied", _("applied")
    UNDONE = "undone", pgettext_lazy("import", "undone")
    FAILED = "failed", pgettext_lazy("import", "failed")


WORKING = (ImportState.READING, ImportState.CHECKING, ImportState.WRITING)


class ImportGoal(models.TextChoices):
    """What the work on an import is for."""

    CHECK = "check", _("check the file")
    APPLY = "apply", _("bring the file in")
    UNDO = "undo", _("undo the import")


class ImportBatch(models.Model):
    """One file brought in (or tried). This row is the truth about the work on it; the queue only rings the bell."""

    kind = models.CharField(_("kind"), max_length=20)
    file_name = models.CharField(_("file"), max_length=255)
    stored_as = models.CharField(max_length=255, blank=True, default="")
    mapping = models.JSONField(_("columns"), default=dict, blank=True)
    unknown_clients = models.CharField(_("unknown clients"), max_length=6, default="create")
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState.choices, default=ImportState.READING
    )
    started_by = models.ForeignKey(
        "salesdept.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    goal = models.CharField(max_length=5, choices=ImportGoal.choices, default=ImportGoal.APPLY)
    percent = models.PositiveSmallIntegerField(_("done, %"), default=0)
    rung_at = models.DateTimeField(null=True, blank=True)  # when the queue was last told about it
    rows_seen = models.PositiveBigIntegerField(_("rows read so far"), default=0)
    read = models.PositiveBigIntegerField(_("read"), default=0)
    accepted = models.PositiveBigIntegerField(_("accepted"), default=0)
    rejected = models.PositiveBigIntegerField(_("rejected"), default=0)
    created = models.PositiveBigIntegerField(_("new"), default=0)
    updated = models.PositiveBigIntegerField(_("changed"), default=0)
    unchanged = models.PositiveBigIntegerField(_("unchanged"), default=0)
    rejects_path = models.CharField(_("rejected rows"), max_length=500, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.file_name}"

    @property
    def is_at_work(self) -> bool:
        """Whether it waits for a process or a process is at it."""
        return self.state == ImportState.QUEUED or self.state in WORKING

    @property
    def kind_label(self) -> str:
        """What the file holds, in words."""
        from clients.imports.kinds import choices

        return str(dict(choices()).get(self.kind, self.kind))

    @property
    def can_change(self) -> bool:
        """Whether its columns may still be chosen, or the file thrown away."""
        return self.state in (ImportState.UPLOADED, ImportState.READY, ImportState.FAILED) and bool(
            self.stored_as
        )


class ImportChange(models.Model):
    """What an import did to one object: created it (nothing before) or changed it (what stood before)."""

    # Written in the transaction of its import, by the hundred thousand: import_change_once begins with it.
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="changes", db_index=False, db_constraint=False
    )
    model = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True)

    class Meta:
        verbose_name = _("imported change")
        verbose_name_plural = _("imported changes")
        constraints = [
            models.UniqueConstraint(fields=["batch", "model", "object_id"], name="import_change_once")
        ]
        indexes = [models.Index(fields=["model", "object_id"], name="import_change_object")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.model} {self.object_id}"


class ImportMapping(models.Model):
    """Columns chosen by hand, remembered for files with the same header."""

    kind = models.CharField(max_length=20)
    signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [models.UniqueConstraint(fields=["kind", "signature"], name="import_mapping_once")]

    def __str__(self) -> str:
        return self.kind
