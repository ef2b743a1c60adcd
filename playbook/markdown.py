"""The book's Markdown: safe HTML with live values of parameters, its headings, and its bare words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from playbook.parameters import BY_CODE
from playbook.services.parameters import Parameters

_PARAMETER = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
_RENDERER = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "hr", "br",
         "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
_HEADINGS = ("h2", "h3", "h4")
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}} | {tag: {"id"} for tag in _HEADINGS}
_LIFT = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}  # the page's own title is h1


@dataclass(frozen=True)
class Heading:
    """A line of the table of contents."""

    anchor: str
    title: str
    level: int


@dataclass(frozen=True)
class Page:
    """A text ready to show."""

    html: SafeString
    headings: list[Heading]


def shown(code: str, values: Parameters) -> str:
    """A parameter's value as people write it."""
    return BY_CODE[code].shown(values[code])


def render(text: str, values: Parameters) -> SafeString:
    """HTML without scripts, handlers or foreign schemes; `{{ code }}` becomes the value in force."""
    return page(text, values).html


def page(text: str, values: Parameters) -> Page:
    """The text as safe HTML, with an anchor at each heading."""
    tokens = _RENDERER.parse(text)
    headings = _anchor(tokens, values)
    dirty = _RENDERER.renderer.render(tokens, _RENDERER.options, {})
    clean = nh3.clean(dirty, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"})

    def value(match: re.Match[str]) -> str:
        code = match[1]
        if code not in BY_CODE:
            return match[0]
        return format_html(
            '<span class="param" title="{}">{}</span>', BY_CODE[code].name, shown(code, values)
        )

    # A value never goes inside a tag: an attribute keeps its text.
    parts = re.split(r"(<[^>]*>)", clean)
    html = "".join(part if part.startswith("<") else _PARAMETER.sub(value, part) for part in parts)
    return Page(mark_safe(html), headings)  # noqa: S308 - cleaned above, values escaped


def plain(text: str, values: Parameters) -> str:
    """The bare words, one line, values put in: what search shows a piece of."""
    pieces: list[str] = []
    for token in _RENDERER.parse(text):
        if token.type in ("fence", "code_block"):
            pieces.append(token.content)
        for child in token.children or []:
            pieces.append(child.content if child.type in ("text", "code_inline") else " ")
        if token.type == "inline":
            pieces.append(" ")
    return _filled(" ".join("".join(pieces).split()), values)


def _filled(words: str, values: Parameters) -> str:
    return _PARAMETER.sub(lambda match: shown(match[1], values) if match[1] in BY_CODE else match[0], words)


def unknown_codes(text: str) -> list[str]:
    """Codes in `{{ … }}` that no parameter has: misprints that the reader would see raw."""
    return sorted({code for code in _PARAMETER.findall(text) if code not in BY_CODE})


def _anchor(tokens: list[Token], values: Parameters) -> list[Heading]:
    """Give headings their anchors and levels below the page's title; the list of them."""
    headings: list[Heading] = []
    seen: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type not in ("heading_open", "heading_close"):
            continue
        token.tag = _LIFT[token.tag]
        if token.type == "heading_close":
            continue
        inline = tokens[place + 1]
        words = (one.content for one in inline.children or [] if one.type in ("text", "code_inline"))
        title = _filled("".join(words), values)
        anchor = base = f"p-{slugify(title, allow_unicode=True) or len(headings) + 1}"
        for number in count(2):
            if anchor not in seen:
                break
            anchor = f"{base}-{number}"
        seen.add(anchor)
        token.attrSet("id", anchor)
        headings.append(Heading(anchor, title, int(token.tag[1])))
    return headings
