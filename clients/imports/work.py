"""Imports of the browser: a file is kept, its row is queued, a process claims the row and works, the page looks on.

The row in PostgreSQL is the truth. The queue is a doorbell: ring twice and nothing happens twice; lose it and the
page that waits rings again.
"""

from __future__ import annotations

import logging
import os
import uuid
from datetime import timedelta
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from clients.imports import rejects, service
from clients.imports.alive import held, release_stopped
from clients.imports.errors import ImportFileError
from clients.models.imports import WORKING, ImportBatch, ImportGoal, ImportState
from salesdept.models import User

log = logging.getLogger("salesdept.imports")
AT_ONCE_BYTES, AT_ONCE_ROWS = 512 * 1024, 10_000  # smaller work is done while the person waits
RING_AGAIN = timedelta(seconds=20)
_SUFFIXES = (".csv", ".xlsx", ".gz", ".txt", ".xls")
_FROM = {
    ImportGoal.CHECK: (ImportState.UPLOADED, ImportState.READY, ImportState.FAILED),
    ImportGoal.APPLY: (ImportState.READY,),
    ImportGoal.UNDO: (ImportState.APPLIED,),
}


def upload(file: UploadedFile, *, kind: str, unknown_clients: str, user: User) -> ImportBatch:
    """Keep an uploaded file under a name of our own; ImportFileError when it is no table (nothing is kept then)."""
    given = str(file.name or "")
    suffix = Path(given).suffix.lower()
    path = rejects.folder() / f"upload-{uuid.uuid4().hex}{suffix if suffix in _SUFFIXES else ''}"
    with os.fdopen(rejects.private(path), "wb") as target:
        for block in file.chunks():
            target.write(block)
    try:
        service.sample(path, kind)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return ImportBatch.objects.create(
        kind=kind,
        file_name=given[-255:],
        stored_as=path.name,
        unknown_clients=unknown_clients,
        started_by=user,
        state=ImportState.UPLOADED,
        goal=ImportGoal.CHECK,
    )


def stored(batch: ImportBatch) -> Path:
    """Where the uploaded file lies."""
    return rejects.folder() / batch.stored_as


def queue(batch: ImportBatch, goal: str) -> bool:
    """Ask for work on an import; False when its state does not allow that (somebody was faster)."""
    ready = ImportBatch.objects.filter(pk=batch.pk, state__in=_FROM[ImportGoal(goal)])
    if goal != ImportGoal.UNDO:
        ready = ready.exclude(stored_as="")
    claimed = ready.update(
        state=ImportState.QUEUED, goal=goal, percent=0, rows_seen=0, error="", rung_at=timezone.now()
    )
    if not claimed:
        return False
    batch.refresh_from_db()
    if _is_small(batch) and not ImportBatch.objects.filter(state__in=WORKING).exists():
        run(batch.pk, watched=False)
    else:
        _ring(batch.pk)
    return True


def _is_small(batch: ImportBatch) -> bool:
    if batch.goal == ImportGoal.UNDO:
        return batch.accepted <= AT_ONCE_ROWS
    path = stored(batch)
    return path.exists() and path.stat().st_size <= AT_ONCE_BYTES and path.suffix != ".gz"


def _ring(pk: int) -> None:
    from clients.tasks import work_on_import

    try:
        work_on_import.delay(pk, get_language() or "ru")
    except OperationalError:  # the row is queued; the page that waits rings again
        log.warning("import %s: the queue does not answer", pk)


def run(pk: int, *, watched: bool = True) -> None:
    """Work on a queued import, if nobody does and it still is queued; errors for the person stand in its row."""
    with held(pk) as mine:
        if not mine:
            return
        batch = ImportBatch.objects.filter(pk=pk, state=ImportState.QUEUED).first()
        if batch is None:
            return
        state = ImportState.WRITING if batch.goal == ImportGoal.UNDO else ImportState.READING
        ImportBatch.objects.filter(pk=pk).update(state=state)
        batch.state = state
        if batch.goal == ImportGoal.UNDO:
            _undo(batch)
        else:
            _process(batch, watched=watched)


def _process(batch: ImportBatch, *, watched: bool) -> None:
    is_apply = batch.goal == ImportGoal.APPLY
    try:
        service.process(batch, stored(batch), apply=is_apply, watched=watched)
    except ImportFileError as error:
        log.info("import %s: %s", batch.pk, error)
        return
    if is_apply:
        forget_file(batch)


def _undo(batch: ImportBatch) -> None:
    error = _("The undo stopped; nothing was changed.")
    try:
        service.undo(batch)
        error = ""
    except ImportFileError as refused:
        error = str(refused)
    finally:
        if error:
            ImportBatch.objects.filter(pk=batch.pk).update(
                state=ImportState.APPLIED, error=error, percent=100
            )


def forget_file(batch: ImportBatch) -> None:
    """The uploaded file is needed no more."""
    if batch.stored_as:
        stored(batch).unlink(missing_ok=True)
        batch.stored_as = ""
        batch.save(update_fields=["stored_as"])


def discard(batch: ImportBatch) -> bool:
    """Throw away an import that changed nothing, with its files; False when it is at work or applied."""
    gone = ImportBatch.objects.filter(
        pk=batch.pk, state__in=(ImportState.UPLOADED, ImportState.READY, ImportState.FAILED)
    )
    if not gone.delete()[0]:
        return False
    rejects.forget(batch)
    if batch.stored_as:
        stored(batch).unlink(missing_ok=True)
    return True


def look() -> None:
    """What every page of imports does first: notice work that died and ring again for work nobody took."""
    at_work = ImportBatch.objects.filter(state__in=(ImportState.QUEUED, *WORKING))
    if not at_work.exists():
        return
    release_stopped()
    now = timezone.now()
    late = at_work.filter(state=ImportState.QUEUED, rung_at__lt=now - RING_AGAIN)
    for pk in late.values_list("pk", flat=True):
        ImportBatch.objects.filter(pk=pk).update(rung_at=now)
        _ring(pk)
