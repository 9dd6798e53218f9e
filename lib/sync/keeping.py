"""One settlement a page in the store: bindings of records and of their elements, and traces."""

from __future__ import annotations

from collections.abc import Sequence

from . import nested
from .item import Item
from .lane import Lane


def keep(lane: Lane, items: Sequence[Item]) -> None:
    """Keep what became of `items`, then commit where the target is not in the same transaction."""
    traces = [item.trace for item in items if item.trace]
    for entity, children in nested.bindings(lane, items).items():
        lane.store.settle(entity, lane.direction, children, ())
    bindings = [item.binding for item in items if item.binding and item.touched]
    lane.store.settle(lane.entity, lane.direction, bindings, traces)
    lane.boundary()
