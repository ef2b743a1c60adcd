"""Conversations, invoices and tasks on the client card."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from salesdept.models import User
from salesdept.roles import Role
from tests.deals.cases import FRIDAY, NOON, owned
from tests.factories import InteractionFactory, InvoiceFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def manager(client: Browser) -> User:
    person = UserFactory()
    client.force_login(person)
    return person


def address(name: str, about: Client) -> str:
    return reverse(f"deals:client_{name}", args=[about.pk])


def test_timeline_mixes_talks_invoices_and_finished_tasks_newest_first(
    client: Browser, manager: User
) -> None:
    about = owned(manager)
    talk = InteractionFactory(client=about, user=manager, at=NOON - timedelta(days=3), note="Ждут макет")
    bill = InvoiceFactory(client=about, issued_on=FRIDAY - timedelta(days=5))
    done = TaskFactory(client=about, assignee=manager, state="done", closed_at=NOON - timedelta(days=1))
    TaskFactory(client=about, assignee=manager)
    InteractionFactory(note="чужой клиент")
    events = client.get(address("timeline", about), headers=HTMX).context["events"]
    assert [event.row for event in events] == [done, talk, bill]


def test_timeline_goes_on_where_it_stopped(client: Browser, manager: User) -> None:
    about = owned(manager)
    talks = [
        InteractionFactory(client=about, user=manager, at=NOON - timedelta(hours=n)) for n in range(1, 70)
    ]
    bills = [InvoiceFactory(client=about, issued_on=FRIDAY - timedelta(days=n)) for n in range(3)]
    found, url = [], address("timeline", about)
    while url:
        context = client.get(url, headers=HTMX).context
        found += [event.row for event in context["events"]]
        older = context["older"]
        url = f"{address('timeline', about)}?before={older.replace('+', '%2B')}" if older else ""
    assert len(found) == len(talks) + len(bills)
    assert set(found) == {*talks, *bills}


@pytest.mark.parametrize("before", ["nonsense", "2026-99-99T10:00", "2026-11-20T10:00"])
def test_any_moment_of_the_url_is_answered(client: Browser, manager: User, before: str) -> None:
    InvoiceFactory(client=(about := owned(manager)), issued_on=FRIDAY - timedelta(days=3))
    assert client.get(address("timeline", about), {"before": before}).status_code == 200


@pytest.mark.parametrize("name", ["timeline", "tasks"])
def test_tab_is_a_page_of_its_own_without_htmx(client: Browser, manager: User, name: str) -> None:
    about = owned(manager)
    assert "<html" in client.get(address(name, about)).content.decode()
    assert "<html" not in client.get(address(name, about), headers=HTMX).content.decode()


@pytest.mark.parametrize("name", ["timeline", "tasks"])
def test_tabs_of_foreign_clients_are_not_found(client: Browser, manager: User, name: str) -> None:
    assert client.get(address(name, owned(UserFactory()))).status_code == 404


def test_tasks_of_others_about_the_client_are_seen_but_not_closed(client: Browser, manager: User) -> None:
    about = owned(manager)
    mine, other = TaskFactory(client=about, assignee=manager), TaskFactory(client=about)
    page = client.get(address("tasks", about), headers=HTMX).content.decode()
    assert reverse("deals:task_done", args=[mine.pk]) in page
    assert reverse("deals:task_done", args=[other.pk]) not in page


@pytest.mark.parametrize("name", ["timeline", "tasks"])
@pytest.mark.parametrize("count", [1, 20])
def test_tabs_cost_the_same_at_any_length(
    client: Browser, name: str, count: int, django_assert_num_queries: Any
) -> None:
    client.force_login(UserFactory(role=Role.SALES_HEAD))
    about = owned(UserFactory())
    for _row in range(count):
        InteractionFactory(client=about, user=UserFactory(), at=NOON - timedelta(days=1))
        TaskFactory(client=about)
        TaskFactory(client=about, state="done", closed_at=NOON - timedelta(days=1))
    client.get(address(name, about))
    with django_assert_num_queries(11):
        client.get(address(name, about), headers=HTMX)
