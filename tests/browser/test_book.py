"""The book in Chromium: an address of a paragraph, a picture put into a draft, two people in one draft, the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from playbook.models import Picture, Regulation, RegulationVersion, Segment, Sphere
from salesdept.models import User
from salesdept.roles import Role
from tests.browser.conftest import violations
from tests.factories import OfficeFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = (
    "## Ритм\n\nПервый абзац.\n\n"
    + "Слова.\n\n" * 60
    + "Последний абзац о звонках.\n\n| а | б |\n|---|---|\n| 1 | 2 |\n"
)
Open = Callable[..., Any]


@pytest.fixture
def head(transactional_db: Any) -> User:
    return UserFactory(role=Role.SALES_HEAD, first_name="Марк", last_name="Орлов", office=OfficeFactory())


@pytest.fixture
def deputy(head: User) -> User:
    return UserFactory(
        role=Role.DEPUTY_DIRECTOR, first_name="Елена", last_name="Жукова", is_staff=True, office=head.office
    )


@pytest.fixture
def page_of_book(head: User) -> Regulation:
    found, _made = Regulation.objects.get_or_create(code="test-page", defaults={"title": "Проба"})
    RegulationVersion.objects.create(
        regulation=found, number=1, state="approved", in_force_from=date(1900, 1, 1), text=TEXT
    )
    return found


def test_a_paragraph_has_an_address_that_opens_at_it(
    head: User, page_of_book: Regulation, open_page: Open
) -> None:
    page = open_page(head, "/book/test-page/")
    last = page.locator(".prose p", has_text="Последний абзац")
    sign = last.locator("a.deep")
    expect(sign).to_have_css("opacity", "0")
    last.hover()
    expect(sign).to_have_css("opacity", "1")
    sign.click()
    assert page.url.endswith("#" + last.get_attribute("id"))
    other = open_page(head, "/book/test-page/#" + last.get_attribute("id"))
    expect(other.locator(".prose p:target")).to_be_in_viewport()
    assert other.locator(".prose p:target").inner_text() == "Последний абзац о звонках."
    page.keyboard.press("Tab")
    assert violations(page) == []
    assert page.complaints == other.complaints == []


def test_a_picture_is_put_where_the_cursor_stands(
    head: User, page_of_book: Regulation, open_page: Open, tmp_path: Path
) -> None:
    Image.new("RGB", (60, 40), "teal").save(tmp_path / "схема.png")
    (tmp_path / "bad.png").write_bytes(b"<svg onload=alert(1)></svg>")
    page = open_page(head, "/book/test-page/")
    page.get_by_role("button", name="Новая версия").click()
    page.wait_for_url("**/edit/")
    text = page.locator("textarea[name=text]")
    text.evaluate("area => area.setSelectionRange(8, 8)")
    page.locator("summary", has_text="Картинка").click()
    page.set_input_files("#picture-file", tmp_path / "bad.png")
    page.get_by_role("button", name="Вставить").click()
    expect(page.locator("#picture-answer [role=alert]")).to_contain_text("только PNG, JPEG и WebP")
    page.set_input_files("#picture-file", tmp_path / "схема.png")
    page.fill("#picture-alt", "Кто кому звонит")
    page.get_by_role("button", name="Вставить").click()
    expect(page.locator("#picture-answer [data-inserted]")).to_be_visible()
    number = Picture.objects.get().pk
    assert text.input_value().startswith(f"## Ритм\n\n![Кто кому звонит](/book/pictures/{number}/)\n\n")
    expect(page.locator("#preview img")).to_have_js_property("naturalWidth", 60)
    assert violations(page) == []
    assert page.complaints == []


def test_two_people_in_one_draft_lose_nothing(
    head: User, deputy: User, page_of_book: Regulation, open_page: Open
) -> None:
    first = open_page(head, "/book/test-page/")
    first.get_by_role("button", name="Новая версия").click()
    first.wait_for_url("**/edit/")
    second = open_page(deputy, "/book/test-page/2/edit/")
    first.fill("textarea[name=text]", "Текст Марка об утренних звонках.")
    first.get_by_role("button", name="Сохранить черновик").click()
    expect(first.locator("#toasts")).to_contain_text("сохранён")
    second.fill("textarea[name=text]", "Текст Елены о вечерних звонках.")
    second.get_by_role("button", name="Сохранить черновик").click()
    expect(second.locator("#conflict")).to_contain_text("Марк Орлов")
    assert "Текст Елены о вечерних звонках." in second.locator("textarea[name=text]").input_value()
    expect(second.locator(".diff").first).to_contain_text("утренних")
    assert violations(second) == []
    assert RegulationVersion.objects.get(number=2).text == "Текст Марка об утренних звонках.\n"
    second.get_by_role("button", name="Сохранить мой вариант").click()
    expect(second.locator("#conflict")).to_have_count(0)
    assert RegulationVersion.objects.get(number=2).text == "Текст Елены о вечерних звонках.\n"
    assert first.complaints == second.complaints == []


ADMIN = ["/admin/", "/admin/playbook/segment/", "/admin/playbook/regulation/", "/admin/playbook/script/add/"]
ADMIN += [
    "/admin/salesdept/user/",
    "/admin/salesdept/user/add/",
    "/admin/salesdept/jobrun/",
    "/admin/deals/task/",
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_admin_works_under_the_content_policy(deputy: User, open_page: Open, theme: str) -> None:
    sphere, _made = Sphere.objects.get_or_create(code="s-test", defaults={"name": "Сфера"})
    segment, _made = Segment.objects.get_or_create(
        code="g-test", defaults={"name": "Сегмент", "sphere": sphere}
    )
    page = open_page(deputy, ADMIN[0], theme=theme)
    home = page.url.removesuffix("/admin/")
    for address in [
        *ADMIN,
        f"/admin/playbook/segment/{segment.pk}/change/",
        f"/admin/salesdept/user/{deputy.pk}/change/",
    ]:
        assert page.goto(home + address).status == 200, address
        page.wait_for_load_state("networkidle")
        assert page.complaints == [], address
