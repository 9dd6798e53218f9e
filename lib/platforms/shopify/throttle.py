"""Shopify's cost budget as this process knows it: how long to wait before a request of some cost.

The bucket belongs to (app, shop) and other workers drink from it too, so this is an estimate that
saves refusals; the shop's own THROTTLED answer is what counts.
Source: shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...clock import Clock


class Bucket:
    """A leaky bucket: `available` points, refilled by `rate` a second up to `maximum`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at = clock.monotonic()
        self._available: float | None = None  # unknown until the first answer
        self._maximum = 0.0
        self._rate = 0.0

    def learn(self, cost: Any) -> None:
        """Take over `extensions.cost` of an answer; anything malformed is left out."""
        status = cost.get("throttleStatus") if isinstance(cost, Mapping) else None
        if not isinstance(status, Mapping):
            return
        numbers = [
            status.get(name) for name in ("currentlyAvailable", "maximumAvailable", "restoreRate")
        ]
        if all(isinstance(number, (int, Decimal)) for number in numbers):
            self._available, self._maximum, self._rate = (
                float(n) for n in numbers if n is not None
            )
            self._at = self._clock.monotonic()

    def seconds_until(self, cost: float) -> float:
        """How long until `cost` points are there; 0 while nothing is known."""
        if self._available is None or self._rate <= 0:
            return 0.0
        elapsed = self._clock.monotonic() - self._at
        available = min(self._maximum, self._available + elapsed * self._rate)
        return max(0.0, (min(cost, self._maximum) - available) / self._rate)

    def spend(self, cost: float) -> None:
        """Points that a request under way takes; the answer's figures replace this guess."""
        if self._available is not None:
            elapsed = self._clock.monotonic() - self._at
            available = min(self._maximum, self._available + elapsed * self._rate)
            self._available = available - cost
            self._at = self._clock.monotonic()


class PageSizer:
    """How many records to ask for at once, learned from what the shop says a request costs.

    A query may cost 1,000 points at most. Shopify's real costs grow far slower than the page (250
    variants with their items: 25 points), and what one record costs falls with it: so pages grow
    while there is room, and shrink at once when a query was refused or came close to the limit.
    """

    def __init__(self, start: int, *, nested: int = 20, target: int = 800, most: int = 250) -> None:
        self.size = start
        self.nested = nested
        self._target = target
        self._most = most

    def learn(self, size: int, cost: float | None) -> None:
        """A request for `size` records had this requested cost."""
        if not cost or cost <= 0 or size < self.size:
            return  # a last, smaller page says little about full ones
        if cost > self._target:
            self.size = max(1, int(size * self._target / cost))
        elif cost <= 0.75 * self._target:
            self.size = max(self.size, min(int(size * 1.5) + 1, self._most))

    def shrink(self, size: int, cost: float | None, limit: float | None) -> bool:
        """A request for `size` was too costly. False when nothing smaller can be asked for."""
        if size <= 1 and self.nested <= 1:
            return False
        if size <= 1:
            self.nested = max(1, self.nested // 2)
            return True
        fits = int(size * min(self._target, limit or self._target) / cost) if cost else size // 2
        self.size = max(1, min(fits, size - 1))
        self._most = size - 1
        return True
