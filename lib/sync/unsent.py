"""What a source was edited in since both sides were settled, told without asking the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import elements
from ..endpoint import Record
from ..rules import Pair
from ..values import is_unsettled
from . import galleries, images, nested, ordering
from .flow import Flow
from .item import Item, each
from .lane import Lane
from .page import transform


@dataclass(frozen=True, slots=True)
class Edit:
    """One field: what both sides agreed on, what the source says now, and the group of linked
    fields that it is decided in. `stays`: no rule gives the field to the other side, which would
    take the edit back."""

    before: Any
    now: Any
    group: str
    stays: bool = True


Edits = Mapping[str, Edit]


def unsent(flow: Flow, records: Sequence[Record]) -> dict[str, Edits]:
    """Source id → field → its edit, of those of `records` that are bound and were edited since.
    Nothing is kept, and the target is not called: of what is made with its own record nothing is
    told, nor of records that the mapping refuses.
    """
    lane = Lane(flow)
    bound = lane.store.bindings(lane.entity, lane.source_side, [one.id for one in records])
    items = [Item(one, lane.digest_of(one), bound.get(one.id)) for one in records]
    work = each(
        [item for item in items if _may_be_edited(lane, item)],
        "transform",
        lambda item: transform(lane, item),
    )
    nested.bind(lane, work)
    found = {item.record.id: _edits(lane, item) for item in work}
    return {id_: edits for id_, edits in found.items() if edits}


def _may_be_edited(lane: Lane, item: Item) -> bool:
    binding = item.binding
    if binding is None or binding.state != "bound" or binding.forgotten:
        return False
    is_owed = binding.pending == lane.direction
    return is_owed or binding.digests.get(lane.source_side) != item.digest


def _edits(lane: Lane, item: Item) -> Edits:
    said = lane.lens.said(item.raw, lambda _ref: True, item.source_keys)
    base, found = item.base(lane.direction), dict[str, Edit]()
    for name, now in said.items():
        if name not in base or (elements.split(name) or (name,))[0] in lane.lens.relative:
            continue
        before = _agreed(lane, item, name, now)
        if not is_unsettled(before) and before != now:
            is_owned = lane.flow.strategy.restores(lane.names(name), lane.opposite)
            found[name] = Edit(before, now, lane.group(name), not is_owned)
    return found


def _agreed(lane: Lane, item: Item, name: str, now: Any) -> Any:
    """What both sides agreed on, by the names that images and options have now; of what the target
    is owed, what that has."""
    base = item.base(lane.direction)
    pair: Pair = base[name]
    if name in lane.lens.galleries:
        pair = galleries.as_now(base, name, now, pair[1])
    elif name in lane.lens.images:
        pair = images.as_now(pair, now, pair[1])
    elif name in lane.lens.ordered:
        pair = ordering.as_now(pair, now, pair[1])
    assert item.binding is not None
    is_owed = is_unsettled(pair[0]) and item.binding.pending == lane.direction
    return pair[1] if is_owed else pair[0]
