"""The shipments behind a figure: their sum is the figure, and what keeps them apart is said (DOMAIN.md 6.2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from clients.models import Shipment
from clients.querysets import client_visibility
from kpi.arithmetic import NOTHING
from kpi.models import PlanLine, SalesFact
from kpi.reports.period import Period
from kpi.reports.scope import Narrowing, Scope
from salesdept.dates import month_end
from salesdept.roles import Perm, has_perm


@dataclass(frozen=True)
class Total:
    """An amount in roubles over a number of documents."""

    amount: Decimal = NOTHING
    documents: int = 0

    def __sub__(self, other: Total) -> Total:
        return Total(self.amount - other.amount, self.documents - other.documents)

    def __bool__(self) -> bool:
        return bool(self.amount or self.documents)


@dataclass(frozen=True)
class Behind:
    """A figure and the shipments behind it.

    `late`: documents that came, went or moved after the night of the figure. `hidden`: those of clients the person
    does not see. So figure + late − hidden = the sum of the shipments that are listed.
    """

    figure: Total
    plan: Decimal
    plan_lines: QuerySet[PlanLine]
    shipments: QuerySet[Shipment]
    listed: Total
    hidden: Total
    late: Total


def behind(period: Period, scope: Scope, narrowing: Narrowing) -> Behind:
    """The rows of the month that the address narrows to."""
    condition = narrowing.condition() & scope.condition
    figure = _total(SalesFact.objects.filter(condition, month=period.month), Sum("shipments"))
    plan = PlanLine.objects.filter(condition, month=period.month)
    dates = Q(date__gte=period.month, date__lte=min(month_end(period.month), period.day))
    documents = Shipment.objects.filter(
        dates, narrowing.condition(sphere="client__segment__sphere"), scope.condition
    )
    seen = documents.filter(client_visibility(scope.user, "client__"))
    now = _total(documents, Count("pk"))
    listed = now if has_perm(scope.user, Perm.SEE_ALL_CLIENTS) else _total(seen, Count("pk"))
    return Behind(
        figure=figure,
        plan=plan.aggregate(sum=Sum("amount"))["sum"] or NOTHING,
        plan_lines=plan.select_related("manager", "office", "sphere").order_by(
            "manager__last_name", "manager_id", "direction", "sphere__order"
        ),
        shipments=seen.select_related("client", "manager", "office").order_by("-date", "-number", "-pk"),
        listed=listed,
        hidden=now - listed,
        late=now - figure,
    )


def _total(rows: QuerySet, documents: Sum | Count) -> Total:
    found = rows.aggregate(amount=Sum("amount"), documents=documents)
    return Total(found["amount"] or NOTHING, found["documents"] or 0)
