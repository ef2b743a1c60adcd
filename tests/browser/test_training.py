"""Quizzes and sheets of assessment by keyboard, and a quiz without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import expect

from playbook.models import Assessment, QuizAttempt
from playbook.services import quiz as service
from salesdept.roles import Role
from tests.factories import UserFactory
from tests.playbook.training_cases import ask, page, script

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINES = ["первое", "второе", "третье", "четвёртое"]


def quiz_of_two() -> QuizAttempt:
    """An open attempt: an order and a word."""
    made = page(questions=0)
    ask(made, "Порядок", kind="order", options=LINES, right=[0, 1, 2, 3])
    ask(made, "Слово", kind="text", options=[], right=["зачёт"])
    return service.start(UserFactory(), made)


def test_lines_are_put_in_order_by_keys_and_what_is_answered_stays(open_page: Callable[..., Any]) -> None:
    attempt = quiz_of_two()
    tab = open_page(attempt.user, reverse("playbook:quiz", args=["trial"]))
    for place, words in enumerate(LINES):  # each line up to its place
        line = tab.locator("[data-order] > li", has_text=words)
        line.locator("[data-move='-1']").focus()
        for _step in LINES:
            if tab.locator("[data-order] .grow").all_inner_texts().index(words) > place:
                tab.keyboard.press("Alt+ArrowUp")
    assert tab.locator("[data-order] .grow").all_inner_texts() == LINES
    tab.locator("input.words").fill("  ЗАЧЕТ ")
    with tab.expect_response(lambda answer: "%D0" in (answer.request.post_data or "")):
        tab.locator("input.words").blur()
    tab.reload()
    assert tab.locator("[data-order] .grow").all_inner_texts() == LINES
    expect(tab.locator("input.words")).to_have_value("ЗАЧЕТ")
    tab.get_by_role("button", name="Завершить").click()
    expect(tab.locator(".verdict")).to_contain_text("верно 2 из 2")
    assert tab.complaints == []


def test_a_quiz_without_scripts(chromium: Any, live_server: Any) -> None:
    attempt = quiz_of_two()
    session = Browser()
    session.force_login(attempt.user)
    context = chromium.new_context(java_script_enabled=False)
    cookie = session.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    tab = context.new_page()
    tab.goto(live_server.url + reverse("playbook:quiz", args=["trial"]))
    for place, words in enumerate(LINES, start=1):
        tab.locator("[data-order] > li", has_text=words).locator("select").select_option(str(place))
    tab.locator("input.words").fill("зачёт")
    tab.get_by_role("button", name="Завершить").click()
    expect(tab.locator(".verdict")).to_contain_text("верно 2 из 2")
    context.close()


def test_a_sheet_is_filled_by_digits_on_any_layout(open_page: Callable[..., Any]) -> None:
    head, person = UserFactory(role=Role.SALES_HEAD), UserFactory()
    made, heard = page(questions=0), script()
    query = f"?person={person.pk}&regulation={made.pk}&script={heard.pk}"
    tab = open_page(head, reverse("playbook:assess") + query)
    for key in ("2", "1", "0"):
        tab.keyboard.press(f"Digit{key}")
    expect(tab.locator("[data-score]")).to_have_text("50\u00a0%")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Digit2")
    note = tab.locator("input[name=n1]")
    note.fill("0 из 2")  # digits typed into a note mark nothing
    expect(tab.locator("[data-score]")).to_have_text("67\u00a0%")
    tab.get_by_role("button", name="Сохранить лист").click()
    expect(tab.locator(".verdict")).to_contain_text("67")
    stored = Assessment.objects.get()
    assert [one["mark"] for one in stored.marks] == [2, 2, 0]
    assert stored.marks[0]["note"] == "0 из 2"
    assert tab.complaints == []
