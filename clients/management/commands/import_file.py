"""`manage.py import_file`: bring a file in without asking."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clients.imports import kinds
from clients.imports.errors import ImportFileError
from clients.imports.service import import_path
from clients.models import ImportBatch


class Command(BaseCommand):
    """Reads csv, csv.gz and xlsx; `--format json` prints the counts; exit 1 if nothing could be read."""

    help = "Import a file of clients, shipments, contacts or invoices."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See DESIGN.md, «Fixed commands»."""
        parser.add_argument("path", type=Path)
        parser.add_argument("--kind", choices=kinds.names(), required=True)
        parser.add_argument("--mapping", type=Path, help='a JSON file: {"our_field": "Column"}')
        parser.add_argument("--unknown-clients", choices=("create", "reject"), default="create")
        parser.add_argument("--dry-run", action="store_true", help="count and check, change nothing")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report."""
        try:
            batch = import_path(
                options["path"],
                kind=options["kind"],
                mapping=_mapping(options["mapping"]),
                unknown_clients=options["unknown_clients"],
                dry_run=options["dry_run"],
            )
        except ImportFileError as error:
            raise CommandError(str(error)) from error
        report = _report(batch)
        self.stdout.write(
            json.dumps(report, ensure_ascii=False)
            if options["format"] == "json"
            else "\n".join(f"{name}: {value}" for name, value in report.items())
        )


def _mapping(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        mapping = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from error
    if not isinstance(mapping, dict) or not all(isinstance(value, str) for value in mapping.values()):
        raise CommandError(f'{path}: must be {{"our_field": "Column"}}')
    return mapping


def _report(batch: ImportBatch) -> dict[str, Any]:
    names = ("read", "accepted", "rejected", "unchanged", "created", "updated")
    return (
        {"id": batch.pk}
        | {name: getattr(batch, name) for name in names}
        | {"rejects_path": batch.rejects_path or None}
    )
