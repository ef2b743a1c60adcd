"""Scripts of calls by situation, and answers to objections."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from playbook.models import Objection, Script, Situation, Sphere
from salesdept.access import PersonRequest, needs
from salesdept.roles import Perm


@needs(Perm.READ_BOOK)
def scripts(request: PersonRequest) -> HttpResponse:
    """Scripts, narrowed to a situation and a sphere that the URL names."""
    situation = request.GET.get("situation", "")
    situation = situation if situation in Situation.values else ""
    sphere = next((one for one in _spheres() if one.code == request.GET.get("sphere")), None)
    found = Script.objects.select_related("sphere", "segment__sphere")
    if situation:
        found = found.filter(situation=situation)
    if sphere:
        found = found.filter(sphere=sphere) | found.filter(segment__sphere=sphere)
    order = {code: place for place, code in enumerate(Situation.values)}
    rows = sorted(
        found, key=lambda one: (order[one.situation], bool(one.sphere_id or one.segment_id), one.pk)
    )
    context: dict[str, Any] = {
        "groups": [
            {"label": Situation(code).label, "code": code, "scripts": list(some)}
            for code, some in groupby(rows, key=lambda one: one.situation)
        ],
        "situations": Situation.choices,
        "situation": situation,
        "spheres": _spheres(),
        "sphere": sphere,
    }
    return render(request, "playbook/scripts.html", context)


@needs(Perm.READ_BOOK)
def objections(request: PersonRequest) -> HttpResponse:
    """What clients say against, and what to answer."""
    return render(request, "playbook/objections.html", {"objections": Objection.objects.all()})


def _spheres() -> list[Sphere]:
    return list(Sphere.objects.all())
