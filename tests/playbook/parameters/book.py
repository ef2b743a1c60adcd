"""The book about itself: reading, reviews, quizzes (source section 7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from playbook import progress
from playbook.models import Regulation, RegulationVersion
from playbook.services import acknowledgement, parameters, quiz, review
from salesdept.models import User
from tests.factories import UserFactory
from tests.playbook import training_cases
from tests.playbook.parameters.scenario import Scenario, at, back, months_after, working_days_after


def _newcomer() -> User:
    """Somebody who came after the book was loaded: the days to read are counted from the first one at work."""
    loaded = max(
        timezone.localdate(one) for one in RegulationVersion.objects.values_list("created_at", flat=True)
    )
    return UserFactory(date_joined=at(loaded + timedelta(days=30), 9))


def _days_to_read(user: User, day: date) -> int:
    waiting = acknowledgement.unread(user, day)[0]
    return working_days_after(timezone.localdate(user.date_joined), waiting.due_on)


def _months_to_review(world: Any, day: date) -> int | None:
    current = RegulationVersion.objects.in_force(day).get(regulation__code="claims")
    return months_after(timezone.localdate(current.created_at), review.review_of(current, day).due_on)


def _three_right_of_five(page: Regulation, day: date) -> bool | None:
    user = UserFactory()
    attempt = quiz.start(user, page)
    right = [one["right"] for one in attempt.sheet]
    return quiz.finish(attempt.pk, user, right[:3]).passed


def _asked(page: Regulation, day: date) -> int:
    return len(quiz.start(UserFactory(), page).sheet)


def _attempts(page: Regulation, day: date) -> int:
    current = quiz.version_in_force(page)
    assert current is not None
    return quiz.attempts_left(UserFactory(), current, parameters.in_force(day))


def _passed_in_spring() -> User:
    user = UserFactory()
    training_cases.attempt(user, training_cases.version(training_cases.page()), at(back(8), 12))
    return user


def _knows(user: User, day: date) -> str:
    cells = {cell.regulation.code: cell for cell in progress.of_person(user, day).cells}
    return cells["trial"].step.value


BOOK: dict[str, Scenario] = {
    "book.read_days": Scenario(3, _newcomer, _days_to_read, 5, 3, night=False),
    "book.review_months": Scenario(6, dict, _months_to_review, 12, 6, night=False),
    "quiz.pass_share": Scenario("0.50", training_cases.page, _three_right_of_five, False, True, night=False),
    "quiz.questions": Scenario(3, training_cases.page, _asked, 5, 3, night=False),
    "quiz.attempts_a_day": Scenario(1, training_cases.page, _attempts, 3, 1, night=False),
    "quiz.valid_months": Scenario(6, _passed_in_spring, _knows, "passed", "unread", night=False),
}
