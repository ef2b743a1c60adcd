"""`manage.py undo_import ID`: put back exactly what stood before an import."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clients.imports.errors import ImportFileError
from clients.imports.service import undo
from clients.models import ImportBatch


class Command(BaseCommand):
    """Undoes an applied import, or lists what stands in the way."""

    help = "Undo an import exactly."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The import's number."""
        parser.add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Undo and say so."""
        batch = ImportBatch.objects.filter(pk=options["id"]).first()
        if batch is None:
            raise CommandError(f"There is no import {options['id']}.")
        try:
            undo(batch)
        except ImportFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"import {batch.pk}: undone")
