"""The quiz of a regulation: its rules, the questions on one page, and the result. Right answers stay here till the end."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from playbook.forms import quiz as forms
from playbook.models import QuizAttempt, Regulation
from playbook.progress import of_person
from playbook.services import parameters
from playbook.services import quiz as quizzes
from playbook.training_scope import watched
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.roles import Perm


@require_safe
@needs(Perm.READ_BOOK)
def quiz(request: PersonRequest, code: str) -> HttpResponse:
    """The questions of the open attempt, or the rules and the button that begins one."""
    return _page(request, get_object_or_404(Regulation, code=code))


@require_POST
@needs(Perm.READ_BOOK)
def start(request: PersonRequest, code: str) -> HttpResponseBase:
    """Begin an attempt, or go on with the open one."""
    regulation = get_object_or_404(Regulation, code=code)
    try:
        quizzes.start(request.user, regulation)
    except ValidationError as error:
        return _page(request, regulation, status=422, error=" ".join(error.messages))
    return redirect("playbook:quiz", code)


@require_POST
@needs(Perm.READ_BOOK)
def keep(request: PersonRequest, pk: int) -> HttpResponse:
    """Remember what is answered so far: a closed page loses nothing."""
    attempt = _own(request, pk)
    answers, _missing = forms.read(attempt.sheet, request.POST)
    quizzes.keep(pk, request.user, answers)
    return HttpResponse(status=204)


@require_POST
@needs(Perm.READ_BOOK)
def finish(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Count the answers. Questions left open come back marked, with everything that was answered."""
    attempt = _own(request, pk)
    regulation = attempt.version.regulation
    answers, missing = forms.read(attempt.sheet, request.POST)
    if missing and attempt.finished_at is None:
        questions = forms.shown(attempt.sheet, answers, request.POST, missing)
        return _page(request, regulation, status=422, questions=questions, missing=len(missing))
    try:
        quizzes.finish(pk, request.user, answers)
    except ValidationError as error:
        return _page(request, regulation, status=422, error=" ".join(error.messages))
    return redirect("playbook:attempt", pk)


@require_safe
@needs(Perm.READ_BOOK)
def attempt(request: PersonRequest, pk: int) -> HttpResponse:
    """The result of a finished attempt: for the person, and for whoever sees their training."""
    found = QuizAttempt.objects.select_related("version__regulation", "user")
    shown = get_object_or_404(found, pk=pk, user__in=watched(request.user), finished_at__isnull=False)
    values = parameters.in_force(today())
    is_own = shown.user_id == request.user.pk
    current = quizzes.version_in_force(shown.version.regulation)
    context = {
        "attempt": shown,
        "regulation": shown.version.regulation,
        "questions": forms.checked(shown.sheet, shown.answers),
        "right": sum(one.is_right for one in forms.checked(shown.sheet, shown.answers)),
        "needed": values["quiz.pass_share"],
        "left": quizzes.attempts_left(request.user, shown.version, values) if is_own else 0,
        "shows_right": shown.passed or not is_own,
        "is_own": is_own,
        "is_current": current is not None and current.pk == shown.version_id,
    }
    return render(request, "playbook/quiz/result.html", context)


def _page(request: PersonRequest, regulation: Regulation, *, status: int = 200, **more: Any) -> HttpResponse:
    version = quizzes.version_in_force(regulation)
    if version is None:
        raise Http404
    values = parameters.in_force(today())
    current = quizzes.open_attempt(request.user, version)
    cell = next(one for one in of_person(request.user, today()).cells if one.regulation == regulation)
    history = QuizAttempt.objects.filter(
        user=request.user, version__regulation=regulation, finished_at__isnull=False
    )
    context: dict[str, Any] = {
        "regulation": regulation,
        "version": version,
        "cell": cell,
        "attempt": current,
        "questions": forms.shown(current.sheet, current.answers) if current else [],
        "asked": min(values["quiz.questions"], regulation.questions.filter(is_active=True).count()),
        "needed": values["quiz.pass_share"],
        "months": values["quiz.valid_months"],
        "left": quizzes.attempts_left(request.user, version, values),
        "history": history.select_related("version").defer("sheet", "answers", "version__text")[:10],
    }
    return render(request, "playbook/quiz/quiz.html", context | more, status=status)


def _own(request: PersonRequest, pk: int) -> QuizAttempt:
    found = QuizAttempt.objects.select_related("version__regulation")
    return get_object_or_404(found, pk=pk, user=request.user)
