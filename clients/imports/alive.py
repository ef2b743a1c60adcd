"""Who is at work on an import: a session lock of PostgreSQL, which dies with the process, however it dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils.translation import gettext as _

from clients.models.imports import WORKING, ImportBatch
from salesdept.sql import execute, fetch

_CLASS = 0x1A9  # any constant: the first half of the lock's key, the second is the import's number


@contextmanager
def started(batch: ImportBatch) -> Iterator[ImportBatch]:
    """Save a new import and work on it at once: nobody ever sees it without its lock."""
    with transaction.atomic():
        batch.save(force_insert=True)
        _try_lock(batch.pk)
    try:
        yield batch
    finally:
        _unlock(batch.pk)


@contextmanager
def held(pk: int) -> Iterator[bool]:
    """Hold the import while working on it; False when another process does."""
    mine = _try_lock(pk)
    try:
        yield mine
    finally:
        if mine:
            _unlock(pk)


def _key(pk: int) -> dict[str, int]:
    return {"kind": _CLASS, "pk": pk}


def _try_lock(pk: int) -> bool:
    return bool(fetch("SELECT pg_try_advisory_lock(%(kind)s, %(pk)s)", _key(pk))[0][0])


def _unlock(pk: int) -> None:
    if not connection.needs_rollback and connection.is_usable():
        execute("SELECT pg_advisory_unlock(%(kind)s, %(pk)s)", _key(pk))


def release_stopped() -> int:
    """Imports that no living process works on any more: what was being brought in is not, what was being
    undone is not undone. How many there were."""
    stopped = f"""
        b.state IN ({", ".join(f"'{state}'" for state in WORKING)}) AND NOT EXISTS (
            SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid::bigint = {_CLASS}
              AND l.objid::bigint = b.id
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    """
    return execute(
        f"""
        UPDATE clients_importbatch b SET finished_at = now(),
               state = CASE WHEN goal = 'undo' THEN 'applied' ELSE 'failed' END,
               error = CASE WHEN goal = 'undo' THEN %(undo)s ELSE %(stopped)s END
        WHERE {stopped}
        """,
        {
            "stopped": _("The import stopped; nothing was changed."),
            "undo": _("The undo stopped; nothing was changed."),
        },
    )
