"""Fills an empty base with a lifelike company by COPY, the same for the same date.

Its shape follows the audit (seasonality, many one-time buyers, a few large regular ones, silent clients that
nobody calls). The exact published figures of DOMAIN.md 8 are not built yet.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kpi.bench.generate import copy
from kpi.demo.people import make_staff
from kpi.models import PlanLine
from playbook.models import Segment
from salesdept.dates import add_months, is_working_day, month_start, next_working_day
from salesdept.models import User
from salesdept.roles import Role
from salesdept.sql import execute, fetch

Progress = Callable[[str], None]
_MOSCOW = ZoneInfo("Europe/Moscow")
CLIENTS = 2_600
DAYS = 548
# How much of a usual month is sold, January first (source section 1.1.2).
_SEASON = (0.55, 0.6, 0.85, 1.7, 1.8, 1.2, 1.15, 1.1, 1.0, 0.9, 0.85, 0.7)
_GOODS = {
    "Футболки": 310, "Поло": 620, "Толстовки": 1250, "Кепки": 190, "Сумки": 150, "Рюкзаки": 540, "Ветровки": 1490,
    "Рубашки": 980, "Банданы": 90, "Майки": 240, "Полотенца": 360, "Постельное бельё": 1850,
}  # fmt: skip
_WORDS = (
    "Вектор", "Лайм", "Северный", "Форма", "Полиграф", "Спецстиль", "Униформа", "Орбита", "Нева", "Мастер", "Альянс",
    "Ритм", "Горизонт", "Кварц", "Сфера", "Парус", "Магнит", "Эталон", "Контур", "Импульс", "Радуга", "Балтика",
    "Меридиан", "Пульс", "Грань", "Витязь", "Каскад", "Пилот", "Олимп", "Союз",
)  # fmt: skip
_TAILS = ("", " Плюс", " Текстиль", " Групп", " Сервис", " Опт", " Трейд", " Принт", " Дизайн", " Снаб")
_NAMES = ("Ирина Соболева", "Олег Петров", "Мария Зайцева", "Денис Фомин", "Ольга Крылова", "Антон Лебедев")


@dataclass
class Buyer:
    """A client of the company in the making."""

    id: int
    kind: str  # large, regular, rare, once
    manager: int
    office: int
    active_until: int  # days before the last one on which the last purchase may be


def load_company(until: date, progress: Progress = lambda text: None) -> None:
    """Everything in one transaction: a killed load leaves an empty base."""
    rnd = random.Random(2019)
    with transaction.atomic():
        staff = make_staff()
        progress("clients and contacts")
        buyers = _clients(staff, rnd)
        progress("shipments")
        _shipments(buyers, until, rnd)
        progress("conversations, tasks, invoices, leads, plans")
        _work(buyers, staff, until, rnd)
        _plans(staff, until)
    for table in ("clients_client", "clients_shipment", "clients_shipmentline", "deals_interaction"):
        execute(f"ANALYZE {table}")


def _clients(staff: dict[str, list[User]], rnd: random.Random) -> list[Buyer]:
    segments = list(Segment.objects.values_list("pk", "code"))
    managers = staff[Role.SERVICE_MANAGER]
    senior = staff[Role.SENIOR_MANAGER][0]
    buyers: list[Buyer] = []
    clients, contacts = [], []
    for number in range(1, CLIENTS + 1):
        kind = rnd.choices(("large", "regular", "rare", "once"), (0.11, 0.14, 0.2, 0.55))[0]
        segment, code = rnd.choice(segments)
        owner = senior if code == "trade-internet" and rnd.random() < 0.5 else rnd.choice(managers)
        assert owner.office_id is not None
        silent = 0 if kind == "large" and rnd.random() < 0.93 else rnd.choice((0, 0, 60, 150, 240, 330))
        buyers.append(Buyer(number, kind, owner.pk, owner.office_id, silent))
        name = f"{rnd.choice(('ООО', 'ООО', 'РПК', 'ТД', 'ИП'))} «{rnd.choice(_WORDS)}{rnd.choice(_TAILS)}»"
        direction = "home" if rnd.random() < 0.07 else "promo"
        city = "Санкт-Петербург" if owner.office.code == "spb" else "Москва"  # type: ignore[union-attr]
        clients.append(
            (number, f"{number:05}", f"{name} № {number}", "", direction, owner.office_id, segment, owner.pk, owner.pk,
             city, "Europe/Moscow", "", "", rnd.choice((0, 5, 7, 10, 12)), "", datetime.now(_MOSCOW), "")
        )  # fmt: skip
        contacts.append(
            (number, rnd.choice(_NAMES), "закупки", rnd.choice(("decides", "buys")), True, f"+7812000{number:04}", "",
             f"client{number}@client.example", "", rnd.random() < 0.6, False)
        )  # fmt: skip
    copy(
        "clients_client",
        "id, code, name, name_key, direction, office_id, segment_id, home_manager_id, in_work_with_id, city,"
        " time_zone, source, potential, discount, note, created_at, search_text",
        clients,
    )
    copy(
        "clients_contact",
        "client_id, name, position, decision_role, is_main, phone, phone_extension, email, messenger,"
        " mailing_consent, number_is_wrong",
        contacts,
    )
    execute(f"SELECT setval(pg_get_serial_sequence('clients_client', 'id'), {CLIENTS + 1})")
    return buyers


def _shipments(buyers: list[Buyer], until: date, rnd: random.Random) -> None:
    goods = list(_GOODS.items())
    _products(goods)
    documents: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for buyer in buyers:
        for day in _days(buyer, until, rnd):
            number = len(documents) + 1
            size = {"large": 40, "regular": 20, "rare": 10, "once": 6}[buyer.kind]
            total = Decimal(0)
            for position in range(1, rnd.randint(1, 3) + 1):
                product = (
                    rnd.randrange(len(goods)) if buyer.kind == "large" else (buyer.id + position) % len(goods)
                )
                quantity, price = rnd.randint(1, size), Decimal(goods[product][1])
                total += quantity * price
                lines.append((number, position, product + 1, quantity, price, quantity * price))
            row = (
                number,
                f"{number:06}",
                day.year,
                day,
                buyer.id,
                total,
                "promo",
                buyer.office,
                buyer.manager,
            )
            documents.append(row)
    copy(
        "clients_shipment",
        "id, number, year, date, client_id, amount, direction, office_id, manager_id",
        documents,
    )
    copy("clients_shipmentline", "shipment_id, position, product_id, quantity, price, amount", lines)
    execute(f"SELECT setval(pg_get_serial_sequence('clients_shipment', 'id'), {len(documents) + 1})")


def _products(goods: list[tuple[str, int]]) -> None:
    """One product in each category."""
    copy("clients_category", "id, name", [(i, name) for i, (name, _price) in enumerate(goods, 1)])
    rows = [(i, f"T{i:03}", name, "", i) for i, (name, _price) in enumerate(goods, 1)]
    copy("clients_product", "id, code, name, name_key, category_id", rows)
    for table in ("clients_category", "clients_product"):
        execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)")


def _days(buyer: Buyer, until: date, rnd: random.Random) -> list[date]:
    """Working days of a client's purchases: more in the season, none after it fell silent."""
    wanted = {
        "large": rnd.randint(16, 40),
        "regular": rnd.randint(6, 14),
        "rare": rnd.randint(2, 4),
        "once": 1,
    }
    days: set[date] = set()
    while len(days) < wanted[buyer.kind]:
        day = until - timedelta(days=rnd.randint(buyer.active_until, DAYS - 1))
        if is_working_day(day) and rnd.random() < _SEASON[day.month - 1] / 1.8:
            days.add(day)
    return sorted(days)


def _work(buyers: list[Buyer], staff: dict[str, list[User]], until: date, rnd: random.Random) -> None:
    now = datetime.combine(until, time(12), _MOSCOW)
    talks: list[tuple[Any, ...]] = []
    tasks: list[tuple[Any, ...]] = []
    invoices: list[tuple[Any, ...]] = []
    tomorrow = next_working_day(until)
    for buyer in buyers:
        if rnd.random() < (0.9 if buyer.kind == "large" else 0.45):
            day = until - timedelta(days=rnd.randint(0, 40 if buyer.kind == "large" else 150))
            note = rnd.choice(
                ("Обсудили остатки и размеры", "Просили новый прайс", "Ждут согласования макета")
            )
            agreed = rnd.choice(("Вернуться после согласования макета", "Прислать прайс", ""))
            talks.append((buyer.id, buyer.manager, "call", datetime.combine(day, time(11), _MOSCOW), day, "talked", "",
                          note, agreed, ""))  # fmt: skip
        if rnd.random() < 0.02:
            due = rnd.choice((until, tomorrow, tomorrow + timedelta(days=4)))
            title = "Перезвонить: ждали ответа по макету"
            tasks.append((title, "call_back", buyer.id, buyer.manager, due, "open", "", "", now))
        if rnd.random() < 0.03:
            due = until + timedelta(days=rnd.randint(-4, 6))
            tasks.append(
                ("Отправить прайс и образцы", "other", buyer.id, buyer.manager, due, "open", "", "", now)
            )
        if rnd.random() < 0.015:
            issued = until - timedelta(days=rnd.randint(0, 3))
            number = f"{4000 + len(invoices)}"
            invoices.append((number, issued.year, issued, buyer.id, rnd.randint(8, 180) * 1000, "open",
                             issued + timedelta(days=5)))  # fmt: skip
    copy(
        "deals_interaction",
        "client_id, user_id, kind, at, day, outcome, refusal_reason, note, agreement, next_step",
        talks,
    )
    copy(
        "deals_task", "title, kind, client_id, assignee_id, due_on, state, details, result, created_at", tasks
    )
    copy("deals_invoice", "number, year, issued_on, client_id, amount, state, valid_until", invoices)
    _leads(staff, now, rnd)


def _leads(staff: dict[str, list[User]], now: datetime, rnd: random.Random) -> None:
    """Enquiries of people who have not bought yet; some still wait for the first contact."""
    people = [*staff[Role.LEAD_MANAGER], *staff[Role.SERVICE_MANAGER]]
    first = CLIENTS + 1
    clients, leads = [], []
    for number in range(first, first + 40):
        person = rnd.choice(people)
        name = f"ООО «{rnd.choice(_WORDS)}-{number}»"
        clients.append((number, f"L{number}", name, "", "unidentified", person.office_id, person.pk, "", "Europe/Moscow",
                        "site", "", 0, "", now, ""))  # fmt: skip
        fresh = rnd.random() < 0.3
        came = now - timedelta(hours=rnd.randint(1, 20) if fresh else rnd.randint(30, 300))
        leads.append((number, rnd.choice(("site", "email", "phone", "exhibition")), "Нужны футболки с логотипом",
                      person.pk, "new" if fresh else "working", came, ""))  # fmt: skip
    copy(
        "clients_client",
        "id, code, name, name_key, direction, office_id, in_work_with_id, city, time_zone, source, potential,"
        " discount, note, created_at, search_text",
        clients,
    )
    execute(f"SELECT setval(pg_get_serial_sequence('clients_client', 'id'), {first + 41})")
    copy("deals_lead", "client_id, channel, request, assignee_id, state, created_at, close_reason", leads)


def _plans(staff: dict[str, list[User]], until: date) -> None:
    """Last year's month with growth, or the usual month where there was none, for this year and the next."""
    sold = {
        (manager, month): amount
        for manager, month, amount in fetch(
            "SELECT manager_id, date_trunc('month', date)::date, sum(amount) FROM clients_shipment GROUP BY 1, 2"
        )
    }
    rows = []
    for person in [*staff[Role.SERVICE_MANAGER], *staff[Role.SENIOR_MANAGER]]:
        month = month_start(add_months(until, -11))
        while month <= add_months(month_start(until), 2):
            before = (
                sold.get((person.pk, add_months(month, -12)))
                or sold.get((person.pk, month))
                or Decimal(900_000)
            )
            plan = (before * Decimal("1.08")).quantize(Decimal(1000))
            rows.append(
                PlanLine(month=month, manager=person, office=person.office, direction="promo", amount=plan)
            )
            month = add_months(month, 1)
    PlanLine.objects.bulk_create(rows)
