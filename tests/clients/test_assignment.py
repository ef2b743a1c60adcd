"""Hand-overs by people: set-based, with a history, bounded by rights and visibility, and undone exactly."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients import tables
from clients.models import BulkChange, Client, Move, MoveReason
from clients.services import assignment
from clients.services.assignment import AssignmentError
from playbook.models import Segment
from salesdept.models import User
from salesdept.roles import Role
from tests.clients.conftest import client_of
from tests.factories import UserFactory

HOME, WORK = Move.Field.HOME, Move.Field.WORK


def hands(client: Client) -> tuple[User | None, User | None]:
    client.refresh_from_db()
    return client.home_manager, client.in_work_with


def test_a_new_home_manager_also_takes_the_work(manager: User, colleague: User, head: User) -> None:
    client = client_of(manager)
    assignment.assign([client.pk], colleague, HOME, head, comment="Просил клиент")
    assert hands(client) == (colleague, colleague)
    moves = {move.field: move for move in Move.objects.all()}
    assert set(moves) == {"home", "work"}
    assert (moves["home"].from_user, moves["home"].to_user) == (manager, colleague)
    assert moves["work"].comment == "Просил клиент"
    assert moves["work"].made_by == head


def test_a_client_in_development_stays_there_when_its_home_changes(
    manager: User, colleague: User, head: User
) -> None:
    developer = UserFactory(role=Role.DEVELOPMENT_MANAGER)
    client = client_of(manager)
    assignment.assign([client.pk], developer, WORK, head)
    assert hands(client) == (manager, developer)
    assignment.assign([client.pk], colleague, HOME, head)
    assert hands(client) == (colleague, developer)


def test_nothing_is_written_for_a_client_already_there(manager: User, head: User) -> None:
    client = client_of(manager)
    change = assignment.assign([client.pk], manager, HOME, head)
    assert change.values == {}
    assert not Move.objects.exists()


@pytest.mark.parametrize("fields", [{"role": Role.MARKETER}, {"is_active": False}])
def test_only_active_sellers_get_clients(manager: User, head: User, fields: dict[str, Any]) -> None:
    client = client_of(manager)
    with pytest.raises(AssignmentError):
        assignment.assign([client.pk], UserFactory(**fields), WORK, head)
    assert hands(client) == (manager, manager)


def test_statements_do_not_grow_with_the_clients(manager: User, colleague: User, head: User) -> None:
    few = [client_of(manager).pk for _number in range(2)]
    many = [client_of(manager).pk for _number in range(40)]
    with CaptureQueriesContext(connection) as for_few:
        assignment.assign(few, colleague, HOME, head)
    with CaptureQueriesContext(connection) as for_many:
        assignment.assign(many, colleague, HOME, head)
    assert len(for_few) == len(for_many)


def test_undo_puts_everybody_back_and_stays_in_the_history(
    manager: User, colleague: User, head: User
) -> None:
    mine, his = client_of(manager), client_of(colleague)
    third = UserFactory()
    change = assignment.assign([mine.pk, his.pk], third, HOME, head, MoveReason.BULK)
    assert assignment.undo(change, head) == 2
    assert hands(mine) == (manager, manager)
    assert hands(his) == (colleague, colleague)
    last = Move.objects.filter(client=his, field=WORK).order_by("-pk").first()
    assert last is not None
    assert (last.from_user, last.to_user) == (third, colleague)


def test_undo_leaves_what_somebody_has_changed_since(manager: User, colleague: User, head: User) -> None:
    touched, untouched = client_of(manager), client_of(manager)
    change = assignment.assign([touched.pk, untouched.pk], colleague, WORK, head)
    third = UserFactory()
    assignment.assign([touched.pk], third, WORK, colleague)
    assert assignment.undo(change, head) == 1
    assert hands(touched) == (manager, third)
    assert hands(untouched) == (manager, manager)


def test_undo_works_once_for_the_person_who_did_it_and_within_a_minute(
    manager: User, colleague: User, head: User
) -> None:
    client = client_of(manager)
    change = assignment.assign([client.pk], colleague, WORK, head)
    with pytest.raises(AssignmentError):
        assignment.undo(change, colleague)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)), pytest.raises(AssignmentError):
        assignment.undo(change, head)
    assignment.undo(change, head)
    with pytest.raises(AssignmentError):
        assignment.undo(change, head)


def test_a_segment_is_set_and_undone(manager: User, head: User, segment: Segment) -> None:
    from clients.services.segment import set_segment

    client = client_of(manager)
    change = set_segment([client.pk], segment, head)
    client.refresh_from_db()
    assert client.segment == segment
    assert assignment.undo(change, head) == 1
    client.refresh_from_db()
    assert client.segment is None
    assert not Move.objects.exists()


def test_the_faster_of_two_sellers_takes_a_client(manager: User, colleague: User) -> None:
    client = client_of(None)
    assignment.take(client, manager)
    with pytest.raises(AssignmentError):
        assignment.take(client, colleague)
    assert hands(client) == (manager, manager)


# The same through the pages.


def test_bulk_moves_only_clients_the_person_sees(
    as_user: Any, manager: User, colleague: User, msk: Any
) -> None:
    branch_head = UserFactory(role=Role.BRANCH_HEAD, office=manager.office)
    ours, theirs = client_of(manager), client_of(manager)
    Client.objects.filter(pk=theirs.pk).update(office=msk)
    data = {"client": [ours.pk, theirs.pk], "action": "work", "to_user": colleague.pk}
    assert as_user(branch_head).post("/clients/bulk/", data).status_code == 302
    assert hands(ours) == (manager, colleague)
    assert hands(theirs) == (manager, manager)


def test_a_branch_head_gives_clients_to_people_of_the_office_only(
    as_user: Any, manager: User, msk: Any
) -> None:
    branch_head = UserFactory(role=Role.BRANCH_HEAD, office=manager.office)
    stranger = UserFactory(office=msk)
    client = client_of(manager)
    data = {"client": [client.pk], "action": "work", "to_user": stranger.pk}
    response = as_user(branch_head).post("/clients/bulk/", data, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert hands(client) == (manager, manager)


def test_a_manager_may_set_segments_but_hand_nobody_over(
    as_user: Any, manager: User, colleague: User, segment: Segment
) -> None:
    client = client_of(manager)
    browser = as_user(manager)
    refused = browser.post(
        "/clients/bulk/",
        {"client": [client.pk], "action": "home", "to_user": colleague.pk},
        headers={"HX-Request": "true"},
    )
    assert refused.status_code == 422
    assert hands(client) == (manager, manager)
    browser.post("/clients/bulk/", {"client": [client.pk], "action": "segment", "to_segment": segment.code})
    client.refresh_from_db()
    assert client.segment == segment
    assert as_user(UserFactory(role=Role.MARKETER)).post("/clients/bulk/", {}).status_code == 403


def test_all_found_means_the_filters_and_not_the_ticks(
    as_user: Any, manager: User, colleague: User, head: User
) -> None:
    zero, active = client_of(manager, stage="zero"), client_of(manager)
    data = {"client": [active.pk], "scope": "found", "action": "work", "to_user": colleague.pk}
    response = as_user(head).post("/clients/bulk/?stage=zero", data, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Trigger"] == "clients-changed"
    assert hands(zero) == (manager, colleague)
    assert hands(active) == (manager, manager)


def test_bulk_never_takes_more_than_can_be_counted(
    as_user: Any, manager: User, colleague: User, head: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(tables, "COUNT_CAP", 2)
    for _number in range(4):
        client_of(manager)
    data = {"scope": "found", "action": "work", "to_user": colleague.pk}
    as_user(head).post("/clients/bulk/", data)
    assert Client.objects.filter(in_work_with=colleague).count() == 2


def test_the_toast_undoes_and_another_person_may_not(
    as_user: Any, manager: User, colleague: User, head: User
) -> None:
    client = client_of(manager)
    browser = as_user(head)
    data = {"client": [client.pk], "action": "work", "to_user": colleague.pk}
    toast = browser.post("/clients/bulk/", data, headers={"HX-Request": "true"}).content.decode()
    change = BulkChange.objects.get()
    assert f"/clients/undo/{change.pk}/" in toast
    assert as_user(UserFactory(role=Role.SALES_HEAD)).post(f"/clients/undo/{change.pk}/").status_code == 404
    assert browser.post(f"/clients/undo/{change.pk}/", headers={"HX-Request": "true"}).status_code == 200
    assert hands(client) == (manager, manager)


def test_taking_is_for_sellers_and_for_clients_of_their_office(
    as_user: Any, manager: User, spb: Any, msk: Any
) -> None:
    here, there = client_of(None), client_of(None)
    Client.objects.filter(pk=here.pk).update(office=spb)
    Client.objects.filter(pk=there.pk).update(office=msk)
    browser = as_user(manager)
    assert browser.post(f"/clients/{there.pk}/take/").status_code == 404
    assert browser.post(f"/clients/{here.pk}/take/").status_code == 302
    assert hands(here) == (manager, manager)
    assert as_user(UserFactory(role=Role.OPERATOR)).post(f"/clients/{there.pk}/take/").status_code == 403


def test_the_card_hands_over_with_a_reason(as_user: Any, manager: User, colleague: User, head: User) -> None:
    client = client_of(manager)
    data = {"to_user": colleague.pk, "field": "home", "comment": "Переезд в Москву"}
    as_user(head).post(f"/clients/{client.pk}/assign/", data)
    assert hands(client) == (colleague, colleague)
    assert Move.objects.filter(comment="Переезд в Москву").count() == 2
    assert as_user(manager).post(f"/clients/{client.pk}/assign/", data).status_code == 403
