"""When each client was last talked to and when the next conversation is due (DOMAIN.md 5.1).

Last successful conversation plus the cadence of the class; an e-mail is no conversation; never talked to means
due now (an empty date).
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from playbook.services import parameters
from salesdept.roles import Role
from salesdept.sql import execute, fetch, upsert

TITLE = _("When to talk next")

DUE_ON = """
    (t.last_talked_on + CASE
        WHEN w.role = %(development_role)s THEN make_interval(days => %(contact_development_days)s)
        WHEN s.is_top THEN make_interval(months => %(contact_top_months)s)
        WHEN s.stage = 'new' THEN make_interval(months => %(contact_new_months)s)
        ELSE make_interval(months => %(contact_other_months)s) END)::date
"""
_DUE = f"""
    SELECT c.id, t.last_talked_on, {DUE_ON}
    FROM clients_client c
    LEFT JOIN clients_clientstate s ON s.client_id = c.id
    LEFT JOIN salesdept_user w ON w.id = c.in_work_with_id
    LEFT JOIN (
        SELECT client_id, max(day) AS last_talked_on FROM deals_interaction
        WHERE outcome = 'talked' AND kind <> 'email' AND day <= %(as_of)s {{only}}
        GROUP BY client_id
    ) t ON t.client_id = c.id
    {{where}}
"""
_COLUMNS = ("last_talked_on", "due_on")
_EVERYONE = upsert("deals_contactstate", "client_id", _COLUMNS, _DUE.format(only="", where=""))
_ONE = upsert(
    "deals_contactstate",
    "client_id",
    _COLUMNS,
    _DUE.format(only="AND client_id = %(client)s", where="WHERE c.id = %(client)s"),
)
_AFTER = f"""
    SELECT {DUE_ON} FROM clients_client c
    LEFT JOIN clients_clientstate s ON s.client_id = c.id
    LEFT JOIN salesdept_user w ON w.id = c.in_work_with_id
    CROSS JOIN (SELECT %(as_of)s::date AS last_talked_on) t
    WHERE c.id = %(client)s
"""


def step(*, as_of: date, full: bool) -> int:
    """Bring every client's contact state to the business date; rows changed."""
    return execute(_EVERYONE, _params(as_of))


def refresh(client_id: int, day: date) -> None:
    """The same rule for one client, at once: for a conversation that has just ended."""
    execute(_ONE, _params(day) | {"client": client_id})


def due_after(client_id: int, day: date) -> date:
    """When the next conversation would be due if the client was last talked to on the day."""
    rows = fetch(_AFTER, _params(day) | {"client": client_id})
    return rows[0][0]


def _params(day: date) -> dict[str, object]:
    return parameters.in_force(day).sql() | {"development_role": Role.DEVELOPMENT_MANAGER}
