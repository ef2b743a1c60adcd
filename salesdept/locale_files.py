"""Compiles the catalogues: `.po` files are the source, `.mo` files are made where the program starts."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

APPS = ("salesdept", "playbook", "clients", "deals", "kpi")


def catalogues() -> list[Path]:
    """Every `.po` file of the program."""
    root = Path(__file__).resolve().parent.parent
    return [path for app in APPS for path in sorted((root / app / "locale").glob("*/LC_MESSAGES/django.po"))]


def compile_stale() -> list[Path]:
    """Write each `.mo` that is missing or older than its `.po`; safe for processes that start together."""
    written = []
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        descriptor, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(descriptor, "wb") as file:
            write_mo(file, catalogue)
        os.replace(name, target)
        written.append(target)
    return written
