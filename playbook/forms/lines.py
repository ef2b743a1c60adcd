"""Lists of the book as people type them: one item a line; parts of an item stand between bars.

`кто | что важно` is an item of two parts. Lines that begin with `?` belong to the step above: `? если … → …`.
An item with something else inside is shown as it is stored, in braces, so nothing is ever lost by saving.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

BAR, ARROW, BRANCH = " | ", " → ", "? "
JSON = '{"'  # an item as it is stored; a place of a fact, {contact}, or of a value begins otherwise
LIMIT = 300  # items; technical


def line_of(parts: list[str]) -> str:
    """Parts of an item between bars; empty ones at the end are left out."""
    return BAR.join(parts).rstrip(" |").strip()


class LinesField(forms.Field):
    """A JSON list of sentences, or of objects with the given keys, as lines of text."""

    def __init__(self, *, keys: Sequence[str] = (), branches: bool = False, **kwargs: Any) -> None:
        self.keys, self.branches = tuple(keys), branches
        kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": 6}))
        kwargs.setdefault("help_text", _("One a line."))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The stored list as lines; what was typed stays as typed."""
        return value if isinstance(value, str) or value is None else self.lines(value)

    def to_python(self, value: Any) -> list[Any]:
        """The typed lines as a list; ValidationError names the line that is wrong."""
        items: list[Any] = []
        for number, line in enumerate(str(value or "").replace("\x00", "").splitlines(), start=1):
            text = line.strip()
            if self.branches and text.startswith(BRANCH.strip()):
                self._branch(items, text.lstrip("? "), number)
            elif text:
                items.append(self._item(text, number))
        if len(items) > LIMIT:
            raise ValidationError(_("No more than %(limit)s lines."), params={"limit": LIMIT})
        return items

    def has_changed(self, initial: Any, data: Any) -> bool:
        """By what the lines mean."""
        try:
            return bool(self.to_python(self.lines(initial or [])) != self.to_python(data))
        except ValidationError:
            return True

    def lines(self, items: list[Any]) -> str:
        """One line an item, and one a branch."""
        return "\n".join(line for item in items for line in self._shown(item))

    def _shown(self, item: Any) -> list[str]:
        if isinstance(item, str):
            return [item]
        rest = dict(item) if isinstance(item, dict) else {}
        branches = rest.pop("branches", []) if self.branches else []
        parts = [rest.pop(key, "") for key in self.keys]
        if not isinstance(item, dict) or rest or not self._is_plain(parts, branches):
            return [json.dumps(item, ensure_ascii=False)]
        return [line_of(parts), *(f"{BRANCH}{one['if']}{ARROW}{one['then']}" for one in branches)]

    @staticmethod
    def _is_plain(parts: list[Any], branches: list[Any]) -> bool:
        texts = [*parts, *(one.get(key) for one in branches for key in ("if", "then"))]
        signs = ("|", ARROW.strip(), "\n")
        return (
            any(parts)
            and all(isinstance(one, str) and not any(sign in one for sign in signs) for one in texts)
            and all(set(one) == {"if", "then"} for one in branches)
            and not line_of(parts).startswith((JSON, "?"))
        )

    def _item(self, text: str, number: int) -> Any:
        if text.startswith(JSON):
            try:
                return json.loads(text)
            except ValueError as error:
                raise ValidationError(
                    _("Line %(n)s: the braces do not close."), params={"n": number}
                ) from error
        parts = [part.strip() for part in text.split(BAR.strip())] if self.keys else [text]
        if len(parts) > max(len(self.keys), 1):
            raise ValidationError(
                _("Line %(n)s has more than %(parts)s parts."), params={"n": number, "parts": len(self.keys)}
            )
        if len(parts) == 1:
            return parts[0]
        return {key: part for key, part in zip(self.keys, parts, strict=False) if part}

    def _branch(self, items: list[Any], text: str, number: int) -> None:
        condition, arrow, then = (part.strip() for part in text.partition(ARROW.strip()))
        if not items or not arrow or not condition or not then:
            raise ValidationError(
                _("Line %(n)s: a branch stands below its step, as “? if → then”."), params={"n": number}
            )
        if isinstance(items[-1], str):
            items[-1] = {"text": items[-1]}
        items[-1].setdefault("branches", []).append({"if": condition, "then": then})


class NumbersField(LinesField):
    """Places of right options, counted from one as people count; words when they are no numbers."""

    def lines(self, items: list[Any]) -> str:
        """Numbers from one."""
        return "\n".join(str(one + 1) if type(one) is int else str(one) for one in items)
