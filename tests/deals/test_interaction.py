"""A call: every outcome leaves an interaction and the next task, once (DOMAIN.md 5.1–5.2)."""

import threading
from collections.abc import Iterator
from datetime import date, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import close_old_connections, connection

from deals.models import CallEntry, ContactState, Interaction, Task
from deals.services.interaction import CallError, record_interaction
from salesdept.models import Absence, User
from salesdept.roles import Role
from tests.deals.cases import FRIDAY, MONDAY, NOON, listed, owned, save_call
from tests.factories import (
    ContactFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def manager() -> User:
    return UserFactory()


def test_talk_with_an_agreed_day_leaves_its_next_step(manager: User) -> None:
    entry = listed(manager)
    call = save_call(
        entry, note=" Ждут макет ", agreement="Макет в среду", next_on=date(2026, 11, 25), next_at=time(11)
    )
    task = Task.objects.get()
    assert (call.note, call.day, call.user) == ("Ждут макет", FRIDAY, manager)
    assert (task.title, task.kind, task.due_on, task.due_at) == (
        "Макет в среду",
        "next_step",
        date(2026, 11, 25),
        time(11),
    )
    assert (task.client, task.assignee, task.interaction) == (entry.client, manager, call)


def test_talk_closes_the_entry(manager: User) -> None:
    entry = listed(manager)
    call = save_call(entry)
    entry.refresh_from_db()
    assert (entry.state, entry.closed_at, entry.interaction) == ("done", call.at, call)


@pytest.mark.parametrize(
    ("state", "role", "due"),
    [
        ({"is_top": True}, Role.SERVICE_MANAGER, date(2026, 12, 21)),  # the 20th is a Sunday
        ({"stage": "new"}, Role.SERVICE_MANAGER, date(2026, 12, 21)),
        ({}, Role.SERVICE_MANAGER, date(2027, 2, 20)),  # a Saturday that the calendar of 2027 works
        ({"stage": "zero"}, Role.DEVELOPMENT_MANAGER, date(2026, 12, 4)),
    ],
)
def test_talk_without_a_day_leaves_a_conversation_by_the_cadence_of_the_class(
    state: dict[str, object], role: str, due: date
) -> None:
    manager = UserFactory(role=role)
    save_call(listed(manager, client=owned(manager, **state)))
    task = Task.objects.get()
    assert (task.kind, task.title) == ("conversation", "Плановый разговор")
    assert task.due_on == due


def test_talk_moves_the_next_conversation(manager: User) -> None:
    entry = listed(manager, is_top=True)
    save_call(entry)
    state = ContactState.objects.get(client=entry.client)
    assert (state.last_talked_on, state.due_on) == (FRIDAY, date(2026, 12, 20))


@pytest.mark.parametrize("outcome", ["no_answer", "wrong_number"])
def test_only_a_talk_counts_as_a_conversation(manager: User, outcome: str) -> None:
    entry = listed(manager)
    invoice = InvoiceFactory(client=entry.client)
    save_call(entry, outcome)
    invoice.refresh_from_db()
    assert invoice.contacted_on is None
    assert not ContactState.objects.filter(client=entry.client).exists()


def test_talk_is_a_contact_about_open_invoices_and_the_first_contact_of_a_lead(manager: User) -> None:
    entry = listed(manager)
    invoice = InvoiceFactory(client=entry.client, issued_on=FRIDAY)
    paid = InvoiceFactory(client=entry.client, issued_on=FRIDAY, state="paid", paid_on=FRIDAY)
    lead = LeadFactory(client=entry.client, assignee=manager)
    save_call(entry)
    for row in (invoice, paid, lead):
        row.refresh_from_db()
    assert (invoice.contacted_on, paid.contacted_on) == (FRIDAY, None)
    assert (lead.state, lead.first_contact_at) == ("working", NOON)


def test_lead_is_to_be_decided_within_the_days_of_the_book(manager: User) -> None:
    entry = listed(manager)
    LeadFactory(client=entry.client, assignee=manager)
    save_call(entry)
    assert Task.objects.get().due_on == FRIDAY + timedelta(days=14)


def test_no_answer_is_called_again_on_the_next_working_day(manager: User) -> None:
    save_call(listed(manager), "no_answer")
    task = Task.objects.get()
    assert (task.kind, task.due_on, task.title) == ("call_back", MONDAY, "Не ответили: позвонить ещё раз")


def test_third_unanswered_call_in_a_row_asks_for_another_number(manager: User) -> None:
    client = owned(manager)
    kinds = []
    for _attempt in range(4):
        save_call(listed(manager, client=client, day=FRIDAY - timedelta(days=len(kinds))), "no_answer")
        kinds.append(set(Task.objects.open().filter(client=client).values_list("kind", flat=True)))
    assert kinds == [{"call_back"}, {"call_back"}, {"call_back", "data"}, {"call_back", "data"}]
    assert Task.objects.get(kind="data").title == "Не отвечают 3 раза подряд: найти другой номер или контакт"


def test_a_talk_in_between_starts_the_count_anew(manager: User) -> None:
    client = owned(manager)
    for place, outcome in enumerate(["no_answer", "no_answer", "talked", "no_answer"]):
        save_call(listed(manager, client=client, day=FRIDAY - timedelta(days=place)), outcome)
    assert not Task.objects.filter(kind="data").exists()


def test_call_back_needs_the_day_and_the_time(manager: User) -> None:
    entry = listed(manager)
    for fields, missing in (({"next_at": time(11)}, "next_on"), ({"next_on": MONDAY}, "next_at")):
        with pytest.raises(CallError) as error:
            save_call(entry, "call_back", **fields)
        assert error.value.field == missing
    assert not Interaction.objects.exists()


def test_call_back_promises_a_call_at_its_hour_and_replaces_earlier_promises(manager: User) -> None:
    entry = listed(manager)
    old = TaskFactory(
        client=entry.client, assignee=manager, kind="call_back", due_on=MONDAY + timedelta(days=9)
    )
    save_call(entry, "call_back", next_on=MONDAY, next_at=time(11, 30), note="Согласуют макет")
    old.refresh_from_db()
    task = Task.objects.open().get()
    assert (task.kind, task.due_on, task.due_at, task.title) == (
        "call_back",
        MONDAY,
        time(11, 30),
        "Согласуют макет",
    )
    assert old.state == "done"


def test_wrong_number_marks_the_contact_and_leaves_a_data_task(manager: User) -> None:
    entry = listed(manager)
    contact = ContactFactory(client=entry.client, name="Пётр Ильин")
    save_call(entry, "wrong_number", contact=contact)
    contact.refresh_from_db()
    task = Task.objects.get()
    assert contact.number_is_wrong
    assert (task.kind, task.title, task.due_on) == ("data", "Найти верный номер: Пётр Ильин", MONDAY)


def test_refusal_needs_a_reason_from_the_list(manager: User) -> None:
    entry = listed(manager)
    with pytest.raises(CallError) as error:
        save_call(entry, "refused", refusal_reason="whatever")
    assert error.value.field == "refusal_reason"


def test_refusal_leaves_a_call_back_so_that_nobody_calls_before_it(manager: User) -> None:
    entry = listed(manager, is_top=True)
    call = save_call(entry, "refused", refusal_reason="price")
    task = Task.objects.get()
    assert (call.refusal_reason, task.kind, task.due_on) == ("price", "call_back", date(2026, 12, 21))
    assert task.title == "Вернуться к разговору после отказа (цена)"


def test_any_outcome_fulfils_the_promised_call_and_leaves_agreed_steps_alone(manager: User) -> None:
    entry = listed(manager)
    promise = TaskFactory(client=entry.client, assignee=manager, kind="call_back", due_on=FRIDAY)
    later = TaskFactory(client=entry.client, assignee=manager, kind="call_back", due_on=MONDAY)
    step = TaskFactory(client=entry.client, assignee=manager, kind="next_step", due_on=FRIDAY)
    save_call(entry, note="Взяли паузу")
    for task in (promise, later, step):
        task.refresh_from_db()
    assert (promise.state, promise.result) == ("done", "Поговорили: Взяли паузу")
    assert (later.state, step.state) == ("open", "open")


def test_unanswered_promise_keeps_its_words(manager: User) -> None:
    entry = listed(manager)
    TaskFactory(client=entry.client, kind="call_back", due_on=FRIDAY, title="Просили вернуться после макета")
    save_call(entry, "no_answer")
    assert Task.objects.open().get().title == "Просили вернуться после макета"


def test_talk_does_what_hand_overs_and_the_cadence_asked_for(manager: User) -> None:
    entry = listed(manager)
    kinds = ("conversation", "development", "welcome_back")
    for kind in kinds:
        TaskFactory(client=entry.client, assignee=manager, kind=kind, due_on=MONDAY + timedelta(days=5))
    save_call(entry, next_on=MONDAY)
    assert list(Task.objects.open().values_list("kind", flat=True)) == ["next_step"]


def test_day_that_has_passed_is_refused(manager: User) -> None:
    with pytest.raises(CallError):
        save_call(listed(manager), next_on=FRIDAY - timedelta(days=1))


def test_contact_of_another_client_is_refused(manager: User) -> None:
    with pytest.raises(CallError):
        save_call(listed(manager), contact=ContactFactory())


def test_form_sent_twice_leaves_one_call(manager: User) -> None:
    entry, key = listed(manager), uuid4()
    first = save_call(entry, key=key, next_on=MONDAY)
    assert save_call(entry, key=key, next_on=MONDAY) == first
    assert (Interaction.objects.count(), Task.objects.count()) == (1, 1)


def test_entry_is_called_once_whoever_was_second(manager: User) -> None:
    entry = listed(manager)
    first = save_call(entry)
    assert save_call(entry, "no_answer") == first
    assert (Interaction.objects.count(), Task.objects.count()) == (1, 1)


def test_stranger_may_not_call_from_a_list_or_a_card(manager: User) -> None:
    entry = listed(manager)
    stranger = UserFactory()
    with pytest.raises(PermissionError):
        save_call(entry, user=stranger)
    with pytest.raises(PermissionError):
        record_interaction(user=stranger, client=entry.client, outcome="talked", key=uuid4())


def test_call_from_the_card_closes_the_entry_of_the_list(manager: User) -> None:
    entry = listed(manager)
    record_interaction(user=manager, client=entry.client, outcome="talked", key=uuid4())
    entry.refresh_from_db()
    assert entry.state == "done"


def test_substitute_calls_the_list_and_tasks_follow_the_days_of_the_absence(manager: User) -> None:
    substitute = UserFactory()
    Absence.objects.create(user=manager, substitute=substitute, starts=FRIDAY, ends=MONDAY)
    save_call(listed(manager), user=substitute, next_on=MONDAY)
    save_call(listed(manager), user=substitute, next_on=MONDAY + timedelta(days=1))
    assert [task.assignee for task in Task.objects.order_by("due_on")] == [substitute, manager]


def test_email_is_no_conversation_and_no_unanswered_call(manager: User) -> None:
    client = owned(manager)
    for _letter in range(2):
        InteractionFactory(
            client=client, user=manager, kind="email", outcome="no_answer", at=NOON - timedelta(hours=1)
        )
    save_call(listed(manager, client=client), "no_answer")
    assert not Task.objects.filter(kind="data").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_key", [True, False])
def test_two_windows_at_once_save_one_call(same_key: bool) -> None:
    manager = UserFactory()
    entry = listed(manager)
    key, start, saved = uuid4(), threading.Barrier(6), []

    def press() -> None:
        close_old_connections()
        try:
            start.wait()
            fresh = CallEntry.objects.select_related("client", "manager").get(pk=entry.pk)
            saved.append(save_call(fresh, key=key if same_key else uuid4(), next_on=MONDAY).pk)
        finally:
            connection.close()

    windows = [threading.Thread(target=press) for _window in range(6)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert len(saved) == 6
    assert len(set(saved)) == 1
    assert (Interaction.objects.count(), Task.objects.count()) == (1, 1)
