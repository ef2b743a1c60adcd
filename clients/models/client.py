"""Clients (holdings), their legal entities and contacts (DOMAIN.md 2)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from clients.querysets import ClientQuerySet, ContactQuerySet


class Direction(models.TextChoices):
    """Product direction of sales (DOMAIN.md 1)."""

    PROMO = "promo", _("promo textile")
    HOME = "home", _("home textile")
    UNIDENTIFIED = "unidentified", _("unidentified")


_LOWER = "translate(lower((%(expressions)s) COLLATE \"default\"), 'Ёё', 'ее')"  # ё = е on every server


class Client(models.Model):
    """The commercial unit everything is counted by; owns one or more legal entities."""

    code = models.CharField(_("code"), max_length=64, unique=True, db_collation="C")
    name = models.CharField(_("name"), max_length=255)
    direction = models.CharField(
        _("direction"), max_length=20, choices=Direction.choices, default=Direction.UNIDENTIFIED
    )
    office = models.ForeignKey(
        "salesdept.Office",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("office"),
    )
    segment = models.ForeignKey(
        "playbook.Segment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("segment"),
    )
    old_type = models.ForeignKey(
        "playbook.OldType",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("old type"),
    )
    home_manager = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="home_clients",
        verbose_name=_("home manager"),
    )
    in_work_with = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="work_clients",
        verbose_name=_("in work with"),
    )
    city = models.CharField(_("city"), max_length=100, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Moscow")
    source = models.CharField(_("source"), max_length=60, blank=True)
    potential = models.CharField(_("potential, A–E"), max_length=1, blank=True)
    discount = models.DecimalField(_("discount, %"), max_digits=5, decimal_places=2, default=0)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Where a name taken from shipments came from (date, number, line); empty when a person or a register gave it.
    name_key = models.CharField(max_length=120, blank=True, default="", editable=False, db_collation="C")
    search_text = models.TextField(editable=False, blank=True, default="")
    name_sort = models.GeneratedField(
        expression=Func(F("name"), template=_LOWER, output_field=models.TextField()),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
        editable=False,
    )
    search = models.GeneratedField(
        expression=Func(
            F("code"),
            F("name"),
            F("search_text"),
            template=f"to_tsvector('simple'::regconfig, {_LOWER})",
            arg_joiner=" || ' ' || ",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name_sort", "id"]
        indexes = [
            models.Index(fields=["name_sort", "id"], name="client_name_sort"),
            GinIndex(fields=["search"], name="client_search"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(code=""), name="client_code_not_empty"),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lte=100), name="client_discount_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LegalEntity(models.Model):
    """A legal entity of a client: INN, KPP, 1C id. Belongs to exactly one client."""

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="legal_entities", verbose_name=_("client")
    )
    name = models.CharField(_("name"), max_length=255)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    ogrn = models.CharField(_("OGRN"), max_length=15, blank=True)
    external_id = models.CharField(_("1C id"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")
        ordering = ["id"]
        indexes = [models.Index(fields=["inn"], name="legal_entity_inn")]
        constraints = [
            models.UniqueConstraint(
                fields=["inn", "kpp"], condition=~models.Q(inn=""), name="legal_entity_inn_kpp_unique"
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~models.Q(external_id=""),
                name="legal_entity_external_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DecisionRole(models.TextChoices):
    """What a contact decides at the client (ЛПР)."""

    DECIDES = "decides", _("decides")
    INFLUENCES = "influences", _("influences")
    BUYS = "buys", _("places orders")
    OTHER = "other", _("other")


class Contact(models.Model):
    """A person at a client."""

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("client")
    )
    name = models.CharField(_("name"), max_length=200)
    position = models.CharField(_("position"), max_length=150, blank=True)
    decision_role = models.CharField(
        _("decision role"), max_length=20, choices=DecisionRole.choices, default=DecisionRole.OTHER
    )
    is_main = models.BooleanField(_("ask first"), default=False)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    phone_extension = models.CharField(_("extension"), max_length=10, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    messenger = models.CharField(_("messenger"), max_length=100, blank=True)
    mailing_consent = models.BooleanField(_("agreed to mailings"), default=False)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    number_is_wrong = models.BooleanField(_("wrong number"), default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-is_main", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(is_main=True), name="contact_one_main_per_client"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContactReveal(models.Model):
    """A person saw a contact's phone and e-mail: written before they are shown (DOMAIN.md 7)."""

    user = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="reveals", verbose_name=_("who")
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="reveals", verbose_name=_("contact")
    )
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    place = models.CharField(_("where"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("contact reveal")
        verbose_name_plural = _("contact reveals")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "contact", "day"], name="contact_reveal_once_a_day")
        ]
        indexes = [models.Index(fields=["user", "day"], name="contact_reveal_user_day")]

    def __str__(self) -> str:
        return f"{self.user}: {self.contact}"


class RevealAllowance(models.Model):
    """How many contacts a person may reveal on a day beyond the book's limit; written by the night of deals."""

    user = models.ForeignKey("salesdept.User", on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))
    call_list_size = models.PositiveIntegerField(_("call list size"), default=0)

    class Meta:
        verbose_name = _("reveal allowance")
        verbose_name_plural = _("reveal allowances")
        ordering = ["-day", "user"]
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="reveal_allowance_unique")]

    def __str__(self) -> str:
        return f"{self.user}: {self.call_list_size}"
