"""A return after a conversation is the home manager's own recovery, with its own credit (DOMAIN.md 4.5)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from playbook.services import parameters
from salesdept.sql import execute

TITLE = _("Clients won back by their own manager")

_OWN = """
    INSERT INTO clients_credit (client_id, user_id, kind, starts, ends)
    SELECT e.client_id, c.home_manager_id, 'own', e.on,
           (e.on + make_interval(months => %(reactivation_credit_months)s))::date
    FROM clients_stageevent e
    JOIN clients_client c ON c.id = e.client_id
    JOIN LATERAL (
        SELECT b.on FROM clients_stageevent b
        WHERE b.client_id = e.client_id AND b.as_of < e.as_of AND b.after IN ('zero', 'lost')
        ORDER BY b.as_of DESC LIMIT 1
    ) silent ON true
    WHERE e.as_of = %(as_of)s AND e.is_reactivation AND c.home_manager_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM clients_credit k WHERE k.client_id = e.client_id AND k.starts = e.on)
      AND EXISTS (
          SELECT FROM deals_interaction t
          WHERE t.client_id = e.client_id AND t.user_id = c.home_manager_id AND t.outcome = 'talked'
            AND t.kind <> 'email' AND t.day >= silent.on AND t.day <= e.on)
    ON CONFLICT (client_id, starts) DO NOTHING
"""


def step(*, as_of: date, full: bool) -> int:
    """Write the credits of tonight's own recoveries; how many."""
    return execute(_OWN, parameters.in_force(as_of).sql())
