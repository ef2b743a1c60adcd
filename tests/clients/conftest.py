"""People and clients that the tests of client screens share."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client, ClientState
from deals.models import ContactState
from playbook.models import Segment, Sphere
from salesdept.dates import today
from salesdept.models import Office, User
from salesdept.roles import Role
from tests.factories import ClientFactory, OfficeFactory, UserFactory


@pytest.fixture
def spb(db: Any) -> Office:
    return OfficeFactory(code="spb", name="Санкт-Петербург", short_name="СПб")


@pytest.fixture
def msk(db: Any) -> Office:
    return OfficeFactory(code="msk", name="Москва", short_name="МСК")


@pytest.fixture
def manager(spb: Office) -> User:
    return UserFactory(office=spb, last_name="Королёва")


@pytest.fixture
def colleague(spb: Office) -> User:
    return UserFactory(office=spb, first_name="Павел", last_name="Юрьев")


@pytest.fixture
def head(spb: Office) -> User:
    return UserFactory(office=spb, role=Role.SALES_HEAD, last_name="Орлов", first_name="Марк")


@pytest.fixture
def as_user() -> Callable[[User], Browser]:
    """A browser in which the person is signed in."""

    def sign_in(user: User) -> Browser:
        browser = Browser(headers={"accept-language": "ru"})
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def segment(db: Any) -> Segment:
    sphere, _made = Sphere.objects.get_or_create(code="test-sphere", defaults={"name": "Испытания"})
    return Segment.objects.create(sphere=sphere, code="test-segment", name="Испытательный", short_name="Исп")


def client_of(user: User | None, name: str = "", *, due: date | None = None, **state: Any) -> Client:
    """A client in the hands of a person, with what the night would have computed."""
    client = ClientFactory(
        **({"name": name} if name else {}),
        home_manager=user,
        in_work_with=user,
        office=user.office if user else None,
    )
    day = today()
    facts = {
        "amount": Decimal("1000.00"),
        "months": 5,
        "abc": "B",
        "xyz": "Y",
        "stage": "active",
        "first_purchase": day - timedelta(days=400),
        "last_purchase": day - timedelta(days=10),
        "purchases": 12,
        "cycle_days": 30,
        "expected_order": day + timedelta(days=20),
        "zero_on": day + timedelta(days=170),
    }
    ClientState.objects.create(client=client, **(facts | state))
    ContactState.objects.create(client=client, due_on=due or day + timedelta(days=30))
    return client
