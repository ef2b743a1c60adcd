"""Orders and pages of the client list (DESIGN.md, «The page»).

An order by something that may be empty is two index walks: rows that have it, then the others by name. The
second is read only when the first does not fill the page, so that a page costs the same at any size of the base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, F, Value, When
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from clients.models import Client, ClientMonth
from clients.querysets import ClientQuerySet

PAGE_SIZE = 50
MAX_PAGE = 200  # an offset further away is slower to read than to narrow down
COUNT_CAP = 1000  # beyond it a count says «1 000+»: exact ones cost a walk over the base

CONTACT_DUE: str = import_string("deals.columns.CONTACT_DUE")
CONTACT_KNOWN: str = import_string("deals.columns.CONTACT_KNOWN")


@dataclass(frozen=True)
class Order:
    """One way to sort the list. `lookup` may be empty in the base; `empty_first` puts those rows on top."""

    key: str
    lookup: str
    label: str | Promise
    down_first: bool = False
    empty_first: bool = False

    def part(self, queryset: ClientQuerySet, *, empty: bool, down: bool) -> ClientQuerySet:
        """Rows whose value is (not) empty, in their order."""
        part = queryset.filter(**{f"{self.lookup}__isnull": empty})
        if empty:
            return part.order_by("name_sort", "pk")
        # The tie-break runs with the indexes of ClientState: (-amount, client).
        tie = ("pk" if down else "-pk") if self.key == "amount" else ("-pk" if down else "pk")
        return part.order_by(f"-{self.lookup}" if down else self.lookup, tie)


ORDERS: dict[str, Order] = {
    order.key: order
    for order in (
        Order("name", "name_sort", _("Client")),
        Order("amount", "state__amount", _("Amount, k ₽"), down_first=True),
        Order("last", "state__last_purchase", _("Bought on"), down_first=True),
        Order("expected", "state__expected_order", _("Order expected")),
        Order("due", CONTACT_DUE, _("Conversation"), empty_first=True),
    )
}
DEFAULT_SORT = "-amount"


@dataclass(frozen=True)
class Sort:
    """A chosen order and its direction; `key` is what stands in the URL."""

    order: Order
    down: bool

    @classmethod
    def parse(cls, text: str) -> Sort:
        """The order of a URL; an unknown one is the default."""
        down, name = text.startswith("-"), text.removeprefix("-")
        return cls(ORDERS[name], down) if name in ORDERS else cls.parse(DEFAULT_SORT)

    @property
    def key(self) -> str:
        """As in the URL: `-amount`."""
        return ("-" if self.down else "") + self.order.key

    def turned(self, order: Order) -> str:
        """What a click on the heading of `order` asks for."""
        down = not self.down if order is self.order else order.down_first
        return ("-" if down else "") + order.key

    def page(self, queryset: ClientQuerySet, number: int) -> tuple[list[int], bool]:
        """Ids of the clients of a page (from 1), and whether there is a next one. One query."""
        start = (number - 1) * PAGE_SIZE
        end = start + PAGE_SIZE + 1
        ids = list(self._ids(queryset, end)[start:end].values_list("pk", flat=True))
        return ids[:PAGE_SIZE], len(ids) > PAGE_SIZE

    def _ids(self, queryset: ClientQuerySet, end: int) -> Any:
        if self.order.lookup == "name_sort":
            return queryset.order_by(f"{'-' if self.down else ''}name_sort", f"{'-' if self.down else ''}pk")
        filled = self.order.part(queryset, empty=False, down=self.down).values("pk")[:end]
        empty = self.order.part(queryset, empty=True, down=self.down).values("pk")[:end]
        first, second = (empty, filled) if self.order.empty_first and not self.down else (filled, empty)
        return first.union(second, all=True)


def narrowed(queryset: ClientQuerySet) -> tuple[ClientQuerySet, int]:
    """The same clients in a form that is quick to order, and how many they are, up to the cap plus one.

    Few clients are named by their ids, so that the order sorts only them; many are left as they are, because
    then a walk along an order's index soon meets a page of them. Without this the planner has to guess which.
    """
    ids = list(queryset.order_by().values_list("pk", flat=True)[: COUNT_CAP + 1])
    if len(ids) > COUNT_CAP:
        return queryset, len(ids)
    few: Any = Client.objects.extra(where=["clients_client.id = ANY(%s)"], params=[ids])
    return few, len(ids)


def rows(ids: Sequence[int]) -> list[Client]:
    """Clients of a page in the given order, with all that a row shows. One query."""
    found = (
        Client.objects.filter(pk__in=ids)
        .select_related("state", "segment", "home_manager", "in_work_with", "office")
        .annotate(
            contact_due=F(CONTACT_DUE),
            contact_known=Case(
                When(**{f"{CONTACT_KNOWN}__isnull": False}, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
        )
        .defer("note", "search_text", "search", "state__cv")
    )
    by_id = {client.pk: client for client in found}
    return [by_id[pk] for pk in ids if pk in by_id]


def month_amounts(ids: Sequence[int], window: tuple[date, date]) -> dict[int, dict[date, Any]]:
    """Net amounts by month of the window for the clients of a page. One query."""
    amounts: dict[int, dict[date, Any]] = {}
    found = ClientMonth.objects.filter(client__in=ids, month__gte=window[0], month__lt=window[1])
    for client, month, amount in found.values_list("client_id", "month", "amount"):
        amounts.setdefault(client, {})[month] = amount
    return amounts
