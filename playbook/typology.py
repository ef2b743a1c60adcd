"""Which segment a client belongs to, by its answers (DOMAIN.md 4.8). Pure arithmetic, no queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """An answer that was given, and how much it speaks for a segment."""

    question: str
    answer: str
    segment: int
    weight: int


@dataclass
class Proposal:
    """A segment with the sum of its weights and the answers that made it."""

    segment: int
    weight: int = 0
    reasons: list[Rule] = field(default_factory=list)


def propose(rules: Iterable[Rule]) -> list[Proposal]:
    """Segments that the answers speak for, the likeliest first; equal ones in the order of their keys."""
    found: dict[int, Proposal] = {}
    for rule in rules:
        one = found.setdefault(rule.segment, Proposal(rule.segment))
        one.weight += rule.weight
        one.reasons.append(rule)
    for one in found.values():
        one.reasons.sort(key=lambda rule: (-rule.weight, rule.question))
    return sorted(
        (one for one in found.values() if one.weight > 0), key=lambda one: (-one.weight, one.segment)
    )
