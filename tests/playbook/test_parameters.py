"""Every number of the book is a rule of the program: another value changes its day and nothing before (DOMAIN.md 3)."""

from __future__ import annotations

import pytest

from playbook.parameters import BY_CODE, DEFINITIONS
from tests.playbook.parameters.book import BOOK
from tests.playbook.parameters.head import HEAD
from tests.playbook.parameters.scenario import Scenario
from tests.playbook.parameters.who import WHO
from tests.playbook.parameters.work import WORK

pytestmark = pytest.mark.django_db

SCENARIOS: dict[str, Scenario] = WHO | WORK | HEAD | BOOK


@pytest.mark.parametrize("code", [one.code for one in DEFINITIONS])
def test_another_value_changes_its_day_and_nothing_before(code: str) -> None:
    if code not in SCENARIOS:
        pytest.fail(f"{code} has no scenario: show in tests/playbook/parameters what this parameter changes")
    SCENARIOS[code].play(code)


def test_scenarios_are_about_parameters_of_the_book() -> None:
    assert sorted(set(SCENARIOS) - set(BY_CODE)) == []
