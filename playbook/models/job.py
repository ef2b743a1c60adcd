"""Job descriptions of the ten roles and their regular duties (source section 5.1, Appendix 3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from playbook.models.search import search_column
from salesdept.roles import Role


class Job(models.Model):
    """What a role is for, who suits it, and what its people answer for. Texts are Markdown."""

    role = models.CharField(_("role"), max_length=30, choices=Role.choices, unique=True)
    mission = models.CharField(_("what it is for"), max_length=500)
    reports_to = models.CharField(_("reports to"), max_length=30, choices=Role.choices, blank=True)
    description = models.TextField(_("duties and responsibility"))
    profile = models.TextField(_("profile of a candidate"))
    vacancy = models.TextField(_("text of a vacancy"))
    indicators = models.JSONField(_("indicators"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    search = search_column("A", "mission")
    search_body = search_column("C", "description", "profile")

    class Meta:
        verbose_name = _("job description")
        verbose_name_plural = _("job descriptions")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.get_role_display())


class Duty(models.Model):
    """A regular duty of a role; stands in the day of its people."""

    class Rhythm(models.TextChoices):
        """How often. Weekly duties fall on `place` (1 = Monday); monthly ones on the working day `place` of the
        month, counted from its end when negative."""

        DAILY = "daily", _("every working day")
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("every month")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="duties", verbose_name=_("job"))
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm.choices)
    place = models.SmallIntegerField(_("day"), default=1)
    text = models.CharField(_("duty"), max_length=300)
    regulation = models.ForeignKey(
        "playbook.Regulation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name=_("regulation"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["job", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(rhythm="weekly") | models.Q(place__gte=1, place__lte=7),
                name="weekly_duty_has_weekday",
            ),
            models.CheckConstraint(
                condition=~models.Q(rhythm="monthly")
                | models.Q(place__gte=-20, place__lte=20) & ~models.Q(place=0),
                name="monthly_duty_has_working_day",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class DutyDone(models.Model):
    """A person did a duty of a day."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="done", verbose_name=_("duty"))
    user = models.ForeignKey(
        "salesdept.User", on_delete=models.CASCADE, related_name="duties_done", verbose_name=_("person")
    )
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("done"))

    class Meta:
        verbose_name = _("duty done")
        verbose_name_plural = _("duties done")
        constraints = [models.UniqueConstraint(fields=["duty", "user", "day"], name="duty_done_once")]

    def __str__(self) -> str:
        return f"{self.duty} · {self.day:%d.%m.%Y}"
