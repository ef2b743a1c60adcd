"""A killed import changes nothing; imports at the same time do not spoil each other."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection

from clients.imports import alive
from clients.imports.service import import_path
from clients.models import Client, ImportBatch, Shipment, ShipmentLine
from tests.clients.imports.test_files import write
from tests.clients.imports.test_memory import environment

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "client_code;client_name;date;number;amount;product_code\n"
KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = sys.argv[1]
from pathlib import Path
from clients.imports import service, shipments

def killed(run):
    real(run)
    os.kill(os.getpid(), signal.SIGKILL)  # everything is written, nothing is committed

real, shipments.apply = shipments.apply, killed
service.import_path(Path(sys.argv[2]), kind="shipments")
"""


def test_a_killed_import_changes_nothing_and_blocks_nobody(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "1;Лайм;2019-02-01;A;5;P\n")
    name = str(connection.settings_dict["NAME"])
    done = subprocess.run(
        [sys.executable, "-c", KILLED, name, str(path)],
        env=environment(),
        cwd=settings.BASE_DIR,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL
    assert not Client.objects.exists()
    assert not Shipment.objects.exists()
    for _try in range(50):  # the server notices the dead connection in its own time
        if alive.release_stopped():
            break
        time.sleep(0.1)
    assert ImportBatch.objects.get().state == "failed"
    assert import_path(path, kind="shipments").created == 1


def test_two_imports_of_the_same_new_clients_at_once_end_as_one_after_the_other(tmp_path: Path) -> None:
    lines = [f"{n % 50};Клиент {n % 50};2019-02-01;{{0}}{n};5;P{n % 9}\n" for n in range(2000)]
    paths = [
        write(tmp_path, HEAD + "".join(line.format(letter) for line in lines), f"{letter}.csv")
        for letter in "AB"
    ]
    failures: list[BaseException] = []

    def work(path: Path) -> None:
        try:
            import_path(path, kind="shipments")
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (Client.objects.count(), Shipment.objects.count(), ShipmentLine.objects.count()) == (
        50,
        4000,
        4000,
    )


def test_what_a_running_import_says_of_itself_is_seen_before_it_ends(tmp_path: Path) -> None:
    """The progress goes by a connection of its own: the import's transaction is seen only at its end."""
    from clients.imports import shipments
    from clients.imports.service import process

    seen: list[tuple[str, int, int]] = []
    path = write(tmp_path, HEAD + "1;Лайм;2019-02-01;A;5;P\n")
    batch = ImportBatch.objects.create(kind="shipments", file_name="f.csv")
    real = shipments.apply

    def apply(run: object) -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT state, percent, rows_seen FROM clients_importbatch WHERE id = %s", [batch.pk]
            )
            seen.extend(cursor.fetchall())
        other.close()
        real(run)  # type: ignore[arg-type]

    shipments.apply = apply  # type: ignore[assignment]
    try:
        with alive.held(batch.pk):
            process(batch, path, apply=True, watched=True)
    finally:
        shipments.apply = real
    assert seen == [("writing", 70, 1)]
    assert (batch.state, batch.percent) == ("applied", 100)
