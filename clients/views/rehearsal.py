"""Clients that a draft of the book would change, as a CSV file: logged and marked like every export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.models import ExportLog
from clients.querysets import ClientQuerySet
from clients.views.export import CHUNK, as_file
from playbook.models import Rehearsal, RehearsalState
from playbook.rehearsed import Result
from playbook.views.pages import sees_drafts
from salesdept.access import PersonRequest, needs
from salesdept.roles import Perm


@require_POST
@needs(Perm.EXPORT_CLIENTS)
def export(request: PersonRequest, pk: int) -> HttpResponseBase:
    """A line for each change of each client the person sees; `?kind=` leaves one kind of change."""
    if not sees_drafts(request.user):
        raise PermissionDenied
    row = get_object_or_404(Rehearsal.objects.filter(state=RehearsalState.DONE), pk=pk)
    result = Result(row)
    kind = request.GET.get("kind", "")
    kind = kind if kind in result.kinds else ""
    clients = result.listed(request.user, kind)
    query = f"rehearsal={row.pk}" + (f"&kind={kind}" if kind else "")
    entry = ExportLog.objects.create(user=request.user, rows=clients.count(), query=query)
    head = [_("Code"), _("Client"), _("What changes"), _("Was"), _("Becomes")]
    return as_file(entry, "changes", head, _rows(clients, result, kind))


def _rows(clients: ClientQuerySet, result: Result, kind: str) -> Iterator[list[Any]]:
    for client in clients.iterator(chunk_size=CHUNK):
        for change in result.of_client(client.pk, kind):
            yield [client.code, client.name, change.kind.label, change.before, change.after]
