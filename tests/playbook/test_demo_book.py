"""The demonstration's sales book: in force and acknowledged, a new version on its way, duties checked off."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kpi.demo.book import Book
from kpi.demo.people import make_staff
from playbook import diff
from playbook.models import DutyDone, Regulation, RegulationVersion
from playbook.parameters import DEFINITIONS
from playbook.services import acknowledgement, parameters
from salesdept.dates import is_working_day, today
from salesdept.models import User
from tests.playbook.cases import duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def until() -> date:
    staff = make_staff()
    for role in staff:
        duty(role, "daily", 1, "Проверить почту")
    day = today() - timedelta(days=1)
    Book(staff, day).load()
    return day


def test_every_regulation_is_in_force_and_confirmed_by_all_its_readers(until: date) -> None:
    found = acknowledgement.readings(User.objects.all(), today())
    in_force = [one for one in found if one.version.in_force_from <= today()]
    assert {one.version.regulation for one in in_force} == set(Regulation.objects.all())
    assert [one for one in in_force if not one.confirmed_at] == []
    assert all(one.confirmed_at.date() <= until for one in in_force)


def test_a_new_version_waits_and_half_of_its_readers_are_through(until: date) -> None:
    coming = RegulationVersion.objects.approved().get(in_force_from__gt=today())
    assert (coming.regulation.code, coming.number) == ("zero-clients", 2)
    assert is_working_day(coming.in_force_from)
    before = coming.regulation.versions.get(number=1)
    assert diff.lines(before.text, coming.text)
    assert len(diff.values(before, coming)) == 2
    readings = [one for one in acknowledgement.readings(User.objects.all(), today()) if one.version == coming]
    read = sum(1 for one in readings if one.confirmed_at)
    assert abs(len(readings) - 2 * read) <= 1
    assert not any(one.is_late for one in readings)


def test_nothing_in_force_changes_for_the_demonstration_s_night(until: date) -> None:
    values = parameters.in_force(today()).values
    assert values == {one.code: one.default for one in DEFINITIONS}


def test_a_draft_and_a_version_in_review_are_under_way(until: date) -> None:
    states = RegulationVersion.objects.open().values_list("regulation__code", "state")
    assert dict(states) == {"leads": "draft", "invoices": "review"}


def test_duties_of_the_last_days_are_mostly_done(until: date) -> None:
    rows = DutyDone.objects.all()
    days = {row.day for row in rows}
    assert len(days) == 10
    assert all(is_working_day(day) and day <= until for day in days)
    possible = 10 * User.objects.count()
    assert 0.6 * possible < rows.count() < possible
