"""How long each person's list is, so that the limit of reveals never hinders the work (DOMAIN.md 3, 7)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from salesdept.dates import next_working_day
from salesdept.sql import execute, upsert

TITLE = _("How many contacts may be opened")

_SIZES = """
    SELECT person, %(day)s::date, count(*)::integer FROM (
        SELECT manager_id AS person FROM deals_callentry WHERE date = %(day)s
        UNION ALL
        SELECT a.substitute_id FROM deals_callentry e
        JOIN salesdept_absence a ON a.user_id = e.manager_id AND %(day)s BETWEEN a.starts AND a.ends
        WHERE e.date = %(day)s
    ) AS lists GROUP BY person
"""
_STALE = """
    DELETE FROM clients_revealallowance r WHERE r.day = %(day)s AND r.user_id NOT IN (
        SELECT manager_id FROM deals_callentry WHERE date = %(day)s
        UNION
        SELECT a.substitute_id FROM salesdept_absence a
        WHERE %(day)s BETWEEN a.starts AND a.ends
          AND EXISTS (SELECT FROM deals_callentry e WHERE e.date = %(day)s AND e.manager_id = a.user_id))
"""


def step(*, as_of: date, full: bool) -> int:
    """Write the sizes of the next working day's lists; rows changed."""
    params = {"day": next_working_day(as_of)}
    sql = upsert("clients_revealallowance", "user_id, day", ("call_list_size",), _SIZES)
    return execute(_STALE, params) + execute(sql, params)
