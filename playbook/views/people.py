"""The department's chart and the job descriptions of its roles (source section 5.1, Appendix 3)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from playbook import markdown, organisation
from playbook.models import Duty, Job, Regulation
from playbook.services import acknowledgement, duty, parameters
from playbook.services.parameters import Parameters
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.roles import PERM_NAMES, PERMISSIONS, Perm, Role


@needs(Perm.READ_BOOK)
def people(request: PersonRequest) -> HttpResponse:
    """Who works here: offices, roles, people, who reports to whom. Two queries and the shell's."""
    everybody = list(acknowledgement.readers())
    reports_to = dict(Job.objects.values_list("role", "reports_to"))
    context = {
        "branches": organisation.chart(everybody, reports_to),
        "vacant": organisation.vacant(everybody),
        "count": len(everybody),
    }
    return render(request, "playbook/people.html", context)


@needs(Perm.READ_BOOK)
def job(request: PersonRequest, role: str) -> HttpResponse:
    """A job description: what the role is for, its duties, profile, vacancy, indicators, rights, people."""
    if role not in Role.values:
        raise Http404
    shown = Job.objects.filter(role=role).first()
    everybody = acknowledgement.readers()
    context: dict[str, Any] = {
        "role": Role(role),
        "job": shown,
        "roles": list(Role),
        "holders": list(everybody.with_role(role)),
        "chiefs": list(everybody.with_role(shown.reports_to)) if shown and shown.reports_to else [],
        "chief": Role(shown.reports_to) if shown and shown.reports_to else None,
        "rights": [PERM_NAMES[perm] for perm in Perm if perm in PERMISSIONS[role]],
        "to_read": Regulation.objects.filter(readers__contains=[role]).defer("search"),
    }
    if shown:
        context |= _texts(shown, parameters.in_force(today())) | {"rhythms": rhythms(role)}
    return render(request, "playbook/job.html", context)


def rhythms(role: str) -> list[dict[str, Any]]:
    """The duties by how often they come round, daily ones first."""
    found = list(duty.duties_of_role(role))
    rows = [
        {"label": label, "duties": [one for one in found if one.rhythm == code]}
        for code, label in Duty.Rhythm.choices
    ]
    return [row for row in rows if row["duties"]]


def _texts(shown: Job, values: Parameters) -> dict[str, Any]:
    return {
        "description": markdown.render(shown.description, values),
        "profile": markdown.render(shown.profile, values),
        "vacancy": markdown.render(shown.vacancy, values),
    }
