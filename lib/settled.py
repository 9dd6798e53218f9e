"""What the bases say after a settlement: whoever won, what both sides showed goes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .decision import Decision
from .rules import Base, Pair
from .values import UNSETTLED, is_unsettled


def settled_base(
    base: Base, decision: Decision, source: Mapping[str, Any], target: Mapping[str, Any]
) -> dict[str, Pair]:
    """The running direction's base after the write: `target` is what was read back.

    Whoever won, both seen values go in, so a decision is made once. Fields absent on either side
    keep their old base.
    """
    after = dict(base)
    for name in decision.settle | decision.lost:
        if name in source and name in target:
            after[name] = (source[name], target[name])
    return after


def settled_opposite(
    base: Base,
    source: Mapping[str, Any],
    target: Mapping[str, Any],
    settled: Callable[[str], bool],
    lost: Callable[[str], bool],
) -> dict[str, Pair]:
    """The opposite direction's base after the write.

    Its own source is our target: `source` is what it says now (in the opposite direction's terms),
    `target` what our source holds now. `settled` and `lost` tell whether an opposite field belongs
    to a group that was settled, or lost to our target: then what our source holds is seen, and the
    write that carries the winner is owed (`UNSETTLED`). What that direction has sent and our source
    shows is left to it: it tells what was overwritten.
    """
    after = dict(base)
    for name, held in target.items():
        if name in base and held in sent_before(base[name]):
            continue
        if lost(name):
            after[name] = (UNSETTLED, held)
        elif name in source and settled(name):
            after[name] = (source[name], held)
    return after


def is_sent(pair: Pair) -> bool:
    """Whether a write of the field was sent and had no answer yet (`lib.sync.sending`)."""
    return is_unsettled(pair[0]) and "sent" in pair[0]


def is_edited(held: Any, pair: Pair) -> bool:
    """Whether the target holds neither what it did when it was settled, nor what was sent to it
    since."""
    return bool(held != pair[1]) and held not in sent_before(pair)


def sent_before(pair: Pair) -> list[Any]:
    """What was sent and had no answer yet, the latest first."""
    if not is_sent(pair):
        return []
    return [pair[0]["sent"], *(one["sent"] for one in pair[0].get("after", ()))]
