"""What the next night would do by other rules: the night itself, run and taken back (DOMAIN.md 3).

The night runs twice, by the rules in force and by the changed ones, each time in a savepoint that is rolled back;
what the two leave behind is compared, so that only the rule's effect is seen and not a day's passing. Both see one
state of the base (REPEATABLE READ), whatever is saved meanwhile.

What others feel of it: pages only read, and readers never wait. A row that a step changed is locked until that
run is taken back, so a call saved in this second waits for it. The TRUNCATEs of the steps lock the working
tables of the night (touched clients and months), which nobody else uses; before the very first night also
`clients_changedmonth`, so a file imported in those seconds waits. `_BOUNDS` and LONGEST keep all this short.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from psycopg import errors

from salesdept import schedule
from salesdept.models import JobRun
from salesdept.night import GATE, LOCK, published_day, run_step, yesterday
from salesdept.sql import execute, fetch

# A lock that somebody holds longer, or a statement that runs away, ends the rehearsal and nothing else.
_BOUNDS = "SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '60s'"
LONGEST = 300.0  # seconds for both nights: the real one waits for a rehearsal under way
TURN = 60.0  # seconds to wait for another rehearsal
ATTEMPTS = 3  # when somebody saved a row that a step was about to change

T = TypeVar("T")
Say = Callable[[int], None]


class RehearsalError(Exception):
    """It cannot be rehearsed now; the message is for the person who asked. Nothing has been changed."""


@dataclass(frozen=True)
class Kind:
    """Something a rule can change about a client.

    `say` puts a value into words; without it the value is a person's id or a list of them. `is_entry`: something
    that is there or is not, like a place on a call list.
    """

    code: str
    label: str | Promise
    say: Callable[[Any], str] | None = None
    is_entry: bool = False


@dataclass(frozen=True)
class Comparison:
    """Kinds that one query reads for all clients: rows of the client's id and a value for each kind."""

    kinds: tuple[Kind, ...]
    query: Callable[[date], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Load:
    """Something a person has to do on the day after the night: rows of the person's id and how many."""

    code: str
    label: str | Promise
    query: Callable[[date], list[tuple[Any, ...]]]


@dataclass
class Difference:
    """What the changed rules make of one night. Everything in it can be stored as JSON."""

    as_of: date
    clients: dict[int, dict[str, list[Any]]] = field(default_factory=dict)  # kind → before, after
    people: dict[int, dict[str, list[int]]] = field(default_factory=dict)  # load → before, after
    seconds: float = 0.0


@dataclass
class _Snapshot:
    clients: dict[str, dict[int, tuple[Any, ...]]]
    people: dict[str, dict[int, int]]


def next_night() -> date:
    """The business date of the next night that has not been computed: the one a new version can first change.

    Nights behind are made good by computing yesterday; then it is the day after the last published one.
    Raises RehearsalError while a night stands unfinished: it resumes by its own rules, and then we know.
    """
    last = published_day()
    begun = JobRun.objects.filter(published_at__isnull=True)
    if stuck := (begun.filter(as_of__gt=last) if last else begun).order_by("-as_of").first():
        raise RehearsalError(
            _("The night of %(day)s is not finished; what the next one does is known after it.")
            % {"day": f"{stuck.as_of:%d.%m.%Y}"}
        )
    return max(last + timedelta(days=1), yesterday()) if last else yesterday()


def kinds() -> dict[str, Kind]:
    """Every kind of change by code, in the order they are shown."""
    return {kind.code: kind for one in _comparisons() for kind in one.kinds}


def loads() -> dict[str, Load]:
    """Everything that is counted for a person, by code."""
    return {load.code: load for load in map(import_string, schedule.COMPARE_LOADS)}


def rehearse(as_of: date, apply: Callable[[], None], say: Say | None = None) -> Difference:
    """What the night of `as_of` does differently after `apply()` changed the book; nothing of it stays.

    `say` hears the per cent done. Raises RehearsalError: the night runs, others are before us, somebody works
    with the same rows, it takes too long.
    """
    started = time.monotonic()
    with _turn():
        before, after = _two_nights(as_of, apply, say or _silent)
    found = _differences(as_of, before, after)
    found.seconds = round(time.monotonic() - started, 2)
    return found


@contextmanager
def _turn() -> Iterator[None]:
    """One at a time, and never beside the night. A session lock: it ends with the process, however it ends."""
    deadline = time.monotonic() + TURN
    while not fetch("SELECT pg_try_advisory_lock(%(gate)s)", {"gate": GATE})[0][0]:
        _mind_the_night()
        if time.monotonic() > deadline:
            raise RehearsalError(_("Another draft is being computed. Try again in a minute."))
        time.sleep(0.2)
    try:
        _mind_the_night()
        yield
    finally:
        if connection.is_usable():
            execute("SELECT pg_advisory_unlock(%(gate)s)", {"gate": GATE})


def _mind_the_night() -> None:
    # Looked up and not tried: a lock held for a moment would turn away a night that begins in it.
    runs = fetch(
        """
        SELECT EXISTS (
            SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted
              AND l.classid = 0 AND l.objid = %(key)s AND l.objsubid = 1)
        """,
        {"key": LOCK},
    )
    if runs[0][0]:
        raise RehearsalError(_("The night is being computed now. Try again when it is over."))


def _two_nights(as_of: date, apply: Callable[[], None], say: Say) -> tuple[_Snapshot, _Snapshot]:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _taken_back(lambda: _in_one_base(as_of, apply, say))
        except OperationalError as error:
            if attempt == ATTEMPTS or not isinstance(error.__cause__, errors.SerializationFailure):
                raise _in_words(error) from error
    raise AssertionError("unreachable")


def _in_one_base(as_of: date, apply: Callable[[], None], say: Say) -> tuple[_Snapshot, _Snapshot]:
    if len(connection.savepoint_ids) == 0:  # in a test's transaction the level is that of the test
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    execute(_BOUNDS)
    steps = (*schedule.COMPUTE, *schedule.PUBLISH)
    clock = _Clock(2 * len(steps), say)
    before = _taken_back(lambda: _night(steps, as_of, clock))

    def changed() -> _Snapshot:
        apply()
        return _night(steps, as_of, clock)

    return before, _taken_back(changed)


def _taken_back(work: Callable[[], T]) -> T:
    """Do the work in a transaction or a savepoint, keep what it returns and nothing of what it wrote."""
    with transaction.atomic():
        found = work()
        transaction.set_rollback(True)
    return found


class _Clock:
    """Counts steps for the person who waits, and stops what takes too long."""

    def __init__(self, total: int, say: Say) -> None:
        self.total, self.say, self.done = total, say, 0
        self.deadline = time.monotonic() + LONGEST

    def tick(self) -> None:
        self.done += 1
        self.say(100 * self.done // self.total)
        if time.monotonic() > self.deadline:
            raise RehearsalError(_("It took too long and was stopped; nothing has been changed."))


def _night(steps: tuple[str, ...], as_of: date, clock: _Clock) -> _Snapshot:
    for path in steps:
        run_step(path, as_of=as_of, full=False)
        clock.tick()
    return _Snapshot(
        {one.kinds[0].code: {row[0]: tuple(row[1:]) for row in one.query(as_of)} for one in _comparisons()},
        {load.code: dict(load.query(as_of)) for load in loads().values()},
    )


def _differences(as_of: date, before: _Snapshot, after: _Snapshot) -> Difference:
    found = Difference(as_of)
    for one in _comparisons():
        old, new = before.clients[one.kinds[0].code], after.clients[one.kinds[0].code]
        nothing = (None,) * len(one.kinds)
        for client in sorted(old.keys() | new.keys()):
            was, becomes = old.get(client, nothing), new.get(client, nothing)
            for kind, a, b in zip(one.kinds, was, becomes, strict=True):
                if a != b:
                    found.clients.setdefault(client, {})[kind.code] = [a, b]
    for code in before.people:
        for person in sorted(before.people[code].keys() | after.people[code].keys()):
            pair = [before.people[code].get(person, 0), after.people[code].get(person, 0)]
            found.people.setdefault(person, {})[code] = pair
    return found


def _comparisons() -> list[Comparison]:
    return [import_string(path) for path in schedule.COMPARE_CLIENTS]


def _in_words(error: OperationalError) -> Exception:
    busy = (errors.LockNotAvailable, errors.SerializationFailure, errors.DeadlockDetected)
    if isinstance(error.__cause__, busy):
        return RehearsalError(_("Somebody is writing the same rows now. Try again in a minute."))
    if isinstance(error.__cause__, errors.QueryCanceled):
        return RehearsalError(_("It took too long and was stopped; nothing has been changed."))
    return error


def _silent(percent: int) -> None:
    """Nobody waits for news."""
