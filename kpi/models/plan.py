"""Sales plans (DOMAIN.md 6.1), at the finest grain the dashboard adds up from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Direction


class PlanLine(models.Model):
    """Plan of a month for a manager, a direction and a sphere, in roubles.

    A plan typed in for a manager is spread over directions and spheres (see `kpi.services.plan`), so the
    plan of any whole is the sum of its lines.
    """

    month = models.DateField(_("month"))
    manager = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="plan_lines", verbose_name=_("manager")
    )
    office = models.ForeignKey(
        "salesdept.Office",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("office"),
    )
    direction = models.CharField(_("direction"), max_length=20, choices=Direction.choices)
    sphere = models.ForeignKey(
        "playbook.Sphere",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sphere"),
    )
    amount = models.DecimalField(_("plan, ₽"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("plan line")
        verbose_name_plural = _("plan lines")
        ordering = ["month", "manager"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "manager", "direction", "sphere"],
                name="plan_line_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="plan_not_negative"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="plan_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m.%Y} {self.manager}"


class PlanChange(models.Model):
    """Who typed which plan, when: the history of a manager's month."""

    month = models.DateField(_("month"))
    manager = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("manager")
    )
    before = models.DecimalField(_("before, ₽"), max_digits=16, decimal_places=2)
    after = models.DecimalField(_("after, ₽"), max_digits=16, decimal_places=2)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    made_by = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("plan change")
        verbose_name_plural = _("plan changes")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.month:%m.%Y} {self.manager}"
