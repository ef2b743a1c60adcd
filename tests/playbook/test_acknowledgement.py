"""Who must read what and until when; confirming; the matrix (issue «The sales book», point 3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client as Browser

from playbook.models import Acknowledgement, Regulation, RegulationVersion
from playbook.services import acknowledgement, asks
from playbook.services.version import approve, save_draft, send_to_review, start_draft
from playbook.terms import read_due
from playbook.views.rail import counts
from salesdept.models import User
from salesdept.roles import Role
from tests.factories import OfficeFactory, UserFactory
from tests.playbook.cases import MOSCOW, NOON, WEDNESDAY, approved, confirmed, only_book, regulation

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 9, 10, tzinfo=MOSCOW)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def page() -> Regulation:
    only_book()
    return regulation()


@pytest.fixture
def reader(client: Browser) -> User:
    person = UserFactory(date_joined=LONG_AGO)
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("case", "due"),
    [
        ({}, date(2026, 11, 11)),  # Wednesday 4 November is a holiday, five working days after the 3rd
        ({"in_force_from": date(2026, 12, 1)}, date(2026, 12, 8)),  # it comes later: days from then on
        (
            {"in_force_from": date(1900, 1, 1)},
            date(2026, 11, 11),
        ),  # loaded with the program: from the loading
        ({"read_by": date(2026, 11, 30)}, date(2026, 11, 30)),  # the one who approved named the day
        ({"joined": date(2026, 11, 20)}, date(2026, 11, 27)),  # came later: as many days from the first one
        ({"joined": date(2026, 11, 4), "read_by": date(2026, 11, 30)}, date(2026, 11, 30)),
        ({"joined": date(2026, 12, 7), "read_by": date(2026, 11, 30)}, date(2026, 12, 14)),
        ({"days": 1}, date(2026, 11, 5)),
        ({"asked_on": date(2026, 12, 30)}, date(2027, 1, 15)),  # over the New Year's holidays
    ],
)
def test_term_of_reading(case: dict[str, Any], due: date) -> None:
    usual = {
        "asked_on": date(2026, 11, 3),
        "in_force_from": date(2026, 11, 3),
        "read_by": None,
        "joined": date(2020, 1, 9),
        "days": 5,
    }
    assert read_due(**(usual | case)) == due


def test_readers_are_asked_for_the_version_in_force_and_the_coming_one(page: Regulation) -> None:
    old = approved(page, number=1, day=date(2026, 1, 1))
    now = approved(page, number=2, day=date(2026, 11, 2))
    later = approved(page, number=3, day=date(2026, 12, 1), read_by=date(2026, 11, 30))
    approved(page, number=4, day=date(2027, 2, 1))  # its turn has not come
    reader, stranger = UserFactory(date_joined=LONG_AGO), UserFactory(role=Role.OPERATOR)
    found = acknowledgement.unread(reader, WEDNESDAY)
    assert [(one.version, one.due_on, one.is_late) for one in found] == [
        (now, date(2026, 11, 10), True),
        (later, date(2026, 11, 30), False),
    ]
    assert acknowledgement.unread(stranger, WEDNESDAY) == []
    assert old not in acknowledgement.asked(WEDNESDAY)


def test_a_draft_is_asked_of_nobody(page: Regulation) -> None:
    start_draft(page, UserFactory(role=Role.SALES_HEAD))
    assert acknowledgement.unread(UserFactory(), WEDNESDAY) == []


def test_the_term_is_the_one_the_book_gives(page: Regulation) -> None:
    approved(page, day=date(2026, 11, 20), at=date(2026, 11, 20))
    reader = UserFactory(date_joined=LONG_AGO)
    assert acknowledgement.unread(reader, WEDNESDAY)[0].due_on == date(2026, 11, 27)
    book = Regulation.objects.get(code="sales-book")
    head = UserFactory(role=Role.SALES_HEAD)
    draft = start_draft(book, head)
    saved = save_draft(
        draft.pk, head, seen=1, text=draft.text, change_note="Дольше", values={"book.read_days": 10}
    )
    sent = send_to_review(draft.pk, head, seen=saved.revision)
    approve(draft.pk, head, seen=sent.revision, day=WEDNESDAY + timedelta(days=1))
    assert acknowledgement.unread(reader, WEDNESDAY)[0].due_on == date(2026, 11, 27)
    tomorrow = WEDNESDAY + timedelta(days=1)
    assert acknowledgement.unread(reader, tomorrow)[0].due_on == date(2026, 12, 4)


def test_confirming_takes_it_out_of_the_day_and_twice_is_once(page: Regulation, reader: User) -> None:
    version = approved(page)
    assert counts(User.objects.get(pk=reader.pk)) == {"book": 1}
    first = acknowledgement.confirm(reader, version, WEDNESDAY)
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        again = acknowledgement.confirm(reader, version, WEDNESDAY)
    assert (again.pk, again.at) == (first.pk, first.at)
    assert Acknowledgement.objects.filter(user=reader).count() == 1
    assert asks.of_person(reader, WEDNESDAY) == []
    assert counts(User.objects.get(pk=reader.pk)) == {"book": 0}


def test_only_what_is_in_force_or_comes_next_is_confirmed(page: Regulation, reader: User) -> None:
    past = approved(page, number=1, day=date(2026, 1, 1))
    approved(page, number=2, day=date(2026, 11, 2))
    approved(page, number=3, day=date(2026, 12, 1))
    far = approved(page, number=4, day=date(2027, 2, 1))
    for version in (past, far):
        with pytest.raises(ValidationError):
            acknowledgement.confirm(reader, version, WEDNESDAY)
    assert not Acknowledgement.objects.filter(user=reader).exists()


@pytest.mark.parametrize("fields", [{"role": Role.OPERATOR}, {"is_active": False}])
def test_only_its_readers_confirm_a_regulation(page: Regulation, fields: dict[str, Any]) -> None:
    version = approved(page)
    with pytest.raises(ValidationError):
        acknowledgement.confirm(UserFactory(**fields), version, WEDNESDAY)


def test_the_button_stands_after_the_text_and_confirms(
    client: Browser, reader: User, page: Regulation
) -> None:
    approved(page, text="## Как\n\nПоследнее слово.\n")
    body = client.get("/book/own/").content.decode()
    assert body.index("Последнее слово") < body.index("/book/own/1/confirm/")
    assert "Прочитайте эту версию до конца" not in body  # the term has passed
    assert "надо было прочитать и подтвердить до 10\u00a0ноября" in body
    response = client.post("/book/own/1/confirm/")
    assert response.url == "/book/own/1/#confirm"
    body = client.get("/book/own/1/").content.decode()
    assert "Вы подтвердили эту версию 25.11.2026 12:00" in body
    assert "/book/own/1/confirm/" not in body


def test_a_past_version_and_a_draft_show_no_button(client: Browser, reader: User, page: Regulation) -> None:
    approved(page, number=1, day=date(2026, 1, 1))
    approved(page, number=2)
    assert "confirm/" not in client.get("/book/own/1/").content.decode()
    client.post("/book/own/1/confirm/")
    assert not Acknowledgement.objects.exists()
    assert client.post("/book/own/7/confirm/").status_code == 404


def test_a_new_version_asks_again_and_shows_what_differs_from_the_confirmed_one(
    client: Browser, reader: User, page: Regulation
) -> None:
    first = approved(page, number=1, day=date(2026, 1, 1), text="Звоним раз в месяц.\n")
    approved(page, number=2, day=date(2026, 6, 1), text="Звоним раз в неделю.\n")  # never confirmed
    approved(page, number=3, text="Звоним каждый день.\n", note="Чаще")
    confirmed(reader, first)
    response = client.get("/book/own/3/")
    since = response.context["since_mine"]
    pieces = [(one.kind, one.text) for line in since.lines for one in line.pieces if one.kind != "same"]
    assert since.confirmed.version == first
    gone = "".join(text for kind, text in pieces if kind == "gone")
    assert "месяц" in gone
    assert "неделю" not in gone
    assert "/book/own/compare/?from=1&amp;to=3" in response.content.decode()


def test_who_reads_for_the_first_time_sees_no_difference(
    client: Browser, reader: User, page: Regulation
) -> None:
    approved(page, number=1, day=date(2026, 1, 1))
    approved(page, number=2)
    response = client.get("/book/own/2/")
    assert response.context["since_mine"] is None
    assert "since-mine" not in response.content.decode()


def test_my_day_says_what_to_read_and_by_when(client: Browser, reader: User, page: Regulation) -> None:
    approved(
        page, day=date(2026, 12, 1), at=date(2026, 11, 24), note="Срок короче.", read_by=date(2026, 11, 30)
    )
    ask = client.get("/day/").context["asks"][0]
    assert (ask.url, ask.is_late) == ("/book/own/1/", False)
    assert ask.text == "Срок короче. Прочитать и подтвердить до 30\u00a0ноября."
    assert "Свой регламент, версия 1" in client.get("/book/").content.decode()


def test_asks_cost_the_same_however_much_is_unread(
    page: Regulation, reader: User, django_assert_num_queries: Any
) -> None:
    approved(page)
    for number in range(15):
        approved(regulation(f"more-{number}"))
    with django_assert_num_queries(2):
        assert len(acknowledgement.unread(reader, WEDNESDAY)) == 16


class TestMatrix:
    """Person × regulation, of the people one sees."""

    @pytest.fixture
    def people(self, page: Regulation) -> dict[str, User]:
        spb, msk = OfficeFactory(code="spb"), OfficeFactory(code="msk")
        people = {
            "anna": UserFactory(office=spb, last_name="Королёва", date_joined=LONG_AGO),
            "maya": UserFactory(office=msk, last_name="Сафина", date_joined=LONG_AGO),
            "gone": UserFactory(office=spb, last_name="Ушедший", is_active=False),
            "nina": UserFactory(office=spb, last_name="Орлова", role=Role.OPERATOR),
        }
        version = approved(page)
        approved(page, number=2, day=date(2026, 12, 1), at=date(2026, 11, 24))
        confirmed(people["anna"], version)
        return people

    def cells(self, client: Browser, query: str = "") -> dict[str, list[str]]:
        matrix = client.get(f"/book/reading/{query}").context["matrix"]
        return {
            line.person.last_name: [one.state for cell in line.cells for one in cell]
            for line in matrix.people
        }

    def test_heads_see_everybody_who_must_read(self, client: Browser, people: dict[str, User]) -> None:
        client.force_login(UserFactory(role=Role.SALES_HEAD))
        assert self.cells(client) == {
            "Королёва": ["confirmed", "waiting"],
            "Сафина": ["late", "waiting"],
        }

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?state=late", {"Сафина": ["late"]}),
            ("?state=confirmed", {"Королёва": ["confirmed"]}),
            ("?office=spb", {"Королёва": ["confirmed", "waiting"]}),
            ("?role=operator", {}),
            (
                "?role=nonsense&state=x&office=y",
                {"Королёва": ["confirmed", "waiting"], "Сафина": ["late", "waiting"]},
            ),
        ],
    )
    def test_filters(self, client: Browser, people: dict[str, User], query: str, expected: Any) -> None:
        client.force_login(UserFactory(role=Role.DIRECTOR))
        assert self.cells(client, query) == expected

    def test_branch_head_sees_the_own_office_and_no_other(
        self, client: Browser, people: dict[str, User]
    ) -> None:
        client.force_login(UserFactory(role=Role.BRANCH_HEAD, office=OfficeFactory(code="msk")))
        assert list(self.cells(client)) == ["Сафина"]
        assert client.get("/book/reading/?office=spb").status_code == 403

    def test_managers_do_not_see_it(self, client: Browser, people: dict[str, User]) -> None:
        client.force_login(people["anna"])
        assert client.get("/book/reading/").status_code == 403

    @pytest.mark.parametrize("count", [1, 20])
    def test_it_costs_the_same_at_any_size(
        self, page: Regulation, count: int, django_assert_num_queries: Any
    ) -> None:
        approved(page)
        for number in range(count):
            approved(regulation(f"more-{number}"))
            UserFactory()
        people = list(acknowledgement.readers())
        with django_assert_num_queries(3):
            assert len(acknowledgement.readings(people, WEDNESDAY)) == count * (count + 1)


class TestApproval:
    """The one who approves says until when it is to be read."""

    @pytest.fixture
    def sent(self, client: Browser, page: Regulation) -> RegulationVersion:
        approved(page)
        head = UserFactory(role=Role.SALES_HEAD)
        client.force_login(head)
        draft = start_draft(page, head)
        saved = save_draft(draft.pk, head, seen=1, text="Иначе.\n", change_note="Проще", values={})
        return send_to_review(saved.pk, head, seen=saved.revision)

    def post(self, client: Browser, sent: RegulationVersion, read_by: str) -> Any:
        return client.post(
            f"/book/own/{sent.number}/approve/",
            {"revision": sent.revision, "day": "2026-12-01", "read_by": read_by},
        )

    def test_the_day_is_kept(self, client: Browser, sent: RegulationVersion) -> None:
        assert self.post(client, sent, "2026-11-27").status_code == 302
        sent.refresh_from_db()
        assert (sent.state, sent.read_by) == ("approved", date(2026, 11, 27))

    def test_without_a_day_the_book_decides(self, client: Browser, sent: RegulationVersion) -> None:
        assert self.post(client, sent, "").status_code == 302
        sent.refresh_from_db()
        assert sent.read_by is None
        reader = UserFactory(date_joined=LONG_AGO)
        coming = acknowledgement.unread(reader, WEDNESDAY)[-1]
        assert (coming.version, coming.due_on) == (sent, date(2026, 12, 8))

    @pytest.mark.parametrize("read_by", ["2026-11-24", "когда-нибудь"])
    def test_a_day_that_has_passed_is_refused(
        self, client: Browser, sent: RegulationVersion, read_by: str
    ) -> None:
        response = self.post(client, sent, read_by)
        assert response.status_code == 422
        assert response.context["approval"].errors["read_by"]
        sent.refresh_from_db()
        assert sent.state == "review"


def test_dashboard_says_who_has_not_confirmed(client: Browser, page: Regulation) -> None:
    from kpi.reports.book import book
    from kpi.reports.scope import Scope

    spb, msk = OfficeFactory(code="spb"), OfficeFactory(code="msk")
    approved(page)
    anna = UserFactory(office=spb, date_joined=LONG_AGO)
    UserFactory(office=msk, date_joined=LONG_AGO)
    approved(page, number=2, day=date(2026, 12, 1), read_by=date(2026, 11, 27))
    head = UserFactory(role=Role.SALES_HEAD)
    whole, office = book(Scope(head, None, [spb, msk])), book(Scope(head, spb, [spb, msk]))
    assert (whole.late, whole.waiting, whole.next_due) == (2, 2, date(2026, 11, 27))
    assert [(one.person, one.version.number) for one in office.rows] == [(anna, 1)]
