"""Key clients: those that make `audit.key_share` of the window's sales, and who of them bought this month (DOMAIN.md 6.5).

Counted as class A is: the client who crosses the line is still inside it. Bought: the last purchase that the night
knew is in the month, so that the list behind the count stays the count.
"""

from kpi.nightly.coverage import HANDS_NOW

# One row a key client; `hands` says whose it is, what it bought in the window and when last.
CLIENTS = """
    SELECT client_id, manager_id, office_id, last_purchase, last_purchase >= %(month)s AS is_shipped
    FROM (
        SELECT h.client_id, h.in_work_with_id AS manager_id, h.office_id, h.last_purchase,
               sum(h.amount) OVER (ORDER BY h.amount DESC, h.code COLLATE "C" ROWS UNBOUNDED PRECEDING)
                   - h.amount AS before,
               sum(h.amount) OVER () AS total
        FROM ({hands}) AS h WHERE h.amount > 0
    ) AS ranked
    WHERE before < %(audit_key_share)s * total
"""
COUNTS = f"""
    SELECT %(month)s::date AS month, a.manager_id, a.office_id, f.measure, f.count
    FROM (
        SELECT manager_id, office_id, count(*) AS key, count(*) FILTER (WHERE is_shipped) AS shipped
        FROM ({CLIENTS.format(hands=HANDS_NOW)}) AS client GROUP BY 1, 2
    ) AS a
    CROSS JOIN LATERAL (VALUES ('key_total', a.key), ('key_shipped', a.shipped)) AS f (measure, count)
    WHERE f.count > 0
"""
