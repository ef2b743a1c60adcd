"""Tasks with due dates."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deals.querysets import TaskQuerySet


class TaskKind(models.TextChoices):
    """What a task is about; call-backs feed tier 1 of the call list."""

    CALL_BACK = "call_back", _("call back")
    NEXT_STEP = "next_step", _("next step")
    CONVERSATION = "conversation", _("regular conversation")
    DATA = "data", _("client data")
    DEVELOPMENT = "development", _("zero client: first contact")
    WELCOME_BACK = "welcome_back", _("client came back")
    OTHER = "other", _("task")


class TaskState(models.TextChoices):
    """Where a task stands."""

    OPEN = "open", pgettext_lazy("task", "open")
    DONE = "done", pgettext_lazy("task", "done")
    CANCELLED = "cancelled", pgettext_lazy("task", "cancelled")


class Task(models.Model):
    """Something a person must do by a date."""

    title = models.CharField(_("what to do"), max_length=300)
    kind = models.CharField(_("kind"), max_length=12, choices=TaskKind.choices, default=TaskKind.OTHER)
    client = models.ForeignKey(
        "clients.Client",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("client"),
    )
    assignee = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="tasks", verbose_name=_("assignee")
    )
    due_on = models.DateField(_("due on"))
    due_at = models.TimeField(_("at what time"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    details = models.TextField(_("details"), blank=True)
    result = models.TextField(_("result"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    interaction = models.ForeignKey(
        "deals.Interaction",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("agreed in"),
    )
    origin = models.CharField(
        _("origin"),
        max_length=80,
        null=True,
        blank=True,
        unique=True,
        help_text=_("Names the fact a rule made the task from, so that it is made once"),
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "due_at", "id"]
        indexes = [
            models.Index(fields=["assignee", "due_on"], condition=models.Q(state="open"), name="task_open"),
            models.Index(fields=["client", "-due_on"], name="task_client"),
            models.Index(fields=["state", "due_on"], name="task_state_due"),
        ]

    def __str__(self) -> str:
        return self.title
