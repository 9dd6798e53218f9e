"""Fields of the type `images`: lists whose elements each side names in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import galleries
from ..merge import Base
from ..settled import is_sent
from ..values import UNSETTLED
from .item import Item
from .lane import Lane

NONE: tuple[Sequence[str], Sequence[str]] = ((), ())


def name_as_target(lane: Lane, item: Item) -> None:
    """`stored` says what the target would show: its own names, and its own images behind."""
    for name in _shown(lane, item):
        pair = pair_of(item.base(lane.direction), name, item.held[name])
        wanted = galleries.translated(item.said[name] or (), pair, lambda one: _hash(lane, one))
        item.stored[name] = galleries.arranged(wanted, item.held[name] or (), pair)


def compared(lane: Lane, item: Item, base: Base) -> dict[str, Any]:
    """Pairs of a base as they are to be compared: an image that has got its version meanwhile is
    the same one. Without a base: an empty side says nothing, and is filled."""
    changed: dict[str, Any] = {}
    for name in _shown(lane, item):
        said, held = item.said[name] or [], item.held[name] or []
        if name in base:
            pair = pair_of(base, name, held)
            if pair is not NONE:
                changed[name] = (galleries.as_now(pair[0], said), galleries.as_now(pair[1], held))
        elif said and not held:
            changed[name] = (UNSETTLED, item.held[name])
        elif held and not said:
            item.said.pop(name)
            item.stored.pop(name)
    return changed


def hand_over(lane: Lane, item: Item) -> None:
    """An update names the whole list in the target's own names, and those of ours to take off."""
    if item.op is None or item.op.action != "update":
        return
    base = item.base(lane.direction) if item.settled is None else item.settled
    values, removed = dict(item.op.values), {}
    for name in lane.lens.galleries & values.keys():
        held = item.held.get(name) or ()
        pair = pair_of(base, name, held)
        wanted = galleries.translated(values[name] or (), pair, str)
        values[name] = galleries.arranged(wanted, held, pair)
        removed[name] = galleries.removed(wanted, held, pair)
    item.op = replace(item.op, values=values, removed=removed)


def names(lane: Lane, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, image) of the images that values name."""
    return [(name, one) for name in lane.lens.galleries for one in values.get(name) or ()]


def sign(item: Item, base: Base, name: str) -> dict[str, Any]:
    """What a next try has to know of a list besides what is sent: what the source said then, and
    the pair that was settled before."""
    return {"said": item.said[name], "pair": list(pair_of(base, name, item.held[name]))}


def is_ours(told: Mapping[str, Any], now: Any) -> bool:
    """Whether the target shows what was sent to it, though no answer came."""
    return galleries.arrived(told["sent"] or (), told["held"] or (), now or ())


def pair_of(base: Base, name: str, held: Any) -> tuple[Sequence[str], Sequence[str]]:
    """The two lists as they were settled, or would have been had the answer not been lost; none
    where they were not."""
    source, target = base.get(name, NONE)
    if is_sent((source, target)):
        if is_ours(source, held):
            return source["said"] or (), held or ()
        source, target = source["pair"]
        return (source, target) if source or target else NONE
    if not isinstance(source, (list, tuple)) or not isinstance(target, (list, tuple)):
        return NONE
    return source, target


def _hash(lane: Lane, name: str) -> str:
    return lane.flow.contents.hash(name) or name


def _shown(lane: Lane, item: Item) -> frozenset[str]:
    return lane.lens.galleries & item.said.keys() & item.held.keys()
