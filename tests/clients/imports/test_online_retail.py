"""A real wholesaler's two years of documents: known counts, known classes (the reference data's README)."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Sum

from clients.imports.service import import_path, undo
from clients.management.commands.segments import stored
from clients.models import Client, Product, Shipment, ShipmentLine
from salesdept.night import run_night
from salesdept.sql import execute

pytestmark = [pytest.mark.django_db, pytest.mark.data]
KNOWN = {
    date(2011, 5, 15): ("816/849/972", "0/234/2403", 221, "42.87", (53, 1098, 944, 542, 0)),
    date(2011, 11, 30): ("1177/1448/1706", "300/884/3147", 897, "71.06", (38, 979, 2125, 1189, 0)),
    date(2011, 12, 9): ("1177/1448/1747", "300/884/3188", 897, "71.06", (38, 967, 2166, 1127, 74)),
}


def test_online_retail_comes_in_is_classified_and_goes_out_exactly(shared_data: Path) -> None:
    path = shared_data / "online_retail.csv.gz"
    batch = import_path(path, kind="shipments")
    assert (batch.read, batch.accepted, batch.rejected) == (541_909, 406_829, 135_080)
    totals = Shipment.objects.aggregate(many=Count("pk"), amount=Sum("amount"))
    assert totals == {"many": 22_190, "amount": Decimal("8300065.81")}
    assert Client.objects.count() == 4_372
    with open(batch.rejects_path, encoding="utf-8-sig") as file:
        rejected = file.read().splitlines()
    assert len(rejected) == 135_081

    again = import_path(path, kind="shipments")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 406_829)

    for day, known in KNOWN.items():
        forget_nights()
        run_night(as_of=day)
        assert summary(day) == known

    forget_nights()
    undo(again)
    undo(batch)
    for model in (Client, Shipment, ShipmentLine, Product):
        assert not model.objects.exists()


def forget_nights() -> None:
    """Each known table is of a first night in a fresh base."""
    for table in (
        "clients_nightstate",
        "clients_clientstate",
        "clients_clientstateversion",
        "clients_clientmonth",
        "clients_topevent",
        "clients_stageevent",
        "salesdept_jobstep",
        "salesdept_jobrun",
    ):
        execute(f"DELETE FROM {table}")


def summary(day: date) -> tuple[str, str, int, str, tuple[int, ...]]:
    rows = list(stored(day))
    abc, xyz, stages = (Counter(getattr(row, name) for row in rows) for name in ("abc", "xyz", "stage"))
    positive = sum(row.amount for row in rows if row.amount > 0)
    tops = [row for row in rows if row.is_top]
    share = round(sum(row.amount for row in tops) / positive * 100, 2)
    names = ("potential", "new", "active", "zero", "lost")
    return (
        "/".join(str(abc[name]) for name in "ABC"),
        "/".join(str(xyz[name]) for name in "XYZ"),
        len(tops),
        str(share),
        tuple(stages[name] for name in names),
    )
