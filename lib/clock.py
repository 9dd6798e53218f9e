"""Clock, sleep and randomness, injected: no code in `lib/` asks the machine for them by itself."""

from __future__ import annotations

import random
import time
import uuid
from datetime import datetime, timedelta, timezone
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, aware UTC."""
        ...

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...

    def uniform(self, low: float, high: float) -> float: ...

    def key(self) -> str:
        """A new idempotency key (a UUID's text)."""
        ...


class SystemClock:
    """The machine's own."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def uniform(self, low: float, high: float) -> float:
        return random.uniform(low, high)  # noqa: S311  (jitter, not a secret)

    def key(self) -> str:
        return str(uuid.uuid4())


class FakeClock:
    """A clock that stands still but for `sleep` and `advance`; seeded, so every run is the same."""

    def __init__(self, start: datetime | None = None, seed: int = 0) -> None:
        self._now = start or datetime(2026, 1, 1, tzinfo=timezone.utc)
        self._elapsed = 0.0
        self._random = random.Random(seed)  # noqa: S311
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._elapsed += seconds

    def uniform(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def key(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
