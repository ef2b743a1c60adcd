"""Reading a regulation: the version in force, any other approved one, and what differs between two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from playbook import asked, diff, markdown
from playbook.forms.version import ApprovalForm, RemarkForm
from playbook.models import Regulation, RegulationVersion, VersionState
from playbook.parameters import Definition
from playbook.services import parameters
from playbook.services import version as versions
from playbook.views.pages import sees_drafts
from playbook.views.rehearsal import headline
from salesdept.access import PersonRequest, needs
from salesdept.dates import today
from salesdept.models import User
from salesdept.roles import Perm, Role, has_perm


@dataclass(frozen=True)
class ParameterRow:
    """A parameter in the side panel; `before` is its value in the version it follows, when that differs."""

    definition: Definition
    value: str
    before: str = ""


@needs(Perm.READ_BOOK)
def regulation(request: PersonRequest, code: str) -> HttpResponse:
    """A regulation as it is in force today."""
    page = get_object_or_404(Regulation, code=code)
    history = history_of(page, request.user)
    current = in_force(history)
    shown = current or next(iter(history), None)
    if shown is None and not sees_drafts(request.user):
        raise Http404
    return render(request, "playbook/regulation.html", reading(request.user, page, shown, history))


@needs(Perm.READ_BOOK)
def version(request: PersonRequest, code: str, number: int) -> HttpResponse:
    """One version: for everyone when it is approved, for editors and approvers before that."""
    page = get_object_or_404(Regulation, code=code)
    history = history_of(page, request.user)
    shown = next((one for one in history if one.number == number), None)
    if shown is None:
        raise Http404
    context = reading(request.user, page, shown, history) | {"tab": request.GET.get("tab", "")}
    return render(request, "playbook/regulation.html", context)


@needs(Perm.READ_BOOK)
def compare(request: PersonRequest, code: str) -> HttpResponse:
    """What differs between two versions; by default the one in force and the one before it."""
    page = get_object_or_404(Regulation, code=code)
    history = history_of(page, request.user)
    if not history:
        raise Http404
    after = _chosen(history, request.GET.get("to")) or in_force(history) or history[0]
    before = _chosen(history, request.GET.get("from")) or previous(history, after) or after
    if before.number > after.number:
        before, after = after, before
    context = {
        "regulation": page,
        "history": history,
        "before": before,
        "after": after,
        "lines": diff.lines(before.text, after.text),
        "values": diff.values(before, after),
    }
    return render(request, "playbook/compare.html", context)


def history_of(page: Regulation, user: User) -> list[RegulationVersion]:
    """Versions the person may see, newest first (two queries)."""
    found = page.versions.select_related("regulation", "approved_by", "changed_by", "created_by")
    found = found.prefetch_related("values").order_by("-number")
    return list(found if sees_drafts(user) else found.approved())


def in_force(history: list[RegulationVersion]) -> RegulationVersion | None:
    """The version of the history that holds today."""
    day = today()
    held = [
        one
        for one in history
        if one.state == VersionState.APPROVED and one.in_force_from and one.in_force_from <= day
    ]
    return max(held, key=lambda one: (str(one.in_force_from), one.number), default=None)


def previous(history: list[RegulationVersion], shown: RegulationVersion) -> RegulationVersion | None:
    """The approved version that this one follows."""
    return next(
        (one for one in history if one.number < shown.number and one.state == VersionState.APPROVED), None
    )


def reading(
    user: User, page: Regulation, shown: RegulationVersion | None, history: list[RegulationVersion]
) -> dict[str, Any]:
    """Everything the reading page shows about a version."""
    current = in_force(history)
    context: dict[str, Any] = {
        "regulation": page,
        "version": shown,
        "current": current,
        "history": history,
        "open": next((one for one in history if one.is_open), None),
        "coming": [one for one in history if _is_coming(one)],
        "may_edit": has_perm(user, Perm.EDIT_BOOK),
        "readers": [str(Role(code).label) for code in page.readers if code in Role.values],
    }
    if shown is None:
        return context
    text = markdown.page(shown.text, parameters.with_version(shown, today()))
    before = previous(history, shown)
    return context | {
        "html": text.html,
        "headings": text.headings,
        "rows": _rows(shown, before),
        "before": before,
        "is_coming": _is_coming(shown),
        "is_past": shown.state == VersionState.APPROVED and not _is_coming(shown) and shown != current,
        **_review(user, shown, before),
        **asked.of_page(user, shown, current),
    }


def _review(user: User, shown: RegulationVersion, before: RegulationVersion | None) -> dict[str, Any]:
    """For a version that is not approved yet: what it changes and the forms of those who decide."""
    if not shown.is_open:
        return {}
    earliest = versions.earliest_day()
    day = max(earliest, today()) if earliest else today()
    return {
        **headline(shown),
        "lines": diff.lines(before.text if before else "", shown.text),
        "values": diff.values(before, shown) if before else [],
        "may_approve": versions.may_approve(user, shown.regulation),
        "approver": Role(shown.regulation.approver_role).label,
        "earliest": earliest,
        "approval": ApprovalForm(
            initial={"revision": shown.revision, "day": day},
            earliest=earliest,
            read_days=parameters.value("book.read_days", today()),
        ),
        "remark": RemarkForm(initial={"revision": shown.revision}),
    }


def _is_coming(version: RegulationVersion) -> bool:
    return version.state == VersionState.APPROVED and bool(
        version.in_force_from and version.in_force_from > today()
    )


def _rows(shown: RegulationVersion, before: RegulationVersion | None) -> list[ParameterRow]:
    now = parameters.of_version(shown)
    old = parameters.of_version(before) if before else now
    return [
        ParameterRow(
            one,
            one.shown(now[one.code]),
            one.shown(old[one.code]) if old[one.code] != now[one.code] else "",
        )
        for one in parameters.of_regulation(shown.regulation.code)
    ]


def _chosen(history: list[RegulationVersion], number: str | None) -> RegulationVersion | None:
    return next((one for one in history if str(one.number) == number), None)
