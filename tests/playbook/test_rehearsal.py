"""«What would change» is what the night then does, and leaves nothing behind (DOMAIN.md 3)."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clients.models import Client, ClientState, ExportLog, Shipment
from deals.models import CallEntry, Interaction, Task
from playbook.models import Regulation, RegulationVersion, Rehearsal
from playbook.parameters import BY_CODE, contradictions
from playbook.services import parameters
from playbook.services import rehearsal as rehearsals
from playbook.services import version as versions
from salesdept import rehearsal as floor
from salesdept import schedule
from salesdept.dates import next_working_day
from salesdept.models import JobRun, User
from salesdept.night import GATE, LOCK, run_night
from salesdept.rehearsal import RehearsalError, next_night, rehearse
from salesdept.roles import Role
from salesdept.sql import execute, fetch
from tests.clients.nightly.test_rules import with_values
from tests.factories import ClientFactory, InvoiceFactory, OfficeFactory, TaskFactory, UserFactory

TODAY = date(2026, 3, 16)  # a Monday
NOON = datetime(2026, 3, 16, 12, 0, tzinfo=timezone.get_fixed_timezone(180))


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@dataclass
class Company:
    """People and clients with histories of every kind, computed up to yesterday."""

    head: User
    clients: list[Client]


def company(seed: int = 1, size: int = 36, capacity: int = 4) -> Company:
    """The same company for the same seed; a few documents are dated today, for the next night to read.

    Development managers take two clients a day and lists are short, so that others wait for the next night.
    """
    with_values("active-base", **{"calls.daily_capacity": capacity})
    with_values("zero-clients", **{"development.daily_intake": 2})
    dice = random.Random(seed)
    spb, msk = OfficeFactory(code="spb"), OfficeFactory(code="msk")
    managers = [UserFactory(office=office) for office in (spb, spb, msk)]
    for office in (spb, msk):
        UserFactory(office=office, role=Role.DEVELOPMENT_MANAGER)
    clients = []
    for number in range(size):
        owner = dice.choice(managers)
        clients.append(
            ClientFactory(code=f"K{number:03}", office=owner.office, home_manager=owner, in_work_with=owner)
        )
    _documents(clients, dice)
    for client in dice.sample(clients, size // 2):
        at = NOON - timedelta(days=dice.randint(1, 120))
        Interaction.objects.create(
            client=client, user=client.home_manager, at=at, day=at.date(), outcome="talked"
        )
    for client in dice.sample(clients, 4):
        InvoiceFactory(client=client, issued_on=TODAY, valid_until=TODAY + timedelta(days=5))
    TaskFactory(client=clients[0], assignee=managers[0], kind="call_back", due_on=TODAY)
    run_night(as_of=TODAY - timedelta(days=1))
    Shipment.objects.create(number="late", year=2026, date=TODAY, client=clients[3], amount=Decimal("900"))
    return Company(UserFactory(role=Role.SALES_HEAD), clients)


def _documents(clients: list[Client], dice: random.Random) -> None:
    rows = []
    for client in clients:
        back, step, price = dice.randint(1, 300), dice.randint(12, 70), dice.choice((90, 400, 2500))
        for _ in range(dice.randint(0, 14)):
            day = TODAY - timedelta(days=back)
            amount = Decimal(dice.randint(price, 3 * price))
            rows.append(
                Shipment(number=f"n{len(rows)}", year=day.year, date=day, client=client, amount=amount)
            )
            back += step
    Shipment.objects.bulk_create(rows)


def draft_of(code: str, user: User, **values: Any) -> RegulationVersion:
    """An open draft of the regulation with these values."""
    page, _ = Regulation.objects.get_or_create(code=code, defaults={"title": code})
    draft = versions.start_draft(page, user)
    every = parameters.of_version(draft) | values
    note = "Проверка"
    return versions.save_draft(
        draft.pk, user, seen=draft.revision, text=f"{draft.text}\nИначе.", change_note=note, values=every
    )


def computed(draft: RegulationVersion, user: User) -> Rehearsal:
    """A rehearsal of the draft that has ended."""
    row = rehearsals.start(draft, user)
    row.refresh_from_db()
    return Rehearsal.objects.select_related("version__regulation").get(pk=row.pk)


def approved(draft: RegulationVersion, user: User) -> None:
    """The draft goes the whole way, in force from the earliest day."""
    sent = versions.send_to_review(draft.pk, user, seen=draft.revision)
    day = versions.earliest_day()
    assert day is not None
    versions.approve(sent.pk, user, seen=sent.revision, day=day)


def left_behind() -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, int]]]:
    """What the pages would show after the night: every client, every person. Read with the ORM, row by row."""
    day = next_working_day(TODAY)
    clients: dict[int, dict[str, Any]] = {}
    for state in ClientState.objects.select_related("client"):
        clients[state.client_id] = {
            "class": state.abc + state.xyz,
            "top": state.is_top,
            "stage": state.stage,
            "hands": state.client.in_work_with_id,
        }
    people: dict[int, dict[str, int]] = {}
    for entry in CallEntry.objects.filter(date=day):
        clients[entry.client_id]["calls"] = entry.manager_id
        _count(people, entry.manager_id, "calls")
    for task in Task.objects.filter(state="open").order_by("pk"):
        clients[task.client_id].setdefault("tasks", []).append(task.assignee_id)
        _count(people, task.assignee_id, "open")
        if task.due_on <= day:
            _count(people, task.assignee_id, "due")
    return clients, people


def _count(people: dict[int, dict[str, int]], person: int, load: str) -> None:
    found = people.setdefault(person, {})
    found[load] = found.get(load, 0) + 1


def night_and_back() -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, int]]]:
    """What the real night leaves by the rules in force; it is undone for the next one."""
    with transaction.atomic():
        run_night(as_of=TODAY)
        found = left_behind()
        transaction.set_rollback(True)
    return found


def check_against_nights(row: Rehearsal, user: User) -> int:
    """The stored result is the difference between two real nights; how many clients change."""
    assert (row.state, row.error) == ("done", "")
    assert row.as_of == TODAY
    old_clients, old_people = night_and_back()
    approved(row.version, user)
    run_night(as_of=TODAY)
    new_clients, new_people = left_behind()
    want = {
        str(client): {
            kind: [old_clients[client].get(kind), new_clients[client].get(kind)]
            for kind in ("class", "top", "stage", "hands", "calls", "tasks")
            if old_clients[client].get(kind) != new_clients[client].get(kind)
        }
        for client in new_clients
    }
    assert row.result["clients"] == {client: found for client, found in want.items() if found}
    loads = {
        (str(person), load): [
            old_people.get(person, {}).get(load, 0),
            new_people.get(person, {}).get(load, 0),
        ]
        for person in old_people | new_people
        for load in ("calls", "due", "open")
    }
    stored = {
        (person, load): pair for person, found in row.result["people"].items() for load, pair in found.items()
    }
    assert {key: pair for key, pair in loads.items() if pair != [0, 0]} == stored
    return len(row.result["clients"])


SCENARIOS = [
    ("key-client", {"abc.a_share": Decimal("0.30"), "abc.b_share": Decimal("0.50")}),
    ("key-client", {"xyz.method": "cv"}),
    ("key-client", {"top.cells": ["AX", "AY", "BX", "BY", "CZ"]}),
    ("key-client", {"analysis.window_months": 24}),
    ("zero-clients", {"stage.zero_months_top": 1, "stage.zero_months_regular": 1}),
    ("zero-clients", {"development.daily_intake": 0}),
    ("zero-clients", {"development.daily_intake": 3, "development.task_days": 1}),
    ("zero-clients", {"stage.lost_months": 6}),
    ("active-base", {"contact.top_months": 6, "contact.other_months": 12}),
    ("active-base", {"calls.daily_capacity": 2}),
    ("active-base", {"cycle.window_months": 6, "calls.at_risk_days": 60}),
    ("invoices", {"invoice.first_contact_day": 3}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "values"), SCENARIOS, ids=[", ".join(values) for _, values in SCENARIOS])
def test_what_would_change_is_what_the_night_then_does(code: str, values: dict[str, Any]) -> None:
    # Cadences are seen where a list has room for whoever is due.
    head = company(capacity=30 if "contact.top_months" in values else 4).head
    row = computed(draft_of(code, head, **values), head)
    assert check_against_nights(row, head) > 0  # a rule that changes nobody would prove nothing


_CODES = {
    code: [one.code for one in BY_CODE.values() if one.kind == "integer" and one.regulation == code]
    for code in ("zero-clients", "active-base")
}
many = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


@pytest.mark.django_db
@many
@given(data=st.data(), seed=st.integers(0, 10_000), code=st.sampled_from(sorted(_CODES)))
def test_any_draft_of_any_company_is_foretold(data: st.DataObject, seed: int, code: str) -> None:
    chosen = data.draw(st.lists(st.sampled_from(_CODES[code]), min_size=1, max_size=3, unique=True))
    definitions = [BY_CODE[name] for name in chosen]
    values = {
        one.code: data.draw(st.integers(one.low, min(one.high, 40)), label=one.code) for one in definitions
    }
    with transaction.atomic():
        head = company(seed, size=14).head
        draft = draft_of(code, head, **values)
        if not any(contradictions(parameters.of_version(draft))):
            check_against_nights(computed(draft, head), head)
        transaction.set_rollback(True)


def digests() -> dict[str, str]:
    """A digest of every row of every table of ours, working tables of the night and runs included."""
    names = fetch(
        """
        SELECT table_name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
          AND split_part(table_name, '_', 1) IN ('salesdept', 'playbook', 'clients', 'deals', 'kpi')
        ORDER BY 1
        """
    )
    assert len(names) > 40
    sql = "SELECT count(*) || ':' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t"
    return {name: fetch(sql.format(name))[0][0] for (name,) in names}


@pytest.mark.django_db
def test_nothing_is_written() -> None:
    head = company().head
    draft = draft_of("zero-clients", head, **{"stage.zero_months_regular": 1})
    before = digests()
    row = computed(draft, head)
    assert row.result["clients"]
    after = digests()
    assert {name for name in after if after[name] != before[name]} == {"playbook_rehearsal"}


@pytest.mark.django_db
def test_twice_gives_the_same() -> None:
    head = company().head
    draft = draft_of("key-client", head, **{"abc.a_share": Decimal("0.40")})
    assert computed(draft, head).result == computed(draft, head).result


def dies(*, as_of: date, full: bool) -> int:
    execute("UPDATE clients_clientstate SET stage = 'lost'")
    raise RuntimeError("broken step")


def runs_away(*, as_of: date, full: bool) -> int:
    execute("SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(30)")
    return 0


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["dies", "runs_away"])
@pytest.mark.parametrize("phase", ["COMPUTE", "PUBLISH"])
def test_a_step_that_breaks_leaves_nothing_and_is_said(
    monkeypatch: pytest.MonkeyPatch, phase: str, step: str
) -> None:
    head = company(size=6).head
    draft = draft_of("zero-clients", head, **{"stage.zero_months_regular": 1})
    before = digests()
    steps = (*getattr(schedule, phase)[:-1], f"tests.playbook.test_rehearsal.{step}")
    with monkeypatch.context() as broken:
        broken.setattr(schedule, phase, steps)
        row = computed(draft, head)
    assert row.state == "failed"
    assert row.error
    assert not row.result
    after = digests()
    assert {name for name in after if after[name] != before[name]} == {"playbook_rehearsal"}
    assert computed(draft, head).state == "done"  # the lock is free again


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """A connection of another process."""
    params = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    found = psycopg.connect(**{key: params[key] for key in keys if params.get(key)}, autocommit=True)
    yield found
    pid = found.info.backend_pid
    found.close()
    fetch("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": pid})


@pytest.mark.django_db
def test_it_waits_for_nobody_while_the_night_runs(other: psycopg.Connection[Any]) -> None:
    head = company(size=4).head
    draft = draft_of("active-base", head, **{"contact.top_months": 2})
    other.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    row = computed(draft, head)
    assert row.state == "failed"
    assert "Ночь сейчас считается" in row.error
    other.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
    assert computed(draft, head).state == "done"


@pytest.mark.django_db
def test_two_rehearsals_take_turns(other: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    company(size=4)
    monkeypatch.setattr(floor, "TURN", -1.0)
    other.execute("SELECT pg_advisory_lock(%s)", (GATE,))
    with pytest.raises(RehearsalError, match="Другой черновик"):
        rehearse(TODAY, lambda: None)
    other.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
    assert rehearse(TODAY, lambda: None).clients == {}


@pytest.mark.django_db
def test_the_night_waits_for_a_rehearsal_under_way(other: psycopg.Connection[Any]) -> None:
    company(size=4)
    other.execute("SELECT pg_advisory_lock(%s)", (GATE,))
    ends = threading.Timer(0.5, lambda: other.execute("SELECT pg_advisory_unlock(%s)", (GATE,)))
    ends.start()
    assert run_night(as_of=TODAY).state == "done"
    assert ends.finished.is_set()  # it did not begin before
    ends.join()


@pytest.mark.django_db
def test_the_next_night_is_the_one_not_computed_yet() -> None:
    assert next_night() == TODAY - timedelta(days=1)  # the very first one computes yesterday
    run_night(as_of=TODAY - timedelta(days=5))
    assert next_night() == TODAY - timedelta(days=1)  # nights behind are made good in one
    run_night(as_of=TODAY - timedelta(days=1))
    assert next_night() == TODAY
    run_night(as_of=TODAY)
    assert next_night() == TODAY + timedelta(days=1)
    JobRun.objects.create(as_of=TODAY + timedelta(days=1), started_at=timezone.now(), state="failed")
    with pytest.raises(RehearsalError, match="не досчитана"):
        next_night()


@pytest.mark.django_db
def test_a_base_without_a_night_can_be_rehearsed_too() -> None:
    head = UserFactory(role=Role.SALES_HEAD)
    client = ClientFactory(in_work_with=UserFactory())
    for month in range(1, 13):
        Shipment.objects.create(
            number=f"m{month}", year=2025, date=date(2025, month, 20), client=client, amount=100
        )
    draft = draft_of("key-client", head, **{"top.cells": ["CZ"]})
    before = digests()
    row = computed(draft, head)
    assert row.as_of == TODAY - timedelta(days=1)
    assert row.result["clients"][str(client.pk)]["top"] == [True, False]
    after = digests()
    assert {name for name in after if after[name] != before[name]} == {"playbook_rehearsal"}


@pytest.mark.django_db
def test_a_result_is_stale_when_a_rule_or_the_night_is_another() -> None:
    head = company(size=4).head
    draft = draft_of("active-base", head, **{"contact.top_months": 2})
    row = computed(draft, head)
    assert not rehearsals.is_stale(row)
    values = parameters.of_version(draft)
    draft = versions.save_draft(
        draft.pk, head, seen=draft.revision, text="Только текст", change_note="текст", values=values
    )
    assert not rehearsals.is_stale(_again(row))  # the night does not read the text
    values["contact.top_months"] = 3
    versions.save_draft(draft.pk, head, seen=draft.revision, text="т", change_note="т", values=values)
    assert rehearsals.is_stale(_again(row))
    row = computed(RegulationVersion.objects.get(pk=draft.pk), head)
    assert not rehearsals.is_stale(row)
    approved(draft_of("invoices", head, **{"invoice.first_contact_day": 1}), head)
    assert rehearsals.is_stale(_again(row))
    row = computed(RegulationVersion.objects.get(pk=draft.pk), head)
    run_night(as_of=TODAY)
    assert rehearsals.is_stale(_again(row))


def _again(row: Rehearsal) -> Rehearsal:
    return Rehearsal.objects.select_related("version__regulation").get(pk=row.pk)


@pytest.mark.django_db
def test_a_draft_changed_meanwhile_is_not_computed_as_another(monkeypatch: pytest.MonkeyPatch) -> None:
    head = company(size=4).head
    draft = draft_of("active-base", head, **{"contact.top_months": 2})

    def slow(as_of: date, apply: Any, say: Any) -> Any:
        RegulationVersion.objects.filter(pk=draft.pk).update(revision=draft.revision + 1)
        return rehearse(as_of, apply, say)

    monkeypatch.setattr(rehearsals, "rehearse", slow)
    row = computed(draft, head)
    assert row.state == "failed"
    assert "тем временем" in row.error


@pytest.mark.django_db
def test_asking_twice_computes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    head = company(size=4).head
    draft = draft_of("active-base", head, **{"contact.top_months": 2})
    monkeypatch.setattr("playbook.tasks.rehearse.delay", lambda _pk: None)  # no worker takes it up
    first, second = rehearsals.start(draft, head), rehearsals.start(draft, head)
    assert first == second
    rehearsals.run(first.pk)
    done = _again(first)
    rehearsals.run(first.pk)  # the doorbell rang twice
    assert _again(first).finished_at == done.finished_at
    for _ in range(rehearsals.KEPT + 2):
        rehearsals.run(rehearsals.start(draft, head).pk)
    assert draft.rehearsals.count() == rehearsals.KEPT


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def page_of(draft: RegulationVersion) -> str:
    return reverse("playbook:rehearsal", args=[draft.regulation.code, draft.number])


@pytest.mark.django_db
def test_page_from_the_question_to_the_figures() -> None:
    found = company()
    draft = draft_of("zero-clients", found.head, **{"stage.zero_months_regular": 1})
    browser, url = signed_in(found.head), page_of(draft)
    assert "Посчитать, что изменится" in browser.get(url).content.decode()
    assert browser.post(url).status_code == 302
    text = browser.get(url).content.decode()
    row = rehearsals.latest(draft)
    assert row is not None
    staged = [int(client) for client, one in row.result["clients"].items() if "stage" in one]
    names = set(Client.objects.filter(pk__in=staged).values_list("name", flat=True))
    assert f'href="?kind=stage#clients">{len(staged)}</a>' in text
    only = browser.get(f"{url}?kind=stage").content.decode()
    assert {one.name for one in found.clients if one.name in only} == names
    # beside the decision, the same figure
    versions.send_to_review(draft.pk, found.head, seen=draft.revision)
    review = browser.get(reverse("playbook:version", args=["zero-clients", draft.number])).content.decode()
    assert f"<b>{len(staged)}</b>" in review
    assert "Результат устарел" not in review


@pytest.mark.django_db
def test_htmx_gets_the_fragment_and_polls_while_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    head = company(size=4).head
    draft = draft_of("active-base", head, **{"contact.top_months": 2})
    monkeypatch.setattr("playbook.tasks.rehearse.delay", lambda _pk: None)
    browser, url = signed_in(head), page_of(draft)
    text = browser.post(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert 'hx-trigger="load delay' in text
    assert '<noscript><meta http-equiv="refresh"' in browser.get(url).content.decode()
    row = rehearsals.latest(draft)
    assert row is not None
    rehearsals.run(row.pk)
    text = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in text
    assert 'http-equiv="refresh"' not in browser.get(url).content.decode()


@pytest.mark.django_db
def test_nothing_changes_is_said() -> None:
    head = company(size=4).head
    draft = draft_of("active-base", head)  # the text only
    browser, url = signed_in(head), page_of(draft)
    browser.post(url)
    assert "Ничего не изменится" in browser.get(url).content.decode()


@pytest.mark.django_db
def test_values_that_contradict_each_other_are_refused() -> None:
    head = company(size=4).head
    draft = draft_of("key-client", head, **{"abc.a_share": Decimal("0.99")})
    answer = signed_in(head).post(page_of(draft))
    assert answer.status_code == 422
    assert "противореч" in answer.content.decode()
    assert not Rehearsal.objects.exists()


@pytest.mark.django_db
def test_approved_version_shows_what_was_computed_and_computes_no_more() -> None:
    head = company(size=6).head
    draft = draft_of("active-base", head, **{"calls.daily_capacity": 1})
    browser, url = signed_in(head), page_of(draft)
    browser.post(url)
    approved(draft, head)
    assert browser.get(url).status_code == 200
    assert browser.post(url).status_code == 422
    first = reverse("playbook:rehearsal", args=["active-base", 1])
    assert browser.get(first).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_only_who_edits_or_approves_the_book_sees_it(role: str) -> None:
    head = company(size=6).head
    draft = draft_of("active-base", head, **{"calls.daily_capacity": 1})
    row = computed(draft, head)
    browser, url = signed_in(UserFactory(role=role)), page_of(draft)
    may = role in (Role.SALES_HEAD, Role.DEPUTY_DIRECTOR, Role.DIRECTOR)
    assert browser.get(url).status_code == (200 if may else 403)
    assert browser.post(url).status_code == (302 if may else 403)
    export = browser.post(reverse("clients:rehearsal_export", args=[row.pk]))
    assert export.status_code == (200 if role in (Role.SALES_HEAD, Role.DEPUTY_DIRECTOR) else 403)
    assert ExportLog.objects.exists() == (export.status_code == 200)


@pytest.mark.django_db
def test_file_has_every_change_and_is_logged() -> None:
    found = company()
    hostile = found.clients[0]
    Client.objects.filter(pk=hostile.pk).update(name="=HYPERLINK(1)")
    draft = draft_of(
        "key-client", found.head, **{"abc.a_share": Decimal("0.05"), "abc.b_share": Decimal("0.10")}
    )
    row = computed(draft, found.head)
    url = reverse("clients:rehearsal_export", args=[row.pk])
    answer = signed_in(found.head).post(url)
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    changes = sum(len(one) for one in row.result["clients"].values())
    assert len(lines) == changes + 2
    entry = ExportLog.objects.get()
    assert (entry.rows, entry.query) == (len(row.result["clients"]), f"rehearsal={row.pk}")
    assert str(entry.pk) in lines[0]
    assert not any(";=HYPERLINK" in line for line in lines)
    answer = signed_in(found.head).post(f"{url}?kind=class")
    kinds = {line.split(";")[2] for line in b"".join(answer.streaming_content).decode().splitlines()[2:]}
    assert kinds == {"Класс"}


@pytest.mark.django_db
def test_pages_cost_the_same_for_few_and_many() -> None:
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (5, 60):
        with transaction.atomic():
            head = company(size=size).head
            draft = draft_of("active-base", head, **{"calls.daily_capacity": 1, "contact.other_months": 1})
            computed(draft, head)
            browser, url = signed_in(head), page_of(draft)
            browser.get(url, headers={"HX-Request": "true"})
            with CaptureQueriesContext(connection) as queries:
                browser.get(url, headers={"HX-Request": "true"})
            counts.append(len(queries))
            transaction.set_rollback(True)
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_in_a_base_that_others_use() -> None:
    """Committed rows, a transaction of its own: what others see of it while it runs, and after."""
    head = company(size=10).head
    draft = draft_of("zero-clients", head, **{"stage.zero_months_regular": 1})
    before = digests()
    watched: set[str] = set()
    heard: list[int] = []
    levels = set()

    def say(percent: int) -> None:
        heard.append(percent)
        levels.add(fetch("SHOW transaction_isolation")[0][0])
        watched.update(name for (name,) in fetch(_BARRED))

    row = Rehearsal.objects.create(version=draft, revision=draft.revision, created_by=head)
    found = rehearse(TODAY, lambda: rehearsals._in_force(row, TODAY), say)
    Rehearsal.objects.all().delete()
    assert found.clients
    assert heard == sorted(heard)
    assert heard[-1] == 100
    assert levels == {"repeatable read"}
    # What a reader or an importer would have to wait for: the night's own working tables and nothing else.
    assert watched == {"clients_touchedclient", "clients_touchedmonth"}
    assert digests() == before
    assert fetch(_ADVISORY) == [(0,)]
    assert fetch("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'night%%'") == [
        (0,)
    ]


# Of this database: the tests that run beside have nights of their own in theirs.
_ADVISORY = """
    SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND d.datname = current_database()
"""
_BARRED = """
    SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND c.relpersistence = 'p' AND c.relname NOT LIKE 'pg_%%'
      AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, other: psycopg.Connection[Any]) -> None:
    head = company(size=4).head
    draft = draft_of("active-base", head, **{"contact.top_months": 2})
    monkeypatch.setattr("playbook.tasks.rehearse.delay", lambda _pk: None)
    row = rehearsals.start(draft, head)
    seen: list[tuple[str, int]] = []

    def slow(as_of: date, apply: Any, say: Any) -> Any:
        def heard(percent: int) -> None:
            say(percent)
            seen.append(other.execute("SELECT state, percent FROM playbook_rehearsal").fetchone())  # type: ignore[arg-type]

        return rehearse(as_of, apply, heard)

    monkeypatch.setattr(rehearsals, "rehearse", slow)
    rehearsals.run(row.pk)
    assert {state for state, _ in seen} == {"running"}
    assert [percent for _, percent in seen] == sorted({percent for _, percent in seen})
    assert len(seen) == 2 * len((*schedule.COMPUTE, *schedule.PUBLISH))
    assert Rehearsal.objects.get().state == "done"


def test_dotted_paths_of_the_comparison_lead_somewhere() -> None:
    kinds, loads = floor.kinds(), floor.loads()
    assert list(kinds) == ["class", "top", "stage", "hands", "calls", "tasks"]
    assert list(loads) == ["calls", "due", "open"]
