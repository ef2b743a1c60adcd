"""Pinned query counts: `tests/query_counts.json` says how many queries a page costs, whatever it shows.

Only parts that HTMX asks for are pinned, so that the rail of the whole page may change freely.
"""

import json
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

FILE = Path(__file__).with_name("query_counts.json")


def pinned(page: str) -> int:
    """What the file says about a page; a page nobody measured yet is an error with advice."""
    counts = json.loads(FILE.read_text(encoding="utf-8"))
    assert page in counts, f"add “{page}” to {FILE.name} with the number of queries it takes"
    return int(counts[page])


def queries_of_part(client: Any, url: str, target: str) -> int:
    """Queries of one HTMX request for a part, once the session is warm."""
    headers = {"HX-Request": "true", "HX-Target": target}
    client.get(url, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url, headers=headers)
    assert response.status_code == 200
    return len(captured)
