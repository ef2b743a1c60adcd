"""«My day», call mode and tasks in Chromium: by keyboard alone, on any layout, at any speed, through failures."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import expect

from clients.models import Client, ContactReveal
from deals.models import CallEntry, Interaction, Task
from salesdept.dates import next_working_day, roll_to_working_day, today
from salesdept.models import User
from salesdept.roles import Role
from tests.browser.conftest import violations
from tests.clients.conftest import client_of
from tests.factories import (
    CallEntryFactory,
    ContactFactory,
    InteractionFactory,
    InvoiceFactory,
    LineFactory,
    ProductFactory,
    ShipmentFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MACHINE_CALLS = 200
LOOKS = [
    ("light", "ru", (1366, 768)),
    ("dark", "en", (1920, 1080)),
    ("dark", "ru", (390, 844)),
    ("light", "en", (390, 844)),
]


@pytest.fixture
def manager(transactional_db: Any) -> User:
    return UserFactory(first_name="Анна", last_name="Королёва")


def entry_of(manager: User, number: int, **fields: Any) -> CallEntry:
    """The entry number N of the manager's list of today."""
    client = client_of(manager, f"ООО «Клиент {number:03}»", is_top=number % 3 == 0, amount=1000 * number)
    reason = {"tier": 7, "code": "due_other", "last_talked_on": None, "due_on": None}
    fields = {"reasons": [reason], "position": number} | fields
    return CallEntryFactory(manager=manager, client=client, date=today(), **fields)


@pytest.fixture
def entries(manager: User) -> list[CallEntry]:
    """Eight clients to call; the first one with all that the screen can show."""
    found = [entry_of(manager, number) for number in range(1, 9)]
    rich = found[0]
    for name, is_main in (("Ирина Соболева", True), ("Пётр Ильин", False)):
        ContactFactory(client=rich.client, name=name, is_main=is_main, position="снабжение")
    InteractionFactory(client=rich.client, user=manager, note="Думают", agreement="Прайс на сумки")
    InvoiceFactory(client=rich.client, issued_on=today(), valid_until=today() + timedelta(days=4))
    LineFactory(shipment=ShipmentFactory(client=rich.client, date=today()), product=ProductFactory())
    TaskFactory(
        client=rich.client, assignee=manager, due_on=today() - timedelta(days=2), title="Уточнить тираж"
    )
    TaskFactory(client=rich.client, assignee=manager, due_on=today(), title="Отправить прайс")
    return found


def shown(page: Any) -> str:
    """The entry on the screen."""
    return str(page.locator("#call").get_attribute("data-call"))


def wait_for_entry(page: Any, entry: CallEntry) -> None:
    expect(page.locator("#call")).to_have_attribute("data-call", str(entry.pk))


def press_russian(page: Any) -> Callable[[str, str], None]:
    """Keys as a Cyrillic layout sends them: the place of the key and another letter."""
    devtools = page.context.new_cdp_session(page)

    def press(code: str, letter: str) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            devtools.send("Input.dispatchKeyEvent", {"type": kind, "code": code, "key": letter})

    return press


@pytest.mark.parametrize(("theme", "language", "size"), LOOKS)
def test_no_page_breaks_wcag_or_complains(
    open_page: Any, manager: User, entries: list[CallEntry], theme: str, language: str, size: tuple[int, int]
) -> None:
    first, task = entries[0], Task.objects.filter(assignee=manager)[0]
    addresses = [
        "/day/",
        f"/call/{first.pk}/",
        f"/call/client/{entries[1].client_id}/",
        "/tasks/",
        "/tasks/?when=done",
    ]
    addresses += [f"/tasks/new/?client={first.client_id}", f"/tasks/{task.pk}/"]
    addresses += [
        f"/clients/{first.client_id}/timeline/",
        f"/clients/{first.client_id}/tasks/",
        "/day/?date=2020-01-01",
    ]
    for address in addresses:
        page = open_page(manager, address, theme=theme, language=language, size=size)
        assert violations(page) == [], address
        assert page.complaints == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
        page.close()


@pytest.mark.parametrize(("theme", "language", "size"), LOOKS[:3])
def test_open_menus_help_errors_and_the_end_are_accessible_too(
    open_page: Any, manager: User, entries: list[CallEntry], theme: str, language: str, size: tuple[int, int]
) -> None:
    page = open_page(manager, f"/call/{entries[0].pk}/", theme=theme, language=language, size=size)
    for key in ("Digit3", "Digit5", "KeyO", "KeyC"):
        page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], key
    page.keyboard.press("?")
    assert violations(page) == [], "help"
    page.keyboard.press("Escape")
    page.locator("#next-on").evaluate("field => { field.removeAttribute('min'); field.value = '2020-01-01' }")
    page.keyboard.press("Digit1")
    page.locator("[role=alert]").wait_for()
    assert violations(page) == [], "an error"
    page.goto(page.url.split("/call/")[0] + "/call/")
    for _entry in entries:
        page.keyboard.press("KeyS")
    page.locator(".finished").wait_for()
    assert violations(page) == [], "the end"
    assert page.complaints == []


def test_heads_lists_and_tasks_are_accessible(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    head = UserFactory(role=Role.SALES_HEAD)
    for address in ("/day/", f"/day/?manager={manager.pk}", "/tasks/?whose=all", "/tasks/new/"):
        page = open_page(head, address)
        assert violations(page) == [], address
        assert page.complaints == [], address
        page.close()


def test_two_hundred_calls_at_machine_speed_lose_none(open_page: Any, manager: User) -> None:
    """Every key is pressed blindly, as fast as the machine can, without looking at the screen."""
    expected = {entry_of(manager, number).pk: f"Итог {number}" for number in range(1, MACHINE_CALLS + 1)}
    page = open_page(manager, "/call/")
    for note in expected.values():
        page.keyboard.press("KeyN")
        page.keyboard.type(note)
        page.keyboard.press("Escape")
        page.keyboard.press("KeyQ")
        page.keyboard.press("Digit1")
    page.locator(".finished").wait_for(timeout=180_000)
    saved = Interaction.objects.values_list("call_entries", "note", "outcome", "next_on")
    tomorrow = next_working_day(today())
    assert sorted(saved) == [(pk, note, "talked", tomorrow) for pk, note in sorted(expected.items())]
    assert Task.objects.filter(kind="next_step", due_on=tomorrow).count() == MACHINE_CALLS
    assert page.complaints == []


def test_a_note_and_a_day_take_four_keys(open_page: Any, manager: User, entries: list[CallEntry]) -> None:
    page = open_page(manager, "/call/")
    page.keyboard.press("KeyN")
    page.keyboard.type("Заказ до пятницы")
    page.keyboard.press("Escape")
    page.keyboard.press("KeyE")
    page.keyboard.press("Digit1")
    wait_for_entry(page, entries[1])
    call = Interaction.objects.latest("pk")
    assert (call.note, call.outcome) == ("Заказ до пятницы", "talked")
    assert call.next_on == roll_to_working_day(today() + timedelta(days=7))
    assert page.url.endswith(f"/call/{entries[1].pk}/")


def test_every_outcome_by_keys_of_a_cyrillic_layout(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/day/")
    press = press_russian(page)
    page.keyboard.press("Enter")
    steps = [
        [("KeyW", "ц"), ("Digit1", "1")],
        [("Digit2", "2")],
        [("Digit3", "3"), ("Digit1", "1")],
        [("Digit4", "4")],
        [("Digit5", "5"), ("Digit2", "2")],
        [("KeyS", "ы")],
    ]
    for place, keys in enumerate(steps):
        wait_for_entry(page, entries[place])
        for code, letter in keys:
            press(code, letter)
    wait_for_entry(page, entries[6])
    press("KeyZ", "я")  # takes the one set aside back
    wait_for_entry(page, entries[5])
    outcomes = list(
        Interaction.objects.filter(call_entries__isnull=False)
        .order_by("pk")
        .values_list("outcome", flat=True)
    )
    assert outcomes == ["talked", "no_answer", "call_back", "wrong_number", "refused"]
    assert Interaction.objects.latest("pk").refusal_reason == "assortment"
    assert page.complaints == []


def test_keys_do_nothing_while_one_writes(open_page: Any, manager: User, entries: list[CallEntry]) -> None:
    page = open_page(manager, "/call/")
    page.keyboard.press("KeyN")
    page.keyboard.type("12345 swqz?")
    assert page.input_value("#note") == "12345 swqz?"
    assert shown(page) == str(entries[0].pk)
    page.keyboard.press("Control+Enter")
    wait_for_entry(page, entries[1])
    assert Interaction.objects.latest("pk").note == "12345 swqz?"


def test_a_call_back_at_ones_own_time(open_page: Any, manager: User, entries: list[CallEntry]) -> None:
    page = open_page(manager, "/call/")
    tomorrow = today() + timedelta(days=1)
    page.keyboard.press("Digit3")
    page.keyboard.press("KeyD")
    page.locator("#callback-on").fill(tomorrow.isoformat())
    page.locator("#callback-at").fill("11:45")
    page.keyboard.press("Enter")
    wait_for_entry(page, entries[1])
    task = Task.objects.filter(kind="call_back").get()
    assert (task.due_on, task.due_at.isoformat() if task.due_at else "") == (tomorrow, "11:45:00")


def test_held_key_is_one_call(open_page: Any, manager: User, entries: list[CallEntry]) -> None:
    page = open_page(manager, "/call/")
    page.keyboard.down("Digit1")
    for _repeat in range(5):
        page.keyboard.down("Digit1")
    page.keyboard.up("Digit1")
    wait_for_entry(page, entries[1])
    assert Interaction.objects.filter(call_entries__isnull=False).count() == 1


def test_undo_brings_the_call_back_as_it_was_typed(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/call/")
    page.keyboard.press("KeyN")
    page.keyboard.type("Ждут макет")
    page.keyboard.press("Control+Enter")
    wait_for_entry(page, entries[1])
    page.keyboard.press("KeyZ")
    wait_for_entry(page, entries[0])
    assert page.input_value("#note") == "Ждут макет"
    assert not Interaction.objects.filter(call_entries__isnull=False).exists()
    assert page.url.endswith(f"/call/{entries[0].pk}/")


def test_text_survives_a_failed_request_and_is_saved_once(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/call/")
    page.route(
        "**/call/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.keyboard.press("KeyN")
    page.keyboard.type("Длинный разговор")
    page.keyboard.press("Control+Enter")
    page.locator(".toast.failed").wait_for()
    assert page.input_value("#note") == "Длинный разговор"
    page.unroute("**/call/**")
    page.keyboard.press("Digit1")
    wait_for_entry(page, entries[1])
    assert list(Interaction.objects.filter(call_entries__isnull=False).values_list("note", flat=True)) == [
        "Длинный разговор"
    ]


def test_call_saved_by_a_request_whose_answer_was_lost_is_not_saved_again(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/call/")

    def lose_the_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route(
        "**/call/**",
        lambda route: lose_the_answer(route) if route.request.method == "POST" else route.continue_(),
    )
    page.keyboard.press("Digit1")
    page.locator(".toast.failed").wait_for()
    assert shown(page) == str(entries[0].pk)
    page.unroute("**/call/**")
    page.keyboard.press("Digit1")
    wait_for_entry(page, entries[1])
    assert Interaction.objects.filter(call_entries__isnull=False).count() == 1


def test_draft_survives_a_reload_and_leaves_with_the_call(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/call/")
    page.locator("#note").fill("Черновик")
    page.keyboard.press("Escape")
    page.keyboard.press("KeyW")
    page.reload()
    assert page.input_value("#note") == "Черновик"
    assert page.locator("[name=when]").nth(1).is_checked()
    page.keyboard.press("Digit1")
    wait_for_entry(page, entries[1])
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('call:')).length") == 0


def test_other_contacts_number_is_opened_by_a_key_and_the_talk_is_with_them(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/call/")
    assert ContactReveal.objects.count() == 1
    page.keyboard.press("KeyC")
    page.locator(".other .phone").wait_for()
    assert ContactReveal.objects.count() == 2
    page.keyboard.press("Digit1")
    wait_for_entry(page, entries[1])
    contact = Interaction.objects.latest("pk").contact
    assert contact is not None
    assert contact.name == "Пётр Ильин"


def test_back_and_a_shared_link_show_the_call_as_it_is(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, f"/call/{entries[0].pk}/")
    page.keyboard.press("Digit1")
    wait_for_entry(page, entries[1])
    page.go_back()
    page.locator("#done-title").wait_for()
    assert urlsplit(page.url).path == f"/call/{entries[0].pk}/"
    page.keyboard.press("Enter")
    wait_for_entry(page, entries[1])
    shared = open_page(manager, f"/call/{entries[0].pk}/")
    expect(shared.locator("#done-title")).to_be_visible()
    assert page.complaints == []


def test_task_is_done_in_place_and_taken_back(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/day/")
    task = Task.objects.get(title="Отправить прайс")
    row = page.locator(f"#task-{task.pk}")
    row.locator("button.tick").click()
    expect(row).to_have_class("task closed")
    page.keyboard.press("KeyZ")
    expect(row).to_have_class("task")
    task.refresh_from_db()
    assert task.state == "open"
    assert page.complaints == []


def test_filters_of_tasks_live_in_the_address(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/tasks/")
    page.get_by_role("link", name="Просроченные").click()
    page.wait_for_url("**when=overdue**")
    expect(page.locator(".task")).to_have_count(1)
    page.go_back()
    expect(page.locator(".task")).to_have_count(2)


def test_client_of_a_task_is_suggested_as_one_types(
    open_page: Any, manager: User, entries: list[CallEntry]
) -> None:
    page = open_page(manager, "/tasks/new/")
    page.locator("[name=client]").press_sequentially("клиент 00", delay=10)
    expect(page.locator("#client-list option")).to_have_count(8)
    page.locator("[name=client]").fill(str(page.locator("#client-list option").first.get_attribute("value")))
    page.locator("[name=title]").fill("Отправить образцы")
    page.get_by_role("button", name="Поставить задачу").click()
    page.wait_for_url("**/tasks/")
    assert Task.objects.get(title="Отправить образцы").client == Client.objects.order_by("pk").first()


def test_without_javascript_a_call_is_saved_by_its_buttons(
    chromium: Any, live_server: Any, manager: User, entries: list[CallEntry]
) -> None:
    session = Browser()
    session.force_login(manager)
    context = chromium.new_context(java_script_enabled=False, locale="ru")
    value = session.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/call/")
    page.locator("#note").fill("Без скриптов")
    page.locator(".choice").first.click()
    page.locator("button[value=talked]").click()
    assert urlsplit(page.url).path == f"/call/{entries[1].pk}/"
    page.locator("#refusal summary").click()
    page.locator("button[value=price]").click()
    assert urlsplit(page.url).path == f"/call/{entries[2].pk}/"
    page.locator("[data-undo]").click()
    assert urlsplit(page.url).path == f"/call/{entries[1].pk}/"
    page.locator("#agreement").fill("Поле")
    page.locator("#agreement").press("Enter")
    assert "Выберите, чем закончился звонок" in page.content()
    context.close()
    call = Interaction.objects.get(call_entries__isnull=False)
    assert (call.note, call.next_on) == ("Без скриптов", next_working_day(today()))
