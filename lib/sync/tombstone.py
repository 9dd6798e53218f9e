"""Records deleted at the source: delete them at the target, or keep them where a rule says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..endpoint import Op, Record
from ..merge import RECORD, Base, decide_delete
from ..values import UNSETTLED, storable
from . import carry, nested
from .decide import deletion
from .flow import Counts
from .hidden import refuse_hidden
from .intent import as_planned
from .item import Item
from .keeping import keep
from .lane import Lane


def delete(lane: Lane, ids: Sequence[str]) -> Counts:
    """Carry tombstones over by the entity's verb; exactly one outcome each."""
    if not ids:
        return Counter()
    ids = [storable(id_) for id_ in ids]  # one that can't be kept was never bound
    bound = lane.store.bindings(lane.entity, lane.source_side, ids, lock=True)
    items = [Item(Record(id_, {}), binding=bound.get(id_)) for id_ in dict.fromkeys(ids)]
    open_ = [item for item in items if not _is_over(lane, item)]
    for item in open_:
        nested.bind_known(lane, item)
    others = other_holders(lane, open_)
    lane.boundary()
    _load(lane, open_)
    refuse_hidden(lane, open_)
    open_ = [item for item in open_ if item.open]
    for item in open_:
        holder = others.get(item.record.id)
        if holder is None:
            _decide(lane, item)
        else:
            item.deletion = "let go"
            item.end("unchanged", f"deleted at the source; kept, for {holder} is it too")
            _let_go(lane, item)
    carry.write(lane, as_planned(lane, open_, open_))
    # What was archived is still there.
    _load(lane, [item for item in open_ if item.op is not None and item.open])
    for item in open_:
        _conclude(lane, item)
    keep(lane, items)
    counts: Counts = Counter(item.trace.outcome for item in items if item.trace)
    if len(ids) > len(items):
        counts["repeated"] += len(ids) - len(items)
    return counts


def _is_over(lane: Lane, item: Item) -> bool:
    if item.binding is None or item.binding.state == "gone":
        known = "deleted before" if item.binding else "deleted before it was ever bound"
        item.end("unchanged", known)
    elif lane.flow.holds_deletes:
        item.end("held", "deleted at the source, with more others than the guard lets pass")
    return item.trace is not None


def other_holders(lane: Lane, items: Sequence[Item]) -> dict[str, str]:
    """Source id → another one that holds its target and stays, or comes later in this page."""
    if lane.target_side != "odoo" or not items:
        return {}
    targets = {item.record.id: str(item.binding.odoo_id) for item in items if item.binding}
    holders: dict[str, list[str]] = {}
    for row in lane.store.holders(lane.entity, "odoo", sorted(set(targets.values()))):
        if row.odoo_id is not None and row.remote_id is not None:
            holders.setdefault(row.odoo_id, []).append(row.remote_id)
    others: dict[str, str] = {}
    gone: set[str] = set()
    for id_, target in targets.items():
        gone.add(id_)
        left = sorted(set(holders.get(target, ())) - gone)
        if left:
            others[id_] = left[0]
    return others


def _load(lane: Lane, items: Sequence[Item]) -> None:
    for item in items:
        item.target_id = item.binding.id_on(lane.target_side) if item.binding else None
    ids = [item.target_id for item in items if item.target_id is not None]
    now = {record.id: record for record in lane.target.fetch(lane.entity, ids)} if ids else {}
    for item in items:
        item.target = now.get(str(item.target_id))


def _decide(lane: Lane, item: Item) -> None:
    assert item.binding is not None
    if item.target is not None:
        item.held = lane.lens.held(item.target.fields, item.target_keys())
    verdict, item.reason = decide_delete(
        item.base(lane.direction),
        None if item.target is None else item.held,
        lane.direction,
        lane.flow.strategy,
        lane.record_names(),
        item.binding.decided.get(RECORD),
    )
    item.deletion = "let go" if item.target is None and verdict == "delete" else verdict
    if verdict == "ask":
        conflict = deletion(lane, item.reason, source="deleted", target="edited")
        item.end("held", conflicts=[conflict])
    elif verdict == "keep":
        _keep_target(lane, item)
    elif item.target is not None:
        _take_away(lane, item)


def _take_away(lane: Lane, item: Item) -> None:
    """By the mapping's word and the entity's verb; what may not or can't be deleted is let go."""
    on_delete = lane.mapping.on_delete
    if on_delete == "keep":
        item.end("unchanged", "deleted at the source; kept, as the mapping says")
    elif "delete" not in lane.info.capabilities:
        item.end("unchanged", f"a {lane.entity} can't be deleted there; it is left as it is")
    else:
        for_good = on_delete == "delete"
        item.op = Op(lane.flow.clock.key(), "delete", item.target_id, {}, for_good=for_good)
        return
    item.deletion = "let go"
    _let_go(lane, item)


def _keep_target(lane: Lane, item: Item) -> None:
    """The target's edit stands: the opposite direction owes the source its record back."""
    assert item.binding is not None
    item.end("unchanged", item.reason)
    if lane.back is None:
        _let_go(lane, item)
        return
    item.touched = True
    item.binding.pending = lane.opposite
    item.binding.digests.clear()


def _conclude(lane: Lane, item: Item) -> None:
    if item.trace is not None:
        return
    error = item.result.error if item.result else None
    if error is not None:
        item.bury(error, "write")
        return
    item.end("deleted")
    _let_go(lane, item)


def _let_go(lane: Lane, item: Item) -> None:
    """No digest of the source is left: a record that comes back is looked at anew, and so are its
    elements. What is left of the target (an archived record) is no edit of it: the opposite flow
    must not bring back what was deleted before somebody touches it again."""
    binding = item.binding
    assert binding is not None
    nested.let_go(lane, item)
    binding.state, item.touched = "gone", True
    binding.digests.clear()
    binding.decided.pop(RECORD, None)
    binding.pending = None
    if item.target is None:
        return
    held = lane.lens.held(item.target.fields, item.target_keys())
    binding.base[lane.direction] = _with_left(item.base(lane.direction), held)
    if lane.back is not None:
        binding.digests[lane.target_side] = lane.back_digest(lane.back, item.target)


def _with_left(base: Base, held: Mapping[str, Any]) -> Base:
    """What the deletion itself changed (the archived state) is no edit of the target either: to a
    record that comes back it gives way."""
    return {
        name: (UNSETTLED, held[name]) if name in held and held[name] != pair[1] else pair
        for name, pair in base.items()
    }
