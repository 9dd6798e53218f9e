"""Which edits of the target stay where they are: no sync takes them back, and none carries them;
and which are still to be carried."""

from __future__ import annotations

from .conclude import said_back
from .item import Item
from .lane import Lane


def is_left(lane: Lane, item: Item, name: str, is_back: bool) -> bool:
    """Whether an edit of the target alone, in the field `name`, is left apart by every sync.
    `is_back`: the opposite direction takes the record, too."""
    base = item.base(lane.direction)
    group = [one for one in item.stored if lane.group(one) == lane.group(name)]
    if any(one not in base or item.said.get(one) != base[one][0] for one in group):
        return False  # linked fields are decided together: the source is about to say something
    if is_back and _is_carried_back(lane, name):
        return False
    names = [told for one in group for told in lane.names(one)]
    return not lane.flow.strategy.restores(names, lane.direction)


def is_owed(lane: Lane, item: Item, name: str) -> bool:
    """Whether the target won the field `name`, and the opposite direction has not carried it yet:
    both sides are as this one settled them, and that one still sees an edit of its source."""
    assert item.binding is not None
    if lane.back is None or item.binding.pending != lane.opposite:
        return False
    base = item.base(lane.opposite)
    return any(
        one not in base or base[one][0] != value
        for one, value in (said_back(lane, lane.back, item) or {}).items()
        if lane.back_group(one) == lane.group(name)
    )


def _is_carried_back(lane: Lane, name: str) -> bool:
    if lane.back is None:
        return False
    linked = lane.flow.links.fields(lane.opposite, lane.group(name).partition("|")[0])
    return bool(linked & lane.back.compares)
