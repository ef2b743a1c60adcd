"""Shipments (1C documents) with lines, products and their categories (DOMAIN.md 2)."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Direction


class Category(models.Model):
    """A product category."""

    name = models.CharField(_("name"), max_length=150, unique=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


# A foreign key is looked up row by row, and an import brings a million rows: these look once a statement.
_CHECK_LINES = """
    IF EXISTS (
        SELECT FROM new_rows n
        LEFT JOIN clients_shipment s ON s.id = n.shipment_id LEFT JOIN clients_product p ON p.id = n.product_id
        WHERE s.id IS NULL OR n.product_id IS NOT NULL AND p.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a line leads to no shipment or to no product' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
"""
_NOTHING_LEADS_HERE = """
    IF EXISTS (SELECT FROM old_rows o JOIN clients_shipmentline l ON l.{column} = o.id) THEN
        RAISE EXCEPTION 'shipment lines lead to this row' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
"""


def _after(name: str, operation: pgtrigger.Operation, func: str) -> pgtrigger.Trigger:
    """A trigger after a statement, which sees all rows of it."""
    tables = {"old": "old_rows"} if operation == pgtrigger.Delete else {"new": "new_rows"}
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=func,
    )


class Product(models.Model):
    """A product. Its name is the latest by date, number and line of its shipments."""

    code = models.CharField(_("code"), max_length=64, unique=True, db_collation="C")
    name = models.CharField(_("name"), max_length=255, blank=True)
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("category"),
    )
    name_key = models.CharField(max_length=120, blank=True, default="", editable=False, db_collation="C")

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["code"]
        triggers = [
            _after("no_lines_left", pgtrigger.Delete, _NOTHING_LEADS_HERE.format(column="product_id"))
        ]

    def __str__(self) -> str:
        return self.name or self.code


_MARK_CHANGED = """
    INSERT INTO clients_changedmonth (client_id, month)
    SELECT DISTINCT client_id, date_trunc('month', date)::date FROM {table}
    ON CONFLICT DO NOTHING;
"""


class Shipment(models.Model):
    """A 1C document: number, date, client, amount (negative = return). Key: number + calendar year.

    Statement triggers mark every (client, month) whose shipments change, so that no way of writing can
    forget to tell the night (DOMAIN.md 4.1).
    """

    number = models.CharField(_("number"), max_length=64, db_collation="C")
    year = models.PositiveSmallIntegerField(_("year"))
    date = models.DateField(_("date"))
    client = models.ForeignKey(
        "clients.Client",
        on_delete=models.PROTECT,
        related_name="shipments",
        db_index=False,  # shipment_client_date begins with it
        verbose_name=_("client"),
    )
    amount = models.DecimalField(_("amount, ₽"), max_digits=16, decimal_places=2)
    direction = models.CharField(
        _("direction"), max_length=20, choices=Direction.choices, default=Direction.UNIDENTIFIED
    )
    office = models.ForeignKey(
        "salesdept.Office",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shipments",
        db_index=False,  # a few offices: nothing is found by it
        verbose_name=_("office"),
    )
    manager = models.ForeignKey(
        "salesdept.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shipments",
        verbose_name=_("manager"),
    )

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["-date", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["number", "year"], name="shipment_key"),
            models.CheckConstraint(condition=models.Q(year=models.F("date__year")), name="shipment_year"),
        ]
        indexes = [
            models.Index(fields=["client", "date"], include=["amount"], name="shipment_client_date"),
            models.Index(fields=["date"], name="shipment_date"),
        ]
        triggers = [
            _after("no_lines_left", pgtrigger.Delete, _NOTHING_LEADS_HERE.format(column="shipment_id")),
            pgtrigger.Trigger(
                name="mark_inserted",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_MARK_CHANGED.format(table="new_rows") + "RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="mark_deleted",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="old_rows"),
                func=_MARK_CHANGED.format(table="old_rows") + "RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="mark_updated",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
                func=_MARK_CHANGED.format(table="old_rows")
                + _MARK_CHANGED.format(table="new_rows")
                + "RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.date:%d.%m.%Y}"


class ShipmentLine(models.Model):
    """A line of a shipment: amount = quantity × price, rounded half up to 0.01."""

    shipment = models.ForeignKey(
        Shipment,
        on_delete=models.CASCADE,
        related_name="lines",
        db_constraint=False,  # checked once a statement, see the triggers
        db_index=False,  # shipment_line_position begins with it
        verbose_name=_("shipment"),
    )
    position = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        db_constraint=False,
        db_index=False,  # nothing is found by it but what stands in the way of a deletion
        verbose_name=_("product"),
    )
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=1)
    price = models.DecimalField(_("price, ₽"), max_digits=16, decimal_places=4, default=0)
    amount = models.DecimalField(_("amount, ₽"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "position"], name="shipment_line_position")
        ]
        triggers = [
            _after(name, operation, _CHECK_LINES)
            for name, operation in (("lead_inserted", pgtrigger.Insert), ("lead_updated", pgtrigger.Update))
        ]

    def __str__(self) -> str:
        return f"{self.shipment} / {self.position}"
