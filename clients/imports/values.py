"""Dates, phones and INNs of files: each different text is read once, in Python; numbers are read by the SQL function
`import_number` (migration 0005)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from stdnum.ru import inn as inn_number

from salesdept.sql import execute, fetch

_ISO = re.compile(r"^(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_RUSSIAN = re.compile(r"^(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})(?!\d)")
_SERIAL = re.compile(r"^(\d{4,5})(?:[.,]\d+)?$")
_KPP = re.compile(r"^\d{4}[\dA-Z]{2}\d{3}$")
_SPLIT = re.compile(r"[,;/]|\bдоб\b|\bext\b", re.IGNORECASE)
_CHUNK = 20_000
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


def stage_texts(column: str, read: Callable[[str], str | None]) -> None:
    """The temp table import_<column>(raw, value): every different text with its reading; NULL: it cannot be read."""
    execute(f"DROP TABLE IF EXISTS import_{column}")
    execute(f"CREATE TEMP TABLE import_{column} (raw text PRIMARY KEY, value text) ON COMMIT DROP")
    with connection.chunked_cursor() as source:
        source.execute(f"SELECT DISTINCT {column} FROM import_rows WHERE {column} <> ''")
        while raws := source.fetchmany(_CHUNK):
            with connection.cursor() as cursor, cursor.copy(f"COPY import_{column} FROM STDIN") as target:
                for (raw,) in raws:
                    target.write_row((raw, read(raw)))
    execute(f"ANALYZE import_{column}")


def read_inn(text: str) -> str | None:
    """Ten or twelve digits that check; leading zeros that a spreadsheet ate are put back. None: no INN."""
    digits = re.sub(r"[\s\u00a0]", "", text)
    if not digits.isascii() or not digits.isdigit():
        return None
    for length in (10, 12):
        whole = digits.zfill(length)
        if length - len(digits) in (0, 1) and len(whole) == length and inn_number.is_valid(whole):
            return whole
    return None


def read_kpp(text: str) -> str | None:
    """Nine signs; a leading zero that a spreadsheet ate is put back. None: no KPP."""
    whole = re.sub(r"[\s\u00a0]", "", text).upper()
    whole = whole.zfill(9) if len(whole) == 8 else whole
    return whole if _KPP.match(whole) else None


def read_phone(text: str) -> str | None:
    """+78123341806, as forms keep phones; of several the first. None: no phone."""
    for part in _SPLIT.split(text):
        try:
            number = phonenumbers.parse(part, "RU")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def read_email(text: str) -> str | None:
    """An address in lower case. None: no address."""
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        return None
    return address
