"""Fields of the type `options`: compared by their order alone. What was added, renamed or taken
away is carried with the variants, and is no edit of the order."""

from __future__ import annotations

from ..merge import Base, Pair, Views
from ..ordering import is_same
from .item import Item
from .lane import Lane


def views(lane: Lane, item: Item, base: Base) -> Views:
    """What the merge sees: an order that is the same as before is what the base says."""
    assert item.target is not None
    said, stored, held = item.said, item.stored, item.held
    for name in _shown(lane, item):
        alike = is_same(held[name], stored[name])
        if name in base:
            before = base[name]
            said = {**said, name: before[0] if is_same(before[0], said[name]) else said[name]}
            held = {**held, name: before[1] if is_same(before[1], held[name]) else held[name]}
        if alike:
            stored = {**stored, name: held[name]}
    return Views(said, stored, held, item.record.updated, item.target.updated)


def renewed(lane: Lane, item: Item, base: Base, shown: Views) -> frozenset[str]:
    """Fields of which neither side has another order, and either has other names: what both show
    by now is settled, so that the next order is compared with it."""
    return frozenset(
        name
        for name in _shown(lane, item)
        if name in base
        and (shown.source[name], shown.target[name]) == tuple(base[name])
        and (item.said[name], item.held[name]) != tuple(base[name])
    )


def is_alike(lane: Lane, name: str, held: object, stored: object) -> bool:
    return name in lane.lens.ordered and is_same(held, stored)


def as_now(pair: Pair, said: object, held: object) -> Pair:
    """A pair of a base, with the names that its options have now."""
    source, target = pair
    return said if is_same(source, said) else source, held if is_same(target, held) else target


def _shown(lane: Lane, item: Item) -> frozenset[str]:
    return lane.lens.ordered & item.said.keys() & item.held.keys()
