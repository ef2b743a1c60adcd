"""Regular duties of a role: on which days they fall, checking them off (issue «The sales book», point 6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from playbook import rhythm
from playbook.models import Duty, DutyDone
from playbook.services import duty as duties
from salesdept.dates import is_working_day, month_start, next_working_day, roll_to_working_day
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory
from tests.playbook.cases import NOON, WEDNESDAY, duty, job

DATES = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("kind", "place", "day", "falls"),
    [
        ("daily", 1, date(2026, 11, 25), True),
        ("daily", 1, date(2026, 11, 22), False),  # a Sunday
        ("daily", 1, date(2026, 11, 4), False),  # a holiday
        ("weekly", 3, date(2026, 11, 25), True),  # a Wednesday
        ("weekly", 2, date(2026, 11, 25), False),
        ("weekly", 3, date(2026, 11, 4), False),  # Wednesday is a holiday…
        ("weekly", 3, date(2026, 11, 5), True),  # …so it is done on Thursday
        ("weekly", 6, date(2026, 11, 23), True),  # what falls on Saturday is done on Monday
        ("weekly", 5, date(2026, 1, 12), True),  # the New Year's holidays leave all weekdays to the first day
        ("weekly", 1, date(2026, 1, 12), True),
        ("weekly", 2, date(2026, 1, 12), True),
        ("weekly", 2, date(2026, 1, 13), True),
        ("monthly", 1, date(2026, 11, 2), True),
        ("monthly", 1, date(2026, 11, 1), False),  # a Sunday
        ("monthly", 3, date(2026, 11, 5), True),  # the 4th is a holiday
        ("monthly", -1, date(2026, 11, 30), True),
        ("monthly", -2, date(2026, 11, 27), True),
        ("monthly", 20, date(2026, 1, 30), True),  # January 2026 has fewer working days: its last one
        ("monthly", -20, date(2026, 1, 12), True),
    ],
)
def test_on_which_days_a_duty_falls(kind: str, place: int, day: date, falls: bool) -> None:
    assert rhythm.falls_on(kind, place, day) is falls


@given(day=DATES, place=st.integers(1, 7))
def test_a_weekly_duty_is_done_on_the_first_working_day_from_its_weekday(day: date, place: int) -> None:
    named = day - timedelta(days=day.isoweekday() - place)
    assert rhythm.falls_on("weekly", place, roll_to_working_day(named))


@given(day=DATES, place=st.integers(1, 7))
def test_a_weekly_duty_does_not_fall_twice_for_one_week(day: date, place: int) -> None:
    days = rhythm.days_of_month("weekly", place, day)
    first = month_start(day)
    weeks = {
        roll_to_working_day(one)
        for one in (first + timedelta(days=n) for n in range(-14, 40))
        if one.isoweekday() == place
    }
    assert days == sorted(one for one in weeks if month_start(one) == first)


@given(day=DATES, place=st.integers(-20, 20).filter(bool))
def test_a_monthly_duty_falls_once_a_month_on_a_working_day(day: date, place: int) -> None:
    days = rhythm.days_of_month("monthly", place, day)
    assert len(days) == 1
    assert is_working_day(days[0])


@given(day=DATES)
def test_nothing_falls_on_a_day_off(day: date) -> None:
    if not is_working_day(day):
        for kind, place in (("daily", 1), ("weekly", day.isoweekday()), ("monthly", 1), ("monthly", -1)):
            assert not rhythm.falls_on(kind, place, day)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def manager(clock: Any, client: Browser) -> User:
    person = UserFactory()
    client.force_login(person)
    return person


@pytest.mark.django_db
class TestOfMonth:
    """What meetings read."""

    def test_duties_of_a_month_with_their_days(self) -> None:
        daily = duty(Role.OPERATOR)
        weekly = duty(Role.OPERATOR, "weekly", 5, "Сверить остатки")
        monthly = duty(Role.OPERATOR, "monthly", -1, "Отчёт")
        duty(Role.MARKETER, "monthly", 1, "Чужая")
        found = {one.duty: one.days for one in duties.duties_of_month(Role.OPERATOR, date(2026, 11, 17))}
        assert list(found) == [daily, weekly, monthly]
        assert len(found[daily]) == 20
        assert found[weekly] == [date(2026, 11, n) for n in (6, 13, 20, 27)]
        assert found[monthly] == [date(2026, 11, 30)]


@pytest.mark.django_db
class TestInTheDay:
    """The checklist of today."""

    def test_my_day_shows_what_falls_on_it(self, client: Browser, manager: User) -> None:
        today = duty(manager.role, "weekly", 3, "Посмотреть очередь")
        duty(manager.role, "weekly", 4, "Завтрашнее")
        duty(Role.OPERATOR, "daily", 1, "Чужое")
        assert [one.duty for one in client.get("/day/").context["duties"]] == [today]

    def test_a_day_off_has_no_duties(self, client: Browser, manager: User, clock: Any) -> None:
        duty(manager.role)
        clock.move_to(NOON + timedelta(days=3))
        client.force_login(manager)
        response = client.get("/day/")
        assert response.context["duties"] == []
        assert 'id="duties"' not in response.content.decode()

    def test_roles_without_my_day_find_them_in_the_book(self, client: Browser, clock: Any) -> None:
        own = duty(Role.OPERATOR)
        client.force_login(UserFactory(role=Role.OPERATOR))
        assert [one.duty for one in client.get("/book/").context["duties"]] == [own]

    def test_callers_do_not_find_them_in_the_book_too(self, client: Browser, manager: User) -> None:
        duty(manager.role)
        assert client.get("/book/").context["duties"] == []

    def test_checking_off_and_taking_back_without_scripts(self, client: Browser, manager: User) -> None:
        row = duty(manager.role)
        form = {"day": "2026-11-25", "done": "1", "next": "/day/"}
        assert client.post(f"/book/duties/{row.pk}/", form).url == "/day/#duties"
        client.post(f"/book/duties/{row.pk}/", form)  # twice is once
        assert list(DutyDone.objects.values_list("duty", "user", "day")) == [(row.pk, manager.pk, WEDNESDAY)]
        assert client.get("/day/").context["duties"][0].is_done
        client.post(f"/book/duties/{row.pk}/", {"day": "2026-11-25", "next": "//evil.example/"})
        assert not DutyDone.objects.exists()

    def test_no_way_out_to_another_site(self, client: Browser, manager: User) -> None:
        row = duty(manager.role)
        response = client.post(f"/book/duties/{row.pk}/", {"day": "2026-11-25", "next": "//evil.example/"})
        assert response.url == "/book/#duties"

    def test_htmx_gets_the_list_as_it_is_now(self, client: Browser, manager: User) -> None:
        row = duty(manager.role)
        response = client.post(
            f"/book/duties/{row.pk}/",
            {"day": "2026-11-25", "done": "1", "next": "/day/"},
            headers={"HX-Request": "true"},
        )
        body = response.content.decode()
        assert body.lstrip().startswith("<section")
        assert 'aria-checked="true"' in body

    @pytest.mark.parametrize("day", ["2026-11-24", "2026-11-26", "когда-то", ""])
    def test_only_today_is_checked_off(self, client: Browser, manager: User, day: str) -> None:
        row = duty(manager.role)
        headers = {"HX-Request": "true"}
        response = client.post(f"/book/duties/{row.pk}/", {"day": day, "done": "1"}, headers=headers)
        assert response.status_code == 422
        assert "другого дня" in response.content.decode()
        assert not DutyDone.objects.exists()

    def test_what_does_not_fall_on_today_is_not_checked_off(self, manager: User) -> None:
        row = duty(manager.role, "weekly", 4)
        with pytest.raises(ValidationError):
            duties.set_done(manager, row, WEDNESDAY, WEDNESDAY, is_done=True)

    def test_duties_of_another_role_are_not_there(self, client: Browser, manager: User) -> None:
        row = duty(Role.OPERATOR)
        response = client.post(f"/book/duties/{row.pk}/", {"day": "2026-11-25", "done": "1"})
        assert response.status_code == 404
        assert not DutyDone.objects.exists()

    def test_what_a_colleague_has_done_is_not_done_by_me(self, client: Browser, manager: User) -> None:
        row = duty(manager.role)
        duties.set_done(UserFactory(), row, WEDNESDAY, WEDNESDAY, is_done=True)
        assert [one.is_done for one in client.get("/day/").context["duties"]] == [False]

    def test_tomorrow_the_list_is_fresh(self, client: Browser, manager: User, clock: Any) -> None:
        row = duty(manager.role)
        duties.set_done(manager, row, WEDNESDAY, WEDNESDAY, is_done=True)
        assert duties.duties_of_day(manager, next_working_day(WEDNESDAY))[0].is_done is False

    @pytest.mark.parametrize("count", [1, 20])
    def test_two_queries_at_any_length(
        self, manager: User, count: int, django_assert_num_queries: Any
    ) -> None:
        job(manager.role)
        for number in range(count):
            duty(manager.role, text=f"Дело {number}")
        with django_assert_num_queries(2):
            assert len(duties.duties_of_day(manager, WEDNESDAY)) == count


def test_the_base_refuses_days_that_do_not_exist(db: None) -> None:
    from django.db import IntegrityError, transaction

    own = duty(Role.OPERATOR)
    for kind, place in (("weekly", 8), ("weekly", 0), ("monthly", 0), ("monthly", 21)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Duty.objects.create(job=own.job, rhythm=kind, place=place, text="Нет такого дня")
