"""Bars of a few months as one small inline SVG, with nothing to load and nothing to run."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

STEP, BAR = 8, 6  # px of a month, and of its bar
RECENT = 3  # the last months stand out: they are what changed


def bars(amounts: Sequence[Decimal | None], height: int = 22) -> SafeString:
    """One bar a month, scaled to the largest; a return is a mark under the line, nothing is a dot.

    Decorative: the figures stand beside it in words.
    """
    top = max((amount for amount in amounts if amount), default=Decimal(0))
    old: list[str] = []
    new: list[str] = []
    down: list[str] = []
    for place, amount in enumerate(amounts):
        x = place * STEP
        if amount and amount > 0:
            size = max(float(amount / top) * (height - 3), 2)
            path = f"M{x} {height - 2}v-{size:.1f}h{BAR}v{size:.1f}z"
            (new if place >= len(amounts) - RECENT else old).append(path)
        elif amount:
            down.append(f"M{x} {height - 2}v2h{BAR}v-2z")
        else:
            old.append(f"M{x + 2} {height - 3}h2v1h-2z")
    return format_html(
        '<svg class="spark" width="{}" height="{}" viewBox="0 0 {} {}" aria-hidden="true">'
        '<path class="spark-old" d="{}"/><path class="spark-new" d="{}"/><path class="spark-down" d="{}"/></svg>',
        len(amounts) * STEP,
        height,
        len(amounts) * STEP,
        height,
        "".join(old),
        "".join(new),
        "".join(down),
    )
