"""A regulation comes back to its owner (issue «The sales book», point 1: the yearly review)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser

from playbook.models import Regulation, RegulationReview
from playbook.services import review
from playbook.terms import review_due
from playbook.views.rail import counts
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import UserFactory
from tests.playbook.cases import NOON, WEDNESDAY, approved, only_book, regulation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def page() -> Regulation:
    only_book()
    return regulation()


@pytest.fixture
def owner(client: Browser) -> User:
    person = UserFactory(role=Role.SALES_HEAD)
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("approved_on", "reviewed_on", "months", "due"),
    [
        (date(2025, 11, 25), None, 12, date(2026, 11, 25)),
        (date(2025, 11, 25), date(2026, 3, 1), 12, date(2027, 3, 1)),
        (date(2026, 3, 1), date(2025, 11, 25), 12, date(2027, 3, 1)),  # approved after it was looked through
        (date(2026, 8, 31), None, 6, date(2027, 2, 28)),
    ],
)
def test_when_it_is_due(approved_on: date, reviewed_on: date | None, months: int, due: date) -> None:
    assert review_due(approved_on=approved_on, reviewed_on=reviewed_on, months=months) == due


@pytest.mark.parametrize(("approved_on", "is_due"), [(date(2025, 11, 25), True), (date(2025, 11, 26), False)])
def test_it_comes_back_to_its_owner_after_the_books_months(
    page: Regulation, owner: User, approved_on: date, is_due: bool
) -> None:
    approved(page, day=approved_on, at=approved_on)
    assert [one.regulation for one in review.due(owner, WEDNESDAY)] == ([page] if is_due else [])
    assert counts(owner)["book"] == is_due
    assert review.due(UserFactory(role=Role.DEPUTY_DIRECTOR), WEDNESDAY) == []


def test_the_program_s_own_versions_count_from_their_loading(page: Regulation, owner: User) -> None:
    approved(page, day=date(1900, 1, 1), at=None)
    assert review.due(owner, WEDNESDAY) == []
    year = WEDNESDAY + timedelta(days=365)
    assert [one.due_on for one in review.due(owner, year)] == [year]


def test_a_new_version_moves_the_review(page: Regulation, owner: User) -> None:
    approved(page, number=1, day=date(2025, 1, 9), at=date(2025, 1, 9))
    assert review.due(owner, WEDNESDAY)
    approved(page, number=2, day=date(2026, 11, 2))
    assert review.due(owner, WEDNESDAY) == []


def test_everything_is_true_moves_it_too_with_a_word(client: Browser, page: Regulation, owner: User) -> None:
    approved(page, day=date(2025, 1, 9), at=date(2025, 1, 9))
    body = client.get("/book/own/").content.decode()
    assert "его надо было пересмотреть до 9\u00a0января" in body
    response = client.post("/book/own/reviewed/", {"note": "  Сверил  сроки с 1С "})
    assert response.url == "/book/own/#review"
    row = RegulationReview.objects.get()
    assert (row.user, row.on, row.note) == (owner, WEDNESDAY, "Сверил сроки с 1С")
    assert review.due(owner, WEDNESDAY) == []
    body = client.get("/book/own/").content.decode()
    assert "Пересмотреть до 25\u00a0ноября\u00a02027" in body
    assert "Сверил сроки с 1С" in body


def test_without_a_word_it_is_a_click(client: Browser, page: Regulation, owner: User) -> None:
    approved(page, day=date(2025, 1, 9), at=date(2025, 1, 9))
    response = client.post("/book/own/reviewed/", {"note": "   "})
    assert response.status_code == 422
    assert "что вы проверили" in response.content.decode()
    assert not RegulationReview.objects.exists()


def test_twice_a_day_is_once(page: Regulation, owner: User) -> None:
    approved(page)
    first = review.still_true(page, owner, "Сверил", WEDNESDAY)
    assert review.still_true(page, owner, "Ещё раз", WEDNESDAY) == first
    assert RegulationReview.objects.count() == 1


@pytest.mark.parametrize("role", [Role.DEPUTY_DIRECTOR, Role.SERVICE_MANAGER, Role.DIRECTOR])
def test_only_the_owner_looks_it_through(client: Browser, page: Regulation, role: str) -> None:
    approved(page, day=date(2025, 1, 9), at=date(2025, 1, 9))
    person = UserFactory(role=role)
    client.force_login(person)
    assert client.post("/book/own/reviewed/", {"note": "Сверил"}).status_code == 403
    with pytest.raises(PermissionDenied):
        review.still_true(page, person, "Сверил", WEDNESDAY)
    assert "/book/own/reviewed/" not in client.get("/book/own/").content.decode()
    assert not RegulationReview.objects.exists()


def test_the_owner_s_book_begins_with_it(client: Browser, page: Regulation, owner: User) -> None:
    approved(page, day=date(2025, 11, 20), at=date(2025, 11, 20))
    ask = client.get("/book/").context["asks"][0]
    assert (ask.kind, ask.url, ask.is_late, ask.due_on) == (
        "review",
        "/book/own/#review",
        True,
        date(2026, 11, 20),
    )
