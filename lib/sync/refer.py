"""References of a page: looked up with one query a name, created where the mapping says so."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..endpoint import Op
from ..errors import GatewayError, MissingReference, StopRun
from ..lens import told
from ..mapping import Ref, references, resolve
from . import nested
from .intent import NOTHING, hold
from .item import Item, each
from .lane import Lane

#: Keys of creates that several records of a page or of several pages may ask for.
_NAMESPACE = uuid.UUID("5d6d3c86-0f0e-4d06-9a5e-6d4b6b6f9b11")


def resolve_all(lane: Lane, items: list[Item]) -> list[Item]:
    """Give every item its values in the target's terms: store first, then (with no transaction
    open, where it has its own) the target."""
    _look_up_bound(lane, items)
    if lane.lens.lists:
        nested.bind(lane, items)
    lane.boundary()
    _look_up_keyed(lane, items)
    return _put_in_place(lane, items)


def of_this_page(lane: Lane, items: Iterable[Item], going: Iterable[Item]) -> list[Item]:
    """Dead items that only wait for a record which is about to be settled in the same page (a
    category for its parent): they are taken after it."""
    coming = {item.record.id for item in going}
    waiting = [(item, _waits_for(lane, item)) for item in items]
    found: list[Item] = []
    while True:
        more = [item for item, for_id in waiting if for_id in coming - {item.record.id}]
        more = [item for item in more if item.record.id not in coming]
        if not more:
            return found
        found += more
        coming |= {item.record.id for item in more}


def _waits_for(lane: Lane, item: Item) -> str | None:
    error = item.trace.error if item.trace else None
    if not isinstance(error, MissingReference) or "name" not in error.details:
        return None
    ref = Ref(error.details["name"], error.details["key"], error.details["value"])
    lane.ids.pop(ref, None)
    return ref.value if ref.name == lane.entity and ref.key is None else None


def _look_up_bound(lane: Lane, items: Iterable[Item]) -> None:
    """Resolve references by binding: store only, no call to the target."""
    by_name: dict[str, list[Ref]] = {}
    for ref in _wanted(lane, items):
        if ref.key is None:
            by_name.setdefault(ref.name, []).append(ref)
    for name, refs in by_name.items():
        bound = lane.store.resolve(name, lane.source_side, [ref.value for ref in refs])
        lane.ids.update({ref: bound.get(ref.value) for ref in refs})


def _look_up_keyed(lane: Lane, items: Sequence[Item]) -> None:
    """Resolve references by natural key at the target; several matches are no match."""
    by_key: dict[tuple[str, str], list[Ref]] = {}
    for ref in _wanted(lane, items):
        if ref.key is not None:
            by_key.setdefault((ref.name, ref.key), []).append(ref)
    for (name, key), refs in by_key.items():
        found: dict[str, set[str]] = {}
        for value, id_ in lane.target.find(name, key, [ref.value for ref in refs]):
            found.setdefault(value, set()).add(id_)
        unique = {value: next(iter(ids)) for value, ids in found.items() if len(ids) == 1}
        lane.ids.update({ref: unique.get(ref.value) for ref in refs})
        _create(lane, name, _planned(lane, items, [ref for ref in refs if ref.value not in found]))


def _put_in_place(lane: Lane, items: Iterable[Item]) -> list[Item]:
    """Give every item its values with the target's ids; those that lack a required one are dead."""

    def place(item: Item) -> bool:
        for path, ref in references(item.raw) if lane.unplanned else ():
            if ref in lane.unplanned:
                hold(item, ".".join(path))
                return False
        _raise_refused(lane, item)
        done = resolve(item.raw, lane.ids)
        item.values = dict(done)
        item.unresolved = frozenset(place[0] for place in done.unresolved)
        nested.rekey(lane, item)
        return True

    return each(items, "reference", place)


def _wanted(lane: Lane, items: Iterable[Item]) -> list[Ref]:
    wanted = {ref: ref for item in items for _place, ref in references(item.raw)}
    return [ref for ref in wanted.values() if ref not in lane.ids]


def _planned(lane: Lane, items: Sequence[Item], refs: list[Ref]) -> list[Ref]:
    """Of an apply those that records of the page were planned to refer to; else all of them."""
    if lane.flow.planned is None:
        return refs
    intents = [lane.flow.planned.get(item.record.id, NOTHING) for item in items]
    known = _texts(intents)
    lane.unplanned.update(ref for ref in refs if ref.create is not None and told(ref) not in known)
    return [ref for ref in refs if ref not in lane.unplanned]


def _texts(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, Mapping) else value
    return set().union(*map(_texts, parts)) if isinstance(value, (Mapping, list, tuple)) else set()


def _create(lane: Lane, name: str, refs: list[Ref]) -> None:
    """Create what is missing and may be created; the same key for every try of the same record."""
    making = [ref for ref in refs if ref.create is not None]
    info = lane.target.entities().get(name)
    able = info is not None and "create" in info.capabilities
    if not making or not able or lane.flow.compares:
        return
    ops = [Op(_key(ref), "create", None, resolve(ref.create or {}, lane.ids)) for ref in making]
    results = list(lane.target.write(name, ops))
    if len(results) != len(ops):
        raise StopRun(
            f"{len(ops)} writes of {name} gave {len(results)} results",
            cause="unknown",
            remedy="This is a defect of the platform's client; report it.",
        )
    for ref, result in zip(making, results, strict=True):
        lane.ids[ref] = result.id
        if result.error is not None:
            lane.refused[ref] = result.error


def _key(ref: Ref) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{ref.name}|{ref.key}|{ref.value}"))


def _raise_refused(lane: Lane, item: Item) -> None:
    """The error that the creation of one of the record's references ended with."""
    if lane.refused:
        for place, ref in references(item.raw):
            error: GatewayError | None = lane.refused.get(ref)
            if error is not None:
                raise type(error)(error.message, field=".".join(place), remedy=error.remedy)
