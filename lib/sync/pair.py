"""Which target record belongs to a source record that is not bound yet: by identity keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import Ambiguous, MissingReference
from . import nested
from .item import Item
from .lane import Lane
from .taken import identity_of, joined, meet_again, refuse_taken

_Key = tuple[str, str]


def pair(lane: Lane, items: list[Item]) -> list[Item]:
    """Find the target of unbound records; several are never guessed between."""
    if lane.mapping.tied_to:
        _tie(lane, [i for i in items if i.open and i.target_id is None], lane.mapping.tied_to)
    for names in lane.mapping.identity:
        _pair_by(lane, [i for i in items if i.open and i.target_id is None], names)
    refuse_taken(lane, [i for i in items if i.open and i.binding is None and i.target_id])
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
            meet_again(item.binding)


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
    refuse_taken(lane, found)
    for item, old in lost.values():
        item.target_id = item.target_id or old
        item.former = old if lane.target_side == "remote" else None
    met = [item for item in found if item.open]
    for item in met:
        nested.meet_anew(lane, item)
        if item.binding is not None:
            meet_again(item.binding)
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
        for key, value in [identity_of(item, names)]
        if value is not None
    ]


def _pair_by(lane: Lane, items: list[Item], names: Sequence[str]) -> None:
    key = "|".join(names)
    wanted = {id(item): identity_of(item, names)[1] for item in items}
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
            item.record.id: (item, joined(back.held(item.record.fields, {}), names)[1])
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
