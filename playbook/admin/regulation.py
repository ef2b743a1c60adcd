"""Regulations, their versions and pictures. Versions are made, reviewed and approved in the book, never here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from playbook.admin.base import BookAdmin, roles
from playbook.models import (
    Acknowledgement,
    ParameterValue,
    Picture,
    Regulation,
    RegulationReview,
    RegulationVersion,
)
from playbook.parameters import BY_CODE
from salesdept.deputy_admin import ReadOnlyAdmin, ReadOnlyInline
from salesdept.roles import PERMISSIONS, Perm, Role


class VersionInline(ReadOnlyInline):
    """Versions of a regulation."""

    model = RegulationVersion
    fields = readonly_fields = ("number", "state", "in_force_from", "change_note", "approved_by")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With people, without texts."""
        return (
            super().get_queryset(request).select_related("approved_by", "regulation").defer("text", "search")
        )


@admin.register(Regulation)
class RegulationAdmin(BookAdmin):
    """Title, owner and readers of a regulation. Who approves it is settled when it is made."""

    list_display = ("title", "code", "section", "owner_role", "approver_role", "order")
    list_filter = ("owner_role", "approver_role")
    search_fields = ("title", "code", "section")
    fixed = ("code", "approver_role")
    inlines = (VersionInline,)
    lists = {"readers": roles}

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only roles with the right to approve."""
        if db_field.name == "approver_role":
            may = [one for one in Role if Perm.APPROVE_BOOK in PERMISSIONS[one]]
            kwargs["choices"] = [(one.value, one.label) for one in may]
        field: forms.Field = super().formfield_for_choice_field(db_field, request, **kwargs)
        return field


class ValueInline(ReadOnlyInline):
    """Values of a version."""

    model = ParameterValue
    fields = readonly_fields = ("name", "code", "shown")

    @admin.display(description=_("parameter"))
    def name(self, value: ParameterValue) -> str:
        """As people call it."""
        return str(BY_CODE[value.code].name) if value.code in BY_CODE else value.code

    @admin.display(description=_("value"))
    def shown(self, value: ParameterValue) -> str:
        """As people write it."""
        known = BY_CODE.get(value.code)
        return known.shown(known.from_json(value.value)) if known else str(value.value)


@admin.register(RegulationVersion)
class VersionAdmin(ReadOnlyAdmin):
    """Every version with its values; the link leads to where drafts are written and approved."""

    list_display = ("regulation", "number", "state", "in_force_from", "approved_by", "approved_at")
    list_select_related = ("regulation", "approved_by")
    list_filter = ("state", "regulation")
    search_fields = ("regulation__title",)
    inlines = (ValueInline,)
    fields = readonly_fields = (
        "in_the_book",
        "regulation",
        "number",
        "state",
        "in_force_from",
        "change_note",
        "review_note",
        "text",
        "created_by",
        "created_at",
        "changed_by",
        "changed_at",
        "approved_by",
        "approved_at",
        "read_by",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the vector of search."""
        return super().get_queryset(request).defer("search")

    @admin.display(description=_("in the book"))
    def in_the_book(self, version: RegulationVersion) -> SafeString:
        """Where it is read and worked on."""
        url = reverse("playbook:version", args=[version.regulation.code, version.number])
        return format_html('<a href="{}">{}</a>', url, version.regulation.title)


@admin.register(Picture)
class PictureAdmin(ReadOnlyAdmin):
    """Pictures of the book; they come through the draft's editor."""

    list_display = ("name", "size", "uploaded_by", "uploaded_at")
    list_select_related = ("uploaded_by",)
    search_fields = ("name",)
    fields = readonly_fields = ("name", "shown", "size", "markdown", "uploaded_by", "uploaded_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the pictures themselves."""
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("size, pixels"))
    def size(self, picture: Picture) -> str:
        """Width × height."""
        return f"{picture.width} × {picture.height}"

    @admin.display(description=_("picture"))
    def shown(self, picture: Picture) -> SafeString:
        """The picture itself."""
        url = reverse("playbook:picture", args=[picture.pk])
        return format_html('<img src="{}" alt="{}" width="320">', url, picture.name)

    @admin.display(description=_("in a text"))
    def markdown(self, picture: Picture) -> str:
        """What to write in a text."""
        return f"![{picture.name}]({reverse('playbook:picture', args=[picture.pk])})"


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnlyAdmin):
    """Who confirmed which version."""

    list_display = ("user", "version", "at")
    list_select_related = ("user", "version__regulation")
    list_filter = ("version__regulation",)


@admin.register(RegulationReview)
class ReviewAdmin(ReadOnlyAdmin):
    """Yearly reviews of regulations."""

    list_display = ("regulation", "on", "user", "note")
    list_select_related = ("regulation", "user")
    list_filter = ("regulation",)
