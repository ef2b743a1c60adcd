"""The runner of the night: resumes after a crash, publishes at once, never runs twice at a time."""

from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clients.models import ClientMonth, ClientState, StageEvent, TopEvent
from salesdept import schedule
from salesdept.dates import today
from salesdept.models import JobRun, JobStep
from salesdept.night import LOCK, AlreadyRunningError, NightError, run_night
from salesdept.sql import execute, fetch
from tests.factories import ClientFactory, ShipmentFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)


def _break(monkeypatch: pytest.MonkeyPatch, name: str, phase: str) -> None:
    """The named step dies, as a killed process would leave it."""
    steps = list(getattr(schedule, phase))
    steps[next(i for i, path in enumerate(steps) if name in path)] = "tests.salesdept.test_night.dies"
    monkeypatch.setattr(schedule, phase, tuple(steps))


def dies(*, as_of: date, full: bool) -> int:
    raise RuntimeError("killed")


@pytest.mark.parametrize(
    ("step", "phase"),
    [("measures", "COMPUTE"), ("stages", "COMPUTE"), ("hands", "PUBLISH"), ("call_list", "PUBLISH")],
)
def test_crashed_night_shows_nothing_and_ends_like_an_undisturbed_one(
    monkeypatch: pytest.MonkeyPatch, step: str, phase: str
) -> None:
    ShipmentFactory(date=date(2026, 3, 1))
    with monkeypatch.context() as broken:
        _break(broken, step, phase)
        with pytest.raises(RuntimeError):
            run_night(as_of=DAY)
    assert not ClientState.objects.exists()
    assert not JobRun.objects.filter(published_at__isnull=False).exists()
    assert JobRun.objects.get(as_of=DAY).state == "failed"
    run = run_night(as_of=DAY)
    assert run.state == "done"
    assert ClientState.objects.get().stage == "new"
    assert {step.state for step in run.steps.exclude(name__contains="dies")} == {"done"}


def test_resumed_night_skips_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    ShipmentFactory(date=date(2026, 3, 1))
    with monkeypatch.context() as broken:
        _break(broken, "classes", "COMPUTE")
        with pytest.raises(RuntimeError):
            run_night(as_of=DAY)
    execute("DELETE FROM clients_clientmonth")  # would be rebuilt if the rollup ran again
    run_night(as_of=DAY)
    assert not ClientMonth.objects.exists()


def test_night_run_twice_changes_nothing() -> None:
    for number in range(6):
        ShipmentFactory(date=DAY - timedelta(days=40 * number))
    run_night(as_of=DAY)
    again = run_night(as_of=DAY)
    assert {step.name: step.rows for step in again.steps.all() if step.rows} == {}


def test_two_nights_never_run_at_once() -> None:
    settings = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    other = psycopg.connect(**{key: settings[key] for key in keys if settings.get(key)})
    other.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    with pytest.raises(AlreadyRunningError):
        run_night(as_of=DAY)
    # returns when the other process has ended, and its lock with it
    fetch("SELECT pg_terminate_backend(%(pid)s, 10000)", {"pid": other.info.backend_pid})
    assert run_night(as_of=DAY).state == "done"


def test_earlier_day_needs_full_and_takes_the_later_ones_back() -> None:
    ShipmentFactory(date=date(2026, 2, 10))
    run_night(as_of=DAY)
    with pytest.raises(NightError):
        run_night(as_of=DAY - timedelta(days=1))
    run_night(as_of=DAY - timedelta(days=1), full=True)
    with pytest.raises(CommandError):
        call_command("segments", as_of=DAY)


def test_future_day_is_refused() -> None:
    with pytest.raises(NightError):
        run_night(as_of=today() + timedelta(days=1))


@pytest.mark.parametrize("full", [False, True])
def test_number_of_queries_does_not_depend_on_the_number_of_clients(
    full: bool, django_assert_num_queries: object
) -> None:
    from django.test.utils import CaptureQueriesContext

    counts = []
    ShipmentFactory(date=DAY)
    run_night(as_of=DAY)  # the very first rollup of a base has a statement of its own
    JobRun.objects.all().delete()
    for clients in (10, 200):
        for number in range(clients):
            ShipmentFactory(date=DAY - timedelta(days=number % 300), client=ClientFactory())
        with CaptureQueriesContext(connection) as queries:
            run_night(as_of=DAY, full=full)
        counts.append(len(queries))
        JobRun.objects.all().delete()
    assert counts[0] == counts[1]


def test_segments_prints_what_was_stored_for_a_past_day(capsys: pytest.CaptureFixture[str]) -> None:
    client = ClientFactory(code="000042")
    ShipmentFactory(client=client, date=date(2026, 3, 1), amount=Decimal("100.50"))
    run_night(as_of=DAY)
    ShipmentFactory(client=client, date=date(2026, 4, 1), amount=Decimal("9.00"))
    run_night(as_of=date(2026, 4, 30))
    call_command("segments", as_of=DAY)
    row = capsys.readouterr().out.splitlines()[1]
    assert row == "000042,100.50,1,3.3166,A,Z,false,new,2026-03-01,2026-03-01,1,,"
    call_command("segments", as_of=date(2026, 4, 30))
    assert "109.50,2," in capsys.readouterr().out


def test_silent_top_client_turns_zero_after_two_months_and_the_event_has_the_date_of_the_rule() -> None:
    client = ClientFactory()
    for month in range(1, 13):
        ShipmentFactory(client=client, date=date(2025, month, 20))
    run_night(as_of=date(2025, 12, 31))
    assert TopEvent.objects.get().reason == "first_run"
    run_night(as_of=date(2026, 2, 19))
    assert ClientState.objects.get().stage == "active"
    run_night(as_of=date(2026, 2, 22))
    event = StageEvent.objects.filter(client=client).latest("as_of")
    assert (event.before, event.after, event.on) == ("active", "zero", date(2026, 2, 20))


def test_no_step_leaves_touched_clients_behind() -> None:
    ShipmentFactory(date=date(2026, 3, 1))
    run_night(as_of=DAY)
    ShipmentFactory(date=date(2026, 3, 30))
    run_night(as_of=DAY + timedelta(days=1))
    assert fetch("SELECT count(*) FROM clients_touchedclient") == [(0,)]


@pytest.mark.parametrize("path", [*schedule.COMPUTE, *schedule.PUBLISH])
def test_every_step_is_called_by_its_own_words(path: str) -> None:
    assert JobStep(name=path).title != path
