"""What the night knows about every client: rollup, classes, TOP, stage, hands (DOMAIN.md 4)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """Where a client stands (DOMAIN.md 4.4)."""

    POTENTIAL = "potential", _("potential")
    NEW = "new", _("new")
    ACTIVE = "active", _("active")
    ZERO = "zero", _("zero")
    LOST = "lost", _("lost")


class ClientMonth(models.Model):
    """Rollup of a client's calendar month (DOMAIN.md 4.1): net amount in roubles, documents, purchase days."""

    pk = models.CompositePrimaryKey("client_id", "month")
    # Derived from shipments, which are checked: a second check of a million rows would cost the night its time.
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="months", db_constraint=False, db_index=False
    )
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("amount, ₽"), max_digits=16, decimal_places=2)
    shipments = models.PositiveIntegerField(_("shipments"))
    purchases = models.PositiveIntegerField(_("purchases"))

    class Meta:
        verbose_name = _("client month")
        verbose_name_plural = _("client months")

    def __str__(self) -> str:
        return f"{self.client_id}: {self.month:%m.%Y}"


class ChangedMonth(models.Model):
    """(client, month) pairs whose shipments changed since the last night; written by triggers."""

    pk = models.CompositePrimaryKey("client_id", "month")
    client_id = models.BigIntegerField()
    month = models.DateField()

    class Meta:
        verbose_name = _("changed month")
        verbose_name_plural = _("changed months")

    def __str__(self) -> str:
        return f"{self.client_id}: {self.month:%m.%Y}"


class TouchedClient(models.Model):
    """Clients whose measures the running night must compute again; emptied when the day is published."""

    client_id = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name = _("touched client")
        verbose_name_plural = _("touched clients")

    def __str__(self) -> str:
        return str(self.client_id)


class TouchedMonth(models.Model):
    """Months whose shipments changed or came of age tonight; emptied when the day is published."""

    month = models.DateField(_("month"), primary_key=True)

    class Meta:
        verbose_name = _("touched month")
        verbose_name_plural = _("touched months")

    def __str__(self) -> str:
        return f"{self.month:%m.%Y}"


class Measures(models.Model):
    """The columns that a night computes for a client."""

    amount = models.DecimalField(_("window amount, ₽"), max_digits=16, decimal_places=2, default=0)
    months = models.PositiveSmallIntegerField(_("months with purchases"), default=0)
    cv = models.DecimalField(_("variation"), max_digits=12, decimal_places=4, null=True)
    abc = models.CharField("ABC", max_length=1, default="C")
    xyz = models.CharField("XYZ", max_length=1, default="Z")
    is_top = models.BooleanField(_("TOP"), default=False)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.POTENTIAL)
    stage_since = models.DateField(_("stage since"), null=True)
    first_shipment = models.DateField(_("first shipment"), null=True)
    first_purchase = models.DateField(_("first purchase"), null=True)
    last_purchase = models.DateField(_("last purchase"), null=True)
    purchases = models.PositiveIntegerField(_("purchases"), default=0)
    cycle_days = models.PositiveIntegerField(_("usual interval, days"), null=True)
    expected_order = models.DateField(_("expected order"), null=True)
    zero_on = models.DateField(_("turns zero on"), null=True)

    class Meta:
        abstract = True


class NightState(Measures):
    """The day being computed. Pages never read it; publishing copies the differences to ClientState."""

    client = models.OneToOneField(
        "clients.Client", on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )

    class Meta:
        verbose_name = _("state in computation")
        verbose_name_plural = _("states in computation")

    def __str__(self) -> str:
        return str(self.client_id)


class ClientState(Measures):
    """What the last published night knows about a client."""

    client = models.OneToOneField(
        "clients.Client", on_delete=models.CASCADE, primary_key=True, related_name="state"
    )

    class Meta:
        verbose_name = _("client state")
        verbose_name_plural = _("client states")
        indexes = [
            models.Index(fields=["-amount", "client"], name="state_amount"),
            models.Index(fields=["stage", "-amount"], name="state_stage"),
            models.Index(fields=["last_purchase"], name="state_last_purchase"),
            models.Index(fields=["client"], condition=Q(is_top=True), name="state_top"),
        ]

    def __str__(self) -> str:
        return str(self.client_id)

    @property
    def cell(self) -> str:
        """The cell of the ABC-XYZ matrix, «AX»."""
        return self.abc + self.xyz


class ClientStateVersion(models.Model):
    """What was stored for a client from one night on, until the next change (`segments` reads it)."""

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="state_versions")
    valid_from = models.DateField(_("from night"))
    valid_to = models.DateField(_("until night"), null=True)
    amount = models.DecimalField(_("window amount, ₽"), max_digits=16, decimal_places=2)
    months = models.PositiveSmallIntegerField(_("months with purchases"))
    cv = models.DecimalField(_("variation"), max_digits=12, decimal_places=4, null=True)
    abc = models.CharField("ABC", max_length=1)
    xyz = models.CharField("XYZ", max_length=1)
    is_top = models.BooleanField(_("TOP"))
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    first_shipment = models.DateField(_("first shipment"), null=True)
    first_purchase = models.DateField(_("first purchase"), null=True)
    last_purchase = models.DateField(_("last purchase"), null=True)
    purchases = models.PositiveIntegerField(_("purchases"))
    home_manager = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("home manager"),
    )
    in_work_with = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("in work with"),
    )

    class Meta:
        verbose_name = _("stored state")
        verbose_name_plural = _("stored states")
        constraints = [
            models.UniqueConstraint(fields=["client", "valid_from"], name="state_version_unique"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(valid_to__isnull=True), name="state_version_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.valid_from:%d.%m.%Y}"


class TopReason(models.TextChoices):
    """Why a client became or ceased to be TOP (DOMAIN.md 4.3)."""

    FIRST_RUN = "first_run", _("first run")
    PROMOTION = "promotion", _("promotion by the night")
    REVIEW = "review", _("review")
    MANUAL = "manual", _("by hand")


class TopEvent(models.Model):
    """A client became TOP or ceased to be one. Kept for ever; `--full` does not rebuild it."""

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="top_events")
    as_of = models.DateField(_("date"))
    is_top = models.BooleanField(_("TOP"))
    reason = models.CharField(_("reason"), max_length=20, choices=TopReason.choices)
    cell = models.CharField(_("cell"), max_length=2, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cell_left_on = models.DateField(
        _("cell left on"),
        null=True,
        blank=True,
        help_text=_("After a demotion: when the cell left the TOP cells"),
    )

    class Meta:
        verbose_name = _("TOP event")
        verbose_name_plural = _("TOP events")
        ordering = ["-as_of", "-id"]
        indexes = [
            models.Index(fields=["client", "-as_of", "-id"], name="top_event_latest"),
            models.Index(
                fields=["-as_of"], condition=Q(reason__in=["first_run", "review"]), name="top_event_review"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="manual") | ~Q(comment=""), name="manual_top_needs_comment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.as_of:%d.%m.%Y}"


class StageEvent(models.Model):
    """A client changed stage. `on` is the date on which the rule began to hold."""

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="stage_events")
    as_of = models.DateField(_("night"))
    on = models.DateField(_("date"))
    before = models.CharField(_("before"), max_length=10, choices=Stage.choices, blank=True)
    after = models.CharField(_("after"), max_length=10, choices=Stage.choices)
    is_reactivation = models.BooleanField(_("reactivation"), default=False)

    class Meta:
        verbose_name = _("stage event")
        verbose_name_plural = _("stage events")
        ordering = ["-as_of", "-id"]
        constraints = [models.UniqueConstraint(fields=["client", "as_of"], name="stage_event_once_a_night")]
        indexes = [models.Index(fields=["on", "after"], name="stage_event_on")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.before} → {self.after}"


class MoveReason(models.TextChoices):
    """Why a client changed hands (DOMAIN.md 4.5)."""

    ZERO = "zero", _("fell silent: to development")
    REACTIVATED = "reactivated", _("bought again: back home")
    INVOICE = "invoice", _("invoice without an answer")
    MANUAL = "manual", _("by hand")
    IMPORT = "import", _("import")
    BULK = "bulk", _("redistribution")


class Move(models.Model):
    """A client changed hands: who, from, to, when, why. Every move is history."""

    class Field(models.TextChoices):
        HOME = "home", _("home manager")
        WORK = "work", _("in work with")

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="moves")
    field = models.CharField(_("what"), max_length=5, choices=Field.choices)
    from_user = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("from"),
    )
    to_user = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to"),
    )
    on = models.DateField(_("date"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=20, choices=MoveReason.choices)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["client", "-on"], name="move_client"),
            models.Index(fields=["on", "reason"], name="move_on_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.from_user_id} → {self.to_user_id}"


class Credit(models.Model):
    """Who brought a client back, and until when the sales count for them (DOMAIN.md 4.5)."""

    class Kind(models.TextChoices):
        DEVELOPMENT = "development", _("development")
        OWN = "own", _("own recovery")

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="credits")
    user = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="credits", verbose_name=_("who")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("to"))

    class Meta:
        verbose_name = _("reactivation credit")
        verbose_name_plural = _("reactivation credits")
        ordering = ["-starts", "-id"]
        constraints = [models.UniqueConstraint(fields=["client", "starts"], name="credit_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user}: {self.client_id}"


class HandsHold(models.Model):
    """A silent client keeps its hands until this date: a paid order or a valid invoice is open (DOMAIN.md 4.4).

    Written by the services of deals; `source` names what holds, e.g. `invoice:412`.
    """

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="holds")
    source = models.CharField(_("source"), max_length=60, unique=True)
    until = models.DateField(_("until"))

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [models.Index(fields=["client", "until"], name="hands_hold_client")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.source}"
