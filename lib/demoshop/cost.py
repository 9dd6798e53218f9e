"""What a query costs, and the leaky bucket that pays for it.

Rules of https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits: scalar and enum 0,
object 1, mutation 10, interface and union the dearest choice, connections sized by first/last.
How they are sized is not documented any more; answers published by users fit
`2 + ⌊2·ln(size)⌋ × node` exactly (first: 10 → 6, of which 2 found → 3, 6 found → 5; product with
first: 250 variants and their item → 25), where it was `2 + size × node` before. "linear" is that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ..clock import Clock

OBJECT = 1.0
MUTATION = 10.0
CONNECTION = 2.0


def scale(size: int, rule: str) -> int:
    """How many nodes a connection of `size` is charged for."""
    if rule == "linear" or size <= 1:
        return size
    return math.floor(2 * math.log(size))


def of_input(values: Any) -> float:
    """What the lists of a productSet input add: 0.2 a variant, 0.4 a metafield, 1.9 a file,
    0.6 a variant's file."""
    if not isinstance(values, dict):
        return 0.0
    variants = values.get("variants") or []
    metafields = len(values.get("metafields") or [])
    metafields += sum(len(variant.get("metafields") or []) for variant in variants)
    files = 1.9 * len(values.get("files") or []) + 0.6 * sum("file" in v for v in variants)
    return 0.2 * len(variants) + 0.4 * metafields + files


@dataclass(slots=True)
class Priced:
    """A selected field: its own cost, and for a connection how many nodes were asked and found."""

    own: float = 0.0
    asked: int | None = None
    found: int = 0
    parts: list[Priced] = field(default_factory=list)
    choices: list[Priced] = field(default_factory=list)  # of these the dearest counts

    def requested(self, rule: str) -> float:
        return self._cost(rule, actual=False)

    def actual(self, rule: str) -> float:
        return self._cost(rule, actual=True)

    def _cost(self, rule: str, actual: bool) -> float:
        inside = sum(part._cost(rule, actual) for part in self.parts)
        inside += max((choice._cost(rule, actual) for choice in self.choices), default=0.0)
        if self.asked is None:
            return self.own + inside
        count = min(self.asked, self.found) if actual else self.asked
        return self.own + scale(count, rule) * inside


@dataclass(slots=True)
class Bucket:
    """Points of one app at one shop; refilled by the clock, `restore` a second up to `size`."""

    clock: Clock
    size: float
    restore: float
    available: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.available = float(self.size)
        self.at = self.clock.monotonic()

    def resize(self, size: float, restore: float) -> None:
        self.refill()
        if size != self.size:
            self.size, self.available = size, float(size)
        self.restore = restore

    def refill(self) -> None:
        now = self.clock.monotonic()
        self.available = min(float(self.size), self.available + (now - self.at) * self.restore)
        self.at = now

    def take(self, points: float) -> bool:
        """Pay `points`; False, and nothing paid, when there are not enough."""
        self.refill()
        if points > self.available:
            return False
        self.available -= points
        return True

    def give_back(self, points: float) -> None:
        self.available = min(float(self.size), self.available + max(0.0, points))

    def report(self, requested: float, actual: float | None) -> dict[str, Any]:
        """The answer's `extensions.cost`."""
        return {
            "requestedQueryCost": math.ceil(requested),
            "actualQueryCost": None if actual is None else math.ceil(actual),
            "throttleStatus": {
                "maximumAvailable": float(self.size),
                "currentlyAvailable": int(self.available),
                "restoreRate": float(self.restore),
            },
        }
