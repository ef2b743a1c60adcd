"""Russian is complete: every source string of code and templates has a translation (DESIGN.md, «The page»)."""

import itertools
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import template as templatize_module

from salesdept.locale_files import catalogues

ROOT = Path(settings.BASE_DIR)
APPS = ("salesdept", "playbook", "clients", "deals", "kpi")
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_": None,
}


def translated() -> dict[object, object]:
    known: dict[object, object] = {}
    for path in catalogues():
        if path.parent.parent.name != "ru":
            continue
        for message in read_po(BytesIO(path.read_bytes()), locale="ru"):
            if message.id and not message.fuzzy:
                key = message.id[0] if isinstance(message.id, tuple) else message.id
                known[key] = message.string
    return known


def used() -> dict[str, str]:
    """Source string → a place where it stands."""
    found: dict[str, str] = {}
    sources = [p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]
    for path in sources:
        for line, message, _comments, _context in extract(
            "python", BytesIO(path.read_bytes()), keywords=KEYWORDS
        ):
            found[message[0] if isinstance(message, tuple) else message] = f"{path.relative_to(ROOT)}:{line}"
    for path in (ROOT / "templates").rglob("*.html"):
        code = templatize_module.templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for line, message, _comments, _context in extract(
            "python", BytesIO(code.encode()), keywords=KEYWORDS
        ):
            found[message[0] if isinstance(message, tuple) else message] = f"{path.relative_to(ROOT)}:{line}"
    found.pop("", None)
    return found


def test_every_string_has_a_russian_translation() -> None:
    known = translated()
    missing = {text: place for text, place in used().items() if not _complete(known.get(text))}
    assert missing == {}, "\n".join(f"{place}: {text}" for text, place in missing.items())


def _complete(text: object) -> bool:
    return all(text) if isinstance(text, tuple) else bool(text)


@pytest.mark.parametrize("app", APPS)
def test_catalogue_of_an_app_has_no_string_twice(app: str) -> None:
    lines = (ROOT / app / "locale/ru/LC_MESSAGES/django.po").read_text(encoding="utf-8").splitlines()
    pairs = list(itertools.pairwise(lines))
    ids = [
        (before if before.startswith("msgctxt") else "", line)
        for before, line in pairs
        if line.startswith("msgid ") and line != 'msgid ""'
    ]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


def test_placeholders_survive_translation() -> None:
    import re

    broken = []
    for source, target in translated().items():
        for text in target if isinstance(target, tuple) else (target,):
            want = set(re.findall(r"%\(\w+\)[sd]", str(source)))
            if text and set(re.findall(r"%\(\w+\)[sd]", str(text))) - want:
                broken.append(source)
    assert broken == []
