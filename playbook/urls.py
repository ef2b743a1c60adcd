"""Addresses of the book."""

from django.urls import path

from playbook.views import pages

app_name = "playbook"
urlpatterns = [
    path("", pages.index, name="index"),
    path("typology/", pages.typology, name="typology"),
    path("<slug:code>/", pages.regulation, name="regulation"),
]
