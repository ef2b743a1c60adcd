"""Counts of a month by manager and office: base, load, conversations, inflow of zero and lost clients, call lists.

What shipments say follows late documents into past months. The rest is history: it stays as the last published
night of the month saw it, and a full rebuild leaves it alone, as it leaves the history of TOP (DOMAIN.md 4.3).
Nights that were not run are made good: lists and conversations are counted from the last published month on.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from kpi.nightly import accounts, calls, coverage, inflow, key_clients
from playbook.services import parameters
from salesdept.dates import month_start
from salesdept.night import published_day
from salesdept.roles import Role
from salesdept.sql import execute, upsert

TITLE = _("Counts by manager")

ACCOUNTS = ("active_accounts", "new_accounts", "top_shipped")
STATES = (
    "top_total",
    "top_in_time",
    "other_total",
    "other_in_time",
    "load_top",
    "load_other",
    "key_total",
    "key_shipped",
    "became_zero",
    "became_zero_top",
    "became_lost",
    "reactivated",
)
CALLS = ("calls_listed", "calls_done", "calls_skipped", "talks")
MEASURES = ACCOUNTS + STATES + CALLS

_REHOUSED = """
    CREATE TEMP TABLE night_rehoused ON COMMIT DROP AS
    SELECT c.id AS client_id, c.office_id
    FROM clients_client c LEFT JOIN kpi_countedclient k ON k.client_id = c.id
    WHERE k.office_id IS DISTINCT FROM c.office_id
"""
_REMEMBER = """
    INSERT INTO kpi_countedclient (client_id, office_id) SELECT client_id, office_id FROM night_rehoused
    ON CONFLICT (client_id) DO UPDATE SET office_id = EXCLUDED.office_id
"""
_ALL_MONTHS = (
    "SELECT DISTINCT month FROM clients_clientmonth UNION SELECT DISTINCT month FROM kpi_managerfact"
)
# The months to write, and which of their counts are made anew.
_MONTHS = """
    CREATE TEMP TABLE night_fact_months ON COMMIT DROP AS
    WITH changed AS ({changed}),
    recent AS (
        SELECT month::date FROM generate_series(%(since)s::date, %(month)s::date, interval '1 month') AS month
    )
    SELECT m.month, published.day, m.month = %(month)s AS is_current,
           m.month = %(month)s OR changed.month IS NOT NULL AS with_accounts,
           recent.month IS NOT NULL AS with_calls,
           least(%(as_of)s, (m.month + interval '1 month')::date - 1) AS until
    FROM (SELECT month FROM changed UNION SELECT month FROM recent) AS m
    LEFT JOIN changed USING (month)
    LEFT JOIN recent USING (month)
    LEFT JOIN (
        SELECT date_trunc('month', as_of)::date AS month, max(as_of) AS day FROM salesdept_jobrun
        WHERE published_at IS NOT NULL GROUP BY 1
    ) AS published USING (month)
    WHERE m.month <= %(month)s
"""
_KEPT = f"""
    SELECT f.month, f.manager_id, f.office_id, k.measure, k.count
    FROM kpi_managerfact f JOIN night_fact_months r USING (month)
    CROSS JOIN LATERAL (VALUES
        {", ".join(f"('{name}', f.{name}, r.with_accounts)" for name in ACCOUNTS)},
        {", ".join(f"('{name}', f.{name}, r.is_current)" for name in STATES)},
        {", ".join(f"('{name}', f.{name}, r.with_calls)" for name in CALLS)}
    ) AS k (measure, count, is_new)
    WHERE NOT k.is_new AND k.count > 0
"""
_PARTS = (
    accounts.COUNTS,
    coverage.COUNTS,
    key_clients.COUNTS,
    inflow.COUNTS,
    calls.LISTS,
    calls.TALKS,
    _KEPT,
)
_KEY = "month, manager_id, office_id"
_FRESH = f"""
    CREATE TEMP TABLE night_facts ON COMMIT DROP AS
    SELECT {_KEY}, {", ".join(f"coalesce(sum(count) FILTER (WHERE measure = '{name}'), 0)::integer AS {name}" for name in MEASURES)}
    FROM ({" UNION ALL ".join(_PARTS)}) AS parts GROUP BY {_KEY}
"""
_FORGET = """
    DELETE FROM kpi_managerfact f
    WHERE f.month > %(month)s OR f.month IN (SELECT month FROM night_fact_months) AND NOT EXISTS (
        SELECT FROM night_facts n
        WHERE n.month = f.month AND coalesce(n.manager_id, 0) = coalesce(f.manager_id, 0)
          AND coalesce(n.office_id, 0) = coalesce(f.office_id, 0))
"""
_WRITE = upsert("kpi_managerfact", _KEY, MEASURES, f"SELECT {_KEY}, {', '.join(MEASURES)} FROM night_facts")


def step(*, as_of: date, full: bool) -> int:
    """Bring ManagerFact to the business date; rows changed."""
    last = published_day()
    everything = full or last is None
    params = parameters.in_force(as_of).sql() | {
        "month": month_start(as_of),
        "since": month_start(min(last or as_of, as_of)),
        "development_role": Role.DEVELOPMENT_MANAGER,
    }
    for table in ("night_rehoused", "night_fact_months", "night_facts"):
        execute(f"DROP TABLE IF EXISTS {table}")
    execute(_REHOUSED)
    execute(_MONTHS.format(changed=_ALL_MONTHS if everything else accounts.CHANGED_MONTHS), params)
    execute("ANALYZE night_fact_months")
    execute(_FRESH, params)
    execute(_REMEMBER)
    return execute(_FORGET, params) + execute(_WRITE)
