"""Carry the decided writes out: intents first, then one batch, then what the target holds now."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import StopRun
from ..store import Binding
from . import nested, sending
from .item import Item
from .lane import Lane


def intend(lane: Lane, items: Sequence[Item]) -> None:
    """Keep the intent of every create before it is sent, where a lost answer is possible."""
    if lane.target.transactional or not any(item.op for item in items):
        return
    intents: list[Binding] = []
    anew = [item for item in items if item.created or (item.op and item.met_anew)]
    released = nested.released(lane, anew)
    for item in items:
        if item.op is not None and item.op.action == "create":
            item.binding = item.binding or Binding(lane.entity)
            item.binding.state, item.binding.key = "creating", item.op.key
            item.binding.set_id(lane.source_side, item.record.id)
            item.binding.set_id(lane.target_side, None)
            # What it knew is of a record that is gone, if any, unless it was sent before.
            item.binding.base, item.binding.digests = sending.created(lane, item), {}
            intents.append(item.binding)
    for item in items:
        was_bound = item.binding is not None and not item.met_anew
        if sending.mark(lane, item) and item.binding is not None:
            intents += [item.binding, *([] if was_bound else nested.tied(lane, item))]
    if lane.lens.relative:
        intents += [i.binding for i in items if i.binding and _may_have_been_set(lane, i)]
    # Called without any, too: what is sent next may be sent by the page's worker only.
    lane.store.intend([*released, *intents])
    lane.store.commit()


def _may_have_been_set(lane: Lane, item: Item) -> bool:
    """An update that is about to be sent. Should its answer be lost and the source be as it was by
    the next try, the digest must not say that there is nothing to do."""
    if item.binding is None or item.op is None or item.op.action != "update":
        return False
    return item.binding.digests.pop(lane.source_side, None) is not None


def write(lane: Lane, items: Sequence[Item]) -> None:
    """One call for all; each item gets its result and, where it was carried out, its target."""
    work = [item for item in items if item.op is not None]
    if not work:
        return
    ops = [item.op for item in work if item.op is not None]
    results = list(lane.target.write(lane.entity, ops))
    if len(results) != len(ops):
        raise StopRun(
            f"{len(ops)} writes gave {len(results)} results",
            cause="unknown",
            remedy="This is a defect of the platform's client; report it.",
        )
    for item, result in zip(work, results, strict=True):
        item.result = result
        if result.error is None:
            item.target_id = result.id
    _read_back(lane, [item for item in work if item.written])


def _read_back(lane: Lane, written: list[Item]) -> None:
    unread = [
        str(item.target_id)
        for item in written
        if item.result and item.result.record is None and item.op and item.op.action != "delete"
    ]
    fetched = lane.target.fetch(lane.entity, unread) if unread else ()
    now = {record.id: record for record in fetched}
    for item in written:
        assert item.result is not None
        item.target = item.result.record or now.get(str(item.target_id))
        for name, ids in item.result.children.items():
            given, bound = item.values.get(name) or {}, item.children.get(name, {})
            fresh = {k: i for k, i in ids.items() if k in given and k not in bound}
            nested.tie(lane, item, name, fresh)
