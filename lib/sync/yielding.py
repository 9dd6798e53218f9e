"""The first meeting in fields where the rules have nothing to decide. Null that says nothing
(`null_yields`) gives way to what the other side has, whoever's turn it is, instead of taking that
away; of what each side keeps (`first_match: keep`) neither is overwritten."""

from __future__ import annotations

from collections.abc import Iterator

from .. import elements
from ..merge import Base
from ..values import UNSETTLED, is_empty
from .item import Item
from .lane import Lane


def compared_base(lane: Lane, item: Item, base: Base) -> Base:
    """`base`, and for groups that meet for the first time with null on one side a base by which
    only the other side has changed. Where the opposite direction could not carry what the target
    has, null is what the source says, and the rules decide."""
    out = dict(base)
    for name in item.stored if lane.lens.yielding else ():
        if elements.spec_path(name) not in lane.lens.yielding:
            continue
        if name in base or name not in item.held:
            continue
        is_quiet = is_empty(item.stored[name])
        if is_quiet == is_empty(item.held[name]) or (is_quiet and lane.back is None):
            continue
        for other in _linked(lane, item, name):
            if other not in base:
                said = item.said[other] if is_quiet else UNSETTLED
                out[other] = (said, item.held[other])
    return out


def kept(lane: Lane, item: Item, base: Base) -> Base:
    """Pairs for fields that meet for the first time and of which each side keeps its own
    (`first_match: keep`): what both show counts as settled."""
    if not lane.lens.kept:
        return {}
    return {
        name: (said, item.held[name])
        for name, said in item.said.items()
        if name not in base and name in item.held and elements.spec_path(name) in lane.lens.kept
    }


def _linked(lane: Lane, item: Item, name: str) -> Iterator[str]:
    group = lane.group(name)
    return (n for n in item.said if n in item.held and lane.group(n) == group)
