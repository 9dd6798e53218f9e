"""Elements of nested lists: which one on the source is which one on the target.

An element's key is its remote id once it is bound, its id on the source before. Elements of lists
that have no entity have no bindings: they are tied by `match` each time (and so found again), and
an import can't remove them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .. import elements
from ..rules import Winner
from ..settled import is_edited, is_sent
from ..store import Binding
from ..values import digest, freeze
from .item import Item
from .lane import Lane

Changes = dict[str, dict[str, Mapping[str, Any] | None]]


def bind(lane: Lane, items: Sequence[Item]) -> None:
    """Find the bound elements of all items with one query a list; runs before references are put
    in place, so only keys are looked at."""
    for name in lane.lens.lists:
        entity = lane.mapping.fields[name].entity
        wanted = {key for item in items for key in _source_keys(lane, item, name)}
        bound = lane.store.resolve(entity, lane.source_side, sorted(wanted)) if entity else {}
        lane.bound_before.update((str(entity), id_) for id_ in bound)
        for item in items:
            if name not in item.source_keys:  # else bound before, and perhaps tied meanwhile
                _bind_one(lane, item, name, bound)


def _source_keys(lane: Lane, item: Item, name: str) -> set[str]:
    keys = set(item.raw.get(name) or ())
    if lane.target_side == "odoo" and lane.mapping.fields[name].owned:
        keys |= known(lane, item, name)
    return keys


def known(lane: Lane, item: Item, name: str) -> set[str]:
    """Keys of the elements that the record had when it was last settled."""
    return set(elements.keys_of(item.base(lane.direction), name))


def bind_known(lane: Lane, item: Item) -> None:
    """Give an item without values the elements that it had when it was last settled."""
    for name in lane.lens.lists:
        entity = lane.mapping.fields[name].entity
        keys = sorted(known(lane, item, name))
        if lane.target_side == "remote" or not entity or not keys:
            item.children[name] = {key: key for key in keys}
        else:
            item.children[name] = dict(lane.store.resolve(entity, "remote", keys))


def _bind_one(lane: Lane, item: Item, name: str, bound: Mapping[str, str]) -> None:
    given = item.raw.get(name) or {}
    if lane.target_side == "odoo":
        keys = _source_keys(lane, item, name)
        item.children[name] = {key: bound[key] for key in keys if key in bound}
        item.source_keys[name] = {key: key for key in given}
        return
    mine = {key: bound[key] for key in given if key in bound}
    item.children[name] = {key: key for key in mine.values()}
    # Of a list without entity nothing is bound yet: its elements are tied by what they hold.
    there = known(lane, item, name) if lane.mapping.fields[name].entity else ()
    item.source_keys[name] = elements.keyed(given, mine, there)
    if there:
        _add_known(lane, item, name)


def _add_known(lane: Lane, item: Item, name: str) -> None:
    """Elements that the source had: their keys are the target's ids."""
    for key in known(lane, item, name):
        item.children[name].setdefault(key, key)


def rekey(lane: Lane, item: Item) -> None:
    """Name the elements in `values` by their keys."""
    for name, keys in item.source_keys.items():
        given = item.values.get(name)
        if given and lane.target_side == "remote":
            item.values[name] = {keys.get(key, key): value for key, value in given.items()}


def match(lane: Lane, item: Item) -> None:
    """Tie unbound elements to the target's by the list's `match` fields, where it is clear."""
    for name in lane.lens.lists:
        spec = lane.mapping.fields[name]
        for names in spec.match:
            _match_by(lane, item, name, names)
        if lane.target_side == "remote" and not spec.entity:
            _add_known(lane, item, name)


def _match_by(lane: Lane, item: Item, name: str, names: Sequence[str]) -> None:
    given, bound = item.values.get(name) or {}, item.children.get(name, {})
    there = item.target.fields.get(name) if item.target else None
    lost = _lost(item, name)
    rest = [key for key in given if key not in bound or key in lost]
    if not rest or not there:
        return
    left = _left(lane, bound, given)
    taken, free = set(bound.values()) - left, dict[str, list[str]]()
    for element in there:
        mark = _mark(element, names)
        if mark is not None and str(element["id"]) not in taken:
            free.setdefault(mark, []).append(str(element["id"]))
    wanted: dict[str, list[str]] = {}
    for key in rest:
        mark = _mark(given[key] or {}, names)
        if mark is not None:
            wanted.setdefault(mark, []).append(key)
    pairs = {
        keys[0]: free[mark][0]
        for mark, keys in wanted.items()
        if len(keys) == 1 and len(free.get(mark, ())) == 1
    }
    for key in lost & pairs.keys():  # made anew by hand: both sides meet again
        del bound[key]
        if lane.target_side == "remote":
            item.removed.setdefault(name, []).append(key)  # its old id is gone
    tie(lane, item, name, pairs)
    item.taken_over |= left & set(pairs.values())


def _lost(item: Item, name: str) -> set[str]:
    """Keys of elements whose own at the target is gone."""
    there = present(item, name)
    if there is None:
        return set()
    return {key for key, id_ in item.children.get(name, {}).items() if id_ not in there}


def _left(lane: Lane, bound: Mapping[str, str], given: Mapping[str, Any]) -> set[str]:
    """Elements of the shop whose own left the source: one that was made anew under what tells it
    apart takes its place. The shop may have no two of them."""
    return {id_ for key, id_ in bound.items() if key not in given and lane.target_side == "remote"}


def _mark(fields: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """What tells an element apart by these fields; none where all of them are empty, for that two
    have no SKU makes them no pair."""
    values = [freeze(fields.get(name)) for name in names]
    return None if all(value in (None, "") for value in values) else digest(values)


def tie(lane: Lane, item: Item, name: str, pairs: Mapping[str, str]) -> None:
    """Elements `pairs` (key → target id) are bound from now on."""
    if not pairs:
        return
    children = item.children.setdefault(name, {})
    fresh = item.fresh.setdefault(name, {})
    if lane.target_side == "odoo":
        children.update(pairs)
        fresh.update(pairs)
        return
    children.update({id_: id_ for id_ in pairs.values()})
    fresh.update({id_: id_ for id_ in pairs.values()})
    given = item.values.get(name) or {}
    named = elements.keyed(given, pairs)
    item.values[name] = {named[key]: value for key, value in given.items()}
    keys = item.source_keys.get(name, {})
    item.source_keys[name] = {source: named.get(key, key) for source, key in keys.items()}


def changes(lane: Lane, item: Item) -> Changes:
    """list → element key → fields of elements to add, None for those to remove."""
    out: Changes = {}
    for name in lane.lens.lists:
        if item.values.get(name) is None or name in lane.lens.created_only:
            continue
        found = {**_added(lane, item, name), **_removed(lane, item, name)}
        if found:
            out[name] = found
    return out


def present(item: Item, name: str) -> set[str] | None:
    """Ids of the elements that the target has, None where it does not say."""
    there = item.target.fields.get(name) if item.target else None
    return None if there is None else {str(element["id"]) for element in there}


def _added(lane: Lane, item: Item, name: str) -> Mapping[str, Mapping[str, Any] | None]:
    bound, had = item.children.get(name, {}), known(lane, item, name)
    there, out = present(item, name), {}
    for key, fields in item.values[name].items():
        if key in bound:
            lost = there is not None and bound[key] not in there
            edited = _edited_at_source(lane, item, name, key) if lost else ()
            if _outlives(lane, edited) or (edited and _taken_off_by_us(lane, item, name, key)):
                del bound[key]
                out[key] = fields
                if lane.target_side == "remote":
                    item.removed.setdefault(name, []).append(key)  # its old id is gone
        elif key not in had:
            out[key] = fields
    return out


def _removed(lane: Lane, item: Item, name: str) -> Mapping[str, None]:
    """Elements that left an owned list; one edited at the target stays where a rule says so."""
    if not lane.mapping.fields[name].owned:
        return {}
    bound, there = item.children.get(name, {}), present(item, name)
    left = [
        key
        for key in sorted(known(lane, item, name))
        if key not in item.values[name] and key in bound and _may_go(lane, item, name, key)
    ]
    if left:
        item.removed.setdefault(name, []).extend(left)
    return {key: None for key in left if there is None or bound[key] in there}


def _may_go(lane: Lane, item: Item, name: str, key: str) -> bool:
    base = item.base(lane.direction)
    edited = [
        path
        for path, value in item.held.items()
        if path in base and is_edited(value, base[path]) and _of(path, name, key)
    ]
    return not edited or _winner(lane, edited) == lane.source_side


def _outlives(lane: Lane, edited: Sequence[str]) -> bool:
    """Whether an edit at the source stands against the removal at the target. Nobody is asked about
    elements: unless the target's side wins, what was edited is there again."""
    return bool(edited) and _winner(lane, edited) != lane.target_side


def _edited_at_source(lane: Lane, item: Item, name: str, key: str) -> list[str]:
    base = item.base(lane.direction)
    return [
        path
        for path, value in item.said.items()
        if path in base and base[path][0] != value and _of(path, name, key)
    ]


def _taken_off_by_us(lane: Lane, item: Item, name: str, key: str) -> bool:
    """Whether a removal without an answer is why the target lacks it: that is no edit there."""
    base = item.base(lane.direction)
    known = [pair for path, pair in base.items() if _of(path, name, key)]
    return all(is_sent(pair) and pair[0]["sent"] is None for pair in known)


def _of(path: str, name: str, key: str) -> bool:
    return path.startswith(f"{name}[{key}].")


def _winner(lane: Lane, paths: Sequence[str]) -> Winner:
    names = [one for path in paths for one in lane.names(path)]
    return lane.flow.strategy.winner(names, lane.direction)[0]


def known_elements(item: Item, base: Mapping[str, Any]) -> dict[str, Any]:
    """The base without elements that the source no longer has."""
    gone = set()
    for name in base:
        parts = elements.split(name)
        if parts is not None:
            given = item.values.get(parts[0])
            if given is not None and parts[1] not in given:
                gone.add(name)
    return {name: pair for name, pair in base.items() if name not in gone} if gone else dict(base)


def _entity(lane: Lane, name: str) -> str | None:
    """The entity whose bindings come and go with the elements of a list; none for shared ones."""
    spec = lane.mapping.fields[name]
    return None if spec.shared else spec.entity


def bindings(lane: Lane, items: Sequence[Item]) -> dict[str, list[Binding]]:
    """entity → bindings of elements that were created, matched or removed with their record."""
    out: dict[str, list[Binding]] = {}
    for name in lane.lens.lists:
        entity = _entity(lane, name)
        if entity:
            kept = [
                one for item in items if item.touched for one in _tied(lane, item, name, entity)
            ]
            over = {id_ for item in items for id_ in item.taken_over}
            kept = _on_their_rows(lane, entity, kept, over) + _let_go(lane, items, name, entity)
            if kept:
                out.setdefault(entity, []).extend(kept)
    return out


def tied(lane: Lane, item: Item) -> list[Binding]:
    """Bindings of the elements that were tied in this page."""
    named = ((name, _entity(lane, name)) for name in lane.lens.lists)
    return [one for name, entity in named if entity for one in _tied(lane, item, name, entity)]


def _tied(lane: Lane, item: Item, name: str, entity: str) -> list[Binding]:
    fresh = item.fresh.get(name)
    if not fresh:
        return []
    found = []
    for source_id, key in item.source_keys.get(name, {}).items():
        if key in fresh:
            binding = Binding(entity)
            binding.set_id(lane.source_side, source_id)
            binding.set_id(lane.target_side, fresh[key])
            binding.parent = item.binding.remote_id if item.binding else None
            found.append(binding)
    return found


def _on_their_rows(
    lane: Lane, entity: str, kept: list[Binding], over: Collection[str]
) -> list[Binding]:
    """Elements that were bound and were made again in Odoo keep their rows."""
    if lane.target_side == "remote":
        again = [one.remote_id for one in kept if one.remote_id in over]
    else:
        again = [one.remote_id for one in kept if (entity, one.remote_id) in lane.bound_before]
    if not again:
        return kept
    rows = lane.store.bindings(entity, "remote", [id_ for id_ in again if id_ is not None])
    for one in kept:
        row = rows.get(str(one.remote_id))
        if row is not None:
            row.odoo_id, row.parent, row.state = one.odoo_id, one.parent, "bound"
    return [rows.get(str(one.remote_id), one) for one in kept]


def released(lane: Lane, items: Sequence[Item]) -> list[Binding]:
    """Bindings of elements whose record is made anew at the remote side, under new ids, or was made
    anew there by hand: gone."""
    found: list[Binding] = []
    for name in lane.lens.lists:
        entity = _entity(lane, name)
        held_by = {
            key: None if item.created else item.former
            for item in items
            for key in (known(lane, item, name) if item.created else item.removed.get(name, ()))
        }
        rows = lane.store.bindings(entity, "remote", sorted(held_by)) if entity and held_by else {}
        found += [one for key, one in rows.items() if held_by[key] in (None, one.parent)]
    for binding in found:
        binding.state = "gone"
    return found


def meet_anew(lane: Lane, item: Item) -> None:
    """The target is another record now: its elements are matched as if none had been bound."""
    let_go(lane, item)
    for name in lane.lens.lists:
        named = {key: source for source, key in item.source_keys.get(name, {}).items()}
        given = item.values.get(name)
        if given:
            item.values[name] = {named.get(key, key): value for key, value in given.items()}
        item.source_keys[name] = {source: source for source in named.values()}
        item.children[name] = {}


def let_go(lane: Lane, item: Item) -> None:
    """The record is gone on a side, and its elements with it: what comes back under their names is
    tied anew."""
    for name in lane.lens.lists:
        keys = known(lane, item, name)
        if keys:
            item.removed[name] = sorted(keys)


def _let_go(lane: Lane, items: Sequence[Item], name: str, entity: str) -> list[Binding]:
    """Bindings of removed elements, but for one that another record holds by now."""
    held_by = {
        key: (None, item.binding.remote_id if item.binding else None, item.former)
        for item in items
        if item.touched
        for key in item.removed.get(name, ())
        if lane.target_side == "remote" or key not in item.fresh.get(name, {})
    }
    if not held_by:
        return []
    found = lane.store.bindings(entity, "remote", list(held_by))
    kept = [one for key, one in found.items() if one.parent in held_by[key]]
    for binding in kept:
        binding.state = "gone"
    return kept
