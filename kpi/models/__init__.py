"""The score: plans and facts."""

from kpi.models.fact import CountedClient, ManagerFact, SalesFact
from kpi.models.plan import PlanChange, PlanLine

__all__ = ["CountedClient", "ManagerFact", "PlanChange", "PlanLine", "SalesFact"]
