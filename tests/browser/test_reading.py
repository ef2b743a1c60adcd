"""A regulation read to its end in Chromium: the button waits for the last line; a duty is checked off in place."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from playwright.sync_api import expect

from playbook import loader
from playbook.models import Acknowledgement, DutyDone, Regulation
from salesdept.dates import is_working_day, today
from salesdept.roles import Role
from tests.factories import UserFactory
from tests.playbook.cases import duty

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _book(transactional_db: None) -> None:
    if not Regulation.objects.exists():  # a test before this one may have emptied the base
        loader.load(apps)


def test_the_button_works_when_the_end_was_on_the_screen(open_page: Any) -> None:
    reader = UserFactory()
    page = open_page(reader, "/book/zero-clients/1/")
    button = page.get_by_role("button", name="Прочитано до конца")
    expect(button).to_be_disabled()
    page.keyboard.press("End")
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_text("Вы подтвердили эту версию")).to_be_visible()
    assert Acknowledgement.objects.filter(user=reader, version__regulation__code="zero-clients").count() == 1
    assert page.complaints == []


@pytest.mark.skipif(not is_working_day(today()), reason="duties fall on working days")
def test_a_duty_is_checked_off_and_taken_back_in_place(open_page: Any) -> None:
    person = UserFactory(role=Role.OPERATOR)
    row = duty(Role.OPERATOR, text="Разобрать почту")
    page = open_page(person, "/book/")
    box = page.get_by_role("checkbox", name="Разобрать почту")
    box.click()
    expect(box).to_have_attribute("aria-checked", "true")
    expect(box).to_be_focused()
    assert DutyDone.objects.filter(duty=row, user=person, day=today()).exists()
    page.keyboard.press("Space")
    expect(box).to_have_attribute("aria-checked", "false")
    assert not DutyDone.objects.exists()
    assert page.complaints == []
