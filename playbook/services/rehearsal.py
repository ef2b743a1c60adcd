"""What a draft would change, before it is approved (DOMAIN.md 3): asked for, computed by a worker, read again.

The draft is approved from the next night on, inside a transaction that is taken back (see `salesdept.rehearsal`).
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from playbook import tasks
from playbook.models import Regulation, RegulationVersion, Rehearsal, RehearsalState, VersionState
from playbook.models.regulation import OPEN_STATES
from playbook.parameters import BY_CODE, contradictions
from playbook.services import parameters
from salesdept.models import User
from salesdept.rehearsal import Difference, RehearsalError, next_night, rehearse

log = logging.getLogger(__name__)
KEPT = 3  # results of a version; older ones go when a new one is asked for


def latest(version: RegulationVersion) -> Rehearsal | None:
    """The newest rehearsal of the version, whatever became of it."""
    found: Rehearsal | None = version.rehearsals.select_related("created_by").order_by("-pk").first()
    return found


def start(version: RegulationVersion, user: User) -> Rehearsal:
    """Ask for a rehearsal; one of the same revision that is under way is rung for again instead.

    Raises ValidationError for a version that is approved or set aside, for values that contradict each other and
    while a night stands unfinished.
    """
    if not version.is_open:
        raise ValidationError(_("Only a draft or a version in review can be computed beforehand."))
    if any(contradictions(parameters.of_version(version))):
        raise ValidationError(_("The values contradict each other; open the draft and mend them."))
    try:
        next_night()
    except RehearsalError as error:
        raise ValidationError(str(error)) from error
    with transaction.atomic():
        Regulation.objects.select_for_update().get(pk=version.regulation_id)
        asked = latest(version)
        if asked is None or not asked.is_waiting or asked.revision != version.revision:
            asked = Rehearsal.objects.create(version=version, revision=version.revision, created_by=user)
            kept = version.rehearsals.order_by("-pk").values_list("pk", flat=True)[:KEPT]
            version.rehearsals.exclude(pk__in=list(kept)).delete()
    tasks.rehearse.delay(asked.pk)
    return asked


def run(pk: int) -> None:
    """Compute the rehearsal, once: whoever claims the row does it. How it ended is written into the row."""
    claim = Rehearsal.objects.filter(pk=pk, state=RehearsalState.QUEUED)
    if not claim.update(state=RehearsalState.RUNNING):
        return
    row = Rehearsal.objects.select_related("version__regulation").get(pk=pk)
    progress = _Progress(row)
    try:
        as_of = next_night()
        row.as_of, row.rules = as_of, rules_of(row.version, as_of)
        found = rehearse(as_of, lambda: _in_force(row, as_of), progress.say)
    except RehearsalError as error:
        _end(row, RehearsalState.FAILED, error=str(error))
    except Exception:
        log.exception("rehearsal %s broke", pk)
        text = _("The computation broke off; nothing has been changed. The details are in the program's log.")
        _end(row, RehearsalState.FAILED, error=text)
    else:
        _end(row, RehearsalState.DONE, found)
    finally:
        progress.close()


def rules_of(version: RegulationVersion, as_of: date) -> str:
    """A digest of what a result depends on besides the data: the night, the values in force, the draft's values."""
    sets = (parameters.in_force(as_of), parameters.with_version(version, as_of))
    values = [{code: BY_CODE[code].to_json(one[code]) for code in sorted(BY_CODE)} for one in sets]
    text = json.dumps([as_of.isoformat(), *values], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def is_stale(row: Rehearsal) -> bool:
    """Whether the draft's values, the values in force or the next night are no longer those of the result."""
    try:
        return row.rules != rules_of(row.version, next_night())
    except RehearsalError:
        return True


def _in_force(row: Rehearsal, as_of: date) -> None:
    """Approve the draft from the night on: what `version.approve` does, for this transaction only."""
    found = RegulationVersion.objects.filter(
        pk=row.version_id, revision=row.version.revision, state__in=OPEN_STATES
    )
    if not found.update(state=VersionState.APPROVED, in_force_from=as_of, approved_at=timezone.now()):
        raise RehearsalError(_("Somebody changed the draft meanwhile. Compute it again."))


def _end(row: Rehearsal, state: RehearsalState, found: Difference | None = None, error: str = "") -> None:
    row.state, row.error, row.finished_at = state, error[:500], timezone.now()
    if found is not None:
        row.result, row.seconds, row.percent = _as_json(found), found.seconds, 100
    row.revision = row.version.revision
    row.save(
        update_fields=[
            "revision",
            "rules",
            "as_of",
            "state",
            "percent",
            "seconds",
            "result",
            "error",
            "finished_at",
        ]
    )


def _as_json(found: Difference) -> dict[str, Any]:
    stored = asdict(found)
    return {name: stored[name] for name in ("clients", "people")}


class _Progress:
    """Says how far it is on a connection of its own: the rehearsal's transaction shows nothing to others.

    Inside somebody else's transaction (a test) nobody could see it, and nothing is said.
    """

    def __init__(self, row: Rehearsal) -> None:
        self.row = row
        self.own: Any = None if connection.in_atomic_block else connection.copy()

    def say(self, percent: int) -> None:
        if self.own is not None:
            with self.own.cursor() as cursor:
                sql = "UPDATE playbook_rehearsal SET percent = %s WHERE id = %s"
                cursor.execute(sql, [percent, self.row.pk])

    def close(self) -> None:
        if self.own is not None:
            self.own.close()
