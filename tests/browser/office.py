"""A small office that lives: people of every role, clients of every stage, a year of shipments, a real night.

What the night computes (classes, stages, call lists, facts) is computed by the night, so that screens show what
they will show in life.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from clients.imports import work as imports
from clients.models import Category, Client, LegalEntity, Shipment, ShipmentLine
from clients.models.imports import ImportGoal
from deals.models import CallEntry
from deals.services import task as task_service
from deals.services.interaction import record_interaction
from kpi.services.plan import set_manager_plan
from playbook import loader
from playbook.models import Duty, Job, Regulation, RegulationVersion, Segment
from playbook.services import acknowledgement
from playbook.services import rehearsal as rehearsals
from playbook.services import version as versions
from salesdept.dates import add_months, month_start, today
from salesdept.models import Absence, Office, SavedView, User
from salesdept.night import run_night, yesterday
from salesdept.roles import Role
from tests.factories import (
    ClientFactory,
    ContactFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    OfficeFactory,
    ProductFactory,
    TaskFactory,
    UserFactory,
)
from tests.playbook.training_office import training

NAMES = {
    Role.SERVICE_MANAGER: ("Анна", "Королёва"),
    Role.SENIOR_MANAGER: ("Ольга", "Семёнова"),
    Role.DEVELOPMENT_MANAGER: ("Илья", "Громов"),
    Role.OPERATOR: ("Нина", "Белова"),
    Role.LEAD_MANAGER: ("Пётр", "Лисин"),
    Role.MARKETER: ("Дарья", "Мороз"),
    Role.BRANCH_HEAD: ("Олег", "Крылов"),
    Role.SALES_HEAD: ("Марк", "Орлов"),
    Role.DEPUTY_DIRECTOR: ("Инна", "Зайцева"),
    Role.DIRECTOR: ("Борис", "Ветров"),
}
# Which months back a client bought in: regular ones, rare ones, a silent one, a lost one, a new one, a potential one.
HABITS = (range(14), range(0, 14, 2), range(1, 14, 3), (9, 10, 11), (13,), (0,), ())
CLIENTS = 21


@dataclass
class Base:
    """People by role, and the things that addresses name."""

    people: dict[str, User]
    things: dict[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Keys and codes for addresses."""
        return {
            name: thing.pk if isinstance(thing, models.Model) else thing
            for name, thing in self.things.items()
        }


def build() -> Base:
    """The office as it stands this morning."""
    if not Regulation.objects.exists():  # a test before this one may have emptied the base
        loader.load(apps)
    spb = OfficeFactory(code="spb", name="Санкт-Петербург", short_name="СПб")
    msk = OfficeFactory(code="msk", name="Москва", short_name="МСК")
    base = Base({role: _person(role, spb) for role in Role.values})
    far = UserFactory(first_name="Вера", last_name="Ким", office=msk)
    seller = base.people[Role.SERVICE_MANAGER]
    clients = _clients(seller, far, base.people[Role.SENIOR_MANAGER])
    _shipments(clients)
    _around(clients[0], seller)
    base.things |= {"manager": seller, "whose": "all", "month": f"{month_start(yesterday()):%Y-%m}"}
    base.things |= {"client": clients[0], "foreign_client": clients[1], "bare_client": clients[6]}
    base.things |= _parts(clients[0])
    LeadFactory(client=clients[6], assignee=base.people[Role.LEAD_MANAGER])
    for month in (month_start(yesterday()), month_start(today())):
        for person in (seller, far):
            set_manager_plan(month, person, Decimal(400_000), base.people[Role.SALES_HEAD])
    run_night(as_of=yesterday())
    _work(base, seller)
    _book(base)
    _imports(base)
    base.things |= training(seller, base.people[Role.SALES_HEAD])
    return base


def _person(role: str, office: Office) -> User:
    first, last = NAMES[Role(role)]
    person: User = UserFactory(role=role, office=office, first_name=first, last_name=last)
    SavedView.objects.create(user=person, page="clients", name="Мои ТОР", query="top=1")
    return person


def _clients(seller: User, far: User, senior: User) -> list[Client]:
    """Clients in several hands, most with the seller, one without an owner."""
    owners = (seller, far, senior)
    segments = list(Segment.objects.order_by("pk"))
    found = []
    for number in range(CLIENTS):
        owner = owners[number % 3] if number not in (4, 6) else (None if number == 4 else seller)
        found.append(
            ClientFactory(
                code=f"000-{number:05}",
                name=f"ООО «Рекламная мастерская {number:02}»" if number else "РПК «Спутник»",
                home_manager=None if number == 6 else owner,
                in_work_with=owner,
                office=(owner or seller).office,
                segment=segments[number % len(segments)],
                direction=("promo", "promo", "home")[number % 3],
                city="Санкт-Петербург",
            )
        )
        ContactFactory(client=found[-1], is_main=True, phone=f"+7812334{number:04}", position="снабжение")
    return found


def _shipments(clients: list[Client]) -> None:
    """Fourteen months of documents, each with two lines."""
    categories = [Category.objects.create(name=name) for name in ("Футболки", "Сумки", "Пледы")]
    products = [ProductFactory(name=one.name, category=one) for one in categories]
    rows = [
        Shipment(
            number=f"{client.code}-{back}",
            date=day,
            year=day.year,
            client=client,
            amount=Decimal(9000 + 700 * place + 300 * back),
            direction=client.direction,
            office=client.office,
            manager=client.in_work_with,
        )
        for place, client in enumerate(clients)
        for back in HABITS[place % len(HABITS)]
        for day in [_day(back)]
    ]
    Shipment.objects.bulk_create(rows)
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=row, position=n, product=products[n], quantity=10, amount=row.amount / 2)
        for row in rows
        for n in (0, 1)
    )


def _day(back: int) -> date:
    """A day of a month some months ago, never later than yesterday."""
    return min(add_months(month_start(yesterday()), -back) + timedelta(days=4), yesterday())


def _around(client: Client, seller: User) -> None:
    """Everything that can stand around a client."""
    ContactFactory(client=client, name="Пётр Ильин", phone="+79031234567", number_is_wrong=True, position="")
    LegalEntity.objects.create(client=client, name="ООО «Спутник»", inn="7707083893", kpp="770701001")
    InteractionFactory(client=client, user=seller, note="Думают над макетом", agreement="Прайс на сумки")
    InvoiceFactory(client=client, issued_on=yesterday(), valid_until=today() + timedelta(days=4))
    LeadFactory(client=client, assignee=seller)
    Absence.objects.create(
        user=UserFactory(first_name="Юлия", last_name="Рябова", office=seller.office),
        substitute=seller,
        starts=today(),
        ends=today() + timedelta(days=7),
    )


def _parts(client: Client) -> dict[str, Any]:
    return {
        "contact": client.contacts.order_by("pk").first(),
        "entity": client.legal_entities.get(),
        "shipment": client.shipments.order_by("pk").first(),
        "segment_code": client.segment.code if client.segment else "",
    }


def _work(base: Base, seller: User) -> None:
    """The morning's work: a call made, tasks of every kind."""
    entries = list(CallEntry.objects.filter(manager=seller).order_by("position"))
    called, base.things["entry"] = entries[-1], entries[0]
    record_interaction(
        user=seller,
        client=called.client,
        entry=called,
        outcome="talked",
        key="5b0a8d4e-0c56-4d15-9a53-6f3c0f0a3c11",
        note="Закажут в пятницу",
    )
    head, client = base.people[Role.SALES_HEAD], base.things["client"]
    for days, title in ((-3, "Уточнить тираж"), (0, "Отправить прайс"), (5, "Показать образцы пледов")):
        task = TaskFactory(client=client, assignee=seller, title=title, due_on=today() + timedelta(days=days))
    closed = TaskFactory(client=client, assignee=seller, created_by=head, title="Позвонить в бухгалтерию")
    task_service.complete(seller, closed.pk, "Оплатят завтра")
    TaskFactory(assignee=seller, created_by=head, title="Проверить телефоны", due_on=yesterday())
    base.things |= {"called": called, "task": task, "closed_task": closed}


def _imports(base: Base) -> None:
    """A file whose columns wait, one that is checked, one that is in."""
    goals = {"uploaded": (), "checked": (ImportGoal.CHECK,), "applied": (ImportGoal.CHECK, ImportGoal.APPLY)}
    for place, (name, steps) in enumerate(goals.items()):
        rows = f"Код клиента;Клиент;Дата;Номер;Сумма\nК{place};Лайм;01.02.2019;А-{place};1 250,50\n;;01.02.2019;Б;1\n"
        file = SimpleUploadedFile("отгрузки.csv", rows.encode())
        user = base.people[Role.SALES_HEAD]
        batch = imports.upload(file, kind="shipments", unknown_clients="create", user=user)
        for goal in steps:
            assert imports.queue(batch, goal)
        base.things[name] = batch


def _book(base: Base) -> None:
    """A draft being written, and a version that waits for approval."""
    author = base.people[Role.DEPUTY_DIRECTOR]
    draft = _draft("invoices", author)
    review = versions.send_to_review(_draft("leads", author).pk, author, seen=2)
    rehearsed = _draft("zero-clients", author, **{"stage.zero_months_regular": 1})
    rehearsals.start(rehearsed, author)
    for name, one in (("draft", draft), ("review", review), ("rehearsed", rehearsed)):
        base.things |= {f"{name}_code": one.regulation.code, f"{name}_number": one.number}
    base.things |= _to_read(base) | {"role_code": Role.OPERATOR}


def _to_read(base: Base) -> dict[str, Any]:
    """A new version that comes into force tomorrow, of a regulation whose first one the seller has confirmed; duties."""
    seller, head = base.people[Role.SERVICE_MANAGER], base.people[Role.SALES_HEAD]
    page = Regulation.objects.get(code="active-base")
    acknowledgement.confirm(seller, page.versions.get(number=1), today())
    draft = _draft(page.code, head, **{"calls.at_risk_days": 10})
    sent = versions.send_to_review(draft.pk, head, seen=draft.revision)
    coming = versions.approve(sent.pk, head, seen=sent.revision, day=today() + timedelta(days=1))
    texts = {"mission": "Держать клиентов", "description": "Звонит", "profile": "Опыт", "vacancy": "Ищем"}
    for role in (Role.SERVICE_MANAGER, Role.OPERATOR):
        job, _created = Job.objects.get_or_create(role=role, defaults=texts)
        Duty.objects.create(job=job, rhythm="daily", text="Проверить почту", regulation=page)
    return {"coming_code": page.code, "coming_number": coming.number}


def _draft(code: str, author: User, **values: Any) -> RegulationVersion:
    draft = versions.start_draft(Regulation.objects.get(code=code), author)
    text = draft.text + "\n\n## Новое\n\nСчёт напоминает о себе дважды.\n"
    return versions.save_draft(
        draft.pk, author, seen=draft.revision, text=text, change_note="Дважды", values=values
    )
