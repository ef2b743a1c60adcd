"""Archives are unpacked up to a bound: a small file that grows without end is refused before it is believed."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from clients.imports.errors import ImportFileError

# What the program is willing to unpack: properties of files, not rules of the business.
MAX_UNPACKED = 4 * 1024**3
MAX_XLSX_UNPACKED = 512 * 1024**2
MAX_RATIO = 200
SMALL = 64 * 1024**2  # anything may unpack to this much
MAX_XLSX_ROWS = 200_000
_BLOCK = 1024 * 1024


class BoundedGzip(io.RawIOBase):
    """Unpacked bytes up to a bound; `packed_seen` says how far the file itself has been read."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")
        self.source, self.packed, self.seen = gzip.GzipFile(fileobj=self.file), path.stat().st_size, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def packed_seen(self) -> int:
        """Bytes of the archive read so far."""
        return 0 if self.file.closed else self.file.tell()

    def close(self) -> None:
        """Close the archive too."""
        self.file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer; ImportFileError past the bound."""
        try:
            data = self.source.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise ImportFileError(_("The archive is damaged.")) from error
        self.seen += len(data)
        if self.seen > MAX_UNPACKED or (self.seen > SMALL and self.seen > self.packed * MAX_RATIO):
            raise ImportFileError(_("The archive unpacks to too much data and was refused."))
        buffer[: len(data)] = data
        return len(data)


def check_xlsx(path: Path) -> None:
    """Unpack every part once, block by block: its true size and number of rows, before anything is loaded."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_XLSX_UNPACKED:
                raise ImportFileError(_("The archive unpacks to too much data and was refused."))
            seen = 0
            for item in archive.infolist():
                seen += _check_part(archive, item)
                if seen > MAX_XLSX_UNPACKED or (seen > SMALL and seen > path.stat().st_size * MAX_RATIO):
                    raise ImportFileError(_("The archive unpacks to too much data and was refused."))
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError) as error:
        raise ImportFileError(_("This is not an Excel table, or it is damaged.")) from error


def _check_part(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> int:
    is_sheet = item.filename.startswith("xl/worksheets/") and item.filename.endswith(".xml")
    rows, size, tail = 0, 0, b""
    with archive.open(item) as part:
        while block := part.read(_BLOCK):
            size += len(block)
            if size > MAX_XLSX_UNPACKED:
                raise ImportFileError(_("The archive unpacks to too much data and was refused."))
            if is_sheet:
                joined = tail + block
                rows += joined.count(b"</row>") + joined.count(b"</x:row>")
                tail = joined[-7:] if not joined.endswith(b"row>") else b""
                if rows > MAX_XLSX_ROWS + 1:
                    raise_too_many_rows()
    return size


def raise_too_many_rows() -> None:
    """ImportFileError with advice."""
    raise ImportFileError(
        _("The table has more than %(rows)s rows: save it as csv and send that.")
        % {"rows": f"{MAX_XLSX_ROWS:,}".replace(",", "\u00a0")}
    )
