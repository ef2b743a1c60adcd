"""Why a client matters now, in a manager's sentences, the most urgent first (DOMAIN.md 4.4–4.6, 5.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, ClientState, Stage
from playbook.services.parameters import Parameters
from salesdept.roles import Role
from salesdept.templatetags.ui import day as in_words

SHOWN = 4


@dataclass(frozen=True)
class Reason:
    """One sentence; `tone` is bad, warn, info or ok, and `icon` a Lucide name that says the same without colour."""

    tone: str
    icon: str
    text: str
    code: str


def reasons(client: Client, day: date, values: Parameters, *, has_phone: bool) -> list[Reason]:
    """What a person should know first about the client on the day; at least one sentence."""
    state: ClientState | None = getattr(client, "state", None)
    found = [*_owner(client, state), *_silence(client, state, day, values)]
    found += [*_order(state, day), *_talk(client, state, day)]
    if not has_phone:
        found.append(
            Reason("warn", "phone-off", _("Nobody to call: there is no contact with a phone."), "contact")
        )
    if not found:
        found.append(_calm(state))
    return found[:SHOWN]


def _owner(client: Client, state: ClientState | None) -> Iterator[Reason]:
    if client.home_manager_id is None and state and state.purchases:
        yield Reason("warn", "user-x", _("Nobody owns this client."), "owner")
    elif client.home_manager and not client.home_manager.is_active:
        text = _("%(name)s does not work here any more; the client needs an owner.")
        yield Reason("warn", "user-x", text % {"name": client.home_manager.get_full_name()}, "owner")


def _silence(client: Client, state: ClientState | None, day: date, values: Parameters) -> Iterator[Reason]:
    if state is None:
        yield Reason("info", "moon", _("The figures appear after the next night."), "night")
    elif state.stage in (Stage.ZERO, Stage.LOST):
        lost = _("Lost since %(since)s: last bought on %(last)s.")
        zero = _("Zero since %(since)s: last bought on %(last)s.")
        text = (lost if state.stage == Stage.LOST else zero) % {
            "since": in_words(state.stage_since),
            "last": in_words(state.last_purchase),
        }
        yield Reason("bad", "trending-down", f"{text} {_hands(client)}", "silent")
    elif state.zero_on and state.zero_on <= day + timedelta(days=values["calls.at_risk_days"]):
        text = _("Turns zero on %(day)s unless they buy.") % {"day": in_words(state.zero_on)}
        yield Reason("bad", "hourglass", text, "at_risk")
    elif state.stage == Stage.POTENTIAL:
        yield Reason("info", "sprout", _("Has not bought yet."), "potential")


def _hands(client: Client) -> str:
    person = client.in_work_with
    if person and person.role == Role.DEVELOPMENT_MANAGER:
        return _("%(name)s develops them.") % {"name": person.get_full_name()}
    return _("Waits for a development manager.")


def _order(state: ClientState | None, day: date) -> Iterator[Reason]:
    if state is None or not state.expected_order or state.stage not in (Stage.NEW, Stage.ACTIVE):
        return
    late = (day - state.expected_order).days
    if late <= 0:
        return
    text = ngettext(
        "An order was expected on %(day)s: it is %(late)s day late.",
        "An order was expected on %(day)s: it is %(late)s days late.",
        late,
    ) % {"day": in_words(state.expected_order), "late": late}
    usual = ngettext(
        "Usually orders every %(n)s day.", "Usually orders every %(n)s days.", state.cycle_days or 0
    )
    yield Reason("bad", "clock-alert", f"{text} {usual % {'n': state.cycle_days}}", "expected")


def _talk(client: Any, state: ClientState | None, day: date) -> Iterator[Reason]:
    """`contact_due` and `contact_known` are annotations of the client's queryset."""
    if not getattr(client, "contact_known", False) or state is None or state.stage == Stage.POTENTIAL:
        return
    if client.contact_due is None:
        yield Reason("warn", "message-circle-off", _("Nobody has talked to this client yet."), "talk")
    elif client.contact_due < day:
        text = _("A conversation has been due since %(day)s.") % {"day": in_words(client.contact_due)}
        yield Reason("warn", "message-circle-warning", text, "talk")


def _calm(state: ClientState | None) -> Reason:
    if state and state.expected_order:
        text = _("All is in order: the next order is expected on %(day)s.")
        return Reason("ok", "circle-check", text % {"day": in_words(state.expected_order)}, "calm")
    return Reason("ok", "circle-check", _("Nothing urgent."), "calm")
