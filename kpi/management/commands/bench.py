"""`manage.py bench`: the measurements, as ratios within one run."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kpi.bench import measure
from kpi.bench.database import own_database, server_configuration
from kpi.bench.generate import fill

SMALL_PAGES = (2_600, 52_000)
TENTH = (10_000, 200_000)
WHOLE = (100_000, 2_000_000)
IMPORT_ROWS = 1_000_000


class Command(BaseCommand):
    """Prints what was measured, each ratio with the bound it must keep."""

    help = "Measure the night, the import and the pages on synthetic data; prints ratios and their bounds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--format json`; `--part` runs a tenth of everything, to try the command itself."""
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--part", type=int, default=1, help="divide every size by this number")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every measurement and report."""
        report = self._measure(options["part"])
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"Server: {report['server']}")
        for row in report["ratios"]:
            mark = "ok" if row["kept"] else "OVER"
            self.stdout.write(f"{row['name']:58} {row['value']:>8} (bound {row['bound']}) {mark}")
        self.stdout.write(json.dumps(report["measured"], ensure_ascii=False, indent=2))

    def _measure(self, part: int) -> dict[str, Any]:
        small, tenth, whole = (tuple(n // part for n in size) for size in (SMALL_PAGES, TENTH, WHOLE))
        with own_database("salesdept_bench", keep=False):
            self._fill(small)
            measure.full_night_seconds()
            small_pages = measure.pages()
        with own_database("salesdept_bench", keep=False):
            self._fill(tenth)
            tenth_full = measure.full_night_seconds()
        with own_database("salesdept_bench", keep=False):
            self._fill(whole)
            figures = self._whole(whole) | {"full night of a tenth, s": tenth_full}
            pages = measure.pages()
            server = server_configuration()
        with own_database("salesdept_bench", keep=False):
            figures["import, s"], figures["raw COPY, s"] = measure.import_ratio(IMPORT_ROWS // part)
        ratios = self._ratios(figures, small_pages, pages)
        measured = {name: round(value, 3) for name, value in figures.items()}
        return {
            "server": server,
            "ratios": ratios,
            "measured": measured | {"pages": pages, "small": small_pages},
        }

    def _fill(self, size: tuple[int, ...]) -> None:
        fill(clients=size[0], shipments=size[1], progress=lambda text: self.stderr.write(text))

    def _whole(self, size: tuple[int, ...]) -> dict[str, float]:
        figures = {
            "sum, s": measure.sum_seconds(),
            "plain rollup and classes, s": measure.plain_seconds(),
            "full night, s": measure.full_night_seconds(),
        }
        figures["ordinary night, s"], same = measure.ordinary_night(*size)
        return figures | {"ordinary equals full": float(same)}

    @staticmethod
    def _ratios(f: dict[str, float], small: dict[str, Any], large: dict[str, Any]) -> list[dict[str, Any]]:
        rows = [
            (
                "full night / plain SQL rollup and classes",
                f["full night, s"] / f["plain rollup and classes, s"],
                3,
            ),
            ("ordinary night / full night", f["ordinary night, s"] / f["full night, s"], 0.2),
            ("ordinary night differs from full", 1 - f["ordinary equals full"], 0),
            ("full night, 10 × the data", f["full night, s"] / f["full night of a tenth, s"], 13),
            ("import / raw COPY", f["import, s"] / f["raw COPY, s"], 25),
        ]
        for page, figures in large.items():
            rows.append(
                (f"{page}: time at 100,000 / 2,600", figures["milliseconds"] / small[page]["milliseconds"], 2)
            )
            rows.append((f"{page}: more queries", figures["queries"] - small[page]["queries"], 0))
        return [
            {"name": name, "value": round(value, 3), "bound": bound, "kept": value <= bound}
            for name, value, bound in rows
        ]
