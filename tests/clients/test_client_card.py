"""The client card: 404 for strangers, why the client matters now, tabs, facts edited in place, its history."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clients import purchases, reasons
from clients.models import Client, ClientMonth, Contact, ContactChange, LegalEntity, Shipment
from clients.services.client import save_contact
from playbook.services import parameters
from salesdept.dates import add_months, month_start, today
from salesdept.models import User
from salesdept.roles import PERMISSIONS, Perm, Role
from tests.clients.conftest import client_of
from tests.factories import (
    ClientFactory,
    ContactFactory,
    LineFactory,
    ProductFactory,
    ShipmentFactory,
    UserFactory,
)
from tests.query_counts import pinned, queries_of_part

PART = {"HX-Request": "true"}


def card(browser: Any, client: Client, query: str = "") -> Any:
    return browser.get(f"/clients/{client.pk}/{query}")


def test_a_client_of_somebody_else_is_not_found_on_any_address(
    as_user: Any, manager: User, colleague: User
) -> None:
    client = client_of(colleague)
    contact = ContactFactory(client=client)
    entity = LegalEntity.objects.create(client=client, name="ООО")
    shipment = ShipmentFactory(client=client)
    browser = as_user(manager)
    root = f"/clients/{client.pk}/"
    gets = [
        "",
        "?tab=history",
        "edit/",
        "facts/",
        "contacts/new/",
        f"contacts/{contact.pk}/",
        "entities/new/",
    ]
    gets += [f"entities/{entity.pk}/", f"shipments/{shipment.pk}/"]
    assert [browser.get(root + path).status_code for path in gets] == [404] * len(gets)
    posts = ["edit/", "take/", f"contacts/{contact.pk}/reveal/", f"contacts/{contact.pk}/"]
    assert [browser.post(root + path).status_code for path in posts] == [404] * len(posts)
    assert browser.get(f"/clients/code/{client.code}/").status_code == 404


def test_a_part_of_another_client_is_not_reached_through_ones_own(
    as_user: Any, manager: User, colleague: User
) -> None:
    mine, theirs = client_of(manager), client_of(colleague)
    contact, shipment = ContactFactory(client=theirs), ShipmentFactory(client=theirs)
    browser = as_user(manager)
    assert browser.post(f"/clients/{mine.pk}/contacts/{contact.pk}/reveal/").status_code == 404
    assert browser.get(f"/clients/{mine.pk}/contacts/{contact.pk}/").status_code == 404
    assert browser.get(f"/clients/{mine.pk}/shipments/{shipment.pk}/").status_code == 404


def test_a_code_leads_to_the_card(as_user: Any, manager: User) -> None:
    client = client_of(manager)
    Client.objects.filter(pk=client.pk).update(code="ЦБ/12 3")
    response = as_user(manager).get("/clients/code/ЦБ/12 3/")
    assert response["Location"] == f"/clients/{client.pk}/"


@pytest.mark.parametrize("tab", ["shipments", "categories", "history"])
def test_every_tab_opens_alone_and_with_the_page(as_user: Any, manager: User, tab: str) -> None:
    client = client_of(manager)
    browser = as_user(manager)
    page = card(browser, client, f"?tab={tab}")
    part = browser.get(f"/clients/{client.pk}/?tab={tab}", headers=PART | {"HX-Target": "tab"})
    assert part["HX-Push-Url"] == f"/clients/{client.pk}/?tab={tab}"
    assert "<html" not in part.content.decode()
    assert page.context["tab"] == part.context["tab"] == tab


def test_a_client_without_figures_has_a_card(as_user: Any, manager: User) -> None:
    client = ClientFactory(home_manager=manager, in_work_with=manager)
    text = card(as_user(manager), client).content.decode()
    assert "ночного расчёта" in text
    assert "Покупок ещё не было" in text


def test_the_card_costs_the_same_queries_with_much_and_with_little(as_user: Any, manager: User) -> None:
    plain, rich = client_of(manager), client_of(manager)
    ShipmentFactory(client=plain)
    for number in range(30):
        shipment = ShipmentFactory(client=rich)
        LineFactory(shipment=shipment)
        ContactFactory(client=rich, is_main=number == 0)
    browser = as_user(manager)
    for client in (plain, rich):
        url = f"/clients/{client.pk}/?tab=shipments"
        assert queries_of_part(browser, url, "client") == pinned("clients:card")


def codes(client: Client, has_phone: bool = True) -> list[str]:
    found = Client.objects.select_related("state", "home_manager", "in_work_with").get(pk=client.pk)
    values = parameters.in_force(today())
    return [one.code for one in reasons.reasons(found, today(), values, has_phone=has_phone)]


def test_reasons_say_what_is_urgent_and_nothing_when_nothing_is(manager: User) -> None:
    day = today()
    assert codes(client_of(manager)) == ["calm"]
    assert codes(client_of(manager), has_phone=False) == ["contact"]
    assert codes(client_of(None)) == ["owner"]
    assert codes(client_of(manager, expected_order=day - timedelta(days=1))) == ["expected"]
    assert codes(client_of(manager, expected_order=day)) == ["calm"]
    assert codes(client_of(manager, zero_on=day + timedelta(days=14))) == ["at_risk"]
    assert codes(client_of(manager, zero_on=day + timedelta(days=15))) == ["calm"]
    assert codes(client_of(manager, stage="zero", stage_since=day, zero_on=None)) == ["silent"]
    assert codes(client_of(manager, stage="potential", purchases=0, last_purchase=None, zero_on=None)) == [
        "potential"
    ]
    assert codes(ClientFactory(home_manager=manager)) == ["night"]
    assert codes(client_of(UserFactory(is_active=False))) == ["owner"]


def test_months_stand_beside_the_same_months_of_the_year_before(manager: User) -> None:
    client = client_of(manager)
    day = add_months(month_start(today()), 0) + timedelta(days=5)
    current = month_start(day)
    for back, amount in ((0, 10), (1, 100), (12, 7), (13, 70), (25, 1000)):
        month = add_months(current, -back)
        ClientMonth.objects.create(
            client=client, month=month, amount=Decimal(amount), shipments=1, purchases=1
        )
    bought = purchases.by_month(client, day)
    assert len(bought.pairs) == 12
    assert (bought.pairs[-1].amount, bought.pairs[-1].before, bought.pairs[-1].is_partial) == (10, 7, True)
    assert (bought.pairs[-2].amount, bought.pairs[-2].before, bought.pairs[-2].is_partial) == (100, 70, False)
    assert bought.total == 107  # the twelve whole months before the current one
    assert bought.total_before == 70


def test_categories_of_twelve_months_add_up_and_hold_the_year_before(manager: User) -> None:
    from clients.models import Category

    client, day = client_of(manager), today()
    shirts = ProductFactory(category=Category.objects.create(name="Футболки"))
    for date, amount in ((day, 300), (day - timedelta(days=400), 40), (day - timedelta(days=800), 5)):
        shipment = ShipmentFactory(client=client, date=date)
        LineFactory(shipment=shipment, product=shirts, amount=Decimal(amount))
    LineFactory(shipment=ShipmentFactory(client=client, date=day), product=None, amount=Decimal(100))
    first, second = purchases.by_category(client, day)
    assert (first.name, first.amount, first.before) == ("Футболки", 300, 40)
    assert first.share == Decimal("0.75")
    assert second.amount == 100


def test_shipments_are_paged_and_open_their_lines(as_user: Any, manager: User) -> None:
    client = client_of(manager)
    for _number in range(21):
        ShipmentFactory(client=client)
    line = LineFactory(shipment=Shipment.objects.filter(client=client).first())
    browser = as_user(manager)
    assert len(card(browser, client, "?tab=shipments").context["shipments"].object_list) == 20
    assert len(card(browser, client, "?tab=shipments&page=2").context["shipments"].object_list) == 1
    url = f"/clients/{client.pk}/shipments/{line.shipment.pk}/"
    part, page = browser.get(url, headers=PART).content.decode(), browser.get(url).content.decode()
    assert str(line.product) in part
    assert "<html" not in part
    assert str(line.product) in page


def test_facts_are_edited_in_place_and_errors_come_back_as_422(as_user: Any, manager: User) -> None:
    client = client_of(manager, "Старое имя")
    browser = as_user(manager)
    url = f"/clients/{client.pk}/edit/"
    data = {"name": "", "direction": "promo", "time_zone": "Europe/Moscow"}
    bad = browser.post(url, data, headers=PART)
    assert bad.status_code == 422
    assert 'aria-invalid="true"' in bad.content.decode()
    good = browser.post(url, data | {"name": "Новое имя", "city": "Тверь"}, headers=PART)
    assert (good.status_code, good["HX-Trigger"]) == (204, "clients-changed")
    client.refresh_from_db()
    assert (client.name, client.city, client.direction) == ("Новое имя", "Тверь", "promo")


def test_a_manager_does_not_move_a_client_to_another_office(
    as_user: Any, manager: User, head: User, msk: Any
) -> None:
    client = client_of(manager)
    data = {"name": "Имя", "direction": "promo", "time_zone": "Europe/Moscow", "office": msk.pk}
    as_user(manager).post(f"/clients/{client.pk}/edit/", data)
    client.refresh_from_db()
    assert client.office == manager.office
    as_user(head).post(f"/clients/{client.pk}/edit/", data)
    client.refresh_from_db()
    assert client.office == msk


@pytest.mark.parametrize("role", Role.values)
def test_only_roles_with_the_right_edit(as_user: Any, role: str, spb: Any) -> None:
    user = UserFactory(role=role, office=spb)
    client = client_of(user)
    response = as_user(user).get(f"/clients/{client.pk}/edit/")
    assert (response.status_code == 200) == (Perm.EDIT_CLIENTS in PERMISSIONS[role])


def test_the_history_shows_who_changed_what_from_what_to_what(as_user: Any, manager: User) -> None:
    client = client_of(manager, "Первое имя")
    browser = as_user(manager)
    for name in ("Второе имя", "Третье имя"):
        data = {"name": name, "direction": "unidentified", "time_zone": "Europe/Moscow"}
        browser.post(f"/clients/{client.pk}/edit/", data)
    entries = card(browser, client, "?tab=history").context["entries"]
    shown = [(entry.who, change.before, change.after) for entry in entries for change in entry.changes]
    assert shown == [
        ("Королёва А.", "Второе имя", "Третье имя"),
        ("Королёва А.", "Первое имя", "Второе имя"),
    ]


def test_the_history_of_contacts_hides_their_numbers(as_user: Any, manager: User) -> None:
    contact = ContactFactory(client=client_of(manager), phone="+78123341806")
    contact.phone = "+79217654321"
    save_contact(contact, ["phone"])
    contact.delete()
    text = card(as_user(manager), contact.client, "?tab=history").content.decode()
    assert "Удалено: Ирина Соболева" in text
    assert "+7 812 •••-••-06" in text
    assert "334-18" not in text
    assert "765-43" not in text


def test_the_night_and_imports_leave_no_change_history(manager: User) -> None:
    client = client_of(manager)
    Client.objects.filter(pk=client.pk).update(in_work_with=None, search_text="слова")
    Contact.objects.bulk_create([Contact(client=client, name="Из файла", phone="+78120000000")])
    from clients.models import ClientChange

    assert not ClientChange.objects.exists()
    assert not ContactChange.objects.exists()
