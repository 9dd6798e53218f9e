"""How long each item of an iterator was waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def timed(items: Iterable[T], now: Callable[[], float]) -> Iterator[tuple[T, float]]:
    """(item, seconds from when it was asked for until it came); what is done with an item before
    the next one is asked for is not counted."""
    asked = now()
    for item in items:
        yield item, now() - asked
        asked = now()
