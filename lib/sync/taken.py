"""Matches that another record holds already: refused, but where that one is not there any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..endpoint import not_shown
from ..errors import Ambiguous
from ..store import Binding
from ..values import freeze
from .item import Item
from .lane import Lane


def has_identity(item: Item, names: Sequence[str]) -> bool:
    """Whether the record can be matched by these identity fields: none of them is empty."""
    return identity_of(item, names)[1] is not None


def identity_of(item: Item, names: Sequence[str]) -> tuple[str, str | None]:
    """(natural key, value) to match by; composite ones joined by «|»; none if a part is empty."""
    return joined(item.values, names)


def joined(fields: Mapping[str, Any], names: Sequence[str]) -> tuple[str, str | None]:
    values = [fields.get(name) for name in names]
    if any(value in (None, "") for value in values):
        return "|".join(names), None
    return "|".join(names), "|".join(str(freeze(value)) for value in values)


def refuse_taken(lane: Lane, items: list[Item]) -> None:
    """A match that another record holds already is refused unless the mapping shares targets."""
    if not items or lane.mapping.shared:
        return
    ids = [str(item.target_id) for item in items]
    taken = lane.store.bindings(lane.entity, lane.target_side, ids)
    still_tied = _still_tied(lane, taken)
    lane.boundary()
    left = _left_behind(lane, items, taken)
    for item in items:
        other = taken.get(str(item.target_id))
        if other is not None and other.state == "creating":
            item.awaited = other.base.get(lane.opposite, {})
        holder = other.id_on(lane.source_side) if other and other.state != "gone" else None
        if holder in (None, item.record.id):
            continue
        follows = holder in left or (lane.mapping.tied_to and holder not in still_tied)
        if other is not None and follows:
            _take_row(item, other)
        else:
            named = (identity_of(item, names) for names in lane.mapping.identity)
            key, value = next((pair for pair in named if pair[1]), (None, None))
            item.bury(_taken(item, holder, key, value), "match")


def _still_tied(lane: Lane, taken: Mapping[str, Binding]) -> set[str]:
    """Holders whose own tie still leads to the target that they hold."""
    entity = lane.mapping.tied_to
    if not entity:
        return set()
    held = {str(row.id_on(lane.source_side)): id_ for id_, row in taken.items()}
    ties = lane.store.resolve(entity, lane.source_side, sorted(held))
    return {holder for holder, id_ in held.items() if ties.get(holder) == id_}


def _left_behind(
    lane: Lane, items: Sequence[Item], taken: Mapping[str, Binding]
) -> frozenset[str | None]:
    """Holders that are gone at the source, of what was matched by a reference: a level is one of
    its variant, and nothing else may ever tell that an older one of it is gone."""
    fields = lane.mapping.fields
    matches = [
        str(item.target_id)
        for item in items
        if any(fields[name].reference for name in item.matched or () if name in fields)
    ]
    rows = [taken[id_] for id_ in matches if id_ in taken and taken[id_].state == "bound"]
    mine = {item.record.id for item in items}
    holders = sorted({str(row.id_on(lane.source_side)) for row in rows} - mine)
    if not holders:
        return frozenset()
    there = {record.id for record in lane.flow.source.fetch(lane.entity, holders)}
    absent = [id_ for id_ in holders if id_ not in there]
    return frozenset(absent) - frozenset(not_shown(lane.flow.source, lane.entity, absent))


def _take_row(item: Item, row: Binding) -> None:
    """What it is tied to was made anew: the row is the new one's, and both sides meet again."""
    meet_again(row)
    item.binding = row


def meet_again(row: Binding) -> None:
    row.base, row.digests, row.pending = {}, {}, None


def _taken(item: Item, holder: str | None, key: str | None, value: str | None) -> Ambiguous:
    return Ambiguous(
        f"its match {item.target_id} is already bound to {holder}",
        field=key,
        value=value,
        remedy="Two records share one identity (for example an SKU): make it unique, then retry.",
        details={"candidates": [str(item.target_id)]},
    )
