"""What each list page costs in queries: the same at 1, 50 and 500 rows, and as pinned in `query_counts.json`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from clients.models import Client, ImportBatch, Shipment
from deals.models import CallEntry, Interaction, Task
from playbook.models import Regulation, RegulationVersion, Segment, VersionState
from salesdept.dates import month_start, today
from salesdept.models import JobRun, JobState, JobStep, User
from salesdept.night import run_night, yesterday
from salesdept.roles import Role
from tests.factories import OfficeFactory, UserFactory
from tests.query_counts import pinned, queries_of_part

pytestmark = pytest.mark.django_db
MONTH = "{month:%Y-%m}"
# Page → (who looks, address, the part that HTMX asks for). The client list and the card have tests of their own too.
PAGES = {
    "clients:list": (Role.SALES_HEAD, "/clients/", "results"),
    "deals:tasks": (Role.SERVICE_MANAGER, "/tasks/", "tasks"),
    "deals:tasks all": (Role.SALES_HEAD, "/tasks/?whose=all", "tasks"),
    "deals:day": (Role.SERVICE_MANAGER, "/day/", "day"),
    "deals:day of another": (Role.SALES_HEAD, "/day/?manager={manager.pk}", "day"),
    "kpi:dashboard": (Role.SALES_HEAD, "/results/", "dashboard"),
    "kpi:rows": (Role.SALES_HEAD, "/results/rows/?month=" + MONTH, "rows"),
    "kpi:people": (Role.SALES_HEAD, "/results/people/?what=active&month=" + MONTH, "rows"),
    "kpi:calls": (Role.SALES_HEAD, "/results/calls/?what=open&month=" + MONTH, "rows"),
    "kpi:plans": (Role.SALES_HEAD, "/results/plans/", "plans"),
    "playbook:index": (Role.SALES_HEAD, "/book/", "book"),
    "playbook:index found": (Role.SALES_HEAD, "/book/?q=вымысел", "book"),
    "playbook:typology": (Role.SALES_HEAD, "/book/typology/", ""),
    "playbook:scripts": (Role.SALES_HEAD, "/book/scripts/", ""),
    "night": (Role.SALES_HEAD, "/night/", ""),
    "imports:list": (Role.SALES_HEAD, "/imports/", ""),
}


def world(count: int) -> dict[str, User]:
    """A manager with that many clients, documents, tasks and calls; that many regulations; a night over it all."""
    office = OfficeFactory()
    manager = UserFactory(office=office)
    head = UserFactory(office=office, role=Role.SALES_HEAD)
    segments = list(Segment.objects.all())
    clients = Client.objects.bulk_create(
        Client(
            code=f"Q{number:04}",
            name=f"Клиент {number}",
            home_manager=manager,
            in_work_with=manager,
            office=office,
            segment=segments[number % len(segments)],
        )
        for number in range(count)
    )
    day = max(month_start(yesterday()), yesterday() - timedelta(days=1))
    Shipment.objects.bulk_create(
        Shipment(number=one.code, date=day, year=day.year, client=one, amount=Decimal(1000), manager=manager)
        for one in clients
    )
    _book(count)
    run_night(as_of=yesterday())
    _work(clients, manager, head)
    _jobs(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {Role.SERVICE_MANAGER: manager, Role.SALES_HEAD: head}


def _work(clients: list[Client], manager: User, head: User) -> None:
    reason = {"tier": 7, "code": "due_other", "last_talked_on": None, "due_on": None}
    CallEntry.objects.all().delete()
    CallEntry.objects.bulk_create(
        CallEntry(date=today(), manager=manager, client=one, tier=7, position=place, reasons=[reason])
        for place, one in enumerate(clients)
    )
    Task.objects.bulk_create(
        Task(title="Дело", client=one, assignee=manager, created_by=head, due_on=today()) for one in clients
    )
    Interaction.objects.bulk_create(
        Interaction(client=one, user=manager, at=timezone.now(), day=today(), outcome="talked")
        for one in clients
    )


def _jobs(count: int) -> None:
    """Imports, and nights that failed."""
    ImportBatch.objects.bulk_create(
        ImportBatch(kind="clients", file_name=f"{number}.csv", state="applied") for number in range(count)
    )
    nights = JobRun.objects.bulk_create(
        JobRun(as_of=yesterday() - timedelta(days=back), started_at=timezone.now(), state=JobState.FAILED)
        for back in range(1, count + 1)
    )
    JobStep.objects.bulk_create(
        JobStep(run=night, name="clients.nightly.rollup.step", position=1) for night in nights
    )


def _book(count: int) -> None:
    pages = Regulation.objects.bulk_create(
        Regulation(code=f"rule-{number}", title=f"Вымысел {number}", order=number) for number in range(count)
    )
    RegulationVersion.objects.bulk_create(
        RegulationVersion(
            regulation=page, number=1, text="Вымысел\n", state=VersionState.APPROVED, in_force_from=today()
        )
        for page in pages
    )


@pytest.mark.parametrize("count", [1, 50, 500])
def test_every_list_costs_the_same_at_any_length(count: int) -> None:
    people = world(count)
    words: dict[str, Any] = {"month": month_start(yesterday()), "manager": people[Role.SERVICE_MANAGER]}
    costs = {}
    for page, (role, url, target) in PAGES.items():
        browser = Browser()
        browser.force_login(people[role])
        costs[page] = queries_of_part(browser, url.format(**words), target)
    assert costs == {page: pinned(page) for page in PAGES}
