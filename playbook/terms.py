"""Until when a version is to be read, and when a regulation is to be looked through again: dates only.

Nothing here asks the base (source section 7: regulations are read, confirmed, and looked through every year).
"""

from __future__ import annotations

from datetime import date

from salesdept.dates import add_months, add_working_days


def read_due(*, asked_on: date, in_force_from: date, read_by: date | None, joined: date, days: int) -> date:
    """The last day to confirm a version.

    `asked_on` is the day it was approved, or loaded with the program; `days` are working days. Whoever approved
    may have named the day (`read_by`). A person who came after the asking has as many working days from the first
    day at work, and never less than everybody else.
    """
    begins = max(asked_on, in_force_from)
    due = read_by or add_working_days(begins, days)
    if joined > asked_on:
        due = max(due, add_working_days(joined, days))
    return due


def review_due(*, approved_on: date, reviewed_on: date | None, months: int) -> date:
    """The day by which the owner looks through the regulation again: months after the latest look at it."""
    return add_months(max(approved_on, reviewed_on or approved_on), months)
