"""The book's Markdown: safe HTML with live values of parameters, an address of each block, and its bare words."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import count

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from playbook.models import Picture
from playbook.parameters import BY_CODE
from playbook.services.parameters import Parameters

PICTURE_PATH = re.compile(r"/book/pictures/([1-9][0-9]{0,8})/")
_PARAMETER = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
_RENDERER = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "hr", "br",
         "table", "thead", "tbody", "tr", "th", "td", "img"}  # fmt: skip
_HEADINGS = ("h2", "h3", "h4")
_ADDRESSED = (*_HEADINGS, "p", "li", "tr")
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height", "loading"},
}
_ATTRIBUTES |= {tag: {"id"} for tag in _ADDRESSED}
_LIFT = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}  # the page's own title is h1
# A value's place on its way through rendering and cleaning: private letters, which no text may bring itself.
_OPEN, _SHUT = "\ue000", "\ue001"
_PRIVATE = str.maketrans("", "", _OPEN + _SHUT)
_PLACE = re.compile(f"{_OPEN}([a-z_.]+){_SHUT}")
_SIGNS = (
    (re.compile(r"^[ \t]*(```|~~~).*$", re.MULTILINE), " "),
    (re.compile(r"^(?=[ :|]*-)[ :|-]+$", re.MULTILINE), " "),  # the line under a table's head; a rule
    (re.compile(r"^[ \t]*((#{1,6}|>|[-*+]|\d{1,9}[.)])[ \t]+)+", re.MULTILINE), ""),
    (re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)"), r"\1"),
    (re.compile(r"(?<!\\)\|"), " "),
    (re.compile(r"(?<!\\)[*`]+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)
_BLOCK = re.compile(r'<(?:h[234]|p|li|tr) id="([^"<>]+)">(?:\s*<t[hd]>)?')


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


def parse(text: str) -> list[Token]:
    """The text's tokens; pictures are only those of the book, with their size (one query when there are any)."""
    tokens = _RENDERER.parse(text.translate(_PRIVATE))
    _pictures(tokens)
    return tokens


def render(text: str, values: Parameters) -> SafeString:
    """HTML without scripts, handlers or foreign schemes; `{{ code }}` becomes the value in force."""
    return _html(text, values)[0]


def page(text: str, values: Parameters) -> Page:
    """The text as safe HTML; every heading, paragraph, item and row of a table has an address and shows it."""
    html, headings = _html(text, values)
    sign = _("Link to this place")

    def signed(match: re.Match[str]) -> str:
        return match[0] + format_html('<a class="deep" href="#{}" aria-label="{}"></a>', match[1], sign)

    return Page(mark_safe(_BLOCK.sub(signed, html)), headings)  # noqa: S308 - cleaned by _html


def _html(text: str, values: Parameters) -> tuple[SafeString, list[Heading]]:
    tokens = parse(text)
    headings = _address(tokens, values)
    _mark_values(tokens)
    dirty = _RENDERER.renderer.render(tokens, _RENDERER.options, {})
    clean = nh3.clean(
        dirty,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_only_own_pictures,
        url_schemes={"http", "https", "mailto"},
    )

    def value(match: re.Match[str]) -> str:
        code = match[1]
        return format_html(
            '<span class="param" title="{}">{}</span>', BY_CODE[code].name, shown(code, values)
        )

    return mark_safe(_PLACE.sub(value, clean)), headings  # noqa: S308 - cleaned above, values escaped


def plain(text: str, values: Parameters) -> str:
    """The bare words, one line, values put in: what search shows a piece of."""
    return filled(_bare(text), values)


@lru_cache(maxsize=512)
def _bare(text: str) -> str:
    """A text without the signs of Markdown. Not parsed: search shows forty texts in the time of parsing two."""
    for sign, instead in _SIGNS:
        text = sign.sub(instead, text)
    return " ".join(unescape(text).split())


def filled(words: str, values: Parameters) -> str:
    """The words with each `{{ code }}` replaced by its value."""
    return _PARAMETER.sub(lambda match: shown(match[1], values) if match[1] in BY_CODE else match[0], words)


def unknown_codes(text: str) -> list[str]:
    """Codes in `{{ … }}` that no parameter has: misprints that the reader would see raw."""
    return sorted({code for code in _PARAMETER.findall(text) if code not in BY_CODE})


def _only_own_pictures(tag: str, attribute: str, value: str) -> str | None:
    """The second lock: whatever parsing let through, `src` leads to a picture of the book or goes."""
    return value if (tag, attribute) != ("img", "src") or PICTURE_PATH.fullmatch(value) else None


def _pictures(tokens: list[Token]) -> None:
    """A picture of the book gets its size; any other image is only its words."""
    found = [(token, child) for token in tokens for child in token.children or [] if child.type == "image"]
    numbers = {id(child): PICTURE_PATH.fullmatch(str(child.attrs.get("src", ""))) for _token, child in found}
    wanted = {int(match[1]) for match in numbers.values() if match}
    rows = Picture.objects.filter(pk__in=wanted).values_list("pk", "width", "height") if wanted else []
    sizes = {pk: (width, height) for pk, width, height in rows}
    for token, child in found:
        match = numbers[id(child)]
        if match and int(match[1]) in sizes:
            width, height = sizes[int(match[1])]
            child.attrs |= {"width": width, "height": height, "loading": "lazy"}
        else:
            words = Token("text", "", 0, content=child.content or _("picture"))
            token.children = [words if one is child else one for one in token.children or []]


def _mark_values(tokens: list[Token]) -> None:
    """`{{ code }}` in words becomes a private mark. Attributes are not touched: they keep their text."""
    for token in tokens:
        for one in (token, *(token.children or ())):
            if one.type in ("text", "code_inline", "fence", "code_block"):
                one.content = _PARAMETER.sub(_place, one.content)


def _place(match: re.Match[str]) -> str:
    return f"{_OPEN}{match[1]}{_SHUT}" if match[1] in BY_CODE else match[0]


def _address(tokens: list[Token], values: Parameters) -> list[Heading]:
    """Give every block its address, headings also their level below the page's title; the list of headings.

    A heading is named by its words, any other block by a digest of its own words: an address survives changes
    elsewhere on the page. Equal blocks are told apart by their number.
    """
    headings: list[Heading] = []
    seen: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = _LIFT[token.tag]
        if token.nesting != 1 or token.tag not in _ADDRESSED or _is_inside_item(tokens, place):
            continue
        words = _own_words(tokens, place)
        if token.type == "heading_open":
            title = filled(words, values)
            anchor = _unseen(f"p-{slugify(title, allow_unicode=True) or len(headings) + 1}", seen)
            headings.append(Heading(anchor, title, int(token.tag[1])))
        else:
            digest = hashlib.blake2s(" ".join(words.split()).encode(), digest_size=4).hexdigest()
            anchor = _unseen(f"b-{digest}", seen)
        token.attrSet("id", anchor)
    return headings


def _is_inside_item(tokens: list[Token], place: int) -> bool:
    """The first paragraph of an item of a list: its address is the item's."""
    return tokens[place].type == "paragraph_open" and place > 0 and tokens[place - 1].type == "list_item_open"


def _own_words(tokens: list[Token], place: int) -> str:
    """The words of a block: of a row all cells, of an item its first paragraph."""
    last = {"tr_open": "tr_close", "list_item_open": "inline"}.get(tokens[place].type, "inline")
    words: list[str] = []
    for token in tokens[place + 1 :]:
        if token.type == "inline":
            children = token.children or []
            words.append(
                "".join(one.content for one in children if one.type in ("text", "code_inline", "image"))
            )
        if token.type == last or (token.nesting == -1 and token.level == tokens[place].level):
            break
    return " | ".join(words)


def _unseen(base: str, seen: set[str]) -> str:
    anchor = next(
        name for number in count(1) if (name := f"{base}-{number}" if number > 1 else base) not in seen
    )
    seen.add(anchor)
    return anchor
