"""Writes that are about to be sent: what a next try has to know should their answer be lost.

In the base of each field that is sent, the source's part says «unsettled» with what is `sent`, what
the target `held` and, of a conflict, who won by which rule (`after`: the same of tries before). The
target's part stays, so what was not carried out is decided again as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .. import elements
from ..merge import Base, Conflict, Decision
from ..rules import Direction, Pair
from ..settled import is_sent, sent_before
from ..store import Binding
from ..values import UNSETTLED
from . import galleries, texts
from .item import Item
from .lane import Lane

_REASON = "sent before; its answer was lost"


def mark(lane: Lane, item: Item) -> bool:
    """Note in the item's binding what its update sends; False where there is nothing to note. One
    that is met for the first time is bound by that."""
    decision = item.decision
    if decision is None or item.op is None or item.op.action != "update":
        return False
    binding, is_met = item.binding or _met(lane, item), item.binding is None or item.met_anew
    base = dict(binding.base.get(lane.direction, {}))
    won = {name: one for one in decision.conflicts for name in one.fields}
    noted = False
    for name in decision.write:
        if (
            name in lane.lens.relative
            or name not in item.held
            or not _may(lane, base, name, is_met)
        ):
            continue
        sign = _sign(base.get(name), item.stored[name], item.held[name])
        if name in lane.lens.galleries:
            sign.update(galleries.sign(item, base, name))
        if name in lane.lens.texts:
            sign.update(texts.sign(base, name))
        if name in won:
            sign.update(winner=won[name].winner, rule=won[name].rule)
        base[name] = (sign, base[name][1] if name in base else UNSETTLED)
        noted = True
    for name in _taken_off(item, base):
        base[name] = (_sign(base[name], None, item.held[name]), base[name][1])
        noted = True
    if noted:
        item.binding = binding
        binding.set_id(lane.target_side, item.target_id)
        item.settled = binding.base.get(lane.direction, {})
        binding.base[lane.direction] = base
        binding.digests.pop(lane.source_side, None)
    return noted


def _sign(pair: Pair | None, sent: Any, held: Any) -> dict[str, Any]:
    """`after`: earlier signs, newest first, of writes whose answers were lost as well and which
    arrived, as far as can be seen: what they overwrote is told with the last one."""
    sign = {**UNSETTLED, "sent": sent, "held": held}
    if pair is not None and is_sent(pair):
        before = pair[0]
        own = {name: told for name, told in before.items() if name not in ("after", *UNSETTLED)}
        after = [*([own] if held != before["held"] else ()), *before.get("after", ())]
        if after:
            sign["after"] = after
    return sign


def _taken_off(item: Item, base: Base) -> list[str]:
    """Fields of the elements that the update removes, as far as they are known."""
    parts = ((name, elements.split(name)) for name in item.held if name in base)
    return [name for name, one in parts if one and one[1] in item.removed.get(one[0], ())]


def created(lane: Lane, item: Item) -> dict[Direction, Base]:
    """What a create sends, for its binding's base; of a list under its name, by ids on the source,
    for its elements have no other keys yet. Sent again under its key it may answer for the first
    try, so that one's values stay."""
    before = item.base(lane.direction) if item.retried else {}
    sent: dict[str, Any] = {}
    ids = {name: {k: i for i, k in keys.items()} for name, keys in item.source_keys.items()}
    stored = item.stored or lane.lens.compared(lane.target.canonical(lane.entity, item.values))
    for name, value in stored.items():
        if name in lane.lens.relative | lane.lens.images | lane.lens.galleries:
            continue
        parts = elements.split(name)
        if parts is None:
            sent[name] = value
        else:
            listed, key, field = parts
            own = ids.get(listed, {}).get(key, key)
            sent.setdefault(listed, {}).setdefault(own, {})[field] = value
    return {
        lane.direction: {
            name: before.get(name, (_sign(None, value, None), UNSETTLED))
            for name, value in sent.items()
        }
    }


def with_elements(base: Base, lists: Mapping[str, Mapping[str, str]]) -> Base:
    """`base`, with what a create sent of elements under the keys that these have by now: `lists`
    list → id where they were sent from → key."""
    found: dict[str, Pair] = {}
    for name, keys in lists.items():
        sent = base[name][0]["sent"] if name in base and is_sent(base[name]) else {}
        for id_, fields in sent.items():
            for field, value in fields.items() if id_ in keys else ():
                path = elements.path(name, keys[id_], field)
                found[path] = (_sign(None, value, None), UNSETTLED)
    return {**base, **found} if found else base


def of_first_try(base: Base, name: str, held: Any) -> bool:
    """Whether the target shows in `name` what a create sent first, as far as that is known."""
    return name not in base or not is_sent(base[name]) or base[name][0]["sent"] == held


def _met(lane: Lane, item: Item) -> Binding:
    binding = Binding(lane.entity)
    binding.set_id(lane.source_side, item.record.id)
    binding.set_id(lane.target_side, item.target_id)
    return binding


def _may(lane: Lane, base: Base, name: str, is_met: bool) -> bool:
    """An element is known by its base, unless it is bound with its record now; what is only filled
    has none. They stay without one."""
    if name in base:
        return True
    return lane.mapping.first_match != "fill" and (is_met or elements.split(name) is None)


def awaited(lane: Lane, item: Item) -> Base:
    """What the opposite direction sent of this record, which it created without an answer."""
    ids = {name: {i: k for k, i in keys.items()} for name, keys in item.children.items()}
    base = with_elements(item.awaited, lane.in_back(ids))
    return {name: pair for name, pair in base.items() if lane.back and name not in lane.back.lists}


def without_own(lane: Lane, item: Item, base: Base) -> Base:
    """The base, in which what the other direction sent to our source is no edit there. A record
    that it created without an answer, and that is met here first, has no base yet."""
    if lane.back is None:
        return base
    opposite = item.binding.base.get(lane.opposite, {}) if item.binding else awaited(lane, item)
    sent = dict(_signs(opposite))
    if not sent:
        return base
    shown = lane.back.held(item.record.fields, lane.in_back(item.source_keys))
    still = [name for name in sent if lane.back.has(name)]
    ours = {
        lane.back_group(name)
        for name in still
        if shown.get(name, UNSETTLED) in sent_before(sent[name])
        or (name in lane.back.galleries and galleries.is_ours(sent[name][0], shown.get(name)))
    }
    known = [name for name in item.said if lane.group(name) in ours]
    pairs = {n: base[n][1] if n in base else UNSETTLED for n in known if n in base or item.awaited}
    return {**base, **{name: (item.said[name], held) for name, held in pairs.items()}}


def arrived(
    lane: Lane, item: Item, before: Base, decision: Decision, now: Mapping[str, Any]
) -> tuple[Decision, dict[str, tuple[Any, Any]]]:
    """(the decision with the conflicts and reasons, field → (old, new)) of what an earlier try sent
    and what is not where the target had it then."""
    fields: dict[str, tuple[Any, Any]] = {}
    conflicts, reasons = list(decision.conflicts), dict(decision.reasons)
    for name, (sign, target) in _signs(before):
        is_gone = elements.split(name) is not None and name not in {**item.said, **item.held}
        told = _arrived(sign, item.held.get(name))
        if not told or not (is_gone or name in decision.settle | decision.lost):
            continue
        conflicts += [_conflict(lane, name, one, target) for one in told if "rule" in one]
        if is_gone or (name in decision.settle and name not in decision.write):
            fields[name], reasons[name] = (told[-1]["held"], now.get(name)), _REASON
    return replace(decision, conflicts=conflicts, reasons=reasons), fields


def overwritten(lane: Lane, item: Item, before: Base, after: Base, now: Mapping[str, Any]) -> None:
    """Tell in this direction what the other one sent and overwrote, where what our source shows
    `now` was settled as an edit of its own: a shop may spell anew what it is given."""
    if item.decision is None:
        return
    conflicts, reasons = list(item.decision.conflicts), dict(item.decision.reasons)
    for name, (sign, _target) in _signs(before):
        if after.get(name) == before[name] or name not in now:
            continue
        for one in _arrived(sign, now[name]):
            if "rule" in one:
                conflicts.append(_conflict(lane, name, one, UNSETTLED, by_opposite=True))
                reasons.setdefault("", f"«{name}» was {_REASON}")
    item.decision = replace(item.decision, conflicts=conflicts, reasons=reasons)


def _arrived(sign: Mapping[str, Any], held: Any) -> list[Mapping[str, Any]]:
    """The sign and those before it, newest first, of the writes that changed what was held."""
    return [*([sign] if held != sign["held"] else ()), *sign.get("after", ())]


def _signs(base: Base) -> Iterator[tuple[str, tuple[Any, Any]]]:
    return ((name, pair) for name, pair in base.items() if is_sent(pair))


def _conflict(
    lane: Lane, name: str, sign: Mapping[str, Any], target: Any, by_opposite: bool = False
) -> Conflict:
    sent, held = {name: sign["sent"]}, {name: sign["held"]}
    return Conflict(
        group=lane.back_group(name) if by_opposite else lane.group(name),
        fields=(name,),
        base={name: (UNSETTLED, target)},
        source=held if by_opposite else sent,
        target=sent if by_opposite else held,
        winner=sign["winner"],
        rule=f"{sign['rule']} ({_REASON})",
    )
