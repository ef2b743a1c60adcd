"""Reading the book: regulations with the values in force, and the typology."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from playbook.markdown import render as render_markdown
from playbook.markdown import shown
from playbook.models import RegulationVersion, Sphere
from playbook.parameters import DEFINITIONS
from playbook.services import parameters
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.roles import Perm


@needs(Perm.READ_BOOK)
def index(request: PersonRequest) -> HttpResponse:
    """Every regulation in force, or those whose text has what is looked for."""
    current = RegulationVersion.objects.in_force(today()).values("pk")
    versions = RegulationVersion.objects.filter(pk__in=current).select_related("regulation")
    text = request.GET.get("text", "").strip()
    if text:
        versions = versions.filter(
            Q(text__search=text) | Q(text__icontains=text) | Q(regulation__title__icontains=text)
        )
    context = {"versions": versions.order_by("regulation__order"), "text": text}
    return render(request, "playbook/index.html", context)


@needs(Perm.READ_BOOK)
def regulation(request: PersonRequest, code: str) -> HttpResponse:
    """One regulation as it is in force today, with its parameters."""
    current = RegulationVersion.objects.in_force(today()).values("pk")
    versions = RegulationVersion.objects.filter(pk__in=current).select_related("regulation", "approved_by")
    version = get_object_or_404(versions, regulation__code=code)
    values = parameters.in_force(today())
    rows = [
        {"name": one.name, "unit": one.unit, "value": shown(one.code, values), "code": one.code}
        for one in DEFINITIONS
        if one.regulation == code
    ]
    context = {"version": version, "html": render_markdown(version.text, values), "rows": rows}
    return render(request, "playbook/regulation.html", context)


@needs(Perm.READ_BOOK)
def typology(request: PersonRequest) -> HttpResponse:
    """The five spheres and their segments with portraits."""
    return render(request, "playbook/typology.html", {"spheres": Sphere.objects.prefetch_related("segments")})
