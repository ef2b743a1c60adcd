"""Calls and tasks that a night leaves for the next working day, for comparing two nights (DOMAIN.md 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from salesdept.dates import next_working_day
from salesdept.rehearsal import Comparison, Kind, Load
from salesdept.sql import fetch

# Whose list a client is on, and who has open tasks about a client.
_CALLS = "SELECT client_id, min(manager_id) FROM deals_callentry WHERE date = %(day)s GROUP BY client_id"
_TASKS = """
    SELECT client_id, array_agg(assignee_id ORDER BY id) FROM deals_task
    WHERE state = 'open' AND client_id IS NOT NULL GROUP BY client_id
"""
_CALLS_OF_PERSON = "SELECT manager_id, count(*) FROM deals_callentry WHERE date = %(day)s GROUP BY 1"
_DUE = """
    SELECT assignee_id, count(*) FROM deals_task WHERE state = 'open' AND due_on <= %(day)s GROUP BY 1
"""
_OPEN = "SELECT assignee_id, count(*) FROM deals_task WHERE state = 'open' GROUP BY 1"


def _reads(sql: str) -> Callable[[date], list[tuple[Any, ...]]]:
    return lambda as_of: fetch(sql, {"day": next_working_day(as_of)})


CALLS = Comparison((Kind("calls", _("Call list"), is_entry=True),), _reads(_CALLS))
TASKS = Comparison((Kind("tasks", _("Tasks"), is_entry=True),), _reads(_TASKS))
CALLS_OF_PERSON = Load("calls", _("Calls"), _reads(_CALLS_OF_PERSON))
DUE_OF_PERSON = Load("due", _("Tasks of the day"), _reads(_DUE))
OPEN_OF_PERSON = Load("open", _("All open tasks"), _reads(_OPEN))
