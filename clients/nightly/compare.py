"""What a night leaves of every client, for comparing two nights (see `salesdept.rehearsal`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Stage
from salesdept.rehearsal import Comparison, Kind
from salesdept.sql import fetch

_CLIENTS = """
    SELECT s.client_id, s.abc || s.xyz, s.is_top, s.stage, c.in_work_with_id
    FROM clients_clientstate s JOIN clients_client c ON c.id = s.client_id
"""


def _rows(as_of: date) -> list[tuple[Any, ...]]:
    return fetch(_CLIENTS)


def _top(value: bool | None) -> str:
    return "TOP" if value else _("not TOP")


def _stage(value: str | None) -> str:
    return str(Stage(value).label) if value else "—"


CLIENTS = Comparison(
    (
        Kind("class", gettext_lazy("Class"), lambda value: value or "—"),
        Kind("top", gettext_lazy("TOP"), _top),
        Kind("stage", gettext_lazy("Stage"), _stage),
        Kind("hands", gettext_lazy("In work with")),
    ),
    _rows,
)
