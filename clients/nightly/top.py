"""Who is TOP tonight (DOMAIN.md 4.3).

The first run designates every client whose cell is in `top.cells`; after that a night only promotes. Who was
demoted waits until its cell has left the TOP cells and come back. The events are written when the day is
published (see `events`).
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from playbook.services import parameters
from salesdept.sql import execute, update_changed

TITLE = _("Who became TOP")

# The latest event of each client up to the business date.
LATEST = """
    SELECT DISTINCT ON (client_id) id, client_id, is_top, cell_left_on, as_of FROM clients_topevent
    WHERE as_of <= %(as_of)s ORDER BY client_id, as_of DESC, id DESC
"""
_TOP = f"""
    WITH latest AS ({LATEST})
    SELECT n.client_id,
           coalesce(latest.is_top, false)
           OR (n.first_shipment IS NOT NULL AND n.abc || n.xyz = ANY(%(top_cells)s)
               AND (latest.id IS NULL OR latest.cell_left_on < %(as_of)s)) AS is_top
    FROM clients_nightstate n LEFT JOIN latest ON latest.client_id = n.client_id
"""


def step(*, as_of: date, full: bool) -> int:
    """Set who is TOP; how many rows changed."""
    params = parameters.in_force(as_of).sql()
    return execute(update_changed("clients_nightstate", "client_id", ("is_top",), _TOP), params)
