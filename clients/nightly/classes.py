"""ABC and XYZ over the window of complete months (DOMAIN.md 4.2).

A night looks at every client (the place in the order depends on all), but writes only those that moved; while the
window stands and nothing in it changed, which is most nights of a month, there is nothing to look at.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from playbook.services import parameters
from salesdept.dates import complete_months_window
from salesdept.night import published_day
from salesdept.sql import execute, fetch, update_changed

TITLE = _("ABC and XYZ classes")

_COLUMNS = ("amount", "months", "cv", "abc", "xyz")
_CLASSES = """
    WITH sums AS (
        SELECT client_id, sum(amount) AS amount, (count(*) FILTER (WHERE amount > 0))::smallint AS months,
               sum(amount) / %(window_months)s AS mean,
               sum(amount * amount) / %(window_months)s AS mean_square
        FROM clients_clientmonth
        WHERE month >= %(window_start)s AND month < %(window_end)s
        GROUP BY client_id
    ),
    variation AS (
        SELECT client_id, amount, months,
               CASE WHEN mean > 0 THEN sqrt(greatest(mean_square - mean * mean, 0)) / mean END AS cv
        FROM sums
    ),
    ranked AS (
        SELECT v.client_id,
               sum(v.amount) OVER (ORDER BY v.amount DESC, c.code COLLATE "C" ROWS UNBOUNDED PRECEDING)
                   - v.amount AS before,
               sum(v.amount) OVER () AS total
        FROM variation v JOIN clients_client c ON c.id = v.client_id
        WHERE v.amount > 0
    )
    SELECT n.client_id, coalesce(v.amount, 0) AS amount, coalesce(v.months, 0::smallint) AS months,
           round(v.cv, 4) AS cv,
           CASE WHEN r.before < %(abc_a_share)s * r.total THEN 'A'
                WHEN r.before < %(abc_b_share)s * r.total THEN 'B' ELSE 'C' END AS abc,
           {xyz} AS xyz
    FROM clients_nightstate n
    LEFT JOIN variation v ON v.client_id = n.client_id
    LEFT JOIN ranked r ON r.client_id = n.client_id
"""
_XYZ = {
    "frequency": """
        CASE WHEN v.months >= %(xyz_x_months)s THEN 'X' WHEN v.months >= %(xyz_y_months)s THEN 'Y' ELSE 'Z' END
    """,
    "cv": """
        CASE WHEN v.cv <= %(xyz_x_cv)s THEN 'X' WHEN v.cv <= %(xyz_y_cv)s THEN 'Y' ELSE 'Z' END
    """,
}


# The classes being computed are those that are published: no night that died has left others here.
_STALE = f"""
    SELECT EXISTS (SELECT FROM clients_touchedmonth WHERE month >= %(window_start)s AND month < %(window_end)s)
        OR EXISTS (
            SELECT FROM clients_nightstate n JOIN clients_clientstate s ON s.client_id = n.client_id
            WHERE ({", ".join(f"n.{name}" for name in _COLUMNS)})
               IS DISTINCT FROM ({", ".join(f"s.{name}" for name in _COLUMNS)}))
"""
_CODES = (
    "analysis.window_months",
    "abc.a_share",
    "abc.b_share",
    "xyz.method",
    "xyz.x_months",
    "xyz.y_months",
    "xyz.x_cv",
    "xyz.y_cv",
)


def _stand(as_of: date, values: parameters.Parameters, params: dict[str, Any]) -> bool:
    """Whether the published classes are still right: the same window, the same rules, nothing new in it."""
    last = published_day()
    if (
        last is None
        or complete_months_window(last, values["analysis.window_months"])[1] != params["window_end"]
    ):
        return False
    before = parameters.in_force(last)
    return all(before[code] == values[code] for code in _CODES) and not fetch(_STALE, params)[0][0]


def step(*, as_of: date, full: bool) -> int:
    """Classify every client over the window; how many rows changed."""
    values = parameters.in_force(as_of)
    months = values["analysis.window_months"]
    start, end = complete_months_window(as_of, months)
    params = values.sql() | {"window_start": start, "window_end": end, "window_months": months}
    if not full and _stand(as_of, values, params):
        return 0
    query = _CLASSES.format(xyz=_XYZ[values["xyz.method"]])
    return execute(update_changed("clients_nightstate", "client_id", _COLUMNS, query), params)
