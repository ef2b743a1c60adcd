"""«My day»: whose list, of which day, in which order, and what it costs."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from deals.models import CallEntry
from deals.services import call_list
from deals.services.interaction import undo_interaction
from deals.views.rail import counts
from salesdept.models import Absence, User
from salesdept.roles import Role
from tests.deals.cases import FRIDAY, MONDAY, MOSCOW, NOON, listed, owned, save_call
from tests.factories import OfficeFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = "/day/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def manager(client: Browser) -> User:
    person = UserFactory()
    client.force_login(person)
    return person


def shown(client: Browser, query: str = "") -> Any:
    return client.get(DAY + query).context["list"]


def test_list_stands_in_tiers_with_the_next_client_first(client: Browser, manager: User) -> None:
    late, first, second = listed(manager, tier=7), listed(manager, tier=1), listed(manager, tier=2)
    found = shown(client)
    assert [[row.entry for row in group.rows] for group in found.groups] == [[first], [second], [late]]
    assert found.next.entry == first


def test_called_entries_go_down_with_what_came_of_them(client: Browser, manager: User) -> None:
    called, left = listed(manager), listed(manager)
    save_call(called, note="Заказ до пятницы")
    found = shown(client)
    assert [row.entry for row in found.open] == [left]
    assert [(row.entry, row.why) for row in found.done] == [(called, "Поговорили: Заказ до пятницы")]
    assert (found.total, found.talked) == (2, 1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"outcome": "no_answer"}, "Не ответили"),
        (
            {"outcome": "call_back", "next_on": MONDAY, "next_at": time(9, 30)},
            "Просили перезвонить: 23\u00a0ноября, 09:30",
        ),
        ({"outcome": "wrong_number"}, "Неверный номер"),
        ({"outcome": "refused", "refusal_reason": "price"}, "Отказ, цена"),
    ],
)
def test_every_outcome_is_said_in_words(
    client: Browser, manager: User, fields: dict[str, Any], words: str
) -> None:
    save_call(listed(manager), **fields)
    assert shown(client).done[0].why == words


def test_strangers_calls_are_not_in_the_list(client: Browser, manager: User) -> None:
    listed(UserFactory())
    assert shown(client).total == 0


def test_substitute_sees_the_list_of_the_absent_with_their_name(client: Browser, manager: User) -> None:
    absent = UserFactory()
    Absence.objects.create(user=absent, substitute=manager, starts=FRIDAY, ends=MONDAY)
    own, theirs, urgent = listed(manager), listed(absent), listed(absent, tier=1)
    assert [(row.entry, row.whose) for row in shown(client).open] == [
        (urgent, absent),
        (own, None),
        (theirs, absent),
    ]


def test_absence_that_is_over_gives_no_list(client: Browser, manager: User) -> None:
    absent = UserFactory()
    Absence.objects.create(
        user=absent, substitute=manager, starts=FRIDAY - timedelta(9), ends=FRIDAY - timedelta(1)
    )
    listed(absent)
    assert shown(client).total == 0


@pytest.mark.parametrize(
    ("now", "lists", "expected"),
    [
        (FRIDAY, [FRIDAY], FRIDAY),
        (FRIDAY, [FRIDAY, MONDAY], FRIDAY),  # tomorrow's list is made already
        (date(2026, 11, 21), [FRIDAY, MONDAY], MONDAY),  # a Saturday
        (MONDAY, [FRIDAY], FRIDAY),  # the night failed
        (FRIDAY, [], None),
    ],
)
def test_list_to_work_now(
    manager: User, clock: time_machine.Traveller, now: date, lists: list[date], expected: date | None
) -> None:
    for day in lists:
        listed(manager, day=day)
    clock.move_to(datetime.combine(now, time(9), MOSCOW))
    assert call_list.current_day(manager) == expected
    assert counts(manager)["calls"] == (1 if expected else 0)


@pytest.mark.parametrize("query", ["?date=2026-11-23", "?date=nonsense", "?manager=999999"])
def test_any_query_string_is_answered(client: Browser, manager: User, query: str) -> None:
    assert client.get(DAY + query).status_code == (404 if "manager" in query else 200)


def test_tasks_due_do_not_repeat_the_calls_of_the_list(client: Browser, manager: User) -> None:
    entry = listed(manager)
    TaskFactory(assignee=manager, client=entry.client, kind="call_back", due_on=FRIDAY)
    late = TaskFactory(assignee=manager, client=entry.client, due_on=FRIDAY - timedelta(days=1))
    other = TaskFactory(assignee=manager, client=owned(manager), kind="call_back", due_on=FRIDAY)
    TaskFactory(assignee=manager, due_on=MONDAY)
    context = client.get(DAY).context
    assert (context["tasks"], context["overdue"]) == ([late, other], 1)
    assert counts(manager) == {"calls": 1, "tasks": 2}


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [
        (Role.SERVICE_MANAGER, "spb", 404),
        (Role.SENIOR_MANAGER, "msk", 200),
        (Role.SALES_HEAD, "msk", 200),
        (Role.DIRECTOR, "msk", 200),
        (Role.BRANCH_HEAD, "spb", 200),
        (Role.BRANCH_HEAD, "msk", 404),
        (Role.OPERATOR, "spb", 403),
    ],
)
def test_who_looks_at_a_managers_list(client: Browser, role: str, office: str, status: int) -> None:
    manager = UserFactory(office=OfficeFactory(code="spb"))
    entry = listed(manager)
    client.force_login(UserFactory(role=role, office=OfficeFactory(code=office)))
    response = client.get(f"{DAY}?manager={manager.pk}")
    assert response.status_code == status
    if status == 200:
        assert [row.entry for row in response.context["list"].open] == [entry]
        assert reverse("deals:call_entry", args=[entry.pk]) not in response.content.decode()


def test_heads_without_calls_see_everybodys_lists(client: Browser) -> None:
    first, second = UserFactory(), UserFactory()
    for person, count in ((first, 2), (second, 1)):
        for _call in range(count):
            entry = listed(person)
    save_call(entry)
    client.force_login(UserFactory(role=Role.SALES_HEAD))
    rows = client.get(DAY).context["rows"]
    assert {(row.person, row.total, row.done, row.talked) for row in rows} == {
        (first, 2, 0, 0),
        (second, 1, 1, 1),
    }


@pytest.mark.parametrize("count", [1, 20])
def test_day_costs_the_same_at_any_length(
    client: Browser, manager: User, count: int, django_assert_num_queries: Any
) -> None:
    for place in range(count):
        listed(manager, position=place)
        TaskFactory(assignee=manager, client=owned(manager), due_on=FRIDAY)
    save_call(listed(manager, position=99))
    client.get(DAY)
    with django_assert_num_queries(23):  # the book asks twice: in the rail and in its card
        client.get(DAY)


@pytest.mark.parametrize("count", [1, 20])
def test_rail_counts_in_two_queries(manager: User, count: int, django_assert_max_num_queries: Any) -> None:
    for _entry in range(count):
        listed(manager)
    with django_assert_max_num_queries(2):
        assert counts(manager)["calls"] == count


def test_entry_set_aside_comes_back(client: Browser, manager: User) -> None:
    entry = listed(manager)
    call_list.skip(manager, entry.pk)
    found = shown(client)
    assert ([row.entry for row in found.skipped], found.groups) == ([entry], [])
    call_list.unskip(manager, entry.pk)
    assert [row.entry for row in shown(client).open] == [entry]


def test_called_entry_is_not_set_aside(manager: User) -> None:
    entry = listed(manager)
    save_call(entry)
    call_list.skip(manager, entry.pk)
    assert CallEntry.objects.get().state == "done"


def test_foreign_entry_is_not_set_aside(manager: User) -> None:
    with pytest.raises(PermissionError):
        call_list.skip(manager, listed(UserFactory()).pk)


def test_undone_call_is_left_again(manager: User) -> None:
    call = save_call(listed(manager))
    assert counts(manager)["calls"] == 0
    undo_interaction(manager, call.pk)
    assert counts(manager)["calls"] == 1
