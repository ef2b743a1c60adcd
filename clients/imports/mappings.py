"""Columns chosen by hand are remembered for files with the same heading."""

from __future__ import annotations

import hashlib

from clients.imports.kinds import Kind
from clients.imports.readers import normal
from clients.models.imports import ImportMapping


def remembered(kind: Kind, header: list[str]) -> dict[str, str]:
    """What was chosen for such a heading last time; empty when nothing was."""
    row = ImportMapping.objects.filter(kind=kind.name, signature=_signature(header)).first()
    return row.mapping if row else {}


def remember(kind: Kind, header: list[str], mapping: dict[str, str]) -> None:
    """Keep the choice for the next file."""
    ImportMapping.objects.update_or_create(
        kind=kind.name, signature=_signature(header), defaults={"mapping": mapping}
    )


def _signature(header: list[str]) -> str:
    return hashlib.sha256("|".join(normal(cell) for cell in header).encode()).hexdigest()
