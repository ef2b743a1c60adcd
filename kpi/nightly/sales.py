"""Net sales by month, manager, office, direction and sphere (DOMAIN.md 6.1–6.2).

The manager, the office and the direction are the document's; the sphere is that of the client's segment now, so a
client who is retyped takes past months along. An ordinary night adds up again only the months whose documents
changed or came of age; in the other months it moves the documents of retyped clients from sphere to sphere. Both
ways lead to the table that a full rebuild gives.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from salesdept.night import published_day
from salesdept.sql import execute, fetch, upsert

TITLE = _("Sales of the month")

_KEY = "month, manager_id, office_id, direction, sphere_id"
_MONTH = "s.date - (extract(day FROM s.date)::integer - 1)"
# Clients whose sphere is no longer the one their facts stand under.
_RETYPED = """
    CREATE TEMP TABLE night_retyped ON COMMIT DROP AS
    SELECT c.id AS client_id, k.sphere_id AS old_id, g.sphere_id AS new_id
    FROM clients_client c
    LEFT JOIN playbook_segment g ON g.id = c.segment_id
    LEFT JOIN kpi_countedclient k ON k.client_id = c.id
    WHERE k.sphere_id IS DISTINCT FROM g.sphere_id
"""
_REMEMBER = """
    INSERT INTO kpi_countedclient (client_id, sphere_id)
    SELECT client_id, new_id FROM night_retyped
    ON CONFLICT (client_id) DO UPDATE SET sphere_id = EXCLUDED.sphere_id
"""
_WHOLE_MONTHS = f"""
    SELECT {_MONTH} AS month, s.manager_id, s.office_id, s.direction, c.sphere_id, s.amount, 1 AS shipments
    FROM clients_shipment s
    JOIN (
        SELECT c.id, g.sphere_id FROM clients_client c LEFT JOIN playbook_segment g ON g.id = c.segment_id
    ) AS c ON c.id = s.client_id
    {{months}}
    WHERE s.date <= %(as_of)s
"""
_TOUCHED = """
    JOIN unnest(%(months)s::date[]) AS t (month) ON s.date >= t.month AND s.date < t.month + interval '1 month'
"""
# Documents of retyped clients in months that are not added up anew: nothing else about them changed.
_MOVED = f"""
    CREATE TEMP TABLE night_moved ON COMMIT DROP AS
    SELECT {_MONTH} AS month, s.manager_id, s.office_id, s.direction, r.old_id, r.new_id, s.amount
    FROM night_retyped r JOIN clients_shipment s ON s.client_id = r.client_id
    WHERE s.date <= %(as_of)s AND {_MONTH} <> ALL(%(months)s::date[])
"""
_MOVES = f"""
    SELECT {_KEY}, amount, shipments FROM kpi_salesfact WHERE month IN (SELECT month FROM night_moved)
    UNION ALL
    SELECT month, manager_id, office_id, direction, old_id, -amount, -1 FROM night_moved
    UNION ALL
    SELECT month, manager_id, office_id, direction, new_id, amount, 1 FROM night_moved
"""
_FRESH = f"""
    CREATE TEMP TABLE night_sales ON COMMIT DROP AS
    SELECT {_KEY}, sum(amount) AS amount, sum(shipments)::integer AS shipments
    FROM ({{documents}}) AS documents GROUP BY {_KEY} HAVING sum(shipments) > 0
"""
_FORGET = """
    DELETE FROM kpi_salesfact f WHERE {months} NOT EXISTS (
        SELECT FROM night_sales n
        WHERE n.month = f.month AND n.direction = f.direction
          AND coalesce(n.manager_id, 0) = coalesce(f.manager_id, 0)
          AND coalesce(n.office_id, 0) = coalesce(f.office_id, 0)
          AND coalesce(n.sphere_id, 0) = coalesce(f.sphere_id, 0))
"""
_IN_MONTHS = "(f.month = ANY(%(months)s::date[]) OR f.month IN (SELECT month FROM night_moved)) AND"
_WRITE = upsert(
    "kpi_salesfact", _KEY, ("amount", "shipments"), f"SELECT {_KEY}, amount, shipments FROM night_sales"
)


# The planner expects far more groups than there are, and would add them all up in one process.
_TOGETHER = "SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0"
_ALONE = "SET LOCAL parallel_setup_cost TO DEFAULT; SET LOCAL parallel_tuple_cost TO DEFAULT"


def step(*, as_of: date, full: bool) -> int:
    """Bring SalesFact to the business date; rows changed."""
    for table in ("night_retyped", "night_moved", "night_sales"):
        execute(f"DROP TABLE IF EXISTS {table}")
    execute(_RETYPED)
    params = {
        "as_of": as_of,
        "months": [month for (month,) in fetch("SELECT month FROM clients_touchedmonth")],
    }
    if full or published_day() is None:
        execute(_TOGETHER)
        execute(_FRESH.format(documents=_WHOLE_MONTHS.format(months="")), params)
        execute(_ALONE)
        forget = _FORGET.format(months="")
    else:
        execute(_MOVED, params)
        documents = f"{_WHOLE_MONTHS.format(months=_TOUCHED)} UNION ALL {_MOVES}"
        execute(_FRESH.format(documents=documents), params)
        forget = _FORGET.format(months=_IN_MONTHS)
    execute(_REMEMBER)
    return execute(forget, params) + execute(_WRITE)
