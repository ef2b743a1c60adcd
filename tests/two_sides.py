"""A person with their own objects, the same objects of somebody in another office, and a request about either.

The access test asks with these; what is right stands in its table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import models, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.imports import rejects
from clients.models import BulkChange, Client, ClientState, ImportBatch, LegalEntity
from deals.models import ContactState
from kpi.models import PlanChange, PlanLine
from playbook.models import Duty, Job, Picture, Regulation, RegulationVersion, Rehearsal
from playbook.services.version import start_draft
from salesdept.dates import month_start, today
from salesdept.models import JobRun, JobState, Office, SavedView, User
from salesdept.roles import Role
from tests.factories import (
    CallEntryFactory,
    ClientFactory,
    ContactFactory,
    InteractionFactory,
    InvoiceFactory,
    LineFactory,
    OfficeFactory,
    ShipmentFactory,
    TaskFactory,
    UserFactory,
)
from tests.playbook.training_side import training_things

HAS_CLIENTS = (*Role.sellers(), Role.LEAD_MANAGER, Role.OPERATOR)
OWN_NAME, FOREIGN_NAME = "ООО «Своя Роща»", "ООО «Дальний Заповедник»"


@dataclass
class Side:
    """Objects of one owner: the person's own ones, or those of somebody in another office."""

    office: Office
    user: User  # whose rows these are: tasks, saved views, call entries…
    seller: User  # who works with the client
    name: str
    phone: str
    things: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """What an address or a form says about a thing: a key, a code, or the thing's own text."""
        thing = self.things[name]
        return thing.pk if isinstance(thing, models.Model) else thing

    def values(self) -> dict[str, Any]:
        """All of them, for addresses and forms."""
        return {name: self.value(name) for name in self.things}

    def stored(self) -> list[Any]:
        """The rows as they stand in the base."""
        rows = [one for one in self.things.values() if isinstance(one, models.Model)]
        return [type(one)._default_manager.filter(pk=one.pk).values().first() for one in rows]


def side(name: str, code: str, office: Office, user: User, seller: User, phone: str, inn: str) -> Side:
    """A client with everything that can stand around it, in somebody's hands."""
    client = ClientFactory(
        code=code, name=name, office=office, home_manager=seller, in_work_with=seller, direction="promo"
    )
    ClientState.objects.create(client=client, stage="active", purchases=3, amount=1000)
    ContactState.objects.create(client=client, due_on=today())
    found = Side(office, user, seller, name, phone)
    surname = name.split()[-1].strip("»")
    shipment = ShipmentFactory(client=client, date=today(), manager=seller, office=office, number=code)
    LineFactory(shipment=shipment)
    InvoiceFactory(client=client, issued_on=today(), valid_until=today(), number=code)
    month = month_start(today())
    plan = PlanLine.objects.create(month=month, manager=seller, direction="promo", amount=1000)
    found.things = {
        "client": client,
        "code": code,
        "inn": inn,
        "contact": ContactFactory(
            client=client, name=f"Ирина {surname}", phone=phone, email=f"mail@{code}.ru"
        ),
        "entity": LegalEntity.objects.create(client=client, name=f"{name} ЮЛ", inn=inn),
        "shipment": shipment,
        "task": TaskFactory(client=client, assignee=user, title=f"Дело {surname}"),
        "entry": CallEntryFactory(client=client, manager=user, date=today()),
        "call": InteractionFactory(client=client, user=user, note=f"Разговор {surname}"),
        "view": SavedView.objects.create(user=user, page="clients", name=f"Вид {surname}", query="top=1"),
        "change": BulkChange.objects.create(kind="work", made_by=user, values={}),
        "plan": plan,
        "plan_change": PlanChange.objects.create(
            month=month, manager=seller, before=0, after=1000, made_by=seller
        ),
        "seller": seller,
        "office_code": office.code,
        "month": f"{month:%Y-%m}",
        "due_on": (today() + timedelta(days=1)).isoformat(),
        "segment_code": "horeca",
        "import": _import(code),
    }
    return found


def _import(code: str) -> ImportBatch:
    """A checked file with a rejected row."""
    path = rejects.folder() / f"rejects-{code}.csv"
    path.write_text("Строка;Столбец;Причина\n2;Код;нет кода клиента\n", encoding="utf-8")
    return ImportBatch.objects.create(
        kind="clients", file_name=f"{code}.csv", state="ready", rejected=1, rejects_path=str(path)
    )


def _rehearsal(draft: RegulationVersion, clients: list[Client]) -> Rehearsal:
    """What a draft would do to the clients."""
    changes = {str(client.pk): {"stage": ["active", "zero"]} for client in clients}
    return Rehearsal.objects.create(
        version=draft,
        revision=draft.revision,
        state="done",
        as_of=today(),
        created_by=draft.created_by,
        finished_at=timezone.now(),
        result={"clients": changes, "people": {}},
    )


@dataclass
class Scene:
    """A person with their own objects, and somebody else's."""

    browser: Browser
    role: str
    own: Side
    foreign: Side
    mixed: Side  # the person's own client, and things of somebody else's in the second place
    foreign_before: list[Any]  # the foreign rows as they were made


def scene_of(role: str) -> Scene:
    """Two offices; the person in one, a stranger with everything in the other."""
    spb, msk = OfficeFactory(code="spb"), OfficeFactory(code="msk")
    user = UserFactory(role=role, office=spb, first_name="Вера", last_name="Своя")
    helper = UserFactory(office=spb, last_name="Помощник")
    far = UserFactory(office=msk, last_name="Далёкая")
    seller = user if role in HAS_CLIENTS else helper
    own = side(OWN_NAME, "AA-111", spb, user, seller, "+78121112233", "7707083893")
    foreign = side(FOREIGN_NAME, "ZZ-777", msk, far, far, "+79037654321", "7728168971")
    JobRun.objects.create(
        as_of=today() - timedelta(days=1),
        state=JobState.DONE,
        started_at=timezone.now(),
        published_at=timezone.now(),
    )
    book = Regulation.objects.get(code="invoices")
    approved = book.versions.approved().order_by("-number").first()
    author = UserFactory(role=Role.SALES_HEAD, office=spb, last_name="Автор")
    draft = start_draft(book, author)
    draft.text = "Чужаяправка: срок счёта станет другим."
    draft.save(update_fields=["text"])
    for one, version in ((own, approved), (foreign, draft)):
        one.things |= {"regulation_code": "invoices", "version": version.number, "draft_number": draft.number}
        one.things |= training_things(one.user, helper if one is own else author, approved)
        one.things |= {"rehearsal": _rehearsal(draft, [own.things["client"], foreign.things["client"]])}
        one.things |= {"role_code": role, "duty": _duty(role if one is own else _another(role))}
        one.things |= {"picture": _picture(author)}
        one.things |= {"helper": helper, "mine": own.things["client"], "secret": "чужаяправка"}
    mixed = Side(
        spb, user, seller, FOREIGN_NAME, foreign.phone, foreign.things | {"client": own.things["client"]}
    )
    browser = Browser()
    browser.force_login(user)
    return Scene(browser, role, own, foreign, mixed, foreign.stored())


def _picture(author: User) -> Picture:
    """A picture of the book."""
    found, _made = Picture.objects.get_or_create(
        digest="x", defaults={"name": "x", "width": 1, "height": 1, "content": b"x", "uploaded_by": author}
    )
    return found


def _another(role: str) -> str:
    return Role.OPERATOR if role != Role.OPERATOR else Role.MARKETER


def _duty(role: str) -> Duty:
    """A daily duty of the role."""
    texts = {"mission": "Зачем", "description": "Что", "profile": "Кто", "vacancy": "Кого"}
    job, _created = Job.objects.get_or_create(role=role, defaults=texts)
    return Duty.objects.create(job=job, rhythm="daily", text="Проверить почту")


Roles = frozenset[str]
Form = Callable[[dict[str, Any]], dict[str, Any]]


def _nothing(things: dict[str, Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Rule:
    """One row: who may, by which methods, what the address names, what a form says.

    `seen`: roles for which nobody's object is foreign (None: the address names no object of anybody).
    `silent`: a foreign object is named by the query or the form, and the answer is as if it did not exist.
    """

    roles: Roles
    methods: tuple[str, ...] = ("GET", "POST")
    kwargs: dict[str, str] = field(default_factory=dict)
    query: str = ""
    form: Form = _nothing
    seen: Roles | None = None
    silent: bool = False
    post_roles: Roles | None = None

    def may(self, method: str) -> Roles:
        """Who may use the method."""
        return self.post_roles if method == "POST" and self.post_roles is not None else self.roles


def address(name: str, rule: Rule, of: Side) -> str:
    """The address of a route for somebody's objects."""
    kwargs = {param: of.value(thing) for param, thing in rule.kwargs.items()}
    url = reverse(name, kwargs=kwargs)
    return f"{url}?{rule.query.format(**of.values())}" if rule.query else url


class _TakeBack(Exception):
    """Nothing that a request changed stays for the next one."""


def ask(
    scene: Scene, name: str, rule: Rule, method: str, of: Side, headers: dict[str, str], watch: bool = False
) -> tuple[int, str, bool]:
    """Status, body, and (when watched) whether somebody else's rows are as they were; then all is taken back."""
    url, untouched = address(name, rule, of), True
    scene.browser.cookies.pop("messages", None)
    try:
        with transaction.atomic():
            form = rule.form(of.values()) if method == "POST" else None
            response = scene.browser.generic(method, url, **_body(form), headers=headers)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            if watch:
                untouched = scene.foreign.stored() == scene.foreign_before
            raise _TakeBack
    except _TakeBack:
        pass
    return response.status_code, body.decode(errors="replace"), untouched  # pictures and PDF are no text


def _body(form: dict[str, Any] | None) -> dict[str, Any]:
    if form is None:
        return {}
    return {"data": urlencode(form), "content_type": "application/x-www-form-urlencoded"}
