"""Tasks that a move brings: first contact for the development manager, a welcome for the home manager (4.5)."""

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playbook.services import parameters
from salesdept.dates import add_working_days, next_working_day
from salesdept.sql import execute

TITLE = gettext_lazy("Tasks for handed over clients")

_TASKS = """
    INSERT INTO deals_task (title, kind, client_id, assignee_id, due_on, state, details, result, created_at, origin)
    SELECT CASE m.reason WHEN 'reactivated' THEN %(welcome)s WHEN 'invoice' THEN %(invoice)s ELSE %(zero)s END,
           CASE m.reason WHEN 'reactivated' THEN 'welcome_back' ELSE 'development' END,
           m.client_id, m.to_user_id,
           CASE m.reason WHEN 'zero' THEN %(contact_by)s::date ELSE %(day)s::date END,
           'open', '', '', now(), 'move:' || m.id
    FROM clients_move m
    WHERE m.on >= %(as_of)s AND m.field = 'work' AND m.to_user_id IS NOT NULL
      AND m.reason IN ('zero', 'invoice', 'reactivated')
    ON CONFLICT (origin) DO NOTHING
"""


def step(*, as_of: date, full: bool) -> int:
    """A task for each move of the night, made once; how many."""
    day = next_working_day(as_of)
    term = parameters.value("development.task_days", as_of)
    with translation.override(settings.LANGUAGE_CODE):
        params = {
            "as_of": as_of,
            "day": day,
            "contact_by": add_working_days(as_of, term),
            "zero": _("Talk to the client who fell silent and agree on a return"),
            "invoice": _("Invoice without an answer: find out and agree on the shipment"),
            "welcome": _("The client bought again and is yours: thank them and agree on the next order"),
        }
    return execute(_TASKS, params)
