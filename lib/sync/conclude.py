"""What is kept of a settled record: both directions' bases, digests, what is owed, its trace."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from .. import elements
from ..endpoint import Record, Result
from ..errors import SkipRecord
from ..lens import TARGET, Lens
from ..merge import RECORD, Base, Decision, Pair, settled_base, settled_opposite
from ..store import Binding, Outcome
from ..values import UNSETTLED, freeze, project
from . import galleries, images, nested, sending
from .decide import source_views
from .item import Item
from .lane import Lane


def conclude(lane: Lane, item: Item) -> None:
    """End an item that was decided and, if need be, written."""
    if item.result is not None and item.result.left:
        _leave(item, item.result)
    decision = item.decision or Decision()
    if item.fresh and lane.target_side == "remote":
        item.said, item.stored = source_views(lane, item)  # new elements have their ids now
    held: dict[str, Any] = {}
    if item.target is not None:
        held = lane.lens.held(item.target.fields, item.target_keys())
    kept = item.base(lane.direction) if item.settled is None else item.settled
    before = {} if item.created else kept
    was = _kept(item.binding) if item.op is None else None
    if item.binding is None and item.awaited:
        item.binding = Binding(lane.entity, base={lane.opposite: sending.awaited(lane, item)})
    binding = item.binding = item.binding or Binding(lane.entity)
    binding.set_id(lane.source_side, item.record.id)
    binding.set_id(lane.target_side, item.target_id)
    binding.state, binding.key = "bound", None
    binding.run, binding.way = lane.flow.run, lane.direction
    item.touched = True
    decision = _with_new(item, decision, before)
    item.decision, late = sending.arrived(lane, item, before, decision, held)
    _settle_forward(lane, item, binding, decision, before, held)
    carried = _settle_backward(lane, item, binding, decision)
    _note_debts(lane, item, binding, decision, carried, held)
    fields = {**_changed(lane, item, decision, held), **late}
    _note_groups(lane, item, decision)
    item.end(_outcome(item, decision, bool(late)), fields=fields)
    if was is not None and not item.fresh and not item.removed and _kept(binding) == was:
        item.touched = False  # it was looked at, and there is nothing to keep of that


def _note_groups(lane: Lane, item: Item, decision: Decision) -> None:
    """Of conflicts that were open: in which groups both sides are alike by now, and in which this
    source says nothing new, so that what the other side says is still to be carried."""
    contested = {lane.group(name) for name in decision.held | decision.lost}
    alike = {lane.group(name) for name in decision.settle} - contested
    seen = {lane.group(name) for name in item.said if name in item.held}
    item.alike, item.left = frozenset(alike), frozenset(seen - alike - contested)


def _leave(item: Item, result: Result) -> None:
    """What was not written though the rest was keeps its base, and is tried again."""
    for name in result.left:
        images.leave(item, name, result.warning)


def _kept(binding: Binding | None) -> tuple[Any, ...] | None:
    """What a settlement may change of a binding, but for the run that it was in."""
    if binding is None:
        return None
    known = (binding.state, binding.key, binding.remote_id, binding.odoo_id, binding.pending)
    held = (dict(binding.base), dict(binding.digests), dict(binding.decided))
    return (*known, *held, binding.diverged)


def _with_new(item: Item, decision: Decision, before: Mapping[str, Pair]) -> Decision:
    """What was not there to be compared before the write is settled with what both sides show; of
    an element that is made again, what was known was of the one that is gone."""
    new = frozenset(
        name
        for name in item.said
        if name not in item.held and (name not in before or _is_of(name, item.fresh))
    )
    return replace(decision, settle=decision.settle | new) if new else decision


def _is_of(name: str, keys: Mapping[str, Collection[str]]) -> bool:
    """Whether it is a field of one of these elements (list → their keys)."""
    parts = elements.split(name)
    return parts is not None and parts[1] in keys.get(parts[0], ())


def _settle_forward(
    lane: Lane,
    item: Item,
    binding: Binding,
    decision: Decision,
    before: Mapping[str, Pair],
    held: Mapping[str, Any],
) -> None:
    base = settled_base(before, decision, item.said, held)
    base = nested.known_elements(item, base)
    base = {name: pair for name, pair in base.items() if name not in lane.lens.lists}
    base.update(galleries.apart(before, base, decision.lost & lane.lens.galleries | item.apart))
    sent = binding.base.get(lane.direction, {})
    for name in _unlike(lane, item, held, list(base)) if _replayed(item) else ():
        if sending.of_first_try(sent, name, held[name]):
            base[name] = (UNSETTLED, held[name])
        else:
            del base[name]  # edited there meanwhile: both sides meet in it anew
    binding.base[lane.direction] = base


def _replayed(item: Item) -> bool:
    """A create sent again under its key may answer for the first try, with that one's values."""
    return item.created and item.retried


def _unlike(lane: Lane, item: Item, held: Mapping[str, Any], names: Any) -> list[str]:
    """Fields of `names` in which the target is not what the source wants it to be. Of images that
    the sides name in their own ways only that there is one can be told."""
    return [
        n
        for n in names
        if n in item.stored
        and n in held
        and item.stored[n] != held[n]
        and not (n in lane.lens.images and held[n] and item.stored[n] and item.created)
    ]


def _settle_backward(
    lane: Lane, item: Item, binding: Binding, decision: Decision
) -> frozenset[str]:
    """Settle the opposite direction's base; the groups that it is able to carry."""
    if lane.back is None or item.target is None:
        return frozenset()
    said = said_back(lane, lane.back, item)
    if said is None:
        return frozenset()
    settled = {lane.group(name) for name in decision.settle}
    lost = {lane.group(name) for name in decision.lost}
    held = lane.back.held(item.record.fields, lane.in_back(item.source_keys))
    groups = {name: lane.back_group(name) for name in held}
    before = binding.base.get(lane.opposite, {})
    base = binding.base[lane.opposite] = settled_opposite(
        before,
        said,
        held,
        lambda name: groups[name] in settled,
        lambda name: groups[name] in lost,
    )
    lost |= {lane.group(name) for name in item.apart}
    owed = [name for name in lane.back.galleries & held.keys() if groups[name] in lost]
    base.update(galleries.apart(before, base, owed))
    sending.overwritten(lane, item, before, base, held)
    if _nothing_to_carry(base, said):
        binding.digests[lane.target_side] = lane.back_digest(lane.back, item.target)
    return frozenset(groups.values())


def _nothing_to_carry(base: Base, said: Mapping[str, Any]) -> bool:
    """Whether the target shows what is settled: no value more, no element less."""
    return all(name in base and base[name][0] == value for name, value in said.items()) and all(
        name in said for name in base if elements.split(name) is not None
    )


def said_back(lane: Lane, back: Lens, item: Item) -> dict[str, Any] | None:
    """What the target's record says through the opposite mapping, None where it is not taken.

    A record that can't be transformed says nothing; the opposite flow tells why.
    """
    assert item.target is not None
    fields = {**item.target.fields, TARGET: item.record.fields}
    record = Record(item.target.id, fields, item.target.updated)
    try:
        if back.mapping.filtered_by(record.fields) is not None:
            return None
        raw = back.mapping.transform(record)
    except SkipRecord:
        return {}
    return back.said(raw, lambda ref: True, lane.in_back(item.target_keys()))


def _note_debts(
    lane: Lane,
    item: Item,
    binding: Binding,
    decision: Decision,
    carried: frozenset[str],
    held: Mapping[str, Any],
) -> None:
    """What is still to be done about the record: owed, diverged, held or incomplete."""
    if binding.pending == lane.direction:
        binding.pending = None
    if _replayed(item) and _unlike(lane, item, held, item.stored):
        binding.pending = lane.direction
    owed = [name for name in decision.lost if lane.group(name) in carried]
    if owed:
        binding.pending = lane.opposite
    marked = {name for name in item.stored if lane.is_among(name, binding.diverged)}
    apart = (marked | decision.lost) - decision.settle - set(owed)
    binding.diverged = tuple(sorted(_unlike(lane, item, held, apart)))
    seen = {lane.group(name) for name in item.said}
    binding.decided = {
        group: side
        for group, side in binding.decided.items()
        if group not in seen and group != RECORD
    }
    if decision.held or item.unresolved or binding.pending == lane.direction:
        binding.digests.pop(lane.source_side, None)
    else:
        binding.digests[lane.source_side] = item.digest
    if decision.held:  # should the target become again what it was, that is to be seen, too
        binding.digests.pop(lane.target_side, None)
    if item.owed:
        binding.pending = lane.direction
    elif item.created and (item.retried or item.target is None) and binding.pending is None:
        # Deleted since, it told so, if ever, when nobody knew whose it was: look at it once more.
        binding.pending = lane.opposite if lane.back else None


def _outcome(item: Item, decision: Decision, late: bool = False) -> Outcome:
    if decision.held:
        return "held"
    if item.op is None and item.retried:
        return "created"  # it was sent before, and is there now: its answer had been lost
    if item.op is None:
        return "updated" if late else "unchanged"
    return "created" if item.op.action == "create" else "updated"


def _changed(
    lane: Lane, item: Item, decision: Decision, now: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """field → (old, new) of what was written; new is what was read back, and what was asked for
    where that is no longer compared."""
    if item.op is None and not item.retried:
        return {}
    if item.created or item.op is None:
        asked = project(item.op.values, lane.lens.created_only) if item.op else {}
        plain = {n: freeze(value) for n, value in asked.items() if not isinstance(value, Mapping)}
        return {name: (None, value) for name, value in {**plain, **now}.items()}
    names = {*decision.write, *(name for name in now if _is_of(name, item.fresh))}
    names |= {name for name in item.held if _is_of(name, item.removed)}
    pairs = {name: (item.held.get(name), now.get(name)) for name in sorted(names)}
    if item.result is not None and item.result.note:  # some of it may have been left as it was
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return pairs
