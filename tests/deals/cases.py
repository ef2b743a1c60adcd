"""A manager with a client on today's list, as the tests of calls need them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from clients.models import Client
from deals.models import CallEntry, Interaction
from deals.services.interaction import record_interaction
from salesdept.models import User
from tests.factories import CallEntryFactory, ClientFactory, StateFactory

MOSCOW = ZoneInfo("Europe/Moscow")
FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)


def owned(manager: User, **state: Any) -> Client:
    """A buying client in the hands of the manager."""
    client = ClientFactory(home_manager=manager, in_work_with=manager, office=manager.office)
    StateFactory(client=client, **{"stage": "active", "purchases": 5, "amount": Decimal("100000")} | state)
    return client


def listed(manager: User, day: date = FRIDAY, **fields: Any) -> CallEntry:
    """A client of the manager on the list of a day."""
    client = fields.pop("client", None) or owned(manager, is_top=fields.pop("is_top", False))
    reason = {"tier": 7, "code": "due_other", "last_talked_on": None, "due_on": None}
    return CallEntryFactory(
        **{"manager": manager, "client": client, "date": day, "reasons": [reason]} | fields
    )


def save_call(entry: CallEntry, outcome: str = "talked", **fields: Any) -> Interaction:
    """The entry's manager saves a call."""
    user = fields.pop("user", entry.manager)
    key = fields.pop("key", None) or uuid4()
    return record_interaction(user=user, client=entry.client, entry=entry, outcome=outcome, key=key, **fields)
