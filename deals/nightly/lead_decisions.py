"""An enquiry is never closed silently: when its term is over, somebody decides what becomes of it (DOMAIN.md 5.5).

The term is `lead.close_days` after the day the lead came; a day off rolls to the next working day. One task a lead,
for its assignee (else whoever works with the client); a lead decided in the meantime closes its task.
"""

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playbook.services import parameters
from salesdept.dates import next_working_day
from salesdept.sql import execute

TITLE = gettext_lazy("Tasks to decide on enquiries")

_OVER = """
    UPDATE deals_task t SET state = 'done', closed_at = now(), result = %(decided)s
    FROM deals_lead l
    WHERE t.origin = 'lead_decision:' || l.id AND t.state = 'open' AND l.state NOT IN ('new', 'working')
"""
_DECIDE = """
    INSERT INTO deals_task (title, kind, client_id, assignee_id, due_on, state, details, result, created_at, origin)
    SELECT %(title)s, 'other', l.client_id, u.id, %(day)s, 'open', l.request, '', now(), 'lead_decision:' || l.id
    FROM deals_lead l
    JOIN clients_client c ON c.id = l.client_id
    JOIN salesdept_user u ON u.id = coalesce(l.assignee_id, c.in_work_with_id) AND u.is_active
    WHERE l.state IN ('new', 'working')
      AND (l.created_at AT TIME ZONE 'Europe/Moscow')::date + %(lead_close_days)s <= %(day)s
    ON CONFLICT (origin) DO NOTHING
"""


def step(*, as_of: date, full: bool) -> int:
    """A task for each lead whose term is over by the next working day, made once; rows changed."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "title": _("Decide what becomes of the enquiry: a first deal, or closed with a reason"),
            "decided": _("The enquiry is decided"),
        }
    params = parameters.in_force(as_of).sql() | {"day": next_working_day(as_of)} | words
    return execute(_OVER, params) + execute(_DECIDE, params)
