"""Reasons of the call list as a manager says them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.utils import translation

from deals import reasons
from playbook.models import Situation
from tests.deals.cases import FRIDAY, MONDAY, NOON


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False), translation.override("ru"):
        yield


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


INVOICE = {"code": "invoice", "number": "4471", "amount": "86400.00", "issued_on": "2026-11-20", "day": 3}
AT_RISK = {"code": "at_risk", "zero_on": "2026-12-03", "last_purchase": "2026-10-03", "cycle_days": 18}


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (INVOICE, "Счёт 4471 на 86 400 ₽ выставлен 20 ноября, подтверждения нет"),
        (
            INVOICE | {"stage": "potential"},
            "Первый счёт: 4471 на 86 400 ₽ от 20 ноября — согласовать условия отгрузки",
        ),
        (AT_RISK, "Не покупали с 3 октября; обычно заказывают раз в 18 дней. Станут нулевыми 3 декабря"),
        (
            AT_RISK | {"cycle_days": 21},
            "Не покупали с 3 октября; обычно заказывают раз в 21 день. Станут нулевыми 3 декабря",
        ),
        (
            AT_RISK | {"cycle_days": 2},
            "Не покупали с 3 октября; обычно заказывают раз в 2 дня. Станут нулевыми 3 декабря",
        ),
        (
            AT_RISK | {"cycle_days": 1},
            "Не покупали с 3 октября; обычно заказывают каждый день. Станут нулевыми 3 декабря",
        ),
        (AT_RISK | {"cycle_days": None}, "Не покупали с 3 октября. Станут нулевыми 3 декабря"),
        (
            {
                "code": "expected",
                "expected_on": "2026-11-14",
                "last_purchase": "2026-10-30",
                "cycle_days": 15,
            },
            "Заказ ожидался 14 ноября: обычно заказывают раз в 15 дней",
        ),
        (
            {"code": "lead", "lead_id": 1, "channel": "site", "came_on": "2026-11-19"},
            "Заявка с сайта 19 ноября, ещё никто не разговаривал",
        ),
        (
            {
                "code": "callback",
                "task_id": 1,
                "text": "Вернуться после макета",
                "due_on": "2026-11-20",
                "due_at": "11:30:00",
            },
            "Вернуться после макета",
        ),
        (
            {
                "code": "callback",
                "task_id": 1,
                "text": "Вернуться после макета",
                "due_on": "2026-11-18",
                "due_at": None,
            },
            "Вернуться после макета — обещали 18 ноября",
        ),
        ({"code": "due_top", "last_talked_on": None, "due_on": None}, "Ещё ни разу не разговаривали"),
        (
            {"code": "due_other", "last_talked_on": "2026-08-10", "due_on": "2026-11-10"},
            "Последний разговор был 10 августа, следующий ждали к 10 ноября",
        ),
        (
            {"code": "due_other", "last_talked_on": "2025-08-10", "due_on": "2026-11-20"},
            "Последний разговор был 10 августа 2025: пора поговорить",
        ),
    ],
)
def test_sentence(reason: dict[str, Any], words: str) -> None:
    assert plain(reasons.sentence(reason)) == words


def test_sentence_speaks_of_the_lists_day() -> None:
    promised = {
        "code": "callback",
        "task_id": 1,
        "text": "Перезвонить",
        "due_on": "2026-11-20",
        "due_at": None,
    }
    assert plain(reasons.sentence(promised, MONDAY)) == "Перезвонить — обещали 20 ноября"


@pytest.mark.parametrize(
    "channel",
    ["site", "email", "phone", "messenger", "social", "exhibition", "catalogue", "referral", "search"],
)
def test_every_channel_has_its_words(channel: str) -> None:
    text = reasons.sentence({"code": "lead", "lead_id": 1, "channel": channel, "came_on": "2026-11-19"})
    assert "19" in text


@pytest.mark.parametrize(
    ("reason", "day", "text", "tone"),
    [
        (INVOICE, FRIDAY, "счёт, 3-й день", "warn"),
        (AT_RISK, FRIDAY, "13 дней до нулевого", "bad"),
        (AT_RISK, date(2026, 12, 2), "1 день до нулевого", "bad"),
        (AT_RISK, date(2026, 12, 3), "становится нулевым", "bad"),
        ({"code": "callback", "due_on": "2026-11-18"}, FRIDAY, "−2 дня", "bad"),
        ({"code": "lead"}, FRIDAY, "лид", "info"),
        ({"code": "due_top", "last_talked_on": None}, FRIDAY, "первый разговор", "info"),
    ],
)
def test_badge(reason: dict[str, Any], day: date, text: str, tone: str) -> None:
    assert reasons.badge(reason, day) == reasons.Badge(text, tone)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ({"code": "callback", "due_on": "2026-11-20", "due_at": "11:30:00"}, "сегодня, 11:30"),
        ({"code": "callback", "due_on": "2026-11-18", "due_at": None}, "18 ноября"),
        (INVOICE, "20 ноября"),
        (AT_RISK, "3 октября"),
        ({"code": "due_other", "last_talked_on": None}, ""),
    ],
)
def test_when(reason: dict[str, Any], words: str) -> None:
    assert plain(reasons.when(reason)) == words


@pytest.mark.parametrize(
    ("code", "silent", "situation"),
    [
        ("callback", True, Situation.CALLBACK),
        ("invoice", False, Situation.INVOICE),
        ("expected", False, Situation.EXPECTED_ORDER),
        ("due_top", False, Situation.CADENCE_TOP),
        ("due_other", True, Situation.DEVELOPMENT),
    ],
)
def test_situation_of_the_best_reason(code: str, silent: bool, situation: str) -> None:
    assert (
        reasons.situation([{"code": code, "day": 2}], in_development=silent, second_invoice_day=3)
        == situation
    )


def test_in_english_too() -> None:
    with translation.override("en"):
        assert (
            plain(reasons.sentence(INVOICE))
            == "Invoice 4471 for 86 400 ₽ was issued on 20 November, no confirmation"
        )


LEAD = {
    "code": "lead",
    "channel": "site",
    "came_on": "2026-11-20",
    "contact_by": "2026-11-20T12:30",
    "day_hours": [9, 18],
}


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("2026-11-20T12:30", "Заявка с сайта 20 ноября; первый контакт до 12:30"),
        ("2026-11-19T17:00", "Заявка с сайта 20 ноября; первый контакт был нужен 19 ноября до 17:00"),
        ("2026-11-23T09:30", "Заявка с сайта 20 ноября; первый контакт до 09:30 23 ноября"),
    ],
)
def test_lead_says_by_when_somebody_must_talk_to_them(by: str, words: str) -> None:
    assert plain(reasons.sentence(LEAD | {"contact_by": by}, FRIDAY)) == words


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("2026-11-20T12:30", None),  # it is noon
        ("2026-11-20T12:00", None),
        ("2026-11-20T11:20", "просрочен на 40 мин"),
        ("2026-11-20T09:00", "просрочен на 3 ч"),
        ("2026-11-19T17:00", "просрочен на 4 ч"),  # the night is no working time
        ("2026-11-19T11:00", "просрочен на 1 день"),
        ("2026-11-18T11:00", "просрочен на 2 дня"),
    ],
)
def test_late_first_contact_is_a_bad_badge(by: str, words: str | None) -> None:
    badge = reasons.badge(LEAD | {"contact_by": by}, FRIDAY)
    assert badge is not None
    expected = (words, "bad") if words else ("лид", "info")
    assert (badge.text, badge.tone) == expected


def test_lists_made_before_the_term_was_stored_still_read_well() -> None:
    old = {"code": "lead", "channel": "site", "came_on": "2026-11-20"}
    assert plain(reasons.sentence(old, FRIDAY)) == "Заявка с сайта 20 ноября, ещё никто не разговаривал"
    badge = reasons.badge(old, FRIDAY)
    assert badge is not None
    assert badge.tone == "info"
