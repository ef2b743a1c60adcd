"""Clients as a CSV file: a right of its own, logged first, marked with who took it (DOMAIN.md 7)."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.filters import clean_query
from clients.models import Client, ExportLog
from clients.querysets import ClientQuerySet
from clients.views.client_list import filtered
from salesdept.access import PersonRequest, needs
from salesdept.roles import Perm

log = logging.getLogger("salesdept.export")
CHUNK = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


@require_POST
@needs(Perm.EXPORT_CLIENTS)
def export(request: PersonRequest) -> HttpResponseBase:
    """The clients of the query string, as many as there are, streamed. No contacts: those are never exported."""
    clients = filtered(request.user, request.GET).qs
    entry = ExportLog.objects.create(
        user=request.user, rows=clients.count(), query=clean_query(request.GET, without=("page",))
    )
    return as_file(entry, "clients", _head(), _rows(clients))


def as_file(entry: ExportLog, name: str, head: list[str], rows: Iterable[list[Any]]) -> StreamingHttpResponse:
    """An export that stands in the log already, as a file that streams: its mark, the headings, the rows."""
    log.info("export %s by %s: %s rows, %s", entry.pk, entry.user_id, entry.rows, entry.query)
    response = StreamingHttpResponse(_lines(entry, head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{entry.pk}.csv"'
    return response


def _lines(entry: ExportLog, head: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")  # as Russian Excel opens it
    yield "\ufeff" + writer.writerow([_watermark(entry)])
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([neutral(value) for value in row])


def _rows(clients: ClientQuerySet) -> Iterator[list[Any]]:
    ordered = clients.select_related(
        "state", "segment__sphere", "office", "home_manager", "in_work_with"
    ).order_by("name_sort", "pk")
    for client in ordered.iterator(chunk_size=CHUNK):
        yield _values(client)


def _watermark(entry: ExportLog) -> str:
    return _("Export %(id)s, %(when)s, %(who)s, %(rows)s clients. For work inside the company only.") % {
        "id": entry.pk,
        "when": f"{timezone.localtime(entry.at):%d.%m.%Y %H:%M}",
        "who": entry.user.get_full_name(),
        "rows": entry.rows,
    }


def neutral(value: Any) -> str:
    """Text of a cell that a spreadsheet will not take for a formula; numbers stay numbers."""
    text = "" if value is None else str(value)
    is_number = text.lstrip("-").replace(",", "", 1).isdigit()
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


def _head() -> list[str]:
    return [
        _("Code"),
        _("Client"),
        _("TOP"),
        _("Stage"),
        _("Cell"),
        _("Amount, ₽"),
        _("Months with purchases"),
        _("Last purchase"),
        _("Order expected"),
        _("Sphere"),
        _("Segment"),
        _("Direction"),
        _("Office"),
        _("City"),
        _("Home manager"),
        _("In work with"),
    ]


def _values(client: Client) -> list[Any]:
    state = getattr(client, "state", None)
    known: list[Any] = [None] * 7
    if state:
        known = [
            "TOP" if state.is_top else "",
            state.get_stage_display(),
            state.cell,
            f"{state.amount:.2f}".replace(".", ","),
            state.months,
            f"{state.last_purchase:%d.%m.%Y}" if state.last_purchase else "",
            f"{state.expected_order:%d.%m.%Y}" if state.expected_order else "",
        ]
    return [
        client.code,
        client.name,
        *known,
        client.segment.sphere.name if client.segment else "",
        client.segment.name if client.segment else "",
        client.get_direction_display(),
        client.office.short_name if client.office else "",
        client.city,
        client.home_manager.get_full_name() if client.home_manager else "",
        client.in_work_with.get_full_name() if client.in_work_with else "",
    ]
