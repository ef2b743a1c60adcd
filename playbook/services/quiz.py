"""An attempt at a quiz: begun, kept while it is answered, finished once (source section 7).

Only the version in force is asked. ValidationError says in words why something may not be.
"""

from __future__ import annotations

import random
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from playbook import markdown, quiz
from playbook.models import QuizAttempt, QuizQuestion, Regulation, RegulationVersion
from playbook.services import parameters
from playbook.services.parameters import Parameters
from salesdept.dates import today
from salesdept.models import User

_dice = random.SystemRandom()  # what will be asked is not to be foretold


def version_in_force(regulation: Regulation) -> RegulationVersion | None:
    """The version that a quiz asks about today."""
    return regulation.versions.in_force(today()).first()


def open_attempt(user: User, version: RegulationVersion) -> QuizAttempt | None:
    """The attempt the person has begun and not finished."""
    return QuizAttempt.objects.filter(user=user, version=version, finished_at=None).first()


def attempts_left(user: User, version: RegulationVersion, values: Parameters) -> int:
    """Attempts that may still be begun today at this version's quiz."""
    begun = QuizAttempt.objects.filter(user=user, version=version, started_at__date=today()).count()
    return max(int(values["quiz.attempts_a_day"]) - begun, 0)


@transaction.atomic
def start(user: User, regulation: Regulation) -> QuizAttempt:
    """The open attempt, or a new one. Two starts at once make one: the person's row is locked."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    version = version_in_force(regulation)
    if version is None:
        raise ValidationError(_("Nothing of this regulation is in force yet, so there is nothing to ask."))
    if found := open_attempt(user, version):
        return found
    values = parameters.in_force(today())
    if not attempts_left(user, version, values):
        raise ValidationError(
            _(
                "No attempts are left today: the book gives %(count)s a day. Read the page again; tomorrow is another day."
            )
            % {"count": values["quiz.attempts_a_day"]}
        )
    bank = _bank(regulation)
    if not bank:
        raise ValidationError(_("There are no questions about this regulation yet."))
    # An attempt begun at a version that no longer holds can never be finished.
    QuizAttempt.objects.filter(user=user, version__regulation=regulation, finished_at=None).delete()
    sheet = quiz.draw(bank, values["quiz.questions"], _dice, lambda words: markdown.filled(words, values))
    return QuizAttempt.objects.create(version=version, user=user, started_at=timezone.now(), sheet=sheet)


@transaction.atomic
def keep(pk: int, user: User, answers: list[Any]) -> QuizAttempt:
    """Remember answers given so far; a finished attempt stays as it is."""
    attempt = _locked(pk, user)
    if attempt.finished_at is None and attempt.answers != answers:
        attempt.answers = answers
        attempt.save(update_fields=["answers"])
    return attempt


@transaction.atomic
def finish(pk: int, user: User, answers: list[Any]) -> QuizAttempt:
    """Count the answers and close the attempt; one that is closed already is returned untouched."""
    attempt = _locked(pk, user)
    if attempt.finished_at is not None:
        return attempt
    current = version_in_force(attempt.version.regulation)
    if current is None or current.pk != attempt.version_id:
        raise ValidationError(
            _("A new version of the regulation is in force: read it and begin the questions anew.")
        )
    result = quiz.score(attempt.sheet, answers)
    attempt.answers, attempt.score = answers, result.share
    attempt.passed = result.passes(parameters.value("quiz.pass_share", today()))
    attempt.finished_at = timezone.now()
    attempt.save(update_fields=["answers", "score", "passed", "finished_at"])
    return attempt


def _bank(regulation: Regulation) -> list[quiz.Asked]:
    rows = QuizQuestion.objects.filter(regulation=regulation, is_active=True)
    return [quiz.Asked(one.pk, one.kind, one.text, one.options, one.right, one.explanation) for one in rows]


def _locked(pk: int, user: User) -> QuizAttempt:
    """The person's own attempt, changed by nobody else until the end."""
    found = QuizAttempt.objects.select_for_update(of=("self",)).select_related("version__regulation")
    return found.get(pk=pk, user=user)
