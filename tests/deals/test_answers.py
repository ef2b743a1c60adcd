"""Questions of the script fill the client's card while one talks (DOMAIN.md 4.8)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client as Browser

from clients.answers import facts_of, next_to_ask
from clients.models import Client, ClientAnswer
from deals.models import Interaction
from playbook.models import KeyParameter, Script, Segment, Sphere
from salesdept.models import User
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
Kind = KeyParameter.Kind


@pytest.fixture
def segment() -> Segment:
    sphere = Sphere.objects.create(code="s", name="Реклама")
    for place, (code, kind, options) in enumerate(
        (
            ("own-print", Kind.YES_NO, []),
            ("stock", Kind.CHOICE, ["Держат запас", "Под заказ"]),
            ("kinds", Kind.SEVERAL, ["Футболки", "Кепки"]),
            ("shops", Kind.NUMBER, []),
            ("remark", Kind.TEXT, []),
        )
    ):
        KeyParameter.objects.create(
            sphere=sphere, code=code, name=code, kind=kind, options=options, order=place
        )
    return Segment.objects.create(sphere=sphere, code="seg", name="РПК")


@pytest.fixture
def manager() -> User:
    return UserFactory()


@pytest.fixture
def client(manager: User, segment: Segment) -> Client:
    return ClientFactory(home_manager=manager, in_work_with=manager, segment=segment)


@pytest.fixture
def browser(manager: User) -> Browser:
    browser = Browser(headers={"accept-language": "ru"})
    browser.force_login(manager)
    return browser


def call(browser: Browser, client: Client, **fields: Any) -> Any:
    data = {"key": str(uuid.uuid4()), "outcome": "talked"} | fields
    return browser.post(f"/call/client/{client.pk}/", data)


def known(client: Client) -> dict[str, Any]:
    return {one.parameter.code: one.value for one in ClientAnswer.objects.filter(client=client)}


def test_answers_of_a_talk_stand_on_the_card(browser: Browser, client: Client, manager: User) -> None:
    call(
        browser,
        client,
        **{
            "fact-own-print": "no",
            "fact-stock": "Под заказ",
            "fact-kinds": ["Футболки", "Кепки"],
            "fact-shops": "3",
            "fact-remark": "",
        },
    )
    assert known(client) == {
        "own-print": False,
        "stock": "Под заказ",
        "kinds": ["Футболки", "Кепки"],
        "shops": "3",
    }
    assert ClientAnswer.objects.get(parameter__code="stock").answered_by == manager
    assert "Под заказ" in browser.get(f"/clients/{client.pk}/").content.decode()


def test_undone_call_takes_its_answers_back(browser: Browser, client: Client) -> None:
    call(browser, client, **{"fact-stock": "Держат запас"})
    call(browser, client, **{"fact-stock": "Под заказ", "fact-shops": "7"})
    last = Interaction.objects.latest("pk")
    browser.post(f"/call/undo/{last.pk}/")
    assert known(client) == {"stock": "Держат запас"}
    again = browser.get(f"/call/client/{client.pk}/").content.decode()
    assert 'value="Под заказ" selected' in again  # what was said is in the form again


def test_wrong_answer_keeps_the_call_on_the_screen(browser: Browser, client: Client) -> None:
    answer = call(browser, client, note="Сказали много", **{"fact-shops": "три"})
    assert answer.status_code == 422
    assert "Сказали много" in answer.content.decode()
    assert not Interaction.objects.exists()
    assert known(client) == {}


def test_choice_outside_the_book_is_refused(browser: Browser, client: Client) -> None:
    assert call(browser, client, **{"fact-stock": "Иначе"}).status_code == 422


def test_question_of_another_sphere_is_not_taken(browser: Browser, client: Client) -> None:
    other = Sphere.objects.create(code="o", name="Торговля")
    KeyParameter.objects.create(sphere=other, code="foreign", name="f", kind=Kind.TEXT)
    call(browser, client, **{"fact-foreign": "x"})
    assert known(client) == {}


def test_script_decides_what_is_asked_first(browser: Browser, client: Client, segment: Segment) -> None:
    Script.objects.create(
        situation="cadence_other",
        segment=segment,
        title="Ритм",
        steps=[
            {
                "text": "Узнать запас",
                "asks": "stock",
                "branches": [{"if": "Под заказ", "then": "Спросить срок"}],
            }
        ],
        offers=[{"title": "Резерв", "text": "Отложим партию"}],
    )
    page = browser.get(f"/call/client/{client.pk}/").content.decode()
    assert page.index("fact-stock") < page.index("fact-own-print")
    assert "Спросить срок" in page
    assert "Отложим партию" in page


def test_general_script_asks_only_about_the_clients_own_business(browser: Browser, client: Client) -> None:
    other = Sphere.objects.create(code="o", name="Торговля")
    KeyParameter.objects.create(sphere=other, code="shelves", name="f", kind=Kind.TEXT)
    steps = [{"text": "Сколько полок", "asks": "shelves"}, {"text": "Какой запас", "asks": "stock"}]
    Script.objects.filter(situation="cadence_other").delete()
    Script.objects.create(situation="cadence_other", title="Ритм", steps=steps)
    page = browser.get(f"/call/client/{client.pk}/").content.decode()
    assert "Какой запас" in page
    assert "Сколько полок" not in page


def test_what_is_known_is_not_asked_again(client: Client, browser: Browser) -> None:
    call(browser, client, **{"fact-own-print": "yes"})
    asked = next_to_ask(facts_of(client), ["kinds"], limit=2)
    assert [one.parameter.code for one in asked] == ["kinds", "stock"]


def test_client_without_a_segment_is_led_to_the_questions(browser: Browser, client: Client) -> None:
    Client.objects.filter(pk=client.pk).update(segment=None)
    page = browser.get(f"/call/client/{client.pk}/").content.decode()
    assert "/book/typology/questions/" in page
