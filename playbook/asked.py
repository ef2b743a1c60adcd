"""What the page of a regulation asks of its reader: to confirm a version, to look the regulation through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playbook import diff
from playbook.forms.review import ReviewForm
from playbook.models import Acknowledgement, RegulationVersion, VersionState
from playbook.services import acknowledgement, asks, review
from salesdept.dates import today
from salesdept.models import User


@dataclass(frozen=True)
class SinceMine:
    """What differs from the version the person confirmed last."""

    confirmed: Acknowledgement
    lines: list[diff.Line]
    values: list[diff.ChangedValue]


def of_page(user: User, shown: RegulationVersion, current: RegulationVersion | None) -> dict[str, Any]:
    """For the version on the page; nothing is asked about a draft or a version of the past."""
    if shown.state != VersionState.APPROVED:
        return {}
    day = today()
    found: dict[str, Any] = {"asked": acknowledgement.reading_of(user, shown, day)}
    if found["asked"] and not found["asked"].confirmed_at:
        found["since_mine"] = _since_mine(user, shown)
    elif found["asked"]:
        found["next_ask"] = next((one for one in asks.of_person(user, day) if one.kind == "read"), None)
    if shown == current:
        found["review"] = review.review_of(shown, day)
        found["may_review"] = review.may_review(user, shown.regulation)
        found["last_review"] = shown.regulation.reviews.select_related("user").first()
        found["review_form"] = ReviewForm()
    return found


def _since_mine(user: User, shown: RegulationVersion) -> SinceMine | None:
    last = acknowledgement.confirmed_before(user, shown)
    if last is None:
        return None
    before = last.version
    return SinceMine(last, diff.lines(before.text, shown.text), diff.values(before, shown))
