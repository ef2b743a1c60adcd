"""Search in the book: regulations in force, segments, scripts and objections, best first, with a marked piece.

Words are found by their stem («клиенту» finds «клиент») and by their beginning; ё = е. PostgreSQL finds and
marks on texts without ё; letters stand at the same places, so the marks are carried over to the text as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from playbook.markdown import plain
from playbook.models import Objection, RegulationVersion, Script, Segment
from playbook.services import parameters
from playbook.services.parameters import Parameters
from salesdept.sql import fetch

LIMIT = 40
MAX_WORDS = 8
PIECE = 190  # letters of a shown piece
KINDS = {
    "regulation": _("Regulations"),
    "segment": _("Segments"),
    "script": _("Scripts"),
    "objection": _("Objections"),
}
_START, _STOP = "\x02", "\x03"
_WORD = re.compile(r"\w+")

# «(стем:* | слово:*) & …»: each word must be there, as a stem or as a beginning.
_QUERY = "(to_tsquery('russian', %({name})s) || to_tsquery('simple', %({name})s))"
_FIND = """
    WITH wanted AS (SELECT {query} AS q),
    texts AS (
        SELECT 'regulation' AS kind, v.id, r.search || v.search AS words, r."order" AS place
        FROM (
            SELECT DISTINCT ON (regulation_id) id, regulation_id, search FROM playbook_regulationversion
            WHERE state = 'approved' AND in_force_from <= %(day)s
            ORDER BY regulation_id, in_force_from DESC, number DESC
        ) v JOIN playbook_regulation r ON r.id = v.regulation_id
        UNION ALL SELECT 'segment', id, search || search_body, "order" FROM playbook_segment
        UNION ALL SELECT 'script', id, search || search_body, 0 FROM playbook_script
        UNION ALL SELECT 'objection', id, search || search_body, "order" FROM playbook_objection
    )
    SELECT kind, id FROM texts, wanted WHERE words @@ q
    ORDER BY ts_rank(words, q) DESC, kind, place, id LIMIT %(limit)s
"""
_MARK = """
    SELECT ts_headline('russian', body, {query}, 'HighlightAll=true, StartSel={start}, StopSel={stop}')
    FROM unnest(%(bodies)s::text[]) WITH ORDINALITY AS t(body, place) ORDER BY place
"""


@dataclass(frozen=True)
class Hit:
    """One place of the book where the words stand."""

    kind: str
    label: str
    title: SafeString
    piece: SafeString
    url: str


@dataclass(frozen=True)
class _Found:
    kind: str
    label: str
    title: str
    text: str
    url: str


def words_of(text: str) -> list[str]:
    """The words looked for: letters and digits, lower case, ё = е."""
    return [word.replace("ё", "е") for word in _WORD.findall(text.lower().replace("_", " "))][:MAX_WORDS]


def find(text: str, day: date) -> list[Hit]:
    """Places that have every word, best first (seven queries at most)."""
    words = words_of(text)
    if not words:
        return []
    query, params = _query(words)
    rows = fetch(_FIND.format(query=query), params | {"day": day, "limit": LIMIT})
    found = _load([(kind, int(pk)) for kind, pk in rows], day)
    bodies = [part for one in found for part in (one.title, one.text)]
    sql = _MARK.format(query=query, start=_START, stop=_STOP)
    marked = [row[0] for row in fetch(sql, params | {"bodies": [_flat(body) for body in bodies]})]
    return [
        Hit(
            one.kind,
            one.label,
            _show(one.title, _spans(one.title, marked[2 * place], words), whole=True),
            _show(one.text, _spans(one.text, marked[2 * place + 1], words)),
            one.url,
        )
        for place, one in enumerate(found)
    ]


def _query(words: list[str]) -> tuple[str, dict[str, object]]:
    names = [f"w{place}" for place in range(len(words))]
    query = " && ".join(_QUERY.format(name=name) for name in names)
    return query, {name: f"{word}:*" for name, word in zip(names, words, strict=True)}


def _flat(text: str) -> str:
    """The same letters at the same places, as the columns of search have them; nothing looks like a tag."""
    return text.translate(_FLAT)


_FLAT = str.maketrans({"ё": "е", "Ё": "Е", "<": " ", ">": " ", "&": " ", "/": " ", _START: " ", _STOP: " "})


def _spans(text: str, marked: str, words: list[str]) -> list[tuple[int, int]]:
    """Where to mark: the words PostgreSQL recognised, and the beginnings that were typed."""
    spans = set()
    if len(marked.replace(_START, "").replace(_STOP, "")) == len(text):
        place, start = 0, 0
        for letter in marked:
            if letter == _START:
                start = place
            elif letter == _STOP:
                spans.add((start, place))
            else:
                place += 1
    for match in _WORD.finditer(_flat(text).lower()):
        if any(match[0].startswith(word) for word in words):
            spans.add(match.span())
    return sorted(spans)


def _show(text: str, spans: list[tuple[int, int]], *, whole: bool = False) -> SafeString:
    """The piece of the text where most words stand near each other, with `<mark>`."""
    first, last = (0, len(text)) if whole else _window(text, spans)
    inside = [span for span in spans if span[0] >= first and span[1] <= last]
    parts: list[tuple[str, str]] = []
    place = first
    for start, stop in inside:
        if start < place:
            continue
        parts.append((text[place:start], text[start:stop]))
        place = stop
    html = format_html_join("", "{}<mark>{}</mark>", parts)
    return format_html(
        "{}{}{}{}", "… " if first else "", html, text[place:last], " …" if last < len(text) else ""
    )


def _window(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """A stretch of about PIECE letters, cut at spaces."""
    if len(text) <= PIECE:
        return 0, len(text)
    starts = [max(0, start - PIECE // 4) for start, _stop in spans] or [0]
    first = max(starts, key=lambda one: sum(one <= s and e <= one + PIECE for s, e in spans))
    first = max(0, min(first, len(text) - PIECE))
    if first:
        first = text.find(" ", first) + 1
    last = len(text) if first + PIECE >= len(text) else text.rfind(" ", first, first + PIECE)
    return first, last if last > first else min(len(text), first + PIECE)


def _load(keys: list[tuple[str, int]], day: date) -> list[_Found]:
    """What was found, in the order of `keys`: a query for each kind that is there."""
    ids: dict[str, list[int]] = {kind: [pk for one, pk in keys if one == kind] for kind in KINDS}
    values = parameters.in_force(day)
    loaded: dict[tuple[str, int], _Found] = {}
    if pks := ids["regulation"]:
        for version in RegulationVersion.objects.filter(pk__in=pks).select_related("regulation"):
            loaded["regulation", version.pk] = _regulation(version, values)
    if pks := ids["segment"]:
        for segment in Segment.objects.filter(pk__in=pks).select_related("sphere"):
            loaded["segment", segment.pk] = _segment(segment, values)
    if pks := ids["script"]:
        for script in Script.objects.filter(pk__in=pks).select_related("sphere", "segment"):
            loaded["script", script.pk] = _script(script)
    if pks := ids["objection"]:
        for one in Objection.objects.filter(pk__in=pks):
            url = f"{reverse('playbook:objections')}#o-{one.code}"
            loaded["objection", one.pk] = _Found("objection", "", one.says, one.answer, url)
    return [loaded[key] for key in keys if key in loaded]


def _regulation(version: RegulationVersion, values: Parameters) -> _Found:
    page = version.regulation
    body = f"{page.summary} {plain(version.text, values)}"
    return _Found(
        "regulation", page.section, page.title, body, reverse("playbook:regulation", args=[page.code])
    )


def _segment(segment: Segment, values: Parameters) -> _Found:
    lists = (segment.signs, segment.questions, segment.decision_makers, segment.problems)
    sentences = [plain(segment.portrait, values), segment.consumption]
    sentences += [line(one) for some in lists for one in some]
    body = " · ".join(one for one in sentences if one)
    return _Found(
        "segment", segment.sphere.name, segment.name, body, reverse("playbook:segment", args=[segment.code])
    )


def _script(script: Script) -> _Found:
    scope = str(script.segment or script.sphere or "")
    label = " · ".join(part for part in (str(script.get_situation_display()), scope) if part)
    body = " ".join(line(step) for step in script.steps)
    return _Found("script", label, script.title, body, f"{reverse('playbook:scripts')}#s-{script.pk}")


def line(one: object) -> str:
    """A line of a list of the book: a sentence, or an object whose values are sentences."""
    if isinstance(one, dict):
        return " ".join(str(value) for value in one.values() if isinstance(value, str))
    return str(one)
