"""What to do with each record: load the target, merge, plan one write or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .. import elements
from ..endpoint import Op, Record
from ..errors import MissingReference, SkipRecord, ValidationError
from ..lens import BESIDE, TARGET
from ..mapping import Ref
from ..merge import BY_HAND, RECORD, Base, Conflict, Winner, merge
from ..rules import Pair
from ..store import Seen
from ..values import UNSETTLED, project
from . import galleries, images, nested, ordering, refer, sending, texts, yielding
from .hidden import refuse_hidden
from .item import Item, each
from .lane import Lane
from .taken import has_identity


def load(lane: Lane, items: Iterable[Item]) -> None:
    """Give every bound or matched item the target's record as it is now."""
    wanted = [item for item in items if item.target_id is not None]
    ids = sorted({str(item.target_id) for item in wanted})
    now = {record.id: record for record in lane.target.fetch(lane.entity, ids)} if ids else {}
    for item in wanted:
        item.target = now.get(str(item.target_id))
        if item.target is not None and lane.lens.lists:
            nested.match(lane, item)
    refuse_hidden(lane, wanted)


def transform_with_target(lane: Lane, items: list[Item]) -> list[Item]:
    """Transform again what reads the target's record, now that it is known."""
    if not lane.lens.target_roots:
        return items
    reads_beside = BESIDE in lane.lens.target_roots
    beside = _beside(lane, items) if reads_beside else {}

    def transform(item: Item) -> bool:
        if item.target is not None:
            now = dict(item.target.fields)
            if reads_beside:
                now[BESIDE] = {i: beside[i] for i in _named_beside(item) if i in beside}
            fields = {**item.record.fields, TARGET: now}
            record = Record(item.record.id, fields, item.record.updated)
            item.raw = {**item.raw, **lane.timed(lane.mapping.transform, record)}
        return True

    return refer.resolve_all(lane, each(items, "transform", transform))


def _named_beside(item: Item) -> list[str]:
    return [str(id_) for id_ in item.record.fields.get(BESIDE) or ()]


def _beside(lane: Lane, items: Sequence[Item]) -> dict[str, Mapping[str, object]]:
    """Source id → what the target holds, of records that the items name beside themselves and that
    are bound, or items that are to be: of those that are not items themselves once for all."""
    ids = sorted({id_ for item in items for id_ in _named_beside(item)})
    if not ids:
        return {}
    bound = lane.store.bindings(lane.entity, lane.source_side, ids)
    targets = {id_: binding.id_on(lane.target_side) for id_, binding in bound.items()}
    lane.boundary()
    now = {item.target.id: item.target for item in items if item.target is not None}
    targets |= {item.record.id: item.target.id for item in items if item.target is not None}
    wanted = sorted({id_ for id_ in targets.values() if id_ is not None and id_ not in now})
    now |= {row.id: row for row in lane.target.fetch(lane.entity, wanted)} if wanted else {}
    return {id_: now[target].fields for id_, target in targets.items() if target in now}


def decide(lane: Lane, item: Item) -> bool:
    """Whether there is something to write; says so in `item.op`."""
    if item.target is None and item.binding is None:
        # There is nothing to compare it with: how the target would store it plays no part.
        item.said = _said(lane, item)
        return _decide_missing(lane, item)
    item.said, item.stored = source_views(lane, item)
    if item.target is None:
        return _decide_missing(lane, item)
    item.held = lane.lens.held(item.target.fields, item.target_keys())
    galleries.name_as_target(lane, item)
    known = texts.merged(lane, item, _compared_base(lane, item))
    kept = yielding.kept(lane, item, known)
    base = yielding.compared_base(lane, item, images.compared_base(lane, item, {**known, **kept}))
    views = ordering.views(lane, item, base)
    item.seen = Seen(views, base)
    item.decision = merge(
        views,
        item.seen.base,
        lane.direction,
        lane.flow.strategy,
        lane.group,
        lane.names,
        lane.identity,
        item.binding.decided if item.binding else None,
        # What an earlier try of ours created is no stranger's record.
        fill=lane.mapping.first_match == "fill" and not item.retried,
        matched=item.matched,
    )
    fresh = images.taken_in(lane, item, known, base) | frozenset(kept)
    fresh |= ordering.renewed(lane, item, base, views)
    if fresh:
        item.decision = replace(item.decision, settle=item.decision.settle | fresh)
    return _plan_update(lane, item)


def _compared_base(lane: Lane, item: Item) -> Base:
    """The base; of a field that is made with the target's own record the target has been asked
    already, so it is set to what comes out, and what it held before is no edit against that."""
    base = sending.without_own(lane, item, item.base(lane.direction))
    if item.retried:
        base = sending.with_elements(base, item.source_keys)
    known = [name for name in lane.lens.relative if name in base and name in item.held]
    if not known:
        return base
    asked = {name: (UNSETTLED, item.held[name]) for name in known}
    return {**base, **asked, **_by_own_word(lane, item, base)}


def _by_own_word(lane: Lane, item: Item, base: Base) -> Base:
    """The base of fields that could have been left to the target's own word, where the target has
    edited some: what the source would say had it not tells whether the source was edited, too."""
    names = [
        name
        for name in lane.lens.own_word
        if name in base and name in item.held and base[name][1] is not UNSETTLED
    ]
    before = {name: base[name][1] for name in names}
    if all(before[name] == item.held[name] for name in names):
        return {}
    then = _said_before(lane, item, before)
    pairs: dict[str, Pair] = {}
    for name in names:
        if name in item.said and name in then and then[name] == before[name]:
            pairs[name] = (item.said[name], before[name])
        elif before[name] != item.held[name]:
            pairs[name] = base[name]
    return pairs


def _said_before(lane: Lane, item: Item, before: Mapping[str, object]) -> Mapping[str, object]:
    """What the source would say of these fields if the target still held what it did `before`."""
    assert item.target is not None
    fields = {**item.record.fields, TARGET: {**item.target.fields, **before}}
    try:
        record = Record(item.record.id, fields, item.record.updated)
        then = lane.timed(lane.mapping.transform, record)
    except SkipRecord:
        return {}
    mine = {name: then[name] for name in before if name in then}
    return lane.lens.compared(lane.target.canonical(lane.entity, mine))


def source_views(lane: Lane, item: Item) -> tuple[dict[str, object], dict[str, object]]:
    """What the source says by its own words, and as the target would store it."""
    canonical = lane.target.canonical(lane.entity, item.values)
    stored = lane.lens.compared(canonical)
    if not lane.ids and not lane.lens.has_images and canonical is item.values:
        return stored, stored
    said = _said(lane, item)
    said = {name: value for name, value in said.items() if name in stored}
    return said, images.hashed(lane, stored) if lane.lens.images else stored


def _said(lane: Lane, item: Item) -> dict[str, object]:
    return lane.lens.said(item.raw, lambda ref: _known(lane, ref), item.source_keys)


def _known(lane: Lane, ref: Ref) -> bool:
    return lane.ids.get(ref) is not None


def _plan_update(lane: Lane, item: Item) -> bool:
    decision, target = item.decision, item.target
    assert decision is not None and target is not None
    values: dict[str, object] = {}
    if decision.write:
        flat = elements.flatten(item.values, lane.lens.lists)
        # In the source's order: the target may make things of it that have one.
        values = elements.unflatten({n: flat[n] for n in flat if n in decision.write})
    if lane.lens.lists:
        for name, changed in nested.changes(lane, item).items():
            values[name] = {**dict(values.get(name, {})), **changed}  # type: ignore[call-overload]
    if not values:
        return False
    roots = {name.partition(".")[0] for name in values} | lane.lens.target_roots
    item.op = Op(
        lane.flow.clock.key(),
        "update",
        target.id,
        values,
        project(target.fields, roots),
        item.children,
    )
    return True


def _decide_missing(lane: Lane, item: Item) -> bool:
    """No target record: create it, unless it was there and its deletion is to stand."""
    if _is_not_remade(lane, item):
        item.end("unchanged", f"deleted at the target, and no {lane.entity} is made twice")
        _let_deletion_stand(lane, item)
        return False
    if _was_there(lane, item):
        if "create" not in lane.info.capabilities:
            _end_with_it(lane, item)
            return False
        if not _overrules_deletion(lane, item):
            return False
    item.target_id = None
    if "create" not in lane.info.capabilities:
        raise MissingReference(
            f"a {lane.entity} can't be created by itself",
            remedy=f"Sync the record that this {lane.entity} belongs to first.",
        )
    creating = item.binding is not None and item.binding.state == "creating"
    key = item.binding.key if creating and item.binding else None
    _check_found_again(lane, item)
    item.children, item.fresh = {}, {}
    item.op = Op(key or lane.flow.clock.key(), "create", None, item.values)
    return True


def _check_found_again(lane: Lane, item: Item) -> None:
    """A create whose answer was lost is found again by the target's keys or by the identity; with
    neither it would be sent, and created, twice. Raises ValidationError."""
    if lane.target.transactional or "idempotency_key" in lane.info.capabilities:
        return
    identity = lane.mapping.identity
    if lane.mapping.tied_to or any(has_identity(item, names) for names in identity):
        return
    said = " or ".join(" and ".join(names) for names in identity)
    raise ValidationError(
        f"without {said or 'an identity'} this {lane.entity} could not be found again if its "
        "create got no answer, and would be created twice",
        field=identity[0][0] if identity else None,
        rule="identity",
        remedy=f"Fill {said} at the source, or name another identity in the mapping, then retry."
        if identity
        else "Name an identity in the mapping, then retry.",
    )


def _was_there(lane: Lane, item: Item) -> bool:
    """The target was bound and is deleted now. A record that came back after its own deletion at
    the source has no digest any more: it is created anew."""
    binding = item.binding
    if binding is None or item.target_id is None:
        return False
    return binding.state == "bound" or lane.source_side in binding.digests


def _is_not_remade(lane: Lane, item: Item) -> bool:
    binding = item.binding
    was_made = binding is not None and binding.state != "creating" and item.target_id is not None
    return was_made and not lane.info.remade


def _overrules_deletion(lane: Lane, item: Item) -> bool:
    """Deleted at the target, edited at the source: the rules decide, or a person does."""
    binding = item.binding
    assert binding is not None
    winner, rule = verdict(lane, item)
    if winner == lane.source_side:
        item.reason = f"deleted at the target, {winner} won by {rule}"
        return True
    if winner == "ask":
        item.end("held", f"deleted at the target, {rule}", conflicts=[deletion(lane, rule)])
        return False
    item.end("unchanged", f"deleted at the target, {winner} won by {rule}")
    _let_deletion_stand(lane, item)
    return False


def _end_with_it(lane: Lane, item: Item) -> None:
    """A part of another record (its level, its price) is gone with that one, and is no loss."""
    binding = item.binding
    assert binding is not None
    item.end("unchanged", f"gone at the target, with what this {lane.entity} belongs to")
    item.touched = True
    binding.state, binding.pending = "gone", None
    binding.digests[lane.source_side] = item.digest
    nested.let_go(lane, item)


def _let_deletion_stand(lane: Lane, item: Item) -> None:
    """The opposite direction owes the source the deletion; without one, only the tie ends."""
    binding = item.binding
    assert binding is not None
    item.touched = True
    binding.digests[lane.source_side] = item.digest
    if lane.back is not None:
        binding.pending = lane.opposite
        return
    binding.state, binding.pending = "gone", None
    binding.decided.pop(RECORD, None)
    nested.let_go(lane, item)


def verdict(lane: Lane, item: Item) -> tuple[Winner, str]:
    """Who wins where one side deleted the record; when is not known of a deletion."""
    by_hand = item.binding.decided.get(RECORD) if item.binding else None
    if by_hand is not None:
        return by_hand, BY_HAND
    winner, rule = lane.flow.strategy.winner(lane.record_names(), lane.direction)
    return ("ask" if winner == "newest" else winner), rule


def deletion(lane: Lane, rule: str, source: str = "edited", target: str = "deleted") -> Conflict:
    """A conflict about the whole record, which a person decides like any other."""
    return Conflict(
        group=RECORD,
        fields=(RECORD,),
        base={RECORD: None},
        source={RECORD: source},
        target={RECORD: target},
        winner="ask",
        rule=rule,
    )
