"""Elements that two records claim: whoever holds one keeps it, the other record is dead.

A product's variant is one record of the shop. Were its binding pointed at the second product that
lists it, prices and stock would go to another record than a person thinks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..errors import Ambiguous
from . import nested
from .item import Item, each
from .lane import Lane


def refuse_claimed(lane: Lane, items: list[Item]) -> list[Item]:
    """Those items that claim no element of another record, settled before or earlier in `items`."""
    for name in sorted(lane.lens.lists):
        spec = lane.mapping.fields[name]
        if spec.entity and not spec.shared:
            items = _refuse(lane, items, name, spec.entity)
    return items


def _refuse(lane: Lane, items: Sequence[Item], name: str, entity: str) -> list[Item]:
    foreign = {id(item): set(_foreign(lane, item, name)) for item in items}
    holders = _holders(lane, entity, sorted(set().union(*foreign.values())))
    claimed: dict[str, str] = {}

    def step(item: Item) -> bool:
        ids = item.source_keys.get(name, {})
        for one in ids:
            other = holders.get(one) if one in foreign[id(item)] else claimed.get(one)
            if other not in (None, item.record.id):
                raise _ambiguous(lane, entity, name, one, str(other))
        claimed.update(dict.fromkeys(ids, item.record.id))
        return True

    return each(items, "match", step)


def _foreign(lane: Lane, item: Item, name: str) -> Iterator[str]:
    """Source ids of bound elements that the record did not have and its target does not."""
    bound = item.children.get(name, {})
    known = nested.known(lane, item, name)
    present = nested.present(item, name) or set()
    for source_id, key in item.source_keys.get(name, {}).items():
        if key in bound and key not in known and bound[key] not in present:
            yield source_id


def _holders(lane: Lane, entity: str, ids: Sequence[str]) -> Mapping[str, str]:
    """Source id of an element → source id of the bound record that holds it."""
    if not ids:
        return {}
    rows = lane.store.bindings(entity, lane.source_side, ids)
    parents = _bound(lane, {row.parent for row in rows.values() if row.parent is not None})
    lane.boundary()
    return {id_: parents[row.parent] for id_, row in rows.items() if row.parent in parents}


def _bound(lane: Lane, remote_ids: Iterable[str]) -> dict[str | None, str]:
    found = lane.store.bindings(lane.entity, "remote", sorted(remote_ids))
    ids = {id_: row.id_on(lane.source_side) for id_, row in found.items() if row.state == "bound"}
    return {id_: source_id for id_, source_id in ids.items() if source_id is not None}


def _ambiguous(lane: Lane, entity: str, name: str, element: str, other: str) -> Ambiguous:
    return Ambiguous(
        f"its {entity} {element} belongs to the {lane.entity} {other}",
        field=name,
        value=element,
        remedy=f"One {entity} is in one {lane.entity} only: take it out of one, then retry.",
        details={"candidates": [other]},
    )
