"""An enquiry whose term is over asks for a decision, once (DOMAIN.md 5.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.models import Lead, Task
from deals.nightly import lead_decisions
from salesdept.models import User
from tests.deals.cases import FRIDAY, MONDAY, MOSCOW, NOON
from tests.factories import ClientFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def lead(day: date, person: User | None = None, **fields: Any) -> Lead:
    came = datetime(day.year, day.month, day.day, 12, tzinfo=MOSCOW)
    return LeadFactory(assignee=person, created_at=came, **fields)


def night(as_of: date = FRIDAY) -> int:
    return lead_decisions.step(as_of=as_of, full=False)


def test_the_term_ends_fourteen_days_after_the_day_it_came_and_a_day_off_rolls() -> None:
    person = UserFactory()
    for state in ("new", "working"):
        lead(MONDAY - timedelta(days=14), person, state=state, request="Футболки")
    lead(MONDAY - timedelta(days=13), person)
    assert night() == 2
    tasks = list(Task.objects.values_list("assignee", "due_on", "state", "details"))
    assert tasks == [(person.pk, MONDAY, "open", "Футболки")] * 2
    assert all("обращения" in one.title for one in Task.objects.all())


def test_one_task_a_lead_however_many_nights_and_whatever_became_of_it() -> None:
    lead(FRIDAY - timedelta(days=40), UserFactory())
    assert (night(), night()) == (1, 0)
    Task.objects.update(state="done")
    assert night(MONDAY) == 0
    assert Task.objects.count() == 1


def test_a_lead_decided_in_the_meantime_closes_its_task() -> None:
    one = lead(FRIDAY - timedelta(days=40), UserFactory())
    night()
    Lead.objects.filter(pk=one.pk).update(state="closed", close_reason="Розница")
    assert night(MONDAY) == 1
    task = Task.objects.get()
    assert (task.state, bool(task.closed_at), bool(task.result)) == ("done", True, True)


def test_without_an_assignee_whoever_works_with_the_client_decides_and_people_who_left_do_not() -> None:
    person, gone = UserFactory(), UserFactory(is_active=False)
    lead(FRIDAY - timedelta(days=20), client=ClientFactory(in_work_with=person))
    lead(FRIDAY - timedelta(days=20), gone)
    lead(FRIDAY - timedelta(days=20))
    night()
    assert [task.assignee for task in Task.objects.all()] == [person]


def test_closed_and_won_leads_ask_for_nothing() -> None:
    lead(FRIDAY - timedelta(days=40), UserFactory(), state="won")
    lead(FRIDAY - timedelta(days=40), UserFactory(), state="closed", close_reason="Розница")
    assert night() == 0


def test_the_number_of_statements_does_not_grow() -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            night()
        return len(captured)

    lead(FRIDAY - timedelta(days=20), UserFactory())
    few = count()
    for _ in range(30):
        lead(FRIDAY - timedelta(days=20), UserFactory())
    assert count() == few
