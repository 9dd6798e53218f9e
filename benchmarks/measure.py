"""What is measured of a piece of work: seconds, SQL statements, the time spent reading the shop."""

from __future__ import annotations

import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Sample:
    """One piece of work; times in seconds."""

    records: int
    seconds: float
    statements: int
    reading: float = 0.0


@dataclass(slots=True)
class Reading:
    """Seconds spent in the shop's client while pages were asked for: its own work, the wire, and
    the wait for the shop."""

    seconds: float = 0.0


@contextmanager
def reading_watched() -> Iterator[Reading]:
    """Time every step of `ShopifyEndpoint.pages`."""
    # Found once Odoo has its settings.
    from odoo.addons.gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint

    reading, original = Reading(), ShopifyEndpoint.pages

    def pages(*args: Any, **kwargs: Any) -> Iterator[Any]:
        found = original(*args, **kwargs)
        while True:
            started = time.perf_counter()
            page = next(found, None)
            reading.seconds += time.perf_counter() - started
            if page is None:
                return
            yield page

    ShopifyEndpoint.pages = pages  # type: ignore[method-assign]
    try:
        yield reading
    finally:
        ShopifyEndpoint.pages = original  # type: ignore[method-assign]


def timed(cr: Any, records: int, work: Callable[[], Any]) -> Sample:
    """Do `work` (which commits) on cursor `cr`. Garbage of what went before is not its time."""
    gc.collect()
    before, started = cr.sql_log_count, time.perf_counter()
    with reading_watched() as reading:
        work()
    seconds = time.perf_counter() - started
    return Sample(records, seconds, cr.sql_log_count - before, reading.seconds)


@dataclass(slots=True)
class Results:
    """Samples by the name of what was measured, in the order they were first taken."""

    samples: dict[str, list[Sample]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, sample: Sample) -> None:
        self.samples[name].append(sample)

    def milliseconds(self, name: str) -> float:
        """Median of the rounds, a record."""
        return statistics.median(s.seconds / s.records for s in self.samples[name]) * 1000

    def reading(self, name: str) -> float:
        return statistics.median(s.reading / s.records for s in self.samples[name]) * 1000

    def statements(self, name: str) -> float:
        return statistics.median(s.statements / s.records for s in self.samples[name])

    def ratio(self, name: str, to: str) -> float:
        """Median of the ratios within each round, which a noisy machine disturbs least."""
        pairs = zip(self.samples[name], self.samples[to], strict=True)
        return statistics.median(one.seconds / other.seconds for one, other in pairs)

    def spread(self, name: str) -> tuple[float, float]:
        """Milliseconds of the fastest and the slowest round, a record."""
        each = [s.seconds / s.records * 1000 for s in self.samples[name]]
        return min(each), max(each)


def peak_memory() -> float:
    """The most memory this process has had so far, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM in /proc/self/status")
