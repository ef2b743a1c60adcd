"""Addresses of the book."""

from django.urls import include, path

from playbook.views import (
    acknowledgement,
    duty,
    pages,
    people,
    picture,
    printing,
    regulation,
    rehearsal,
    script,
    typology,
    version,
)

app_name = "playbook"
urlpatterns = [
    path("", pages.index, name="index"),
    path("typology/", typology.typology, name="typology"),
    path("typology/questions/", typology.identify, name="identify"),
    path("typology/<slug:code>/", typology.segment, name="segment"),
    path("scripts/", script.scripts, name="scripts"),
    path("objections/", script.objections, name="objections"),
    path("", include("playbook.training_urls")),
    path("pictures/", picture.upload, name="pictures"),
    path("pictures/<int:pk>/", picture.show, name="picture"),
    path("pdf/", printing.book, name="book_pdf"),
    path("<slug:code>/pdf/", printing.regulation, name="regulation_pdf"),
    path("<slug:code>/<int:number>/pdf/", printing.version, name="version_pdf"),
    path("reading/", acknowledgement.matrix, name="reading"),
    path("people/", people.people, name="people"),
    path("jobs/<slug:role>/", people.job, name="job"),
    path("duties/<int:pk>/", duty.duty, name="duty"),
    path("<slug:code>/reviewed/", acknowledgement.reviewed, name="reviewed"),
    path("<slug:code>/<int:number>/confirm/", acknowledgement.confirm, name="confirm"),
    path("<slug:code>/", regulation.regulation, name="regulation"),
    path("<slug:code>/compare/", regulation.compare, name="compare"),
    path("<slug:code>/draft/", version.start, name="start"),
    path("<slug:code>/<int:number>/", regulation.version, name="version"),
    path("<slug:code>/<int:number>/edit/", version.edit, name="edit"),
    path("<slug:code>/<int:number>/preview/", version.preview, name="preview"),
    path("<slug:code>/<int:number>/return/", version.return_to_draft, name="return"),
    path("<slug:code>/<int:number>/approve/", version.approve, name="approve"),
    path("<slug:code>/<int:number>/discard/", version.discard, name="discard"),
    path("<slug:code>/<int:number>/rehearsal/", rehearsal.rehearsal, name="rehearsal"),
    path("<slug:code>/<int:number>/restore/", version.restore, name="restore"),
]
