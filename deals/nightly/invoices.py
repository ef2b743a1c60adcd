"""The ladder of invoices (DOMAIN.md 5.4): what expired, who goes to development, whose hands are kept.

Nothing is deleted. Calls about invoices are put on the call list by `call_list`.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from clients.models import MoveReason
from clients.nightly.hands import developers, hand_over, take
from playbook.services import parameters
from salesdept.dates import next_working_day
from salesdept.roles import Role
from salesdept.sql import execute, fetch

TITLE = _("Invoices: terms and hand-overs")

# The last day of an invoice: the printed one, else day `invoice.valid_days`, where day 1 is the day of issue.
_VALID_UNTIL = "coalesce(i.valid_until, i.issued_on + (%(invoice_valid_days)s - 1))"
_EXPIRE = f"""
    UPDATE deals_invoice i SET state = 'expired' WHERE i.state = 'open' AND {_VALID_UNTIL} <= %(as_of)s
"""
_HOLDS = f"""
    INSERT INTO clients_handshold (client_id, source, until)
    SELECT i.client_id, 'invoice:' || i.id,
           CASE WHEN i.state = 'paid' THEN DATE '9999-12-31' ELSE {_VALID_UNTIL} END
    FROM deals_invoice i
    WHERE (i.state IN ('open', 'confirmed') AND {_VALID_UNTIL} > %(as_of)s)
       OR (i.state = 'paid' AND NOT EXISTS (
            SELECT FROM clients_shipment s WHERE s.client_id = i.client_id AND s.date >= i.paid_on
              AND s.date <= %(as_of)s AND s.amount > 0))
    ON CONFLICT (source) DO UPDATE SET until = EXCLUDED.until, client_id = EXCLUDED.client_id
    WHERE (clients_handshold.until, clients_handshold.client_id)
       IS DISTINCT FROM (EXCLUDED.until, EXCLUDED.client_id)
"""
_ENDED = f"""
    DELETE FROM clients_handshold h WHERE h.source LIKE 'invoice:%%' AND NOT EXISTS (
        SELECT FROM deals_invoice i WHERE h.source = 'invoice:' || i.id AND (
            (i.state IN ('open', 'confirmed') AND {_VALID_UNTIL} > %(as_of)s)
            OR (i.state = 'paid' AND NOT EXISTS (
                SELECT FROM clients_shipment s WHERE s.client_id = i.client_id AND s.date >= i.paid_on
                  AND s.date <= %(as_of)s AND s.amount > 0))))
"""
# New and potential clients that gave no answer by the day of the hand-over. The day is a working day, so
# «rolls to the next working day» means: the calendar date has come.
_SILENT = """
    SELECT DISTINCT c.code, c.id, c.office_id
    FROM deals_invoice i
    JOIN clients_client c ON c.id = i.client_id
    JOIN clients_clientstate s ON s.client_id = c.id
    LEFT JOIN salesdept_user w ON w.id = c.in_work_with_id
    WHERE i.state = 'open' AND s.stage IN ('new', 'potential') AND w.role IS DISTINCT FROM %(role)s
      AND i.issued_on + (%(invoice_handover_day)s - 1) <= %(day)s
      AND NOT EXISTS (
          SELECT FROM deals_interaction t WHERE t.client_id = c.id AND t.outcome = 'talked'
            AND t.kind <> 'email' AND t.day >= i.issued_on)
    ORDER BY c.code
"""


def write_holds(as_of: date) -> int:
    """Which silent clients keep their hands because of an open paid order or a valid invoice (DOMAIN.md 4.4)."""
    params = parameters.in_force(as_of).sql()
    return execute(_ENDED, params) + execute(_HOLDS, params)


def step(*, as_of: date, full: bool) -> int:
    """Expire, hold, hand over; rows changed."""
    values = parameters.in_force(as_of)
    day = next_working_day(as_of)
    # The hand-over day comes before the expiry is written: day 4 of an invoice valid for 5 days.
    silent = fetch(_SILENT, values.sql() | {"day": day, "role": Role.DEVELOPMENT_MANAGER})
    staff = developers(day, len(silent))  # with priority: the daily intake does not hold these back
    pairs = [(client, person.id) for _code, client, office in silent if (person := take(staff, office))]
    moved = len(hand_over(pairs, day, MoveReason.INVOICE))
    return moved + execute(_EXPIRE, values.sql()) + write_holds(as_of)
