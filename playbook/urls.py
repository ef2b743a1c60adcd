"""Addresses of the book."""

from django.urls import path

from playbook.views import pages, regulation, script, typology, version

app_name = "playbook"
urlpatterns = [
    path("", pages.index, name="index"),
    path("typology/", typology.typology, name="typology"),
    path("typology/<slug:code>/", typology.segment, name="segment"),
    path("scripts/", script.scripts, name="scripts"),
    path("objections/", script.objections, name="objections"),
    path("<slug:code>/", regulation.regulation, name="regulation"),
    path("<slug:code>/compare/", regulation.compare, name="compare"),
    path("<slug:code>/draft/", version.start, name="start"),
    path("<slug:code>/<int:number>/", regulation.version, name="version"),
    path("<slug:code>/<int:number>/edit/", version.edit, name="edit"),
    path("<slug:code>/<int:number>/preview/", version.preview, name="preview"),
    path("<slug:code>/<int:number>/return/", version.return_to_draft, name="return"),
    path("<slug:code>/<int:number>/approve/", version.approve, name="approve"),
    path("<slug:code>/<int:number>/discard/", version.discard, name="discard"),
    path("<slug:code>/<int:number>/restore/", version.restore, name="restore"),
]
