"""The client list: who sees whom, search, filters, orders, pages, and the URL as its whole state."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from clients import tables
from clients.filters import Queue
from clients.models import Client, ClientState, HandsHold
from deals.models import ContactState
from playbook.models import Segment, Sphere
from salesdept.dates import today
from salesdept.models import Absence, SavedView, User
from salesdept.roles import Role
from tests.clients.conftest import client_of
from tests.factories import ClientFactory, UserFactory
from tests.query_counts import pinned, queries_of_part

URL = "/clients/"
PART = {"HX-Request": "true", "HX-Target": "results"}


def names(response: Any) -> list[str]:
    return [row.client.name for row in response.context["rows"]]


def listed(browser: Any, query: str = "") -> list[str]:
    return names(browser.get(URL + query))


def test_a_manager_sees_only_clients_they_own_work_with_or_substitute_for(
    as_user: Any, manager: User, colleague: User
) -> None:
    client_of(manager, "Свой")
    client_of(colleague, "Чужой")
    lent = client_of(colleague, "В работе у меня")
    Client.objects.filter(pk=lent.pk).update(in_work_with=manager)
    assert set(listed(as_user(manager))) == {"Свой", "В работе у меня"}
    day = today()
    Absence.objects.create(user=colleague, substitute=manager, starts=day, ends=day)
    assert set(listed(as_user(manager))) == {"Свой", "В работе у меня", "Чужой"}


def test_an_operator_without_clients_gets_an_empty_list_not_everybody(as_user: Any, manager: User) -> None:
    client_of(manager)
    assert listed(as_user(UserFactory(role=Role.OPERATOR))) == []


def test_search_takes_beginnings_of_words_in_any_order_and_reads_e_as_yo(as_user: Any, manager: User) -> None:
    client_of(manager, "ООО «Ёлка-Плюс»")
    client_of(manager, "ООО «Сосна»")
    browser = as_user(manager)
    assert listed(browser, "?q=плю елк") == ["ООО «Ёлка-Плюс»"]
    assert listed(browser, "?q=елки") == []
    assert listed(browser, "?q=') | x:* & (") == []


def test_search_finds_a_code_with_dashes(as_user: Any, manager: User) -> None:
    Client.objects.filter(pk=client_of(manager, "С кодом").pk).update(code="000-00123")
    assert listed(as_user(manager), "?q=000-001") == ["С кодом"]


def test_filters_narrow_and_combine(as_user: Any, manager: User, segment: Segment) -> None:
    zero_top = client_of(manager, "Нулевой", stage="zero", is_top=True, abc="A", xyz="X")
    client_of(manager, "Потерянный", stage="lost", abc="C", xyz="Z")
    client_of(manager, "Активный", abc="A", xyz="Z")
    Client.objects.filter(pk=zero_top.pk).update(segment=segment, direction="promo")
    browser = as_user(manager)
    assert set(listed(browser, "?stage=zero&stage=lost")) == {"Нулевой", "Потерянный"}
    assert listed(browser, "?top=1") == ["Нулевой"]
    assert set(listed(browser, "?cell=AX&cell=AZ")) == {"Нулевой", "Активный"}
    assert set(listed(browser, "?abc=A&xyz=Z")) == {"Активный"}
    assert listed(browser, f"?segment={segment.code}") == ["Нулевой"]
    assert listed(browser, f"?sphere={segment.sphere.code}") == ["Нулевой"]
    assert listed(browser, "?direction=promo&stage=zero") == ["Нулевой"]
    assert listed(browser, "?direction=promo&stage=lost") == []


def test_a_sphere_and_a_segment_of_another_sphere_are_added_up(
    as_user: Any, manager: User, segment: Segment
) -> None:
    other = Sphere.objects.create(code="other-sphere", name="Другая")
    inside = Segment.objects.create(sphere=other, code="inside", name="Внутри")
    Client.objects.filter(pk=client_of(manager, "А").pk).update(segment=segment)
    Client.objects.filter(pk=client_of(manager, "Б").pk).update(segment=inside)
    client_of(manager, "В")
    assert set(listed(as_user(manager), f"?segment={segment.code}&sphere={other.code}")) == {"А", "Б"}


def test_people_and_offices_filter(
    as_user: Any, head: User, manager: User, colleague: User, msk: Any
) -> None:
    client_of(manager, "Её")
    his = client_of(colleague, "Его")
    Client.objects.filter(pk=his.pk).update(office=msk, home_manager=manager)
    client_of(None, "Ничей")
    browser = as_user(head)
    assert listed(browser, f"?manager={manager.pk}") == ["Её"]
    assert set(listed(browser, f"?home={manager.pk}")) == {"Её", "Его"}
    assert listed(browser, "?manager=none") == ["Ничей"]
    assert listed(browser, "?office=msk") == ["Его"]
    assert listed(as_user(manager), "?manager=me") == ["Её"]


def test_last_purchase_range_includes_both_ends(as_user: Any, manager: User) -> None:
    day = today() - timedelta(days=40)
    client_of(manager, "В тот день", last_purchase=day)
    client_of(manager, "Накануне", last_purchase=day - timedelta(days=1))
    assert listed(as_user(manager), f"?bought_from={day}&bought_to={day}") == ["В тот день"]


def test_a_wrong_value_of_a_filter_is_no_error_and_no_filter(as_user: Any, manager: User) -> None:
    client_of(manager, "Клиент")
    assert listed(
        as_user(manager), "?stage=no&office=zz&manager=abc&bought_from=yesterday&page=-5&sort=x"
    ) == ["Клиент"]


def test_queue_of_overdue_orders_holds_only_clients_who_still_buy(as_user: Any, manager: User) -> None:
    yesterday = today() - timedelta(days=1)
    client_of(manager, "Опаздывает", expected_order=yesterday)
    client_of(manager, "Сегодня", expected_order=today())
    client_of(manager, "Нулевой", expected_order=yesterday, stage="zero")
    assert listed(as_user(manager), f"?queue={Queue.EXPECTED}") == ["Опаздывает"]


def test_queue_of_clients_about_to_turn_zero_reads_the_warning_of_the_book(
    as_user: Any, manager: User
) -> None:
    client_of(manager, "Через 14", zero_on=today() + timedelta(days=14))
    client_of(manager, "Через 15", zero_on=today() + timedelta(days=15))
    assert listed(as_user(manager), f"?queue={Queue.AT_RISK}") == ["Через 14"]


def test_queue_for_development_leaves_out_those_in_development_and_those_held(
    as_user: Any, head: User, manager: User
) -> None:
    developer = UserFactory(role=Role.DEVELOPMENT_MANAGER)
    client_of(manager, "Ждёт", stage="zero")
    client_of(None, "Ничей потерянный", stage="lost")
    client_of(developer, "Уже в развитии", stage="zero")
    held = client_of(manager, "Счёт открыт", stage="zero")
    HandsHold.objects.create(client=held, source="invoice:1", until=today() + timedelta(days=2))
    client_of(manager, "Активный")
    assert set(listed(as_user(head), f"?queue={Queue.HANDOVER}")) == {"Ждёт", "Ничей потерянный"}


def test_queue_without_an_owner_shows_sellers_only_what_they_may_take(
    as_user: Any, manager: User, spb: Any, msk: Any
) -> None:
    here = client_of(None, "Нашего офиса")
    Client.objects.filter(pk=here.pk).update(office=spb)
    there = client_of(None, "Другого офиса")
    Client.objects.filter(pk=there.pk).update(office=msk)
    client_of(None, "Не покупал", purchases=0, stage="potential")
    response = as_user(manager).get(f"{URL}?queue={Queue.NO_OWNER}")
    assert names(response) == ["Нашего офиса"]
    row = response.context["rows"][0]
    assert row.is_free
    assert not row.is_open
    assert f'href="{reverse("clients:card", args=[here.pk])}"' not in response.content.decode()
    operator = UserFactory(role=Role.OPERATOR, office=spb)
    assert listed(as_user(operator), f"?queue={Queue.NO_OWNER}") == []


def test_a_client_imported_after_the_last_night_is_listed_last_and_says_so(
    as_user: Any, manager: User
) -> None:
    ClientFactory(name="Вчерашний", home_manager=manager, in_work_with=manager)
    client_of(manager, "Без продаж", amount=Decimal(0))
    response = as_user(manager).get(URL)
    assert names(response) == ["Без продаж", "Вчерашний"]
    assert "ещё не рассчитан" in response.content.decode()


@pytest.mark.parametrize("sort", [sign + key for key in tables.ORDERS for sign in ("", "-")])
def test_every_order_shows_every_client_exactly_once_over_its_pages(
    as_user: Any, manager: User, sort: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(tables, "PAGE_SIZE", 4)
    day = today()
    for number in range(9):
        client_of(
            manager,
            amount=Decimal(number % 3),
            last_purchase=None if number % 4 == 0 else day - timedelta(days=number % 2),
            expected_order=None if number % 3 == 0 else day + timedelta(days=number),
            due=day + timedelta(days=number % 2),
        )
    ContactState.objects.filter(client=client_of(manager).pk).update(due_on=None)
    ClientFactory(home_manager=manager, in_work_with=manager)
    browser = as_user(manager)
    seen = [name for page in range(1, 5) for name in listed(browser, f"?sort={sort}&page={page}")]
    assert len(seen) == 11
    assert set(seen) == set(Client.objects.values_list("name", flat=True))


def test_conversations_sort_puts_those_never_talked_to_first(as_user: Any, manager: User) -> None:
    day = today()
    client_of(manager, "Завтра", due=day + timedelta(days=1))
    never = client_of(manager, "Ни разу")
    ContactState.objects.filter(client=never).update(due_on=None)
    client_of(manager, "Давно", due=day - timedelta(days=9))
    assert listed(as_user(manager), "?sort=due") == ["Ни разу", "Давно", "Завтра"]


def test_an_overdue_order_is_red_with_the_word(as_user: Any, manager: User) -> None:
    client_of(manager, expected_order=today() - timedelta(days=3))
    assert "просрочен 3 дн." in as_user(manager).get(URL).content.decode()


def test_a_count_stops_at_the_cap(as_user: Any, manager: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(tables, "COUNT_CAP", 2)
    for _number in range(3):
        client_of(manager)
    response = as_user(manager).get(URL)
    assert response.context["is_more"]
    assert len(names(response)) == 3
    assert "1 000+" in response.content.decode()


def test_htmx_gets_the_very_part_that_the_page_includes(as_user: Any, manager: User) -> None:
    client_of(manager, "Клиент")
    browser = as_user(manager)
    page, part = browser.get(URL).content.decode(), browser.get(URL, headers=PART).content.decode()
    table = part[part.index('<table class="clients">') : part.index("</table>")]
    assert table in page
    assert "<html" not in part
    restored = browser.get(URL, headers=PART | {"HX-History-Restore-Request": "true"}).content.decode()
    assert "<html" in restored


def test_the_address_of_a_result_is_without_empty_values_and_the_usual_order(
    as_user: Any, manager: User
) -> None:
    response = as_user(manager).get(f"{URL}?q=&stage=zero&manager=&sort=-amount", headers=PART)
    assert response["HX-Push-Url"] == "/clients/?stage=zero"


def test_typing_on_replaces_the_address_and_a_filter_adds_to_the_history(as_user: Any, manager: User) -> None:
    browser = as_user(manager)
    first = browser.get(f"{URL}?q=в", headers=PART | {"HX-Current-URL": f"http://testserver{URL}"})
    assert "HX-Push-Url" in first
    more = browser.get(f"{URL}?q=ве", headers=PART | {"HX-Current-URL": f"http://testserver{URL}?q=%D0%B2"})
    assert "HX-Replace-Url" in more
    other = browser.get(
        f"{URL}?q=ве&stage=zero", headers=PART | {"HX-Current-URL": f"http://testserver{URL}?q=%D0%B2%D0%B5"}
    )
    assert "HX-Push-Url" in other


def test_the_most_exact_view_is_the_current_one(as_user: Any, manager: User) -> None:
    SavedView.objects.create(user=manager, page="clients", name="Мои нулевые", query="stage=zero&sort=-last")
    SavedView.objects.create(user=UserFactory(), page="clients", name="Чужой вид", query="stage=lost")
    browser = as_user(manager)

    def current(query: str) -> str:
        tabs = browser.get(URL + query).context["tabs"]
        assert "Чужой вид" not in [tab.label for tab in tabs]
        return next(tab.label for tab in tabs if tab.current)

    assert current("?stage=zero&page=2") == "Мои нулевые"
    assert current("?queue=expected&q=ве") == "Заказ просрочен"
    assert current("?stage=lost") == "Все"


@pytest.mark.parametrize("count", [1, 50, 500])
def test_the_list_costs_the_same_queries_at_any_length(
    as_user: Any, head: User, manager: User, segment: Segment, count: int
) -> None:
    people = {"home_manager": manager, "in_work_with": head, "office": head.office, "segment": segment}
    clients = Client.objects.bulk_create(
        Client(code=f"Q{number}", name=f"Клиент {number}", **people) for number in range(count)
    )
    ClientState.objects.bulk_create(ClientState(client=client, amount=client.pk) for client in clients)
    assert queries_of_part(as_user(head), URL, "results") == pinned("clients:list")
