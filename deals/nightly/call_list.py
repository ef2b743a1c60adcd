"""The call list of the first working day after the business date (DOMAIN.md 5.2).

Every client in work with somebody gets the best tier that holds; within a tier TOP first, then window amount,
then code (tier 7: the longest overdue first, and before them those never talked to). Whose orders an operator
takes is called by the home manager (DOMAIN.md 1). Tiers 1–3 are always in; the rest fills up to `calls.daily_capacity`. Entries that were already worked are kept.

Two additions to the letter of the rule, both so that nobody is called against what was agreed: a client with an
open call-back promised for after the day is not on the list by tiers 4–7, and tiers 4–5 rest once the manager
has talked to the client about that very silence.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from deals.models.lead import first_contact_due
from playbook.services import parameters
from playbook.services.parameters import Parameters
from salesdept.dates import next_working_day
from salesdept.roles import Role
from salesdept.sql import execute, fetch

TITLE = _("Call lists")

_CANDIDATES = """
    CREATE TEMP TABLE night_calls ON COMMIT DROP AS
    WITH promised AS (
        SELECT client_id, min(due_on) AS due_on, min(assignee_id) AS person_id
        FROM deals_task WHERE state = 'open' AND kind = 'call_back' AND client_id IS NOT NULL
        GROUP BY client_id
    ),
    chased AS (
        SELECT DISTINCT client_id FROM deals_invoice i WHERE {invoice}
    ),
    untouched AS (
        SELECT client_id, min(assignee_id) AS person_id FROM deals_lead
        WHERE state = 'new' AND (created_at AT TIME ZONE 'Europe/Moscow')::date <= %(as_of)s
        GROUP BY client_id
    ),
    facts AS (
        SELECT c.id AS client_id, c.code,
               coalesce(CASE WHEN w.role = %(operator_role)s THEN c.home_manager_id ELSE c.in_work_with_id END,
                        p.person_id, l.person_id) AS manager_id,
               s.is_top, s.amount, s.stage, k.due_on, k.client_id IS NOT NULL AS has_contact_state,
               coalesce(p.due_on <= %(day)s, false) AS is_promised,
               coalesce(p.due_on > %(day)s, false) AS is_postponed,
               v.client_id IS NOT NULL AS is_chased,
               l.client_id IS NOT NULL AS is_untouched,
               s.zero_on <= %(day)s::date + %(calls_at_risk_days)s
                   AND (k.last_talked_on IS NULL OR k.last_talked_on < s.zero_on - %(calls_at_risk_days)s)
                   AS is_at_risk,
               s.expected_order < %(day)s
                   AND (k.last_talked_on IS NULL OR k.last_talked_on <= s.expected_order) AS is_expected,
               s.stage <> 'potential' AND (k.due_on IS NULL OR k.due_on <= %(day)s) AS is_due
        FROM clients_client c
        JOIN clients_clientstate s ON s.client_id = c.id
        LEFT JOIN salesdept_user w ON w.id = c.in_work_with_id
        LEFT JOIN deals_contactstate k ON k.client_id = c.id
        LEFT JOIN promised p ON p.client_id = c.id
        LEFT JOIN chased v ON v.client_id = c.id
        LEFT JOIN untouched l ON l.client_id = c.id
    ),
    tiered AS (
        SELECT *, CASE
            WHEN is_promised THEN 1
            WHEN is_chased THEN 2
            WHEN is_untouched THEN 3
            WHEN is_postponed THEN NULL
            WHEN is_at_risk THEN 4
            WHEN is_expected THEN 5
            WHEN is_due AND is_top THEN 6
            WHEN is_due THEN 7 END AS tier
        FROM facts
    ),
    ranked AS (
        SELECT t.*, row_number() OVER (
            PARTITION BY t.manager_id
            ORDER BY t.tier, CASE WHEN t.tier = 7 THEN t.due_on END NULLS FIRST, t.is_top DESC, t.amount DESC,
                     t.code COLLATE "C"
        ) AS position
        FROM tiered t JOIN salesdept_user u ON u.id = t.manager_id AND u.is_active
        WHERE t.tier IS NOT NULL
    )
    SELECT client_id, manager_id, tier, position, is_promised, is_chased, is_untouched, is_at_risk,
           is_expected, is_due, is_postponed, is_top
    FROM ranked WHERE tier <= 3 OR position <= %(calls_daily_capacity)s
"""
# To chase: the first or the second contact day has come and nobody has talked about it since. The list's day is
# a working day, so «a day off rolls to the next working day» is: the calendar date has come.
_INVOICE = """
    i.state = 'open' AND i.issued_on <= %(as_of)s AND (
        (i.issued_on + (%(invoice_first_contact_day)s - 1) <= %(day)s
         AND (i.contacted_on IS NULL OR i.contacted_on < i.issued_on + (%(invoice_first_contact_day)s - 1)))
        OR (i.issued_on + (%(invoice_second_contact_day)s - 1) <= %(day)s
            AND (i.contacted_on IS NULL OR i.contacted_on < i.issued_on + (%(invoice_second_contact_day)s - 1))))
"""
_REASONS = """
    SELECT n.client_id, n.manager_id, n.tier, n.position,
           (SELECT jsonb_agg(found.reason ORDER BY found.tier, found.place) FROM (
               SELECT 1 AS tier, t.id AS place, jsonb_build_object('tier', 1, 'code', 'callback',
                   'task_id', t.id, 'text', t.title, 'due_on', t.due_on, 'due_at', t.due_at) AS reason
               FROM deals_task t WHERE n.is_promised AND t.client_id = n.client_id AND t.state = 'open'
                 AND t.kind = 'call_back' AND t.due_on <= %(day)s
               UNION ALL
               SELECT 2, i.id, jsonb_build_object('tier', 2, 'code', 'invoice', 'number', i.number,
                   'amount', i.amount::text, 'issued_on', i.issued_on,
                   'day', %(day)s::date - i.issued_on + 1, 'stage', s.stage)
               FROM deals_invoice i WHERE n.is_chased AND i.client_id = n.client_id AND {invoice}
               UNION ALL
               SELECT 3, l.id, jsonb_build_object('tier', 3, 'code', 'lead', 'lead_id', l.id,
                   'channel', l.channel, 'came_on', (l.created_at AT TIME ZONE 'Europe/Moscow')::date,
                   'contact_by', term.contact_by, 'day_hours', %(day_hours)s::integer[])
               FROM deals_lead l
               JOIN unnest(%(leads)s::bigint[], %(contact_by)s::text[]) AS term (lead_id, contact_by)
                 ON term.lead_id = l.id
               WHERE n.is_untouched AND l.client_id = n.client_id AND l.state = 'new'
               UNION ALL
               SELECT 4, 0, jsonb_build_object('tier', 4, 'code', 'at_risk', 'zero_on', s.zero_on,
                   'last_purchase', s.last_purchase, 'cycle_days', s.cycle_days)
               WHERE n.is_at_risk AND NOT n.is_postponed
               UNION ALL
               SELECT 5, 0, jsonb_build_object('tier', 5, 'code', 'expected', 'expected_on', s.expected_order,
                   'last_purchase', s.last_purchase, 'cycle_days', s.cycle_days)
               WHERE n.is_expected AND NOT n.is_postponed
               UNION ALL
               SELECT CASE WHEN n.is_top THEN 6 ELSE 7 END, 0, jsonb_build_object(
                   'tier', CASE WHEN n.is_top THEN 6 ELSE 7 END,
                   'code', CASE WHEN n.is_top THEN 'due_top' ELSE 'due_other' END,
                   'last_talked_on', k.last_talked_on, 'due_on', k.due_on)
               WHERE n.is_due AND NOT n.is_postponed
           ) AS found) AS reasons
    FROM night_calls n
    JOIN clients_clientstate s ON s.client_id = n.client_id
    LEFT JOIN deals_contactstate k ON k.client_id = n.client_id
"""
_FORGET = """
    DELETE FROM deals_callentry e WHERE e.date = %(day)s AND e.state = 'open' AND NOT EXISTS (
        SELECT FROM night_calls n WHERE n.client_id = e.client_id AND n.manager_id = e.manager_id)
"""
_WRITE = f"""
    INSERT INTO deals_callentry (date, manager_id, client_id, tier, position, reasons, state)
    SELECT %(day)s, manager_id, client_id, tier, position, reasons, 'open' FROM ({_REASONS}) AS fresh
    ON CONFLICT (date, manager_id, client_id) DO UPDATE
    SET tier = EXCLUDED.tier, position = EXCLUDED.position, reasons = EXCLUDED.reasons
    WHERE deals_callentry.state = 'open'
      AND (deals_callentry.tier, deals_callentry.position, deals_callentry.reasons)
       IS DISTINCT FROM (EXCLUDED.tier, EXCLUDED.position, EXCLUDED.reasons)
"""


def step(*, as_of: date, full: bool) -> int:
    """Write the lists of the next working day; rows changed."""
    values = parameters.in_force(as_of)
    params = (
        values.sql() | {"day": next_working_day(as_of), "operator_role": Role.OPERATOR} | _lead_terms(values)
    )
    execute("DROP TABLE IF EXISTS night_calls")
    execute(_CANDIDATES.format(invoice=_INVOICE), params)
    return execute(_FORGET, params) + execute(_WRITE.format(invoice=_INVOICE), params)


def _lead_terms(values: Parameters) -> dict[str, Any]:
    """By when each untouched lead must be talked to (DOMAIN.md 5.5): the working calendar is not in SQL."""
    leads = fetch("SELECT id, created_at FROM deals_lead WHERE state = 'new' ORDER BY id")
    return {
        "leads": [pk for pk, _came in leads],
        "contact_by": [f"{first_contact_due(came, values):%Y-%m-%dT%H:%M}" for _pk, came in leads],
        "day_hours": [values["work.day_start_hour"], values["work.day_end_hour"]],
    }
