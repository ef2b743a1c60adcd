"""First weeks of a newcomer: who takes in whom, who marks, what is late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client as Browser
from django.urls import reverse

from playbook import onboarding as first_weeks
from playbook.models import Onboarding, OnboardingDone, OnboardingStep
from playbook.services import onboarding as service
from playbook.services import training_asks
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)
TAKERS = {Role.SALES_HEAD, Role.SENIOR_MANAGER, Role.BRANCH_HEAD, Role.DEPUTY_DIRECTOR}


@pytest.fixture(autouse=True)
def steps() -> list[OnboardingStep]:
    """Two steps in the first week, one in the third; the shipped ones are put away."""
    OnboardingStep.objects.all().delete()
    rows = [(1, "Осмотреться"), (1, "Прочитать книгу"), (3, "Позвонить")]
    return [
        OnboardingStep.objects.create(role=Role.SERVICE_MANAGER, week=week, title=title, order=order)
        for order, (week, title) in enumerate(rows)
    ]


@pytest.fixture
def head() -> User:
    return UserFactory(role=Role.SALES_HEAD)


@pytest.fixture
def begun(head: User) -> Onboarding:
    return service.begin(head, UserFactory(), UserFactory(), MONDAY)


def plan(begun: Onboarding, day: date) -> first_weeks.Plan:
    return first_weeks.plans([begun], day)[0]


def test_weeks_have_dates_and_a_step_is_late_when_its_week_is_over(
    begun: Onboarding, steps: list[OnboardingStep]
) -> None:
    found = plan(begun, MONDAY)
    assert [(week.number, week.starts, week.ends) for week in found.weeks] == [
        (1, MONDAY, MONDAY + timedelta(days=6)),
        (3, MONDAY + timedelta(days=14), MONDAY + timedelta(days=20)),
    ]
    service.mark(begun.user, begun, steps[0], is_done=True)
    sunday = MONDAY + timedelta(days=6)
    assert plan(begun, sunday).late == []
    late = plan(begun, sunday + timedelta(days=1)).late
    assert [one.step for one in late] == [steps[1]]
    assert [one.due_on for one in late] == [sunday]


@pytest.mark.parametrize(
    ("days", "week", "share"), [(-1, 0, 0.0), (0, 1, 0.0), (6, 1, 6 / 21), (14, 3, 14 / 21), (40, 6, 1.0)]
)
def test_where_the_newcomer_is(begun: Onboarding, days: int, week: int, share: float) -> None:
    found = plan(begun, MONDAY + timedelta(days=days))
    assert (found.week, found.passed_share) == (week, pytest.approx(share))
    assert found.last_week == 3


def test_it_is_over_when_everything_is_done(begun: Onboarding, steps: list[OnboardingStep]) -> None:
    for step in steps:
        assert not plan(begun, MONDAY).is_over
        service.mark(begun.mentor, begun, step, is_done=True)
    found = plan(begun, MONDAY + timedelta(days=99))
    assert (found.is_over, found.share, found.late) == (True, 1.0, [])


def test_a_mark_stands_once_and_can_be_taken_back(begun: Onboarding, steps: list[OnboardingStep]) -> None:
    service.mark(begun.user, begun, steps[0], is_done=True)
    service.mark(begun.mentor, begun, steps[0], is_done=True)
    assert OnboardingDone.objects.get().by == begun.user
    service.mark(begun.mentor, begun, steps[0], is_done=False)
    service.mark(begun.mentor, begun, steps[0], is_done=False)
    assert not OnboardingDone.objects.exists()


def test_only_the_two_mark_and_only_steps_of_the_role(
    begun: Onboarding, steps: list[OnboardingStep], head: User
) -> None:
    other = OnboardingStep.objects.create(role=Role.MARKETER, week=1, title="Чужой шаг")
    with pytest.raises(PermissionDenied):
        service.mark(head, begun, steps[0], is_done=True)
    with pytest.raises(ValidationError):
        service.mark(begun.user, begun, other, is_done=True)
    assert not OnboardingDone.objects.exists()


@pytest.mark.parametrize("role", Role.values)
def test_who_takes_a_newcomer_in(role: str) -> None:
    by, person, mentor = UserFactory(role=role), UserFactory(), UserFactory()
    if role in TAKERS:
        assert service.begin(by, person, mentor, MONDAY).user == person
    else:
        with pytest.raises(PermissionDenied):
            service.begin(by, person, mentor, MONDAY)


def test_a_branch_head_takes_in_only_at_the_own_office_and_nobody_themselves(head: User) -> None:
    branch = UserFactory(role=Role.BRANCH_HEAD)
    far = UserFactory(office=OfficeFactory(code="msk"))
    for by, person in ((branch, far), (branch, branch), (branch, head), (head, head)):
        with pytest.raises(PermissionDenied):
            service.begin(by, person, UserFactory(), MONDAY)


@pytest.mark.parametrize("what", ["self", "left", "no_steps"])
def test_what_may_not_be_is_said_at_its_field(head: User, what: str) -> None:
    person = UserFactory(role=Role.MARKETER if what == "no_steps" else Role.SERVICE_MANAGER)
    mentor = person if what == "self" else UserFactory(is_active=what != "left")
    with pytest.raises(ValidationError) as caught:
        service.begin(head, person, mentor, MONDAY)
    assert list(caught.value.message_dict) == ["person" if what == "no_steps" else "mentor"]


def test_taking_in_again_changes_mentor_and_day_and_keeps_marks(
    head: User, begun: Onboarding, steps: list[OnboardingStep]
) -> None:
    service.mark(begun.user, begun, steps[0], is_done=True)
    mentor = UserFactory()
    again = service.begin(head, begun.user, mentor, MONDAY + timedelta(days=7))
    assert again.pk == begun.pk
    begun.refresh_from_db()
    assert (begun.mentor, begun.starts) == (mentor, MONDAY + timedelta(days=7))
    assert begun.done.count() == 1


# --- pages ---


def test_from_the_form_to_the_plan(client: Browser, head: User) -> None:
    client.force_login(head)
    person, mentor = UserFactory(last_name="Новичков"), UserFactory(last_name="Опытная")
    url = reverse("playbook:onboarding_start")
    assert client.get(f"{url}?person={person.pk}").status_code == 200
    form = {"person": person.pk, "mentor": mentor.pk, "starts": "2026-11-02"}
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(head)
        bad = client.post(url, form | {"mentor": person.pk})
        assert bad.status_code == 422
        assert "Наставником себе быть нельзя." in bad.content.decode()
        assert client.post(url, form | {"starts": "2020-01-01"}).status_code == 422
        assert not Onboarding.objects.exists()
        done = client.post(url, form)
    client.force_login(head)
    assert done.url == reverse("playbook:onboarding", args=[Onboarding.objects.get().pk])
    body = client.get(done.url).content.decode()
    assert "Осмотреться" in body
    assert "Опытная" in body


def test_the_newcomer_and_the_mentor_see_it_in_training(client: Browser, begun: Onboarding) -> None:
    url = reverse("playbook:onboarding", args=[begun.pk])
    stranger = UserFactory()
    for viewer, seen in ((begun.user, True), (begun.mentor, True), (stranger, False)):
        client.force_login(viewer)
        assert (url in client.get(reverse("playbook:training")).content.decode()) == seen
        assert client.get(url).status_code == (200 if seen else 404)


def test_marking_from_the_page(
    client: Browser, begun: Onboarding, steps: list[OnboardingStep], head: User
) -> None:
    url = reverse("playbook:onboarding_mark", args=[begun.pk, steps[0].pk])
    client.force_login(begun.mentor)
    assert client.post(url, {"done": "1"}).url == reverse("playbook:onboarding", args=[begun.pk])
    assert OnboardingDone.objects.get().by == begun.mentor
    part = client.post(url, {"done": "0"}, headers={"HX-Request": "true", "HX-Target": "plan"})
    assert "<html" not in part.content.decode()
    assert not OnboardingDone.objects.exists()
    assert client.post(url, {"done": "1", "next": "https://evil.example/"}).url.startswith("/book/")
    client.force_login(head)  # sees it, but it is not theirs to mark
    assert client.post(url, {"done": "0"}).status_code == 403
    assert OnboardingDone.objects.exists()


def test_a_step_of_another_role_is_not_there(client: Browser, begun: Onboarding) -> None:
    other = OnboardingStep.objects.create(role=Role.MARKETER, week=1, title="Чужой")
    client.force_login(begun.user)
    url = reverse("playbook:onboarding_mark", args=[begun.pk, other.pk])
    assert client.post(url, {"done": "1"}).status_code == 404


def test_late_steps_stand_in_the_day_of_the_newcomer(begun: Onboarding) -> None:
    assert training_asks.asks(begun.user, MONDAY) == []
    (ask,) = training_asks.asks(begun.user, MONDAY + timedelta(days=7))
    assert (ask.kind, ask.is_late, ask.due_on) == ("onboarding", True, MONDAY + timedelta(days=6))
    assert training_asks.asks(begun.mentor, MONDAY + timedelta(days=7)) == []


def test_plans_cost_two_queries_whatever_their_number(head: User, django_assert_num_queries: object) -> None:
    made = [service.begin(head, UserFactory(), UserFactory(), MONDAY) for _ in range(6)]
    for few in (made[:1], made):
        found = list(first_weeks.visible_to(head).filter(pk__in=[one.pk for one in few]))
        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len([one.late for one in first_weeks.plans(found, MONDAY + timedelta(days=9))]) == len(few)
