"""The life of an import: stage, check, apply in one transaction; preview is the same work rolled back."""

from __future__ import annotations

import csv
import hashlib
import uuid
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.imports import kinds
from clients.imports.readers import ImportFileError, Table, normal, open_table
from clients.imports.reasons import sentence
from clients.models.imports import ImportBatch, ImportMapping, ImportState
from salesdept.models import User
from salesdept.sql import execute, fetch

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COUNTS = ("read", "accepted", "rejected", "created", "updated", "unchanged")


class _RollBackError(Exception):
    """Ends the transaction of a preview."""


@dataclass
class Run:
    """One pass over a file: what its kind's rules need to know. The rows stand in the temp table import_rows,
    rejected ones in import_rejects (row_no, field, reason, value)."""

    batch: ImportBatch
    kind: kinds.Kind
    fields: list[str]
    counts: dict[str, int] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the file has the field."""
        return name in self.fields

    def text(self, name: str) -> str:
        """SQL of a field's text: empty when the file lacks it."""
        return f"r.{name}" if self.has(name) else "''"

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
    batch = ImportBatch.objects.create(
        kind=kind,
        file_name=path.name,
        mapping=mapping or {},
        unknown_clients=unknown_clients,
        started_by=user,
    )
    return process(batch, path, apply=not dry_run)


def process(batch: ImportBatch, path: Path, *, apply: bool) -> ImportBatch:
    """Stage and check the file, then apply it or roll everything back; the counts are the same either way."""
    try:
        run = _read(batch, path, apply=apply)
    except ImportFileError as error:
        _finish(batch, ImportState.FAILED, error=str(error))
        raise
    except Exception:
        _finish(batch, ImportState.FAILED, error=_("The import stopped; nothing was changed."))
        raise
    for name in COUNTS:
        setattr(batch, name, run.counts[name])
    _finish(batch, ImportState.APPLIED if apply else ImportState.READY)
    return batch


def _read(batch: ImportBatch, path: Path, *, apply: bool) -> Run:
    kind = kinds.get(batch.kind)
    table = open_table(path, kinds.known_headings(kind, batch.mapping))
    mapping = batch.mapping or _remembered(kind, table.header)
    places = kinds.columns(kind, table.header, mapping)
    run = Run(batch, kind, sorted(places))
    try:
        with transaction.atomic():
            execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
            run.counts["read"] = _stage(run, table, places)
            run.rules.check(run)
            run.counts["rejected"] = fetch("SELECT count(DISTINCT row_no) FROM import_rejects")[0][0]
            run.counts["accepted"] = run.counts["read"] - run.counts["rejected"]
            _write_rejects(run)
            run.rules.apply(run)
            if batch.mapping:
                _remember(kind, table.header, batch.mapping)
            if not apply:
                raise _RollBackError
    except _RollBackError:
        pass
    return run


def _stage(run: Run, table: Table, places: dict[str, int]) -> int:
    """COPY the mapped columns as text; how many rows were read (empty lines are no rows)."""
    for name in ("import_rows", "import_rejects"):
        execute(f"DROP TABLE IF EXISTS {name}")
    columns = ", ".join(f"{name} text NOT NULL" for name in run.fields)
    execute(f"CREATE TEMP TABLE import_rows (row_no integer NOT NULL, {columns}) ON COMMIT DROP")
    execute(
        "CREATE TEMP TABLE import_rejects (row_no integer, field text, reason text, value text) ON COMMIT DROP"
    )
    indexes = [places[name] for name in run.fields]
    read = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY import_rows (row_no, {', '.join(run.fields)}) FROM STDIN") as target,
    ):
        for number, row in enumerate(table.rows, start=table.first_row):
            if not any(row):
                continue
            width = len(row)
            target.write_row((number, *(row[index] if index < width else "" for index in indexes)))
            read += 1
    if not read:
        raise ImportFileError(_("The file has headings but no rows."))
    execute("ANALYZE import_rows")
    return read


def _write_rejects(run: Run) -> None:
    """Rejected rows as csv: number, column, reason in words, and the row as it was; formulas are made harmless."""
    if not run.counts["rejected"]:
        return
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rejects-{run.batch.pk}-{uuid.uuid4().hex[:8]}.csv"
    names = ", ".join(f"r.{name}" for name in run.fields)
    with path.open("w", encoding="utf-8-sig", newline="") as file, connection.cursor() as cursor:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([_("Row"), _("Column"), _("Reason"), *run.fields])
        cursor.execute(
            f"SELECT x.row_no, x.field, x.reason, {names} FROM import_rejects x JOIN import_rows r USING (row_no)"
            " ORDER BY x.row_no"
        )
        while rows := cursor.fetchmany(5000):
            writer.writerows(
                [number, name, sentence(reason), *map(harmless, values)]
                for number, name, reason, *values in rows
            )
    run.batch.rejects_path = str(path)


def harmless(value: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def reject(run: Run, name: str, reason: str, where: str) -> None:
    """Reject the rows (alias r) for which `where` holds and that are not rejected yet."""
    execute(
        f"""
        INSERT INTO import_rejects (row_no, field, reason, value)
        SELECT r.row_no, %(name)s, %(reason)s, {run.text(name)} FROM import_rows r
        WHERE ({where}) AND NOT EXISTS (SELECT FROM import_rejects x WHERE x.row_no = r.row_no)
        """,
        {"name": name, "reason": reason},
    )


def sample(
    path: Path, kind: str, mapping: dict[str, str] | None = None, rows: int = 8
) -> tuple[list[str], list[list[str]], dict[str, int]]:
    """Header, the first rows and the columns found, for the mapping screen."""
    found = kinds.get(kind)
    table = open_table(path, kinds.known_headings(found, mapping))
    first = [row for row, _number in zip(table.rows, range(rows), strict=False)]
    try:
        places = kinds.columns(found, table.header, mapping or _remembered(found, table.header))
    except ImportFileError:
        places = {}
    return table.header, first, places


def undo(batch: ImportBatch) -> None:
    """Put back exactly what stood before the import; UndoError lists what stands in the way."""
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != ImportState.APPLIED:
            raise ImportFileError(_("This import is not applied: there is nothing to undo."))
        import_module(kinds.get(locked.kind).rules).undo(locked)
        locked.changes.all().delete()
        locked.state, locked.finished_at = ImportState.UNDONE, timezone.now()
        locked.save(update_fields=["state", "finished_at"])


def _signature(header: list[str]) -> str:
    return hashlib.sha256("|".join(normal(cell) for cell in header).encode()).hexdigest()


def _remembered(kind: kinds.Kind, header: list[str]) -> dict[str, str]:
    row = ImportMapping.objects.filter(kind=kind.name, signature=_signature(header)).first()
    return row.mapping if row else {}


def _remember(kind: kinds.Kind, header: list[str], mapping: dict[str, str]) -> None:
    ImportMapping.objects.update_or_create(
        kind=kind.name, signature=_signature(header), defaults={"mapping": mapping}
    )


def _finish(batch: ImportBatch, state: str, error: str = "") -> None:
    batch.state, batch.error, batch.finished_at = state, error, timezone.now()
    batch.save()
