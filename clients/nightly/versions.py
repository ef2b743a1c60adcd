"""What was stored for each client on each night: a row lives from one change to the next.

`manage.py segments --as-of D` prints it for any computed day. Runs after the hands of the night.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from salesdept.sql import execute

TITLE = _("Snapshot of the day")

_NAMES = (
    "amount",
    "months",
    "cv",
    "abc",
    "xyz",
    "is_top",
    "stage",
    "first_shipment",
    "first_purchase",
    "last_purchase",
    "purchases",
)
_NOW = ", ".join(f"s.{name}" for name in _NAMES) + ", c.home_manager_id, c.in_work_with_id"
_STORED = ", ".join(f"v.{name}" for name in _NAMES) + ", v.home_manager_id, v.in_work_with_id"
_DIFFERS = f"""
    FROM clients_clientstate s JOIN clients_client c ON c.id = s.client_id
    WHERE v.client_id = s.client_id AND v.valid_to IS NULL AND ({_NOW}) IS DISTINCT FROM ({_STORED})
"""
_STEPS = (
    "DELETE FROM clients_clientstateversion WHERE valid_from > %(as_of)s",
    "UPDATE clients_clientstateversion SET valid_to = NULL WHERE valid_to > %(as_of)s",
    f"DELETE FROM clients_clientstateversion v WHERE v.valid_from = %(as_of)s AND EXISTS (SELECT {_DIFFERS})",
    f"UPDATE clients_clientstateversion v SET valid_to = %(as_of)s {_DIFFERS}",
    f"""
    INSERT INTO clients_clientstateversion
        (client_id, valid_from, {", ".join(_NAMES)}, home_manager_id, in_work_with_id)
    SELECT s.client_id, %(as_of)s, {_NOW}
    FROM clients_clientstate s JOIN clients_client c ON c.id = s.client_id
    WHERE NOT EXISTS (
        SELECT FROM clients_clientstateversion v WHERE v.client_id = s.client_id AND v.valid_to IS NULL
    )
    """,
    "TRUNCATE clients_touchedclient, clients_touchedmonth",
)


def step(*, as_of: date, full: bool) -> int:
    """Close the rows that changed and open new ones; rows changed. The last rule that needs touched clients
    and months has run by then, so they are forgotten here."""
    return sum(execute(sql, {"as_of": as_of}) for sql in _STEPS)
