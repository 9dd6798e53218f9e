"""Two clocks over one true time: the shop's, which is right, and Odoo's, which may be set."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway_ng.lib.clock import FakeClock


class DriftingClock:
    """Odoo's clock: the true time and what it is wrong by."""

    def __init__(self, true: FakeClock) -> None:
        self.true = true
        self.drift = timedelta()

    def now(self) -> datetime:
        return self.true.now() + self.drift

    def monotonic(self) -> float:
        return self.true.monotonic()

    def sleep(self, seconds: float) -> None:
        self.true.sleep(seconds)

    def advance(self, seconds: float) -> None:
        self.true.advance(seconds)

    def uniform(self, low: float, high: float) -> float:
        return self.true.uniform(low, high)

    def key(self) -> str:
        return self.true.key()
