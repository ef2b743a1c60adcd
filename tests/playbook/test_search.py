"""Search through the whole book: stems, beginnings, ё = е, slips of the hand, and nothing of drafts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from playbook import search, spelling
from playbook.models import (
    Answer,
    Duty,
    Job,
    KeyParameter,
    Objection,
    Question,
    Regulation,
    Script,
    Segment,
    Situation,
    Sphere,
)
from playbook.services import version as versions
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def head() -> User:
    return UserFactory(role=Role.SALES_HEAD)


@pytest.fixture
def objection() -> Objection:
    return Objection.objects.create(
        code="zhiraf",
        says="Нам привезли зелёного жирафа",
        answer="Уточнить пробирки и менделеевскую накладную.",
    )


def kinds(text: str) -> set[str]:
    return {hit.kind for hit in search.find(text, today())}


def titles(text: str) -> list[str]:
    return [str(hit.title) for hit in search.find(text, today())]


@pytest.mark.parametrize(
    "text", ["жираф", "жирафу", "жира", "ЖИРАФАМИ", "зеленого жирафа", "зелёного", "менделеев"]
)
def test_words_are_found_by_stem_and_beginning(objection: Objection, text: str) -> None:
    assert kinds(text) == {"objection"}
    assert search.look_up(text, today()).instead == ""


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("менделеескую", "менделеевскую"),  # missing
        ("менделеевсккую", "менделеевскую"),  # extra
        ("менделиевскую", "менделеевскую"),  # wrong
        ("мендлеевевскую", ""),  # two slips are too many
        ("мендеелвскую", ""),
        ("менделевескую", "менделеевскую"),  # swapped
        ("жирфа", "жирафа"),
        ("жирпфами", "жирафа"),  # no such form in the book: by its stem
        ("зелёнго жирафа", "зеленого жирафа"),
    ],
)
def test_a_slip_of_one_letter_still_finds(objection: Objection, typed: str, instead: str) -> None:
    answer = search.look_up(typed, today())
    assert answer.instead == instead
    assert bool(answer.hits) is bool(instead)
    if instead:
        assert {hit.kind for hit in answer.hits} == {"objection"}
        assert "<mark>" in answer.hits[0].title + answer.hits[0].piece


@pytest.mark.parametrize(
    ("typed", "instead"),
    [("bhfa", "жирафа"), ("bhfajv", "жирафа"), (";bhfa", "жираф"), (";BHFAE", "жирафу"), ("ghj,bhrb", "пробирки"),
     ("ghj,bhr", "пробирк"), ("зеленого ;bhfaf", "зеленого жирафа")],
)  # fmt: skip
def test_the_other_keyboard_layout_still_finds(objection: Objection, typed: str, instead: str) -> None:
    answer = search.look_up(typed, today())
    assert answer.instead == instead
    assert bool(answer.hits) is bool(instead)


def test_latin_words_typed_in_the_cyrillic_layout() -> None:
    Objection.objects.create(code="x", says="Почему не qwertyzilla", answer="Потому.")
    answer = search.look_up("йцукеняшддф", today())
    assert answer.instead == "qwertyzilla"
    assert len(answer.hits) == 1


def test_a_word_that_stands_in_the_book_is_never_put_right(objection: Objection) -> None:
    Objection.objects.create(code="b", says="Жирафы и пробирка", answer="Слова врозь: пробирки.")
    answer = search.look_up("жирафа ламантин", today())
    assert (answer.hits, answer.instead) == ([], "")


def test_short_words_are_not_guessed(objection: Objection) -> None:
    Objection.objects.create(code="b", says="Йод", answer="Нет.")
    assert search.look_up("йоц", today()).hits == []


@pytest.mark.parametrize(
    "text", ["", "   ", "«»!?", "'", "\\", "& | ! :*", "%", "<script>", "а" * 5000, "…", "[];',."]
)
def test_any_text_is_answered(text: str) -> None:
    search.look_up(text, today())


def test_every_kind_of_page_is_found(head: User) -> None:
    sphere = Sphere.objects.create(code="s1", name="Сфера", needs=["запас утконосов-сферных"])
    Segment.objects.create(sphere=sphere, code="g1", name="Сегмент", portrait="Держит утконоса.")
    Script.objects.create(
        situation=Situation.SURVEY, sphere=sphere, title="Утконос", steps=[{"say": "Сколько утконосов?"}]
    )
    Objection.objects.create(code="o1", says="Дорого", answer="Утконос дороже.")
    Job.objects.filter(role=Role.OPERATOR).delete()
    job = Job.objects.create(
        role=Role.OPERATOR, mission="Заказы", description="Кормит утконоса", profile="", vacancy=""
    )
    Duty.objects.create(job=job, rhythm="daily", text="пересчитать бобров")
    KeyParameter.objects.create(sphere=sphere, code="k1", name="Число утконосов", kind="number")
    question = Question.objects.create(code="q1", text="Есть ли утконосы?")
    Answer.objects.create(question=question, text="Только выхухоли")
    page = Regulation.objects.get(code="invoices")
    _approved(page, head, "# Утконосы\n\nСчёт за утконоса.")
    assert kinds("утконос") == {"segment", "script", "objection", "job", "parameter", "question"}
    from datetime import timedelta

    later = {hit.kind for hit in search.find("утконос", today() + timedelta(days=1))}
    assert later == {*kinds("утконос"), "regulation"}
    assert kinds("бобр") == {"job"}
    assert kinds("выхухоль") == {"question"}
    assert kinds("утконосов-сферных") == {"segment"}
    assert set(search.KINDS) == later


def test_a_job_is_found_by_the_name_of_its_role() -> None:
    Job.objects.get_or_create(
        role=Role.MARKETER, defaults={"mission": "м", "description": "", "profile": "", "vacancy": ""}
    )
    hits = [hit for hit in search.find("маркетолог", today()) if hit.kind == "job"]
    assert any(hit.url.endswith("/marketer/") for hit in hits)


def _approved(page: Regulation, user: User, text: str) -> None:
    from datetime import timedelta

    draft = versions.start_draft(page, user)
    values: dict[str, Any] = {}
    draft = versions.save_draft(draft.pk, user, seen=1, text=text, change_note="Иначе", values=values)
    draft = versions.send_to_review(draft.pk, user, seen=draft.revision)
    versions.approve(draft.pk, user, seen=draft.revision, day=today() + timedelta(days=1))


@pytest.mark.parametrize("role", Role.values)
def test_a_draft_is_found_by_nobody(role: str, head: User) -> None:
    """Also for those who may see drafts: search shows what is in force; drafts have their own list."""
    draft = versions.start_draft(Regulation.objects.get(code="invoices"), head)
    versions.save_draft(draft.pk, head, seen=1, text="Тайныйщегол прилетит.", change_note="", values={})
    browser = Browser()
    browser.force_login(UserFactory(role=role))
    for word in ("тайныйщегол", "тайныйщеголь", "тайныйщегл"):
        text = browser.get("/book/", {"q": word}).content.decode()
        assert "прилетит" not in text
    assert "тайныйщегол" not in spelling.vocabulary(today()).words


def test_no_answer_is_stale(objection: Objection) -> None:
    assert search.look_up("жирпф", today()).instead == "жирафа"
    assert search.look_up("ламантн", today()).instead == ""
    objection.says = "Нам привезли ламантина"
    objection.save()
    assert search.look_up("ламантн", today()).instead == "ламантина"
    assert search.look_up("жирпф", today()).instead == ""
    objection.delete()
    assert search.look_up("ламантн", today()).instead == ""


@pytest.mark.parametrize(
    "model", [Regulation, Segment, Sphere, Script, Objection, Job, Duty, KeyParameter, Question, Answer]
)
def test_the_fingerprint_feels_every_write(model: Any) -> None:
    one = model.objects.first()
    if one is None:
        pytest.skip("the book has none of these yet")
    before = spelling.fetch(spelling._FINGERPRINT)
    assert spelling.fetch(spelling._FINGERPRINT) == before
    model.objects.filter(pk=one.pk).update(id=one.pk)
    assert spelling.fetch(spelling._FINGERPRINT) != before


def test_the_page_says_for_what_it_is_shown(objection: Objection, head: User) -> None:
    browser = Browser(headers={"accept-language": "ru"})
    browser.force_login(head)
    text = browser.get("/book/", {"q": "жирпфа"}).content.decode()
    assert "Показано по запросу <b>жирафа</b>" in text
    assert "Показано по запросу" not in browser.get("/book/", {"q": "жирафа"}).content.decode()
    text = browser.get("/book/", {"q": "<b>жирпфа"}).content.decode()
    assert "<b>жирпфа" not in text


def test_tabs_narrow_to_a_kind(objection: Objection, head: User) -> None:
    Question.objects.create(code="q1", text="Есть ли жирафы?")
    browser = Browser()
    browser.force_login(head)
    text = browser.get("/book/", {"q": "жираф", "in": "question"}).content.decode()
    assert text.count('<ol class="hits"><li>') == 1
    assert "Есть ли" in text
    assert "привезли" not in text


def test_queries_do_not_grow_with_what_is_found(objection: Objection, head: User) -> None:
    def queries(text: str) -> int:
        search.look_up(text, today())
        with CaptureQueriesContext(connection) as captured:
            search.look_up(text, today())
        return len(captured)

    one, slip = queries("жираф"), queries("жирпфа")
    for number in range(30):
        Objection.objects.create(code=f"n{number}", says=f"Жирафа {number} пора", answer="Жираф.")
    assert queries("жираф") == one == 4  # places, values, objections, stems
    assert queries("жирпфа") == slip == 7  # and: as typed, which words stand, the fingerprint


def test_the_search_of_the_whole_book_takes_few_queries() -> None:
    """Every kind at once costs one query more each."""
    with CaptureQueriesContext(connection) as captured:
        search.find("клиент", today())
    assert len(captured) <= 4 + len(search.KINDS) + 2
