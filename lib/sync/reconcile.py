"""Compare both sides whole and write nothing: what differs, in which field, since when and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

from .. import elements
from ..endpoint import Record
from ..store import Binding
from . import galleries, images, nested, one_way, ordering, refer, texts
from .decide import load, source_views, transform_with_target
from .flow import Counts, Flow
from .item import Item, each
from .keeping import keep
from .lane import Lane
from .page import bind, once, transform

#: The sides, as a person calls them.
CALLED = {"odoo": "Odoo", "remote": "the shop"}
_GONE = "gone from {source}, still in {target}"
_MISSING = "gone from {target}, still in {source}"  # the same, seen from the other side
_NEW = "only in {source}: it was never carried"
#: How reasons begin of what nothing is left to do about.
LEFT = "left apart"
#: The sides were settled so: a rule, a person or a take-back left them apart.
BY_DECISION = f"{LEFT} by a decision or a take-back"
#: The target alone was edited, and no direction takes the edit back or over.
_ONE_WAY = f"{LEFT}: changed in {{target}}, and this field is carried from {{source}} only"
#: Why a field differs, by (the source changed since the base, the target changed since the base).
_WHY = {
    (True, True): "changed on both sides, not settled yet",
    (True, False): "changed in {source}, not carried yet",
    (False, True): "changed in {target} since it was settled",
}

#: Ends an item that one side alone has, for the reason given.
_Alone = Callable[[Item, str], None]


def reconcile(
    flow: Flow,
    records: Sequence[Record],
    gone: Sequence[str] = (),
    both: bool = False,
    told: Collection[str] = (),
    alone: bool = False,
) -> Counts:
    """Compare each of `records` (as the source has them) with its counterpart. Exactly one outcome
    each, and each id that is `gone` from the source: `unchanged` (alike, or all that differs is
    left apart by a decision or for good), `filtered`, `held` (differs: the trace has field →
    (target's, source's) and why, as it has of what is left apart), `dead` (could not be compared),
    `repeated` (came twice).

    With `both` the opposite direction is compared as well: a difference in a field that both carry
    is told once, by the import. A record whose both sides are as they were last settled is told by
    its digests alone. `told` are ids of which it is told already that they have no counterpart, by
    the opposite direction or of what they are a part of: they are `unchanged` where they have none.
    """
    lane = Lane(replace(flow, compares=True))
    items = once(lane, records)
    open_ = [item for item in items if item.open]
    bind(lane, open_)
    one_sided = partial(_end_alone, lane, told)
    work = each(open_, "transform", lambda item: _is_to_compare(lane, item, one_sided))
    load(lane, work)
    work = [item for item in work if _is_there(item, one_sided) and not _is_as_settled(lane, item)]
    work = each(work, "transform", lambda item: transform(lane, item))
    work = refer.resolve_all(lane, work)
    work = transform_with_target(lane, work)
    images.look(lane, work)
    for item in each(work, "compare", lambda item: True):
        is_back = not alone and _is_read_back(lane, item)
        _compare(lane, item, both and lane.direction == "export" and is_back, is_back)
    items += _gone(lane, gone, one_sided)
    keep(lane, items)
    counts: Counts = Counter(item.trace.outcome for item in items if item.trace)
    repeats = len(records) + len(gone) - len(items)
    if repeats:
        counts["repeated"] += repeats
    return counts


def _end_alone(lane: Lane, told: Collection[str], item: Item, why: str) -> None:
    """End what one side alone has, telling it once."""
    if item.record.id in told:
        item.end("unchanged")
    else:
        item.end("held", _in_words(lane, why))


def _gone(lane: Lane, ids: Sequence[str], alone: _Alone) -> list[Item]:
    items = [Item(Record(id_, {})) for id_ in dict.fromkeys(ids)]
    bind(lane, items)
    for item in items:
        if item.binding is not None and item.binding.state == "bound":
            alone(item, _GONE)
        else:
            item.end("unchanged")
    return items


def _is_to_compare(lane: Lane, item: Item, alone: _Alone) -> bool:
    """Whether it is bound; one that is not is told, unless the mapping leaves it alone."""
    binding = item.binding
    if binding is not None and binding.forgotten:
        item.end("unchanged")
        return False
    refused_by = lane.mapping.filtered_by(item.record.fields)
    if binding is not None and binding.state == "bound":
        return True
    if refused_by is not None:
        item.end("filtered", filter_name=refused_by)
    elif binding is not None and binding.state == "gone":
        item.end("unchanged", "deleted on one side, and left so")
    elif lane.mapping.on_missing == "skip" or lane.mapping.tied_to:
        item.end("unchanged", "has no counterpart, as the mapping wants it")
    else:
        alone(item, _NEW)
    return False


def _in_words(lane: Lane, text: str) -> str:
    return text.format(source=CALLED[lane.source_side], target=CALLED[lane.target_side])


def _is_there(item: Item, alone: _Alone) -> bool:
    if item.target is None:
        alone(item, _MISSING)
    return item.open


def _is_as_settled(lane: Lane, item: Item) -> bool:
    binding = item.binding
    assert binding is not None and item.target is not None
    if (
        lane.back is None
        or lane.flow.strategy.has_ownership  # a rule may restore what the digest leaves out
        or lane.lens.texts  # they may go one way alone: the target's digest does not tell of them
        or binding.diverged
        or binding.pending
        or binding.digests.get(lane.source_side) != item.digest
        or binding.digests.get(lane.target_side) != lane.back_digest(lane.back, item.target)
    ):
        return False
    item.end("unchanged")
    return True


def _compare(lane: Lane, item: Item, rest: bool, is_back: bool) -> None:
    """With `rest` only what the opposite direction does not compare. `is_back`: that one takes the
    record, too."""
    assert item.binding is not None and item.target is not None
    item.said, item.stored = source_views(lane, item)
    held = item.held = lane.lens.held(item.target.fields, item.target_keys())
    galleries.name_as_target(lane, item)
    texts.merged(lane, item, item.base(lane.direction))
    apart, why = _elements_apart(lane, item)
    for name, stored in item.stored.items():
        if name not in held or (rest and _is_compared_back(lane, name)):
            continue
        if held[name] != stored and not ordering.is_alike(lane, name, held[name], stored):
            reason = _reason(lane, item, item.binding, name, is_back)
            if reason:
                apart[name], why[name] = (held[name], stored), reason
    if not apart:
        item.end("unchanged")
        return
    left = {BY_DECISION, _in_words(lane, _ONE_WAY)}
    if left.issuperset(why.values()):  # nothing is left to do or to decide
        item.end("unchanged", min(why.values()), fields=apart)
    else:
        item.end("held", "the sides differ", fields=apart)
    assert item.trace is not None
    item.trace = replace(item.trace, reasons={**item.trace.reasons, **why})


def _elements_apart(
    lane: Lane, item: Item
) -> tuple[dict[str, tuple[object, object]], dict[str, str]]:
    """Fields of elements that one side alone has and a sync would add or take off; and why."""
    apart: dict[str, tuple[object, object]] = {}
    why: dict[str, str] = {}
    for name, changed in nested.changes(lane, item).items():
        for key, fields in changed.items():
            said, reason = (item.held, _GONE) if fields is None else (item.stored, _NEW)
            for path in said:
                if path.startswith(elements.path(name, key, "")):
                    apart[path] = (said[path], None) if fields is None else (None, said[path])
                    why[path] = _in_words(lane, reason)
    return apart, why


def _is_read_back(lane: Lane, item: Item) -> bool:
    """Whether the opposite direction takes the target's record, so that it compares it, too."""
    assert item.target is not None
    back = lane.flow.back
    return back is not None and back.filtered_by(item.target.fields) is None


def _is_compared_back(lane: Lane, name: str) -> bool:
    """Elements of lists are compared by both: a list may be created by one direction only."""
    if lane.back is None or elements.split(name) is not None:
        return False
    linked = lane.flow.links.fields(lane.opposite, lane.group(name))
    return bool(set(linked) - lane.back.created_only)


def _reason(lane: Lane, item: Item, binding: Binding, name: str, is_back: bool) -> str:
    """Why the field differs; nothing where the target keeps what it was given in a form of its own:
    both sides are as they were settled, and nobody decided that they shall differ."""
    held = item.held[name]
    base = item.base(lane.direction).get(name)
    if name in lane.lens.images and base is not None:
        base = images.as_now(base, item.said.get(name), held)
    if name in lane.lens.galleries and base is not None:
        base = galleries.as_now({name: base}, name, item.said.get(name), held)
    if name in lane.lens.ordered and base is not None:
        base = ordering.as_now(base, item.said.get(name), held)
    if base is None:
        return "never settled"
    if lane.is_among(name, binding.diverged):
        return BY_DECISION
    changed = (item.said.get(name) != base[0], held != base[1])
    if changed == (False, False) and is_back and one_way.is_owed(lane, item, name):
        changed = (False, True)
    if changed == (False, True) and one_way.is_left(lane, item, name, is_back):
        return _in_words(lane, _ONE_WAY)
    return _in_words(lane, _WHY.get(changed, ""))
