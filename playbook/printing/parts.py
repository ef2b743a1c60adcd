"""The parts of the printed book: regulations by chapter, typology, scripts, objections, job descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from playbook.chapters import CHAPTERS, chapter_of
from playbook.models import Job, Objection, RegulationVersion, Script, Segment, Situation
from playbook.printing import Section, Sheet, sheet_of
from playbook.printing.nodes import Node, heading, items, nodes, par, strong, table
from playbook.search import line
from playbook.services import parameters
from playbook.services.parameters import Parameters
from playbook.templatetags.book import FACTS

_FACT = re.compile(r"\{\s*(\w+)\s*\}")


def sections(day: date) -> list[Section]:
    """Everything in force on the day; parts without a page are left out."""
    values = parameters.in_force(day)
    found = [
        *_regulations(day),
        Section(_("Client typology"), _segments(values), flows=True),
        Section(_("Scripts"), _scripts(), flows=True),
        Section(_("Objections"), _objections(), flows=True),
        Section(_("Job descriptions"), _jobs(values)),
    ]
    return [one for one in found if one.pages]


def _regulations(day: date) -> list[Section]:
    held = RegulationVersion.objects.in_force(day).select_related("regulation").prefetch_related("values")
    versions = sorted(held, key=lambda one: (one.regulation.order, one.regulation.pk))
    return [
        Section(
            str(chapter.title),
            [sheet_of(one, day) for one in versions if chapter_of(one.regulation.code) == chapter],
        )
        for chapter in CHAPTERS
    ]


def _segments(values: Parameters) -> list[Sheet]:
    found = Segment.objects.select_related("sphere").prefetch_related("sphere__key_parameters")
    return [Sheet(one.name, one.sphere.name, _portrait(one, values)) for one in found]


def _portrait(segment: Segment, values: Parameters) -> list[Node]:
    sphere = segment.sphere
    facts = [
        [one.name, _answers(one.options) or str(one.get_kind_display())]
        for one in sphere.key_parameters.all()
    ]
    body = nodes(segment.portrait, values)
    if segment.consumption:
        body += [heading(_("How they use the product")), par(segment.consumption)]
    for title, lines in (
        (_("Visible signs"), segment.signs),
        (_("What to ask"), segment.questions),
        (_("Who decides"), segment.decision_makers),
        (_("Typical problems"), segment.problems),
        (_("What we need to have"), sphere.needs),
        (_("Development steps"), sphere.steps),
        (_("What to know of the product"), [*sphere.product_knowledge, *segment.product_knowledge]),
    ):
        if lines:
            body += [heading(title), items(line(one) for one in lines)]
    if facts:
        body += [heading(_("Key parameters")), table([_("What to find out"), _("Answer")], facts)]
    return body


def _answers(options: Iterable[object]) -> str:
    return ", ".join(str(one) for one in options)


def _scripts() -> list[Sheet]:
    order = {code: place for place, code in enumerate(Situation.values)}
    found = sorted(
        Script.objects.select_related("sphere", "segment"),
        key=lambda one: (order[one.situation], bool(one.sphere_id or one.segment_id), one.pk),
    )
    return [
        Sheet(str(Situation(code).label), "", [node for one in some for node in _script(one)])
        for code, some in groupby(found, key=lambda one: one.situation)
    ]


def _script(script: Script) -> list[Node]:
    scope = script.segment or script.sphere
    title = f"{script.title} · {scope}" if scope else script.title
    body = [heading(title), items((_step(one) for one in script.steps), numbered=True)]
    offers = [
        f"{one.get('title', '')}. {one.get('text', '')}" if isinstance(one, dict) else str(one)
        for one in script.offers
    ]
    return body + ([par(strong(_("Ready offers"))), items(_filled(one) for one in offers)] if offers else [])


def _step(step: object) -> list[Node]:
    if not isinstance(step, dict):
        return [par(_filled(str(step)))]
    body = [par(_filled(str(step["text"])))] if step.get("text") else []
    if step.get("say"):
        body.append({"k": "quote", "c": [par(f"«{_filled(str(step['say']))}»")]})
    branches = [one for one in step.get("branches", []) if isinstance(one, dict)]
    if branches:
        body.append(items(f"{one.get('if', '')} → {_filled(str(one.get('then', '')))}" for one in branches))
    return body


def _filled(text: str) -> str:
    """Places of facts about the client in words."""
    return _FACT.sub(lambda match: f"[{FACTS.get(match[1], match[1])}]", text)


def _objections() -> list[Sheet]:
    body: list[Node] = []
    for one in Objection.objects.all():
        body.append(heading(f"«{one.says}»"))
        body += [par(_filled(part)) for part in one.answer.split("\n") if part.strip()]
    return [Sheet(_("Objections"), _("what clients say and what to answer"), body)] if body else []


def _jobs(values: Parameters) -> list[Sheet]:
    sheets = []
    for job in Job.objects.prefetch_related("duties"):
        body = [par(strong(job.mission)), *nodes(job.description, values)]
        duties = [[one.text, str(one.get_rhythm_display())] for one in job.duties.all()]
        if duties:
            body += [heading(_("Regular duties")), table([_("Duty"), _("How often")], duties)]
        body += [heading(_("Profile of a candidate")), *nodes(job.profile, values)]
        sheets.append(Sheet(str(job.get_role_display()), _("Job description"), body))
    return sheets
