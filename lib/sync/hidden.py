"""Targets that are not shown are not gone: nothing is made in their place, nor let go of."""

from __future__ import annotations

from collections.abc import Iterable

from ..endpoint import not_shown
from ..errors import Refused
from .item import Item
from .lane import Lane


def refuse_hidden(lane: Lane, items: Iterable[Item]) -> None:
    """Bury those of `items` whose bound target was not given, and is there or may be."""
    lost = [item for item in items if item.open and _is_missed(item)]
    ids = sorted({str(item.target_id) for item in lost})
    hidden = set(not_shown(lane.target, lane.entity, ids))
    for item in lost:
        if item.target_id in hidden:
            item.bury(_hidden(lane, item), "read")


def _is_missed(item: Item) -> bool:
    binding = item.binding
    return (
        item.target is None
        and item.target_id is not None
        and binding is not None
        and binding.state == "bound"
    )


def _hidden(lane: Lane, item: Item) -> Refused:
    return Refused(
        f"the {lane.entity} it is bound to, {item.target_id}, is hidden from the connector: none "
        "is made in its place",
        remedy="Give the connector the right to read it (in Odoo the groups, companies and record "
        "rules of its integration user; in the shop what the check of the connection misses), "
        f"then retry; or make it a {lane.entity} again, if it is none any more.",
    )
