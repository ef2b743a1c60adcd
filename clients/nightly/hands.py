"""Who works with whom after the night (DOMAIN.md 4.5).

A client that bought again goes home, and the development manager keeps the credit; a zero or lost client goes
to a development manager, TOP first, then by amount, no more a working day than `development.daily_intake`;
the rest wait in the queue. Every move is history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from heapq import merge

from django.utils.translation import gettext_lazy as _

from clients.models import Move, MoveReason
from playbook.services import parameters
from salesdept.dates import next_working_day
from salesdept.roles import Role
from salesdept.sql import execute, fetch

TITLE = _("Hand-overs and returns")

# Clients in development whose latest move there has ended: they bought again.
_RETURNED = """
    CREATE TEMP TABLE night_returned ON COMMIT DROP AS
    SELECT c.id AS client_id, c.in_work_with_id AS from_id, c.home_manager_id AS to_id,
           s.last_purchase, s.last_purchase >= m.on AS bought
    FROM clients_client c
    JOIN clients_clientstate s ON s.client_id = c.id
    JOIN LATERAL (
        SELECT reason, "on", to_user_id FROM clients_move
        WHERE client_id = c.id AND field = 'work' ORDER BY id DESC LIMIT 1
    ) m ON m.to_user_id = c.in_work_with_id
    WHERE c.in_work_with_id IS DISTINCT FROM c.home_manager_id
      AND ((m.reason = 'zero' AND s.stage IN ('new', 'active'))
           OR (m.reason = 'invoice' AND s.last_purchase >= m.on))
"""
_CREDITS = """
    INSERT INTO clients_credit (client_id, user_id, kind, starts, ends)
    SELECT client_id, from_id, 'development', last_purchase,
           (last_purchase + make_interval(months => %(reactivation_credit_months)s))::date
    FROM night_returned WHERE bought
    ON CONFLICT (client_id, starts) DO NOTHING
"""
_HISTORY_HOME = """
    INSERT INTO clients_move (client_id, field, from_user_id, to_user_id, "on", at, reason, comment)
    SELECT client_id, 'work', from_id, to_id, %(as_of)s, now(), 'reactivated', '' FROM night_returned
"""
_GO_HOME = """
    UPDATE clients_client c SET in_work_with_id = r.to_id FROM night_returned r WHERE c.id = r.client_id
"""
_DEVELOPERS = """
    SELECT u.id, u.office_id,
           (SELECT count(*) FROM clients_client c WHERE c.in_work_with_id = u.id) AS load,
           (SELECT count(*) FROM clients_move m
            WHERE m.to_user_id = u.id AND m.field = 'work' AND m.reason = 'zero' AND m.on = %(day)s) AS taken
    FROM salesdept_user u WHERE u.is_active AND u.role = %(role)s ORDER BY u.id
"""
# The waiting queue of one pool of development managers, best first.
_WAITING = """
    SELECT NOT s.is_top, -s.amount, c.code, c.id, c.office_id
    FROM clients_clientstate s JOIN clients_client c ON c.id = s.client_id
    LEFT JOIN salesdept_user w ON w.id = c.in_work_with_id
    WHERE s.stage IN ('zero', 'lost') AND w.role IS DISTINCT FROM %(role)s
      AND NOT EXISTS (SELECT FROM clients_handshold h WHERE h.client_id = c.id AND h.until > %(as_of)s)
      AND {pool}
    ORDER BY NOT s.is_top, -s.amount, c.code COLLATE "C" LIMIT %(limit)s
"""


@dataclass
class Developer:
    """A development manager tonight: clients in work and how many more may come."""

    id: int
    office: int | None
    load: int
    room: int


def step(*, as_of: date, full: bool) -> int:
    """Move clients home and into development; how many moved."""
    values = parameters.in_force(as_of)
    execute("DROP TABLE IF EXISTS night_returned")
    execute(_RETURNED)
    execute(_CREDITS, values.sql())
    execute(_HISTORY_HOME, {"as_of": as_of})
    home = execute(_GO_HOME)
    day = next_working_day(as_of)
    staff = developers(day, values["development.daily_intake"])
    return home + len(hand_over(_chosen(staff, as_of), day, MoveReason.ZERO))


def developers(day: date, intake: int) -> list[Developer]:
    """Active development managers with their load and the room left for the working day."""
    rows = fetch(_DEVELOPERS, {"day": day, "role": Role.DEVELOPMENT_MANAGER})
    return [Developer(pk, office, load, max(intake - taken, 0)) for pk, office, load, taken in rows]


def take(staff: list[Developer], office: int | None) -> Developer | None:
    """Who of the client's branch, if the branch has one, takes the next client: fewest in work first."""
    pool = [person for person in staff if person.office == office and office is not None] or staff
    free = [person for person in pool if person.room > 0]
    if not free:
        return None
    person = min(free, key=lambda one: (one.load, one.id))
    person.load += 1
    person.room -= 1
    return person


def _chosen(staff: list[Developer], as_of: date) -> list[tuple[int, int]]:
    """(client, development manager) pairs of tonight, in the order of the queue."""
    branches = {person.office for person in staff if person.office is not None}
    params = {"as_of": as_of, "role": Role.DEVELOPMENT_MANAGER, "limit": sum(person.room for person in staff)}
    if not params["limit"]:
        return []
    pools: list[tuple[str, int | None]] = [
        ("c.office_id = %(office)s", office) for office in sorted(branches)
    ]
    pools.append(("(c.office_id IS NULL OR c.office_id <> ALL(%(branches)s::bigint[]))", None))
    queues = [
        fetch(_WAITING.format(pool=pool), params | {"office": office, "branches": list(branches)})
        for pool, office in pools
    ]
    pairs = []
    for *_order, client, office in merge(*queues):
        person = take(staff, office)
        if person is not None:
            pairs.append((client, person.id))
    return pairs


def hand_over(pairs: list[tuple[int, int]], day: date, reason: str) -> list[int]:
    """Give each client to the person, from the working day on; the moves' ids. One statement each for all."""
    if not pairs:
        return []
    params = {
        "clients": [client for client, _person in pairs],
        "people": [person for _client, person in pairs],
        "day": day,
        "reason": reason,
        "field": Move.Field.WORK,
    }
    given = "unnest(%(clients)s::bigint[], %(people)s::bigint[]) AS pair (client_id, user_id)"
    moves = fetch(
        f"""
        INSERT INTO clients_move (client_id, field, from_user_id, to_user_id, "on", at, reason, comment)
        SELECT pair.client_id, %(field)s, c.in_work_with_id, pair.user_id, %(day)s, now(), %(reason)s, ''
        FROM {given} JOIN clients_client c ON c.id = pair.client_id
        RETURNING id
        """,
        params,
    )
    execute(
        f"UPDATE clients_client c SET in_work_with_id = pair.user_id FROM {given} WHERE c.id = pair.client_id",
        params,
    )
    return [row[0] for row in moves]
