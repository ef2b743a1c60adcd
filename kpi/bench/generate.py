"""A synthetic company of any size by COPY: the same numbers for the same arguments."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from playbook.models import Segment
from salesdept.models import Office, User
from salesdept.roles import Role
from salesdept.sql import execute

LAST_DAY = date(2026, 10, 31)
DAYS = 730
STAFF = (Role.SERVICE_MANAGER,) * 6 + (Role.SENIOR_MANAGER, Role.DEVELOPMENT_MANAGER, Role.SALES_HEAD)
Progress = Callable[[str], None]


def fill(*, clients: int, shipments: int, progress: Progress = lambda text: None) -> None:
    """Staff, clients with contacts, shipments over two years, and past conversations."""
    rnd = random.Random(2019)
    people = _staff()
    sellers = [person.pk for person in people if person.role in Role.sellers()]
    progress(f"{clients} clients")
    _clients(clients, sellers, rnd)
    progress(f"{shipments} shipments")
    copy_shipments(clients, shipments, sellers, rnd)
    _work(clients, sellers, rnd)
    for table in ("clients_client", "clients_contact", "clients_shipment", "deals_interaction", "deals_task"):
        execute(
            f"VACUUM ANALYZE {table}"
        )  # as a base at rest is: the server's own autovacuum comes within minutes


def _staff() -> list[User]:
    offices = [
        Office.objects.get_or_create(code=code, defaults={"name": code, "short_name": code})[0]
        for code in ("spb", "msk")
    ]
    return [
        User.objects.create_user(
            f"bench{number}@abc.example",
            role=role,
            office=offices[number % 2],
            first_name="Имя",
            last_name=f"Фамилия{number}",
        )
        for number, role in enumerate(STAFF)
    ]


def copy(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a table."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as target:
        for row in rows:
            target.write_row(row)


def _clients(count: int, sellers: list[int], rnd: random.Random) -> None:
    segments: list[int | None] = [*Segment.objects.values_list("pk", flat=True)] or [None]
    offices = list(Office.objects.order_by("pk").values_list("pk", flat=True))
    now = timezone.now()

    def rows() -> Iterable[tuple[Any, ...]]:
        for number in range(1, count + 1):
            manager = sellers[number % len(sellers)]
            yield (
                number, f"K{number:07}", f"ООО «Компания {number}»", "", "promo", offices[number % 2],
                rnd.choice(segments), manager, manager, "Город", "Europe/Moscow", "", "", 0, "", now, "",
            )  # fmt: skip

    copy(
        "clients_client",
        "id, code, name, name_key, direction, office_id, segment_id, home_manager_id, in_work_with_id, city, time_zone,"
        " source, potential, discount, note, created_at, search_text",
        rows(),
    )
    copy(
        "clients_contact",
        "client_id, name, position, decision_role, is_main, phone, phone_extension, email, messenger,"
        " mailing_consent, number_is_wrong",
        (
            (number, "Имя Фамилия", "", "decides", True, f"+7812{number:07}", "", "", "", False, False)
            for number in range(1, count + 1)
        ),
    )
    for table in ("clients_client", "clients_contact"):
        execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {count + 1})")


def copy_shipments(
    clients: int,
    count: int,
    sellers: list[int],
    rnd: random.Random,
    *,
    first: int = 0,
    days: tuple[date, int] = (LAST_DAY - timedelta(days=DAYS - 1), DAYS),
) -> None:
    """Documents over the days; a few clients buy much more often than most, as in life."""
    start, length = days
    offices = list(Office.objects.order_by("pk").values_list("pk", flat=True))

    def rows() -> Iterable[tuple[Any, ...]]:
        for number in range(first, first + count):
            day = start + timedelta(days=int(rnd.random() * length))
            client = 1 + int(clients * rnd.random() ** 1.7)
            amount = round(rnd.lognormvariate(9, 1), 2) * (-0.2 if rnd.random() < 0.02 else 1)
            yield (
                f"B{number:08}", day.year, day, client, f"{amount:.2f}", "promo" if client % 13 else "home",
                offices[client % 2], sellers[client % len(sellers)],
            )  # fmt: skip

    copy(
        "clients_shipment", "number, year, date, client_id, amount, direction, office_id, manager_id", rows()
    )


def _work(clients: int, sellers: list[int], rnd: random.Random) -> None:
    """A conversation for every second client and an open task for every tenth."""
    now = timezone.now()
    copy(
        "deals_interaction",
        "client_id, user_id, kind, at, day, outcome, refusal_reason, note, agreement, next_step",
        (
            (
                number, sellers[number % len(sellers)], "call", now, LAST_DAY - timedelta(days=rnd.randrange(200)),
                "talked", "", "Поговорили", "", "",
            )
            for number in range(1, clients + 1, 2)
        ),
    )  # fmt: skip
    copy(
        "deals_task",
        "title, kind, client_id, assignee_id, due_on, state, details, result, created_at",
        (
            (
                "Перезвонить", "call_back" if number % 50 == 0 else "other", number, sellers[number % len(sellers)],
                LAST_DAY + timedelta(days=rnd.randrange(-5, 30)), "open", "", "", now,
            )
            for number in range(1, clients + 1, 10)
        ),
    )  # fmt: skip
