"""Dates of files: read once per different text, in Python; numbers are read by the SQL function `import_number` (migration 0005)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db import connection

from salesdept.sql import execute, fetch

_ISO = re.compile(r"^(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_RUSSIAN = re.compile(r"^(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})(?!\d)")
_SERIAL = re.compile(r"^(\d{4,5})(?:[.,]\d+)?$")
_EXCEL_ZERO = date(1899, 12, 30)


def read_date(text: str) -> date | None:
    """01.02.2019, 2019-02-01, an Excel serial number; a time after the date is left out. None: no date."""
    text = text.strip()
    try:
        if found := _ISO.match(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _RUSSIAN.match(text):
            year = int(found[3])
            return date(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))
        if found := _SERIAL.match(text):
            return _EXCEL_ZERO + timedelta(days=int(found[1]))
    except (ValueError, OverflowError):
        return None
    return None


def stage_dates(column: str = "date") -> None:
    """The temp table import_dates(raw, day): every different beginning of the column with its date."""
    execute("DROP TABLE IF EXISTS import_dates")
    execute("CREATE TEMP TABLE import_dates (raw text PRIMARY KEY, day date) ON COMMIT DROP")
    raws = [row[0] for row in fetch(f"SELECT DISTINCT left({column}, 10) FROM import_rows")]
    with connection.cursor() as cursor, cursor.copy("COPY import_dates (raw, day) FROM STDIN") as target:
        for raw in raws:
            target.write_row((raw, read_date(raw)))
    execute("ANALYZE import_dates")
