"""What similar clients buy and this one does not, for the call card (DOMAIN.md 4.7).

Similar are the dearest buying clients of the same segment and class. What they buy does not depend on who is
called, so it is worked out once for a published day and kept in the cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.cache import cache

from clients.models import Client, ClientState, Stage
from playbook.services.parameters import Parameters
from salesdept.dates import add_months
from salesdept.sql import fetch

PEERS = 100  # a bound on the work: a share of a hundred buyers is exact enough
SHOWN = 2
_DAY = 24 * 3600
_CODES = ("gap.min_peers", "gap.buyers_share", "analysis.window_months")
_CATEGORIES = """
    SELECT category.name, count(*) AS buyers, percentile_cont(0.5) WITHIN GROUP (ORDER BY bought.amount) AS usual
    FROM (
        SELECT s.client_id, p.category_id, sum(l.amount) AS amount
        FROM clients_shipment s
        JOIN clients_shipmentline l ON l.shipment_id = s.id
        JOIN clients_product p ON p.id = l.product_id AND p.category_id IS NOT NULL
        WHERE s.client_id = ANY(%(peers)s::bigint[]) AND s.date > %(since)s AND s.date <= %(day)s
        GROUP BY s.client_id, p.category_id HAVING sum(l.amount) > 0
    ) AS bought
    JOIN clients_category category ON category.id = bought.category_id
    GROUP BY category.name ORDER BY count(*) DESC, category.name
"""


@dataclass(frozen=True)
class Missing:
    """A category that a share of similar clients buy, usually for this much a year, and the client does not."""

    name: str
    share: float
    usual: Decimal


def missing(client: Client, bought: Iterable[str], values: Parameters, day: date) -> list[Missing]:
    """The commonest categories the client lacks, best first; empty when there are too few like it."""
    state: ClientState | None = getattr(client, "state", None)
    if state is None or client.segment_id is None:
        return []
    book = ":".join(
        str(values[code]) for code in _CODES
    )  # another rule is another answer, on the same day too
    key = f"gap:{client.segment_id}:{state.abc}:{day:%Y%m%d}:{book}"
    usual: list[Missing] | None = cache.get(key)
    if usual is None:
        usual = _usual(client.segment_id, state.abc, values, day)
        cache.set(key, usual, _DAY)
    has = set(bought)
    return [one for one in usual if one.name not in has][:SHOWN]


def _usual(segment: int, abc: str, values: Parameters, day: date) -> list[Missing]:
    alike = ClientState.objects.filter(client__segment=segment, abc=abc, stage__in=[Stage.NEW, Stage.ACTIVE])
    peers = list(alike.order_by("-amount", "client").values_list("client", flat=True)[:PEERS])
    if len(peers) < values["gap.min_peers"]:
        return []
    rows = fetch(
        _CATEGORIES, {"peers": peers, "since": add_months(day, -values["analysis.window_months"]), "day": day}
    )
    found = [Missing(name, buyers / len(peers), Decimal(str(usual))) for name, buyers, usual in rows]
    return [one for one in found if one.share >= values["gap.buyers_share"]]
