"""What a draft would change: asking for it, waiting for it, reading it. One page, polled while it is computed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from playbook import diff
from playbook.models import RegulationVersion, Rehearsal, RehearsalState
from playbook.rehearsed import Result
from playbook.services import rehearsal as rehearsals
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import next_working_day
from salesdept.roles import Perm

ON_PAGE = 50


@needs(Perm.EDIT_BOOK, Perm.APPROVE_BOOK)
def rehearsal(request: PersonRequest, code: str, number: int) -> HttpResponseBase:
    """The last computation of a version's effect; a POST asks for a new one."""
    found = RegulationVersion.objects.select_related("regulation").prefetch_related("values")
    version = get_object_or_404(found, regulation__code=code, number=number)
    if request.method != "POST":
        return _page(request, version)
    try:
        rehearsals.start(version, request.user)
    except ValidationError as error:
        return _page(request, version, error=" ".join(error.messages))
    return _page(request, version) if wants_fragment(request) else redirect(request.path)


def headline(version: RegulationVersion) -> dict[str, Any]:
    """What the page of a version says of its last computation: the figures, and whether they still hold."""
    row = rehearsals.latest(version)
    if row is None or row.state != RehearsalState.DONE:
        return {"rehearsal": row}
    return {"rehearsal": row, "result": Result(row), "is_stale": rehearsals.is_stale(row)}


def _page(request: PersonRequest, version: RegulationVersion, error: str = "") -> HttpResponse:
    context = headline(version)
    row = context["rehearsal"]
    if row is None and not version.is_open:
        raise Http404  # approved before anybody asked: there is nothing to read
    before = version.regulation.versions.approved().filter(number__lt=version.number).order_by("-number")
    context |= {
        "regulation": version.regulation,
        "version": version,
        "values": diff.values(before[0], version) if before else [],
        "error": error,
        "error_of_row": row.error if row is not None and row.state == RehearsalState.FAILED else "",
    }
    if "result" in context:
        context |= _clients(request, row, context["result"])
    name = "body" if wants_fragment(request) else "page"
    return render(request, f"playbook/rehearsal/{name}.html", context, status=422 if error else 200)


def _clients(request: PersonRequest, row: Rehearsal, result: Result) -> dict[str, Any]:
    """A page of the clients that change, each with what becomes of it."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in result.kinds else ""
    listed = result.listed(request.user, kind)
    page = Paginator(listed, ON_PAGE).get_page(request.GET.get("page"))
    return {
        "kind": kind,
        "page": page,
        "rows": [(client, list(result.of_client(client.pk))) for client in page.object_list],
        "hidden": len(result.ids(kind)) - page.paginator.count,
        "day": next_working_day(row.as_of) if row.as_of else None,
    }
