"""What happened tonight, as history: TOP designations and changes of stage (DOMAIN.md 4.3, 4.4).

Runs before the published states are replaced, because it compares with them.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from clients.nightly.top import LATEST
from playbook.services import parameters
from salesdept.sql import execute

TITLE = _("History of stages and of TOP")

_LEFT_TOP_CELLS = f"""
    UPDATE clients_topevent e SET cell_left_on = %(as_of)s
    FROM ({LATEST}) AS latest, clients_nightstate n
    WHERE e.id = latest.id AND NOT latest.is_top AND latest.cell_left_on IS NULL
      AND n.client_id = e.client_id AND n.abc || n.xyz <> ALL(%(top_cells)s)
"""
_DESIGNATE = f"""
    INSERT INTO clients_topevent (client_id, as_of, is_top, reason, cell, comment)
    SELECT n.client_id, %(as_of)s, true,
           CASE WHEN EXISTS (SELECT FROM clients_topevent) THEN 'promotion' ELSE 'first_run' END,
           n.abc || n.xyz, ''
    FROM clients_nightstate n LEFT JOIN ({LATEST}) AS latest ON latest.client_id = n.client_id
    WHERE n.is_top AND NOT coalesce(latest.is_top, false)
"""
_FORGET_LATER = "DELETE FROM clients_stageevent WHERE as_of > %(as_of)s"
_STAGE_CHANGES = """
    INSERT INTO clients_stageevent (client_id, as_of, "on", before, after, is_reactivation)
    SELECT n.client_id, %(as_of)s, coalesce(n.stage_since, %(as_of)s), coalesce(b.stage, ''), n.stage,
           coalesce(b.stage IN ('zero', 'lost') AND n.stage IN ('new', 'active'), false)
    FROM clients_nightstate n LEFT JOIN clients_clientstate b ON b.client_id = n.client_id
    WHERE n.stage IS DISTINCT FROM coalesce(b.stage, 'potential')
    ON CONFLICT (client_id, as_of) DO UPDATE SET
        "on" = EXCLUDED."on", after = EXCLUDED.after,
        is_reactivation = clients_stageevent.before IN ('zero', 'lost') AND EXCLUDED.after IN ('new', 'active')
"""
_NO_CHANGE = "DELETE FROM clients_stageevent WHERE as_of = %(as_of)s AND before = after"


def step(*, as_of: date, full: bool) -> int:
    """Write tonight's events; how many rows changed."""
    params = parameters.in_force(as_of).sql()
    return sum(
        execute(sql, params)
        for sql in (_LEFT_TOP_CELLS, _DESIGNATE, _FORGET_LATER, _STAGE_CHANGES, _NO_CHANGE)
    )
