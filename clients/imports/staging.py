"""COPY of a file into temp tables: import_rows (texts of the mapped columns) and import_rejects."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _

from clients.imports.errors import ImportFileError
from clients.imports.readers import BROKEN, Table
from salesdept.sql import execute, fetch

if TYPE_CHECKING:
    from clients.imports.progress import Progress
    from clients.imports.service import Run

SAY_EVERY = 10_000  # rows between two looks at the clock
BLOCK = 500  # rows sent at once
_TAB = "\t".join
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def stage(run: Run, table: Table, progress: Progress) -> int:
    """Fill import_rows and reject what is no row of the table; how many rows were read (empty lines are none)."""
    for name in ("import_rows", "import_rejects"):
        execute(f"DROP TABLE IF EXISTS {name}")
    columns = ", ".join(f"{name} text NOT NULL" for name in run.fields)
    execute(f"CREATE TEMP TABLE import_rows (row_no integer NOT NULL, {columns}) ON COMMIT DROP")
    execute(
        "CREATE TEMP TABLE import_rejects (row_no integer, field text, reason text, value text) ON COMMIT DROP"
    )
    read, ragged = _copy(run, table, progress)
    if not read:
        raise ImportFileError(_("The file has headings but no rows."))
    execute("ANALYZE import_rows")
    _reject_ragged(run, ragged)
    if table.source.is_broken:
        for name in run.fields:
            reject(run, name, "broken", f"strpos(r.{name}, '{BROKEN}') > 0")
    _reject_long(run)
    return read


def _copy(run: Run, table: Table, progress: Progress) -> tuple[int, array[int]]:
    indexes = [run.places[name] for name in run.fields]
    chosen = itemgetter(*indexes) if len(indexes) > 1 else lambda row: (row[indexes[0]],)
    last, width, limit = max(indexes), table.width, table.width or 0
    read, ragged = 0, array("L")
    block: list[tuple[int, Sequence[str]]] = []
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY import_rows (row_no, {', '.join(run.fields)}) FROM STDIN") as target,
    ):
        for number, row in enumerate(table.rows, start=table.first_row):
            if not any(row):
                continue
            if len(row) <= last:
                row = row + [""] * (last + 1 - len(row))
            elif width is not None and len(row) > limit and any(row[limit:]):
                ragged.append(number)
            block.append((number, chosen(row)))
            read += 1
            if len(block) == BLOCK:
                target.write(_lines(block))
                block.clear()
            if read % SAY_EVERY == 0:
                progress.rows(read, table.source.share())
        target.write(_lines(block))
    return read, ragged


def _lines(block: list[tuple[int, Sequence[str]]]) -> str:
    """Rows as COPY reads them. Few cells have anything to escape: that is looked at once for the whole block."""
    text = "".join([f"{number}\t{_TAB(cells)}\n" for number, cells in block])
    tabs = sum(len(cells) for _number, cells in block)
    if "\\" not in text and "\r" not in text and text.count("\n") == len(block) and text.count("\t") == tabs:
        return text
    return "".join(
        [f"{number}\t{_TAB([cell.translate(_ESCAPES) for cell in cells])}\n" for number, cells in block]
    )


def _reject_ragged(run: Run, ragged: array[int]) -> None:
    if not ragged:
        return
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY import_rejects (row_no, field, reason, value) FROM STDIN") as target,
    ):
        for number in ragged:
            target.write_row((number, "", "ragged", ""))


def _reject_long(run: Run) -> None:
    """One look at every column; the exact rule only where some text may be too long."""
    limits = {name: run.kind.field(name).limit for name in run.fields if run.kind.field(name).limit}
    if not limits:
        return
    longest = fetch(f"SELECT {', '.join(f'max(octet_length({name}))' for name in limits)} FROM import_rows")[
        0
    ]
    for (name, limit), octets in zip(limits.items(), longest, strict=True):
        if octets > limit:
            reject(run, name, "too_long", f"length(r.{name}) > {limit}")


def reject(run: Run, name: str, reason: str, where: str) -> None:
    """Reject the rows (alias r) for which `where` holds and that are not rejected yet."""
    execute(
        f"""
        INSERT INTO import_rejects (row_no, field, reason, value)
        SELECT r.row_no, %(name)s, %(reason)s, left({run.text(name)}, 200) FROM import_rows r
        WHERE ({where}) AND NOT EXISTS (SELECT FROM import_rejects x WHERE x.row_no = r.row_no)
        """,
        {"name": name, "reason": reason},
    )
