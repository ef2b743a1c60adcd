"""What pages of the book share: lists typed as lines, roles ticked, search columns left in the base."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from playbook.forms.lines import LinesField
from playbook.models import Situation
from salesdept.deputy_admin import DeputyAdmin, DeputyInline
from salesdept.roles import Role

Make = Callable[..., forms.Field]


def lines(*keys: str, help_text: Any = None, branches: bool = False) -> Make:
    """A list of sentences, or of items of several parts."""

    def make(**kwargs: Any) -> forms.Field:
        return LinesField(
            keys=keys, branches=branches, **kwargs | ({"help_text": help_text} if help_text else {})
        )

    return make


def ticked(choices: list[Any], help_text: Any = "") -> Make:
    """A list of codes, ticked by name."""

    def make(**kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=choices,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
            **kwargs | {"help_text": help_text},
        )

    return make


roles = ticked(list(Role.choices))
situations = ticked(list(Situation.choices), _("none ticked: any situation"))


class TextField(forms.CharField):
    """A long text as it was written: only line ends are made of one kind."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"strip": False})

    def to_python(self, value: Any) -> str:
        """Without the line ends of one system."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class _Lists:
    """JSON columns as fields people can fill; `lists` names them."""

    lists: dict[str, Make] = {}

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """A field of `lists`, else as usual."""
        if make := self.lists.get(db_field.name):
            return make(label=capfirst(db_field.verbose_name), required=not db_field.blank)
        if db_field.name == "order":
            kwargs["label"] = _("Place in the list")
        if isinstance(db_field, models.TextField):
            kwargs["form_class"] = TextField
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class BookAdmin(_Lists, DeputyAdmin):
    """A page of the book; `fixed` columns are typed once, when the row is made."""

    may_add = True
    fixed: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Codes do not change: addresses and texts lead to them."""
        found = tuple(super().get_readonly_fields(request, obj))
        return (*found, *self.fixed) if obj else found

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the vectors of search."""
        names = {field.name for field in self.model._meta.fields} & {"search", "search_body"}
        return super().get_queryset(request).defer(*names)


class BookInline(_Lists, DeputyInline):
    """Rows of the book edited with their owner."""
