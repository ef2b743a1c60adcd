"""«To the meeting», beside the deviations: what the book's terms and norms ask for now (DOMAIN.md 4.3, 4.5, 5.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import TopEvent
from clients.models.state import TopReason
from deals.models import Lead, LeadState
from deals.models.lead import working_hours
from kpi.reports.base import Base, CountRow
from kpi.reports.meeting import Item, address
from kpi.reports.period import Period
from kpi.reports.scope import Scope
from playbook.services.parameters import Parameters
from salesdept.dates import add_months
from salesdept.templatetags.ui import day as in_words

REVIEWS = (TopReason.FIRST_RUN, TopReason.REVIEW)


def items(base: Base, period: Period, scope: Scope, values: Parameters) -> list[Item]:
    """What is due now: only on the page of the month that the last night belongs to."""
    if not period.is_latest:
        return []
    return [
        *_leads(period, scope, values),
        *_overloaded(base, period, scope, values),
        *_top_review(period, scope, values),
    ]


def due_before(values: Parameters) -> datetime:
    """Whoever came up to this moment should have been talked to by now (`lead.first_contact_hours`)."""
    return working_hours(values).latest_due(timezone.now(), values["lead.first_contact_hours"])


def _office(scope: Scope) -> dict[str, str]:
    return {"office": scope.code} if scope.code else {}


def _leads(period: Period, scope: Scope, values: Parameters) -> Iterator[Item]:
    late = Lead.objects.filter(state=LeadState.NEW, created_at__lte=due_before(values))
    if scope.office:
        late = late.filter(assignee__office=scope.office)
    if count := late.values("client", "assignee").distinct().count():
        text = ngettext(
            "%(n)s enquiry without a first contact, the term is over",
            "%(n)s enquiries without a first contact, the term is over",
            count,
        )
        url = address("people", period, **_office(scope), what="leads_late")
        yield Item(text % {"n": count}, str(count), "bad", url)


def _overloaded(base: Base, period: Period, scope: Scope, values: Parameters) -> Iterator[Item]:
    """Who keeps more clients than the book allows; the one with the largest excess by name."""
    norms = {"top": values["portfolio.top_per_manager"], "other": values["portfolio.other_per_manager"]}
    over = [row for row in base.rows if row.key is not None and _excess(row, norms) > 1]
    if not over:
        return
    worst = max(over, key=lambda row: (_excess(row, norms), str(row.name)))
    text = _("%(name)s keeps %(load)s") % {"name": worst.name, "load": _load(worst, norms)}
    if len(over) > 1:
        words = ngettext(
            "%(n)s person keeps more clients than the norm; most of all %(worst)s",
            "%(n)s people keep more clients than the norm; most of all %(worst)s",
            len(over),
        )
        text = words % {"n": len(over), "worst": f"{worst.name}: {_load(worst, norms)}"}
    what = "load_top" if worst.counts.load_top > norms["top"] else "load_other"
    person = {"manager": worst.query} if len(over) == 1 else {}
    yield Item(
        text, _("above the norm"), "warn", address("people", period, **_office(scope), what=what, **person)
    )


def _excess(row: CountRow, norms: dict[str, int]) -> Decimal:
    """The larger of load / norm of the two kinds of clients."""
    loads = ((row.counts.load_top, norms["top"]), (row.counts.load_other, norms["other"]))
    return max(Decimal(load) / norm for load, norm in loads)


def _load(row: CountRow, norms: dict[str, int]) -> str:
    parts = []
    if row.counts.load_top > norms["top"]:
        parts.append(_("%(n)s TOP (norm %(norm)s)") % {"n": row.counts.load_top, "norm": norms["top"]})
    if row.counts.load_other > norms["other"]:
        words = {"n": row.counts.load_other, "norm": norms["other"]}
        parts.append(_("%(n)s others (norm %(norm)s)") % words)
    return ", ".join(parts)


def _top_review(period: Period, scope: Scope, values: Parameters) -> Iterator[Item]:
    """The review of TOP is due; the last one is found by its own index, whatever the base holds."""
    if scope.office:
        return
    last = TopEvent.objects.filter(reason__in=REVIEWS).aggregate(last=Max("as_of"))["last"]
    if last is None or add_months(last, values["top.review_months"]) > period.day:
        return
    due = add_months(last, values["top.review_months"])
    words = {"last": in_words(last), "due": in_words(due)}
    text = _("The TOP list was last reviewed on %(last)s; a review was due by %(due)s") % words
    yield Item(text, _("review"), "warn", f"{reverse('clients:list')}?{urlencode({'top': '1'})}")
