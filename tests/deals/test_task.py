"""Tasks: given, moved, done, cancelled, taken back; only by who has a hand in them."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from deals.models import Task
from deals.services import task as service
from deals.services.task import TaskError
from salesdept.models import User
from salesdept.roles import Role
from tests.deals.cases import FRIDAY, MONDAY, NOON, owned
from tests.factories import OfficeFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def manager() -> User:
    return UserFactory()


def test_done_keeps_its_result_and_can_be_taken_back(manager: User) -> None:
    task = TaskFactory(assignee=manager)
    assert service.complete(manager, task.pk, " Отправил ").result == "Отправил"
    task.refresh_from_db()
    assert (task.state, task.closed_at) == ("done", NOON)
    service.reopen(manager, task.pk)
    task.refresh_from_db()
    assert (task.state, task.closed_at, task.result) == ("open", None, "")


def test_second_done_changes_nothing(manager: User) -> None:
    task = TaskFactory(assignee=manager)
    service.complete(manager, task.pk, "первый")
    assert service.complete(manager, task.pk, "второй").result == "первый"


def test_closed_task_is_not_moved(manager: User) -> None:
    task = TaskFactory(assignee=manager, state="cancelled")
    with pytest.raises(TaskError):
        service.reschedule(manager, task.pk, MONDAY)


def test_task_is_moved_to_another_day(manager: User) -> None:
    task = TaskFactory(assignee=manager, due_on=FRIDAY, due_at=time(9))
    service.reschedule(manager, task.pk, MONDAY)
    task.refresh_from_db()
    assert (task.due_on, task.due_at) == (MONDAY, None)


def test_stranger_does_not_touch_a_task(manager: User) -> None:
    task = TaskFactory(assignee=manager)
    for change in (service.complete, service.cancel, service.reopen):
        with pytest.raises(TaskError):
            change(UserFactory(), task.pk)


@pytest.mark.parametrize(
    ("role", "own_office", "may"),
    [
        (Role.SERVICE_MANAGER, True, False),
        (Role.SENIOR_MANAGER, False, True),
        (Role.BRANCH_HEAD, True, True),
        (Role.BRANCH_HEAD, False, False),
        (Role.SALES_HEAD, False, True),
    ],
)
def test_who_gives_tasks_to_whom(role: str, own_office: bool, may: bool) -> None:
    giver = UserFactory(role=role, office=OfficeFactory(code="msk"))
    other = UserFactory(office=OfficeFactory(code="msk" if own_office else "spb"))
    if may:
        task = service.create(user=giver, title="Позвонить", due_on=MONDAY, assignee=other)
        assert (task.assignee, task.created_by) == (other, giver)
    else:
        with pytest.raises(TaskError) as error:
            service.create(user=giver, title="Позвонить", due_on=MONDAY, assignee=other)
        assert error.value.field == "assignee"


def test_task_about_a_client_one_does_not_see_is_refused(manager: User) -> None:
    with pytest.raises(TaskError) as error:
        service.create(user=manager, title="Позвонить", due_on=MONDAY, client=owned(UserFactory()))
    assert error.value.field == "client"


def test_list_shows_ones_own_tasks_by_urgency(client: Browser, manager: User) -> None:
    client.force_login(manager)
    for days, title in ((-2, "вчерашнее"), (0, "сегодняшнее"), (1, "завтрашнее"), (30, "дальнее")):
        TaskFactory(assignee=manager, due_on=FRIDAY + timedelta(days=days), title=title)
    TaskFactory(title="чужое")
    groups = client.get(reverse("deals:tasks")).context["groups"]
    assert [(name, [task.title for task in rows]) for name, rows in groups] == [
        ("Просрочено", ["вчерашнее"]),
        ("Сегодня", ["сегодняшнее"]),
        ("Завтра", ["завтрашнее"]),
        ("Позже", ["дальнее"]),
    ]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["late", "now", "week", "far"]),
        ("?when=overdue", ["late"]),
        ("?when=today", ["now"]),
        ("?when=week", ["late", "now", "week"]),
        ("?when=done", ["shut"]),
        ("?when=nonsense&page=99", ["late", "now", "week", "far"]),
        ("?whose=given", ["given"]),
        ("?whose=all", ["late", "now", "week", "far"]),  # not for this role
    ],
)
def test_filters_of_the_url(client: Browser, manager: User, query: str, titles: list[str]) -> None:
    client.force_login(manager)
    for title, days in (("late", -1), ("now", 0), ("week", 5), ("far", 40)):
        TaskFactory(assignee=manager, title=title, due_on=FRIDAY + timedelta(days=days))
    TaskFactory(assignee=manager, title="shut", state="done", closed_at=NOON)
    TaskFactory(title="given", created_by=manager)
    groups = client.get(reverse("deals:tasks") + query).context["groups"]
    assert [task.title for _name, rows in groups for task in rows] == titles


def test_head_sees_everybodys_tasks_and_one_persons(client: Browser, manager: User) -> None:
    client.force_login(UserFactory(role=Role.SALES_HEAD))
    task, other = TaskFactory(assignee=manager), TaskFactory()
    address = reverse("deals:tasks")
    assert set(client.get(f"{address}?whose=all").context["page"]) == {task, other}
    assert list(client.get(f"{address}?whose=all&person={manager.pk}").context["page"]) == [task]


@pytest.mark.parametrize("count", [1, 20])
def test_list_costs_the_same_at_any_length(
    client: Browser, manager: User, count: int, django_assert_num_queries: object
) -> None:
    client.force_login(manager)
    for _task in range(count):
        TaskFactory(assignee=manager, client=owned(manager), created_by=UserFactory())
    client.get(reverse("deals:tasks"))  # the session's own rows are written once
    with django_assert_num_queries(10):  # type: ignore[operator]
        client.get(reverse("deals:tasks"), headers={"HX-Request": "true"})


def test_new_task_from_the_client_card(client: Browser, manager: User) -> None:
    client.force_login(manager)
    about = owned(manager)
    address = f"{reverse('deals:task_new')}?client={about.pk}"
    assert client.get(address).context["form"].initial["client"] == f"{about.code} · {about.name}"
    data = {
        "title": "Отправить прайс",
        "client": f"{about.code} · {about.name}",
        "due_on": "2026-11-24",
        "kind": "other",
    }
    assert client.post(address, data).status_code == 302
    task = Task.objects.get()
    assert (task.client, task.assignee, task.due_on) == (about, manager, date(2026, 11, 24))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"title": ""}, "title"),
        ({"due_on": "2026-11-19"}, "due_on"),
        ({"due_on": "позавчера"}, "due_on"),
        ({"client": "C77777"}, "client"),
        ({"kind": "call_back"}, "client"),
        ({"kind": "development"}, "kind"),
    ],
)
def test_form_says_what_is_wrong(client: Browser, manager: User, data: dict[str, str], field: str) -> None:
    client.force_login(manager)
    whole = {"title": "Позвонить", "due_on": "2026-11-23", "kind": "other"} | data
    response = client.post(reverse("deals:task_new"), whole, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Task.objects.exists()


def test_edit_gives_the_task_to_somebody_else(client: Browser) -> None:
    head, other = UserFactory(role=Role.SALES_HEAD), UserFactory()
    client.force_login(head)
    task = TaskFactory(assignee=head, due_on=FRIDAY - timedelta(days=3))
    data = {
        "title": "Новое",
        "due_on": task.due_on.isoformat(),
        "assignee": other.pk,
        "kind": "other",
        "details": "Да",
    }
    assert client.post(reverse("deals:task_detail", args=[task.pk]), data).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.assignee, task.details) == ("Новое", other, "Да")


def test_done_in_place_answers_with_the_row_and_its_undo(client: Browser, manager: User) -> None:
    client.force_login(manager)
    task = TaskFactory(assignee=manager)
    response = client.post(reverse("deals:task_done", args=[task.pk]), headers={"HX-Request": "true"})
    page = response.content.decode()
    assert f'id="task-{task.pk}"' in page
    assert reverse("deals:task_reopen", args=[task.pk]) in page
    client.post(reverse("deals:task_reopen", args=[task.pk]), headers={"HX-Request": "true"})
    task.refresh_from_db()
    assert task.state == "open"


def test_without_javascript_done_goes_back_to_the_list(client: Browser, manager: User) -> None:
    client.force_login(manager)
    task = TaskFactory(assignee=manager)
    response = client.post(reverse("deals:task_done", args=[task.pk]), {"next": "/day/"})
    assert response["Location"] == "/day/"
    response = client.post(reverse("deals:task_done", args=[task.pk]), {"next": "https://elsewhere.example/"})
    assert response["Location"] == reverse("deals:tasks")


@pytest.mark.parametrize(("other", "status"), [("2026-11-30", 302), ("2026-11-01", 302), ("", 302)])
def test_move_takes_a_day_that_has_not_passed(
    client: Browser, manager: User, other: str, status: int
) -> None:
    client.force_login(manager)
    task = TaskFactory(assignee=manager, due_on=FRIDAY)
    assert client.post(reverse("deals:task_move", args=[task.pk]), {"other": other}).status_code == status
    task.refresh_from_db()
    assert task.due_on == (date(2026, 11, 30) if other == "2026-11-30" else FRIDAY)


def test_foreign_task_is_not_found(client: Browser, manager: User) -> None:
    client.force_login(manager)
    assert client.get(reverse("deals:task_detail", args=[TaskFactory().pk])).status_code == 404


def test_suggestions_name_only_visible_clients(client: Browser, manager: User) -> None:
    client.force_login(manager)
    mine = owned(manager)
    owned(UserFactory())
    page = client.get(reverse("deals:task_clients"), {"client": "клиент"}).content.decode()
    assert page.count("<option") == 1
    assert mine.code in page
