"""Addresses of clients."""

from django.urls import URLPattern, path

from clients.views import bulk, card, client_form, client_list, contact, export, rehearsal

app_name = "clients"
urlpatterns: list[URLPattern] = [
    path("", client_list.client_list, name="list"),
    path("new/", client_form.new, name="new"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("capacity/", bulk.capacity_note, name="capacity"),
    path("undo/<int:pk>/", bulk.undo, name="undo"),
    path("export/", export.export, name="export"),
    path("rehearsal/<int:pk>/export/", rehearsal.export, name="rehearsal_export"),
    path("code/<path:code>/", card.by_code, name="by_code"),
    path("<int:pk>/", card.card, name="card"),
    path("<int:pk>/take/", bulk.take, name="take"),
    path("<int:pk>/assign/", client_form.assign, name="assign"),
    path("<int:pk>/edit/", client_form.edit, name="edit"),
    path("<int:pk>/facts/", client_form.facts, name="facts"),
    path("<int:pk>/shipments/<int:shipment_pk>/", card.shipment, name="shipment"),
    path("<int:pk>/contacts/new/", contact.edit, name="contact_new"),
    path("<int:pk>/contacts/<int:contact_pk>/", contact.edit, name="contact_edit"),
    path("<int:pk>/contacts/<int:contact_pk>/reveal/", contact.reveal, name="contact_reveal"),
    path("<int:pk>/entities/new/", contact.edit_entity, name="entity_new"),
    path("<int:pk>/entities/<int:entity_pk>/", contact.edit_entity, name="entity_edit"),
]
