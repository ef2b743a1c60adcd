"""Admin of plans and facts: plans are typed on their screen, facts are the night's work; here both are read."""

from __future__ import annotations

from django.contrib import admin

from kpi.models import ManagerFact, PlanChange, PlanLine, SalesFact
from salesdept.deputy_admin import ReadOnlyAdmin


@admin.register(PlanLine)
class PlanLineAdmin(ReadOnlyAdmin):
    """Plans by month and manager."""

    list_display = ("month", "manager", "office", "direction", "sphere", "amount")
    list_select_related = ("manager", "office", "sphere")
    list_filter = ("direction", "office")
    search_fields = ("manager__last_name",)


@admin.register(PlanChange)
class PlanChangeAdmin(ReadOnlyAdmin):
    """Who typed which plan."""

    list_display = ("at", "month", "manager", "before", "after", "made_by")
    list_select_related = ("manager", "made_by")
    search_fields = ("manager__last_name",)


@admin.register(SalesFact)
class SalesFactAdmin(ReadOnlyAdmin):
    """Net sales of months."""

    list_display = ("month", "manager", "office", "direction", "sphere", "amount", "shipments")
    list_select_related = ("manager", "office", "sphere")
    list_filter = ("direction", "office")
    search_fields = ("manager__last_name",)


@admin.register(ManagerFact)
class ManagerFactAdmin(ReadOnlyAdmin):
    """Counts of months by manager."""

    list_display = (
        "month",
        "manager",
        "office",
        "active_accounts",
        "new_accounts",
        "talks",
        "calls_done",
        "reactivated",
    )
    list_select_related = ("manager", "office")
    list_filter = ("office",)
    search_fields = ("manager__last_name",)
