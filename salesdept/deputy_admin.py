"""Pages of the admin as the deputy director has them: one right for all of them, and rows that are only read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from salesdept.roles import Role


def is_deputy(request: HttpRequest) -> bool:
    """Whether the admin is open to the person: an active deputy director marked for it."""
    user = request.user
    return bool(user.is_active and user.is_staff and getattr(user, "role", "") == Role.DEPUTY_DIRECTOR)


class DeputyAdmin(ModelAdmin):
    """Pages of the deputy director: open to that role and nobody else."""

    show_full_result_count = False
    list_per_page = 50
    may_add = False  # most rows are made by imports, services and forms of the program
    may_change = True
    may_delete = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Only the deputy director."""
        return is_deputy(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only the deputy director."""
        return is_deputy(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Where the page says so."""
        return self.may_add and is_deputy(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Where the page says so."""
        return self.may_change and is_deputy(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Where the page says so."""
        return self.may_delete and is_deputy(request)


class ReadOnlyAdmin(DeputyAdmin):
    """Rows that are history, the night's work, or changed only through a service."""

    may_change = False


class DeputyInline(TabularInline):
    """Rows edited together with their owner."""

    extra = 0
    may_edit = True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """With its owner."""
        return is_deputy(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Where the rows are edited at all."""
        return self.may_edit and is_deputy(request)

    has_change_permission = has_delete_permission = has_add_permission


class ReadOnlyInline(DeputyInline):
    """Rows shown with their owner."""

    may_edit = False
    can_delete = False


def forget(*models: type[Model]) -> None:
    """Take pages of libraries out of the admin: nobody of the department works with them."""
    for model in models:
        if admin.site.is_registered(model):
            admin.site.unregister(model)
