"""Which item at which location a stock write is about, asked of the shop where the op is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....errors import GONE_REMEDY, Refused
from ..connection import Connection
from ..documents import LEVELS_AT, PARENTS
from .work import Work


@dataclass(slots=True)
class Place:
    """One level to set: the item at the location; `level` is None where it is not stocked yet."""

    work: Work
    item: str
    location: str
    level: str | None


def places_of(works: Sequence[Work], connection: Connection) -> list[Place]:
    """Item, location and level of each op; what the op does not say is asked in few queries."""
    bound = {str(w.id): w for w in works if w.id}
    parents = {
        str(node["id"]): node
        for node in connection.nodes(PARENTS, [i for i, w in bound.items() if not _told(w)], {})
    }
    places = []
    for id_, work in bound.items():
        item, location = _told(work) or _of(parents.get(id_))
        if item and location:
            places.append(Place(work, item, location, id_))
        else:
            work.fail(_gone())
    return [*places, *_new_places([w for w in works if not w.id], connection)]


def _told(work: Work) -> tuple[str, str] | None:
    for values in (work.op.expect, work.values):
        item, location = values.get("item"), values.get("location")
        if item and location:
            return str(item), str(location)
    return None


def _of(node: Mapping[str, Any] | None) -> tuple[str, str]:
    if node is None:
        return "", ""
    item, location = node.get("item"), node.get("location")
    return (
        str(item.get("id") or "") if isinstance(item, Mapping) else "",
        str(location.get("id") or "") if isinstance(location, Mapping) else "",
    )


def _new_places(works: Sequence[Work], connection: Connection) -> list[Place]:
    by_location: dict[str, dict[str, list[Work]]] = {}
    for work in works:
        owner = work.values.get("variant") or work.values.get("item")
        location = work.values.get("location")
        if owner and location:
            by_location.setdefault(str(location), {}).setdefault(str(owner), []).append(work)
        else:
            work.fail(
                Refused(
                    "A stock level needs its variant and its location.",
                    field="variant" if location else "location",
                    remedy="Map both; locations are tied in the connector's location map.",
                )
            )
    places: list[Place] = []
    for location, owners in by_location.items():
        found = connection.nodes(LEVELS_AT, list(owners), {"location": location})
        nodes = {str(node["id"]): node for node in found}
        for owner, group in owners.items():
            places += _at(group, nodes.get(owner), location)
    return places


def _at(works: Sequence[Work], node: Mapping[str, Any] | None, location: str) -> list[Place]:
    item = (node.get("inventoryItem") or node) if node else None
    if not isinstance(item, Mapping):
        for work in works:
            work.fail(_gone())
        return []
    level = item.get("inventoryLevel")
    level_id = str(level["id"]) if isinstance(level, Mapping) else None
    for work in works:
        work.id = level_id
    return [Place(work, str(item["id"]), location, level_id) for work in works]


def _gone() -> Refused:
    return Refused(
        "The variant or its stock level is no longer in the shop.",
        remedy=GONE_REMEDY,
    )
