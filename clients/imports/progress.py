"""How far an import is, for the page that waits for it."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection

from clients.models.imports import ImportBatch, ImportState

SAY_AFTER = 0.4  # seconds
READ_SHARE, CHECKED_SHARE = 50, 70  # per cent of the bar


class Progress:
    """Writes on a connection of its own: what the import's transaction writes is seen only at its end.

    One that is not watched says nothing.
    """

    def __init__(self, batch: ImportBatch, *, watched: bool) -> None:
        self.batch = batch
        self.own: Any = connection.copy() if watched else None
        self.said_at = 0.0

    def rows(self, read: int, share: float) -> None:
        """So many rows have been read, which is such a share of the file."""
        if self.own is not None and time.monotonic() - self.said_at > SAY_AFTER:
            self._say(ImportState.READING, round(READ_SHARE * min(share, 1)), read)

    def checking(self, read: int) -> None:
        """The rows are in the base and are being checked."""
        self._say(ImportState.CHECKING, READ_SHARE, read)

    def writing(self, read: int) -> None:
        """The accepted rows are being written."""
        self._say(ImportState.WRITING, CHECKED_SHARE, read)

    def _say(self, state: str, percent: int, read: int) -> None:
        if self.own is None:
            return
        self.said_at = time.monotonic()
        with self.own.cursor() as cursor:
            cursor.execute(
                "UPDATE clients_importbatch SET state = %s, percent = %s, rows_seen = %s WHERE id = %s",
                [state, percent, read, self.batch.pk],
            )

    def close(self) -> None:
        """Give the connection back."""
        if self.own is not None:
            self.own.close()
