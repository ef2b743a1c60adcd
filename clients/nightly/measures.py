"""Purchases and the purchase cycle of a client (DOMAIN.md 2, 4.6).

A purchase is a client's day whose net shipped amount is positive. The cycle is the median of the days between
consecutive purchases in the window that ends on the business date, rounded up.
"""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.nightly.rollup import IN_ORDER
from playbook.services import parameters
from salesdept.dates import add_months
from salesdept.night import published_day
from salesdept.sql import execute, update_changed

TITLE = _("Purchases and the usual interval")

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
# One ordered pass over the documents: days, then purchases with the gap to the one before, then clients.
_MEASURES = """
    WITH scope AS MATERIALIZED ({scope}),
    days AS (
        SELECT s.client_id, s.date, sum(s.amount) AS net
        FROM clients_shipment s {join}
        WHERE s.date <= %(as_of)s
        GROUP BY s.client_id, s.date
    ),
    purchases AS (
        SELECT client_id, date,
               CASE WHEN lag(date) OVER of_client >= %(start)s THEN date - lag(date) OVER of_client END AS gap
        FROM days WHERE net > 0
        WINDOW of_client AS (PARTITION BY client_id ORDER BY date)
    ),
    facts AS (
        SELECT client_id, min(date) AS first_purchase, max(date) AS last_purchase, count(*) AS purchases,
               CASE WHEN count(gap) + 1 >= %(cycle_min_purchases)s AND count(gap) > 0
                    THEN ceil(percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)) END::integer AS cycle_days
        FROM purchases GROUP BY client_id
    ),
    firsts AS (  -- the first entry of each client in the index, not all of them
        SELECT scope.client_id, (
            SELECT s.date FROM clients_shipment s
            WHERE s.client_id = scope.client_id AND s.date <= %(as_of)s ORDER BY s.date LIMIT 1) AS first_shipment
        FROM scope
    )
    SELECT scope.client_id, i.first_shipment, f.first_purchase, f.last_purchase,
           coalesce(f.purchases, 0)::integer AS purchases, f.cycle_days,
           f.last_purchase + f.cycle_days AS expected_order
    FROM scope LEFT JOIN firsts i USING (client_id) LEFT JOIN facts f USING (client_id)
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
    if scope is _ALL:
        execute(IN_ORDER)
    join = "" if scope is _ALL else "JOIN scope USING (client_id)"
    query = _MEASURES.format(scope=scope, join=join)
    return added + execute(update_changed("clients_nightstate", "client_id", _COLUMNS, query), params)
