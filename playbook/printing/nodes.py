"""Markdown of the book as a tree of plain data for the printer.

The printer's template (`book.typ`) is one fixed file that walks this tree; a text is only ever a string in it and
never source code. So nothing in a text can be a command: there is nothing to escape and nothing to forget.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from markdown_it.tree import SyntaxTreeNode

from playbook.markdown import PICTURE_PATH, filled, parse
from playbook.services.parameters import Parameters

Node = dict[str, Any]
IN_CELL = 200  # pixels: the widest picture in a cell of a table
_WEB = re.compile(r"(https?://|mailto:)[^\s\x00-\x1f]+", re.IGNORECASE)
_WRAPS = {"strong": "strong", "em": "emph", "list_item": "item", "blockquote": "quote", "paragraph": "par"}


def nodes(text: str, values: Parameters) -> list[Node]:
    """The text's blocks with values put in; numbers of pictures stand in `picture` nodes."""
    return _all(SyntaxTreeNode(parse(text)).children, values)


def pictures_of(tree: Iterable[Any]) -> set[int]:
    """Numbers of all pictures in a tree."""
    found: set[int] = set()
    for one in tree:
        if isinstance(one, dict):
            if one.get("k") == "picture":
                found.add(one["number"])
            found |= pictures_of(one.values())
        elif isinstance(one, list):
            found |= pictures_of(one)
    return found


def words(text: str) -> Node:
    """Bare words."""
    return {"k": "text", "s": text}


def par(*parts: Node | str) -> Node:
    """A paragraph of words and nodes."""
    return {"k": "par", "c": [words(one) if isinstance(one, str) else one for one in parts]}


def strong(text: str) -> Node:
    """Words in bold."""
    return {"k": "strong", "c": [words(text)]}


def heading(title: str, level: int = 2) -> Node:
    """A heading inside a page; 2 is the first level below the page's title."""
    return {"k": "heading", "level": level, "c": [words(title)]}


def items(lines: Iterable[str | list[Node]], *, numbered: bool = False) -> Node:
    """A list of sentences, or of items that are blocks."""
    found = [{"k": "item", "c": [par(one)] if isinstance(one, str) else one} for one in lines]
    return {"k": "enum" if numbered else "list", "start": 1, "c": found}


def table(head: list[str], rows: list[list[str]]) -> Node:
    """A table with one row of headings."""
    return {
        "k": "table",
        "columns": len(head),
        "head": [[words(one)] for one in head],
        "c": [[words(cell)] for row in rows for cell in row],
    }


def _all(children: Iterable[SyntaxTreeNode], values: Parameters) -> list[Node]:
    return [one for child in children for one in _nodes(child, values)]


def _nodes(node: SyntaxTreeNode, values: Parameters) -> list[Node]:
    """What a node of Markdown prints as; nodes of no known kind print as what is inside them."""
    if node.type in ("text", "code_inline"):
        return [{"k": "code" if node.type == "code_inline" else "text", "s": filled(node.content, values)}]
    if node.type in _WRAPS:
        return [{"k": _WRAPS[node.type], "c": _all(node.children, values)}]
    if node.type in ("fence", "code_block"):
        return [{"k": "pre", "s": filled(node.content.rstrip("\n"), values)}]
    if node.type in ("softbreak", "hardbreak", "hr"):
        return [{"k": {"softbreak": "space", "hardbreak": "br", "hr": "rule"}[node.type]}]
    make = _SPECIAL.get(node.type)
    return [make(node, values)] if make else _all(node.children, values)


def _heading(node: SyntaxTreeNode, values: Parameters) -> Node:
    level = min(max(int(node.tag[1]), 2), 4)
    return {"k": "heading", "level": level, "c": _all(node.children, values)}


def _list(node: SyntaxTreeNode, values: Parameters) -> Node:
    kind = "enum" if node.type == "ordered_list" else "list"
    start = min(int(node.attrs.get("start", 1)), 1_000_000)
    return {"k": kind, "start": start, "c": _all(node.children, values)}


def _link(node: SyntaxTreeNode, values: Parameters) -> Node:
    """Links of the web stay links; addresses inside the program lead nowhere on paper."""
    href = str(node.attrs.get("href", ""))
    kind = {"k": "link", "url": href} if _WEB.fullmatch(href) else {"k": "span"}
    return kind | {"c": _all(node.children, values)}


def _picture(node: SyntaxTreeNode, values: Parameters) -> Node:
    match = PICTURE_PATH.fullmatch(str(node.attrs.get("src", "")))
    if match is None:
        return words(node.content or _("picture"))
    return {
        "k": "picture",
        "number": int(match[1]),
        "alt": node.content,
        "width": node.attrs.get("width", 0),
        "height": node.attrs.get("height", 0),
    }


def _table(node: SyntaxTreeNode, values: Parameters) -> Node:
    rows = [row for part in node.children for row in part.children]
    cells = [[_all(cell.children, values) for cell in row.children] for row in rows]
    for one in (one for row in cells for cell in row for one in cell if one["k"] == "picture"):
        scale = min(1, IN_CELL / (one["width"] or 1))
        one |= {"width": one["width"] * scale, "height": one["height"] * scale}
    columns = max(len(row) for row in cells)
    body = [cell for row in cells[1:] for cell in row + [[]] * (columns - len(row))]
    return {"k": "table", "columns": columns, "head": cells[0], "c": body}


_SPECIAL = {
    "heading": _heading,
    "bullet_list": _list,
    "ordered_list": _list,
    "link": _link,
    "image": _picture,
    "table": _table,
}
