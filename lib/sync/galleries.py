"""Fields of the type `images`: lists whose elements each side names in its own way.

In a base, lists that a decision left apart do not tie what stands at the same places. They are kept
with the `pair` that was settled before, which goes on to tell what is known: `{"apart": list}` for
the source's that lost, an unsettled one for what is owed to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import galleries
from ..merge import Base
from ..rules import Pair
from ..settled import is_sent
from ..values import UNSETTLED, is_unsettled
from .item import Item
from .lane import Lane

NONE: tuple[Sequence[str], Sequence[str]] = ((), ())


def name_as_target(lane: Lane, item: Item) -> None:
    """`stored` says what the target would show: its own names, and its own images behind."""
    base = item.base(lane.direction)
    for name in _shown(lane, item):
        said, held = item.said[name] or (), item.held[name] or ()
        ties = galleries.tied(pair_of(base, name, held), said, held)
        wanted = galleries.translated(said, ties, lambda one: _hash(lane, one))
        item.stored[name] = galleries.arranged(wanted, held, ties)


def compared(lane: Lane, item: Item, base: Base) -> dict[str, Any]:
    """Pairs of a base as they are to be compared: an image that has got its version meanwhile is
    the same one. Without a base: an empty side says nothing, and is filled; what a create of
    ours was given, the answer being lost, is ours; and of a record that was bound before lists were
    carried each side keeps its own, for the same pictures are other bytes there."""
    changed: dict[str, Any] = {}
    for name in _shown(lane, item):
        said, held = item.said[name] or [], item.held[name] or []
        if name in base:
            changed[name] = as_now(base, name, said, held)
        elif item.retried and said and galleries.arrived(said, (), held):
            changed[name] = (said, held)
        elif said and not held:
            changed[name] = (UNSETTLED, item.held[name])
        elif said and held and _known_before(item) and item.stored[name] != item.held[name]:
            changed[name] = (item.said[name], item.held[name])
            item.apart |= {name}
        elif held and not said:
            item.said.pop(name)
            item.stored.pop(name)
    return changed


def as_now(base: Base, name: str, said: Any, held: Any) -> Pair:
    """What was settled of a list, with the names that its images have now."""
    source, target = _to_compare(base, name, held)
    return _as_now(source, said or []), _as_now(target, held or [])


def _known_before(item: Item) -> bool:
    return item.binding is not None and item.binding.state == "bound" and not item.retried


def found_again(lane: Lane, base: Base, compared: Base) -> frozenset[str]:
    """Lists of a create whose answer was lost, that the target shows."""
    new = lane.lens.galleries & compared.keys() - base.keys()
    return frozenset(name for name in new if not is_unsettled(compared[name][0]))


def hand_over(lane: Lane, item: Item) -> None:
    """An update names the whole list in the target's own names, and those of ours to take off."""
    if item.op is None or item.op.action != "update":
        return
    base = item.base(lane.direction) if item.settled is None else item.settled
    values, removed = dict(item.op.values), {}
    for name in lane.lens.galleries & values.keys():
        said, held = values[name] or (), item.held.get(name) or ()
        ties = galleries.tied(pair_of(base, name, held), said, held)
        wanted = galleries.translated(said, ties, str)
        values[name] = galleries.arranged(wanted, held, ties)
        removed[name] = galleries.removed(wanted, held, ties)
    item.op = replace(item.op, values=values, removed=removed)


def not_named(lane: Lane, item: Item, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a list that is put back as it was takes off the target."""
    return {
        name: [one for one in item.held.get(name) or () if one not in (values[name] or ())]
        for name in lane.lens.galleries & values.keys()
    }


def names(lane: Lane, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, image) of the images that values name."""
    return [(name, one) for name in lane.lens.galleries for one in values.get(name) or ()]


# -- what a base says


def sign(item: Item, base: Base, name: str) -> dict[str, Any]:
    """What a next try has to know of a list besides what is sent: what the source said then, and
    the pair that was settled before."""
    return {"said": item.said[name], "pair": list(pair_of(base, name, item.held[name]))}


def is_ours(told: Mapping[str, Any], now: Any) -> bool:
    """Whether the target shows what was sent to it, though no answer came."""
    return galleries.arrived(told["sent"] or (), told["held"] or (), now or ())


def is_apart(pair: Pair) -> bool:
    """Whether these lists were left apart, so that they tie nothing."""
    return isinstance(pair[0], Mapping) and "apart" in pair[0]


def apart(before: Base, after: Base, named: Iterable[str]) -> dict[str, Pair]:
    """The pairs `after`, which tie nothing, with what was settled `before`."""
    found = {name: after[name] for name in named if name in after}
    return {
        name: (
            {
                **(source if is_unsettled(source) else {"apart": source}),
                "pair": list(pair_of(before, name, target)),
            },
            target,
        )
        for name, (source, target) in found.items()
        if not is_apart((source, target)) and not is_sent((source, target))
    }


def _to_compare(base: Base, name: str, held: Any) -> Pair:
    source, target = base[name]
    if is_apart((source, target)):
        return source["apart"], target
    if is_sent((source, target)):
        pair = pair_of(base, name, held)
        return (source, target) if pair is NONE else pair
    return source, target


def _as_now(before: Any, now: Sequence[str]) -> Any:
    return galleries.as_now(before, now) if isinstance(before, (list, tuple)) else before


def pair_of(base: Base, name: str, held: Any) -> tuple[Sequence[str], Sequence[str]]:
    """The two lists as they were settled, or would have been had the answer not been lost; none
    where they were not."""
    source, target = base.get(name, NONE)
    if is_sent((source, target)) and is_ours(source, held):
        return source.get("said") or (), held or ()
    if isinstance(source, Mapping):
        source, target = source.get("pair") or NONE
        return (source, target) if source or target else NONE
    if not isinstance(source, (list, tuple)) or not isinstance(target, (list, tuple)):
        return NONE
    return source, target


def _hash(lane: Lane, name: str) -> str:
    return lane.flow.contents.hash(name) or name


def _shown(lane: Lane, item: Item) -> frozenset[str]:
    return lane.lens.galleries & item.said.keys() & item.held.keys()
