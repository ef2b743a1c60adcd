"""`manage.py call_list --date D [--manager LOGIN] --format json`: the lists of a working day, with reasons in words."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from deals.models import CallEntry
from deals.reasons import sentence
from salesdept.models import User


class Command(BaseCommand):
    """Prints each manager's list in its order: tier, client and every reason as a sentence (DOMAIN.md 5.2)."""

    help = "The call lists of a working day, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--date D`, `--manager LOGIN` (an e-mail address or what stands before its @), `--format json`."""
        parser.add_argument("--date", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
        parser.add_argument("--manager", help="e-mail address, or its part before @")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the lists to standard output, in Russian."""
        day: date = options["date"]
        with translation.override("ru"):
            entries = CallEntry.objects.filter(date=day)
            if not entries.exists():
                raise CommandError(_("There is no call list for %(date)s.") % {"date": f"{day:%d.%m.%Y}"})
            if options["manager"]:
                entries = entries.filter(manager=_person(options["manager"]))
            ordered = entries.order_by("manager__email", "position").select_related("manager", "client")
            found = [row(entry) for entry in ordered.defer("client__search", "client__search_text")]
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))


def row(entry: CallEntry) -> dict[str, Any]:
    """One entry of the output."""
    return {
        "manager": entry.manager.email,
        "client_code": entry.client.code,
        "tier": entry.tier,
        "reasons": [sentence(reason, entry.date) for reason in entry.reasons],
    }


def _person(login: str) -> User:
    people = list(User.objects.filter(Q(email__iexact=login) | Q(email__istartswith=f"{login}@"))[:2])
    if len(people) != 1:
        raise CommandError(_("There is no person with the login “%(login)s”.") % {"login": login})
    return people[0]
