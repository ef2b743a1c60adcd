"""The typology: spheres, their segments, and the portrait of one (DOMAIN.md 4.8)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from playbook import markdown
from playbook.models import OldType, Script, Segment, Sphere
from playbook.services import parameters
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.roles import Perm


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
