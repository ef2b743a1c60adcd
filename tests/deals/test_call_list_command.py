"""`manage.py call_list`: the lists of a day as outside checks read them."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests.deals.cases import FRIDAY, MONDAY, NOON, listed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def printed(*args: str) -> list[dict[str, object]]:
    out = StringIO()
    call_command("call_list", *args, "--format", "json", stdout=out)
    found: list[dict[str, object]] = json.loads(out.getvalue())
    return found


def test_lists_of_the_day_in_their_order_with_reasons_in_russian() -> None:
    anna, boris = UserFactory(email="anna@abc.example"), UserFactory(email="boris@abc.example")
    other = listed(boris, position=1)
    second, first = listed(anna, position=2, tier=7), listed(anna, position=1, tier=1)
    listed(anna, day=MONDAY)
    assert printed("--date", FRIDAY.isoformat()) == [
        {
            "manager": entry.manager.email,
            "client_code": entry.client.code,
            "tier": entry.tier,
            "reasons": ["Ещё ни разу не разговаривали"],
        }
        for entry in (first, second, other)
    ]


@pytest.mark.parametrize("login", ["anna@abc.example", "anna", "ANNA"])
def test_one_managers_list(login: str) -> None:
    listed(UserFactory(email="anna@abc.example"))
    listed(UserFactory(email="boris@abc.example"))
    assert [row["manager"] for row in printed("--date", FRIDAY.isoformat(), "--manager", login)] == [
        "anna@abc.example"
    ]


@pytest.mark.parametrize(
    "args", [["--date", "2026-01-01"], ["--date", FRIDAY.isoformat(), "--manager", "nobody"]]
)
def test_no_list_and_nobody_are_errors(args: list[str]) -> None:
    listed(UserFactory(email="anna@abc.example"))
    with pytest.raises(CommandError):
        printed(*args)
