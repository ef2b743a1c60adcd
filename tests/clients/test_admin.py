"""Admin of clients: for the deputy director, and around no service."""

from typing import Any

import pytest
from django.apps import apps

from clients.models import Client, Contact
from salesdept.models import User
from salesdept.roles import Role
from tests.clients.conftest import client_of
from tests.factories import ContactFactory, UserFactory

PAGES = ["client", "legalentity", "contact", "category", "product", "shipment", "topevent", "stageevent"]
PAGES += ["move", "clientstate", "exportlog", "contactreveal"]


@pytest.fixture
def deputy(spb: Any) -> User:
    return UserFactory(role=Role.DEPUTY_DIRECTOR, is_staff=True, office=spb)


def test_every_list_opens_for_the_deputy_director(as_user: Any, deputy: User, manager: User) -> None:
    ContactFactory(client=client_of(manager))
    browser = as_user(deputy)
    assert {browser.get(f"/admin/clients/{page}/").status_code for page in PAGES} == {200}


def test_a_staff_mark_alone_opens_nothing(as_user: Any, spb: Any) -> None:
    browser = as_user(UserFactory(role=Role.SALES_HEAD, is_staff=True, office=spb))
    assert {browser.get(f"/admin/clients/{page}/").status_code for page in PAGES} == {403}


def test_hands_discount_and_code_are_not_typed_in_the_admin(
    as_user: Any, deputy: User, manager: User, colleague: User
) -> None:
    client = client_of(manager, "Старое имя")
    data = {
        "name": "Новое имя",
        "direction": "promo",
        "time_zone": "Europe/Moscow",
        "code": "X",
        "discount": "50",
    }
    data |= {"home_manager": colleague.pk, "in_work_with": colleague.pk}
    response = as_user(deputy).post(f"/admin/clients/client/{client.pk}/change/", data)
    assert response.status_code == 302
    before = client.code
    client.refresh_from_db()
    assert (client.name, client.home_manager, client.in_work_with) == ("Новое имя", manager, manager)
    assert (client.code, client.discount) == (before, 0)


def test_the_admin_searches_as_the_list_does(as_user: Any, deputy: User, manager: User) -> None:
    client_of(manager, "ООО «Ёлка»")
    client_of(manager, "ООО «Сосна»")
    text = as_user(deputy).get("/admin/clients/client/?q=елка").content.decode()
    assert "Ёлка" in text
    assert "Сосна" not in text


@pytest.mark.parametrize("page", ["", "{pk}/change/"])
def test_contacts_are_masked_there_too(as_user: Any, deputy: User, manager: User, page: str) -> None:
    contact = ContactFactory(client=client_of(manager), phone="+78123341806", email="irina@vektor.example")
    text = as_user(deputy).get(f"/admin/clients/contact/{page.format(pk=contact.pk)}").content.decode()
    assert "+7 812 •••-••-06" in text
    assert "8123341806" not in text
    assert "irina@" not in text


def test_the_admin_keeps_one_contact_to_ask_first(as_user: Any, deputy: User, manager: User) -> None:
    client = client_of(manager)
    first, second = ContactFactory(client=client, is_main=True), ContactFactory(client=client)
    data = {"name": second.name, "decision_role": "other", "is_main": "on"}
    response = as_user(deputy).post(f"/admin/clients/contact/{second.pk}/change/", data)
    assert response.status_code == 302
    assert list(Contact.objects.filter(is_main=True)) == [second]
    assert first.pk != second.pk


@pytest.mark.parametrize(
    "page", ["shipment", "topevent", "stageevent", "move", "clientstate", "contactreveal"]
)
def test_history_and_the_nights_work_are_read_only(as_user: Any, deputy: User, page: str) -> None:
    from django.contrib import admin
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = deputy
    model_admin = admin.site._registry[apps.get_model("clients", page)]
    assert not model_admin.has_add_permission(request)
    assert not model_admin.has_change_permission(request)
    assert not model_admin.has_delete_permission(request)
    assert model_admin.has_view_permission(request)


def test_clients_are_never_deleted_there(as_user: Any, deputy: User, manager: User) -> None:
    client = client_of(manager)
    browser = as_user(deputy)
    assert browser.post(f"/admin/clients/client/{client.pk}/delete/", {"post": "yes"}).status_code == 403
    browser.post(
        "/admin/clients/client/", {"action": "delete_selected", "_selected_action": client.pk, "post": "yes"}
    )
    assert Client.objects.filter(pk=client.pk).exists()
