"""The score: plans and facts."""

from kpi.models.fact import ManagerFact, SalesFact
from kpi.models.plan import PlanChange, PlanLine

__all__ = ["ManagerFact", "PlanChange", "PlanLine", "SalesFact"]
