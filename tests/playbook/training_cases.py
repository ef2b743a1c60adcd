"""What tests of training start from: a small regulation with its bank, people who must know it, attempts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from playbook.models import (
    Acknowledgement,
    Assessment,
    QuizAttempt,
    QuizQuestion,
    Regulation,
    RegulationVersion,
    Script,
)
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory


def page(code: str = "trial", questions: int = 6, readers: list[str] | None = None) -> Regulation:
    """A regulation in force since long ago, with single questions whose first option is right."""
    made = Regulation.objects.create(
        code=code, title=f"Регламент {code}", readers=readers or [Role.SERVICE_MANAGER], order=900
    )
    version(made)
    for number in range(questions):
        ask(made, f"Вопрос {number}")
    return made


def version(
    regulation: Regulation, since: date = date(1900, 1, 1), state: str = "approved"
) -> RegulationVersion:
    """One more version."""
    return RegulationVersion.objects.create(
        regulation=regulation,
        number=regulation.versions.count() + 1,
        state=state,
        text="Текст",
        in_force_from=since,
    )


def ask(regulation: Regulation, text: str, **fields: Any) -> QuizQuestion:
    """A question; a single one unless said otherwise."""
    given = {
        "kind": "single",
        "options": ["верный", "второй", "третий"],
        "right": [0],
        "explanation": "потому",
    }
    return QuizQuestion.objects.create(regulation=regulation, text=text, **given | fields)


def attempt(
    user: User, of: RegulationVersion, at: datetime | None = None, *, passed: bool = True
) -> QuizAttempt:
    """A finished attempt."""
    at = at or timezone.now()
    return QuizAttempt.objects.create(
        version=of,
        user=user,
        started_at=at,
        finished_at=at,
        sheet=[
            {"question": 1, "text": "?", "kind": "text", "options": [], "right": ["а"], "explanation": ""}
        ],
        answers=[["а" if passed else "б"]],
        score=1 if passed else 0,
        passed=passed,
    )


def read(user: User, of: RegulationVersion) -> Acknowledgement:
    """The person has confirmed the version."""
    return Acknowledgement.objects.create(user=user, version=of, at=timezone.now())


def script(situation: str = "survey", steps: list[Any] | None = None) -> Script:
    """A script of three steps of its own."""
    found, _created = Script.objects.update_or_create(
        situation=situation,
        sphere=None,
        segment=None,
        defaults={
            "title": "Опрос",
            "steps": steps or ["Поздороваться", {"text": "Спросить", "say": "Как дела?"}, "Попрощаться"],
        },
    )
    return found


def assessment(user: User, regulation: Regulation, on: date, score: str = "1.0", **fields: Any) -> Assessment:
    """A stored sheet."""
    given = {"assessor": fields.pop("assessor", None) or UserFactory(role=Role.SALES_HEAD)}
    return Assessment.objects.create(
        user=user, regulation=regulation, on=on, score=score, marks=[], **given | fields
    )


def right_form(made: QuizAttempt, wrong: int = 0) -> dict[str, Any]:
    """What a browser sends when all but the first `wrong` questions are answered rightly."""
    form: dict[str, Any] = {}
    for n, one in enumerate(made.sheet):
        good = n >= wrong
        if one["kind"] == "text":
            form[f"q{n}"] = one["right"][0] if good else "мимо"
        elif one["kind"] == "order":
            order = one["right"] if good else one["right"][::-1]
            form |= {f"q{n}-{place}": rank for rank, place in enumerate(order, start=1)}
        else:
            wrong_one = next(place for place in range(len(one["options"])) if place not in one["right"])
            form[f"q{n}"] = one["right"] if good else [wrong_one]
    return form
