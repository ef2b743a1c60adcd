"""Training of the office whose screens are looked at: answers, a sheet, first weeks with something late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playbook.models import Course, OnboardingStep, QuizAttempt, QuizQuestion, Regulation, Script
from playbook.services import assessment as assessments
from playbook.services import onboarding
from playbook.services import quiz as quizzes
from salesdept.dates import today
from salesdept.models import User
from tests.factories import UserFactory


def training(seller: User, head: User) -> dict[str, Any]:
    """A failed quiz, a quiz begun, two assessments, a newcomer in the third week."""
    failed = quizzes.start(seller, Regulation.objects.get(code="key-client"))
    quizzes.finish(failed.pk, seller, [[0] for _question in failed.sheet])
    begun = Regulation.objects.get(code="invoices")
    attempt = _attempt_of_every_kind(seller, begun)
    heard = Script.objects.filter(situation="cadence_top", sphere=None, segment=None).get()
    for back, mark in ((20, 0), (3, 1)):
        rows = [
            {"item": item, "mark": (mark + n) % 3, "note": "спросить день"}
            for n, item in enumerate(assessments.items(heard))
        ]
        sheet = assessments.Sheet(
            seller, begun, heard, today() - timedelta(days=back), "утро", rows, "Хорошее начало"
        )
        assessment = assessments.assess(head, sheet)
    weeks = onboarding.begin(head, seller, UserFactory(office=seller.office), today() - timedelta(days=16))
    onboarding.mark(seller, weeks, OnboardingStep.objects.filter(role=seller.role).first(), is_done=True)
    return {
        "course_code": Course.objects.order_by("order").first().code,
        "quiz_code": "key-client",
        "quiz_begun_code": attempt.version.regulation.code,
        "quiz_page": begun,
        "attempt": failed,
        "assessment": assessment,
        "onboarding": weeks,
        "heard": heard,
    }


def _attempt_of_every_kind(seller: User, page: Regulation) -> QuizAttempt:
    """An open attempt whose sheet has a question of each kind."""
    attempt = quizzes.start(seller, page)
    kinds = {one.kind: one for one in QuizQuestion.objects.filter(regulation=page)}
    attempt.sheet = [
        {
            "question": one.pk,
            "text": one.text,
            "kind": one.kind,
            "options": one.options,
            "right": one.right,
            "explanation": one.explanation,
        }
        for one in kinds.values()
    ]
    attempt.save(update_fields=["sheet"])
    return attempt
