"""Lines lead to a shipment and to a product: the base itself sees to it, once a statement."""

import pytest
from django.db import IntegrityError, transaction

from clients.models import Product, Shipment, ShipmentLine
from salesdept.sql import execute
from tests.factories import LineFactory, ProductFactory, ShipmentFactory

pytestmark = pytest.mark.django_db


def refused(change: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(change)


def test_line_of_no_shipment_or_of_no_product_is_refused() -> None:
    shipment, product = ShipmentFactory(), ProductFactory()
    insert = (
        "INSERT INTO clients_shipmentline (shipment_id, position, product_id, quantity, price, amount)"
        " VALUES ({shipment}, 7, {product}, 1, 1, 1)"
    )
    refused(insert.format(shipment=10**9, product=product.pk))
    refused(insert.format(shipment=shipment.pk, product=10**9))
    execute(insert.format(shipment=shipment.pk, product="NULL"))
    assert ShipmentLine.objects.filter(shipment=shipment, position=7).exists()


def test_line_cannot_be_led_astray() -> None:
    line = LineFactory()
    refused(f"UPDATE clients_shipmentline SET product_id = {10**9} WHERE id = {line.pk}")


def test_shipment_and_product_with_lines_stay() -> None:
    line = LineFactory(product=ProductFactory())
    refused(f"DELETE FROM clients_shipment WHERE id = {line.shipment_id}")
    refused(f"DELETE FROM clients_product WHERE id = {line.product_id}")
    line.shipment.delete()  # Django takes the lines along
    line.product.delete()
    assert not Shipment.objects.exists()
    assert not Product.objects.exists()
