"""Who knows what: states of person × regulation, the matrix, courses, and what the day asks for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from playbook.models import Course, CoursePage, QuizQuestion, Regulation
from playbook.progress import Mark, Step, again, of_person, progress
from playbook.services import asks as book_asks
from playbook.services import training_asks
from salesdept.dates import add_months, today
from salesdept.models import User
from salesdept.roles import Perm, Role, has_perm
from tests.factories import OfficeFactory, UserFactory
from tests.playbook.cases import only_book
from tests.playbook.training_cases import assessment, attempt, page, read, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return UserFactory()


@pytest.fixture
def regulation() -> Regulation:
    only_book()
    return page()


def state(person: User, regulation: Regulation, day: date | None = None) -> tuple[str, str]:
    row = of_person(person, day or today())
    cell = next(cell for cell in row.cells if cell.regulation == regulation)
    assert ([one for one, _mark in again(person, day or today())] == [regulation]) == bool(
        cell.mark and cell.is_required and cell.has_quiz
    )  # the day and the matrix agree
    return cell.step.value, cell.mark.value


def moment(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


# --- states ---


def test_not_read_read_passed_applied(person: User, regulation: Regulation) -> None:
    held = regulation.versions.get()
    assert state(person, regulation) == (Step.UNREAD, "")
    read(person, held)
    assert state(person, regulation) == (Step.READ, "")
    attempt(person, held)
    assert state(person, regulation) == (Step.PASSED, "")
    assessment(person, regulation, today())
    assert state(person, regulation) == (Step.APPLIED, "")


def test_a_failed_attempt_is_marked_until_the_pass(person: User, regulation: Regulation) -> None:
    held = regulation.versions.get()
    attempt(person, held, passed=False)
    assert state(person, regulation) == (Step.UNREAD, Mark.FAILED)
    read(person, held)
    assert state(person, regulation) == (Step.READ, Mark.FAILED)
    attempt(person, held)
    assert state(person, regulation) == (Step.PASSED, "")
    attempt(person, held, passed=False)  # trying once more takes nothing away
    assert state(person, regulation) == (Step.PASSED, "")


def test_an_open_attempt_says_nothing(person: User, regulation: Regulation) -> None:
    made = attempt(person, regulation.versions.get())
    type(made).objects.filter(pk=made.pk).update(finished_at=None, score=None, passed=None)
    assert state(person, regulation) == (Step.UNREAD, "")


def test_a_new_version_makes_the_pass_stale_from_its_day(person: User, regulation: Regulation) -> None:
    held = regulation.versions.get()
    read(person, held)
    attempt(person, held)
    assessment(person, regulation, today())
    tomorrow = today() + timedelta(days=1)
    new = version(regulation, tomorrow)
    assert state(person, regulation) == (Step.APPLIED, "")
    assert state(person, regulation, tomorrow) == (Step.UNREAD, Mark.STALE)
    attempt(person, new, passed=False)
    assert state(person, regulation, tomorrow) == (Step.UNREAD, Mark.FAILED)
    attempt(person, new)
    assert state(person, regulation, tomorrow)[1] == ""


@pytest.mark.parametrize(("after", "expected"), [(-1, (Step.PASSED, "")), (0, (Step.UNREAD, Mark.STALE))])
def test_a_pass_is_good_for_the_months_of_the_book(
    person: User, regulation: Regulation, after: int, expected: tuple[str, str]
) -> None:
    passed = date(2026, 3, 10)
    attempt(person, regulation.versions.get(), moment(passed))
    assert state(person, regulation, add_months(passed, 12) + timedelta(days=after)) == expected


def test_only_a_good_assessment_after_the_pass_shows_that_it_is_applied(
    person: User, regulation: Regulation
) -> None:
    attempt(person, regulation.versions.get())
    assessment(person, regulation, today() - timedelta(days=1))
    assessment(person, regulation, today(), "0.7999")
    assert state(person, regulation) == (Step.PASSED, "")
    assessment(person, regulation, today(), "0.8")
    assert state(person, regulation) == (Step.APPLIED, "")


def test_an_assessment_without_a_pass_applies_nothing(person: User, regulation: Regulation) -> None:
    assessment(person, regulation, today())
    assert state(person, regulation) == (Step.UNREAD, "")


def test_reading_is_enough_where_there_is_nothing_to_ask(person: User, regulation: Regulation) -> None:
    QuizQuestion.objects.filter(regulation=regulation).update(is_active=False)
    cell = of_person(person, today()).required[0]
    assert (cell.is_done, cell.asks_quiz) == (False, False)
    read(person, regulation.versions.get())
    assert of_person(person, today()).required[0].is_done


def test_what_is_not_in_force_is_not_in_the_matrix(person: User, regulation: Regulation) -> None:
    coming = Regulation.objects.create(code="coming", title="Будет", readers=[Role.SERVICE_MANAGER])
    version(coming, today() + timedelta(days=1))
    drafted = Regulation.objects.create(code="draft", title="Черновик", readers=[Role.SERVICE_MANAGER])
    version(drafted, today(), state="draft")
    codes = {one.code for one in progress([person], today()).regulations}
    assert "trial" in codes
    assert not {"coming", "draft"} & codes


def test_only_readers_must_know_it(regulation: Regulation) -> None:
    assert len(of_person(UserFactory(), today()).required) == 1
    assert of_person(UserFactory(role=Role.MARKETER), today()).required == []


def test_states_of_people_do_not_mix(regulation: Regulation) -> None:
    held, other = regulation.versions.get(), page("second")
    one, two = UserFactory(), UserFactory()
    attempt(one, held)
    attempt(two, other.versions.get(), passed=False)
    read(two, held)
    rows = progress([one, two], today()).rows
    looks = [[cell.look for cell in row.required] for row in rows]
    assert looks == [["passed", "unread"], ["read", "failed"]]


def test_the_matrix_costs_the_same_for_any_number_of_people_and_pages(regulation: Regulation) -> None:
    def cost(people: list[User]) -> int:
        with CaptureQueriesContext(connection) as captured:
            found = progress(people, today())
            assert [cell.words for row in found.rows for cell in row.cells]
        return len(captured)

    few = cost([UserFactory()])
    for number in range(10):
        more = page(f"more-{number}", questions=1)
        attempt(UserFactory(), more.versions.get())
    assert cost(list(User.objects.all())) == few == 7


# --- who sees whom ---

MATRIX_ROLES = {Role.SALES_HEAD, Role.DEPUTY_DIRECTOR, Role.SENIOR_MANAGER, Role.BRANCH_HEAD, Role.DIRECTOR}


@pytest.mark.parametrize("role", Role.values)
def test_who_opens_the_matrix_and_somebodys_page(client: Browser, regulation: Regulation, role: str) -> None:
    viewer, near, far = UserFactory(role=role), UserFactory(), UserFactory(office=OfficeFactory(code="msk"))
    client.force_login(viewer)
    response = client.get(reverse("playbook:training_matrix"))
    assert response.status_code == (200 if role in MATRIX_ROLES else 403)
    if response.status_code == 200:
        body = response.content.decode()
        assert near.last_name in body
        assert (far.last_name in body) == (role != Role.BRANCH_HEAD)
    for person, seen in (
        (viewer, True),
        (near, role in MATRIX_ROLES),
        (far, role in MATRIX_ROLES - {Role.BRANCH_HEAD}),
    ):
        url = reverse("playbook:training_person", args=[person.pk])
        assert client.get(url).status_code == (200 if seen else 404)


def test_rights_of_training_are_given_on_purpose() -> None:
    for role in Role.values:
        user = UserFactory(role=role)
        sees = has_perm(user, Perm.SEE_TRAINING) or has_perm(user, Perm.SEE_OFFICE_TRAINING)
        assert sees == (role in MATRIX_ROLES)
        assert has_perm(user, Perm.ASSESS) == (role in MATRIX_ROLES - {Role.DIRECTOR})


def test_the_matrix_is_narrowed_by_role_office_and_state(client: Browser, regulation: Regulation) -> None:
    client.force_login(UserFactory(role=Role.SALES_HEAD))
    here, away = (
        UserFactory(last_name="Здешняя"),
        UserFactory(last_name="Дальняя", office=OfficeFactory(code="msk")),
    )
    attempt(away, regulation.versions.get(), passed=False)
    url = reverse("playbook:training_matrix")
    for query, seen in (
        ("", {"Здешняя", "Дальняя"}),
        ("?office=msk", {"Дальняя"}),
        ("?office=spb", {"Здешняя"}),
        ("?look=failed", {"Дальняя"}),
        ("?look=unread&role=service_manager", {"Здешняя"}),
        ("?role=marketer", set()),
        ("?role=nonsense&look=nonsense&office=", set()),
    ):
        body = client.get(url + query).content.decode()
        assert {name for name in (here.last_name, away.last_name) if name in body} == seen, query
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="matrix"' in part
    assert "не сдано" in part  # states are said in words


def test_people_who_left_are_not_in_the_matrix(client: Browser, regulation: Regulation) -> None:
    client.force_login(UserFactory(role=Role.SALES_HEAD))
    UserFactory(last_name="Ушедшая", is_active=False)
    assert "Ушедшая" not in client.get(reverse("playbook:training_matrix")).content.decode()


# --- my page and courses ---


def test_my_page_puts_failed_first_then_stale_then_open(
    client: Browser, person: User, regulation: Regulation
) -> None:
    stale, failed, known = page("stale"), page("failed"), page("known")
    attempt(person, stale.versions.get())
    version(stale, today())
    attempt(person, failed.versions.get(), passed=False)
    attempt(person, known.versions.get())
    client.force_login(person)
    body = client.get(reverse("playbook:training")).content.decode()
    places = [body.index(f"Регламент {code}") for code in ("failed", "stale", "trial", "known")]
    assert places == sorted(places)


@pytest.mark.parametrize("role", Role.values)
def test_everybody_has_a_page_of_training(client: Browser, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("playbook:training")).status_code == 200


@pytest.fixture
def course(regulation: Regulation) -> Course:
    made = Course.objects.create(code="own-course", title="Курс", roles=[Role.SERVICE_MANAGER])
    CoursePage.objects.create(course=made, regulation=regulation, order=2)
    CoursePage.objects.create(course=made, title="Сценарии", path="/book/scripts/", order=1)
    CoursePage.objects.create(course=made, regulation=page("last"), order=3)
    return made


def test_a_course_leads_through_its_pages(client: Browser, person: User, course: Course) -> None:
    client.force_login(person)
    url = reverse("playbook:course", args=[course.code])
    first, last = Regulation.objects.get(code="trial"), Regulation.objects.get(code="last")

    def walk() -> tuple[str, int, int]:
        found = client.get(url).context["walk"]
        return str(found.next.page) if found.next else "", found.done, found.total

    assert [str(leaf.page) for leaf in client.get(url).context["walk"].leaves] == [
        "Сценарии",
        "Регламент trial",
        "Регламент last",
    ]
    assert walk() == ("Регламент trial", 0, 2)
    read(person, first.versions.get())
    assert walk() == ("Регламент trial", 0, 2)
    attempt(person, first.versions.get())
    assert walk() == ("Регламент last", 1, 2)
    attempt(person, last.versions.get())
    assert walk() == ("", 2, 2)


def test_my_courses_are_those_of_my_role(client: Browser, course: Course) -> None:
    Course.objects.exclude(pk=course.pk).delete()
    common = Course.objects.create(code="all", title="Для всех")
    for role, titles in ((Role.SERVICE_MANAGER, ["Курс", "Для всех"]), (Role.MARKETER, ["Для всех"])):
        client.force_login(UserFactory(role=role))
        walks = client.get(reverse("playbook:training")).context["walks"]
        assert {walk.course.title for walk in walks} == set(titles)
    assert client.get(reverse("playbook:course", args=[common.code])).status_code == 200


def test_every_course_of_the_book_opens(client: Browser, person: User) -> None:
    client.force_login(person)
    for made in Course.objects.all():
        assert client.get(reverse("playbook:course", args=[made.code])).status_code == 200, made.code


# --- what the day asks for ---


def test_the_day_asks_for_failed_and_stale_quizzes_only(person: User, regulation: Regulation) -> None:
    held = regulation.versions.get()
    assert training_asks.asks(person, today()) == []
    attempt(person, held, passed=False)
    (ask,) = training_asks.asks(person, today())
    assert (ask.kind, ask.url) == ("quiz", reverse("playbook:quiz", args=[regulation.code]))
    assert ask in book_asks.of_person(person, today())
    attempt(person, held)
    assert training_asks.asks(person, today()) == []
    version(regulation, today())
    assert [ask.kind for ask in training_asks.asks(person, today())] == ["quiz"]


def test_the_day_asks_nothing_about_pages_of_other_roles(regulation: Regulation) -> None:
    other = UserFactory(role=Role.MARKETER)
    attempt(other, regulation.versions.get(), passed=False)
    assert training_asks.asks(other, today()) == []


def test_what_the_day_asks_costs_little(person: User, regulation: Regulation) -> None:
    for number in range(6):
        attempt(person, page(f"p{number}").versions.get(), passed=False)
    with CaptureQueriesContext(connection) as captured:
        assert len(training_asks.asks(person, today())) == 6
    assert len(captured) == 5
