"""A hand-over tells when the receiver would keep more clients than the book allows, and never forbids (DOMAIN.md 4.5)."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from clients.models import Client
from clients.services import assignment, capacity
from playbook.services import parameters
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import ClientFactory, OfficeFactory, StateFactory, UserFactory

pytestmark = pytest.mark.django_db


def owned(person: User | None, *, home: User | None = None, **state: object) -> Client:
    client = ClientFactory(home_manager=home or person, in_work_with=person)
    StateFactory(client=client, **{"stage": "active"} | state)
    return client


def values(top: int, other: int) -> parameters.Parameters:
    book = parameters.in_force(today())
    norms = {"portfolio.top_per_manager": top, "portfolio.other_per_manager": other}
    return parameters.Parameters(book.day, {**book.values, **norms})


def chosen(*clients: Client) -> object:
    return Client.objects.filter(pk__in=[one.pk for one in clients])


def test_load_counts_new_and_active_clients_in_work_only() -> None:
    person = UserFactory()
    owned(person, is_top=True), owned(person, stage="new"), owned(person, stage="zero", is_top=True)
    owned(UserFactory(), home=person)
    assert capacity.load(person) == capacity.Load(top=1, other=1)


@pytest.mark.parametrize("field", ["home", "work"])
def test_what_comes_is_what_the_assignment_then_gives(field: str) -> None:
    giver, receiver, developer = UserFactory(), UserFactory(), UserFactory(role=Role.DEVELOPMENT_MANAGER)
    clients = chosen(
        owned(giver, is_top=True), owned(developer, home=giver), owned(None), owned(receiver), owned(giver, stage="lost"),
        owned(giver, home=receiver), owned(receiver, home=giver, is_top=True),
    )  # fmt: skip
    more, before = capacity.gained(clients, receiver, field), capacity.load(receiver)
    assignment.assign(clients, receiver, field, giver)
    after = capacity.load(receiver)
    assert (after.top - before.top, after.other - before.other) == (more.top, more.other)
    assert more.other


def test_the_norm_itself_is_no_excess_and_one_more_is() -> None:
    person, giver = UserFactory(last_name="Лопатина", first_name="Вера"), UserFactory()
    owned(person, is_top=True)
    clients = chosen(owned(giver, is_top=True))
    with translation.override("ru"):
        assert capacity.warning(person, clients, "work", values(top=2, other=1)) == ""
        said = capacity.warning(person, clients, "work", values(top=1, other=1))
        assert said == f"Выше нормы — {person.get_short_name()}: будет 2 ТОР при норме 1"
    assert capacity.warning(person, chosen(owned(giver)), "work", values(top=0, other=1)) == ""


@pytest.fixture
def head(client: Browser) -> Browser:
    client.force_login(UserFactory(role=Role.SALES_HEAD))
    return client


def test_form_tells_before_and_the_answer_after(head: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    office = OfficeFactory()
    person, giver = UserFactory(office=office), UserFactory(office=office)
    one = owned(giver, is_top=True)
    data = {"to_user": person.pk, "client": one.pk}
    assert head.get(reverse("clients:capacity"), data).content.decode().strip() == ""
    monkeypatch.setattr(capacity, "_above", lambda load, book: f"{load.top} TOP" if load.top else "")
    assert "1 TOP" in head.get(reverse("clients:capacity"), data).content.decode()
    answer = head.post(reverse("clients:bulk"), data | {"action": "work"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "1 TOP" in answer.content.decode()
    one.refresh_from_db()
    assert one.in_work_with == person


def test_nonsense_in_the_address_is_no_error(head: Browser) -> None:
    for data in (
        {"to_user": "²"},
        {"to_user": "99999999", "field": "x"},
        {"to_user": UserFactory().pk, "field": "x"},
    ):
        assert head.get(reverse("clients:capacity"), data).status_code == 200
