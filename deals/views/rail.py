"""Work left, as the rail shows it on every page: two queries."""

from __future__ import annotations

from deals.day_list import tasks_due
from deals.models import CallEntry, EntryState
from deals.services.call_list import current_day_expression
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, has_perm


def counts(user: User) -> dict[str, int]:
    """Calls left on the list of the day, and tasks due or overdue."""
    found = {"tasks": 0, "calls": 0}
    if has_perm(user, Perm.SEE_TASKS):
        found["tasks"] = tasks_due(user).count()
    if has_perm(user, Perm.WORK_CALLS):
        lists = CallEntry.objects.worked_by(user, today())
        found["calls"] = lists.filter(state=EntryState.OPEN, date=current_day_expression(user)).count()
    return found
