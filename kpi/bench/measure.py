"""The measurements of `manage.py bench`: ratios within one run, never bare times against a promise."""

from __future__ import annotations

import csv
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils.module_loading import import_string

from kpi.bench import generate
from kpi.bench.generate import LAST_DAY
from salesdept.models import User
from salesdept.night import run_night
from salesdept.roles import Role
from salesdept.sql import execute, fetch

_PLAIN = (
    "CREATE TABLE plain_month (client_id bigint, month date, amount numeric, shipments integer,"
    " PRIMARY KEY (client_id, month))",
    "INSERT INTO plain_month SELECT client_id, date_trunc('month', date)::date, sum(amount), count(*)"
    " FROM clients_shipment GROUP BY 1, 2",
    """
    CREATE TABLE plain_class AS
    SELECT client_id, amount, months, cv,
           CASE WHEN sum(amount) OVER (ORDER BY amount DESC, client_id) - amount
                     < 0.8 * sum(amount) OVER () THEN 'A' ELSE 'B' END AS abc
    FROM (
        SELECT client_id, sum(amount) AS amount, count(*) FILTER (WHERE amount > 0) AS months,
               stddev_pop(amount) / nullif(avg(amount), 0) AS cv
        FROM plain_month WHERE month > '2025-10-31' AND month <= '2026-10-31' GROUP BY client_id
    ) sums
    """,
    "DROP TABLE plain_class, plain_month",
)
_CSV_COLUMNS = (
    "client_code",
    "client_name",
    "date",
    "number",
    "product_code",
    "product_name",
    "category",
    "quantity",
    "price",
)


def seconds(work: Callable[[], object], repeat: int = 1) -> float:
    """The median time of the work."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def sum_seconds() -> float:
    """A warm SELECT sum(amount) over the shipments."""
    fetch("SELECT sum(amount) FROM clients_shipment")
    return seconds(lambda: fetch("SELECT sum(amount) FROM clients_shipment"), 3)


def plain_seconds() -> float:
    """The plain SQL rollup and ABC-XYZ of the same data, written to tables."""

    def work() -> None:
        with transaction.atomic():
            for statement in _PLAIN:
                execute(statement)

    return seconds(work)


def full_night_seconds() -> float:
    """A full night of the base."""
    return seconds(lambda: run_night(as_of=LAST_DAY, full=True))


def ordinary_night(clients: int, shipments: int) -> tuple[float, bool]:
    """Seconds of a night after one new day, and whether a full rebuild gives the identical tables."""
    day = LAST_DAY + timedelta(days=1)
    sellers = list(User.objects.sellers().order_by("pk").values_list("pk", flat=True))
    new = shipments // generate.DAYS
    generate.copy_shipments(clients, new, sellers, random.Random(7), first=shipments, days=(day, 1))
    took = seconds(lambda: run_night(as_of=day))
    before = _fingerprint()
    run_night(as_of=day, full=True)
    return took, _fingerprint() == before


def _fingerprint() -> list[tuple[Any, ...]]:
    columns = {
        "clients_clientmonth": "client_id, month, amount, shipments, purchases",
        "clients_clientstate": "client_id, amount, months, cv, abc, xyz, is_top, stage, stage_since, cycle_days,"
        " expected_order, zero_on, first_purchase, last_purchase, purchases",
        "kpi_salesfact": "month, manager_id, office_id, direction, sphere_id, amount, shipments",
    }
    return [
        fetch(
            f"SELECT count(*), sum(hashtextextended(row::text, 0)::numeric)"  # noqa: S608 - our own names
            f" FROM (SELECT {names} FROM {table}) AS row"
        )[0]
        for table, names in columns.items()
    ]


def import_ratio(rows: int) -> tuple[float, float]:
    """Seconds of importing a csv of `rows` shipment lines, and of a raw COPY into an unlogged text table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shipments.csv"
        _write_csv(path, rows)
        raw = seconds(lambda: _raw_copy(path))
        importer = import_string("clients.imports.service.import_path")
        return seconds(lambda: importer(path, kind="shipments")), raw


def _write_csv(path: Path, rows: int) -> None:
    """Documents of four lines each, with eight columns, as a trading program exports them."""
    rnd = random.Random(5)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_CSV_COLUMNS)
        for number in range(rows):
            document = number // 4
            client, product = document * 7919 % 20_000, rnd.randrange(800)
            day = LAST_DAY - timedelta(days=document % 700)
            name = f"Клиент {client}"
            writer.writerow(
                [f"I{client:06}", name, day.isoformat(), f"D{document:07}", f"P{product}", f"Товар {product}",
                 f"Категория {product % 20}", rnd.randint(1, 50), f"{rnd.random() * 900:.2f}"]
            )  # fmt: skip


def _raw_copy(path: Path) -> None:
    execute("DROP TABLE IF EXISTS raw_copy")
    execute(
        "CREATE UNLOGGED TABLE raw_copy (a text, b text, c text, d text, e text, f text, g text, h text, i text)"
    )
    statement = "COPY raw_copy FROM STDIN WITH (FORMAT csv, DELIMITER ';', HEADER)"
    with connection.cursor() as cursor, cursor.copy(statement) as target, path.open("rb") as file:
        while block := file.read(1 << 20):
            target.write(block)
    execute("DROP TABLE raw_copy")


@contextmanager
def _signed_in(role: str) -> Iterator[Browser]:
    browser = Browser()
    browser.force_login(User.objects.with_role(role).order_by("pk").first())
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield browser


def pages() -> dict[str, dict[str, float]]:
    """Median server time in milliseconds and number of queries of the pages people live in."""
    from deals.models import CallEntry

    manager = User.objects.with_role(Role.SERVICE_MANAGER).order_by("pk").first()
    entry = CallEntry.objects.filter(manager=manager).order_by("date", "position").first()
    code = fetch("SELECT client_id FROM clients_clientstate ORDER BY amount DESC LIMIT 1")[0][0]
    addresses = {
        "client list": (Role.SALES_HEAD, "/clients/"),
        "client card": (Role.SALES_HEAD, f"/clients/{code}/"),
        "call mode": (Role.SERVICE_MANAGER, f"/call/{entry.pk}/" if entry else "/day/"),
        "dashboard": (Role.SALES_HEAD, f"/results/?month={LAST_DAY:%Y-%m}"),
    }
    return {name: _page(role, address) for name, (role, address) in addresses.items()}


def _page(role: str, address: str) -> dict[str, float]:
    with _signed_in(role) as browser:
        for _ in range(2):
            response = browser.get(address)
            if response.status_code != 200:
                raise RuntimeError(f"{address} answered {response.status_code}")
        took = seconds(lambda: browser.get(address), 7)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
    return {"milliseconds": round(took * 1000, 1), "queries": len(queries)}
