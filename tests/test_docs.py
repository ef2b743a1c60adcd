"""The documents lead where they say."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_named_in_a_document_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:salesdept|playbook|clients|deals|kpi|docs)/[\w/]+\.(?:py|md))`", text))
    named |= {f"{part}" for part in re.findall(r"\]\((docs/[\w./-]+)\)", text)}
    assert [one for one in sorted(named) if not (ROOT / one).is_file()] == []
