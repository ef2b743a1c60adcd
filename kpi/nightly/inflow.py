"""Who became zero or lost and who came back, by home manager: the night hands silent clients away at once.

A change of stage belongs to the month of the night that saw it. What a client's first night found, it found in the
past: that belongs to the month in which the rule began to hold (DOMAIN.md 4.4).
"""

from kpi.nightly.coverage import HANDS_NOW

# One row an event of the month that holds the business date, up to it.
EVENTS = """
    SELECT e.id, e.client_id, e.on, h.home_manager_id AS manager_id, h.office_id,
           e.after = 'zero' AS became_zero, e.after = 'zero' AND h.is_top AS became_zero_top,
           e.after = 'lost' AS became_lost, e.is_reactivation AS reactivated
    FROM clients_stageevent e JOIN ({hands}) AS h ON h.client_id = e.client_id
    WHERE e.as_of <= %(as_of)s
      AND (e.before <> '' AND e.as_of >= %(month)s OR e.before = '' AND e.on >= %(month)s)
"""
COUNTS = f"""
    SELECT %(month)s::date AS month, a.manager_id, a.office_id, f.measure, count(*) AS count
    FROM ({EVENTS.format(hands=HANDS_NOW)}) AS a
    CROSS JOIN LATERAL (VALUES
        ('became_zero', a.became_zero), ('became_zero_top', a.became_zero_top),
        ('became_lost', a.became_lost), ('reactivated', a.reactivated)
    ) AS f (measure, holds)
    WHERE f.holds
    GROUP BY 1, 2, 3, 4
"""
