"""Facts the dashboards add up from; written by the night, published with the day (DOMAIN.md 6.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Direction


class SalesFact(models.Model):
    """Net sales of a month by manager, office, direction and sphere, in roubles, up to the published day."""

    month = models.DateField(_("month"))
    manager = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("manager")
    )
    office = models.ForeignKey(
        "salesdept.Office", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("office")
    )
    direction = models.CharField(_("direction"), max_length=20, choices=Direction.choices)
    sphere = models.ForeignKey(
        "playbook.Sphere", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("sphere")
    )
    amount = models.DecimalField(_("fact, ₽"), max_digits=16, decimal_places=2)
    shipments = models.PositiveIntegerField(_("shipments"))

    class Meta:
        verbose_name = _("sales fact")
        verbose_name_plural = _("sales facts")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "manager", "office", "direction", "sphere"],
                name="sales_fact_unique",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%m.%Y}"


class ManagerFact(models.Model):
    """Counts of a month by the person who works with the clients and by the clients' office.

    What shipments say (`active_accounts`, `new_accounts`, `top_shipped`) follows late documents; everything else
    stays as the last published day of the month saw it. Before the first night nobody knew who worked with whom:
    those months have no manager.
    """

    month = models.DateField(_("month"))
    manager = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("manager")
    )
    office = models.ForeignKey(
        "salesdept.Office", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("office")
    )
    active_accounts = models.PositiveIntegerField(_("active accounts"), default=0)
    new_accounts = models.PositiveIntegerField(_("new clients"), default=0)
    top_total = models.PositiveIntegerField(_("TOP clients"), default=0)
    top_shipped = models.PositiveIntegerField(_("TOP clients with a shipment"), default=0)
    top_in_time = models.PositiveIntegerField(_("TOP talked to in time"), default=0)
    other_total = models.PositiveIntegerField(_("other clients"), default=0)
    other_in_time = models.PositiveIntegerField(_("others talked to in time"), default=0)
    load_top = models.PositiveIntegerField(_("load: TOP clients"), default=0)
    load_other = models.PositiveIntegerField(_("load: other clients"), default=0)
    key_total = models.PositiveIntegerField(_("key clients"), default=0)
    key_shipped = models.PositiveIntegerField(_("key clients that bought"), default=0)
    became_zero = models.PositiveIntegerField(_("became zero"), default=0)
    became_zero_top = models.PositiveIntegerField(_("TOP became zero"), default=0)
    became_lost = models.PositiveIntegerField(_("became lost"), default=0)
    reactivated = models.PositiveIntegerField(_("came back"), default=0)
    calls_listed = models.PositiveIntegerField(_("calls on lists"), default=0)
    calls_done = models.PositiveIntegerField(_("calls done"), default=0)
    calls_skipped = models.PositiveIntegerField(_("calls skipped"), default=0)
    talks = models.PositiveIntegerField(_("conversations"), default=0)

    class Meta:
        verbose_name = _("manager's fact")
        verbose_name_plural = _("managers' facts")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "manager", "office"], name="manager_fact_unique", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%m.%Y} {self.manager_id}"


class CountedClient(models.Model):
    """The sphere and the office a client's facts were last counted under.

    The night compares it with the client, so that whoever was retyped or moved takes the past months along.
    """

    client = models.OneToOneField(
        "clients.Client", on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    sphere = models.ForeignKey(
        "playbook.Sphere", on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    office = models.ForeignKey(
        "salesdept.Office", on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )

    class Meta:
        verbose_name = _("counted client")
        verbose_name_plural = _("counted clients")

    def __str__(self) -> str:
        return str(self.client_id)
