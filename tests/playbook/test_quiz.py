"""Quizzes: what is drawn, how it is counted, what an attempt allows, and that nothing right leaks before the end."""

from __future__ import annotations

import random
import re
import threading
import tomllib
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection
from django.http import QueryDict
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from playbook import quiz
from playbook.forms import quiz as forms
from playbook.models import ParameterValue, QuizAttempt, QuizQuestion, Regulation
from playbook.services import quiz as service
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory
from tests.playbook.training_cases import ask, attempt, page, right_form, version

BOOK = Path(settings.BASE_DIR) / "playbook" / "book"

# --- the bank that ships ---


def bank() -> list[dict[str, Any]]:
    return tomllib.loads((BOOK / "quizzes.toml").read_text(encoding="utf-8"))["questions"]


@pytest.mark.parametrize("code", sorted(path.stem for path in (BOOK / "regulations").glob("*.md")))
def test_every_regulation_has_at_least_five_questions_of_more_than_one_kind(code: str) -> None:
    mine = [one for one in bank() if one["regulation"] == code]
    assert len(mine) >= 5
    assert len({one["kind"] for one in mine}) >= 2
    assert len({one["text"] for one in mine}) == len(mine)


def test_every_question_of_the_bank_can_be_answered_and_says_why() -> None:
    known = {path.stem for path in (BOOK / "regulations").glob("*.md")}
    for one in bank():
        options, right = one.get("options", []), one.get("answers") or one["right"]
        assert one["regulation"] in known, one["text"]
        assert one["explanation"], one["text"]
        if one["kind"] == "text":
            assert right, one["text"]
            assert all(quiz.normal(words) for words in right), one["text"]
            continue
        assert len({quiz.normal(option) for option in options}) == len(options) >= 3, one["text"]
        assert set(right) <= set(range(len(options))), one["text"]
        if one["kind"] == "order":
            assert sorted(right) == list(range(len(options))), one["text"]
        else:
            assert 0 < len(right) < len(options), one["text"]
            assert (len(right) == 1) == (one["kind"] == "single"), one["text"]


# --- drawing and counting, without a base ---

words = st.text(alphabet="абвгдеёжз АБВ", min_size=1, max_size=8).filter(lambda text: text.strip())


@st.composite
def asked(draw: Any) -> quiz.Asked:
    kind = draw(st.sampled_from([quiz.SINGLE, quiz.SEVERAL, quiz.ORDER, quiz.TEXT]))
    if kind == quiz.TEXT:
        return quiz.Asked(1, kind, "?", [], draw(st.lists(words, min_size=1, max_size=3)), "")
    size = draw(st.integers(3, 6))
    options = [f"вариант {n}" for n in range(size)]
    count = {quiz.SINGLE: 1, quiz.ORDER: size}.get(kind) or draw(st.integers(1, size - 1))
    return quiz.Asked(1, kind, "?", options, draw(st.permutations(range(size)))[:count], "")


banks = st.lists(asked(), min_size=1, max_size=8)
junk = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=5) | st.dictionaries(st.text(max_size=3), inside, max_size=2),
    max_leaves=12,
)


def as_is(text: str) -> str:
    return text


@given(banks, st.integers(0, 10), st.integers())
def test_a_sheet_asks_what_the_bank_asks_and_right_answers_score_in_full(
    bank: list[quiz.Asked], count: int, seed: int
) -> None:
    sheet = quiz.draw(bank, count, random.Random(seed), as_is)
    assert len(sheet) == min(count, len(bank))
    for one in sheet:
        source = next(
            question for question in bank if (question.kind, question.text) == (one["kind"], one["text"])
        )
        assert source.kind == one["kind"]
        assert all(0 <= place < len(one["options"]) for place in one["right"] if one["kind"] != quiz.TEXT)
    result = quiz.score(sheet, [list(one["right"]) for one in sheet])
    assert result.verdicts == [True] * len(sheet)
    assert result.share == (1 if sheet else 0)


@given(asked(), st.integers())
def test_what_is_right_stays_right_however_it_is_shuffled(one: quiz.Asked, seed: int) -> None:
    sheet = quiz.draw([one], 1, random.Random(seed), as_is)[0]
    if one.kind == quiz.TEXT:
        assert sheet["right"] == one.right
        return
    said = [sheet["options"][place] for place in sheet["right"]]
    meant = [one.options[place] for place in one.right]
    assert said == meant if one.kind == quiz.ORDER else set(said) == set(meant)
    assert Counter(sheet["options"]) == Counter(one.options)
    if one.kind == quiz.ORDER:
        assert sheet["right"] != list(range(len(one.options)))  # nobody passes by touching nothing


@given(banks, junk, st.integers())
def test_any_answers_are_counted_and_none_is_an_error(
    bank: list[quiz.Asked], answers: Any, seed: int
) -> None:
    sheet = quiz.draw(bank, len(bank), random.Random(seed), as_is)
    result = quiz.score(sheet, answers)
    assert 0 <= result.share <= 1
    assert len(result.verdicts) == len(sheet)
    assert quiz.score(sheet, answers) == result


@given(banks, st.integers(), st.data())
def test_one_answer_decides_one_question(bank: list[quiz.Asked], seed: int, data: Any) -> None:
    sheet = quiz.draw(bank, len(bank), random.Random(seed), as_is)
    spoiled = data.draw(st.integers(0, len(sheet) - 1))
    answers: list[Any] = [list(one["right"]) for one in sheet]
    answers[spoiled] = []
    verdicts = quiz.score(sheet, answers).verdicts
    assert verdicts == [n != spoiled for n in range(len(sheet))]


@given(st.integers(1, 30), st.integers(0, 30), st.decimals("0", "1", places=4))
def test_passing_compares_the_exact_share(total: int, right: int, needed: Decimal) -> None:
    right = min(right, total)
    result = quiz.Score([n < right for n in range(total)])
    assert result.passes(needed) == (right * 10000 >= int(needed * 10000) * total)


def test_two_thirds_are_not_rounded_up_to_a_pass() -> None:
    result = quiz.Score([True, True, False])
    assert result.share == Decimal("0.6667")
    assert not result.passes(Decimal("0.6667"))


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        ("  мой   ДЕНЬ ", True),
        ("Мои день", False),
        ("«Мой день».", True),
        ("Учёт", True),
        ("учет", True),
        ("", False),
        ("день", False),
    ],
)
def test_words_are_compared_without_case_yo_and_spare_spaces(said: str, accepted: bool) -> None:
    question = {"kind": "text", "right": ["Мой день", "учЁт"], "options": []}
    assert quiz.is_right(question, [said]) is accepted


def test_part_of_the_right_options_or_one_too_many_is_wrong() -> None:
    question = {"kind": "several", "right": [0, 2], "options": ["а", "б", "в"]}
    assert quiz.is_right(question, [2, 0])
    assert not quiz.is_right(question, [0])
    assert not quiz.is_right(question, [0, 1, 2])
    assert not quiz.is_right(question, [0, 0])
    assert not quiz.is_right(question, [True, 2])


def test_an_option_that_a_value_of_the_book_made_equal_to_the_right_one_is_left_out() -> None:
    one = quiz.Asked(1, "single", "Сколько?", ["3", "{{ x }}", "7"], [1], "")
    sheet = quiz.draw([one], 1, random.Random(1), lambda text: text.replace("{{ x }}", "3"))[0]
    assert sorted(sheet["options"]) == ["3", "7"]
    assert sheet["options"][sheet["right"][0]] == "3"


# --- the form ---


def sheet_of_all_kinds() -> list[dict[str, Any]]:
    return [
        {"kind": "single", "text": "1", "options": ["а", "б"], "right": [1]},
        {"kind": "several", "text": "2", "options": ["а", "б", "в"], "right": [0, 2]},
        {"kind": "order", "text": "3", "options": ["а", "б", "в"], "right": [2, 0, 1]},
        {"kind": "text", "text": "4", "options": [], "right": ["слово"]},
    ]


def test_a_form_without_scripts_says_the_order_by_numbers() -> None:
    data = QueryDict("q0=1&q1=0&q1=2&q2-0=2&q2-1=3&q2-2=1&q3=+Слово+")
    answers, missing = forms.read(sheet_of_all_kinds(), data)
    assert (answers, missing) == ([[1], [0, 2], [2, 0, 1], ["Слово"]], [])
    assert quiz.score(sheet_of_all_kinds(), answers).share == 1


@pytest.mark.parametrize(
    "data", ["", "q0=9&q1=x&q2-0=1&q2-1=1&q2-2=2&q3=++", "q0=-1&q1=&q2-0=0&q2-1=1&q2-2=2&q3=%00"]
)
def test_what_makes_no_sense_is_no_answer(data: str) -> None:
    answers, missing = forms.read(sheet_of_all_kinds(), QueryDict(data))
    assert (answers, missing) == ([[], [], [], []], [0, 1, 2, 3])


def test_a_form_that_came_back_keeps_numbers_that_clash() -> None:
    data = QueryDict("q2-0=1&q2-1=1&q2-2=2")
    answers, missing = forms.read(sheet_of_all_kinds(), data)
    shown = forms.shown(sheet_of_all_kinds(), answers, data, missing)[2]
    assert [option.position for option in shown.options] == ["1", "1", "2"]
    assert shown.is_missing


# --- attempts ---


@pytest.fixture
def regulation(db: None) -> Regulation:
    return page()


@pytest.fixture
def person(db: None) -> User:
    return UserFactory()


def finish(made: QuizAttempt, wrong: int = 0) -> QuizAttempt:
    data = QueryDict(mutable=True)
    for name, value in right_form(made, wrong).items():
        data.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    answers, missing = forms.read(made.sheet, data)
    assert missing == []
    return service.finish(made.pk, made.user, answers)


def test_an_attempt_asks_as_many_as_the_book_says_and_is_resumed(
    regulation: Regulation, person: User
) -> None:
    made = service.start(person, regulation)
    assert len(made.sheet) == 5
    assert len({one["question"] for one in made.sheet}) == 5
    assert service.start(person, regulation).pk == made.pk
    assert service.start(UserFactory(), regulation).pk != made.pk


def test_only_active_questions_are_asked(regulation: Regulation, person: User) -> None:
    QuizQuestion.objects.filter(regulation=regulation, text="Вопрос 0").update(is_active=False)
    asked = {one["text"] for one in service.start(person, regulation).sheet}
    assert asked == {f"Вопрос {number}" for number in range(1, 6)}


def test_values_of_the_book_stand_in_the_question(person: User) -> None:
    made = page(questions=0)
    ask(
        made,
        "Сколько? {{ quiz.questions }}",
        options=["{{ quiz.attempts_a_day }}", "х", "у"],
        explanation="{{ quiz.pass_share }}",
    )
    ask(made, "Словом", kind="text", options=[], right=["{{ quiz.valid_months }} мес."])
    sheet = {one["kind"]: one for one in service.start(person, made).sheet}
    assert sheet["single"]["text"] == "Сколько? 5"
    assert sheet["single"]["options"][sheet["single"]["right"][0]] == "3"
    assert sheet["single"]["explanation"] == "0,80"
    assert quiz.is_right(sheet["text"], ["12 мес"])


@pytest.mark.parametrize(
    ("wrong", "passed", "share"), [(0, True, "1.0000"), (1, True, "0.8000"), (2, False, "0.6000")]
)
def test_the_share_of_the_book_decides(
    regulation: Regulation, person: User, wrong: int, passed: bool, share: str
) -> None:
    done = finish(service.start(person, regulation), wrong)
    assert (done.passed, done.score) == (passed, Decimal(share))


def test_a_finished_attempt_never_changes(regulation: Regulation, person: User) -> None:
    made = service.start(person, regulation)
    before = QuizAttempt.objects.filter(pk=finish(made, 2).pk).values().get()
    finish(made, 0)
    service.keep(made.pk, person, [[0]])
    assert QuizAttempt.objects.filter(pk=made.pk).values().get() == before


def test_attempts_a_day_are_limited_and_come_back_the_next_day(regulation: Regulation, person: User) -> None:
    for _turn in range(3):
        finish(service.start(person, regulation), 5)
    with pytest.raises(ValidationError, match="3"):
        service.start(person, regulation)
    service.start(UserFactory(), regulation)  # others have theirs
    service.start(person, page("other"))  # and so have other regulations
    with time_machine.travel(today() + timedelta(days=1, hours=12), tick=False):
        assert service.start(person, regulation).finished_at is None


def test_only_the_version_in_force_is_asked(person: User) -> None:
    made = page()
    version(made, today() + timedelta(days=1))
    assert service.start(person, made).version.number == 1
    coming = Regulation.objects.create(code="coming", title="Будет", readers=[])
    version(coming, today() + timedelta(days=1))
    ask(coming, "Вопрос")
    with pytest.raises(ValidationError):
        service.start(person, coming)


def test_an_attempt_at_a_version_that_was_replaced_is_begun_anew(person: User) -> None:
    made = page()
    old = service.start(person, made)
    new = version(made, today())
    with pytest.raises(ValidationError):
        service.finish(old.pk, person, [])
    old.refresh_from_db()
    assert old.finished_at is None
    fresh = service.start(person, made)
    assert fresh.version == new
    assert not QuizAttempt.objects.filter(pk=old.pk).exists()


def test_without_questions_there_is_nothing_to_begin(person: User) -> None:
    with pytest.raises(ValidationError):
        service.start(person, page(questions=0))


def test_nobody_finishes_the_attempt_of_another(regulation: Regulation, person: User) -> None:
    made = service.start(person, regulation)
    with pytest.raises(QuizAttempt.DoesNotExist):
        service.finish(made.pk, UserFactory(), [])


@pytest.mark.django_db(transaction=True)
def test_starts_at_the_same_moment_make_one_attempt() -> None:
    made, person = page(), UserFactory()
    gate, begun = threading.Barrier(6), []

    def press() -> None:
        close_old_connections()
        try:
            gate.wait()
            begun.append(service.start(person, made).pk)
        finally:
            connection.close()

    windows = [threading.Thread(target=press) for _window in range(6)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert len(begun) == 6
    assert len(set(begun)) == 1
    assert QuizAttempt.objects.count() == 1


# --- pages ---


@pytest.fixture
def browser(client: Browser, person: User) -> Browser:
    client.force_login(person)
    return client


def test_from_the_rules_to_the_result(browser: Browser, person: User, regulation: Regulation) -> None:
    url = reverse("playbook:quiz", args=[regulation.code])
    assert "Начать" in browser.get(url).content.decode()
    assert not QuizAttempt.objects.exists()  # looking begins nothing
    assert browser.post(reverse("playbook:quiz_start", args=[regulation.code])).url == url
    made = QuizAttempt.objects.get()
    body = browser.get(url).content.decode()
    assert all(one["text"] in body for one in made.sheet)
    response = browser.post(reverse("playbook:attempt_finish", args=[made.pk]), right_form(made, 2))
    body = browser.get(response.url).content.decode()
    assert "Не сдано" in body
    assert body.count("потому") == 5
    assert "верно 3 из 5" in body


def test_right_answers_are_not_in_the_page_before_the_end(browser: Browser, person: User) -> None:
    made = page(questions=0)
    ask(
        made,
        "Порядок",
        kind="order",
        options=["первое", "второе", "третье"],
        right=[0, 1, 2],
        explanation="ТАЙНА",
    )
    ask(made, "Слово", kind="text", options=[], right=["разгадка"], explanation="ТАЙНА")
    ask(made, "Выбор", options=["да", "нет", "может"], right=[0], explanation="ТАЙНА")
    browser.post(reverse("playbook:quiz_start", args=[made.code]))
    body = browser.get(reverse("playbook:quiz", args=[made.code])).content.decode()
    assert "первое" in body
    assert "ТАЙНА" not in body
    assert "разгадка" not in body
    assert "checked" not in body
    # The page is the same whatever is right.
    attempt = QuizAttempt.objects.get()
    for one in attempt.sheet:
        one["right"] = (
            one["right"][::-1] if one["kind"] == "order" else ["иное"] if one["kind"] == "text" else [1]
        )
    attempt.save(update_fields=["sheet"])
    again = browser.get(reverse("playbook:quiz", args=[made.code])).content.decode()
    assert _without_tokens(again) == _without_tokens(body)


def _without_tokens(body: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", body)


def test_right_answers_are_shown_after_a_pass_and_kept_after_a_failure(
    browser: Browser, person: User
) -> None:
    made = page(questions=0)
    for number in range(5):
        ask(made, f"Слово {number}", kind="text", options=[], right=["разгадка"])
    for wrong, seen in ((2, False), (1, True)):
        browser.post(reverse("playbook:quiz_start", args=[made.code]))
        begun = QuizAttempt.objects.get(finished_at=None)
        form = {f"q{n}": "мимо" if n < wrong else "разгадка" for n in range(5)}
        response = browser.post(reverse("playbook:attempt_finish", args=[begun.pk]), form)
        body = browser.get(response.url).content.decode()
        assert body.count("разгадка") == 5 - wrong + (wrong if seen else 0)


def test_an_open_question_comes_back_marked_with_what_was_answered(
    browser: Browser, person: User, regulation: Regulation
) -> None:
    made = service.start(person, regulation)
    response = browser.post(reverse("playbook:attempt_finish", args=[made.pk]), {"q0": "1"})
    assert response.status_code == 422
    assert response.content.decode().count("data-missing") == 4
    assert response.content.decode().count("checked") == 1
    made.refresh_from_db()
    assert made.finished_at is None


def test_answers_are_kept_while_one_answers(browser: Browser, person: User, regulation: Regulation) -> None:
    made = service.start(person, regulation)
    assert browser.post(reverse("playbook:attempt_keep", args=[made.pk]), {"q1": "2"}).status_code == 204
    body = browser.get(reverse("playbook:quiz", args=[regulation.code])).content.decode()
    assert body.count("checked") == 1


def test_pressing_twice_gives_the_same_result(browser: Browser, person: User, regulation: Regulation) -> None:
    made = service.start(person, regulation)
    url = reverse("playbook:attempt_finish", args=[made.pk])
    first = browser.post(url, right_form(made))
    second = browser.post(url, {})
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url


def test_no_attempts_left_is_said_in_words(browser: Browser, person: User, regulation: Regulation) -> None:
    for _turn in range(3):
        attempt(person, regulation.versions.get(), passed=False)
    response = browser.post(reverse("playbook:quiz_start", args=[regulation.code]))
    assert response.status_code == 422
    assert "Попытки на сегодня кончились: в день их 3" in response.content.decode()


def test_a_result_is_for_the_person_and_whoever_sees_their_training(
    client: Browser, person: User, regulation: Regulation
) -> None:
    url = reverse("playbook:attempt", args=[attempt(person, regulation.versions.get()).pk])
    far = UserFactory(role=Role.BRANCH_HEAD, office__code="msk")
    for viewer, status in (
        (person, 200),
        (UserFactory(), 404),
        (UserFactory(role=Role.SALES_HEAD), 200),
        (UserFactory(role=Role.BRANCH_HEAD), 200),
        (far, 404),
    ):
        client.force_login(viewer)
        assert client.get(url).status_code == status, viewer.role


def test_the_pass_mark_and_the_number_of_questions_are_the_books(person: User) -> None:
    """A version of the book's own regulation with other values changes the quiz from its day."""
    made = page()
    book = Regulation.objects.get(code="sales-book")
    newer = version(book, today(), state="draft")
    for code, value in (("quiz.questions", 2), ("quiz.pass_share", "0.5"), ("quiz.attempts_a_day", 1)):
        ParameterValue.objects.create(version=newer, code=code, value=value)
    type(newer).objects.filter(pk=newer.pk).update(state="approved")
    begun = service.start(person, made)
    assert len(begun.sheet) == 2
    assert finish(begun, 1).passed
    with pytest.raises(ValidationError):
        service.start(person, made)
