"""An independent reading of DOMAIN.md 4.1–4.6 in plain Python: lists and dictionaries, no SQL, no shared code."""

import calendar
import itertools
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median


@dataclass(frozen=True)
class Doc:
    client: str
    day: date
    amount: Decimal


@dataclass
class Expected:
    amount: Decimal = Decimal(0)
    months: int = 0
    cv: float | None = None
    abc: str = "C"
    xyz: str = "Z"
    top: bool = False
    stage: str = "potential"
    first_purchase: date | None = None
    last_purchase: date | None = None
    purchases: int = 0
    cycle: int | None = None
    expected_order: date | None = None
    zero_on: date | None = None


def plus_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def window(as_of: date, months: int) -> list[tuple[int, int]]:
    """The last complete months, as (year, month)."""
    year, month = as_of.year, as_of.month
    if as_of.day < calendar.monthrange(year, month)[1]:
        month -= 1
    index = year * 12 + month - 1
    return [divmod(i, 12) for i in range(index - months + 1, index + 1)]


def rollup(docs: list[Doc], as_of: date) -> dict[tuple[str, date], tuple[Decimal, int, int]]:
    months: dict[tuple[str, date], tuple[Decimal, int, int]] = {}
    days: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    count: dict[tuple[str, date], int] = defaultdict(int)
    for doc in docs:
        if doc.day <= as_of:
            days[doc.client, doc.day] += doc.amount
            count[doc.client, doc.day] += 1
    for (client, day), net in days.items():
        key = (client, day.replace(day=1))
        amount, documents, purchases = months.get(key, (Decimal(0), 0, 0))
        months[key] = (amount + net, documents + count[client, day], purchases + (net > 0))
    return months


def expected(
    docs: list[Doc], as_of: date, *, tops: set[str] | None = None, **book: object
) -> dict[str, Expected]:
    """Every client with a shipment up to the date. `tops`: who was TOP before (None = first run)."""
    p = {
        "window": 12,
        "a": Decimal("0.80"),
        "b": Decimal("0.95"),
        "method": "frequency",
        "x": 8,
        "y": 4,
        "x_cv": 0.5,
        "y_cv": 1.0,
        "cells": {"AX", "AY", "BX"},
        "new": 3,
        "zero_top": 2,
        "zero_single": 3,
        "zero_regular": 6,
        "lost": 12,
        "cycle_window": 24,
        "cycle_min": 3,
    } | book
    seen = sorted({doc.client for doc in docs if doc.day <= as_of})
    result = {client: Expected() for client in seen}
    months = window(as_of, p["window"])
    for client in seen:
        nets = [
            sum((d.amount for d in docs if d.client == client and divmod_month(d.day) == m), Decimal(0))
            for m in months
        ]
        row = result[client]
        row.amount = sum(nets, Decimal(0))
        row.months = sum(net > 0 for net in nets)
        mean = row.amount / len(nets)
        if mean > 0:
            variance = sum((float(net) - float(mean)) ** 2 for net in nets) / len(nets)
            row.cv = math.sqrt(variance) / float(mean)
        if p["method"] == "frequency":
            row.xyz = "X" if row.months >= p["x"] else "Y" if row.months >= p["y"] else "Z"
        elif row.cv is not None:
            row.xyz = "X" if row.cv <= p["x_cv"] else "Y" if row.cv <= p["y_cv"] else "Z"
    positive = sorted(
        (c for c in seen if result[c].amount > 0), key=lambda c: (-result[c].amount, c.encode())
    )
    total = sum((result[c].amount for c in positive), Decimal(0))
    before = Decimal(0)
    for client in positive:
        result[client].abc = "A" if before < p["a"] * total else "B" if before < p["b"] * total else "C"
        before += result[client].amount
    for client in seen:
        row = result[client]
        row.top = row.abc + row.xyz in p["cells"] or (tops is not None and client in tops)
        _life(row, [d for d in docs if d.client == client and d.day <= as_of], as_of, p)
    return result


def divmod_month(day: date) -> tuple[int, int]:
    return divmod(day.year * 12 + day.month - 1, 12)


def _life(row: Expected, docs: list[Doc], as_of: date, p: dict) -> None:
    net: dict[date, Decimal] = defaultdict(Decimal)
    for doc in docs:
        net[doc.day] += doc.amount
    days = sorted(day for day, amount in net.items() if amount > 0)
    row.purchases = len(days)
    if not days:
        return
    row.first_purchase, row.last_purchase = days[0], days[-1]

    def silent(n: int) -> bool:
        return plus_months(days[-1], n) <= as_of

    if silent(p["lost"]):
        row.stage = "lost"
    elif (
        (row.top and silent(p["zero_top"]))
        or (len(days) == 1 and silent(p["zero_single"]))
        or silent(p["zero_regular"])
    ):
        row.stage = "zero"
    elif len(days) == 1 or plus_months(days[0], p["new"]) > as_of:
        row.stage = "new"
    else:
        row.stage = "active"
    if row.stage in ("new", "active"):
        limits = [p["zero_regular"]] + [p["zero_top"]] * row.top + [p["zero_single"]] * (len(days) == 1)
        row.zero_on = min(plus_months(days[-1], n) for n in limits)
    recent = [day for day in days if day >= plus_months(as_of + timedelta(days=1), -p["cycle_window"])]
    if len(recent) >= p["cycle_min"]:
        gaps = [(b - a).days for a, b in itertools.pairwise(recent)]
        row.cycle = math.ceil(median(gaps))
        row.expected_order = days[-1] + timedelta(days=row.cycle)
