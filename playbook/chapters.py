"""Chapters of the book: in what order regulations stand on its first page, and under what heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Chapter:
    """A heading and the codes of the regulations under it."""

    code: str
    title: Any
    regulations: tuple[str, ...]


OTHER = Chapter("other", _("Other rules"), ())
CHAPTERS = (
    Chapter(
        "base", _("Who our client is"), ("client-typology", "client-types", "key-client", "zero-clients")
    ),
    Chapter(
        "work",
        _("Work with clients"),
        ("active-base", "new-clients", "leads", "potential-clients", "invoices", "claims", "contracts"),
    ),
    Chapter("terms", _("Terms and offers"), ("commercial-policy", "marketing-policy")),
    Chapter(
        "department",
        _("The department"),
        (
            "sales-book",
            "planning",
            "kpi",
            "meetings",
            "analytics",
            "evaluation",
            "substitution",
            "crm-1c",
            "base-protection",
        ),
    ),
    OTHER,
)
_BY_REGULATION = {regulation: chapter for chapter in CHAPTERS for regulation in chapter.regulations}


def chapter_of(regulation: str) -> Chapter:
    """The chapter of a regulation by its code."""
    return _BY_REGULATION.get(regulation, OTHER)
