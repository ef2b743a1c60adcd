"""Reading csv, csv.gz and xlsx as rows of text; hostile files end with a clear message (ImportFileError)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from clients.imports.archives import MAX_XLSX_ROWS, BoundedGzip, check_xlsx, raise_too_many_rows
from clients.imports.encodings import find_encoding
from clients.imports.errors import ImportFileError

# Bounds of a row: properties of files, not rules of the business.
MAX_CELL = 10_000
MAX_FIELD = 1024 * 1024
MAX_LINE = 4 * 1024 * 1024
MAX_LINES_OF_ROW = 100
MAX_COLUMNS = 300
BROKEN = "\ufffd"  # stands where a sign could not be read
_HEADER_WITHIN = 30
_SNIFF = 256 * 1024


@dataclass
class Source:
    """What is known of a file while it is read: the share read so far, 0–1, whether signs were unreadable."""

    share: Callable[[], float]
    is_broken: bool = False
    longest: int = 0  # letters of the longest line so far


@dataclass
class Table:
    """A header and the rows below it.

    `first_row` is the number of the first data row in the file, from 1; `width` is how many cells a row may have
    (None: any, the cells of a spreadsheet have addresses).
    """

    header: list[str]
    rows: Iterator[list[str]]
    first_row: int
    width: int | None
    source: Source


def open_table(path: Path, known: set[str]) -> Table:
    """The table of a file. `known` are normal forms of expected headings: the header row has most of them."""
    if not path.exists() or path.stat().st_size == 0:
        raise ImportFileError(_("The file is empty."))
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        sheet = _sheet(path)
        table = _with_header(_xlsx_rows(sheet), known, Source(lambda: 1.0))
        table.width = None
        return table
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportFileError(_("This is an old Excel file (.xls): save it as .xlsx or csv."))
    if path.suffix.lower() == ".xlsx":
        raise ImportFileError(_("This is not a table: the file has the contents of something else."))
    if start.startswith(b"\x1f\x8b"):
        return _text_table(path, known, lambda: BoundedGzip(path))
    return _text_table(path, known, lambda: io.FileIO(path))


def _text_table(path: Path, known: set[str], open_bytes: Callable[[], Any]) -> Table:
    encoding, size = find_encoding(open_bytes), path.stat().st_size
    raw = open_bytes()
    read = raw.packed_seen if isinstance(raw, BoundedGzip) else raw.tell
    source = Source(lambda: 1.0 if raw.closed else read() / size)
    return _with_header(_text_rows(raw, encoding, source), known, source)


def normal(heading: str) -> str:
    """A heading for comparison: lower case, ё as е, only letters and digits."""
    return re.sub(r"[^0-9a-zа-я]+", "", heading.lower().replace("ё", "е"))


def _text_rows(raw: io.RawIOBase, encoding: str, source: Source) -> Iterator[list[str]]:
    """Rows of a csv; the delimiter is found from its beginning."""
    buffered = io.BufferedReader(raw, _SNIFF)
    sample = buffered.peek(_SNIFF)[:_SNIFF]
    text = io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline="")
    csv.field_size_limit(MAX_FIELD)
    line = 0
    try:
        delimiter = _delimiter(sample.decode(encoding, "replace"))
        reader = csv.reader(_lines(text, source), delimiter=delimiter)
        for row in reader:
            if reader.line_num - line > MAX_LINES_OF_ROW:
                _raise_open_quote(line + 1)
            line = reader.line_num
            if source.longest > MAX_CELL or len(row) > MAX_COLUMNS:  # rare: only then cells are cut
                yield [cell.strip()[:MAX_CELL] for cell in row[:MAX_COLUMNS]]
            else:
                yield list(map(str.strip, row))
    except csv.Error as error:
        if "field larger" in str(error):
            _raise_open_quote(line + 1)
        raise ImportFileError(_("The file is not a table of text: %(error)s") % {"error": error}) from error
    finally:
        text.close()


def _raise_open_quote(line: int) -> None:
    raise ImportFileError(
        _("A cell that begins near line %(line)s is too long: look for a quote mark that is not closed.")
        % {"line": line}
    )


def _lines(text: io.TextIOWrapper, source: Source) -> Iterator[str]:
    """Lines of bounded length; a zero byte becomes the sign that stands for what could not be read."""
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if len(line) > source.longest:
            source.longest = len(line)
        if len(line) >= MAX_LINE:
            _raise_open_quote(number)
        if "\0" in line:
            line = line.replace("\0", BROKEN)
        if BROKEN in line:
            source.is_broken = True
        yield line


def _delimiter(sample: str) -> str:
    """The one of ; tab , that stands in most of the first lines equally often."""
    lines = [line for line in sample.splitlines()[:20] if line.strip()]
    if not lines:
        raise ImportFileError(_("The file is empty."))

    def evenness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines if mark in line]
        if not counts:
            return 0, 0
        usual = max(sorted(set(counts), reverse=True), key=counts.count)
        return counts.count(usual), usual

    return max(";\t,", key=evenness)


def _sheet(path: Path) -> Any:
    check_xlsx(path)
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except Exception as error:
        raise ImportFileError(_("This is not an Excel table, or it is damaged.")) from error
    if sheet.total_height > MAX_XLSX_ROWS + 1:
        raise_too_many_rows()
    return sheet


def _xlsx_rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        yield [_cell(value) for value in row[:MAX_COLUMNS]]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.8f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    return str(value).strip().replace("\0", BROKEN)[:MAX_CELL]


def _with_header(rows: Iterator[list[str]], known: set[str], source: Source) -> Table:
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

    return Table(header, below(), index + 2, len(header), source)
