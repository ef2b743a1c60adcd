"""An undone call leaves no trace; one that others have gone on from is not undone."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine

from clients.models import Contact
from deals.models import CallEntry, ContactState, Interaction, Invoice, Lead, Task
from deals.services import task as tasks
from deals.services.interaction import UNDO_SECONDS, UndoError, undo_interaction
from salesdept.models import User
from tests.deals.cases import FRIDAY, MONDAY, NOON, listed, save_call
from tests.factories import ContactFactory, InvoiceFactory, LeadFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db
OUTCOMES: list[dict[str, Any]] = [
    {"outcome": "talked", "note": "Да", "next_on": MONDAY},
    {"outcome": "talked"},
    {"outcome": "no_answer"},
    {"outcome": "call_back", "next_on": MONDAY, "next_at": time(11)},
    {"outcome": "wrong_number"},
    {"outcome": "refused", "refusal_reason": "price"},
]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def manager() -> User:
    return UserFactory()


def everything() -> list[Any]:
    models = (Interaction, Task, CallEntry, ContactState, Invoice, Lead, Contact)
    return [list(model.objects.order_by("pk").values()) for model in models]


def busy_entry(manager: User) -> CallEntry:
    """A client with all that a call can change."""
    entry = listed(manager)
    ContactFactory(client=entry.client)
    InvoiceFactory(client=entry.client, issued_on=FRIDAY, contacted_on=FRIDAY - timedelta(days=1))
    InvoiceFactory(client=entry.client, issued_on=FRIDAY)
    LeadFactory(client=entry.client, assignee=manager)
    for kind in ("call_back", "conversation", "development", "next_step"):
        TaskFactory(client=entry.client, assignee=manager, kind=kind, due_on=FRIDAY)
    return entry


@pytest.mark.parametrize("fields", OUTCOMES)
@pytest.mark.parametrize("known", [True, False])
def test_undo_puts_everything_back(manager: User, fields: dict[str, Any], known: bool) -> None:
    entry = busy_entry(manager)
    if known:
        ContactState.objects.create(
            client=entry.client, last_talked_on=FRIDAY - timedelta(days=90), due_on=FRIDAY
        )
    before = everything()
    call = save_call(entry, **fields, contact=Contact.objects.get())
    assert everything() != before
    undone = undo_interaction(manager, call.pk)
    assert everything() == before
    assert (undone.note, undone.next_on) == (fields.get("note", ""), fields.get("next_on"))


def test_entry_set_aside_before_is_set_aside_again(manager: User) -> None:
    entry = listed(manager, state="skipped", closed_at=NOON - timedelta(minutes=5))
    call = save_call(entry)
    undo_interaction(manager, call.pk)
    entry.refresh_from_db()
    assert (entry.state, entry.closed_at) == ("skipped", NOON - timedelta(minutes=5))


@pytest.mark.parametrize(("seconds", "late"), [(UNDO_SECONDS, False), (UNDO_SECONDS + 1, True)])
def test_undo_lives_ten_seconds(
    manager: User, clock: time_machine.Traveller, seconds: int, late: bool
) -> None:
    call = save_call(listed(manager))
    clock.shift(timedelta(seconds=seconds))
    if late:
        with pytest.raises(UndoError):
            undo_interaction(manager, call.pk)
    else:
        undo_interaction(manager, call.pk)
    assert Interaction.objects.exists() is late


def test_undo_is_for_who_called_and_once(manager: User) -> None:
    call = save_call(listed(manager))
    with pytest.raises(UndoError):
        undo_interaction(UserFactory(), call.pk)
    pk = call.pk
    undo_interaction(manager, pk)
    with pytest.raises(UndoError):
        undo_interaction(manager, pk)


def test_call_that_somebody_has_gone_on_from_stays(manager: User) -> None:
    call = save_call(listed(manager), next_on=MONDAY)
    tasks.complete(manager, Task.objects.get().pk)
    with pytest.raises(UndoError):
        undo_interaction(manager, call.pk)
    assert Interaction.objects.count() == 1


def test_call_followed_by_another_one_stays(manager: User) -> None:
    entry = listed(manager)
    first = save_call(entry)
    save_call(listed(manager, client=entry.client, day=MONDAY))
    with pytest.raises(UndoError):
        undo_interaction(manager, first.pk)
