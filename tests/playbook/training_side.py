"""Objects of a person's training for the access test: attempts, sheets and first weeks of somebody."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from playbook.models import (
    Assessment,
    Course,
    Onboarding,
    OnboardingStep,
    QuizAttempt,
    RegulationVersion,
)
from salesdept.dates import today
from salesdept.models import User


def training_things(user: User, other: User, version: RegulationVersion) -> dict[str, Any]:
    """One finished and one open attempt, a sheet about the person and one the person wrote, first weeks."""
    now = timezone.now()
    sheet = [{"question": 0, "text": "?", "kind": "text", "options": [], "right": ["а"], "explanation": ""}]
    common: dict[str, Any] = {"version": version, "user": user, "started_at": now, "sheet": sheet}
    about: dict[str, Any] = {"regulation": version.regulation, "on": today(), "score": 1, "marks": []}
    Course.objects.get_or_create(code="everybody", defaults={"title": "Для всех"})
    return {
        "person": user,
        "attempt_done": QuizAttempt.objects.create(**common, finished_at=now, score=0, passed=False),
        "attempt_open": QuizAttempt.objects.create(**common),
        "assessment": Assessment.objects.create(user=user, assessor=other, **about),
        "given_assessment": Assessment.objects.create(user=other, assessor=user, **about),
        "onboarding": Onboarding.objects.create(user=user, mentor=other, starts=today()),
        "step": OnboardingStep.objects.create(role=user.role, week=1, title="Осмотреться в отделе"),
        "course_code": "everybody",
    }
