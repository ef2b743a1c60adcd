"""Reading csv, csv.gz and xlsx as rows of text; hostile files end with a clear message (ImportFileError)."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

# Bounds of what the program is willing to unpack: properties of files, not rules of the business.
MAX_UNPACKED = 4 * 1024**3
MAX_XLSX_UNPACKED = 512 * 1024**2
MAX_RATIO = 200
MAX_XLSX_ROWS = 200_000
MAX_CELL = 10_000
MAX_COLUMNS = 300
_HEADER_WITHIN = 30
_SNIFF = 256 * 1024


class ImportFileError(Exception):
    """The file cannot be read; the message is for the person who sent it."""


@dataclass
class Table:
    """A header and the rows below it; `first_row` is the number of the first data row in the file, from 1."""

    header: list[str]
    rows: Iterator[list[str]]
    first_row: int


def open_table(path: Path, known: set[str]) -> Table:
    """The table of a file. `known` are normal forms of expected headings: the header row has most of them."""
    if not path.exists() or path.stat().st_size == 0:
        raise ImportFileError(_("The file is empty."))
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        rows = _xlsx_rows(path)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportFileError(_("This is an old Excel file (.xls): save it as .xlsx or csv."))
    elif start.startswith(b"\x1f\x8b"):
        rows = _text_rows(_Bounded(path))
    elif path.suffix.lower() == ".xlsx" or b"\x00" in start:
        raise ImportFileError(_("This is not a table: the file has the contents of something else."))
    else:
        rows = _text_rows(path.open("rb"))
    return _with_header(rows, known)


def normal(heading: str) -> str:
    """A heading for comparison: lower case, ё as е, only letters and digits."""
    return re.sub(r"[^0-9a-zа-я]+", "", heading.lower().replace("ё", "е"))


class _Bounded(io.RawIOBase):
    """Unpacked bytes up to a bound: a small archive that unpacks without end is refused."""

    def __init__(self, path: Path) -> None:
        self.source, self.packed, self.seen = gzip.GzipFile(path), path.stat().st_size, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer; ImportFileError past the bound."""
        try:
            data = self.source.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise ImportFileError(_("The archive is damaged.")) from error
        self.seen += len(data)
        if self.seen > MAX_UNPACKED or (self.seen > 64 * 1024**2 and self.seen > self.packed * MAX_RATIO):
            raise ImportFileError(_("The archive unpacks to too much data and was refused."))
        buffer[: len(data)] = data
        return len(data)


def _text_rows(raw: Any) -> Iterator[list[str]]:
    """Rows of a csv: encoding and delimiter are found from its beginning."""
    buffered = io.BufferedReader(raw if isinstance(raw, io.RawIOBase) else raw.raw, _SNIFF)
    sample = buffered.peek(_SNIFF)[:_SNIFF]
    encoding = _encoding(sample)
    text = io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline="")
    delimiter = _delimiter(sample.decode(encoding, "replace"))
    csv.field_size_limit(1024 * 1024)
    try:
        for row in csv.reader(_without_nul(text), delimiter=delimiter):
            yield [cell.strip()[:MAX_CELL] for cell in row[:MAX_COLUMNS]]
    except csv.Error as error:
        raise ImportFileError(_("The file is not a table of text: %(error)s") % {"error": error}) from error
    finally:
        text.close()


def _without_nul(lines: Iterator[str] | Any) -> Iterator[str]:
    for line in lines:
        yield line.replace("\0", "") if "\0" in line else line


def _encoding(sample: bytes) -> str:
    """UTF-8 when the bytes are UTF-8, else windows-1251, the encoding of Russian exports."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if sample.count(b"\0") > 10:
        raise ImportFileError(_("This is not a table: the file has the contents of something else."))
    for cut in range(4):  # the sample may end inside of a character
        try:
            sample[: len(sample) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    controls = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    if controls > len(sample) / 50:
        raise ImportFileError(_("This is not a table: the file has the contents of something else."))
    return "cp1251"


def _delimiter(sample: str) -> str:
    """The one of ; , tab that stands most evenly in the first lines."""
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    if not lines:
        raise ImportFileError(_("The file is empty."))
    return max(
        ";\t,",
        key=lambda mark: (min(line.count(mark) for line in lines), sum(line.count(mark) for line in lines)),
    )


def _xlsx_rows(path: Path) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
            if size > MAX_XLSX_UNPACKED or size > max(path.stat().st_size, 100_000) * MAX_RATIO:
                raise ImportFileError(_("The archive unpacks to too much data and was refused."))
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except ImportFileError:
        raise
    except Exception as error:
        raise ImportFileError(_("This is not an Excel table, or it is damaged.")) from error
    if sheet.total_height > MAX_XLSX_ROWS:
        raise ImportFileError(
            _("The table has more than %(rows)s rows: save it as csv and send that.")
            % {"rows": MAX_XLSX_ROWS}
        )
    for row in sheet.iter_rows():
        yield [_cell(value) for value in row[:MAX_COLUMNS]]


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    return str(value).strip().replace("\0", "")[:MAX_CELL]


def _with_header(rows: Iterator[list[str]], known: set[str]) -> Table:
    """The header is the row among the first ones with the most headings we know (else the first one)."""
    first: list[list[str]] = []
    for row in rows:
        first.append(row)
        if len(first) >= _HEADER_WITHIN:
            break
    filled = [(index, row) for index, row in enumerate(first) if any(row)]
    if not filled:
        raise ImportFileError(_("The file is empty."))
    index, header = max(filled, key=lambda item: (sum(normal(cell) in known for cell in item[1]), -item[0]))

    def below() -> Iterator[list[str]]:
        yield from first[index + 1 :]
        yield from rows

    return Table(header, below(), index + 2)
