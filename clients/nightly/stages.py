"""The stage of a client: potential, new, active, zero or lost (DOMAIN.md 4.4).

`stage_since` is the date on which the rule began to hold; `zero_on` is the day a client that buys would turn
zero without another purchase.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from clients.nightly.top import LATEST
from playbook.services import parameters
from salesdept.sql import execute, update_changed

TITLE = _("Stages of clients")

_COLUMNS = ("stage", "stage_since", "zero_on")
_MONTHS = "(n.last_purchase + make_interval(months => %({code})s))::date"
_LOST = _MONTHS.format(code="stage_lost_months")
_ZERO = f"""
    least(
        CASE WHEN n.is_top
             THEN greatest({_MONTHS.format(code="stage_zero_months_top")}, {{top_since}}) END,
        CASE WHEN n.purchases = 1 THEN {_MONTHS.format(code="stage_zero_months_single")} END,
        {_MONTHS.format(code="stage_zero_months_regular")}
    )
"""
_STAGES = f"""
    WITH latest_top AS ({LATEST}),
    dates AS (
        SELECT n.client_id, n.purchases, n.first_purchase, n.last_purchase,
               {_LOST} AS lost_on,
               {_ZERO.format(top_since="coalesce(t.as_of, %(as_of)s)")} AS zero_since,
               {_ZERO.format(top_since="NULL")} AS zero_on,
               (n.first_purchase + make_interval(months => %(stage_new_months)s))::date AS grown_on
        FROM clients_nightstate n LEFT JOIN latest_top t ON t.client_id = n.client_id
    ),
    staged AS (
        SELECT *, CASE
            WHEN last_purchase IS NULL THEN 'potential'
            WHEN lost_on <= %(as_of)s THEN 'lost'
            WHEN zero_on <= %(as_of)s THEN 'zero'
            WHEN purchases = 1 OR grown_on > %(as_of)s THEN 'new'
            ELSE 'active' END AS stage
        FROM dates
    )
    SELECT s.client_id, s.stage,
           CASE s.stage
               WHEN 'lost' THEN s.lost_on
               WHEN 'zero' THEN s.zero_since
               WHEN 'potential' THEN NULL
               ELSE CASE
                   WHEN before.stage = s.stage THEN before.stage_since
                   WHEN before.stage IN ('zero', 'lost') THEN s.last_purchase
                   WHEN s.stage = 'new' THEN s.first_purchase
                   WHEN s.purchases = 2 THEN greatest(s.grown_on, s.last_purchase)
                   ELSE s.grown_on END
           END AS stage_since,
           CASE WHEN s.stage IN ('new', 'active') THEN s.zero_on END AS zero_on
    FROM staged s LEFT JOIN clients_clientstate before ON before.client_id = s.client_id
"""


def step(*, as_of: date, full: bool) -> int:
    """Stage every client; how many rows changed."""
    params = parameters.in_force(as_of).sql()
    return execute(update_changed("clients_nightstate", "client_id", _COLUMNS, _STAGES), params)
