"""What people of the demonstration learned: answers to the book's questions, calls assessed, one newcomer."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from playbook import markdown, quiz
from playbook.models import (
    Assessment,
    Onboarding,
    OnboardingDone,
    OnboardingStep,
    QuizAttempt,
    QuizQuestion,
    Regulation,
    RegulationVersion,
    Script,
    Situation,
)
from playbook.services import parameters
from playbook.services.assessment import FULL, items, score
from salesdept.dates import add_months, roll_to_working_day
from salesdept.models import User
from salesdept.roles import Role

_MOSCOW = ZoneInfo("Europe/Moscow")
_NEWCOMER, _MENTOR = "igor.belov", "maya.safina"
_WEEKS_OVER = 2  # the newcomer is in the third week
_KNOWS = 0.86  # share of regulations that an old hand has passed
_FAILED, _UNTRIED = 0.05, 0.06
# Situations heard, and the regulation each of them shows at work.
_HEARD = (
    (Situation.CADENCE_TOP, "active-base"),
    (Situation.INVOICE, "invoices"),
    (Situation.LEAD, "leads"),
    (Situation.EXPECTED_ORDER, "active-base"),
)
_CALLS = (
    "разговор с ТОР-клиентом, утро",
    "звонок по счёту",
    "первый разговор с обращением",
    "ожидаемый заказ",
)
_FEEDBACK = (
    "Начало уверенное: повод назван сразу, клиент понимает, зачем звонок. В конце не хватило дня следующего шага — договорённость без даты теряется.",
    "Про оплату спросили прямо, и клиент ответил прямо. В следующий раз уточните, кто подписывает счёт.",
    "Хорошо слушаете и не перебиваете. Вопросы, по которым виден сегмент, задавайте до цены, а не после.",
    "Ритм клиента знаете. Предложите то, чего он не берёт: вопрос про бейсболки сам просился.",
)
_PRAISE = "Всё по сценарию, договорённость с датой записана. Так и держать."
_ALMOST = Decimal("0.95")
_NOTES = ("спросить день", "сказано вскользь", "не прозвучало", "дождаться ответа")


def load_training(staff: dict[str, list[User]], until: date, rnd: random.Random) -> None:
    """Attempts, assessments and a newcomer in the third week, up to the demonstration's date."""
    _attempts(staff, until, rnd)
    _assessments(staff, until, rnd)
    _newcomer(staff, until)


def _attempts(staff: dict[str, list[User]], until: date, rnd: random.Random) -> None:
    """Most regulations are passed, a few are not, one pass is too old; the newcomer has just begun."""
    values = parameters.in_force(until)
    versions = {one.regulation_id: one for one in RegulationVersion.objects.in_force(until).defer("text")}
    banks: dict[int, list[quiz.Asked]] = {}
    for one in QuizQuestion.objects.filter(is_active=True):
        asked = quiz.Asked(one.pk, one.kind, one.text, one.options, one.right, one.explanation)
        banks.setdefault(one.regulation_id, []).append(asked)
    pages = [one for one in Regulation.objects.defer("search") if one.pk in versions and one.pk in banks]
    rows: list[QuizAttempt] = []
    too_old = add_months(until, -int(values["quiz.valid_months"])) - timedelta(days=20)
    for person in (one for people in staff.values() for one in people):
        for number, page in enumerate(page for page in pages if person.role in page.readers):
            sheet = quiz.draw(
                banks[page.pk], values["quiz.questions"], rnd, lambda words: markdown.filled(words, values)
            )
            day, is_good = _how(person, number, until, rnd)
            if day is None:
                continue
            if (person.role, number) == (Role.SENIOR_MANAGER, 1):
                day = too_old
            rows.append(_attempt(person, versions[page.pk], sheet, _worked(day, until), is_good, values, rnd))
    QuizAttempt.objects.bulk_create(rows)


def _how(person: User, number: int, until: date, rnd: random.Random) -> tuple[date | None, bool]:
    """When the person answered and whether it was enough; nothing for a quiz not tried yet."""
    luck, back = rnd.random(), rnd.randint(15, 300)
    if person.email.startswith(_NEWCOMER):
        return (until - timedelta(days=2 + number), number != 1) if number < 4 else (None, False)
    if (person.role, number) in ((Role.SERVICE_MANAGER, 0), (Role.SENIOR_MANAGER, 1)):
        return until - timedelta(days=back), True
    if person.email.startswith("oleg.troshin") and number == 3:  # somebody always has one to try again
        return until - timedelta(days=4), False
    if luck < _UNTRIED:
        return None, False
    return until - timedelta(days=back), luck >= _UNTRIED + _FAILED


def _attempt(
    person: User,
    version: RegulationVersion,
    sheet: list[dict[str, Any]],
    day: date,
    is_good: bool,
    values: parameters.Parameters,
    rnd: random.Random,
) -> QuizAttempt:
    """An attempt with its answers: a good one has at most one wrong, a bad one half of them."""
    wrong = rnd.choice((0, 0, 1)) if is_good else (len(sheet) + 1) // 2
    answers = [_answer(one, place >= wrong) for place, one in enumerate(sheet)]
    result = quiz.score(sheet, answers)
    begun = datetime.combine(day, time(10, rnd.randint(0, 59)), _MOSCOW)
    return QuizAttempt(
        version=version,
        user=person,
        started_at=begun,
        finished_at=begun + timedelta(minutes=rnd.randint(3, 9)),
        sheet=sheet,
        answers=answers,
        score=result.share,
        passed=result.passes(values["quiz.pass_share"]),
    )


def _worked(day: date, until: date) -> date:
    """A working day near the day, not after the demonstration's date."""
    return min(roll_to_working_day(day), until)


def _answer(question: dict[str, Any], is_right: bool) -> list[Any]:
    right = question["right"]
    if question["kind"] == quiz.TEXT:
        return [right[0] if is_right else "не помню"]
    if is_right:
        return list(right)
    if question["kind"] == quiz.ORDER:
        return list(reversed(right))
    return [next(place for place in range(len(question["options"])) if place not in right)]


def _assessments(staff: dict[str, list[User]], until: date, rnd: random.Random) -> None:
    """Each manager was heard a few times, better each time; the last sheet of the first one is not read yet."""
    pages = {one.code: one for one in Regulation.objects.defer("search")}
    scripts = {one.situation: one for one in Script.objects.filter(sphere=None, segment=None)}
    people = [*staff[Role.SERVICE_MANAGER], *staff[Role.DEVELOPMENT_MANAGER]]
    assessors = [staff[Role.SENIOR_MANAGER][0], staff[Role.SALES_HEAD][0]]
    rows = []
    for number, person in enumerate(people):
        times = 1 if person.email.startswith(_NEWCOMER) else 4 - number % 2
        for turn in range(times):
            situation, code = _HEARD[(number + turn) % len(_HEARD)]
            texts = items(scripts[situation])
            skill = 0.5 + 0.13 * turn + rnd.uniform(0, 0.2)
            marks = [_marked(text, skill, rnd) for text in texts]
            day = _worked(until - timedelta(days=8 + 26 * (times - 1 - turn) + number), until)
            is_news = turn == times - 1 and number in (0, len(people) - 1)
            rows.append(
                Assessment(
                    user=person,
                    assessor=assessors[(number + turn) % 2],
                    regulation=pages[code],
                    script=scripts[situation],
                    on=day,
                    about=_CALLS[(number + turn) % len(_CALLS)],
                    marks=marks,
                    score=score(marks),
                    feedback=_PRAISE
                    if score(marks) >= _ALMOST
                    else _FEEDBACK[(number + turn) % len(_FEEDBACK)],
                    seen_at=None if is_news else datetime.combine(day, time(17), _MOSCOW),
                )
            )
    Assessment.objects.bulk_create(rows)


def _marked(text: str, skill: float, rnd: random.Random) -> dict[str, Any]:
    mark = FULL if rnd.random() < skill else rnd.choice((0, 1, 1))
    return {"item": text, "mark": mark, "note": rnd.choice(_NOTES) if mark < FULL else ""}


def _newcomer(staff: dict[str, list[User]], until: date) -> None:
    """The third week: everything of the first is done, one step of the second is late, the third has begun."""
    people = {one.email.partition("@")[0]: one for some in staff.values() for one in some}
    person, mentor = people[_NEWCOMER], people[_MENTOR]
    monday = until - timedelta(days=until.weekday())
    begun = Onboarding.objects.create(
        user=person, mentor=mentor, starts=monday - timedelta(weeks=_WEEKS_OVER)
    )
    steps = list(OnboardingStep.objects.filter(role=person.role).order_by("week", "order", "pk"))
    over = [step for step in steps if step.week <= _WEEKS_OVER]
    late = over[-1:]
    now = [step for step in steps if step.week == _WEEKS_OVER + 1][:1]
    OnboardingDone.objects.bulk_create(
        OnboardingDone(onboarding=begun, step=step, by=mentor if place % 3 == 2 else person, at=_done_at(begun, step))
        for place, step in enumerate([*[one for one in over if one not in late], *now])
    )  # fmt: skip


def _done_at(begun: Onboarding, step: OnboardingStep) -> datetime:
    """Within the step's week: a plan is followed."""
    day = begun.starts + timedelta(weeks=step.week - 1, days=step.order % 3)
    return datetime.combine(min(day, begun.starts + timedelta(weeks=_WEEKS_OVER)), time(16), _MOSCOW)
