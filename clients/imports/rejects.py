"""Rejected rows: every one with its number in the file, its column and the reason in words; kept as a csv file."""

from __future__ import annotations

import csv
import os
import re
import uuid
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from clients.imports.reasons import sentence
from clients.models.imports import ImportBatch

if TYPE_CHECKING:
    from clients.imports.service import Run

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"^[-+]?\d[\d\s\u00a0]*([.,]\d+)?$")
_CHUNK = 5000


def folder() -> Path:
    """Where files of imports live; nobody but the program reads them."""
    path = Path(settings.MEDIA_ROOT) / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def private(path: Path) -> int:
    """A descriptor of a new file that only the program may read."""
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)


def harmless(value: str) -> str:
    """A cell that no spreadsheet runs as a formula; plain numbers stay as they are."""
    return f"'{value}" if value.startswith(_FORMULA) and not _NUMBER.match(value) else value


def write(run: Run) -> None:
    """The rejected rows of the run with the headings of the file, so that it can be mended and sent again."""
    forget(run.batch)
    if not run.counts["rejected"]:
        return
    path = folder() / f"rejects-{run.batch.pk}-{uuid.uuid4().hex[:8]}.csv"
    names = ", ".join(f"r.{name}" for name in run.fields)
    query = (
        f"SELECT x.row_no, x.field, x.reason, {names} FROM import_rejects x JOIN import_rows r USING (row_no)"
        " ORDER BY x.row_no"
    )
    with (
        os.fdopen(private(path), "w", encoding="utf-8-sig", newline="") as file,
        connection.chunked_cursor() as cursor,  # rows stay on the server: there may be a million
    ):
        writer = csv.writer(file, delimiter=";")
        headings = [run.heading(name) for name in run.fields]
        writer.writerow([_("Row"), _("Column"), _("Reason"), *map(harmless, headings)])
        cursor.execute(query)
        while rows := cursor.fetchmany(_CHUNK):
            writer.writerows(
                [number, harmless(run.heading(name)), sentence(reason), *map(harmless, values)]
                for number, name, reason, *values in rows
            )
    run.batch.rejects_path = str(path)


@dataclass(frozen=True)
class Reject:
    """A rejected row as the page shows it."""

    row: str
    column: str
    reason: str
    value: str


def first(batch: ImportBatch, many: int) -> list[Reject]:
    """The first rejected rows of an import; none when the file is gone."""
    try:
        with open(batch.rejects_path, encoding="utf-8-sig", newline="") as file:
            head, *rows = islice(csv.reader(file, delimiter=";"), many + 1)
    except (OSError, ValueError):
        return []
    places = {heading: index for index, heading in reversed(list(enumerate(head)))}
    return [Reject(row[0], row[1], row[2], row[places[row[1]]] if row[1] in places else "") for row in rows]


def forget(batch: ImportBatch) -> None:
    """Throw the file of rejected rows away."""
    if batch.rejects_path:
        Path(batch.rejects_path).unlink(missing_ok=True)
        batch.rejects_path = ""
