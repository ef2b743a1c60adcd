"""`manage.py nightly`: compute and publish one business date."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from salesdept.models import JobRun
from salesdept.night import NightError, run_night, yesterday


class Command(BaseCommand):
    """Runs the night; `--format json` prints as_of, state, seconds and the steps."""

    help = "Compute and publish one business date (yesterday by default)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--as-of D --full --format json`."""
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="YYYY-MM-DD")
        parser.add_argument("--full", action="store_true", help="rebuild everything from the shipments")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and report."""
        try:
            run = run_night(as_of=options["as_of"] or yesterday(), full=options["full"])
        except NightError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_json(run) if options["format"] == "json" else _text(run))


def _json(run: JobRun) -> str:
    steps = [
        {"name": step.name, "state": step.state, "rows": step.rows, "seconds": step.seconds}
        for step in run.steps.all()
    ]
    report = {"as_of": run.as_of.isoformat(), "state": run.state, "seconds": run.seconds, "steps": steps}
    return json.dumps(report, ensure_ascii=False)


def _text(run: JobRun) -> str:
    lines = [f"{step.name:40} {step.rows:>10} {step.seconds:>9.3f} s" for step in run.steps.all()]
    return "\n".join([*lines, f"{run.as_of:%d.%m.%Y}: {run.state}, {run.seconds:.3f} s"])
