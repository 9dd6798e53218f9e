"""Which target record belongs to a source record that is not bound yet: by identity keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..endpoint import not_shown
from ..errors import Ambiguous, MissingReference
from ..store import Binding
from ..values import freeze
from . import nested
from .item import Item
from .lane import Lane

_Key = tuple[str, str]


def pair(lane: Lane, items: list[Item]) -> list[Item]:
    """Find the target of unbound records; several are never guessed between."""
    if lane.mapping.tied_to:
        _tie(lane, [i for i in items if i.open and i.target_id is None], lane.mapping.tied_to)
    for names in lane.mapping.identity:
        _pair_by(lane, [i for i in items if i.open and i.target_id is None], names)
    _refuse_taken(lane, [i for i in items if i.open and i.binding is None and i.target_id])
    _refuse_doubled(lane, [i for i in items if i.open and i.binding is None and i.matched])
    return [item for item in items if item.open and _may_go_on(lane, item)]


def retie(lane: Lane, items: Iterable[Item]) -> None:
    """A record that is tied to another entity's follows it: where that one was made anew under
    another id, both sides meet again; where it is gone, there is no counterpart."""
    bound = [item for item in items if item.target_id is not None]
    if not lane.mapping.tied_to or not bound:
        return
    ids = [item.record.id for item in bound]
    ties = lane.store.resolve(lane.mapping.tied_to, lane.source_side, ids)
    for item in bound:
        tie = ties.get(item.record.id)
        if tie == item.target_id:
            continue
        item.target_id = tie
        if item.binding is not None:
            _meet_again(item.binding)


def strays(lane: Lane, items: Iterable[Item]) -> list[Item]:
    """Items whose bound target is gone and whose identity is there again, in a record that was made
    anew by hand: it is the target from now on, and both sides meet again."""
    lost = {
        id(item): (item, item.target_id)
        for item in items
        if item.open
        and item.target is None
        and item.target_id is not None
        and item.binding is not None
    }
    if not lost or lane.mapping.tied_to:
        return []
    for item, _old in lost.values():
        item.target_id = None
    for names in lane.mapping.identity:
        _pair_by(lane, [i for i, _old in lost.values() if i.open and i.target_id is None], names)
    found = [item for item, _old in lost.values() if item.open and item.target_id is not None]
    _refuse_taken(lane, found)
    for item, old in lost.values():
        item.target_id = item.target_id or old
        item.former = old if lane.target_side == "remote" else None
    met = [item for item in found if item.open]
    for item in met:
        nested.meet_anew(lane, item)
        if item.binding is not None:
            _meet_again(item.binding)
    return met


def one_of_each(lane: Lane, items: list[Item]) -> tuple[list[Item], list[Item]]:
    """(now, later): records that would meet in one target are taken one after the other, so that
    the second one finds what became of the first."""
    seen: set[_Key] = set()
    now, later = [], []
    for item in items:
        keys = _meeting(lane, item)
        if seen.intersection(keys):
            later.append(item)
        else:
            seen.update(keys)
            now.append(item)
    return now, later


def _tie(lane: Lane, items: Sequence[Item], entity: str) -> None:
    """The counterpart of a record that is another entity's too: a variant's price."""
    ids = [item.record.id for item in items]
    bound = lane.store.resolve(entity, lane.source_side, ids) if ids else {}
    lane.boundary()
    for item in items:
        item.target_id = bound.get(item.record.id)


def _meeting(lane: Lane, item: Item) -> list[_Key]:
    if item.target_id is not None:
        return [("", item.target_id)]
    return [
        (key, value)
        for names in lane.mapping.identity
        for key, value in [_identity(item, names)]
        if value is not None
    ]


def has_identity(item: Item, names: Sequence[str]) -> bool:
    """Whether the record can be matched by these identity fields: none of them is empty."""
    return _identity(item, names)[1] is not None


def _identity(item: Item, names: Sequence[str]) -> tuple[str, str | None]:
    """(natural key, value) to match by; composite ones joined by «|»; none if a part is empty."""
    return _joined(item.values, names)


def _joined(fields: Mapping[str, Any], names: Sequence[str]) -> tuple[str, str | None]:
    values = [fields.get(name) for name in names]
    if any(value in (None, "") for value in values):
        return "|".join(names), None
    return "|".join(names), "|".join(str(freeze(value)) for value in values)


def _pair_by(lane: Lane, items: list[Item], names: Sequence[str]) -> None:
    key = "|".join(names)
    wanted = {id(item): _identity(item, names)[1] for item in items}
    values = list(dict.fromkeys(value for value in wanted.values() if value is not None))
    if not values:
        return
    found: dict[str, list[str]] = {}
    for value, id_ in lane.target.find(lane.entity, key, values):
        if id_ not in found.setdefault(value, []):
            found[value].append(id_)
    for item in items:
        mine = wanted[id(item)]
        ids = found.get(mine, []) if mine is not None else []
        if len(ids) > 1:
            item.bury(_ambiguous(key, mine, ids), "match")
        elif ids:
            item.target_id, item.matched = ids[0], frozenset(names)


def _refuse_taken(lane: Lane, items: list[Item]) -> None:
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
            named = (_identity(item, names) for names in lane.mapping.identity)
            key, value = next((pair for pair in named if pair[1]), (None, None))
            item.bury(_taken(item, holder, key, value), "match")


def _refuse_doubled(lane: Lane, items: list[Item]) -> None:
    """Where several records of Odoo that nothing is bound to have the identity, the import leaves
    it to a person which one the shop's is; so does the export. Shops are not asked: what they
    identify by is unique there, or the first one comes first."""
    back = lane.back
    if lane.source_side != "odoo" or back is None or lane.mapping.shared:
        return
    for names in back.mapping.identity:
        groups = {lane.back_group(name) for name in names}
        mine = {
            item.record.id: (item, _joined(back.held(item.record.fields, {}), names)[1])
            for item in items
            if {lane.group(name) for name in item.matched or ()} == groups
        }
        values = list(dict.fromkeys(value for _item, value in mine.values() if value is not None))
        found: dict[str, set[str]] = {}
        key = "|".join(names)
        for asked, id_ in lane.flow.source.find(lane.entity, key, values) if values else ():
            found.setdefault(asked, set()).add(id_)
        several = sorted({id_ for ids in found.values() if len(ids) > 1 for id_ in ids})
        taken = lane.store.bindings(lane.entity, "odoo", several) if several else {}
        free = {id_ for id_ in several if id_ not in taken or taken[id_].state == "gone"}
        lane.boundary()
        for item, value in mine.values():
            ids = sorted((found.get(value or "", set()) & free) | {item.record.id})
            if len(ids) > 1:
                item.bury(_ambiguous(key, value, ids), "match")


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
    _meet_again(row)
    item.binding = row


def _meet_again(row: Binding) -> None:
    row.base, row.digests, row.pending = {}, {}, None


def _may_go_on(lane: Lane, item: Item) -> bool:
    """Without a counterpart: create it, or leave the record where the mapping says so.

    A record whose identity names another one that is not here, and need not be, is left out.
    """
    unknown = sorted(item.unresolved & lane.identity)
    if item.target_id is None and unknown:
        item.end("filtered", filter_name=f"no counterpart of {unknown[0]}")
        return False
    if item.target_id is not None or lane.mapping.on_missing == "create":
        return True
    if lane.mapping.on_missing == "skip":
        item.end("filtered", filter_name="only on its own side")
    else:
        error = MissingReference(
            f"no {lane.entity} on the other side to update",
            remedy=f"Sync the record that this {lane.entity} belongs to first.",
        )
        item.bury(error, "match")
    return False


def _ambiguous(key: str, value: str | None, ids: Sequence[str]) -> Ambiguous:
    return Ambiguous(
        f"{len(ids)} records have this {key}: {', '.join(ids[:5])}{', …' if ids[5:] else ''}",
        field=key,
        value=value,
        remedy="Give each its own value, or bind the right one by hand, then retry.",
        details={"candidates": list(ids)},
    )


def _taken(item: Item, holder: str | None, key: str | None, value: str | None) -> Ambiguous:
    return Ambiguous(
        f"its match {item.target_id} is already bound to {holder}",
        field=key,
        value=value,
        remedy="Two records share one identity (for example an SKU): make it unique, then retry.",
        details={"candidates": [str(item.target_id)]},
    )
