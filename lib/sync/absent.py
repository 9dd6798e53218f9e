"""Records of a page that can't be read any more: each has its outcome, none is guessed gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..endpoint import Record
from ..errors import Refused
from ..values import storable
from .flow import Counts
from .intent import NOTHING, hold, is_something
from .item import Item
from .keeping import keep
from .lane import Lane


def still_there(lane: Lane, work: list[Item]) -> list[Item]:
    """`work` without records that would be created at the shop and are gone from Odoo, or were
    merged into another, since their page was read: nothing would ever tie or remove what comes of
    them. Odoo is asked once more, which takes no request; a shop is not."""
    fresh = [
        item
        for item in work
        if item.op is not None and item.op.action == "create" and not item.retried
    ]
    if not fresh or not lane.flow.source.transactional or lane.target.transactional:
        return work
    ids = [item.record.id for item in fresh]
    there = {record.id for record in lane.flow.source.fetch(lane.entity, ids)}
    for item in fresh:
        if item.record.id not in there:
            item.op = None
            _end_as_vanished(lane, item)
    return [item for item in work if item.op is not None]


def _end_as_vanished(lane: Lane, item: Item) -> None:
    """Where something was planned with it, it has moved."""
    planned = lane.flow.planned
    if planned is not None:
        item.intent = NOTHING
    if is_something((planned or {}).get(item.record.id)):
        hold(item, "it is gone")
    else:
        item.end("filtered", filter_name="gone since the page was read")


def account(lane: Lane, vanished: Sequence[str], unseen: Sequence[str]) -> Counts:
    """`vanished` were there when the page was read and are left to the next read; `unseen` are
    owed a write, are there, and are not shown to who reads: their dead letter waits for the right.
    """
    items = [_item(id_) for id_ in (*vanished, *unseen)]
    for item in items[: len(vanished)]:
        _end_as_vanished(lane, item)
    for item in items[len(vanished) :]:
        item.bury(_unseen(lane), "read")
    if items:
        keep(lane, items)
    return Counter(item.trace.outcome for item in items if item.trace)


def _item(id_: str) -> Item:
    return Item(Record(storable(id_), {}))


def _unseen(lane: Lane) -> Refused:
    return Refused(
        f"this {lane.entity} is owed a write and is there, but hidden from the integration user",
        remedy="Give the connector's integration user the right to read it (its groups, its "
        "companies, the record rules), then retry.",
    )
