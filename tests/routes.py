"""Every address of the program, as the resolver knows it: what the access test and the screen test walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Apps whose routes are listed one by one; all others lie under the prefixes below, with rules of their own.
OUR_APPS = ("salesdept", "playbook", "clients", "deals", "kpi")
LIBRARY_PREFIXES = {
    "accounts/": "django-allauth: login, password, two-factor login, sessions",
    "i18n/": "django: the choice of a language",
    "admin/": "django admin: for people with is_staff",
}


@dataclass(frozen=True)
class Route:
    """An address: its pattern, the name `reverse` knows it by, the module of its view."""

    pattern: str
    name: str
    module: str

    @property
    def app(self) -> str:
        """The package that the view stands in."""
        return self.module.partition(".")[0]


def every_route() -> list[Route]:
    """All that the resolver can lead to."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def our_routes() -> dict[str, Route]:
    """Routes of our own apps by name."""
    found = [route for route in every_route() if route.app in OUR_APPS and not _is_library(route)]
    return {route.name: route for route in found}


def strangers() -> list[Route]:
    """Routes that are neither ours nor under a prefix that is listed above."""
    return [route for route in every_route() if route.app not in OUR_APPS and not _is_library(route)]


def _is_library(route: Route) -> bool:
    return route.pattern.startswith(tuple(LIBRARY_PREFIXES))


def _walk(patterns: list[Any], before: str, namespace: str) -> Iterator[Route]:
    for one in patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            inside = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one.url_patterns, pattern, inside)
        elif isinstance(one, URLPattern):
            yield Route(pattern, f"{namespace}{one.name}", one.callback.__module__)
