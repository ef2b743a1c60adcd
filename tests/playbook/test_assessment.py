"""Assessment at work: who assesses whom, how marks become a score, and that the person is told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from playbook.models import Assessment, Regulation, Script
from playbook.services import assessment as service
from playbook.services import training_asks
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import OfficeFactory, UserFactory
from tests.playbook.training_cases import assessment, page, script

pytestmark = pytest.mark.django_db
ASSESSORS = {Role.SALES_HEAD, Role.SENIOR_MANAGER, Role.BRANCH_HEAD, Role.DEPUTY_DIRECTOR}


@pytest.fixture
def head() -> User:
    return UserFactory(role=Role.SALES_HEAD)


@pytest.fixture
def person() -> User:
    return UserFactory()


@pytest.fixture
def regulation() -> Regulation:
    return page(questions=0)


@pytest.fixture
def heard() -> Script:
    return script()


def sheet(
    person: User, regulation: Regulation, heard: Script, marks: tuple[int, ...] = (2, 1, 0)
) -> service.Sheet:
    rows = [
        {"item": item, "mark": mark, "note": ""}
        for item, mark in zip(service.items(heard), marks, strict=True)
    ]
    return service.Sheet(person, regulation, heard, today(), "звонок", rows, "хорошо")


@given(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=40))
def test_the_score_is_the_share_of_full_marks(marks: list[int]) -> None:
    found = service.score([{"mark": mark} for mark in marks])
    assert abs(found - Decimal(sum(marks)) / (2 * len(marks))) <= Decimal("0.00005")
    assert 0 <= found <= 1


def test_items_are_the_steps_of_the_script(heard: Script) -> None:
    assert service.items(heard) == ["Поздороваться", "Спросить", "Попрощаться"]
    assert service.items(script(steps=[{"say": "Алло"}, {"text": " "}, ""])) == ["Алло"]


@pytest.mark.parametrize("role", Role.values)
def test_who_assesses(person: User, regulation: Regulation, heard: Script, role: str) -> None:
    by = UserFactory(role=role)
    if role in ASSESSORS:
        made = service.assess(by, sheet(person, regulation, heard))
        assert (made.assessor, made.score, made.seen_at) == (by, Decimal("0.5000"), None)
    else:
        with pytest.raises(PermissionDenied):
            service.assess(by, sheet(person, regulation, heard))


def test_nobody_assesses_themselves_their_heads_or_another_office(
    head: User, regulation: Regulation, heard: Script
) -> None:
    senior, branch = UserFactory(role=Role.SENIOR_MANAGER), UserFactory(role=Role.BRANCH_HEAD)
    far = UserFactory(office=OfficeFactory(code="msk"))
    gone = UserFactory(is_active=False)
    for by, whom in (
        (head, head),
        (senior, head),
        (branch, head),
        (branch, far),
        (senior, senior),
        (head, gone),
    ):
        with pytest.raises(PermissionDenied):
            service.assess(by, sheet(whom, regulation, heard))
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("mark", [None, 3, -1])
def test_every_item_needs_a_mark_that_there_is(
    head: User, person: User, regulation: Regulation, heard: Script, mark: Any
) -> None:
    with pytest.raises(ValidationError):
        service.assess(head, sheet(person, regulation, heard, (2, 2, mark)))


def test_the_same_sheet_twice_is_one(head: User, person: User, regulation: Regulation, heard: Script) -> None:
    first = service.assess(head, sheet(person, regulation, heard))
    assert service.assess(head, sheet(person, regulation, heard)).pk == first.pk
    assert service.assess(head, sheet(person, regulation, heard, (2, 2, 2))).pk != first.pk


def test_the_person_is_told_until_they_say_that_they_have_read(person: User, regulation: Regulation) -> None:
    made = assessment(person, regulation, today())
    (ask,) = training_asks.asks(person, today())
    assert (ask.kind, ask.url) == ("assessment", reverse("playbook:assessment", args=[made.pk]))
    first = service.confirm_seen(made.pk, person).seen_at
    assert service.confirm_seen(made.pk, person).seen_at == first
    assert training_asks.asks(person, today()) == []


def test_a_sheet_is_taken_back_only_by_its_author_and_before_it_is_read(
    head: User, person: User, regulation: Regulation
) -> None:
    made = assessment(person, regulation, today(), assessor=head)
    with pytest.raises(Assessment.DoesNotExist):
        service.withdraw(made.pk, UserFactory(role=Role.SALES_HEAD))
    service.confirm_seen(made.pk, person)
    with pytest.raises(ValidationError):
        service.withdraw(made.pk, head)
    again = assessment(person, regulation, today(), "0.5", assessor=head)
    assert service.withdraw(again.pk, head) == person
    assert Assessment.objects.get() == made


# --- pages ---


def address(person: User, regulation: Regulation, heard: Script) -> str:
    query = {"person": person.pk, "regulation": regulation.pk, "script": heard.pk}
    return f"{reverse('playbook:assess')}?{urlencode(query)}"


def form_of(client: Browser, url: str, marks: tuple[int, ...]) -> dict[str, Any]:
    shown = client.get(url).context["form"]
    form: dict[str, Any] = {
        "items": shown.fingerprint,
        "on": today().isoformat(),
        "about": "",
        "feedback": "Да",
    }
    return form | {f"m{n}": mark for n, mark in enumerate(marks, start=1)} | {"n1": "заметка"}


def test_from_the_choice_to_the_sheet_to_the_person(
    client: Browser, head: User, person: User, regulation: Regulation, heard: Script
) -> None:
    client.force_login(head)
    assert person.last_name in client.get(reverse("playbook:assess")).content.decode()
    url = address(person, regulation, heard)
    assert "Попрощаться" in client.get(url).content.decode()
    response = client.post(url, form_of(client, url, (2, 2, 1)))
    made = Assessment.objects.get()
    assert response.url == reverse("playbook:assessment", args=[made.pk])
    assert made.marks[0] == {"item": "Поздороваться", "mark": 2, "note": "заметка"}
    assert made.score == Decimal("0.8333")
    client.force_login(person)
    assert response.url in client.get(reverse("playbook:training")).content.decode()
    assert "заметка" in client.get(response.url).content.decode()
    assert Assessment.objects.get().seen_at is None  # looking says nothing
    client.post(reverse("playbook:assessment_seen", args=[made.pk]))
    assert Assessment.objects.get().seen_at is not None
    assert "Вашу работу оценили" not in client.get(reverse("playbook:training")).content.decode()


def test_a_sheet_with_holes_comes_back_with_what_was_marked(
    client: Browser, head: User, person: User, regulation: Regulation, heard: Script
) -> None:
    client.force_login(head)
    url = address(person, regulation, heard)
    form = form_of(client, url, (2, 2))
    response = client.post(url, form)
    body = response.content.decode()
    assert response.status_code == 422
    assert (body.count("checked"), body.count("data-missing"), "заметка" in body) == (2, 1, True)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert client.post(url, form_of(client, url, (2, 2, 2)) | {"on": tomorrow}).status_code == 422
    assert not Assessment.objects.exists()


def test_a_script_changed_meanwhile_is_said(
    client: Browser, head: User, person: User, regulation: Regulation, heard: Script
) -> None:
    client.force_login(head)
    url = address(person, regulation, heard)
    form = form_of(client, url, (2, 2, 2))
    script(steps=["Другое", "Второе", "Третье"])
    response = client.post(url, form)
    assert response.status_code == 422
    assert "сценарий изменился" in response.content.decode()
    assert not Assessment.objects.exists()


def test_strangers_cannot_be_chosen(client: Browser, regulation: Regulation, heard: Script) -> None:
    client.force_login(UserFactory(role=Role.BRANCH_HEAD))
    far = UserFactory(office=OfficeFactory(code="msk"), last_name="Дальняя")
    assert "Дальняя" not in client.get(reverse("playbook:assess")).content.decode()
    for asked in (
        address(far, regulation, heard),
        f"{reverse('playbook:assess')}?person=x&regulation=y&script=z",
    ):
        response = client.get(asked)
        assert response.status_code == 422
        assert "Дальняя" not in response.content.decode()


def test_who_reads_a_sheet(client: Browser, person: User, regulation: Regulation) -> None:
    url = reverse("playbook:assessment", args=[assessment(person, regulation, today()).pk])
    viewers = [
        (person, 200),
        (UserFactory(), 404),
        (UserFactory(role=Role.DIRECTOR), 200),
        (UserFactory(role=Role.BRANCH_HEAD), 200),
        (UserFactory(role=Role.BRANCH_HEAD, office=OfficeFactory(code="msk")), 404),
    ]
    for viewer, status in viewers:
        client.force_login(viewer)
        assert client.get(url).status_code == status
        if viewer != person:
            seen = client.post(reverse("playbook:assessment_seen", args=[Assessment.objects.get().pk]))
            assert seen.status_code == 404
    assert Assessment.objects.get().seen_at is None


def test_the_trend_of_a_person(client: Browser, head: User, person: User, regulation: Regulation) -> None:
    client.force_login(head)
    url = reverse("playbook:training_person", args=[person.pk])
    assessment(person, regulation, today() - timedelta(days=9), "0.4", assessor=head)
    assert client.get(url).context["trend"] is None  # one point is no trend
    assessment(person, regulation, today(), "1", assessor=head)
    body = client.get(url)
    assert body.context["trend"]["line"] == "10.0,35.0 290.0,5.0"
    assert "40" in body.content.decode()
