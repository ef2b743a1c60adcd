"""Why a client is on the call list, in a manager's words (DOMAIN.md 5.2).

The night stores reasons as facts (`CallEntry.reasons`); here they become sentences in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from deals.models import Channel
from playbook.models import Situation
from salesdept.dates import WorkingHours, today
from salesdept.templatetags.ui import day as in_words
from salesdept.templatetags.ui import rub

Reason = dict[str, Any]
SITUATIONS = {
    "callback": Situation.CALLBACK,
    "invoice": Situation.INVOICE,
    "lead": Situation.LEAD,
    "at_risk": Situation.AT_RISK,
    "expected": Situation.EXPECTED_ORDER,
    "due_top": Situation.CADENCE_TOP,
    "due_other": Situation.CADENCE_OTHER,
}


@dataclass(frozen=True)
class Badge:
    """A few words that say the state; `tone` is a class of tags (warn, bad, info or empty)."""

    text: str
    tone: str


def sentence(reason: Reason, on: date | None = None) -> str:
    """The reason as a sentence; `on` is the list's day (today unless given)."""
    say = {
        "callback": _callback,
        "invoice": _invoice,
        "lead": _lead,
        "at_risk": _at_risk,
        "expected": _expected,
        "due_top": _due,
        "due_other": _due,
    }[reason["code"]]
    return say(reason, on or today())


def badge(reason: Reason, on: date | None = None) -> Badge | None:
    """What stands beside the name: the invoice's day, days until zero, a promise that is late."""
    code, on = reason["code"], on or today()
    if code == "invoice":
        return Badge(_("invoice, day %(n)s") % {"n": reason["day"]}, "warn")
    if code == "at_risk":
        left = max((_date(reason["zero_on"]) - on).days, 0)
        text = ngettext("%(n)s day to zero", "%(n)s days to zero", left) % {"n": left}
        return Badge(text if left else _("turns zero"), "bad")
    if code == "callback" and (late := (on - _date(reason["due_on"])).days) > 0:
        return Badge(ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late}, "bad")
    if code == "lead":
        waited = _late_by(reason)
        is_late = waited >= timedelta(minutes=1)
        return Badge(_late_words(waited, reason), "bad") if is_late else Badge(_("lead"), "info")
    if code in ("due_top", "due_other") and not reason.get("last_talked_on"):
        return Badge(_("first talk"), "info")
    return None


def when(reason: Reason, on: date | None = None) -> str:
    """The date that matters to the reason: the promised hour, the invoice, the last purchase, the last talk."""
    code = reason["code"]
    if code == "callback":
        due, at = _date(reason["due_on"]), _time(reason.get("due_at"))
        day = _("today") if due == (on or today()) else in_words(due)
        return f"{day}, {at:%H:%M}" if at else day
    field = {
        "invoice": "issued_on",
        "lead": "came_on",
        "at_risk": "last_purchase",
        "expected": "last_purchase",
    }
    value = reason.get(field.get(code, "last_talked_on"))
    return in_words(_date(value)) if value else ""


def situation(reasons: list[Reason], *, in_development: bool, second_invoice_day: int) -> str:
    """Which script of the book fits the best reason; a silent client in development has one of its own, and an
    invoice from its second contact day on."""
    code = reasons[0]["code"] if reasons else "due_other"
    if code == "invoice" and reasons[0]["day"] >= second_invoice_day:
        return Situation.INVOICE_SECOND
    if in_development and code in ("at_risk", "expected", "due_top", "due_other"):
        return Situation.DEVELOPMENT
    return SITUATIONS[code]


def every(days: int) -> str:
    """«раз в 18 дней»."""
    if days == 1:
        return _("every day")
    return ngettext("every %(n)s day", "every %(n)s days", days) % {"n": days}


def _callback(reason: Reason, on: date) -> str:
    due = _date(reason["due_on"])
    if due >= on:
        return str(reason["text"])
    return _("%(text)s — promised for %(day)s") % {"text": reason["text"], "day": in_words(due)}


def _invoice(reason: Reason, on: date) -> str:
    facts = {
        "number": reason["number"],
        "amount": rub(Decimal(reason["amount"])),
        "day": in_words(_date(reason["issued_on"])),
    }
    if reason.get("stage") == "potential":
        return _("First invoice, %(number)s for %(amount)s, issued on %(day)s: agree on the shipment") % facts
    return _("Invoice %(number)s for %(amount)s was issued on %(day)s, no confirmation") % facts


def _lead(reason: Reason, on: date) -> str:
    came = {
        Channel.SITE: _("A request from the site on %(day)s"),
        Channel.EMAIL: _("A letter of %(day)s"),
        Channel.PHONE: _("They called on %(day)s"),
        Channel.MESSENGER: _("A message in the messenger on %(day)s"),
        Channel.SOCIAL: _("A message in the social network on %(day)s"),
        Channel.EXHIBITION: _("Met at the exhibition on %(day)s"),
        Channel.CATALOGUE: _("Came by the catalogue on %(day)s"),
        Channel.REFERRAL: _("Recommended to us on %(day)s"),
        Channel.SEARCH: _("Found by us on %(day)s"),
    }[Channel(reason["channel"])] % {"day": in_words(_date(reason["came_on"]))}
    if not reason.get("contact_by"):  # lists made before the night stored the term
        return _("%(came)s; nobody has talked to them yet") % {"came": came}
    by = _moment(reason["contact_by"])
    if by.date() == on:
        return _("%(came)s; first contact by %(time)s") % {"came": came, "time": f"{by:%H:%M}"}
    words = {"came": came, "day": in_words(by.date()), "time": f"{by:%H:%M}"}
    if by.date() < on:
        return _("%(came)s; the first contact was due on %(day)s, %(time)s") % words
    return _("%(came)s; first contact by %(day)s, %(time)s") % words


def _late_by(reason: Reason) -> timedelta:
    """Working time since the first contact with a lead was due; nothing while it is in time."""
    if not reason.get("contact_by"):
        return timedelta()
    return WorkingHours(*reason["day_hours"]).between(_moment(reason["contact_by"]), timezone.now())


def _late_words(late: timedelta, reason: Reason) -> str:
    """«просрочен на 3 ч», from a whole working day on in days."""
    start, end = reason["day_hours"]
    days, rest = divmod(late, timedelta(hours=end - start))
    if days:
        return ngettext("contact %(n)s day late", "contact %(n)s days late", days) % {"n": days}
    hours, minutes = divmod(int(rest.total_seconds()) // 60, 60)
    if hours:
        return ngettext("contact %(n)s hour late", "contact %(n)s hours late", hours) % {"n": hours}
    return ngettext("contact %(n)s minute late", "contact %(n)s minutes late", minutes) % {"n": minutes}


def _at_risk(reason: Reason, on: date) -> str:
    silent = _silent(reason)
    return _("%(silent)s. Turn zero on %(day)s") % {
        "silent": silent,
        "day": in_words(_date(reason["zero_on"])),
    }


def _expected(reason: Reason, on: date) -> str:
    facts = {"day": in_words(_date(reason["expected_on"])), "every": every(reason["cycle_days"])}
    return _("An order was expected by %(day)s: they usually order %(every)s") % facts


def _silent(reason: Reason) -> str:
    facts = {"day": in_words(_date(reason["last_purchase"]))}
    if not reason.get("cycle_days"):
        return _("Have not bought since %(day)s") % facts
    facts["every"] = every(reason["cycle_days"])
    return _("Have not bought since %(day)s; usually order %(every)s") % facts


def _due(reason: Reason, on: date) -> str:
    if not reason.get("last_talked_on"):
        return _("Nobody has talked to them yet")
    facts = {"last": in_words(_date(reason["last_talked_on"])), "due": in_words(_date(reason["due_on"]))}
    if _date(reason["due_on"]) >= on:
        return pgettext("call list", "Last talked on %(last)s: time to talk") % facts
    return pgettext("call list", "Last talked on %(last)s, the next talk was due by %(due)s") % facts


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    """A stored moment, in the clock of the business."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
