"""The book as a PDF: one version of a regulation, or the whole book with contents (typst; no network).

Every page says which page of the book it is, its version, since when it is in force, the day of printing, and its
number of how many. Values of parameters are those of the version, or in force on the day.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from playbook.models import Picture, RegulationVersion, VersionState
from playbook.printing.nodes import Node, nodes, pictures_of
from playbook.services import parameters
from playbook.templatetags.book import since

TEMPLATE = Path(__file__).with_name("book.typ")


@dataclass(frozen=True)
class Sheet:
    """A page of the book: title, what holds about it, a sentence, blocks, and rows of values."""

    title: str
    facts: str
    body: list[Node]
    lead: str = ""
    values: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """A part of the book with its pages; each begins on a new sheet of paper unless the part flows."""

    part: str | None
    pages: list[Sheet]
    flows: bool = False


def regulation(version: RegulationVersion, day: date) -> bytes:
    """One version of a regulation as a PDF."""
    sheet = sheet_of(version, day)
    return compiled(sheet.title, day, [Section(None, [sheet])])


def book(day: date) -> bytes:
    """Everything in force on the day, with a title page and contents."""
    from playbook.printing.parts import sections

    return compiled(_("Sales book"), day, sections(day), contents=True)


def sheet_of(version: RegulationVersion, day: date) -> Sheet:
    """A version of a regulation ready to print, its own values in the text."""
    values = parameters.with_version(version, day)
    own = parameters.of_version(version)
    rows = []
    for one in parameters.of_regulation(version.regulation.code):
        unit = f" {one.unit}" if one.unit else ""
        rows.append((str(one.name), f"{one.shown(own[one.code])}{unit}"))
    page = version.regulation
    return Sheet(page.title, facts_of(version), nodes(version.text, values), page.summary, rows)


def facts_of(version: RegulationVersion) -> str:
    """«Версия 2, в силе с 1 декабря»; of one that is not approved, what it is instead."""
    number = _("Version %(number)s") % {"number": version.number}
    if version.state != VersionState.APPROVED:
        return f"{number}, {version.get_state_display()}"
    return f"{number}, " + _("in force %(since)s") % {"since": since(version.in_force_from)}


def compiled(title: str, day: date, sections: Sequence[Section], *, contents: bool = False) -> bytes:
    """The PDF. The compiler sees a folder with the template, the data and the pictures, and nothing outside it."""
    data: dict[str, Any] = {
        "title": title,
        "subtitle": _("In force on %(day)s") % {"day": f"{day:%d.%m.%Y}"},
        "lang": (get_language() or "ru")[:2],
        "printed": _("Printed on %(day)s") % {"day": f"{day:%d.%m.%Y}"},
        "page": _("Page"),
        "of": _("of"),
        "values": _("Values of the parameters"),
        "contents": _("Contents") if contents else None,
        "depth": 2 if contents else 1,
        "sections": [asdict(one) for one in sections],
    }
    pictures = Picture.objects.filter(pk__in=pictures_of(data["sections"]))
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "main.typ").write_bytes(TEMPLATE.read_bytes())
        (root / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for picture in pictures:
            (root / f"picture-{picture.pk}").write_bytes(bytes(picture.content))
        return typst.compile(
            root / "main.typ",
            root=root,
            ignore_system_fonts=True,
            package_path=root / "none",
            package_cache_path=root / "none",
            format="pdf",
            timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
        )
