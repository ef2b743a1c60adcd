"""Addresses of kpi."""

from django.urls import URLPattern, path

from kpi.views import dashboard, mine, plans, rows

app_name = "kpi"
urlpatterns: list[URLPattern] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("rows/", rows.rows, name="rows"),
    path("people/", rows.people, name="people"),
    path("calls/", rows.calls, name="calls"),
    path("mine/", mine.my_month, name="my_month"),
    path("plans/", plans.plans, name="plans"),
    path("plans/cell/", plans.cell, name="plan_cell"),
    path("plans/copy/", plans.copy, name="plan_copy"),
    path("plans/undo/", plans.undo, name="plan_undo"),
]
