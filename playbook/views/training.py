"""Training: one's own page, everybody's matrix, a person, a course. What to do next comes first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from playbook import courses, onboarding
from playbook.models import Assessment, Course, QuizAttempt
from playbook.progress import Cell, Mark, Progress, Row, Step, of_person, progress
from playbook.services import parameters
from playbook.training_scope import assessable, sees_others, watched
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import today
from salesdept.models import Office
from salesdept.roles import Perm, Role, has_perm

HISTORY = 20  # attempts and assessments shown of a person


@dataclass(frozen=True)
class Point:
    """An assessment in the picture of the trend, in its units."""

    x: str
    y: str
    assessment: Assessment


@require_safe
@needs(Perm.READ_BOOK)
def mine(request: PersonRequest) -> HttpResponse:
    """What I have to pass, my courses, my first weeks and my newcomers."""
    user, day = request.user, today()
    row = of_person(user, day)
    plans = onboarding.plans(onboarding.visible_to(user), day)
    context = {
        "row": row,
        "todo": [cell for cell in _by_need(row) if not cell.is_done],
        "known": [cell for cell in row.required if cell.is_done],
        "walks": courses.walks([one for one in _courses() if courses.is_for(one, user)], row),
        "unseen": Assessment.objects.filter(user=user, seen_at=None).select_related("assessor", "regulation"),
        "own_plan": next((plan for plan in plans if plan.onboarding.user_id == user.pk), None),
        "newcomers": [plan for plan in plans if plan.onboarding.user_id != user.pk and not plan.is_over],
        "sees_others": sees_others(user),
        "may_assess": has_perm(user, Perm.ASSESS),
        "today": day,
    }
    return render(request, "playbook/training/mine.html", context)


@require_safe
@needs(Perm.SEE_TRAINING, Perm.SEE_OFFICE_TRAINING)
def matrix(request: PersonRequest) -> HttpResponse:
    """Person × regulation, narrowed by the URL; for HTMX the part below the filters."""
    chosen = {key: request.GET.get(key, "") for key in ("role", "office", "look")}
    people = watched(request.user)
    if chosen["role"] in Role.values:
        people = people.filter(role=chosen["role"])
    if chosen["office"]:
        people = people.filter(office__code=chosen["office"])
    found = progress(list(people.order_by("office_id", "last_name", "first_name", "pk")), today())
    found = _narrowed(found, chosen["look"])
    context = {
        "progress": found,
        "legend": _legend(found.totals()),
        "chosen": chosen,
        "roles": Role.choices,
        "offices": Office.objects.all() if has_perm(request.user, Perm.SEE_TRAINING) else [],
        "looks": [*Step.choices, *((one.value, one.label) for one in Mark if one)],
        "is_narrowed": any(chosen.values()),
    }
    part = "matrix_body" if wants_fragment(request) else "matrix"
    return render(request, f"playbook/training/{part}.html", context)


@require_safe
@needs(Perm.READ_BOOK)
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """Everything about one person's training: regulations, attempts, assessments, first weeks."""
    shown = get_object_or_404(watched(request.user), pk=pk)
    day = today()
    row = of_person(shown, day)
    attempts = QuizAttempt.objects.filter(user=shown, finished_at__isnull=False)
    assessments = Assessment.objects.filter(user=shown).select_related("assessor", "regulation", "script")
    recent = list(assessments[:HISTORY])
    needed = parameters.value("quiz.pass_share", day)
    context = {
        "person": shown,
        "row": row,
        "quizzes": _by_need(row),
        "attempts": _light(attempts)[:HISTORY],
        "assessments": recent,
        "trend": _trend(recent, needed),
        "needed": needed,
        "plan": next(
            iter(onboarding.plans(onboarding.visible_to(request.user).filter(user=shown), day)), None
        ),
        "is_own": shown.pk == request.user.pk,
        "may_assess": assessable(request.user).filter(pk=shown.pk).exists(),
        "sees_others": sees_others(request.user),
        "today": day,
    }
    return render(request, "playbook/training/person.html", context)


@require_safe
@needs(Perm.READ_BOOK)
def course(request: PersonRequest, code: str) -> HttpResponse:
    """The pages of a course in their order, each with one's state, and the next step."""
    shown = get_object_or_404(_courses(), code=code)
    walk = courses.walks([shown], of_person(request.user, today()))[0]
    others = [one for one in _courses() if courses.is_for(one, request.user) and one != shown]
    return render(request, "playbook/training/course.html", {"walk": walk, "course": shown, "others": others})


def _courses() -> QuerySet[Course]:
    return Course.objects.prefetch_related("pages__regulation")


def _light(attempts: QuerySet[QuizAttempt]) -> QuerySet[QuizAttempt]:
    return attempts.select_related("version__regulation").defer(
        "sheet", "answers", "version__text", "version__search", "version__regulation__search"
    )


def _by_need(row: Row) -> list[Cell]:
    """What the person must know: failed, stale, open, then done; inside each as in the book."""

    def need(cell: Cell) -> int:
        if cell.mark:
            return 0 if cell.mark == Mark.FAILED else 1
        return 3 if cell.is_done else 2

    return sorted(row.required, key=need)


def _narrowed(found: Progress, look: str) -> Progress:
    """Only people who have such a cell (by the URL), and only regulations somebody there must know."""
    rows = [row for row in found.rows if row.required and (not look or row.count(look))]
    kept = [n for n, _one in enumerate(found.regulations) if any(row.cells[n].is_required for row in rows)]
    narrowed = [Row(row.person, [row.cells[n] for n in kept]) for row in rows]
    return Progress(found.day, [found.regulations[n] for n in kept], narrowed)


def _legend(totals: dict[str, int]) -> list[dict[str, Any]]:
    names = dict([*Step.choices, *((one.value, one.label) for one in Mark if one)])
    return [{"look": look, "name": names[look], "count": count} for look, count in totals.items()]


def _trend(recent: list[Assessment], needed: Decimal) -> dict[str, Any] | None:
    """Points of the picture in a box of 300 × 60, oldest first; nothing to draw of fewer than two."""
    if len(recent) < 2:
        return None
    step = Decimal(280) / (len(recent) - 1)
    points = [
        Point(f"{10 + step * n:.1f}", f"{55 - one.score * 50:.1f}", one)
        for n, one in enumerate(reversed(recent))
    ]
    return {
        "points": points,
        "line": " ".join(f"{point.x},{point.y}" for point in points),
        "needed": f"{55 - needed * 50:.1f}",
        "first": recent[-1],
        "last": recent[0],
    }
