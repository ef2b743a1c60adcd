"""Purchases and the purchase cycle of a client (DOMAIN.md 2, 4.6).

A purchase is a client's day whose net shipped amount is positive. The cycle is the median of the days between
consecutive purchases in the window that ends on the business date, rounded up.
"""

from datetime import date, timedelta
from typing import Any

from playbook.services import parameters
from salesdept.dates import add_months
from salesdept.night import published_day
from salesdept.sql import execute, update_changed

_COLUMNS = (
    "first_shipment",
    "first_purchase",
    "last_purchase",
    "purchases",
    "cycle_days",
    "expected_order",
)
_ADD_MISSING = """
    INSERT INTO clients_nightstate (client_id, amount, months, abc, xyz, is_top, stage, purchases)
    SELECT c.id, 0, 0, 'C', 'Z', false, 'potential', 0 FROM clients_client c
    WHERE NOT EXISTS (SELECT FROM clients_nightstate n WHERE n.client_id = c.id)
"""
_ALL = "SELECT id AS client_id FROM clients_client"
_CHANGED = """
    SELECT client_id FROM clients_touchedclient
    UNION
    SELECT client_id FROM clients_shipment WHERE date >= %(old_start)s AND date < %(start)s
"""
_MEASURES = """
    WITH scope AS MATERIALIZED ({scope}),
    days AS MATERIALIZED (
        SELECT s.client_id, s.date, sum(s.amount) AS net
        FROM clients_shipment s {join}
        WHERE s.date <= %(as_of)s
        GROUP BY s.client_id, s.date
    ),
    facts AS (
        SELECT client_id, min(date) AS first_shipment,
               min(date) FILTER (WHERE net > 0) AS first_purchase,
               max(date) FILTER (WHERE net > 0) AS last_purchase,
               count(*) FILTER (WHERE net > 0) AS purchases
        FROM days GROUP BY client_id
    ),
    gaps AS (
        SELECT client_id, date - lag(date) OVER (PARTITION BY client_id ORDER BY date) AS gap
        FROM days WHERE net > 0 AND date >= %(start)s
    ),
    cycles AS (
        SELECT client_id, ceil(percentile_cont(0.5) WITHIN GROUP (ORDER BY gap))::integer AS cycle_days
        FROM gaps WHERE gap IS NOT NULL
        GROUP BY client_id HAVING count(*) + 1 >= %(cycle_min_purchases)s
    )
    SELECT scope.client_id, f.first_shipment, f.first_purchase, f.last_purchase,
           coalesce(f.purchases, 0)::integer AS purchases, c.cycle_days,
           f.last_purchase + c.cycle_days AS expected_order
    FROM scope LEFT JOIN facts f USING (client_id) LEFT JOIN cycles c USING (client_id)
"""


def cycle_start(day: date, values: parameters.Parameters) -> date:
    """First day of the purchase cycle's window: the months that end on `day`."""
    return add_months(day + timedelta(days=1), -values["cycle.window_months"])


def step(*, as_of: date, full: bool) -> int:
    """Measure the touched clients, and those whose purchases left the cycle's window; rows changed."""
    values = parameters.in_force(as_of)
    params: dict[str, Any] = values.sql() | {"start": cycle_start(as_of, values)}
    last = published_day()
    scope = _ALL
    if not full and last is not None:
        old = parameters.in_force(last)
        params["old_start"] = cycle_start(last, old)
        codes = ("cycle.window_months", "cycle.min_purchases")
        if all(old[code] == values[code] for code in codes):
            scope = _CHANGED
    added = execute(_ADD_MISSING)
    join = "" if scope is _ALL else "JOIN scope USING (client_id)"
    query = _MEASURES.format(scope=scope, join=join)
    return added + execute(update_changed("clients_nightstate", "client_id", _COLUMNS, query), params)
