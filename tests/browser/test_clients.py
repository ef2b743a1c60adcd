"""The client list and card in Chromium: accessible in every theme and language, fast to type in, true on «back»."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from playwright.sync_api import expect

from clients.models import Client, Contact
from salesdept.models import User
from salesdept.roles import Role
from tests.browser.conftest import violations
from tests.clients.conftest import client_of
from tests.factories import ContactFactory, LineFactory, OfficeFactory, ShipmentFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def head(transactional_db: Any) -> User:
    return UserFactory(role=Role.SALES_HEAD, first_name="Марк", last_name="Орлов", office=OfficeFactory())


@pytest.fixture
def manager(head: User) -> User:
    return UserFactory(office=head.office, last_name="Королёва")


@pytest.fixture
def base(manager: User) -> Client:
    """Twelve clients of every kind, one of them with all that a card can show."""
    for number, stage in enumerate(["active", "new", "zero", "lost"] * 3):
        late = number % 2 == 0
        client = client_of(
            manager if number % 5 else None,
            f"ООО «Клиент {number:02}»",
            stage=stage,
            is_top=number % 3 == 0,
            amount=1000 * (number + 1),
            **({"expected_order": "2020-01-10"} if late else {}),
            stage_since="2024-05-06",
        )
    client = client_of(manager, "РПК «Спутник»", amount=99000, is_top=True)
    ContactFactory(client=client, is_main=True)
    for _number in range(3):
        LineFactory(shipment=ShipmentFactory(client=client))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clients_clientmonth (client_id, month, amount, shipments, purchases)"
            " SELECT %s, date_trunc('month', now())::date - make_interval(months => n), 1000 * n, 1, 1"
            " FROM generate_series(0, 20) n",
            [client.pk],
        )
    return client


ADDRESSES = ["/clients/", "/clients/?q=никто", "/clients/?queue=no_owner&stage=lost", "/clients/new/"]
ADDRESSES += ["card?tab=shipments", "card?tab=categories", "card?tab=history"]


# Every theme with every language, each on one of the sizes.
LOOKS = [
    ("light", "ru", (1366, 768)),
    ("dark", "en", (1366, 768)),
    ("dark", "ru", (390, 844)),
    ("light", "en", (390, 844)),
]


@pytest.mark.parametrize(("theme", "language", "size"), LOOKS)
def test_no_page_breaks_wcag_or_complains(
    open_page: Any, head: User, base: Client, theme: str, language: str, size: tuple[int, int]
) -> None:
    for address in ADDRESSES:
        url = address.replace("card", f"/clients/{base.pk}/")
        page = open_page(head, url, theme=theme, language=language, size=size)
        assert violations(page) == [], url
        assert page.complaints == [], url
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], url
        page.close()


def test_open_menus_forms_and_toasts_are_accessible_too(open_page: Any, head: User, base: Client) -> None:
    page = open_page(head, "/clients/")
    page.get_by_text("Класс", exact=True).first.click()
    page.locator("[name=client]").first.check()
    assert violations(page) == []
    page.goto(re.sub(r"/clients/.*", f"/clients/{base.pk}/?tab=shipments", page.url))
    page.locator(".part-contacts").get_by_text("Добавить").click()
    page.locator(".contact.editing").wait_for()
    page.locator("#facts header a", has_text="Изменить").click()
    page.locator("#facts form").wait_for()
    page.locator("summary", has_text="Передать").click()
    assert violations(page) == []
    assert page.complaints == []


def names(page: Any) -> list[str]:
    return page.locator("tbody .who .strong").all_inner_texts()


def test_search_as_you_type_keeps_every_key_and_the_last_answer(
    open_page: Any, head: User, base: Client
) -> None:
    page = open_page(head, "/clients/")
    page.locator("#find").press_sequentially("спутник", delay=15)
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.input_value("#find") == "спутник"
    assert names(page) == ["РПК «Спутник»"]
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"q": ["спутник"]})
    assert page.complaints == []


def test_back_reload_and_a_shared_link_show_the_same_table(open_page: Any, head: User, base: Client) -> None:
    page = open_page(head, "/clients/")
    page.get_by_text("Статус", exact=True).first.click()
    page.locator("[name=stage][value=zero]").check()
    page.wait_for_url("**stage=zero")
    page.mouse.click(5, 5)
    page.locator("th a", has_text="Клиент").click()
    page.wait_for_url("**sort=name**")
    page.wait_for_load_state("networkidle")
    shown, address = names(page), page.url
    assert len(shown) == 3
    page.locator("nav.views a", has_text="Все").click()
    page.wait_for_url(lambda url: not urlsplit(url).query)
    expect(page.locator("tbody tr")).to_have_count(13)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert names(page) == shown
    assert page.locator("[name=stage][value=zero]").is_checked()
    page.reload()
    assert names(page) == shown
    shared = open_page(head, address[address.index("/clients/") :])
    assert names(shared) == shown


def test_a_bulk_hand_over_is_undone_with_one_key(
    open_page: Any, head: User, base: Client, manager: User
) -> None:
    other = UserFactory(office=head.office, first_name="Павел", last_name="Юрьев")
    page = open_page(head, "/clients/")
    page.locator("[name=client]").first.check()
    page.locator("[name=to_user]").select_option(str(other.pk))
    page.locator("button[value=work]").click()
    page.locator(".person", has_text="Юрьев П.").wait_for()
    base.refresh_from_db()
    assert base.in_work_with == other
    page.keyboard.press("KeyZ")
    page.locator(".person", has_text="Юрьев П.").wait_for(state="detached")
    base.refresh_from_db()
    assert base.in_work_with == manager
    assert page.complaints == []


def test_rows_are_walked_and_ticked_by_keys_on_any_layout(open_page: Any, head: User, base: Client) -> None:
    page = open_page(head, "/clients/")
    for key in ("KeyJ", "KeyJ", "KeyK", "KeyX"):
        page.keyboard.press(key)
    assert page.locator("tbody tr").first.locator("[name=client]").is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/clients/{base.pk}/")


def test_a_contact_is_revealed_in_place_and_edited_without_leaving(
    open_page: Any, head: User, base: Client
) -> None:
    page = open_page(head, f"/clients/{base.pk}/?tab=history")
    page.locator(".contact").get_by_role("button", name="Показать").click()
    page.get_by_text("+7 812 334-18-06").wait_for()
    page.locator("#facts header a", has_text="Изменить").click()
    page.locator("#facts [name=city]").fill("Тверь")
    page.locator("#facts").get_by_role("button", name="Сохранить").click()
    page.locator(".history ins", has_text="Тверь").wait_for()
    assert page.url.endswith("?tab=history")
    assert Contact.objects.get(client=base).reveals.count() == 1
    assert page.complaints == []


def test_without_javascript_filters_and_forms_still_work(
    chromium: Any, live_server: Any, head: User, base: Client
) -> None:
    from django.conf import settings
    from django.test import Client as Browser

    session = Browser()
    session.force_login(head)
    context = chromium.new_context(java_script_enabled=False, locale="ru")
    value = session.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/clients/")
    page.locator("#find").fill("спутник")
    page.locator("#find").press("Enter")
    assert names(page) == ["РПК «Спутник»"]
    page.locator("tbody .who a").first.click()
    page.locator("#facts header a", has_text="Изменить").click()
    page.locator("[name=city]").fill("Псков")
    page.get_by_role("button", name="Сохранить").click()
    assert "Псков" in page.locator("#facts").inner_text()
    context.close()
