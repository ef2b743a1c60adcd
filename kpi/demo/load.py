"""Fills an empty base with the demonstration company of DOMAIN.md 8 by COPY, the same for the same date.

`buyers` says who buys when, `amounts` how much, so that the audit's published figures come out; `documents`,
`clients`, `work` and `leads` dress them; plans are last year's months with growth.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from kpi.demo.amounts import Amounts
from kpi.demo.book import Book
from kpi.demo.buyers import make_buyers
from kpi.demo.calendar import Calendar
from kpi.demo.clients import Clients
from kpi.demo.documents import Documents
from kpi.demo.leads import Leads
from kpi.demo.people import make_staff
from kpi.demo.training import load_training
from kpi.demo.work import Work
from kpi.models import PlanLine
from salesdept.dates import add_months, month_start
from salesdept.models import User
from salesdept.roles import Role
from salesdept.sql import execute, fetch

Progress = Callable[[str], None]
_GROWTH = Decimal("1.08")  # plans of this year over last year's sales
_PLAN_MONTHS = range(-11, 3)  # from the demonstration's month
_TABLES = (
    "clients_client", "clients_contact", "clients_shipment", "clients_shipmentline", "deals_interaction", "deals_task",
)  # fmt: skip


def load_company(until: date, progress: Progress = lambda text: None) -> None:
    """Everything in one transaction: a killed load leaves an empty base."""
    rnd = random.Random(until.toordinal())
    calendar = Calendar(until)
    progress("who buys what, when")
    buyers = make_buyers(calendar, rnd)
    Amounts(buyers, calendar, rnd).fill()
    with transaction.atomic():
        staff = make_staff()
        progress("clients and contacts")
        maker = Clients(staff, until, rnd)
        clients = maker.load(buyers)
        progress("shipments")
        Documents(rnd).load(clients, calendar)
        progress("conversations, tasks, invoices, leads, plans")
        Work(staff, clients, until, rnd).load()
        Leads(staff, clients, maker.names, until, rnd).load()
        _plans(staff, until, rnd)
        progress("the sales book")
        Book(staff, until).load()
        load_training(staff, until, rnd)
    for table in _TABLES:
        execute(f"ANALYZE {table}")


def _plans(staff: dict[str, list[User]], until: date, rnd: random.Random) -> None:
    """Each month of a manager by direction and sphere: a year before with growth, else about what was sold."""
    sold: dict[tuple[int, date], list[tuple[str, int | None, Decimal]]] = {}
    for manager, month, direction, sphere, amount in fetch(_SOLD):
        sold.setdefault((manager, month), []).append((direction, sphere, amount))
    rows = []
    whole_from = _first_whole_month(until)
    for person in [*staff[Role.SERVICE_MANAGER], *staff[Role.SENIOR_MANAGER]]:
        for shift in _PLAN_MONTHS:
            month = add_months(month_start(until), shift)
            year_before = add_months(month, -12)
            growth, parts = _GROWTH, sold.get((person.pk, year_before))
            if parts is None or year_before < whole_from:  # too little is known: near what was sold
                growth = Decimal(f"{rnd.uniform(0.92, 1.14):.2f}")
                parts = sold.get((person.pk, month), [])
            for direction, sphere, amount in parts:
                plan = (amount * growth / 1000).quantize(Decimal(1)) * 1000
                if plan > 0:
                    rows.append(
                        PlanLine(month=month, manager=person, office=person.office, direction=direction, sphere_id=sphere, amount=plan)
                    )  # fmt: skip
    PlanLine.objects.bulk_create(rows)


def _first_whole_month(until: date) -> date:
    """The first month that the eighteen months of documents hold from its first day on."""
    begins = add_months(until + timedelta(days=1), -18)
    return begins if begins.day == 1 else add_months(month_start(begins), 1)


_SOLD = """
    SELECT s.manager_id, date_trunc('month', s.date)::date, s.direction, g.sphere_id, sum(s.amount)
    FROM clients_shipment s JOIN clients_client c ON c.id = s.client_id LEFT JOIN playbook_segment g ON g.id = c.segment_id
    WHERE s.manager_id IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
