"""The life of a version: draft → review → approved, with one open draft a regulation (DOMAIN.md 3).

Each function is one transaction. Every change names the revision it was made from, so that two people who
edit one draft never overwrite each other silently. ValidationError says in words why something may not be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from playbook.models import ParameterValue, Regulation, RegulationVersion, VersionState
from playbook.parameters import BY_CODE, contradictions
from playbook.services import parameters
from salesdept.dates import today
from salesdept.models import JobRun, User
from salesdept.roles import Perm, has_perm


class EditedByOtherError(Exception):
    """Somebody saved the draft after it was opened; `version` is what they saved."""

    def __init__(self, version: RegulationVersion) -> None:
        super().__init__(version)
        self.version = version


def may_approve(user: User, regulation: Regulation) -> bool:
    """Whether the person approves this regulation: the right, and the role the regulation names."""
    return has_perm(user, Perm.APPROVE_BOOK) and user.role == regulation.approver_role


def earliest_day() -> date | None:
    """The first day a new version may hold from: the day after the last night begun; None before any night.

    Days the night computed stand as they were computed, and a night that crashed resumes with its old values.
    """
    last = JobRun.objects.aggregate(last=Max("as_of"))["last"]
    return last + timedelta(days=1) if last else None


@transaction.atomic
def start_draft(
    regulation: Regulation, user: User, base: RegulationVersion | None = None
) -> RegulationVersion:
    """A draft with the text and values of `base`, by default the last approved version; the open one if there is."""
    Regulation.objects.select_for_update().get(pk=regulation.pk)
    if found := regulation.versions.open().first():
        return found
    base = base or regulation.versions.approved().order_by("-in_force_from", "-number").first()
    last = regulation.versions.aggregate(last=Max("number"))["last"] or 0
    draft = RegulationVersion.objects.create(
        regulation=regulation, number=last + 1, text=base.text if base else "", created_by=user
    )
    values = (
        parameters.of_version(base)
        if base
        else {one.code: one.default for one in parameters.of_regulation(regulation.code)}
    )
    ParameterValue.objects.bulk_create(_row(draft, code, value) for code, value in values.items())
    return draft


@transaction.atomic
def save_draft(
    pk: int, user: User, *, seen: int, text: str, change_note: str, values: Mapping[str, Any]
) -> RegulationVersion:
    """Write a draft's text and typed values; `seen` is the revision the person edited."""
    draft = _locked(pk, seen, VersionState.DRAFT)
    draft.text, draft.change_note = text, change_note
    stored = {one.code: one for one in draft.values.all()}
    fresh = {code: BY_CODE[code].to_json(value) for code, value in values.items()}
    for code, value in fresh.items():
        if code not in stored:
            ParameterValue.objects.create(version=draft, code=code, value=value)
        elif stored[code].value != value:
            stored[code].value = value
            stored[code].save(update_fields=["value"])
    _touch(draft, user, "text", "change_note")
    return draft


@transaction.atomic
def send_to_review(pk: int, user: User, *, seen: int) -> RegulationVersion:
    """Draft → review. It must say what changed, differ from the version it follows, and not contradict itself."""
    draft = _locked(pk, seen, VersionState.DRAFT)
    if not draft.change_note.strip():
        raise ValidationError(_("Say what changed and why: the one who approves reads this first."))
    values = parameters.of_version(draft)
    if any(contradictions(values)):
        raise ValidationError(_("The values contradict each other; open the draft and mend them."))
    before = draft.regulation.versions.approved().order_by("-in_force_from", "-number").first()
    if before and (before.text, parameters.of_version(before)) == (draft.text, values):
        raise ValidationError(_("Nothing differs from version %(number)s.") % {"number": before.number})
    draft.state, draft.review_note = VersionState.REVIEW, ""
    _touch(draft, user, "state", "review_note")
    return draft


@transaction.atomic
def return_to_draft(pk: int, user: User, *, seen: int, remark: str) -> RegulationVersion:
    """Review → draft, with the reviewer's remark."""
    version = _locked(pk, seen, VersionState.REVIEW)
    version.state, version.review_note = VersionState.DRAFT, remark
    _touch(version, user, "state", "review_note")
    return version


@transaction.atomic
def approve(pk: int, user: User, *, seen: int, day: date, read_by: date | None = None) -> RegulationVersion:
    """Review → approved, in force from `day`, which no night may have computed yet. Afterwards nothing changes.

    `read_by`: until when its readers confirm it; None = as many working days as the book gives.
    """
    version = _locked(pk, seen, VersionState.REVIEW)
    if not may_approve(user, version.regulation):
        raise PermissionDenied
    first = earliest_day()
    if first and day < first:
        raise ValidationError(
            _(
                "The night of %(last)s is already computed by the rules of that day;"
                " the new version can be in force from %(first)s at the earliest."
            )
            % {"last": f"{first - timedelta(days=1):%d.%m.%Y}", "first": f"{first:%d.%m.%Y}"}
        )
    if read_by and read_by < today():
        raise ValidationError(_("Nobody can have read it by a day that has passed."))
    version.state, version.in_force_from, version.read_by = VersionState.APPROVED, day, read_by
    version.approved_at, version.approved_by = timezone.now(), user
    version.save(update_fields=["state", "in_force_from", "read_by", "approved_at", "approved_by"])
    return version


@transaction.atomic
def discard(pk: int, user: User, *, seen: int) -> RegulationVersion:
    """Set a draft aside; `restore` takes it up again."""
    draft = _locked(pk, seen, VersionState.DRAFT)
    draft.state = VersionState.DISCARDED
    _touch(draft, user, "state")
    return draft


@transaction.atomic
def restore(pk: int, user: User) -> RegulationVersion:
    """Take a draft that was set aside up again, unless another one is open."""
    version = _of(pk)
    if version.state != VersionState.DISCARDED:
        raise ValidationError(_("This version is not set aside."))
    if other := version.regulation.versions.open().first():
        raise ValidationError(_("Version %(number)s is already being edited.") % {"number": other.number})
    version.state = VersionState.DRAFT
    _touch(version, user, "state")
    return version


def _of(pk: int) -> RegulationVersion:
    """The version, its regulation locked: changes of one regulation go one after another."""
    regulation = RegulationVersion.objects.values("regulation").get(pk=pk)["regulation"]
    Regulation.objects.select_for_update().get(pk=regulation)
    return RegulationVersion.objects.select_related("regulation", "changed_by").get(pk=pk)


def _locked(pk: int, seen: int, state: VersionState) -> RegulationVersion:
    """The version in the state the step starts from, unchanged since the person saw it."""
    version = _of(pk)
    if version.state != state:
        raise ValidationError(
            _("The version is now “%(state)s”: somebody was faster. Look at it again.")
            % {"state": version.get_state_display()}
        )
    if version.revision != seen:
        raise EditedByOtherError(version)
    return version


def _touch(version: RegulationVersion, user: User, *fields: str) -> None:
    version.revision += 1
    version.changed_at, version.changed_by = timezone.now(), user
    version.save(update_fields=[*fields, "revision", "changed_at", "changed_by"])


def _row(version: RegulationVersion, code: str, value: Any) -> ParameterValue:
    return ParameterValue(version=version, code=code, value=BY_CODE[code].to_json(value))
