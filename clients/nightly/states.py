"""Publishing what the night computed: only clients whose row differs are written."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from clients.models import NightState
from salesdept.sql import execute, upsert

TITLE = _("Publishing of what is known of clients")

_COLUMNS = tuple(str(field.column) for field in NightState._meta.concrete_fields if not field.primary_key)


def step(*, as_of: date, full: bool) -> int:
    """Copy the differences to ClientState and forget which clients were touched; rows changed."""
    query = f"SELECT client_id, {', '.join(_COLUMNS)} FROM clients_nightstate"
    return execute(upsert("clients_clientstate", "client_id", _COLUMNS, query))
