"""Images of the records of a page: which contents are needed, and how their names are compared.

What can't be had is left out of its record, which goes on without it
(docs/decisions/040-images.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from ..endpoint import Record
from ..errors import GatewayError, RetryLater, SkipRecord
from ..images import Image, is_hash, is_same
from ..mapping.problem import Problem, Problems
from ..merge import SOURCE_OF, Base, Direction
from ..store import Binding
from ..values import UNSETTLED, is_unsettled
from . import galleries
from .flow import Flow
from .item import Item
from .lane import Lane

# -- before a page is settled


def expected(flow: Flow, records: Iterable[Record]) -> dict[str, Record]:
    """Images that settling `records` will ask for, as far as their own fields tell: name → record.

    Reads bindings, one query, only where a record names an image by something else than its hash.
    """
    fields = [spec for spec in flow.mapping.fields.values() if spec.type in ("image", "images")]
    named = [
        (record, spec.name, name)
        for record in (records if fields else ())
        for spec in fields
        for name in _read(spec.read, record)
        if not is_hash(name) and _is_taken(flow, record)
    ]
    if not named:
        return {}
    ids = list(dict.fromkeys(record.id for record, _field, _name in named))
    bound = flow.store.bindings(flow.entity, SOURCE_OF[flow.direction], ids)
    return {
        name: record
        for record, field_, name in named
        if _may_ask(flow, bound.get(record.id))
        and not _is_settled(bound.get(record.id), flow.direction, field_, name)
    }


def _is_taken(flow: Flow, record: Record) -> bool:
    try:
        return flow.mapping.filtered_by(record.fields) is None
    except SkipRecord:
        return False


def _may_ask(flow: Flow, binding: Binding | None) -> bool:
    """Whether the record will be settled at all."""
    if binding is None:
        return flow.mapping.on_missing == "create"
    return not binding.forgotten


def _read(read: Any, record: Record) -> list[str]:
    """The images that the record names; one that can't be read is told by its transformation."""
    try:
        value = read((record.fields, None))
    except (Problem, Problems):
        return []
    named = value if isinstance(value, list) else [value]
    return [name for name in named if isinstance(name, str) and name]


def _is_settled(binding: Binding | None, direction: Direction, field_: str, name: str) -> bool:
    base = binding.base.get(direction, {}) if binding is not None else {}
    if field_ not in base:
        return False
    before = base[field_][0]
    named = galleries.pair_of(base, field_, None)[0] or [before]
    return any(is_same(one, name) for one in named)


def fetch(flow: Flow, wanted: Mapping[str, Record]) -> None:
    """Have the contents that are `wanted`, or know why not, within the bounds of a page."""
    if wanted:
        by_address = getattr(flow.target, "takes_addresses", False)
        flow.contents.fetch(flow.source, flow.entity, wanted, flow.clock, by_address)


# -- while it is settled


def look(lane: Lane, items: Iterable[Item]) -> None:
    """Fetch what has to be seen to be compared: images with new names that are no hashes."""
    if not lane.lens.has_images:
        return
    wanted = {}
    for item in items:
        for field_, name in _named(lane, item.values):
            if not is_hash(name) and not _is_settled(item.binding, lane.direction, field_, name):
                wanted[name] = item.record
    fetch(lane.flow, wanted)
    for item in items:
        _leave_out(lane, item)


def bring(lane: Lane, items: Iterable[Item]) -> list[Item]:
    """Give each write the contents of its images; those that have nothing left to write are out."""
    items = list(items)
    for item in items:
        galleries.hand_over(lane, item)
    if not lane.lens.has_images:
        return items
    wanted = {
        name: item.record
        for item in items
        if item.op is not None
        for _field, name in _to_send(lane, item)
    }
    fetch(lane.flow, wanted)
    for item in items:
        _leave_out(lane, item)
        if item.op is not None and item.op.action != "delete":
            _hand_over(lane, item)
    return [item for item in items if item.op is not None]


def _named(lane: Lane, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, image) of the images that values name."""
    single = [(name, values[name]) for name in lane.lens.images if values.get(name) is not None]
    return [*single, *galleries.names(lane, values)]


def _leave_out(lane: Lane, item: Item) -> None:
    for field_, name in _named(lane, item.values):
        found = lane.flow.contents.held.get(name, _NOT_ASKED)
        if found is None:
            leave(item, field_, None, owed=True)
        elif isinstance(found, GatewayError):
            leave(item, field_, found)
        elif found.unsent:
            leave(item, field_, None)
            item.reason = found.unsent


def _to_send(lane: Lane, item: Item) -> list[tuple[str, str]]:
    """(field, image) of those that the target does not have."""
    assert item.op is not None
    return [
        (field_, name)
        for field_, name in _named(lane, item.op.values)
        if field_ in lane.lens.images or name not in (item.held.get(field_) or ())
    ]


_NOT_ASKED = Image(b"", "", "")


def _hand_over(lane: Lane, item: Item) -> None:
    assert item.op is not None
    if not item.op.values and item.op.action == "update":
        item.op = None
        return
    names = {name for _field, name in _to_send(lane, item)}
    held = {name: lane.flow.contents.held[name] for name in names}
    given = {name: image for name, image in held.items() if isinstance(image, Image)}
    item.op = replace(item.op, images=given, replaced=_replaced(lane, item, item.op.values))


def _replaced(lane: Lane, item: Item, values: Mapping[str, Any]) -> dict[str, str]:
    """The target's images that the values replace, and that were settled: they are ours to take."""
    base = item.base(lane.direction) if item.settled is None else item.settled
    known = [name for name in lane.lens.images if name in values and name in base]
    return {
        name: item.held[name]
        for name in known
        if item.held.get(name) is not None and is_same(base[name][1], item.held[name])
    }


def leave(item: Item, name: str, error: GatewayError | None, owed: bool = False) -> None:
    """The record goes on without the field, whose base stays, and is looked at again when it is
    read. What fails for a time is owed to the next run."""
    for values in (item.raw, item.values, item.said, item.stored):
        values.pop(name, None)
    if item.decision is not None:
        kept = frozenset({name})
        decision = item.decision
        item.decision = replace(
            decision,
            write=decision.write - kept,
            settle=decision.settle - kept,
            lost=decision.lost - kept,
        )
    if item.op is not None:
        rest = {field_: value for field_, value in item.op.values.items() if field_ != name}
        item.op = replace(item.op, values=rest)
    item.unresolved |= {name}
    item.owed = item.owed or owed or isinstance(error, RetryLater)
    if error is not None and item.warning is None:
        item.warning = _at(error, name)


def _at(error: GatewayError, name: str) -> GatewayError:
    """An error of its own: several records may name one image."""
    own = copy(error)
    own.record, own.field = None, name
    return own


def hashed(lane: Lane, stored: Mapping[str, Any]) -> dict[str, Any]:
    """`stored`, with the hashes by which Odoo will name the contents that are here."""
    found = {name: lane.flow.contents.hash(stored[name]) for name in lane.lens.images & set(stored)}
    return {**stored, **{name: value for name, value in found.items() if value is not None}}


def compared_base(lane: Lane, item: Item, base: Base) -> Base:
    """The base, in which an image that has got its version meanwhile is the same one. Without a
    base: an empty side says nothing, and is filled."""
    changed: dict[str, Any] = {}
    for name in lane.lens.images & set(item.said) & set(item.held):
        if name in base:
            changed[name] = as_now(base[name], item.said[name], item.held[name])
        elif item.held[name] is None and item.said[name] is not None:
            changed[name] = (UNSETTLED, None)
        elif item.said[name] is None and item.held[name] is not None:
            item.said.pop(name)
            item.stored.pop(name)
    changed.update(galleries.compared(lane, item, base))
    return {**base, **changed} if changed else base


def as_now(pair: tuple[Any, Any], said: Any, held: Any) -> tuple[Any, Any]:
    """A pair of a base, with the names that its images have now."""
    source = said if not is_unsettled(pair[0]) and is_same(pair[0], said) else pair[0]
    return source, held if is_same(pair[1], held) else pair[1]


def taken_in(lane: Lane, item: Item, base: Base, compared: Base) -> frozenset[str]:
    """Fields whose image got its version since: they are settled anew where nothing else is, and
    not where the target was edited, which is for the other direction to carry."""
    changed = frozenset(
        name
        for name, pair in compared.items()
        if name in base and pair != base[name] and not galleries.is_apart(base[name])
    )
    found = changed | galleries.found_again(lane, base, compared)
    return frozenset(
        name for name in found & item.said.keys() if _is_as_settled(item, compared, name)
    )


def _is_as_settled(item: Item, compared: Base, name: str) -> bool:
    return bool((item.held[name] or ()) == (compared[name][1] or ()))
