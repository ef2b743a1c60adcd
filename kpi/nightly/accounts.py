"""Active accounts, new clients and TOP clients with a shipment, by who worked with the client (DOMAIN.md 2).

An active account of a month is a client with positive net shipments in it; a new client is one whose first purchase
is in it. Who worked with the client and who was TOP is read as the last published night of the month stored it; of
a client that came later, as its first night did. The months before the first night have no manager.
"""

# One row a client and month; `hands` says who worked with the client.
_CLIENTS = """
    SELECT m.month, m.client_id, c.office_id, {manager} AS manager_id,
           m.amount > 0 AS is_active,
           s.first_purchase >= m.month AND s.first_purchase < m.month + interval '1 month' AS is_new,
           m.amount > 0 AND {is_top} AS is_top_shipped
    FROM ({months}) AS r
    JOIN clients_clientmonth m ON m.month = r.month
    JOIN clients_client c ON c.id = m.client_id
    JOIN clients_clientstate s ON s.client_id = m.client_id
    {hands}
"""
_STORED = """
    LEFT JOIN clients_clientstateversion v
           ON v.client_id = m.client_id AND (v.valid_to IS NULL OR v.valid_to > r.day)
          AND (v.valid_from <= r.day OR NOT EXISTS (
              SELECT FROM clients_clientstateversion e
              WHERE e.client_id = v.client_id AND e.valid_from < v.valid_from))
"""
# The month that the running night is in: it has not stored its states yet.
NOW = _CLIENTS.format(manager="c.in_work_with_id", is_top="s.is_top", hands="", months="{months}")
# A month whose last published day `r.day` is known.
STORED = _CLIENTS.format(
    manager="CASE WHEN v.id IS NULL THEN c.in_work_with_id ELSE v.in_work_with_id END",
    is_top="coalesce(v.is_top AND v.valid_from <= r.day, false)",
    hands=_STORED,
    months="{months}",
)
# A month before the first night.
UNKNOWN = _CLIENTS.format(manager="NULL::bigint", is_top="false", hands="", months="{months}")

_OF_NIGHT = "SELECT month, day FROM night_fact_months WHERE with_accounts AND {which}"
_COUNT = """
    SELECT month, manager_id, office_id, count(*) FILTER (WHERE is_active) AS active,
           count(*) FILTER (WHERE is_new) AS fresh, count(*) FILTER (WHERE is_top_shipped) AS top_shipped
    FROM ({clients}) AS client GROUP BY 1, 2, 3
"""
_COUNTED = " UNION ALL ".join(
    _COUNT.format(clients=clients.format(months=_OF_NIGHT.format(which=which)))
    for clients, which in (
        (NOW, "is_current"),
        (STORED, "NOT is_current AND day IS NOT NULL"),
        (UNKNOWN, "NOT is_current AND day IS NULL"),
    )
)
COUNTS = f"""
    SELECT a.month, a.manager_id, a.office_id, f.measure, f.count FROM ({_COUNTED}) AS a
    CROSS JOIN LATERAL (VALUES
        ('active_accounts', a.active), ('new_accounts', a.fresh), ('top_shipped', a.top_shipped)
    ) AS f (measure, count)
    WHERE f.count > 0
"""
# Months whose accounts can have changed: those of changed documents, those that held or now hold the first purchase
# of a client whose first purchase is another one now, those of clients who moved to another office.
CHANGED_MONTHS = """
    SELECT month FROM clients_touchedmonth
    UNION
    SELECT date_trunc('month', bought.day)::date
    FROM clients_touchedclient t
    JOIN clients_clientstateversion v ON v.client_id = t.client_id AND v.valid_to IS NULL
    JOIN clients_clientstate s ON s.client_id = t.client_id
    CROSS JOIN LATERAL (VALUES (v.first_purchase), (s.first_purchase)) AS bought (day)
    WHERE bought.day IS NOT NULL AND v.first_purchase IS DISTINCT FROM s.first_purchase
    UNION
    SELECT m.month FROM night_rehoused h JOIN clients_clientmonth m ON m.client_id = h.client_id
"""
