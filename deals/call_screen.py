"""What the call screen shows of one client: whom to ask for, why, what was agreed, what they buy, what to say.

Everything about one client and in a fixed number of queries, whatever the size of the base.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients import purchases
from clients.answers import facts_of, next_to_ask
from clients.models import Client, Contact, ContactReveal
from clients.services.reveal import RevealLimitError, reveal
from deals import gap, reasons, script
from deals.day_list import in_development
from deals.models import CallEntry, Interaction, Invoice, InvoiceState, Outcome, Task, TaskKind
from deals.reasons import Badge
from deals.services import next_task
from playbook.models import Objection
from playbook.services import parameters
from playbook.services.parameters import Parameters
from salesdept.dates import next_working_day, roll_to_working_day, today
from salesdept.models import User
from salesdept.night import published_day, yesterday
from salesdept.templatetags.ui import day as in_words
from salesdept.templatetags.ui import rub, weekday

RECENT = 3  # the last months of the chart stand out
CATEGORIES_SHOWN = 4
INVOICES_SHOWN = 3
FACTS_ASKED = 2  # a talk is no interrogation
HISTORY = 5  # how many talks back an agreement is looked for
_HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Person:
    """Whom to ask for. `is_open` says that the number may be shown: the look is logged."""

    contact: Contact
    is_open: bool
    refusal: str = ""


@dataclass(frozen=True)
class Why:
    """A reason of the call: a sentence and its badge."""

    text: str
    badge: Badge | None


@dataclass(frozen=True)
class Bar:
    """A month of the chart, in units of its drawing (12 × 24 wide, 72 high)."""

    x: float
    y: float
    height: float
    label: str
    is_recent: bool


@dataclass(frozen=True)
class Choice:
    """A ready-made date: key, words, value for the form."""

    code: str
    letter: str
    label: str
    day: date


@dataclass(frozen=True)
class Moment:
    """A ready-made moment of a call-back, Moscow time, and what the client's clock says then."""

    label: str
    at: datetime
    theirs: datetime | None
    is_soon: bool

    @property
    def value(self) -> str:
        """For the form."""
        return f"{self.at:%Y-%m-%dT%H:%M}"


def _talked(talks: list[Interaction]) -> dict[str, Any]:
    """What the last conversations left."""
    return {
        "last_talk": next((one for one in talks if one.outcome == Outcome.TALKED), None),
        "last_call": talks[0] if talks else None,
        "agreement": next((one for one in talks if one.agreement), None),
    }


def _invoices(client: Client) -> dict[str, Any]:
    """Open invoices: a few, and whether there are more."""
    found = list(Invoice.objects.filter(client=client, state=InvoiceState.OPEN)[: INVOICES_SHOWN + 1])
    return {"invoices": found[:INVOICES_SHOWN], "more_invoices": len(found) > INVOICES_SHOWN}


def _objections(client: Client, situation: str) -> list[Objection]:
    """Answers to what is said in this situation, the segment's own first."""
    fits = Q(segment=None) | Q(segment=client.segment_id)
    found = Objection.objects.filter(fits)
    ready = [one for one in found if not one.situations or situation in one.situations]
    return sorted(ready, key=lambda one: (one.segment_id is None, not one.situations))


def _why(entry: CallEntry | None) -> list[Why]:
    """The reasons of the entry, in words."""
    if entry is None:
        return []
    return [Why(reasons.sentence(one, entry.date), reasons.badge(one, entry.date)) for one in entry.reasons]


def build(user: User, client: Client, entry: CallEntry | None, said: Collection[str] = ()) -> dict[str, Any]:
    """The context of the screen, but for the form and the place in the list.

    `said` are codes of key parameters that an undone call had answers to: they are asked first.
    """
    day, now = published_day() or yesterday(), timezone.now()
    values = parameters.in_force(today())
    contacts = list(client.contacts.all())
    person = _open(user, _first(contacts))
    others = [one for one in contacts if person is None or one != person.contact]
    talks = list(Interaction.objects.filter(client=client).select_related("user")[:HISTORY])
    bought = purchases.by_month(client, day)
    categories = purchases.by_category(client, day)
    why = entry.reasons if entry else []
    lacks = gap.missing(client, [one.name for one in categories], values, day)
    facts = _facts(user, client, person, why, [one.name for one in lacks], talks)
    return {
        "client": client,
        "entry": entry,
        "state": getattr(client, "state", None),
        "person": person,
        "others": _others(user, others),
        **_clock(client, now, values),
        "why": _why(entry),
        **_talked(talks),
        "promises": list(_promises(client, why)),
        **_invoices(client),
        **_year(bought),
        "categories": categories[:CATEGORIES_SHOWN],
        "lacks": lacks,
        **_words(client, why, facts, said, values),
        "choices": choices(today()),
        "moments": moments(client, now, values),
        "default_day": next_task.default_day(client, today(), values),
        "today": today(),
        "published": day,
    }


def _clock(client: Client, now: datetime, values: Parameters) -> dict[str, Any]:
    """What time it is at the client, and whether it is too late to call."""
    theirs = client_clock(client, now)
    return {"local_time": theirs, "is_late_there": theirs is not None and not _works(theirs, values)}


def _year(bought: purchases.Purchases) -> dict[str, Any]:
    """The chart of twelve months."""
    return {
        "bars": bars([(pair.month, pair.amount) for pair in bought.pairs]),
        "year_total": sum((pair.amount for pair in bought.pairs), Decimal(0)),
        "year_months": [bought.pairs[place].month for place in (0, 6, -1)],
    }


def _words(
    client: Client,
    why: list[reasons.Reason],
    facts: dict[str, str],
    said: Collection[str],
    values: Parameters,
) -> dict[str, Any]:
    """What the book gives for this talk: the script, what to ask and write down, answers to objections."""
    situation = reasons.situation(
        why,
        in_development=in_development(client),
        second_invoice_day=values["invoice.second_contact_day"],
    )
    known = facts_of(client)
    spoken = script.for_call(client, situation, facts, {one.parameter.code for one in known})
    asked = [*said, *(spoken.asks if spoken else ())]
    return {
        "script": spoken,
        "facts": next_to_ask(known, asked, max(FACTS_ASKED, len(said))),
        "objections": _objections(client, situation),
    }


def client_clock(client: Client, moment: datetime) -> datetime | None:
    """A moment on the client's wall; None when the zone is unknown."""
    try:
        return moment.astimezone(ZoneInfo(client.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return None


def choices(day: date) -> list[Choice]:
    """Tomorrow, in three days, in a week: rolled to working days."""
    tomorrow = next_working_day(day)
    is_next = tomorrow == day + timedelta(days=1)
    return [
        Choice("KeyQ", "Q", _("tomorrow") if is_next else weekday(tomorrow), tomorrow),
        Choice("KeyW", "W", _("in 3 days"), roll_to_working_day(day + timedelta(days=3))),
        Choice("KeyE", "E", _("in a week"), roll_to_working_day(day + timedelta(days=7))),
    ]


def moments(client: Client, now: datetime, values: Parameters) -> list[Moment]:
    """In an hour, in two, and on the next working day in the morning and in the afternoon."""
    here = timezone.localtime(now).replace(second=0, microsecond=0)
    rounded = here + _HALF_HOUR - timedelta(minutes=here.minute % 30)
    soon = [
        (_("in an hour"), rounded + timedelta(minutes=30)),
        (_("in two hours"), rounded + timedelta(minutes=90)),
    ]
    found = [one for one in soon if _works(one[1], values) and one[1].date() == here.date()]
    following = next_working_day(here.date())
    name = _("tomorrow") if following == here.date() + timedelta(days=1) else weekday(following)
    for hour in (10, 15):
        at = here.replace(year=following.year, month=following.month, day=following.day, hour=hour, minute=0)
        found.append((_("%(day)s at %(time)s") % {"day": name, "time": f"{at:%H:%M}"}, at))
    return [Moment(label, at, _elsewhere(client, at), at.date() == here.date()) for label, at in found]


def bars(months: Sequence[tuple[date, Decimal]]) -> list[Bar]:
    """Bars of the chart; a month of returns has none."""
    top = max((amount for _month, amount in months), default=Decimal(0))
    found = []
    for place, (month, amount) in enumerate(months):
        height = max(float(amount / top) * 68, 2.0) if top > 0 and amount > 0 else 1.0
        label = f"{month:%m.%Y}: {rub(amount)}"
        found.append(Bar(place * 24 + 1, 72 - height, height, label, place >= len(months) - RECENT))
    return found


def _first(contacts: list[Contact]) -> Contact | None:
    """The one to ask first, if the number leads somewhere; else the first with a number; else whoever there is."""
    reachable = [one for one in contacts if one.phone and not one.number_is_wrong]
    return next(iter(reachable or contacts), None)


def _open(user: User, contact: Contact | None) -> Person | None:
    """Open the number of the first contact: logged before it is shown, counted, refused over the limit."""
    if contact is None:
        return None
    try:
        return Person(reveal(user, contact, "call"), is_open=True)
    except (RevealLimitError, PermissionError) as error:
        return Person(contact, is_open=False, refusal=str(error))


def _others(user: User, contacts: list[Contact]) -> list[Person]:
    """The other people at the client; numbers opened today stay open."""
    seen = ContactReveal.objects.filter(user=user, day=today(), contact__in=contacts)
    opened = set(seen.values_list("contact", flat=True))
    return [Person(one, is_open=one.pk in opened) for one in contacts]


def _promises(client: Client, why: list[reasons.Reason]) -> Any:
    """What is agreed and not done yet, beside what this very call is for."""
    called_for = [reason["task_id"] for reason in why if reason["code"] == "callback"]
    tasks = Task.objects.open().filter(client=client).exclude(pk__in=called_for)
    return tasks.exclude(kind=TaskKind.CONVERSATION).select_related("assignee")[:4]


def _facts(
    user: User,
    client: Client,
    person: Person | None,
    why: list[reasons.Reason],
    lacks: list[str],
    talks: list[Interaction],
) -> dict[str, str]:
    """What the scripts of the book may name in braces."""
    state = getattr(client, "state", None)
    invoice = next((one for one in why if one["code"] == "invoice"), None)
    facts = {
        "client": client.name,
        "manager": user.first_name or user.get_full_name(),
        "contact": person.contact.name if person else "…",
        "categories": _(" and ").join(lacks).lower(),
        "segment": str(client.segment or ""),
        "agreement": next((one.agreement for one in talks if one.agreement), ""),
    }
    if state and state.last_purchase:
        facts["last_purchase"] = in_words(state.last_purchase)
    if state and state.cycle_days:
        facts["cycle"] = reasons.every(state.cycle_days)
    if state and state.expected_order:
        facts["expected"] = in_words(state.expected_order)
    if invoice:
        facts["invoice_number"] = invoice["number"]
        facts["invoice_amount"] = rub(Decimal(invoice["amount"]))
        facts["invoice_date"] = in_words(date.fromisoformat(invoice["issued_on"]))
    return facts


def _works(clock: datetime, values: Parameters) -> bool:
    """Whether people are at work at this hour of the clock."""
    return bool(values["work.day_start_hour"] <= clock.hour < values["work.day_end_hour"])


def _elsewhere(client: Client, at: datetime) -> datetime | None:
    """The client's clock, where it differs from ours."""
    theirs = client_clock(client, at)
    return theirs if theirs and theirs.utcoffset() != at.utcoffset() else None
