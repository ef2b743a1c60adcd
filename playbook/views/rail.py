"""What the book asks of the person, as the rail shows it on every page."""

from __future__ import annotations

from playbook.services import asks
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, has_perm


def counts(user: User) -> dict[str, int]:
    """Versions to read, reviews due and whatever else the book asks."""
    return {"book": len(asks.for_page(user, today())) if has_perm(user, Perm.READ_BOOK) else 0}
