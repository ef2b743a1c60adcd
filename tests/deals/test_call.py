"""Call mode: the screen, the save that shows the next client, undo; with HTMX and without."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Category, ContactReveal
from deals import call_screen
from deals.models import CallEntry, Interaction, Task
from playbook.models import Objection, Script, Segment, Sphere
from playbook.services import parameters
from salesdept.models import User
from salesdept.roles import Role
from tests.deals.cases import FRIDAY, MONDAY, MOSCOW, NOON, listed, owned, save_call
from tests.factories import (
    ContactFactory,
    InteractionFactory,
    InvoiceFactory,
    LineFactory,
    ProductFactory,
    ShipmentFactory,
    StateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def manager(client: Browser) -> User:
    person = UserFactory()
    client.force_login(person)
    return person


def screen(entry: CallEntry) -> str:
    return reverse("deals:call_entry", args=[entry.pk])


def answer(outcome: str = "talked", **fields: Any) -> dict[str, Any]:
    return {"key": str(uuid4()), "outcome": outcome} | fields


def test_start_goes_to_the_best_entry_left(client: Browser, manager: User) -> None:
    listed(manager, tier=5)
    first = listed(manager, tier=1)
    assert client.get(reverse("deals:call"))["Location"] == screen(first)


def test_number_is_logged_before_it_is_shown(client: Browser, manager: User) -> None:
    entry = listed(manager)
    contact = ContactFactory(client=entry.client, is_main=True)
    page = client.get(screen(entry)).content.decode()
    assert "+7 812 334-18-06" in page
    reveal = ContactReveal.objects.get()
    assert (reveal.user, reveal.contact, reveal.place) == (manager, contact, "call")
    client.get(screen(entry))
    assert ContactReveal.objects.count() == 1


def test_only_the_first_contact_is_opened(client: Browser, manager: User) -> None:
    entry = listed(manager)
    ContactFactory(client=entry.client, is_main=True)
    other = ContactFactory(client=entry.client, name="Пётр Ильин", phone="+79219876543")
    assert "987-65-43" not in client.get(screen(entry)).content.decode()
    response = client.post(reverse("deals:call_contact", args=[other.pk]), headers=HTMX)
    assert "987-65-43" in response.content.decode()
    assert "987-65-43" in client.get(screen(entry)).content.decode()  # stays open for the day


@pytest.mark.parametrize(
    ("contacts", "asked"),
    [
        ([{"is_main": True}, {}], 0),
        ([{"is_main": True, "number_is_wrong": True}, {}], 1),
        ([{"is_main": True, "phone": ""}, {}], 1),
        ([{"is_main": True, "number_is_wrong": True}], 0),
        ([], None),
    ],
)
def test_whom_to_ask_for(manager: User, contacts: list[dict[str, Any]], asked: int | None) -> None:
    entry = listed(manager)
    made = [ContactFactory(client=entry.client, **fields) for fields in contacts]
    person = call_screen.build(manager, entry.client, entry)["person"]
    assert (person.contact if person else None) == (None if asked is None else made[asked])


def test_over_the_limit_the_number_stays_hidden_and_the_call_can_be_saved(
    client: Browser, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.services.reveal.daily_limit", lambda user, day: 0)
    entry = listed(manager)
    ContactFactory(client=entry.client, is_main=True)
    page = client.get(screen(entry)).content.decode()
    assert "334-18-06" not in page
    assert "книга продаж" in page
    client.post(screen(entry), answer("no_answer"))
    assert Interaction.objects.count() == 1


def test_save_shows_the_next_client_at_once_with_an_undo(client: Browser, manager: User) -> None:
    first, second = listed(manager, tier=1), listed(manager, tier=2)
    response = client.post(screen(first), answer(note="Да", when="2026-11-23"), headers=HTMX)
    page = response.content.decode()
    assert response["HX-Push-Url"] == screen(second)
    assert f'data-call="{second.pk}"' in page
    assert reverse("deals:call_undo", args=[Interaction.objects.get().pk]) in page
    assert "<html" not in page


def test_without_javascript_the_same_goes_by_redirects(client: Browser, manager: User) -> None:
    first, second = listed(manager, tier=1), listed(manager, tier=2)
    response = client.post(screen(first), answer(next_on="2026-11-24", when="2026-11-23"), follow=True)
    assert response.redirect_chain == [(screen(second), 302)]
    page = response.content.decode()
    undo = reverse("deals:call_undo", args=[Interaction.objects.get().pk])
    assert undo in page
    assert Task.objects.get().due_on == date(2026, 11, 24)  # a typed day wins over a ready one
    assert client.post(undo)["Location"] == screen(first)


def test_undo_brings_back_the_screen_with_what_was_typed(client: Browser, manager: User) -> None:
    entry = listed(manager)
    client.post(screen(entry), answer(note="Ждут макет", agreement="Макет", when="2026-11-23"), headers=HTMX)
    undo = reverse("deals:call_undo", args=[Interaction.objects.get().pk])
    response = client.post(undo, headers=HTMX)
    page = response.content.decode()
    assert response["HX-Push-Url"] == screen(entry)
    assert "Ждут макет</textarea>" in page
    assert 'value="Макет"' in page
    assert not Interaction.objects.exists()


def test_undo_without_javascript_keeps_what_was_typed(client: Browser, manager: User) -> None:
    entry = listed(manager)
    client.post(screen(entry), answer(note="Ждут макет"))
    response = client.post(reverse("deals:call_undo", args=[Interaction.objects.get().pk]), follow=True)
    assert "Ждут макет</textarea>" in response.content.decode()
    assert "Ждут макет</textarea>" not in client.get(screen(entry)).content.decode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"outcome": "call_back"}, "В какой день перезвонить?"),
        ({"outcome": "call_back", "callback_on": "2026-11-23"}, "Во сколько перезвонить?"),
        ({"outcome": "refused"}, "Выберите причину отказа."),
        ({"outcome": ""}, "Выберите, чем закончился звонок."),
        ({"outcome": "talked", "next_on": "2026-11-19"}, "Этот день уже прошёл."),
        ({"outcome": "", "callback": "завтра"}, "Укажите день и время."),
    ],
)
def test_mistake_is_said_and_the_text_stays(
    client: Browser, manager: User, data: dict[str, str], says: str
) -> None:
    entry = listed(manager)
    response = client.post(screen(entry), answer(note="Длинный разговор") | data, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert "Длинный разговор</textarea>" in page
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"outcome": "", "refused": "price"}, {"outcome": "refused", "refusal_reason": "price"}),
        ({"outcome": "", "callback": "2026-11-23T11:30"}, {"outcome": "call_back", "next_on": MONDAY}),
        (
            {
                "outcome": "call_back",
                "callback_on": "2026-11-23",
                "callback_at": "11:30",
                "when": "2026-11-24",
            },
            {"outcome": "call_back", "next_on": MONDAY},
        ),
        ({"outcome": "no_answer"}, {"outcome": "no_answer", "next_on": None}),
    ],
)
def test_every_button_saves_its_outcome(
    client: Browser, manager: User, data: dict[str, str], expected: dict[str, Any]
) -> None:
    client.post(screen(listed(manager)), answer() | data)
    call = Interaction.objects.get()
    assert {name: getattr(call, name) for name in expected} == expected


def test_form_sent_twice_is_one_call(client: Browser, manager: User) -> None:
    first, second = listed(manager, tier=1), listed(manager, tier=2)
    data = answer()
    for _press in range(2):
        response = client.post(screen(first), data, headers=HTMX)
    assert response["HX-Push-Url"] == screen(second)
    assert Interaction.objects.count() == 1


def test_second_window_learns_that_the_call_is_saved(client: Browser, manager: User) -> None:
    entry = listed(manager)
    save_call(entry)
    page = client.post(screen(entry), answer("no_answer"), headers=HTMX).content.decode()
    assert "звонок уже записан" in page
    assert Interaction.objects.count() == 1


def test_called_entry_opened_again_says_what_came_of_it(client: Browser, manager: User) -> None:
    entry = listed(manager)
    save_call(entry, note="Заказ до пятницы")
    page = client.get(screen(entry)).content.decode()
    assert "Поговорили: Заказ до пятницы" in page
    assert 'name="outcome"' not in page


def test_last_call_ends_the_list_and_offers_those_set_aside(client: Browser, manager: User) -> None:
    aside, last = listed(manager, tier=1), listed(manager, tier=2)
    response = client.post(reverse("deals:call_skip", args=[aside.pk]), headers=HTMX)
    assert response["HX-Push-Url"] == screen(last)
    page = client.post(screen(last), answer(), headers=HTMX).content.decode()
    assert "Список пройден" in page
    assert reverse("deals:call_again") in page
    client.post(reverse("deals:call_again"))
    assert client.get(reverse("deals:call"))["Location"] == screen(aside)


def test_set_aside_can_be_taken_back_at_once(client: Browser, manager: User) -> None:
    first, _second = listed(manager, tier=1), listed(manager, tier=2)
    page = client.post(reverse("deals:call_skip", args=[first.pk]), headers=HTMX).content.decode()
    assert reverse("deals:call_unskip", args=[first.pk]) in page
    response = client.post(reverse("deals:call_unskip", args=[first.pk]), headers=HTMX)
    assert response["HX-Push-Url"] == screen(first)


def test_empty_day_says_so(client: Browser, manager: User) -> None:
    assert "Звонить некому" in client.get(reverse("deals:call")).content.decode()


def test_foreign_entry_is_not_found_in_any_way(client: Browser, manager: User) -> None:
    entry = listed(UserFactory())
    assert client.get(screen(entry)).status_code == 404
    assert client.post(screen(entry), answer()).status_code == 404
    for name in ("call_skip", "call_unskip"):
        assert client.post(reverse(f"deals:{name}", args=[entry.pk])).status_code == 404
    assert client.get(reverse("deals:client_call", args=[entry.client_id])).status_code == 404
    assert (
        client.post(reverse("deals:call_contact", args=[ContactFactory(client=entry.client).pk])).status_code
        == 404
    )


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MARKETER, Role.SALES_HEAD, Role.DIRECTOR])
def test_who_does_not_call_gets_no_call_mode(client: Browser, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("deals:call")).status_code == 403


def test_call_from_the_card_goes_back_to_the_card(client: Browser, manager: User) -> None:
    about = owned(manager)
    address = reverse("deals:client_call", args=[about.pk])
    assert client.get(address).status_code == 200
    response = client.post(address, answer(note="Сам позвонил"))
    assert response["Location"] == reverse("clients:card", args=[about.pk])
    assert Interaction.objects.get().note == "Сам позвонил"
    assert not CallEntry.objects.exists()


def test_screen_tells_what_was_agreed_and_what_is_promised(manager: User) -> None:
    entry = listed(manager)
    before = NOON - timedelta(days=20)
    talk = InteractionFactory(
        client=entry.client, user=manager, at=before, agreement="Прайс на сумки", note="Думают"
    )
    InteractionFactory(client=entry.client, user=manager, at=NOON - timedelta(days=1), outcome="no_answer")
    bill = InvoiceFactory(client=entry.client, issued_on=FRIDAY)
    found = call_screen.build(manager, entry.client, entry)
    assert (found["agreement"], found["last_talk"]) == (talk, talk)
    assert found["last_call"].outcome == "no_answer"
    assert found["invoices"] == [bill]


def sphere_and_segment() -> tuple[Sphere, Segment]:
    sphere = Sphere.objects.create(code="s-test", name="Реклама")
    return sphere, Segment.objects.create(code="g-test", name="РПК", sphere=sphere)


def test_script_of_the_segment_goes_before_the_spheres_and_the_general_one(manager: User) -> None:
    Script.objects.all().delete()
    sphere, segment = sphere_and_segment()
    entry = listed(manager)
    entry.client.segment = segment
    entry.client.save(update_fields=["segment"])
    ContactFactory(client=entry.client, name="Ирина Соболева")
    titles = []
    for fields in ({}, {"sphere": sphere}, {"sphere": sphere, "segment": segment}):
        Script.objects.create(
            situation="cadence_other",
            title=f"Сценарий {len(titles)}",
            steps=[
                "{contact}, добрый день!",
                "Счёт {invoice_number}",
                {"text": "Спросить", "say": "Что нового?"},
            ],
            **fields,
        )
        titles.append(call_screen.build(manager, entry.client, entry)["script"].title)
    script = call_screen.build(manager, entry.client, entry)["script"]
    assert titles == ["Сценарий 0", "Сценарий 1", "Сценарий 2"]
    assert [(line.text, line.words) for line in script.lines] == [
        ("Ирина Соболева, добрый день!", ""),
        ("Спросить", "Что нового?"),
    ]  # the step about an invoice is for those who have one


def test_what_similar_clients_buy_and_this_one_does_not(manager: User) -> None:
    _sphere, segment = sphere_and_segment()
    shirts, caps, bags = (Category.objects.create(name=name) for name in ("Футболки", "Кепки", "Сумки"))
    mine = owned(manager, abc="A")
    buyers = [owned(manager, abc="A") for _peer in range(10)]
    for place, one in enumerate([mine, *buyers]):
        one.segment = segment
        one.save(update_fields=["segment"])
        bought = [shirts] if one == mine else [shirts, caps] if place > 3 else [shirts, bags]
        for category in bought:
            line_of(one, category, Decimal(1000 * (place + 1)))
    found = call_screen.build(manager, mine, None)
    assert [one.name for one in found["categories"]] == ["Футболки"]
    assert [(one.name, round(one.share, 2)) for one in found["lacks"]] == [("Кепки", 0.64)]


def line_of(client: Any, category: Category, amount: Decimal) -> None:
    shipment = ShipmentFactory(client=client, date=FRIDAY - timedelta(days=30), amount=amount)
    LineFactory(shipment=shipment, product=ProductFactory(category=category), amount=amount)


@pytest.mark.parametrize(
    ("now", "labels"),
    [
        (
            datetime(2026, 11, 19, 12, 10, tzinfo=MOSCOW),
            ["через час", "через два часа", "завтра в 10:00", "завтра в 15:00"],
        ),
        (datetime(2026, 11, 20, 17, 40, tzinfo=MOSCOW), ["понедельник в 10:00", "понедельник в 15:00"]),
    ],
)
def test_ready_moments_of_a_call_back_are_in_working_hours(
    manager: User, now: datetime, labels: list[str]
) -> None:
    values = parameters.in_force(now.date())
    with time_machine.travel(now, tick=False):
        found = call_screen.moments(owned(manager), now, values)
    assert [moment.label for moment in found] == labels
    assert all(9 <= moment.at.hour < 18 for moment in found)


def test_ready_days_are_working_days() -> None:
    assert [choice.day for choice in call_screen.choices(FRIDAY)] == [MONDAY, MONDAY, date(2026, 11, 27)]
    assert call_screen.choices(date(2026, 12, 30))[0].day == date(2027, 1, 11)


@pytest.mark.parametrize("size", [1, 20])
def test_screen_costs_the_same_at_any_size(
    client: Browser, manager: User, size: int, django_assert_num_queries: Any
) -> None:
    entry = listed(manager)
    Objection.objects.all().delete()
    ContactFactory(client=entry.client)
    for place in range(size):
        listed(manager, tier=7, position=place)
        ContactFactory(client=entry.client, is_main=place == 0)
        InteractionFactory(client=entry.client, user=manager, at=NOON - timedelta(days=place))
        InvoiceFactory(client=entry.client, issued_on=FRIDAY)
        ShipmentFactory(client=entry.client, date=FRIDAY - timedelta(days=place * 17))
        Objection.objects.create(code=f"o{place}", says="Дорого", answer="Сравним")
        StateFactory()
    client.get(screen(entry))
    with django_assert_num_queries(41):
        client.get(screen(entry))
