"""What search looks through: one SQL list of texts with their vectors, and how each kind is shown when found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from playbook.markdown import plain
from playbook.models import (
    Job,
    KeyParameter,
    Objection,
    Question,
    RegulationVersion,
    Script,
    Segment,
)
from playbook.services import parameters
from playbook.services.parameters import Parameters
from salesdept.roles import Role

# The few short texts without a stored vector get theirs here; lower case and ё = е as in `models.search`.
_VECTOR = """setweight(
    to_tsvector('russian'::regconfig, translate(lower({text} COLLATE "default"), 'Ёё', 'ее'))
    || to_tsvector('simple'::regconfig, translate(lower({text} COLLATE "default"), 'Ёё', 'ее')), '{weight}')"""


def _vector(text: str, weight: str) -> str:
    return _VECTOR.format(text=f"({text})", weight=weight)


TEXTS = f"""
    held AS (
        SELECT DISTINCT ON (regulation_id) id, regulation_id, search FROM playbook_regulationversion
        WHERE state = 'approved' AND in_force_from <= %(day)s
        ORDER BY regulation_id, in_force_from DESC, number DESC
    ), spheres AS (
        SELECT id, {_vector("name", "B")} || {
    _vector("needs::text || ' ' || steps::text || ' ' || product_knowledge::text", "D")
} AS words
        FROM playbook_sphere
    ), duties AS (
        SELECT job_id, {_vector("string_agg(text, ' ')", "C")} AS words FROM playbook_duty GROUP BY job_id
    ), texts AS (
        SELECT 'regulation' AS kind, v.id, r.search || v.search AS words, r."order" AS place
        FROM held v JOIN playbook_regulation r ON r.id = v.regulation_id
        UNION ALL SELECT 'segment', g.id, g.search || g.search_body || s.words, g."order"
        FROM playbook_segment g JOIN spheres s ON s.id = g.sphere_id
        UNION ALL SELECT 'script', id, search || search_body, 0 FROM playbook_script
        UNION ALL SELECT 'objection', id, search || search_body, "order" FROM playbook_objection
        UNION ALL SELECT 'job', j.id, j.search || j.search_body || {_vector("n.name", "A")}
            || coalesce(d.words, ''::tsvector), j."order"
        FROM playbook_job j JOIN unnest(%(roles)s::text[], %(names)s::text[]) AS n(role, name) USING (role)
        LEFT JOIN duties d ON d.job_id = j.id
        UNION ALL SELECT 'parameter', id, {_vector("name", "A")} || {
    _vector("question || ' ' || options::text", "C")
}, "order" FROM playbook_keyparameter
        UNION ALL SELECT 'question', q.id, {_vector("q.text", "A")} || coalesce(
            (SELECT {
    _vector("string_agg(a.text, ' ')", "C")
} FROM playbook_answer a WHERE a.question_id = q.id),
            ''::tsvector), q."order"
        FROM playbook_question q WHERE q.is_active
    )
"""  # noqa: S608 - of our own constants; values are always parameters


def text_params(day: date) -> dict[str, Any]:
    """What TEXTS asks for: the day, and how roles are called."""
    return {"day": day, "roles": list(Role.values), "names": [str(name) for name in Role.labels]}


@dataclass(frozen=True)
class Found:
    """A place of the book before marking."""

    kind: str
    label: str
    title: str
    text: str
    url: str


def load(keys: list[tuple[str, int]], day: date) -> list[Found]:
    """What was found, in the order of `keys`: a query for each kind that is there, and one for the values."""
    values = parameters.in_force(day)
    loaded: dict[tuple[str, int], Found] = {}
    for kind, (rows, show) in _SHOWN.items():
        if pks := [pk for one, pk in keys if one == kind]:
            for row in rows().filter(pk__in=pks):
                loaded[kind, row.pk] = show(row, values)
    return [loaded[key] for key in keys if key in loaded]


def line(one: object) -> str:
    """A line of a list of the book: a sentence, or an object whose values are sentences."""
    if isinstance(one, dict):
        return " ".join(str(value) for value in one.values() if isinstance(value, str))
    return str(one)


def _joined(*sentences: str) -> str:
    return " · ".join(one for one in sentences if one)


def _regulation(version: RegulationVersion, values: Parameters) -> Found:
    page = version.regulation
    body = f"{page.summary} {plain(version.text, values)}"
    url = reverse("playbook:regulation", args=[page.code])
    return Found("regulation", page.section, page.title, body, url)


def _segment(segment: Segment, values: Parameters) -> Found:
    sphere = segment.sphere
    lists = [segment.signs, segment.questions, segment.decision_makers, segment.problems]
    lists += [segment.product_knowledge, sphere.product_knowledge, sphere.needs, sphere.steps]
    lines = [line(one) for some in lists for one in some]
    body = _joined(plain(segment.portrait, values), segment.consumption, *lines)
    url = reverse("playbook:segment", args=[segment.code])
    return Found("segment", sphere.name, segment.name, body, url)


def _script(script: Script, values: Parameters) -> Found:
    scope = str(script.segment or script.sphere or "")
    label = _joined(str(script.get_situation_display()), scope)
    body = " ".join(line(one) for one in (*script.steps, *script.offers))
    return Found("script", label, script.title, body, f"{reverse('playbook:scripts')}#s-{script.pk}")


def _objection(one: Objection, values: Parameters) -> Found:
    return Found("objection", "", one.says, one.answer, f"{reverse('playbook:objections')}#o-{one.code}")


def _job(job: Job, values: Parameters) -> Found:
    duties = [duty.text for duty in job.duties.all()]
    body = _joined(job.mission, plain(job.description, values), *duties, plain(job.profile, values))
    url = reverse("playbook:job", args=[job.role])
    return Found("job", "", str(job.get_role_display()), body, url)


def _parameter(one: KeyParameter, values: Parameters) -> Found:
    """A key parameter is read where its sphere is described."""
    body = _joined(one.question, ", ".join(str(option) for option in one.options))
    url = f"{reverse('playbook:typology')}#{one.sphere.code}"
    return Found("parameter", one.sphere.name, one.name, body, url)


def _question(one: Question, values: Parameters) -> Found:
    body = _joined(*(answer.text for answer in one.answers.all()))
    label = one.sphere.name if one.sphere else ""
    return Found("question", label, one.text, body, reverse("playbook:identify"))


_SHOWN: dict[str, tuple[Callable[[], Any], Callable[[Any, Parameters], Found]]] = {
    "regulation": (lambda: RegulationVersion.objects.select_related("regulation"), _regulation),
    "segment": (lambda: Segment.objects.select_related("sphere"), _segment),
    "script": (lambda: Script.objects.select_related("sphere", "segment"), _script),
    "objection": (Objection.objects.all, _objection),
    "job": (lambda: Job.objects.prefetch_related("duties"), _job),
    "parameter": (lambda: KeyParameter.objects.select_related("sphere"), _parameter),
    "question": (lambda: Question.objects.select_related("sphere").prefetch_related("answers"), _question),
}
