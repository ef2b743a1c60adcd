"""Shipments with lines out of the buyers' days and amounts; sums hold to a few kopecks."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kpi.bench.generate import copy
from kpi.demo.buyers import Buyer
from kpi.demo.calendar import Calendar
from kpi.demo.clients import Owned
from kpi.demo.names import GOODS, HOME_GOODS
from salesdept.sql import execute

_KOPECK = Decimal("0.01")
_RETURN_SHARE = 0.08  # of a purchase
_RETURNS = 60
_MOST_OF_A_LINE = 60_000


class Documents:
    """Collects the rows of all documents and writes them at once."""

    def __init__(self, rnd: random.Random) -> None:
        self.rnd = rnd
        self.goods: list[tuple[int, str, int]] = []  # product, category, list price
        self.documents: list[tuple[Any, ...]] = []
        self.lines: list[tuple[Any, ...]] = []
        self.left: dict[tuple[int, bool], Decimal] = {}

    def load(self, clients: list[Owned], calendar: Calendar) -> None:
        """Write everything; documents are numbered in the order of their days."""
        self._products()
        self._sales([one for one in clients if one.buyer.days], calendar)
        copy(
            "clients_shipment",
            "id, number, year, date, client_id, amount, direction, office_id, manager_id",
            self.documents,
        )
        copy("clients_shipmentline", "shipment_id, position, product_id, quantity, price, amount", self.lines)
        for table, last in (("shipment", len(self.documents)), ("category", 100), ("product", 100)):
            execute(f"SELECT setval(pg_get_serial_sequence('clients_{table}', 'id'), {last + 1})")

    def _products(self) -> None:
        categories: list[tuple[Any, ...]] = []
        products: list[tuple[Any, ...]] = []
        for category, (name, goods) in enumerate((GOODS | HOME_GOODS).items(), 1):
            categories.append((category, name))
            for good, price in goods:
                number = len(products) + 1
                products.append((number, f"T{number:03}", good, "", category))
                self.goods.append((number, name, price))
        copy("clients_category", "id, name", categories)
        copy("clients_product", "id, code, name, name_key, category_id", products)

    def _sales(self, clients: list[Owned], calendar: Calendar) -> None:
        starts = [min(part.days[0] for part in calendar.of_half(half)) for half in range(3)]
        events: list[tuple[date, int, Owned, float]] = []
        for owned in clients:
            for day, amount in owned.buyer.amounts.items():
                events.append((day, owned.id, owned, amount))
        events += self._returns(events, clients, calendar)
        habits = {owned.id: self._habit(owned.buyer) for owned in clients}
        for day, _id, owned, amount in sorted(events, key=lambda event: event[:2]):
            half = sum(day >= start for start in starts) - 1
            self._document(day, owned, amount, (half, owned.buyer.is_key), habits[owned.id])

    def _returns(self, events: list[tuple[date, int, Owned, float]], clients: list[Owned], calendar: Calendar) -> list[tuple[date, int, Owned, float]]:  # fmt: skip
        """A few returns; the purchase before is larger by as much, so that the sums stay."""
        parts = {day: part for part in calendar.parts for day in part.days}
        large = [
            number
            for number, event in enumerate(events)
            if event[2].buyer.kind == "key_top" and event[3] > 40_000
        ]
        found = []
        for number in self.rnd.sample(large, min(_RETURNS, len(large))):
            day, pk, owned, amount = events[number]
            back = day + timedelta(days=self.rnd.randint(3, 9))
            if parts.get(back) is parts[day] and back not in owned.buyer.amounts:
                events[number] = (day, pk, owned, amount * (1 + _RETURN_SHARE))
                found.append((back, pk, owned, -amount * _RETURN_SHARE))
        return found

    def _habit(self, buyer: Buyer) -> list[tuple[int, str, int]]:
        """The goods a client usually takes: its direction's, a few categories."""
        names = list(HOME_GOODS if buyer.direction == "home" else GOODS)
        count = min({"once": 2, "rest": 3}.get(buyer.kind, 6), len(names))
        weights = [len(names) - place for place in range(len(names))]
        chosen: set[str] = set()
        while len(chosen) < count:
            chosen.add(self.rnd.choices(names, weights)[0])
        return [good for good in self.goods if good[1] in chosen]

    def _document(self, day: date, owned: Owned, amount: float, stream: tuple[int, bool], goods: list[tuple[int, str, int]]) -> None:  # fmt: skip
        """One document; what rounding leaves goes to the next one of the same sum."""
        wanted = Decimal(f"{amount:.2f}") + self.left.get(stream, Decimal(0))
        pk = len(self.documents) + 1
        count = min(max(1, round(abs(amount) / _MOST_OF_A_LINE + self.rnd.random() * 2)), 6)
        total = Decimal(0)
        for position in range(1, count + 1):
            left = wanted - total
            part = left if position == count else (left / (count - position + 1)).quantize(_KOPECK)
            product, quantity, price = self._line(float(abs(part)), goods)
            sign = -1 if amount < 0 else 1
            value = (sign * quantity * price).quantize(_KOPECK)
            total += value
            self.lines.append((pk, position, product, sign * quantity, price, value))
        self.left[stream] = wanted - total
        buyer = owned.buyer
        self.documents.append(
            (pk, f"{pk:06}", day.year, day, owned.id, total, buyer.direction, owned.office, owned.home)
        )

    def _line(self, amount: float, goods: list[tuple[int, str, int]]) -> tuple[int, int, Decimal]:
        """A product, a whole quantity and the price that make the amount: the list price, or less for many."""
        affordable = [good for good in goods if good[2] <= amount] or [min(goods, key=lambda good: good[2])]
        product, _category, listed = self.rnd.choice(affordable)
        discount = 0.82 if amount > 30_000 else 0.9 if amount > 10_000 else 1.0
        quantity = max(1, round(amount / (listed * discount)))
        return product, quantity, Decimal(f"{max(amount / quantity, 0.01):.2f}")
