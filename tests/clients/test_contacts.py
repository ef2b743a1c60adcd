"""Contacts: masked, revealed one at a time after the log row, never shown around it."""

from typing import Any

import pytest

from clients.masks import email_hidden, phone_hidden, phone_pretty
from clients.models import Contact, ContactReveal, LegalEntity, RevealAllowance
from clients.services.reveal import RevealLimitError, daily_limit, reveal
from playbook.services import parameters
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import PERMISSIONS, Perm, Role
from tests.clients.conftest import client_of
from tests.factories import ContactFactory, UserFactory

PART = {"HX-Request": "true"}
PHONE, EMAIL = "+78123341806", "irina@vektor.example"


@pytest.fixture
def contact(manager: User) -> Contact:
    return ContactFactory(client=client_of(manager), phone=PHONE, email=EMAIL, messenger="@irina_s")


def address(contact: Contact, end: str = "") -> str:
    return f"/clients/{contact.client_id}/contacts/{contact.pk}/{end}"


def test_phones_are_read_and_hidden() -> None:
    assert phone_pretty("88123341806") == "+7 812 334-18-06"
    assert phone_hidden(PHONE) == "+7 812 •••-••-06"
    assert phone_hidden("добавочный") == "добавочный"
    assert phone_hidden("") == ""
    assert "3" not in phone_hidden("334-18")
    assert email_hidden(EMAIL) == "i•••@v•••.example"
    assert email_hidden("без собаки") == "•••"


@pytest.mark.parametrize("tab", ["shipments", "history"])
def test_the_card_shows_contacts_masked(as_user: Any, manager: User, contact: Contact, tab: str) -> None:
    text = as_user(manager).get(f"/clients/{contact.client_id}/?tab={tab}").content.decode()
    assert "+7 812 •••-••-06" in text
    for secret in ("334-18", "8123341806", "irina@", "irina_s"):
        assert secret not in text


def test_a_reveal_is_logged_and_shows_this_contact_only(
    as_user: Any, manager: User, contact: Contact
) -> None:
    text = as_user(manager).post(address(contact, "reveal/"), headers=PART).content.decode()
    assert "+7 812 334-18-06" in text
    assert EMAIL in text
    row = ContactReveal.objects.get()
    assert (row.user, row.contact, row.day, row.place) == (manager, contact, today(), "card")
    assert as_user(manager).get(address(contact, "reveal/")).status_code == 405


def test_the_second_look_of_a_day_is_free(manager: User, contact: Contact) -> None:
    reveal(manager, contact, "card")
    reveal(manager, contact, "call")
    assert ContactReveal.objects.count() == 1


def limit_reached(user: User) -> None:
    client = client_of(user)
    limit = parameters.value("contacts.daily_reveal_limit", today())
    others = Contact.objects.bulk_create(
        Contact(client=client, name=str(n), phone=PHONE) for n in range(limit)
    )
    ContactReveal.objects.bulk_create(ContactReveal(user=user, contact=one, day=today()) for one in others)


def test_above_the_limit_of_the_book_nothing_is_shown(as_user: Any, manager: User, contact: Contact) -> None:
    limit_reached(manager)
    response = as_user(manager).post(address(contact, "reveal/"), headers=PART)
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#toasts"
    assert "334-18-06" not in response.content.decode()
    assert not ContactReveal.objects.filter(contact=contact).exists()


def test_the_limit_is_never_below_three_times_the_call_list(manager: User, contact: Contact) -> None:
    limit_reached(manager)
    with pytest.raises(RevealLimitError):
        reveal(manager, contact, "call")
    RevealAllowance.objects.create(user=manager, day=today(), call_list_size=40)
    assert daily_limit(manager, today()) == 120
    assert reveal(manager, contact, "call") == contact


@pytest.mark.parametrize("role", Role.values)
def test_only_roles_with_the_right_reveal(as_user: Any, role: str, spb: Any) -> None:
    user = UserFactory(role=role, office=spb)
    contact = ContactFactory(client=client_of(user), phone=PHONE)
    status = as_user(user).post(address(contact, "reveal/"), headers=PART).status_code
    assert (status == 200) == (Perm.REVEAL_CONTACTS in PERMISSIONS[role])


def test_the_service_itself_refuses_clients_of_others(colleague: User, contact: Contact) -> None:
    with pytest.raises(PermissionError):
        reveal(colleague, contact, "call")
    assert not ContactReveal.objects.exists()


def test_editing_shows_no_number_that_was_not_opened_and_keeps_it(
    as_user: Any, manager: User, contact: Contact
) -> None:
    browser = as_user(manager)
    text = browser.get(address(contact), headers=PART).content.decode()
    assert "334-18" not in text
    assert "irina@" not in text
    data = {"name": "Ирина Петрова", "decision_role": "buys", "phone": "", "email": "", "messenger": ""}
    assert browser.post(address(contact), data, headers=PART).status_code == 204
    contact.refresh_from_db()
    assert (contact.name, contact.phone, contact.email) == ("Ирина Петрова", PHONE, EMAIL)
    browser.post(address(contact), data | {"phone": "8 921 765-43-21"}, headers=PART)
    contact.refresh_from_db()
    assert contact.phone == "+79217654321"


def test_an_error_does_not_show_the_hidden_number_either(
    as_user: Any, manager: User, contact: Contact
) -> None:
    data = {"name": "", "decision_role": "buys", "phone": ""}
    response = as_user(manager).post(address(contact), data, headers=PART)
    assert response.status_code == 422
    assert "334-18" not in response.content.decode()
    assert "8123341806" not in response.content.decode()


def test_an_opened_number_may_be_cleared(as_user: Any, manager: User, contact: Contact) -> None:
    reveal(manager, contact, "card")
    browser = as_user(manager)
    assert "+7 812 334-18-06" in browser.get(address(contact), headers=PART).content.decode()
    data = {"name": "Ирина", "decision_role": "buys", "phone": "", "email": EMAIL}
    browser.post(address(contact), data, headers=PART)
    contact.refresh_from_db()
    assert contact.phone == ""


def test_a_new_number_takes_the_wrong_mark_off(as_user: Any, manager: User, contact: Contact) -> None:
    Contact.objects.filter(pk=contact.pk).update(number_is_wrong=True)
    data = {"name": "Ирина", "decision_role": "buys", "phone": "+79217654321", "number_is_wrong": "on"}
    as_user(manager).post(address(contact), data, headers=PART)
    contact.refresh_from_db()
    assert not contact.number_is_wrong


def test_there_is_one_contact_to_ask_first(as_user: Any, manager: User, contact: Contact) -> None:
    Contact.objects.filter(pk=contact.pk).update(is_main=True)
    data = {"name": "Пётр", "decision_role": "decides", "phone": "8 (921) 765-43-21", "is_main": "on"}
    as_user(manager).post(f"/clients/{contact.client_id}/contacts/new/", data, headers=PART)
    assert [one.name for one in Contact.objects.filter(is_main=True)] == ["Пётр"]


@pytest.mark.parametrize("phone", ["334-18-06", "8 921 33", "позвонить", "8 812 334 18 06 777 123 456"])
def test_a_phone_that_is_none_is_refused_in_words(
    as_user: Any, manager: User, contact: Contact, phone: str
) -> None:
    url = f"/clients/{contact.client_id}/contacts/new/"
    data = {"name": "Пётр", "decision_role": "other", "phone": phone}
    assert as_user(manager).post(url, data, headers=PART).status_code == 422


def test_a_contact_must_be_reachable(as_user: Any, manager: User, contact: Contact) -> None:
    url = f"/clients/{contact.client_id}/contacts/new/"
    data = {"name": "Пётр", "decision_role": "other"}
    assert as_user(manager).post(url, data, headers=PART).status_code == 422


def test_a_legal_entity_belongs_to_one_client(as_user: Any, manager: User, contact: Contact) -> None:
    other = client_of(manager, "Другой")
    LegalEntity.objects.create(client=other, name="ООО", inn="7707083893", kpp="770701001")
    browser, url = as_user(manager), f"/clients/{contact.client_id}/entities/new/"
    data = {"name": "ООО", "inn": "7707 083893", "kpp": "770701001"}
    response = browser.post(url, data, headers=PART)
    assert response.status_code == 422
    assert "Другой" in response.content.decode()
    assert browser.post(url, data | {"inn": "7707083894"}, headers=PART).status_code == 422
    assert browser.post(url, data | {"kpp": "770702002"}, headers=PART).status_code == 204
