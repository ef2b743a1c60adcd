"""The login page: logins are offered in the demonstration and nowhere else."""

from typing import Any

import pytest
from django.test import Client as Browser

from salesdept.roles import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def page() -> str:
    return Browser(headers={"accept-language": "ru"}).get("/accounts/login/").content.decode()


def test_demonstration_offers_someone_of_each_role(settings: Any) -> None:
    settings.DEMO = True
    people = [UserFactory(role=role, email=f"{role}@abc.example") for role in Role]
    text = page()
    assert all(person.email in text for person in people)


def test_a_company_at_work_shows_nobody() -> None:
    UserFactory(email="secret.name@abc.example")
    text = page()
    assert "secret.name" not in text
    assert "Демонстрация" not in text


def test_a_person_comes_in_by_one_press(settings: Any) -> None:
    settings.DEMO = True
    person = UserFactory(role=Role.SALES_HEAD)
    person.set_password("demo")
    person.save(update_fields=["password"])
    answer = Browser().post("/accounts/login/", {"login": person.email, "password": "demo"})
    assert answer.status_code == 302
