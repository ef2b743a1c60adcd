"""`manage.py segments --as-of D`: what the night of D stored for every client, as CSV."""

import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clients.models import ClientStateVersion
from salesdept.models import JobRun

COLUMNS = "client_code,amount,months,cv,abc,xyz,top,stage,first_purchase,last_purchase,purchases,home_manager,in_work_with"


class Command(BaseCommand):
    """Prints the stored classes of every client with a shipment dated on or before D (DOMAIN.md 4)."""

    help = "What was stored for every client on a computed date, as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--as-of D`."""
        parser.add_argument("--as-of", type=date.fromisoformat, required=True, help="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the table to standard output."""
        day: date = options["as_of"]
        if not JobRun.objects.filter(as_of=day, published_at__isnull=False).exists():
            raise CommandError(_("%(date)s was never computed.") % {"date": f"{day:%d.%m.%Y}"})
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(COLUMNS.split(","))
        for row in rows(day):
            writer.writerow(row)


def stored(day: date) -> QuerySet[ClientStateVersion]:
    """The version of each client that held on the day, in the order of codes."""
    return (
        ClientStateVersion.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day, first_shipment__isnull=False
        )
        .select_related("client", "home_manager", "in_work_with")
        .order_by("client__code")
    )


def rows(day: date) -> Iterator[tuple[Any, ...]]:
    """The table's rows: true/false, empty for null, cv with four decimals."""
    for version in stored(day).iterator(chunk_size=5000):
        yield (
            version.client.code,
            version.amount,
            version.months,
            "" if version.cv is None else f"{version.cv:.4f}",
            version.abc,
            version.xyz,
            "true" if version.is_top else "false",
            version.stage,
            version.first_purchase or "",
            version.last_purchase or "",
            version.purchases,
            version.home_manager.email if version.home_manager else "",
            version.in_work_with.email if version.in_work_with else "",
        )
