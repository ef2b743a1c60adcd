"""The life of an import: stage, check, apply in one transaction; preview is the same work rolled back."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.imports import kinds, rejects
from clients.imports.alive import started
from clients.imports.errors import ImportFileError
from clients.imports.mappings import remember, remembered
from clients.imports.progress import Progress
from clients.imports.readers import Table, open_table
from clients.imports.staging import stage
from clients.models.imports import ImportBatch, ImportGoal, ImportState
from salesdept.models import User
from salesdept.sql import execute, fetch

COUNTS = ("read", "accepted", "rejected", "created", "updated", "unchanged")
ONE_AT_A_TIME = 0x1A9B0A7  # any constant: the advisory lock under which imports check and write
MUCH = 10_000  # rows
_RESULT = [*COUNTS, "state", "error", "rejects_path", "finished_at", "percent", "rows_seen"]


class _RollBackError(Exception):
    """Ends the transaction of a preview."""


@dataclass
class Run:
    """One pass over a file: what its kind's rules need to know. The rows stand in the temp table import_rows,
    rejected ones in import_rejects (row_no, field, reason, value)."""

    batch: ImportBatch
    kind: kinds.Kind
    header: list[str]
    places: dict[str, int]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def fields(self) -> list[str]:
        """Fields that the file has."""
        return sorted(self.places)

    def has(self, name: str) -> bool:
        """Whether the file has the field."""
        return name in self.places

    def text(self, name: str) -> str:
        """SQL of a field's text: empty when the file lacks it."""
        return f"r.{name}" if self.has(name) else "''"

    def heading(self, name: str) -> str:
        """What the column is called in the file; the name of the field when it has no heading."""
        if not name:
            return ""
        in_file = self.header[self.places[name]] if self.has(name) else ""
        return in_file or str(self.kind.field(name).label)

    @property
    def rules(self) -> ModuleType:
        """The module that checks, applies and undoes this kind."""
        return import_module(self.kind.rules)


def import_path(
    path: Path,
    *,
    kind: str,
    mapping: dict[str, str] | None = None,
    unknown_clients: str = "create",
    dry_run: bool = False,
    user: User | None = None,
) -> ImportBatch:
    """Read and apply a file at once. Raises ImportFileError when nothing can be read."""
    batch = ImportBatch(
        kind=kind,
        file_name=path.name[:255],
        mapping=mapping or {},
        unknown_clients=unknown_clients,
        started_by=user,
        goal=ImportGoal.CHECK if dry_run else ImportGoal.APPLY,
    )
    with started(batch):
        return process(batch, path, apply=not dry_run)


def process(batch: ImportBatch, path: Path, *, apply: bool, watched: bool = False) -> ImportBatch:
    """Stage and check the file, then apply it or roll everything back; the counts are the same either way.

    The caller holds the import (`alive`). Raises ImportFileError; after any error the base is as it was.
    """
    progress = Progress(batch, watched=watched)
    try:
        with pghistory.context(user=batch.started_by_id, **{"import": batch.pk}):
            _read(batch, path, progress, apply=apply)
    except ImportFileError as error:
        _finish(batch, ImportState.FAILED, error=str(error))
        raise
    except Exception:
        _finish(batch, ImportState.FAILED, error=_("The import stopped; nothing was changed."))
        raise
    finally:
        progress.close()
    return batch


def _read(batch: ImportBatch, path: Path, progress: Progress, *, apply: bool) -> None:
    kind = kinds.get(batch.kind)
    table = open_table(path, kinds.known_headings(kind, batch.mapping))
    places = kinds.columns(kind, table.header, batch.mapping or remembered(kind, table.header))
    run = Run(batch, kind, table.header, places)
    try:
        with transaction.atomic():
            _work(run, table, progress)
            if not apply:
                raise _RollBackError
            _take_counts(run)
            _tell_planner(batch)
            _finish(batch, ImportState.APPLIED)  # in the same transaction: applied and said so, or neither
    except _RollBackError:
        _take_counts(run)
        _finish(batch, ImportState.READY)
    if batch.mapping:
        remember(kind, table.header, batch.mapping)


def _work(run: Run, table: Table, progress: Progress) -> None:
    execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
    read = run.counts["read"] = stage(run, table, progress)
    progress.checking(read)
    alone()
    run.rules.check(run)
    run.counts["rejected"] = fetch("SELECT count(DISTINCT row_no) FROM import_rejects")[0][0]
    run.counts["accepted"] = read - run.counts["rejected"]
    rejects.write(run)
    progress.writing(read)
    run.rules.apply(run)


def _tell_planner(batch: ImportBatch) -> None:
    """After much writing the pages and the night are planned by what stands in the tables now."""
    if batch.created + batch.updated > MUCH:
        execute(
            "ANALYZE clients_client, clients_shipment, clients_shipmentline, clients_product,"
            " clients_contact, clients_legalentity"
        )


def alone() -> None:
    """Wait until no other import checks or writes; held until the transaction ends."""
    execute("SELECT pg_advisory_xact_lock(%(key)s)", {"key": ONE_AT_A_TIME})


def sample(
    path: Path, kind: str, mapping: dict[str, str] | None = None, rows: int = 8
) -> tuple[list[str], list[list[str]], dict[str, int]]:
    """Header, the first rows and the columns found, for the mapping screen."""
    found = kinds.get(kind)
    table = open_table(path, kinds.known_headings(found, mapping))
    first = list(islice((row for row in table.rows if any(row)), rows))
    chosen = mapping or remembered(found, table.header)
    try:
        places = kinds.columns(found, table.header, chosen)
    except ImportFileError:
        places = kinds.guess(found, table.header)
    return table.header, first, places


def undo(batch: ImportBatch) -> None:
    """Put back exactly what stood before the import; UndoError lists what stands in the way."""
    with transaction.atomic(), pghistory.context(user=batch.started_by_id, **{"import": batch.pk}):
        alone()
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        undoing = locked.goal == ImportGoal.UNDO and locked.state == ImportState.WRITING
        if locked.state != ImportState.APPLIED and not undoing:
            raise ImportFileError(_("This import is not applied: there is nothing to undo."))
        import_module(kinds.get(locked.kind).rules).undo(locked)
        locked.changes.all().delete()
        _finish(locked, ImportState.UNDONE)


def _take_counts(run: Run) -> None:
    for name in COUNTS:
        setattr(run.batch, name, run.counts[name])
    run.batch.rows_seen = run.counts["read"]


def _finish(batch: ImportBatch, state: str, error: str = "") -> None:
    batch.state, batch.error, batch.percent, batch.finished_at = state, error, 100, timezone.now()
    batch.save(update_fields=_RESULT)
