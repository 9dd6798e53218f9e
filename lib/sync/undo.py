"""Take back what a run wrote: a value that still stands becomes again what it was.

Nothing is taken back over a later edit, and what is taken back is settled: neither direction
carries it as an edit. Such a field differs from its source, and follows the next edit there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .. import elements
from ..endpoint import Op, Record
from ..errors import Moved, SkipRecord
from ..mapping import FieldSpec
from ..redact import MASK
from ..store import Binding, Outcome
from ..values import project
from . import carry, galleries, nested
from .conclude import said_back
from .flow import Counts, Flow
from .item import Item
from .keeping import keep
from .lane import Lane
from .tombstone import other_holders


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did to one record. `fields`: field → (old, new), frozen, as its changes tell."""

    source_id: str
    target_id: str | None
    outcome: Outcome
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(slots=True)
class _Undoing:
    """A record on its way back. `left`: fields that are not restored → why. `tried`: this run sent
    it back before and got no answer; `restored` are the fields which that try had changed."""

    done: Done
    item: Item
    before: Record | None = None
    said: Mapping[str, Any] | None = None  # what the target told the opposite direction before
    left: dict[str, str] = field(default_factory=dict)
    tried: bool = False
    restored: set[str] = field(default_factory=set)


def undo(flow: Flow, done: Sequence[Done], why_not: str = "") -> Counts:
    """Undo each of `done` (records, each once); exactly one outcome each: `updated` (values were
    restored), `deleted` (what was created is taken away by the entity's verb), `unchanged` with the
    reason why not, or `dead`. With `why_not` nothing is taken back.
    """
    lane = Lane(flow)
    work = [_Undoing(one, Item(Record(one.source_id, {}))) for one in done]
    if why_not:
        for one in work:
            one.item.end("unchanged", why_not)
    else:
        _load(lane, work)
    others = other_holders(lane, [one.item for one in work if one.item.open])
    for one in work:
        if one.item.open:
            _plan(lane, one, others.get(one.done.source_id))
    open_ = [one.item for one in work if one.item.open]
    _intend(lane, open_)
    carry.write(lane, open_)
    _load_deleted(lane, work)
    for one in work:
        if one.item.open:
            _conclude(lane, one)
    keep(lane, [one.item for one in work])
    return Counter(one.item.trace.outcome for one in work if one.item.trace)


def _load(lane: Lane, work: Sequence[_Undoing]) -> None:
    ids = [one.done.source_id for one in work]
    bound = lane.store.bindings(lane.entity, lane.source_side, ids, lock=True)
    for one in work:
        item = one.item
        item.binding = bound.get(one.done.source_id)
        if item.binding is None or item.binding.state != "bound":
            item.end("unchanged", "it is bound no more")
            continue
        one.tried = _by_this_run(lane, item.binding)
        item.target_id = item.binding.id_on(lane.target_side)
        if item.target_id != one.done.target_id:
            item.end("unchanged", f"it is bound to another {lane.entity} now")
            continue
        nested.bind_known(lane, item)
    lane.boundary()
    _read(lane, [one for one in work if one.item.open])


def _by_this_run(lane: Lane, binding: Binding) -> bool:
    run = lane.flow.run
    return run is not None and (binding.run, binding.way) == (run, lane.direction)


def _read(lane: Lane, work: Sequence[_Undoing]) -> None:
    if not work:
        return
    ids = sorted({str(one.item.target_id) for one in work})
    now = {record.id: record for record in lane.target.fetch(lane.entity, ids)}
    sources: dict[str, Record] = {}
    if lane.back is not None and lane.back.target_roots:
        asked = [one.done.source_id for one in work]
        sources = {record.id: record for record in lane.flow.source.fetch(lane.entity, asked)}
    for one in work:
        item = one.item
        item.record = sources.get(one.done.source_id, item.record)
        item.target = one.before = now.get(str(item.target_id))
        if item.target is None:
            if one.tried and one.done.outcome == "created":
                continue  # taken away by the try that got no answer
            item.end("unchanged", "it is not there any more")
            continue
        item.held = lane.lens.held(item.target.fields, item.target_keys())
        if lane.back is not None:
            one.said = said_back(lane, lane.back, item)


# -- planning


def _plan(lane: Lane, one: _Undoing, other: str | None) -> None:
    """One write, or the reason why there is none. `other`: another record that has its target."""
    item, done = one.item, one.done
    for name, (old, new) in done.fields.items():
        held = item.held.get(name)
        if name in lane.lens.created_only:
            continue
        if MASK in str((old, new)):
            one.left[name] = "the changelog does not keep what looks like a secret"
            continue
        if held == new:
            continue
        if one.tried and (held == old or done.outcome == "created"):
            one.restored.add(name)
        else:
            one.left[name] = "edited since"
    if done.outcome == "created":
        _plan_removal(lane, one, other)
    elif done.outcome == "updated":
        _plan_restore(lane, one)
    else:
        item.end("unchanged", f"«{done.outcome}» is not taken back")


def _plan_removal(lane: Lane, one: _Undoing, other: str | None) -> None:
    item = one.item
    if item.target is None:
        return
    if one.left:
        _end(one, "unchanged", "kept, for it was edited since")
    elif other is not None:
        item.end("unchanged", f"kept: {other} is it too")
    elif "delete" not in lane.info.capabilities:
        item.end("unchanged", f"kept: a {lane.entity} can't be deleted there")
    else:
        item.op = Op(lane.flow.clock.key(), "delete", item.target_id, {})


def _plan_restore(lane: Lane, one: _Undoing) -> None:
    item = one.item
    old: dict[str, Any] = {}
    assert item.target is not None
    for name, (before, _new) in one.done.fields.items():
        if name not in one.left and name not in one.restored:
            _restore(lane, one, name, before, old)
    if not old:
        if not one.restored:
            whys = sorted(set(one.left.values()))
            _end(one, "unchanged", "; ".join(whys) or "nothing was changed")
        return
    values = elements.unflatten(old)
    roots = {name.partition(".")[0] for name in values}
    expect = project(item.target.fields, roots)
    key = lane.flow.clock.key()
    removed = galleries.not_named(lane, item, values)
    item.op = Op(key, "update", item.target_id, values, expect, item.children, removed=removed)


def _restore(lane: Lane, one: _Undoing, name: str, before: Any, old: dict[str, Any]) -> None:
    spec = _spec(lane, name)
    parts = elements.split(name)
    if spec is None:
        one.left[name] = "mapped no more"
    elif parts is not None and parts[1] not in one.item.children.get(parts[0], {}):
        one.left[name] = "its line is there no more"
    elif before is None and parts is not None and not lane.mapping.fields[parts[0]].shared:
        one.left[name] = "its line was added, which is not taken back"
    else:
        try:
            old[name] = spec.coerce(before)
        except SkipRecord as error:
            one.left[name] = error.message


def _spec(lane: Lane, name: str) -> FieldSpec | None:
    parts = elements.split(name)
    if parts is None:
        return lane.mapping.fields.get(name)
    outer = lane.mapping.fields.get(parts[0])
    return outer.nested.fields.get(parts[2]) if outer is not None and outer.nested else None


def _end(
    one: _Undoing,
    outcome: Outcome,
    reason: str = "",
    fields: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """What became of the record; each field that is left has its reason."""
    one.item.end(outcome, reason, fields=fields)
    assert one.item.trace is not None
    one.item.trace = replace(one.item.trace, reasons={**one.item.trace.reasons, **one.left})


# -- settling


def _intend(lane: Lane, items: Sequence[Item]) -> None:
    """Note in the bindings that this run sends them back: should the answer be lost, what the next
    try finds is no edit."""
    if lane.target.transactional:
        return
    sent = [item.binding for item in items if item.binding is not None and item.op is not None]
    for binding in sent:
        binding.run, binding.way = lane.flow.run, lane.direction
    lane.store.intend(sent)
    lane.store.commit()


def _load_deleted(lane: Lane, work: Sequence[_Undoing]) -> None:
    """What is left of the records that were taken away: an archived one is still there."""
    gone = [one.item for one in work if one.item.op and one.item.op.action == "delete"]
    ids = [str(item.target_id) for item in gone if item.open and item.written]
    now = {record.id: record for record in lane.target.fetch(lane.entity, ids)} if ids else {}
    for item in gone:
        if item.open and item.written:
            item.target = now.get(str(item.target_id))


def _conclude(lane: Lane, one: _Undoing) -> None:
    item = one.item
    error = item.result.error if item.result else None
    if isinstance(error, Moved):
        item.end("unchanged", "edited since")
        return
    if error is not None:
        item.bury(error, "write")
        return
    binding = item.binding
    assert binding is not None
    item.touched = True
    binding.run, binding.way = lane.flow.run, lane.direction
    if item.target is None:
        nested.let_go(lane, item)
        binding.state, binding.pending = "gone", None  # the source's digest stays: no edit of it
        item.end("deleted")
        return
    held = lane.lens.held(item.target.fields, item.target_keys())
    before = {**item.held, **{name: one.done.fields[name][1] for name in one.restored}}
    changed = {name for name in held if held[name] != before.get(name)}
    base = item.base(lane.direction)
    after = {
        name: (pair[0], held[name]) if name in changed else pair for name, pair in base.items()
    }
    after.update(galleries.apart(base, after, changed & lane.lens.galleries))
    binding.base[lane.direction] = after
    binding.diverged = tuple(sorted({*binding.diverged, *changed}))
    _settle_back(lane, one)
    fields = {name: (before.get(name), held[name]) for name in sorted(changed)}
    outcome: Outcome = "deleted" if one.done.outcome == "created" else "updated"
    _end(one, outcome, fields=fields)


def _settle_back(lane: Lane, one: _Undoing) -> None:
    """What the target tells the opposite direction because of the undo is no edit; what somebody
    edited before, and was not carried yet, still is one."""
    item, back = one.item, lane.back
    binding = item.binding
    if back is None or binding is None or item.target is None or one.before is None:
        return
    said = said_back(lane, back, item)
    ours = {lane.group(name) for name in one.restored}
    if said is not None and one.said is not None:
        base = binding.base.get(lane.opposite, {})
        after = {
            name: (said[name], pair[1])
            if name in said and (pair[0] == one.said.get(name) or lane.back_group(name) in ours)
            else pair
            for name, pair in base.items()
        }
        changed = [name for name in back.galleries & base.keys() if after[name][0] != base[name][0]]
        after.update(galleries.apart(base, after, changed))
        binding.base[lane.opposite] = after
    if binding.digests.get(lane.target_side) == lane.back_digest(back, one.before):
        binding.digests[lane.target_side] = lane.back_digest(back, item.target)
