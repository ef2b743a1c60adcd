"""The rules of DOMAIN.md 4 against an independent oracle, over made-up histories."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clients.models import ClientMonth, ClientState, Shipment
from playbook.models import ParameterValue, RegulationVersion
from salesdept.night import run_night
from tests.clients.nightly.oracle import Doc, expected, rollup
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db

LAST = date(2026, 3, 15)
days = st.integers(0, 800).map(lambda back: LAST - timedelta(days=back))
amounts = st.one_of(
    st.decimals("0.01", "5000", places=2), st.decimals("-800", "-0.01", places=2), st.just(Decimal("100.00"))
)
histories = st.lists(
    st.tuples(st.sampled_from(["a", "B", "c1", "Ё", "z9"]), days, amounts), min_size=1, max_size=60
).map(lambda rows: [Doc(*row) for row in rows])
# Each example is a whole night; shrinking stays on, deadlines do not (no test asserts a time).
many = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)


def load(docs: list[Doc]) -> None:
    """The history as clients and shipments, in one statement each."""
    from clients.models import Client

    codes = sorted({doc.client for doc in docs})
    known = {c.code: c for c in Client.objects.filter(code__in=codes)}
    for code in codes:
        known.setdefault(code, None)
        known[code] = known[code] or ClientFactory(code=code, name=code)
    start = Shipment.objects.count()
    Shipment.objects.bulk_create(
        Shipment(number=f"n{start + i}", year=d.day.year, date=d.day, client=known[d.client], amount=d.amount)
        for i, d in enumerate(docs)
    )


def stored() -> dict[str, ClientState]:
    rows = ClientState.objects.select_related("client").filter(first_shipment__isnull=False)
    return {row.client.code: row for row in rows}


def compare(docs: list[Doc], as_of: date, **kwargs: object) -> None:
    want, have = expected(docs, as_of, **kwargs), stored()
    assert set(have) == set(want)
    for code, row in want.items():
        got = have[code]
        assert (got.amount, got.months, got.abc, got.xyz, got.is_top, got.stage) == (
            row.amount,
            row.months,
            row.abc,
            row.xyz,
            row.top,
            row.stage,
        ), code
        assert (got.first_purchase, got.last_purchase, got.purchases) == (
            row.first_purchase,
            row.last_purchase,
            row.purchases,
        )
        assert (got.cycle_days, got.expected_order, got.zero_on) == (
            row.cycle,
            row.expected_order,
            row.zero_on,
        ), code
        assert (got.cv is None) == (row.cv is None)
        if row.cv is not None:
            assert abs(float(got.cv) - row.cv) < 0.0001


def forget() -> None:
    """An empty base inside one test's transaction: each example is its own history."""
    from clients.models import Client
    from salesdept.models import JobRun
    from salesdept.sql import execute

    Shipment.objects.all().delete()
    Client.objects.all().delete()
    JobRun.objects.all().delete()
    execute("DELETE FROM clients_changedmonth")


@many
@given(docs=histories, back=st.integers(0, 400))
def test_night_computes_what_the_domain_says(docs: list[Doc], back: int) -> None:
    forget()
    load(docs)
    as_of = LAST - timedelta(days=back)
    run_night(as_of=as_of)
    compare(docs, as_of)
    months = {(m.client.code, m.month): (m.amount, m.shipments, m.purchases) for m in _months()}
    assert months == rollup(docs, as_of)


@many
@given(docs=histories, more=histories, steps=st.lists(st.integers(0, 70), min_size=1, max_size=4))
def test_ordinary_nights_equal_a_full_rebuild(docs: list[Doc], more: list[Doc], steps: list[int]) -> None:
    forget()
    load(docs)
    as_of = LAST - timedelta(days=sum(steps))
    run_night(as_of=as_of)
    load(more)  # late documents of any date arrive after the first night
    Shipment.objects.filter(number="n0").delete()
    for step in steps:
        as_of += timedelta(days=step)
        run_night(as_of=as_of)
    before = _tables()
    run_night(as_of=as_of, full=True)
    assert _tables() == before


@many
@given(docs=histories, method=st.sampled_from(["frequency", "cv"]), months=st.integers(3, 24))
def test_night_obeys_the_book(docs: list[Doc], method: str, months: int) -> None:
    forget()
    load(docs)
    with_values(
        "key-client",
        **{
            "xyz.method": method,
            "analysis.window_months": months,
            "abc.a_share": "0.6",
            "top.cells": ["AX", "CZ"],
        },
    )
    with_values("zero-clients", **{"stage.zero_months_top": 1, "stage.new_months": 5, "stage.lost_months": 9})
    run_night(as_of=LAST)
    compare(
        docs,
        LAST,
        method=method,
        window=months,
        a=Decimal("0.6"),
        cells={"AX", "CZ"},
        zero_top=1,
        new=5,
        lost=9,
    )


def with_values(regulation: str, **values: object) -> None:
    """A newer approved version of the regulation with these values, in force since long ago."""
    from playbook.models import Regulation

    page, _ = Regulation.objects.get_or_create(code=regulation, defaults={"title": regulation})
    version = RegulationVersion.objects.create(
        regulation=page,
        number=page.versions.count() + 100,
        change_note="test",
        in_force_from=date(1990, 1, 1),
    )
    ParameterValue.objects.bulk_create(
        ParameterValue(version=version, code=code, value=value) for code, value in values.items()
    )
    version.state = "approved"  # last: what is approved takes no more values
    version.save(update_fields=["state"])


def _months():
    return ClientMonth.objects.select_related("client")


def _tables() -> list[list[tuple[object, ...]]]:
    return [
        sorted(ClientMonth.objects.values_list("client__code", "month", "amount", "shipments", "purchases")),
        sorted(
            ClientState.objects.values_list(
                "client__code",
                "amount",
                "months",
                "cv",
                "abc",
                "xyz",
                "is_top",
                "stage",
                "stage_since",
                "first_shipment",
                "first_purchase",
                "last_purchase",
                "purchases",
                "cycle_days",
                "expected_order",
                "zero_on",
            ),
            key=lambda row: row[0],
        ),
    ]
