"""Addresses of imports."""

from django.urls import URLPattern, path

from clients.views import imports

app_name = "imports"
urlpatterns: list[URLPattern] = [
    path("", imports.history, name="list"),
    path("<int:pk>/", imports.batch, name="batch"),
    path("<int:pk>/columns/", imports.columns, name="columns"),
    path("<int:pk>/apply/", imports.apply, name="apply"),
    path("<int:pk>/undo/", imports.undo, name="undo"),
    path("<int:pk>/discard/", imports.discard, name="discard"),
    path("<int:pk>/rejects/", imports.download_rejects, name="rejects"),
]
