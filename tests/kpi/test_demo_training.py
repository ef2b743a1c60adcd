"""Training in the demonstration: every state is somewhere, and nothing lies in its future."""

from __future__ import annotations

import random
from datetime import date

import pytest
from django.utils import timezone

from kpi.demo.people import make_staff
from kpi.demo.training import load_training
from playbook import onboarding, quiz
from playbook.models import Assessment, Onboarding, QuizAttempt
from playbook.progress import progress
from playbook.services.assessment import score
from salesdept.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "until", [date(2026, 11, 24), date(2026, 11, 29), date(2027, 1, 4), date(2026, 2, 28)]
)  # a Tuesday, a Sunday, the New Year's holidays, a short month
def test_no_screen_of_training_is_empty(until: date) -> None:
    load_training(make_staff(), until, random.Random(until.toordinal()))
    found = progress(list(User.objects.order_by("pk")), until)
    totals = found.totals()
    assert totals["passed"] > totals["failed"] + totals["stale"] > 0
    assert all(totals[look] for look in ("unread", "passed", "applied", "failed", "stale"))
    for attempt in QuizAttempt.objects.all():
        result = quiz.score(attempt.sheet, attempt.answers)
        assert attempt.score == result.share
        assert attempt.finished_at
        assert timezone.localdate(attempt.finished_at) <= until
    assert (
        QuizAttempt.objects.filter(passed=True).count() > 4 * QuizAttempt.objects.filter(passed=False).count()
    )
    for sheet in Assessment.objects.all():
        assert sheet.score == score(sheet.marks)
        assert sheet.on <= until
    assert Assessment.objects.filter(seen_at=None).exists()
    (plan,) = onboarding.plans(Onboarding.objects.select_related("user"), until)
    assert plan.week == 3
    assert plan.late
    assert 0 < plan.done < plan.total
    assert plan.onboarding.mentor.office == plan.onboarding.user.office


def test_the_same_date_gives_the_same_training() -> None:
    def made() -> list[object]:
        User.objects.all().delete()
        load_training(make_staff(), date(2026, 11, 24), random.Random(1))
        attempts = QuizAttempt.objects.order_by("pk").values_list(
            "user__email", "started_at", "answers", "score"
        )
        return [*attempts, *Assessment.objects.order_by("pk").values_list("user__email", "on", "marks")]

    QuizAttempt.objects.all().delete()
    first = made()
    Assessment.objects.all().delete()
    Onboarding.objects.all().delete()
    assert made() == first
