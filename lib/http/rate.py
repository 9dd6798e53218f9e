"""A plain requests-per-second limit, for platforms whose limit is not told in their answers."""

from __future__ import annotations

from ..clock import Clock


class RateLimit:
    """A token bucket: `per_second` on average, up to `burst` at once. One per connection."""

    def __init__(self, clock: Clock, per_second: float, burst: int = 1) -> None:
        if per_second <= 0 or burst < 1:
            raise ValueError(f"a rate of {per_second}/s with bursts of {burst} lets nothing pass")
        self._clock = clock
        self._rate = per_second
        self._burst = float(burst)
        self._tokens = float(burst)
        self._at = clock.monotonic()

    def acquire(self) -> None:
        self._refill()
        if self._tokens < 1:
            self._clock.sleep((1 - self._tokens) / self._rate)
            self._refill()
        self._tokens -= 1

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
