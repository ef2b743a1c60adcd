"""`manage.py scale`: a synthetic base of any size in a database of its own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kpi.bench.database import own_database
from kpi.bench.generate import LAST_DAY, fill
from salesdept.night import run_night


class Command(BaseCommand):
    """Makes and keeps the database `salesdept_scale`, with one night run over it."""

    help = "A synthetic base by COPY in a database of its own (salesdept_scale)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--clients N --shipments M`."""
        parser.add_argument("--clients", type=int, default=100_000)
        parser.add_argument("--shipments", type=int, default=2_000_000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Generate, run the night, say where it is."""
        with own_database("salesdept_scale", keep=True):
            fill(
                clients=options["clients"],
                shipments=options["shipments"],
                progress=lambda text: self.stdout.write(text),
            )
            run = run_night(as_of=LAST_DAY)
            self.stdout.write(f"salesdept_scale: {run.as_of:%d.%m.%Y}, {run.seconds:.1f} s")
