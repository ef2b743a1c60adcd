"""The typology: spheres, their segments, and the portrait of one (DOMAIN.md 4.8)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from playbook import markdown
from playbook.models import Answer, AnswerRule, OldType, Question, Script, Segment, Sphere
from playbook.services import parameters
from playbook.typology import Proposal, Rule, propose
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import today
from salesdept.roles import Perm

MOST = 4  # segments shown


@needs(Perm.READ_BOOK)
def typology(request: PersonRequest) -> HttpResponse:
    """The five spheres and their segments."""
    context = {
        "spheres": Sphere.objects.prefetch_related("segments"),
        "old_types": OldType.objects.select_related("segment"),
    }
    return render(request, "playbook/typology.html", context)


@needs(Perm.READ_BOOK)
def segment(request: PersonRequest, code: str) -> HttpResponse:
    """The portrait of a segment: how to recognise it, what to ask, who decides, how to develop it."""
    shown = get_object_or_404(Segment.objects.select_related("sphere"), code=code)
    scripts = Script.objects.filter(segment=shown) | Script.objects.filter(sphere=shown.sphere)
    context = {
        "segment": shown,
        "portrait": markdown.render(shown.portrait, parameters.in_force(today())),
        "facts": shown.sphere.key_parameters.all(),
        "siblings": Segment.objects.filter(sphere=shown.sphere),
        "scripts": scripts.select_related("segment", "sphere"),
        "old_types": OldType.objects.filter(segment=shown),
    }
    return render(request, "playbook/segment.html", context)


@dataclass(frozen=True)
class Proposed:
    """A segment the answers speak for."""

    segment: Segment
    proposal: Proposal


@needs(Perm.READ_BOOK)
def identify(request: PersonRequest) -> HttpResponse:
    """Questions that tell the type of a client; the answers stand in the URL, the segments they speak for beside."""
    chosen = {
        int(one) for one in request.GET.getlist("answer") if one.isascii() and one.isdigit() and len(one) < 10
    }
    answers = Answer.objects.filter(pk__in=chosen, question__is_active=True).select_related("question")
    rules = AnswerRule.objects.filter(answer__in=answers).select_related("answer__question")
    found = propose(
        Rule(rule.answer.question.text, rule.answer.text, rule.segment_id, rule.weight) for rule in rules
    )
    segments = Segment.objects.select_related("sphere").in_bulk([one.segment for one in found])
    proposed = [Proposed(segments[one.segment], one) for one in found[:MOST]]
    spheres = {one.segment.sphere_id for one in proposed}
    questions = Question.objects.filter(is_active=True).prefetch_related("answers").select_related("sphere")
    context = {
        "questions": [one for one in questions if one.sphere_id is None or one.sphere_id in spheres],
        "chosen": chosen,
        "proposed": proposed,
    }
    template = "playbook/parts/identify_body.html" if wants_fragment(request) else "playbook/identify.html"
    return render(request, template, context)
