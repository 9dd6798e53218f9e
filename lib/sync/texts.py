"""Fields of the type `texts`: each text is compared for itself. What the source never had a text
for is the target's own, and stays; what it has no text for any more is taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..merge import Base, Pair
from ..settled import is_sent
from ..values import UNSETTLED, is_unsettled
from .item import Item
from .lane import Lane

Texts = Mapping[str, str]
_NEVER: Pair = (UNSETTLED, UNSETTLED)


def merged(lane: Lane, item: Item, base: Base) -> Base:
    """What is to be written becomes what the target holds with the source's edits. Gives `base`, in
    which an edit of other texts at the target is none of the field."""
    out = dict(base)
    for name in lane.lens.texts & item.stored.keys() & item.held.keys():
        said, held = item.said.get(name) or {}, item.held[name] or {}
        pair = base.get(name, _NEVER)
        edits = _edits(pair, said)
        whole = _whole(item.stored[name] or {}, held, edits, pair)
        item.stored = {**item.stored, name: whole or None}
        item.values = {**item.values, name: whole or None}
        if edits is None or (edits and not _is_met(pair[1], held, whole, edits)):
            out[name] = (pair[0], item.held[name])
    return out


def sign(base: Base, name: str) -> dict[str, Any]:
    """What a next try has to know besides what is sent: what was settled before."""
    before = _before(base.get(name, _NEVER)[0])
    return {} if before is None else {"said": dict(before)}


def _edits(pair: Pair, said: Texts) -> set[str] | None:
    """The names of the texts that the source changed; None where both sides meet for the first
    time."""
    before = _before(pair[0])
    sent = _sent(pair)
    if before is None:
        return sent or None
    return {name for name in {*before, *said} if said.get(name) != before.get(name)} | sent


def _whole(stored: Texts, held: Texts, edits: set[str] | None, pair: Pair) -> dict[str, str]:
    if _before(pair[0]) is None:
        held = {**stored, **held}
    elif not edits:
        # What the target held then: an edit there is taken back where the source owns the field.
        return dict(held if is_unsettled(pair[1]) else pair[1] or {})
    whole = {name: text for name, text in held.items() if name not in (edits or ())}
    return whole | {name: stored[name] for name in edits or () if name in stored}


def _is_met(before: Any, held: Texts, whole: Texts, edits: set[str]) -> bool:
    """Whether the target changed one of the texts that the source changed, to another text."""
    if is_unsettled(before):
        return False
    settled = before or {}
    changed = (name for name in edits if held.get(name) != settled.get(name))
    return any(whole.get(name) != held.get(name) for name in changed)


def _before(said: Any) -> Texts | None:
    """What the source said when it was settled last, None where it never was."""
    if is_unsettled(said):
        found: Texts | None = said.get("said")
        return found
    return said or {}


def _sent(pair: Pair) -> set[str]:
    """The names of the texts that a write without an answer changes."""
    if not is_sent(pair):
        return set()
    sent, held = pair[0]["sent"] or {}, pair[0]["held"] or {}
    return {name for name in {*sent, *held} if sent.get(name) != held.get(name)}
