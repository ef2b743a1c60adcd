"""The book's Markdown: safe HTML with live values of parameters."""

from __future__ import annotations

import re

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from playbook.parameters import BY_CODE
from playbook.services.parameters import Parameters

_PARAMETER = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
_RENDERER = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "hr", "br",
         "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


def shown(code: str, values: Parameters) -> str:
    """A parameter's value as people write it: decimal comma, cells with commas between."""
    value = values[code]
    return ", ".join(value) if isinstance(value, list) else str(value).replace(".", ",")


def render(text: str, values: Parameters) -> SafeString:
    """HTML without scripts, handlers or foreign schemes; `{{ code }}` becomes the value in force."""
    clean = nh3.clean(
        _RENDERER.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
    )

    def value(match: re.Match[str]) -> str:
        code = match[1]
        if code not in BY_CODE:
            return match[0]
        return format_html(
            '<span class="param" title="{}">{}</span>', BY_CODE[code].name, shown(code, values)
        )

    return mark_safe(_PARAMETER.sub(value, clean))  # noqa: S308 - cleaned above, values escaped
