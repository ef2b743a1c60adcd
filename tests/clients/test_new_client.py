"""A new client: nobody is entered twice unawares, and whoever enters a potential client works with it."""

from typing import Any

import pytest

from clients.models import Client, LegalEntity, Move
from salesdept.models import User
from salesdept.roles import PERMISSIONS, Perm, Role
from tests.clients.conftest import client_of
from tests.factories import ContactFactory, UserFactory

URL = "/clients/new/"
DATA = {"name": "ООО «Новый»", "direction": "promo", "time_zone": "Europe/Moscow"}


def test_a_seller_works_with_the_client_they_entered(as_user: Any, manager: User) -> None:
    contact = {"contact_name": "Иван", "contact_phone": "8 (921) 334-18-06"}
    response = as_user(manager).post(URL, DATA | contact | {"inn": "7707083893"})
    client = Client.objects.get()
    assert response["Location"] == f"/clients/{client.pk}/"
    assert (client.home_manager, client.in_work_with, client.office) == (None, manager, manager.office)
    assert client.code == f"N{client.pk:06}"
    assert client.contacts.get().phone == "+79213341806"
    assert client.contacts.get().is_main
    assert client.legal_entities.get().inn == "7707083893"
    assert Move.objects.get().to_user == manager
    assert as_user(manager).get(f"/clients/{client.pk}/").status_code == 200


def test_a_given_code_is_kept_and_is_nobody_elses(as_user: Any, manager: User) -> None:
    browser = as_user(manager)
    browser.post(URL, DATA | {"code": "ЦБ-77"})
    assert Client.objects.get().code == "ЦБ-77"
    again = browser.post(URL, DATA | {"code": "ЦБ-77", "name": "Другой"})
    assert again.status_code == 422
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"name": "ооо «ЁЛКА»"},
        {"inn": "7707083893"},
        {"contact_name": "Иван", "contact_phone": "88123341806"},
        {"contact_name": "Иван", "contact_email": "IRINA@client.example"},
    ],
)
def test_a_likely_twin_is_shown_before_a_client_is_made(
    as_user: Any, manager: User, colleague: User, data: dict[str, str]
) -> None:
    there = client_of(colleague, "ООО «Елка»")
    LegalEntity.objects.create(client=there, name="ООО", inn="7707083893")
    ContactFactory(client=there, phone="+78123341806", email="irina@client.example")
    browser = as_user(manager)
    response = browser.post(URL, DATA | data)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Юрьев" in text
    assert f"/clients/{there.pk}/" not in text  # a stranger's card is not offered
    assert Client.objects.count() == 1
    confirmed = {"confirmed": "1", "inn": ""} if "inn" in data else {"confirmed": "1"}
    browser.post(URL, DATA | data | confirmed)
    assert Client.objects.count() == 2


def test_a_contact_needs_a_name(as_user: Any, manager: User) -> None:
    response = as_user(manager).post(URL, DATA | {"contact_phone": "88123341806"})
    assert response.status_code == 422
    assert not Client.objects.exists()


def test_a_wrong_inn_is_named(as_user: Any, manager: User) -> None:
    response = as_user(manager).post(URL, DATA | {"inn": "7707083894"})
    assert response.status_code == 422
    assert "ИНН не сходится" in response.content.decode()


@pytest.mark.parametrize("role", Role.values)
def test_only_roles_with_the_right_enter_clients(as_user: Any, role: str, spb: Any) -> None:
    status = as_user(UserFactory(role=role, office=spb)).get(URL).status_code
    assert (status == 200) == (Perm.EDIT_CLIENTS in PERMISSIONS[role])


def test_whoever_has_no_clients_of_their_own_leaves_it_to_nobody(as_user: Any, head: User) -> None:
    as_user(head).post(URL, DATA)
    assert Client.objects.get().in_work_with is None
    assert not Move.objects.exists()
