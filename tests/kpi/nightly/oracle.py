"""What the facts must be, added up in plain Python from the rows of the base (DOMAIN.md 2, 5.1, 6.2)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from clients.models import Client, ClientMonth, Shipment, StageEvent
from deals.models import CallEntry, Interaction
from salesdept.roles import Role
from tests.clients.nightly.oracle import plus_months, window

Key = tuple[date, int | None, int | None]
SalesKey = tuple[date, int | None, int | None, str, int | None]


def first(day: date) -> date:
    return day.replace(day=1)


def last(month: date) -> date:
    return plus_months(month, 1) - timedelta(days=1)


def sales(as_of: date) -> dict[SalesKey, tuple[Decimal, int]]:
    """Net amount and documents of every month × manager × office × direction × sphere."""
    facts: dict[SalesKey, tuple[Decimal, int]] = {}
    for doc in Shipment.objects.select_related("client__segment"):
        if doc.date <= as_of:
            sphere = doc.client.segment.sphere_id if doc.client.segment else None
            key = (first(doc.date), doc.manager_id, doc.office_id, doc.direction, sphere)
            amount, count = facts.get(key, (Decimal(0), 0))
            facts[key] = (amount + doc.amount, count + 1)
    return facts


@dataclass(frozen=True)
class Hands:
    """A client as a published night left it."""

    work: int | None
    home: int | None
    is_top: bool
    stage: str
    in_development: bool


@dataclass
class Managers:
    """Follows the nights one by one, because most counts stay as the month's last night saw them."""

    nights: dict[date, dict[int, Hands]] = field(default_factory=dict)
    kept: dict[str, dict[Key, int]] = field(default_factory=lambda: defaultdict(dict))

    def night(self, as_of: date) -> dict[str, dict[Key, int]]:
        """Expected counts after a night of this date: measure → key → count, zeros left out."""
        month = first(as_of)
        since = first(max(self.nights, default=as_of))
        self.nights[as_of] = _hands()
        self._keep(_coverage(as_of, self.nights[as_of]), {month})
        self._keep(_key_clients(as_of, self.nights[as_of]), {month})
        self._keep(_inflow(as_of, self.nights[as_of]), {month})
        self._keep(_calls(as_of), set(_months(since, month)))
        counts = {name: {k: n for k, n in rows.items() if n} for name, rows in self.kept.items()}
        return counts | self._accounts()

    def _keep(self, counts: dict[str, dict[Key, int]], months: set[date]) -> None:
        for name, rows in counts.items():
            old = {key: n for key, n in self.kept[name].items() if key[0] not in months}
            self.kept[name] = old | {key: n for key, n in rows.items() if key[0] in months}

    def _accounts(self) -> dict[str, dict[Key, int]]:
        counts: dict[str, dict[Key, int]] = {name: defaultdict(int) for name in _ACCOUNTS}
        for row in ClientMonth.objects.select_related("client__state"):
            manager, is_top = self._who(row.client_id, row.month)
            key = (row.month, manager, row.client.office_id)
            bought = row.client.state.first_purchase
            counts["active_accounts"][key] += row.amount > 0
            counts["new_accounts"][key] += bought is not None and first(bought) == row.month
            counts["top_shipped"][key] += row.amount > 0 and is_top
        return {name: {key: n for key, n in rows.items() if n} for name, rows in counts.items()}

    def _who(self, client: int, month: date) -> tuple[int | None, bool]:
        """Who worked with the client and whether it was TOP, as the month's last night stored it."""
        nights = sorted(night for night in self.nights if first(night) == month)
        if not nights:
            return None, False
        if client in self.nights[nights[-1]]:
            hands = self.nights[nights[-1]][client]
            return hands.work, hands.is_top
        later = min(night for night in self.nights if night > nights[-1] and client in self.nights[night])
        return self.nights[later][client].work, False


_ACCOUNTS = ("active_accounts", "new_accounts", "top_shipped")


def _hands() -> dict[int, Hands]:
    clients = Client.objects.select_related("state", "in_work_with")
    return {
        c.pk: Hands(
            c.in_work_with_id,
            c.home_manager_id,
            c.state.is_top,
            c.state.stage,
            c.in_work_with is not None and c.in_work_with.role == Role.DEVELOPMENT_MANAGER,
        )
        for c in clients
    }


def _coverage(as_of: date, hands: dict[int, Hands]) -> dict[str, dict[Key, int]]:
    counts: dict[str, dict[Key, int]] = {
        name: defaultdict(int)
        for name in ("top_total", "top_in_time", "other_total", "other_in_time", "load_top", "load_other")
    }
    for client in Client.objects.all():
        one = hands[client.pk]
        talks = [i.day for i in _talks(Interaction.objects.filter(client=client)) if i.day <= as_of]
        due = None
        if talks:
            due = max(talks) + timedelta(days=14) if one.in_development else None
            due = due or plus_months(max(talks), 1 if one.is_top or one.stage == "new" else 3)
        silent = one.stage in ("zero", "lost") and one.in_development
        key = (first(as_of), one.work, client.office_id)
        in_time = due is not None and due >= as_of
        if one.stage in ("new", "active"):
            counts["load_top" if one.is_top else "load_other"][key] += 1
        if one.is_top:
            counts["top_total"][key] += 1
            counts["top_in_time"][key] += in_time
        elif one.stage in ("new", "active") or silent:
            counts["other_total"][key] += 1
            counts["other_in_time"][key] += in_time
    return counts


def _key_clients(as_of: date, hands: dict[int, Hands]) -> dict[str, dict[Key, int]]:
    """DOMAIN.md 6.5 by the rule of class A with the first value of `audit.key_share`, from the documents."""
    counts: dict[str, dict[Key, int]] = {name: defaultdict(int) for name in ("key_total", "key_shipped")}
    sums: dict[Client, Decimal] = defaultdict(Decimal)
    days: dict[tuple[Client, date], Decimal] = defaultdict(Decimal)
    months = window(as_of, 12)
    for doc in Shipment.objects.select_related("client"):
        if doc.date <= as_of:
            days[doc.client, doc.date] += doc.amount
            if (doc.date.year, doc.date.month - 1) in months:
                sums[doc.client] += doc.amount
    bought = {client for (client, day), net in days.items() if net > 0 and first(day) == first(as_of)}
    ordered = sorted((client for client in sums if sums[client] > 0), key=lambda c: (-sums[c], c.code))
    total, before = sum((sums[client] for client in ordered), Decimal(0)), Decimal(0)
    for client in ordered:
        if before < Decimal("0.80") * total:
            key = (first(as_of), hands[client.pk].work, client.office_id)
            counts["key_total"][key] += 1
            counts["key_shipped"][key] += client in bought
        before += sums[client]
    return counts


def _inflow(as_of: date, hands: dict[int, Hands]) -> dict[str, dict[Key, int]]:
    counts: dict[str, dict[Key, int]] = {
        name: defaultdict(int) for name in ("became_zero", "became_zero_top", "became_lost", "reactivated")
    }
    for event in StageEvent.objects.select_related("client"):
        seen = event.as_of if event.before else event.on
        if first(seen) != first(as_of) or event.as_of > as_of:
            continue
        one = hands[event.client_id]
        key = (first(as_of), one.home, event.client.office_id)
        counts["became_zero"][key] += event.after == "zero"
        counts["became_zero_top"][key] += event.after == "zero" and one.is_top
        counts["became_lost"][key] += event.after == "lost"
        counts["reactivated"][key] += event.is_reactivation
    return counts


def _calls(as_of: date) -> dict[str, dict[Key, int]]:
    counts: dict[str, dict[Key, int]] = {
        name: defaultdict(int) for name in ("calls_listed", "calls_done", "calls_skipped", "talks")
    }
    for entry in CallEntry.objects.select_related("client"):
        if entry.date <= as_of:
            key = (first(entry.date), entry.manager_id, entry.client.office_id)
            counts["calls_listed"][key] += 1
            counts["calls_done"][key] += entry.state == "done"
            counts["calls_skipped"][key] += entry.state == "skipped"
    for talk in _talks(Interaction.objects.select_related("client")):
        if talk.day <= as_of:
            counts["talks"][first(talk.day), talk.user_id, talk.client.office_id] += 1
    return counts


def _talks(interactions: Iterable[Interaction]) -> list[Interaction]:
    return [one for one in interactions if one.outcome == "talked" and one.kind != "email"]


def _months(since: date, month: date) -> Iterable[date]:
    while since <= month:
        yield since
        since = plus_months(since, 1)
