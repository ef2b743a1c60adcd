"""Rollup of shipments by client and calendar month (DOMAIN.md 4.1).

An ordinary night computes again only the pairs whose shipments changed (marked by triggers) or that got
older: those with shipments dated after the last published day. The clients and the months touched are left
for the next steps in TouchedClient and TouchedMonth.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from salesdept.night import published_day
from salesdept.sql import execute, fetch

TITLE = _("Clients' months: what was shipped")

_FRESH = """
    SELECT client_id, month, sum(net) AS amount, sum(documents)::integer AS shipments,
           (count(*) FILTER (WHERE net > 0))::integer AS purchases
    FROM (
        SELECT s.client_id, s.date - (extract(day FROM s.date)::integer - 1) AS month, sum(s.amount) AS net,
               count(*) AS documents
        FROM clients_shipment s {scope}
        WHERE s.date <= %(as_of)s
        GROUP BY s.client_id, s.date
    ) AS days
    GROUP BY client_id, month
"""
# The index has the rows of a client by date; the planner expects too few groups and would hash them all.
IN_ORDER = "SET LOCAL enable_hashagg = off"
_STORE = (
    # Rows that are gone or differ go, rows that are missing come: what is right already is not written.
    """
    DELETE FROM clients_clientmonth m {using} WHERE {of} NOT EXISTS (
        SELECT FROM night_months f
        WHERE f.client_id = m.client_id AND f.month = m.month
          AND (f.amount, f.shipments, f.purchases) = (m.amount, m.shipments, m.purchases))
    """,
    """
    INSERT INTO clients_clientmonth (client_id, month, amount, shipments, purchases)
    SELECT client_id, month, amount, shipments, purchases FROM night_months f WHERE NOT EXISTS (
        SELECT FROM clients_clientmonth m WHERE m.client_id = f.client_id AND m.month = f.month)
    """,
)
# The first night of a base has nothing to compare with.
_FIRST = f"INSERT INTO clients_clientmonth (client_id, month, amount, shipments, purchases) {_FRESH.format(scope='')}"
_IN_PAIRS = """
    JOIN night_pairs p ON p.client_id = s.client_id
     AND s.date >= p.month AND s.date < p.month + interval '1 month'
"""


_EVERY_MONTH = """
    INSERT INTO clients_touchedmonth
    SELECT generate_series(date_trunc('month', min(date)), max(date), interval '1 month')::date
    FROM clients_shipment
"""


def step(*, as_of: date, full: bool) -> int:
    """Bring ClientMonth to the business date; how many of its rows changed."""
    last = published_day()
    if full or last is None:
        return _rebuild(as_of)
    return _catch_up(as_of, last)


def _rebuild(as_of: date) -> int:
    """Everything from the shipments."""
    # TRUNCATE waits for imports under way, so that their marks are not lost: the next statement sees their rows.
    execute("TRUNCATE clients_changedmonth, clients_touchedclient, clients_touchedmonth")
    execute(_EVERY_MONTH)  # should this night die, the next ordinary one must know that any month can differ
    execute(IN_ORDER)
    if fetch("SELECT EXISTS (SELECT FROM clients_clientmonth)")[0][0]:
        _compute(_FRESH.format(scope=""), as_of)
        rows = sum(execute(sql.format(using="", of="")) for sql in _STORE)
    else:
        rows = execute(_FIRST, {"as_of": as_of})
    execute("ANALYZE clients_clientmonth")
    return rows


def _catch_up(as_of: date, last: date) -> int:
    """Only the pairs that changed or got older since the last published day."""
    execute("DROP TABLE IF EXISTS night_pairs")
    execute("CREATE TEMP TABLE night_pairs (client_id bigint, month date) ON COMMIT DROP")
    execute(
        """
        WITH marked AS (DELETE FROM clients_changedmonth RETURNING client_id, month)
        INSERT INTO night_pairs
        SELECT client_id, month FROM marked
        UNION
        SELECT client_id, date_trunc('month', date)::date FROM clients_shipment
        WHERE date > %(last)s AND date <= %(as_of)s
        """,
        {"as_of": as_of, "last": last},
    )
    execute("ANALYZE night_pairs")
    execute(
        "INSERT INTO clients_touchedclient SELECT DISTINCT client_id FROM night_pairs ON CONFLICT DO NOTHING"
    )
    execute("INSERT INTO clients_touchedmonth SELECT DISTINCT month FROM night_pairs ON CONFLICT DO NOTHING")
    _compute(_FRESH.format(scope=_IN_PAIRS), as_of)
    using, of = "USING night_pairs p", "m.client_id = p.client_id AND m.month = p.month AND"
    return sum(execute(sql.format(using=using, of=of)) for sql in _STORE)


def _compute(fresh: str, as_of: date) -> None:
    """What the months must be, in a table of this transaction."""
    execute("DROP TABLE IF EXISTS night_months")
    execute(f"CREATE TEMP TABLE night_months ON COMMIT DROP AS {fresh}", {"as_of": as_of})
    execute("ANALYZE night_months")
