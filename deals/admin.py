"""Admin of deals: everything is read here and changed on the program's own screens, through its services."""

from __future__ import annotations

from django.contrib import admin

from deals.models import CallEntry, ContactState, Interaction, Invoice, Lead, Task
from salesdept.deputy_admin import ReadOnlyAdmin


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin):
    """Enquiries."""

    list_display = ("created_at", "client", "channel", "state", "assignee", "first_contact_at", "closed_at")
    list_select_related = ("client", "assignee")
    list_filter = ("state", "channel")
    search_fields = ("client__code",)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """Invoices with their terms."""

    list_display = (
        "number",
        "issued_on",
        "client",
        "amount",
        "state",
        "valid_until",
        "contacted_on",
        "paid_on",
    )
    list_select_related = ("client",)
    list_filter = ("state",)
    search_fields = ("number", "client__code")


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    """What people have to do."""

    list_display = ("title", "kind", "client", "assignee", "due_on", "state", "created_by")
    list_select_related = ("client", "assignee", "created_by")
    list_filter = ("state", "kind")
    search_fields = ("client__code", "assignee__last_name")


@admin.register(Interaction)
class InteractionAdmin(ReadOnlyAdmin):
    """Calls and other contacts with clients."""

    list_display = ("at", "client", "user", "kind", "outcome", "next_on")
    list_select_related = ("client", "user")
    list_filter = ("kind", "outcome")
    search_fields = ("client__code", "user__last_name")


@admin.register(CallEntry)
class CallEntryAdmin(ReadOnlyAdmin):
    """Call lists as the night made them."""

    list_display = ("date", "manager", "position", "client", "tier", "state", "closed_at")
    list_select_related = ("manager", "client")
    list_filter = ("state", "tier")
    search_fields = ("client__code", "manager__last_name")


@admin.register(ContactState)
class ContactStateAdmin(ReadOnlyAdmin):
    """When each client was talked to and is due again."""

    list_display = ("client", "last_talked_on", "due_on")
    list_select_related = ("client",)
    search_fields = ("client__code",)
    ordering = ("client",)
