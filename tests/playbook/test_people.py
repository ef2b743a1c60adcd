"""The department's chart and the job descriptions (issue «The sales book», point 6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from playbook import organisation
from playbook.models import Duty, Job
from playbook.templatetags.book import when_due
from salesdept.models import User
from salesdept.roles import PERM_NAMES, PERMISSIONS, Perm, Role
from tests.factories import OfficeFactory, UserFactory
from tests.playbook.cases import duty, job

pytestmark = pytest.mark.django_db
REPORTS_TO = {
    Role.SERVICE_MANAGER: Role.SENIOR_MANAGER,
    Role.SENIOR_MANAGER: Role.SALES_HEAD,
    Role.BRANCH_HEAD: Role.SALES_HEAD,
    Role.SALES_HEAD: Role.DIRECTOR,
    Role.DIRECTOR: "",
}
Tree = dict[str, Any]


def as_tree(nodes: list[organisation.Node]) -> Tree:
    return {node.role.value: as_tree(node.under) for node in nodes}


def person(role: str, office: str, name: str = "") -> User:
    return UserFactory(role=role, office=OfficeFactory(code=office), last_name=name or role)


def test_roles_stand_under_their_chiefs_inside_an_office() -> None:
    people = [
        person(role, "spb")
        for role in (Role.SERVICE_MANAGER, Role.SENIOR_MANAGER, Role.SALES_HEAD, Role.DIRECTOR)
    ]
    branch = organisation.chart(people, REPORTS_TO)[0]
    assert as_tree(branch.nodes) == {"director": {"sales_head": {"senior_manager": {"service_manager": {}}}}}
    assert branch.count == 4


def test_a_role_nobody_has_is_stepped_over() -> None:
    people = [person(Role.SERVICE_MANAGER, "spb"), person(Role.DIRECTOR, "spb")]
    assert as_tree(organisation.chart(people, REPORTS_TO)[0].nodes) == {"director": {"service_manager": {}}}


def test_chiefs_in_another_office_are_named() -> None:
    vera = person(Role.SENIOR_MANAGER, "spb", "Лапина")
    people = [vera, person(Role.SERVICE_MANAGER, "msk")]
    spb, msk = organisation.chart(people, REPORTS_TO)
    assert (spb.office.code, msk.office.code) == ("spb", "msk")
    assert [(node.role.value, node.chiefs) for node in msk.nodes] == [("service_manager", [vera])]


def test_circles_do_not_lose_anybody() -> None:
    people = [person(role, "spb") for role in (Role.OPERATOR, Role.MARKETER, Role.LEAD_MANAGER)]
    circle = {
        Role.OPERATOR: Role.MARKETER,
        Role.MARKETER: Role.OPERATOR,
        Role.LEAD_MANAGER: Role.MARKETER,
    }
    nodes = organisation.chart(people, circle)[0].nodes
    assert as_tree(nodes) == {"marketer": {"lead_manager": {}}, "operator": {}}
    itself = organisation.chart(people[:1], {Role.OPERATOR: Role.OPERATOR})[0].nodes
    assert as_tree(itself) == {"operator": {}}


def test_the_page_shows_real_people_and_nobody_who_left(client: Browser) -> None:
    job(Role.SERVICE_MANAGER, Role.SENIOR_MANAGER)
    person(Role.SERVICE_MANAGER, "spb", "Королёва")
    UserFactory(role=Role.SERVICE_MANAGER, is_active=False, last_name="Ушедшая")
    UserFactory(role=Role.OPERATOR, office=None, last_name="Ничейная")
    client.force_login(UserFactory(role=Role.MARKETER, last_name="Громова"))
    response = client.get("/book/people/")
    body = response.content.decode()
    assert ("Королёва" in body, "Ушедшая" in body, "Ничейная" in body) == (True, False, True)
    assert "Без офиса" in body
    assert "/book/jobs/service_manager/" in body
    assert Role.DIRECTOR in response.context["vacant"]
    assert Role.MARKETER not in response.context["vacant"]


def test_a_job_says_what_it_is_for_its_duties_rights_and_people(client: Browser) -> None:
    head = person(Role.SENIOR_MANAGER, "spb", "Лапина")
    own = job(
        Role.OPERATOR,
        Role.SENIOR_MANAGER,
        mission="Принимать заказы",
        description="Отвечает за **документы** до {{ calls.daily_capacity }} в день. <script>alert(1)</script>",
    )
    own.indicators = ["Заказы без ошибок"]
    own.save(update_fields=["indicators"])
    Duty.objects.create(job=own, rhythm="daily", text="Проверить почту")
    Duty.objects.create(job=own, rhythm="monthly", place=-1, text="Сдать отчёт")
    nina = person(Role.OPERATOR, "spb", "Орлова")
    client.force_login(nina)
    response = client.get("/book/jobs/operator/")
    body = response.content.decode()
    assert "<strong>документы</strong>" in body
    assert "20</span> в день" in body  # the value in force, not its code
    assert "<script>alert" not in body
    for words in (
        "Принимать заказы",
        "Проверить почту",
        "последний рабочий день месяца",
        "Заказы без ошибок",
    ):
        assert words in body
    assert (response.context["holders"], response.context["chiefs"]) == ([nina], [head])
    assert [str(one) for one in response.context["rights"]] == [
        str(PERM_NAMES[perm]) for perm in Perm if perm in PERMISSIONS[Role.OPERATOR]
    ]


def test_a_role_without_a_description_still_has_rights_and_people(client: Browser) -> None:
    Job.objects.filter(role=Role.DIRECTOR).delete()
    client.force_login(UserFactory(role=Role.DIRECTOR))
    response = client.get("/book/jobs/director/")
    assert "Должностная инструкция ещё не написана" in response.content.decode()
    assert len(response.context["holders"]) == 1
    assert client.get("/book/jobs/nobody/").status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_every_role_has_its_page(client: Browser, role: str) -> None:
    client.force_login(UserFactory())
    assert client.get(f"/book/jobs/{role}/").status_code == 200


def test_every_right_is_named_once() -> None:
    assert set(PERM_NAMES) == set(Perm)
    names = [str(name) for name in PERM_NAMES.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("rhythm", "place", "words"),
    [
        ("weekly", 1, "по понедельникам"),
        ("weekly", 7, "по воскресеньям"),
        ("monthly", 3, "3-й рабочий день месяца"),
        ("monthly", -1, "последний рабочий день месяца"),
        ("monthly", -3, "3-й рабочий день с конца месяца"),
    ],
)
def test_the_day_of_a_duty_in_words(rhythm: str, place: int, words: str) -> None:
    assert when_due(duty(Role.OPERATOR, rhythm, place)) == words


def test_the_chart_costs_the_same_at_any_size(client: Browser) -> None:
    client.force_login(UserFactory(role=Role.SERVICE_MANAGER))
    before = _queries(client)
    for number in range(20):
        person(Role.SERVICE_MANAGER, "spb" if number % 2 else "msk", f"Королёва{number}")
    assert _queries(client) == before


def _queries(client: Browser) -> int:
    client.get("/book/people/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/book/people/")
    return len(captured)
