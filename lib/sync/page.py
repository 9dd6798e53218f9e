"""One page, settled: the order of steps, and the sum that has to come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ..endpoint import Page, Record
from ..errors import Moved, StopRun, ValidationError
from ..values import storable
from . import carry, given_up, images, refer
from .absent import account, still_there
from .breaker import common_failure
from .claims import refuse_claimed
from .conclude import conclude
from .decide import decide, load, transform_with_target
from .flow import Counts, Flow
from .intent import NOTHING, as_planned
from .item import Item, each
from .keeping import keep
from .lane import Lane
from .pair import one_of_each, pair, retie, strays
from .tombstone import delete

#: How often one record is decided again in one page because the target moved meanwhile.
TRIES = 3


def settle_page(
    flow: Flow, page: Page, vanished: Sequence[str] = (), unseen: Sequence[str] = ()
) -> Counts:
    """Settle every record of `page`; exactly one outcome each, which the counts give. So have ids
    of records that were read and `vanished` since, or are owed a write and stay `unseen`.

    Raises StopRun when going on makes no sense, RetryLater when the target can't be reached. A
    non-transactional target may then hold writes that the next try finds by keys and bases.
    """
    lane = Lane(flow)
    work = once(lane, page.records)
    counts: Counts = Counter()
    repeats = len(page.records) - len(work)
    if repeats:
        counts["repeated"] += repeats
    tries = 0
    while work:
        tries += 1
        work = _round(lane, work, counts, last=tries >= TRIES)
    counts.update(delete(lane, page.deleted))
    counts.update(account(lane, vanished, unseen))
    _check_sum(len(page.records) + len(page.deleted) + len(vanished) + len(unseen), counts)
    return counts


def once(lane: Lane, records: Sequence[Record]) -> list[Item]:
    """Each id once, as last given; those that can't be kept are dead already."""
    last = {record.id: record for record in records}
    items = [Item(record, lane.digest_of(record)) for record in last.values()]
    each(items, "read", _has_an_id)
    return items


def _has_an_id(item: Item) -> bool:
    """Raises ValidationError where no database keeps the id; the item gets one that can be kept."""
    told = storable(item.record.id)
    if told == item.record.id:
        return True
    item.record = replace(item.record, id=told)
    raise ValidationError(
        "the id has a NUL character or half a surrogate pair, which can't be stored",
        field="id",
        value=told,
        rule="id",
        remedy="Mend the id at the source; the record can't be synced under it.",
    )


def _round(lane: Lane, items: list[Item], counts: Counts, last: bool) -> list[Item]:
    """Settle `items`; those that are to be decided again come back."""
    named = [item for item in items if item.open]
    bind(lane, named)
    work = [item for item in named if not _is_unchanged(lane, item)]
    later: list[Item] = []
    for item in work:
        item.intent = NOTHING
    work = given_up.leave_out(lane, work)
    if work:
        work = each(work, "transform", lambda item: transform(lane, item))
        work = refer.resolve_all(lane, work)
        waiting = refer.of_this_page(lane, named, work)
        work, later = one_of_each(lane, pair(lane, work))
        later += waiting
        load(lane, work)
        load(lane, strays(lane, work))
        work = [item for item in work if item.open]
        work = transform_with_target(lane, work)
        work = refuse_claimed(lane, work)
        images.look(lane, work)
        decided, work = work, each(work, "merge", lambda item: decide(lane, item))
        work = as_planned(lane, decided, work)
        work = still_there(lane, images.bring(lane, work))
        carry.intend(lane, work)
        carry.write(lane, work)
    again = later + ([] if last else [item for item in work if _moved(item)])
    put_off = {id(item) for item in again}
    done = [item for item in items if id(item) not in put_off]
    _end(lane, done)
    counts.update(item.trace.outcome for item in done if item.trace)
    return [item.again() for item in again]


def bind(lane: Lane, items: Sequence[Item]) -> None:
    """Give each item its binding, held until the commit, and its target's id."""
    ids = [item.record.id for item in items]
    bound = lane.store.bindings(lane.entity, lane.source_side, ids, lock=True)
    for item in items:
        binding = item.binding = bound.get(item.record.id)
        if binding is not None:
            item.target_id = binding.id_on(lane.target_side)
            item.retried = binding.state == "creating"
    retie(lane, items)


def _is_unchanged(lane: Lane, item: Item) -> bool:
    """The source is as last settled, nothing is owed and no rule restores: nothing to look at. Nor
    is there where a person was forgotten, and no line of the changelog says so.

    What is made with the target's own record may be another value though the source came back to
    what it was: it is looked at, once a run.
    """
    binding = item.binding
    if binding is not None and binding.forgotten:
        item.end("unchanged")
        return True
    if (
        binding is None
        or binding.state == "creating"
        or binding.digests.get(lane.source_side) != item.digest
        or binding.pending == lane.direction
        or (lane.flow.strategy.has_ownership and binding.state == "bound")
    ):
        return False
    run = lane.flow.run
    again = run is not None and binding.run == run and binding.way == lane.direction
    if lane.lens.relative and not again:
        return False
    item.end("repeated" if again else "unchanged")
    return True


def transform(lane: Lane, item: Item) -> bool:
    """What the mapping makes of the record; False where a filter refuses it."""
    refused_by = lane.timed(lane.mapping.filtered_by, item.record.fields)
    if refused_by is not None:
        item.end("filtered", filter_name=refused_by)
        return False
    item.raw = lane.timed(lane.mapping.transform, item.record)
    return True


def _moved(item: Item) -> bool:
    return item.result is not None and isinstance(item.result.error, Moved)


def _end(lane: Lane, items: list[Item]) -> None:
    """Conclude and keep `items`; a common failure stops the run, what went well being kept."""
    for item in items:
        if item.open and item.result is not None and item.result.error is not None:
            item.bury(item.result.error, "write")
        elif item.open:
            conclude(lane, item)
    stop = common_failure(lane, items)
    if stop is None:
        keep(lane, items)
        return
    if not lane.target.transactional:
        keep(lane, [item for item in items if item.trace and item.trace.outcome != "dead"])
    raise stop


def _check_sum(read: int, counts: Counts) -> None:
    if sum(counts.values()) != read:
        raise StopRun(
            f"accounting is off: {read} records read, {dict(counts)} accounted for",
            cause="unknown",
            remedy="This is a defect of the gateway; report it with the run's number.",
        )
