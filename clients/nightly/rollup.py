"""Rollup of shipments by client and calendar month (DOMAIN.md 4.1).

An ordinary night computes again only the pairs whose shipments changed (marked by triggers) or that got
older: those with shipments dated after the last published day. The clients touched are left for the
next steps in TouchedClient.
"""

from datetime import date

from salesdept.night import published_day
from salesdept.sql import execute

_FRESH = """
    SELECT client_id, month, sum(net) AS amount, sum(documents)::integer AS shipments,
           (count(*) FILTER (WHERE net > 0))::integer AS purchases
    FROM (
        SELECT s.client_id, date_trunc('month', s.date)::date AS month, sum(s.amount) AS net,
               count(*) AS documents
        FROM clients_shipment s {scope}
        WHERE s.date <= %(as_of)s
        GROUP BY s.client_id, s.date
    ) AS days
    GROUP BY client_id, month
"""
_UPSERT = """
    INSERT INTO clients_clientmonth (client_id, month, amount, shipments, purchases)
    {fresh}
    ON CONFLICT (client_id, month) DO UPDATE
    SET amount = EXCLUDED.amount, shipments = EXCLUDED.shipments, purchases = EXCLUDED.purchases
    WHERE (clients_clientmonth.amount, clients_clientmonth.shipments, clients_clientmonth.purchases)
       IS DISTINCT FROM (EXCLUDED.amount, EXCLUDED.shipments, EXCLUDED.purchases)
"""
_IN_PAIRS = """
    JOIN night_pairs p ON p.client_id = s.client_id
     AND s.date >= p.month AND s.date < p.month + interval '1 month'
"""


def step(*, as_of: date, full: bool) -> int:
    """Bring ClientMonth to the business date; how many of its rows changed."""
    last = published_day()
    if full or last is None:
        return _rebuild(as_of)
    return _catch_up(as_of, last)


def _rebuild(as_of: date) -> int:
    """Everything from the shipments; rows that are already right are not written."""
    params = {"as_of": as_of}
    # TRUNCATE waits for imports under way, so that their marks are not lost: the next statement sees their rows.
    execute("TRUNCATE clients_changedmonth, clients_touchedclient")
    stale = execute(
        """
        DELETE FROM clients_clientmonth m WHERE NOT EXISTS (
            SELECT FROM clients_shipment s
            WHERE s.client_id = m.client_id AND date_trunc('month', s.date)::date = m.month
              AND s.date <= %(as_of)s
        )
        """,
        params,
    )
    rows = stale + execute(_UPSERT.format(fresh=_FRESH.format(scope="")), params)
    execute("ANALYZE clients_clientmonth")
    return rows


def _catch_up(as_of: date, last: date) -> int:
    """Only the pairs that changed or got older since the last published day."""
    params = {"as_of": as_of, "last": last}
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
        params,
    )
    execute("ANALYZE night_pairs")
    execute(
        "INSERT INTO clients_touchedclient SELECT DISTINCT client_id FROM night_pairs ON CONFLICT DO NOTHING"
    )
    stale = execute(
        """
        DELETE FROM clients_clientmonth m USING night_pairs p
        WHERE m.client_id = p.client_id AND m.month = p.month AND NOT EXISTS (
            SELECT FROM clients_shipment s
            WHERE s.client_id = p.client_id AND s.date >= p.month
              AND s.date < p.month + interval '1 month' AND s.date <= %(as_of)s
        )
        """,
        params,
    )
    return stale + execute(_UPSERT.format(fresh=_FRESH.format(scope=_IN_PAIRS)), params)
