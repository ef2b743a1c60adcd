"""A real wholesaler's two years of documents: known counts, known classes (the reference data's README)."""

import csv
import gzip
import io
import random
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Sum

from clients.imports.service import import_path, undo
from clients.management.commands.segments import stored
from clients.models import Client, Product, Shipment, ShipmentLine
from salesdept.night import run_night
from salesdept.sql import execute, fetch

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


# Natural keys only: numbers that count up are the base's own business.
TABLES = {
    "documents": """
        SELECT h.number, h.year, h.date, c.code, h.amount, h.direction, h.office_id, h.manager_id
        FROM clients_shipment h JOIN clients_client c ON c.id = h.client_id
        """,
    "lines": """
        SELECT h.number, h.year, l.position, p.code, l.quantity, l.price, l.amount
        FROM clients_shipmentline l JOIN clients_shipment h ON h.id = l.shipment_id
        LEFT JOIN clients_product p ON p.id = l.product_id
        """,
    "clients": "SELECT code, name, name_key, direction, office_id, home_manager_id FROM clients_client",
    "products": """
        SELECT p.code, p.name, p.name_key, g.name AS category
        FROM clients_product p LEFT JOIN clients_category g ON g.id = p.category_id
        """,
    "months": """
        SELECT c.code, m.month, m.amount, m.shipments, m.purchases
        FROM clients_clientmonth m JOIN clients_client c ON c.id = m.client_id
        """,
    "states": """
        SELECT c.code, to_jsonb(s) - 'id' - 'client_id' AS state
        FROM clients_clientstate s JOIN clients_client c ON c.id = s.client_id
        """,
}
DERIVED = ("months", "states")


@pytest.mark.django_db(transaction=True)  # as in life, a file is a transaction
def test_daily_files_in_any_order_give_the_tables_of_the_one_file(shared_data: Path, tmp_path: Path) -> None:
    day = max(KNOWN)
    whole = import_path(shared_data / "online_retail.csv.gz", kind="shipments")
    run_night(as_of=day)
    tables = fingerprints(TABLES)
    run_night(as_of=day, full=True)
    assert fingerprints(DERIVED) == {name: tables[name] for name in DERIVED}  # full = incremental

    empty_the_base()
    files = daily_files(shared_data / "online_retail.csv.gz", tmp_path)
    assert len(files) == 305
    random.Random(11).shuffle(files)
    batches = [import_path(path, kind="shipments") for path in files]
    assert sum(batch.read for batch in batches) == whole.read
    assert sum(batch.rejected for batch in batches) == whole.rejected
    run_night(as_of=day)
    for name, found in fingerprints(TABLES).items():
        assert found == tables[name], f"{name} differ"


def fingerprints(names: Any) -> dict[str, tuple[int, Any]]:
    """Rows and the sum of the hashes of every row of a table."""
    return {
        name: fetch(
            f"SELECT count(*), sum(hashtextextended(r::text, 0)::numeric) FROM ({TABLES[name]}) AS r"
        )[0]
        for name in names
    }


def daily_files(path: Path, folder: Path) -> list[Path]:
    """The file cut by day, each part with the heading."""
    days: dict[str, list[list[str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        head = next(reader)
        place = head.index("InvoiceDate")
        for row in reader:
            days[row[place][:10]].append(row)
    files = []
    for day, rows in days.items():
        text = io.StringIO()
        csv.writer(text).writerows([head, *rows])
        files.append(folder / f"{day}.csv")
        files[-1].write_text(text.getvalue(), encoding="utf-8", newline="")
    return files


def empty_the_base() -> None:
    """Everything that an import or a night wrote."""
    forget_nights()
    execute("DELETE FROM clients_shipmentline")
    for table in ("clients_shipment", "clients_product", "clients_importchange", "clients_changedmonth"):
        execute(f"DELETE FROM {table}")
    Client.objects.all().delete()


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
