"""What is to be done with a record, in terms that last: what a plan keeps and its apply compares.

Fields are told as the source says them (a reference by what it names, elements by their id on the
source), so an intent is the same whether or not what it refers to has an id on the target yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import elements
from ..endpoint import Op
from ..lens import told
from ..plan.ids import is_planned
from ..settled import is_edited
from ..values import freeze
from .item import Item
from .lane import Lane

#: JSON-safe: `action` (an op's, one of TOMBSTONES, or None: nothing is written), `fields` (name →
#: [held before, said now]; of what is deleted those that were edited at the target, which the
#: deletion takes along),
#: `held` (fields that wait for a person) and `conflicts` (each with its winner).
Intent = Mapping[str, Any]
#: How the reason begins with which an apply holds a record.
MOVED = "moved since the plan"
NOTHING: Intent = {"action": None}
#: What is gone from the source is to be deleted, let go (the binding alone ends), kept at the
#: target (from which the source may get it back), or asked about.
TOMBSTONES = ("delete", "let go", "keep", "ask")


def intent(lane: Lane, item: Item) -> Intent:
    """What was decided about `item`."""
    if item.deletion == "delete":
        return {"action": "delete", "fields": dict(_taken_along(lane, item))}
    if item.deletion is not None:
        return {"action": item.deletion}
    decision = item.decision
    names = _renamed(item)
    return {
        "action": item.op.action if item.op else None,
        "fields": {names(n): pair for n, pair in _fields(lane, item, item.op)} if item.op else {},
        "held": sorted(names(name) for name in decision.held) if decision else [],
        "conflicts": sorted(
            [*sorted(names(name) for name in one.fields), one.winner]
            for one in (decision.conflicts if decision else ())
        ),
    }


def is_something(one: Intent | None) -> bool:
    """Whether anything is to be done, or left to a person."""
    return one is not None and any(one.get(name) for name in ("action", "held", "conflicts"))


def together(first: Intent | None, then: Intent) -> Intent:
    """What is to be done with a record that was decided twice in one plan: an apply does it in one
    look. Nothing more to do the second time leaves what was to be done."""
    if first is None or not first["action"]:
        return then
    if not then["action"]:
        return first
    fields, later = dict(first.get("fields") or {}), then.get("fields") or {}
    for name, (before, now) in later.items():
        fields[name] = [fields[name][0] if name in fields else before, now]
    return {
        "action": first["action"] if then["action"] == "update" else then["action"],
        "fields": fields,
        "held": sorted({*(first.get("held") or ()), *(then.get("held") or ())}),
        "conflicts": _either(first.get("conflicts") or (), then.get("conflicts") or ()),
    }


def _either(first: Sequence[list[str]], then: Sequence[list[str]]) -> list[list[str]]:
    return sorted([*first, *(one for one in then if one not in first)])


def _renamed(item: Item) -> Callable[[str], str]:
    """Flat name → the same with the element's id on the source in place of its key."""
    keys = {
        name: {key: source for source, key in ids.items()} for name, ids in item.source_keys.items()
    }

    def rename(flat: str) -> str:
        parts = elements.split(flat)
        if parts is None:
            return flat
        name, key, field = parts
        return elements.path(name, keys.get(name, {}).get(key, key), field)

    return rename


def _taken_along(lane: Lane, item: Item, under: str = "") -> Iterable[tuple[str, list[Any]]]:
    """Fields that begin with `under` and were edited at the target since they were settled."""
    for name, pair in item.base(lane.direction).items():
        held = item.held.get(name, pair[1])
        if name.startswith(under) and is_edited(held, pair):
            yield name, [held, None]


def _fields(lane: Lane, item: Item, op: Op) -> Iterable[tuple[str, list[Any]]]:
    for name, value in op.values.items():
        if name in lane.lens.lists and isinstance(value, Mapping):
            for key, fields in value.items():
                yield from _element(lane, item, name, key, fields)
        else:
            yield name, [item.held.get(name), told(item.raw.get(name))]


def _element(
    lane: Lane, item: Item, name: str, key: str, fields: Mapping[str, Any] | None
) -> Iterable[tuple[str, list[Any]]]:
    if fields is None:
        yield elements.path(name, key, ""), ["there", None]
        yield from _taken_along(lane, item, elements.path(name, key, ""))
        return
    sources = {k: source for source, k in item.source_keys.get(name, {}).items()}
    raw = (item.raw.get(name) or {}).get(sources.get(key, key)) or {}
    for field in fields:
        flat = elements.path(name, key, field)
        yield flat, [item.held.get(flat), told(raw.get(field))]


def as_planned(lane: Lane, decided: Sequence[Item], work: Sequence[Item]) -> list[Item]:
    """Those of `work` that are to be written. In an apply what was `decided` otherwise than it was
    planned is held, whether or not there is something to write."""
    planned = lane.flow.planned
    told = decided if lane.flow.plans or planned is not None else ()
    for item in told:
        if item.trace is not None and item.trace.outcome == "dead":
            continue
        item.intent = now = freeze(intent(lane, item))
        if item.trace is not None:  # held or left as it is: what was decided is told with it
            item.trace = replace(item.trace, intent=item.intent)
        if planned is None or item.retried:  # a create sent before was as planned then
            continue
        moved = _moved(planned.get(item.record.id, NOTHING), now)
        if moved is not None:
            hold(item, moved)
    return [item for item in work if item.op is not None]


def hold(item: Item, what: str) -> None:
    """The record is not as it was when it was planned."""
    if item.decision is not None:
        asked = [one for one in item.decision.conflicts if one.winner == "ask"]
        item.decision = replace(item.decision, conflicts=asked, reasons={})
    item.op, item.touched = None, False
    item.end("held", f"{MOVED}: {what}")


def _moved(planned: Intent, now: Intent) -> str | None:
    """The first field in which two intents differ, or what else differs; None where they agree."""
    before: Mapping[str, Any] = planned.get("fields") or {}
    after: Mapping[str, Any] = now.get("fields") or {}
    for name in sorted({*before, *after}):
        if name not in before or name not in after or not _same(before[name], after[name]):
            return str(name).removesuffix(".")
    if planned.get("action") != now.get("action"):
        return f"{planned.get('action') or 'nothing'} was planned"
    for kind in ("held", "conflicts"):
        if (planned.get(kind) or []) != (now.get(kind) or []):
            return ", ".join(_names(planned, kind) ^ _names(now, kind)) or "who wins"
    return None


def _names(one: Intent, kind: str) -> set[str]:
    found: Sequence[Any] = one.get(kind) or []
    return {name for item in found for name in ([item] if isinstance(item, str) else item[:-1])}


def _same(planned: Sequence[Any], now: Sequence[Any]) -> bool:
    """A value that the plan itself had made up is not known by its id now."""
    return planned[1] == now[1] and (_made_up(planned[0]) or planned[0] == now[0])


def _made_up(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_made_up, value))
    return is_planned(value)
