"""Bringing data in as a person does it, in Chromium: file, columns, check, apply, undo; with and without JavaScript."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import expect

from clients.imports import work
from clients.models import Client, ImportBatch, Shipment
from salesdept.models import User
from salesdept.roles import Role
from tests.browser.conftest import violations
from tests.factories import OfficeFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEAD = "Код контрагента;Покупатель;Дата отгрузки;Документ №;Товар;Кол-во;Цена;Примечание\n"
ROWS = (
    "7;ООО «Лайм»;01.02.2019;А-1;Футболка промо;300;125,50;срочно\n"
    "7;ООО «Лайм»;01.02.2019;А-1;Кепка;20;90;\n"
    ";;02.02.2019;А-2;Кепка;20;90;розница\n"
    "8;РПК «Спутник»;31.02.2019;А-3;Кепка;20;90;\n"
    "8;РПК «Спутник»;03.02.2019;А-4;Кепка;двадцать;90;=1+1\n"
    "8;РПК «Спутник»;03.02.2019;А-5;Кепка;20;90;\n"
)
LOOKS = [
    ("light", "ru", (1366, 768)),
    ("dark", "en", (1366, 768)),
    ("dark", "ru", (390, 844)),
    ("light", "en", (390, 844)),
]


@pytest.fixture
def head(transactional_db: Any) -> User:
    return UserFactory(role=Role.SALES_HEAD, first_name="Марк", last_name="Орлов", office=OfficeFactory())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "отгрузки-февраль.csv"
    path.write_bytes((HEAD + ROWS).encode("cp1251"))
    return path


def look(page: Any, name: str) -> None:
    """Accessible, without complaints, no wider than the screen."""
    if folder := os.environ.get("SALESDEPT_SHOTS"):
        size = page.viewport_size["width"]
        theme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
        page.screenshot(path=f"{folder}/imports-{name}-{size}-{theme}.png", full_page=True)
    assert violations(page) == [], name
    assert page.complaints == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name


def send(page: Any, file: Path, kind: str = "shipments") -> None:
    page.locator("[name=kind]").select_option(kind)
    page.locator("[name=file]").set_input_files(str(file))
    page.locator(".upload button").click()


@pytest.mark.parametrize(("theme", "language", "size"), LOOKS)
def test_a_file_goes_all_the_way_and_back(
    open_page: Any, head: User, file: Path, theme: str, language: str, size: tuple[int, int]
) -> None:
    page = open_page(head, "/imports/", theme=theme, language=language, size=size)
    look(page, "1-empty")
    send(page, file)
    page.locator("table.mapping").wait_for()
    assert page.locator("#id_column-0").input_value() == "client_code"
    assert page.locator("#id_column-7").input_value() == ""
    look(page, "2-columns")
    page.locator("#import footer .go").click()
    page.locator(".counts").wait_for()
    assert page.locator(".counts dd").all_inner_texts() == ["6", "3", "0", "0", "3"]
    assert page.locator("section[aria-labelledby=rejects-title] tbody tr").count() == 3
    look(page, "3-preview")
    assert not Shipment.objects.exists()
    page.locator("#import footer .go").click()
    page.locator("form[action$='/undo/']").wait_for()
    look(page, "4-applied")
    assert (Shipment.objects.count(), Client.objects.count()) == (2, 2)
    page.goto(page.url.rsplit("/imports/", 1)[0] + "/imports/")
    look(page, "5-history")
    page.locator("a.name").first.click()
    page.locator("form[action$='/undo/'] button").click()
    page.locator(".tag", has_text="отменена" if language == "ru" else "undone").wait_for()
    look(page, "6-undone")
    assert (Shipment.objects.count(), Client.objects.count()) == (0, 0)


def test_errors_stand_beside_what_they_are_about(
    open_page: Any, head: User, tmp_path: Path, file: Path
) -> None:
    picture = tmp_path / "картинка.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 500)
    page = open_page(head, "/imports/")
    send(page, picture)
    expect(page.locator(".upload .errorlist")).to_have_text("Это не таблица: внутри файла что-то другое.")
    look(page, "7-bad-file")
    send(page, file)
    page.locator("#id_column-2").select_option("")
    page.locator("#import footer .go").click()
    expect(page.locator("[role=alert]")).to_contain_text("Не найден столбец для поля: дата")
    assert page.locator("#id_column-2").input_value() == ""
    look(page, "8-bad-columns")


def test_a_waiting_page_shows_how_far_it_is_and_then_the_result(
    open_page: Any, head: User, file: Path
) -> None:
    stored = work.rejects.folder() / "upload-test.csv"
    stored.write_bytes(file.read_bytes())
    batch = ImportBatch.objects.create(
        kind="shipments", file_name=file.name, stored_as=stored.name, state="queued", goal="check",
        percent=42, rows_seen=423000, rung_at="2099-01-01T00:00:00Z", started_by=head,
    )  # fmt: skip
    page = open_page(head, f"/imports/{batch.pk}/")
    page.locator(".working").wait_for()
    look(page, "9-working")
    work.run(batch.pk)
    page.locator(".counts").wait_for()
    assert page.complaints == []


def test_without_javascript_it_works_too(chromium: Any, live_server: Any, head: User, file: Path) -> None:
    session = Browser()
    session.force_login(head)
    context = chromium.new_context(java_script_enabled=False, locale="ru")
    value = session.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/imports/")
    send(page, file)
    page.locator("#import footer .go").click()
    page.locator("#import footer .go").click()
    assert "применена" in page.locator("#import").inner_text()
    page.locator("form[action$='/undo/'] button").click()
    assert "отменена" in page.locator("#import").inner_text()
    assert not Client.objects.exists()
    batch = ImportBatch.objects.create(
        kind="clients", file_name="f.csv", state="queued", rung_at="2099-01-01T00:00Z"
    )
    page.goto(f"{live_server.url}/imports/{batch.pk}/")
    ImportBatch.objects.filter(pk=batch.pk).update(state="ready")
    page.locator(".counts").wait_for(timeout=10_000)  # the page asks again by itself
    context.close()
