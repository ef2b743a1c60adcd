"""Admin of clients for the deputy director. Nothing here goes around a service: hands, classes, TOP and stages
are shown, never typed; contacts stay masked (DOMAIN.md 4.3–4.5, 7)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from clients.masks import email_hidden, messenger_hidden, phone_hidden
from clients.models import (
    Category,
    Client,
    ClientState,
    Contact,
    ContactReveal,
    ExportLog,
    LegalEntity,
    Move,
    Product,
    Shipment,
    ShipmentLine,
    StageEvent,
    TopEvent,
)
from clients.services.client import save_contact, save_facts
from salesdept.deputy_admin import DeputyAdmin, ReadOnlyAdmin, is_deputy


@admin.register(Client)
class ClientAdmin(DeputyAdmin):
    """Facts of clients. Who works with them changes on the client's card, through the assignment service."""

    list_display = ("code", "name", "office", "segment", "home_manager", "in_work_with")
    list_select_related = ("office", "segment", "home_manager", "in_work_with")
    list_filter = ("office", "direction", "segment")
    search_fields = ("code",)
    autocomplete_fields = ()
    readonly_fields = ("code", "home_manager", "in_work_with", "discount", "created_at")
    fields = (
        "code",
        "name",
        "direction",
        "office",
        "segment",
        "old_type",
        "city",
        "time_zone",
        "source",
        "potential",
        "discount",
        "note",
        "home_manager",
        "in_work_with",
        "created_at",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The program's own search: beginnings of words, ё = е."""
        return Client.objects.matching(search_term) & queryset, False

    def save_model(self, request: HttpRequest, obj: Client, form: ModelForm, change: bool) -> None:
        """Through the service, only what changed."""
        save_facts(obj, list(form.changed_data))


@admin.register(LegalEntity)
class LegalEntityAdmin(DeputyAdmin):
    """Legal entities of clients."""

    list_display = ("name", "inn", "kpp", "client")
    list_select_related = ("client",)
    search_fields = ("inn", "name", "external_id")
    readonly_fields = ("client",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A wrong entity may go; the history keeps it."""
        return is_deputy(request)


@admin.register(Contact)
class ContactAdmin(DeputyAdmin):
    """Contacts with their numbers masked: those are opened one at a time on the card, with a log."""

    list_display = ("name", "position", "client", "hidden_phone", "mailing_consent", "number_is_wrong")
    list_select_related = ("client",)
    list_filter = ("mailing_consent", "number_is_wrong", "decision_role")
    search_fields = ("name",)
    readonly_fields = ("client", "hidden_phone", "hidden_email", "hidden_messenger")
    fields = (
        "client",
        "name",
        "position",
        "decision_role",
        "is_main",
        "hidden_phone",
        "hidden_email",
        "hidden_messenger",
        "mailing_consent",
        "confirmed_on",
        "number_is_wrong",
    )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """People leave; the history keeps them."""
        return is_deputy(request)

    def save_model(self, request: HttpRequest, obj: Contact, form: ModelForm, change: bool) -> None:
        """Through the service: one contact to ask first."""
        save_contact(obj, list(form.changed_data))

    @admin.display(description=_("phone"))
    def hidden_phone(self, contact: Contact) -> str:
        """Masked."""
        return phone_hidden(contact.phone) or "—"

    @admin.display(description=_("e-mail"))
    def hidden_email(self, contact: Contact) -> str:
        """Masked."""
        return email_hidden(contact.email) or "—"

    @admin.display(description=_("messenger"))
    def hidden_messenger(self, contact: Contact) -> str:
        """Masked."""
        return messenger_hidden(contact.messenger) or "—"


@admin.register(Category)
class CategoryAdmin(DeputyAdmin):
    """Product categories."""

    list_display = ("name",)
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A category may be made before its products come."""
        return is_deputy(request)


@admin.register(Product)
class ProductAdmin(DeputyAdmin):
    """Products; names come from shipments, the category may be put right."""

    list_display = ("code", "name", "category")
    list_select_related = ("category",)
    list_filter = ("category",)
    search_fields = ("code", "name")
    readonly_fields = ("code", "name")
    autocomplete_fields = ("category",)
    fields = ("code", "name", "category")


class LineInline(TabularInline):
    """Lines of a shipment."""

    model = ShipmentLine
    fields = readonly_fields = ("position", "product", "quantity", "price", "amount")
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """With the shipment."""
        return is_deputy(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With products, in one query."""
        return super().get_queryset(request).select_related("product")


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    """1C documents, as they came."""

    list_display = ("number", "date", "client", "amount", "direction", "manager")
    list_select_related = ("client", "manager")
    list_filter = ("direction", "office")
    search_fields = ("number",)
    date_hierarchy = None
    inlines = (LineInline,)


@admin.register(TopEvent)
class TopEventAdmin(ReadOnlyAdmin):
    """Who became TOP, when and why."""

    list_display = ("as_of", "client", "is_top", "reason", "cell", "made_by")
    list_select_related = ("client", "made_by")
    list_filter = ("reason", "is_top")
    search_fields = ("client__code",)


@admin.register(StageEvent)
class StageEventAdmin(ReadOnlyAdmin):
    """Changes of stage."""

    list_display = ("on", "client", "before", "after", "is_reactivation")
    list_select_related = ("client",)
    list_filter = ("after", "is_reactivation")
    search_fields = ("client__code",)


@admin.register(Move)
class MoveAdmin(ReadOnlyAdmin):
    """Hand-overs."""

    list_display = ("on", "client", "field", "from_user", "to_user", "reason", "made_by")
    list_select_related = ("client", "from_user", "to_user", "made_by")
    list_filter = ("reason", "field")
    search_fields = ("client__code",)


@admin.register(ClientState)
class ClientStateAdmin(ReadOnlyAdmin):
    """What the last night computed."""

    list_display = ("client", "stage", "is_top", "abc", "xyz", "amount", "months", "last_purchase")
    list_select_related = ("client",)
    list_filter = ("stage", "is_top", "abc", "xyz")
    search_fields = ("client__code",)
    ordering = ("client",)


@admin.register(ExportLog)
class ExportLogAdmin(ReadOnlyAdmin):
    """Who took clients out of the program."""

    list_display = ("at", "user", "rows", "query")
    list_select_related = ("user",)


@admin.register(ContactReveal)
class ContactRevealAdmin(ReadOnlyAdmin):
    """Who looked at whose number."""

    list_display = ("at", "user", "client", "contact", "place")
    list_select_related = ("user", "contact__client")
    list_filter = ("place",)
    search_fields = ("user__email",)

    @admin.display(description=_("client"))
    def client(self, reveal: ContactReveal) -> str:
        """Whose contact."""
        return str(reveal.contact.client)
