"""Filters of the client list. Their names are the URL: other pages link to `clients:list` with them.

`q` · `stage` · `top` · `cell` · `abc` · `xyz` · `sphere` · `segment` · `office` · `direction` ·
`manager` and `home` (a person's id, `me` or `none`) · `bought_from`, `bought_to` · `queue` · and of the page:
`sort`, `page`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Q
from django.forms import CheckboxSelectMultiple, DateInput
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, Direction, Stage
from clients.querysets import ClientQuerySet
from clients.tables import DEFAULT_SORT
from playbook.models import Segment, Sphere
from playbook.parameters import CELLS
from playbook.services import parameters
from salesdept.dates import today
from salesdept.models import Office, User
from salesdept.roles import Role

ME, NOBODY = "me", "none"


class Queue:
    """Ready-made questions to the base; each is a tab of the list."""

    EXPECTED, AT_RISK, HANDOVER, NO_OWNER = "expected", "at_risk", "handover", "no_owner"
    LABELS = {
        EXPECTED: gettext_lazy("Order overdue"),
        AT_RISK: gettext_lazy("Turning zero"),
        HANDOVER: gettext_lazy("Waiting for development"),
        NO_OWNER: gettext_lazy("No owner"),
    }


@dataclass(frozen=True)
class Chip:
    """A filter that is on, in words, and the query string without it."""

    text: str
    query: str


class Several(django_filters.MultipleChoiceFilter):
    """Any of the chosen values; never DISTINCT, which would cost the order its index."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(distinct=False, widget=CheckboxSelectMultiple, **kwargs)


class ClientFilter(django_filters.FilterSet):
    """Every filter of the client list over clients the person may see."""

    q = django_filters.CharFilter(method="by_words")
    stage = Several(field_name="state__stage", choices=Stage.choices)
    top = django_filters.ChoiceFilter(
        field_name="state__is_top",
        choices=[("1", gettext_lazy("TOP only")), ("0", gettext_lazy("not TOP"))],
        method="by_top",
    )
    cell = Several(choices=[(cell, cell) for cell in CELLS], method="by_cell")
    abc = Several(field_name="state__abc", choices=[(c, c) for c in "ABC"])
    xyz = Several(field_name="state__xyz", choices=[(c, c) for c in "XYZ"])
    sphere = Several(method="by_type")
    segment = Several(method="by_type")
    office = Several(field_name="office__code")
    direction = Several(choices=Direction.choices)
    manager = django_filters.ChoiceFilter(method="by_person")
    home = django_filters.ChoiceFilter(method="by_person")
    bought_from = django_filters.DateFilter(
        field_name="state__last_purchase", lookup_expr="gte", widget=DateInput(attrs={"type": "date"})
    )
    bought_to = django_filters.DateFilter(
        field_name="state__last_purchase", lookup_expr="lte", widget=DateInput(attrs={"type": "date"})
    )
    queue = django_filters.ChoiceFilter(choices=list(Queue.LABELS.items()), method="by_queue")

    class Meta:
        model = Client
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: ClientQuerySet, *, user: User) -> None:
        super().__init__(data, queryset)
        self.user = user
        self.filters["sphere"].extra["choices"] = [(one.code, one.name) for one in self.spheres]
        self.filters["segment"].extra["choices"] = [(one.code, str(one)) for one in self.segments]
        self.filters["office"].extra["choices"] = [(one.code, one.short_name) for one in self.offices]
        people = [(ME, _("with me")), (NOBODY, _("with nobody"))]
        people += [(str(one.pk), one.get_short_name()) for one in self.people]
        for name in ("manager", "home"):
            self.filters[name].extra["choices"] = people

    @cached_property
    def segments(self) -> list[Segment]:
        """Every segment with its sphere, in the book's order."""
        return list(Segment.objects.select_related("sphere"))

    @cached_property
    def spheres(self) -> list[Sphere]:
        """Spheres that have segments, in the book's order."""
        return list({one.sphere_id: one.sphere for one in self.segments}.values())

    @cached_property
    def offices(self) -> list[Office]:
        """Every office."""
        return list(Office.objects.all())

    @cached_property
    def people(self) -> list[User]:
        """Whoever may have clients: sellers, and those gone whose clients still stand on them."""
        return list(User.objects.filter(role__in=Role.sellers()))

    @cached_property
    def day(self) -> date:
        """The business date that «overdue» is measured from."""
        return today()

    def by_words(self, queryset: ClientQuerySet, name: str, value: str) -> ClientQuerySet:
        """Words of the code, name, legal entities or INN."""
        return queryset.matching(value)

    def by_top(self, queryset: ClientQuerySet, name: str, value: str) -> ClientQuerySet:
        """TOP or not."""
        return queryset.filter(state__is_top=value == "1")

    def by_cell(self, queryset: ClientQuerySet, name: str, value: list[str]) -> ClientQuerySet:
        """Any of the cells of the ABC-XYZ matrix."""
        if not value:
            return queryset
        wanted = Q()
        for cell in value:
            wanted |= Q(state__abc=cell[0], state__xyz=cell[1])
        return queryset.filter(wanted)

    def by_type(self, queryset: ClientQuerySet, name: str, value: list[str]) -> ClientQuerySet:
        """Any of the spheres or segments chosen together; applied once, for both names."""
        if not value or (name == "segment" and self.form.cleaned_data.get("sphere")):
            return queryset
        data = self.form.cleaned_data
        spheres, segments = data.get("sphere") or [], data.get("segment") or []
        return queryset.filter(Q(segment__sphere__code__in=spheres) | Q(segment__code__in=segments))

    def by_person(self, queryset: ClientQuerySet, name: str, value: str) -> ClientQuerySet:
        """In work with somebody, or somebody's by home; `none` finds those who are nobody's."""
        column = "in_work_with" if name == "manager" else "home_manager"
        if value == NOBODY:
            return queryset.filter(**{f"{column}__isnull": True})
        return queryset.filter(**{column: self.user.pk if value == ME else value})

    def by_queue(self, queryset: ClientQuerySet, name: str, value: str) -> ClientQuerySet:
        """One of the ready-made questions."""
        if value == Queue.NO_OWNER:
            return queryset.without_owner()
        if value == Queue.HANDOVER:
            return queryset.waiting_for_handover(self.day)
        if value == Queue.EXPECTED:
            return queryset.order_overdue(self.day)
        return queryset.about_to_turn_zero(self.day, parameters.value("calls.at_risk_days", self.day))

    def chips(self) -> Iterator[Chip]:
        """Filters that are on, one chip a value; the search box and the queue show themselves."""
        self.form.is_valid()
        for name, label in self._labels().items():
            choices = (
                dict(self.form.fields[name].choices) if hasattr(self.form.fields[name], "choices") else {}
            )
            value = self.form.cleaned_data.get(name)
            for one in value if isinstance(value, list) else [value]:
                if one not in (None, ""):
                    text = f"{one:%d.%m.%Y}" if isinstance(one, date) else str(choices.get(one, one))
                    yield Chip(f"{label}{text}", self._without(name, str(one)))

    def _labels(self) -> dict[str, str]:
        return {
            "stage": "",
            "top": "",
            "cell": "",
            "abc": _("class") + " ",
            "xyz": _("class") + " ",
            "sphere": "",
            "segment": "",
            "office": "",
            "direction": "",
            "manager": _("in work:") + " ",
            "home": _("home:") + " ",
            "bought_from": _("bought from") + " ",
            "bought_to": _("bought up to") + " ",
        }

    def _without(self, name: str, value: str) -> str:
        params = self.data.copy()
        params.pop("page", None)
        left = [one for one in params.getlist(name) if one != value] if name not in _SINGLE else []
        params.setlist(name, left)
        return params.urlencode()


_SINGLE = {"top", "manager", "home", "bought_from", "bought_to"}


def clean_query(params: QueryDict, without: tuple[str, ...] = ()) -> str:
    """The query string without empty values, the usual order and some names: what a shared link looks like."""
    lean = QueryDict(mutable=True)
    for name, values in params.lists():
        if name == "sort" and values == [DEFAULT_SORT]:
            continue
        if name not in without and (kept := [value for value in values if value.strip()]):
            lean.setlist(name, kept)
    return lean.urlencode()
