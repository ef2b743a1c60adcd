"""How the call lists of a month were worked, and how many conversations there were (DOMAIN.md 5.2).

A line of a list counts for whose list it is, a conversation for who talked; an e-mail is no conversation.
"""

LISTS = """
    SELECT r.month, e.manager_id, c.office_id, f.measure, count(*) AS count
    FROM night_fact_months r
    JOIN deals_callentry e ON e.date >= r.month AND e.date <= r.until
    JOIN clients_client c ON c.id = e.client_id
    CROSS JOIN LATERAL (VALUES
        ('calls_listed', true), ('calls_done', e.state = 'done'), ('calls_skipped', e.state = 'skipped')
    ) AS f (measure, holds)
    WHERE r.with_calls AND f.holds
    GROUP BY 1, 2, 3, 4
"""
TALKS = """
    SELECT r.month, i.user_id, c.office_id, 'talks', count(*) AS count
    FROM night_fact_months r
    JOIN deals_interaction i ON i.day >= r.month AND i.day <= r.until
    JOIN clients_client c ON c.id = i.client_id
    WHERE r.with_calls AND i.outcome = 'talked' AND i.kind <> 'email'
    GROUP BY 1, 2, 3, 4
"""
