"""A long file is streamed: the memory of the process does not grow with it."""

import csv
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from clients.models import Client, Shipment

ROWS = 100_000
MAX_RSS_MB = 300  # of a file of a million rows (DESIGN.md, «Settled points»)
MAX_GROWTH_MB = 25  # of this one: read into memory whole it would take a hundred
SCRIPT = """
import json, os, sys
import django
django.setup()
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = sys.argv[1]
settings.MEDIA_ROOT = sys.argv[4]
from pathlib import Path
from clients.imports.service import import_path

def peak():  # megabytes; ru_maxrss would begin with what the parent had when it forked
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024

import_path(Path(sys.argv[2]), kind="shipments")
before = peak()
batch = import_path(Path(sys.argv[3]), kind="shipments")
print(json.dumps({"accepted": batch.accepted, "rejected": batch.rejected, "before": before, "peak": peak()}))
"""


def _write(path: Path, rows: int) -> Path:
    """Documents of four lines; every second document is of no client and is rejected."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["client_code", "client_name", "date", "number", "product_code", "quantity", "price"])
        for row in range(rows):
            document = row // 4
            day = date(2024, 1, 1) + timedelta(days=document % 300)
            code = f"I{document % 5000:05}" if document % 2 else ""
            writer.writerow(
                [code, f"Клиент {code}", day, f"{path.stem}{document}", f"P{row % 500}", 3, "12,50"]
            )
    return path


def environment() -> dict[str, str]:
    """What a process of the program needs to find the settings and the servers of the tests."""
    return os.environ | {"DJANGO_SETTINGS_MODULE": "salesdept.settings"}


@pytest.mark.django_db(transaction=True)
def test_a_long_file_is_streamed_in_bounded_memory(tmp_path: Path) -> None:
    small, large = _write(tmp_path / "a.csv", 400), _write(tmp_path / "b.csv", ROWS)
    name = str(connection.settings_dict["NAME"])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, name, str(small), str(large), str(tmp_path)],
        env=environment(),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert (report["accepted"], report["rejected"]) == (ROWS // 2, ROWS // 2)
    assert Shipment.objects.count() == (ROWS + 400) // 8
    assert Client.objects.count() == 2500
    assert report["peak"] - report["before"] <= MAX_GROWTH_MB, report
    assert report["peak"] <= MAX_RSS_MB, report
