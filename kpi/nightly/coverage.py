"""Who was talked to in time, and how many clients a person keeps, by who works with the client (DOMAIN.md 5.1, 4.5).

TOP: every TOP client. Others: the clients who buy (new and active), and the zero and lost ones that a development
manager works with. In time: there was a conversation, and the next one is not due before the business date.
Load: the clients in work whose stage is new or active.
"""

from deals.nightly.contact_due import DUE_ON

# Hands and classes of the business date: as the running night has them, or as it stored them.
HANDS_NOW = """
    SELECT c.id AS client_id, c.code, c.office_id, c.in_work_with_id, c.home_manager_id, s.is_top, s.stage,
           s.amount, s.last_purchase
    FROM clients_client c JOIN clients_clientstate s ON s.client_id = c.id
"""
HANDS_STORED = """
    SELECT c.id AS client_id, c.code, c.office_id, v.in_work_with_id, v.home_manager_id, v.is_top, v.stage,
           v.amount, v.last_purchase
    FROM clients_client c JOIN clients_clientstateversion v ON v.client_id = c.id
    WHERE v.valid_from <= %(as_of)s AND (v.valid_to IS NULL OR v.valid_to > %(as_of)s)
"""
# One row a client. Conversations are read anew, because ContactState moves on during the day.
CLIENTS = f"""
    SELECT s.client_id, s.in_work_with_id AS manager_id, s.office_id, s.is_top,
           NOT s.is_top AND (s.stage IN ('new', 'active')
                             OR (s.stage IN ('zero', 'lost') AND coalesce(w.role = %(development_role)s, false)))
               AS is_other,
           s.stage IN ('new', 'active') AS is_load,
           t.last_talked_on, {DUE_ON} AS due_on, coalesce({DUE_ON} >= %(as_of)s, false) AS in_time
    FROM ({{hands}}) AS s
    LEFT JOIN salesdept_user w ON w.id = s.in_work_with_id
    LEFT JOIN (
        SELECT client_id, max(day) AS last_talked_on FROM deals_interaction
        WHERE outcome = 'talked' AND kind <> 'email' AND day <= %(as_of)s GROUP BY client_id
    ) AS t ON t.client_id = s.client_id
"""
COUNTS = f"""
    SELECT %(month)s::date AS month, a.manager_id, a.office_id, f.measure, f.count
    FROM (
        SELECT manager_id, office_id, count(*) FILTER (WHERE is_top) AS top,
               count(*) FILTER (WHERE is_top AND in_time) AS top_in_time,
               count(*) FILTER (WHERE is_other) AS other,
               count(*) FILTER (WHERE is_other AND in_time) AS other_in_time,
               count(*) FILTER (WHERE is_load AND is_top) AS load_top,
               count(*) FILTER (WHERE is_load AND NOT is_top) AS load_other
        FROM ({CLIENTS.format(hands=HANDS_NOW)}) AS client GROUP BY 1, 2
    ) AS a
    CROSS JOIN LATERAL (VALUES
        ('top_total', a.top), ('top_in_time', a.top_in_time),
        ('other_total', a.other), ('other_in_time', a.other_in_time),
        ('load_top', a.load_top), ('load_other', a.load_other)
    ) AS f (measure, count)
    WHERE f.count > 0
"""
