"""Records whose dead letter a person discarded: left out for as long as they are as they were."""

from __future__ import annotations

from collections.abc import Sequence

from .item import Item
from .lane import Lane

#: What the changelog calls the filter that leaves them out.
FILTER = "discarded dead letter"


def leave_out(lane: Lane, items: Sequence[Item]) -> list[Item]:
    """End those that were given up and have not changed since, nor has their mapping; the others.

    What is owed a write, or had no answer to its create yet, goes on. So does what is settled as it
    is: its letter was about what was to follow, such as an image.
    """
    tried = [item for item in items if not _goes_on(lane, item)]
    ids = [item.record.id for item in tried]
    known = lane.store.given_up(lane.entity, lane.direction, ids) if ids else {}
    for item in tried:
        digest, why = known.get(item.record.id, ("", ""))
        if digest and digest == item.digest:
            said = f"its dead letter was discarded: {why}" if why else ""
            item.end("filtered", said, filter_name=FILTER)
    return [item for item in items if item.open]


def _goes_on(lane: Lane, item: Item) -> bool:
    binding = item.binding
    return binding is not None and (
        binding.state == "creating"
        or binding.pending == lane.direction
        or binding.digests.get(lane.source_side) == item.digest
    )
