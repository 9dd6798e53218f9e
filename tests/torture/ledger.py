"""What people typed, and what became of it: carried over, typed over, or lost to a named winner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.rules import RECORD, SOURCE_OF, TARGET_OF, Direction, Side
from gateway_ng.lib.store import Trace
from gateway_ng.lib.values import freeze

from .broken import Broken


@dataclass(slots=True)
class Saying:
    """One value that a person typed into a record, as the `when`th; each is typed once only."""

    side: Side
    entity: str
    id: str
    field: str
    value: Any
    when: int
    saw: str = ""  # the value that was typed over
    is_over: bool = False  # typed over, or deleted, on the same side


Lines = Sequence[tuple[str, Direction, Trace]]
OTHER: Mapping[Side, Side] = {"odoo": "remote", "remote": "odoo"}


def told(value: Any) -> str:
    """A value as both sides show it: the shop gives titles back in capitals."""
    return str(freeze(value)).casefold()


def scalars(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from scalars(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from scalars(one)
    elif value is not None:
        yield told(value)


class Ledger:
    """`arrived`: what the engine ever wrote to a side; `settled`: when it knew that it had, by
    record and value: a record that is made anew does not hold what the old one did."""

    def __init__(self) -> None:
        self.sayings: dict[str, Saying] = {}
        self.arrived: dict[Side, set[str]] = {"odoo": set(), "remote": set()}
        self.settled: dict[Side, dict[tuple[str, str], int]] = {"odoo": {}, "remote": {}}
        self.read = 0  # traces looked at

    def said(
        self, side: Side, entity: str, id: str, field: str, value: Any, saw: Any = None
    ) -> None:
        saying = Saying(side, entity, id, field, value, len(self.sayings), told(saw))
        self.sayings[told(value)] = saying

    def over(self, fields: Any, since: int = 0) -> None:
        """A person sees these values, and types over them or deletes them; of those that were typed
        as the `since`th or later."""
        for value in scalars(fields):
            saying = self.sayings.get(value)
            if saying is not None and saying.when >= since:
                saying.is_over = True

    def wrote(self, side: Side, op: Op) -> None:
        """The engine wrote to `side`."""
        self.arrived[side].update(scalars(op.values))

    def committed(self, traces: Lines) -> None:
        """These lines are kept: what they wrote is known to be there from now on."""
        for _entity, direction, trace in traces[self.read :]:
            if trace.op is not None and trace.error is None:
                known = self.settled[TARGET_OF[direction]]
                for value in scalars(trace.op.values):
                    known.setdefault((str(trace.target_id), value), len(self.sayings))
        self.read = len(traces)

    def check(
        self,
        traces: Lines,
        mapped: Callable[[Saying], bool],
        held: Mapping[Side, set[str]],
        shared: Callable[[Saying], bool],
    ) -> None:
        """The last word on every field stands on both sides (`held`: what each holds), or was
        typed over, or lost to a winner in a line. That it once arrived is not enough.

        Of records of the shop that are one in Odoo (`shared`) each has its own word there in turn:
        any line that shows the value as the old one tells that."""
        values, records = self._lost(traces)
        replaced = {told(old) for *_way, t in traces for old, _new in t.fields.values()}
        for value, saying in self.sayings.items():
            if (
                saying.is_over
                or all(value in held[side] for side in OTHER)
                or (saying.side, value) in values
                or (saying.entity, saying.id) in records
                or not mapped(saying)
                or (shared(saying) and value in replaced)
            ):
                continue
            raise Broken("no edit vanishes", self._how(value, saying))

    def _how(self, value: str, saying: Saying) -> str:
        came = value in self.arrived[OTHER[saying.side]]
        became = "came to the other side and stands no more" if came else "is nowhere"
        return f"{value} ({saying}) {became}, and no line tells why"

    def check_echoes(self, odoo: Mapping[str, Mapping[str, Any]], traces: Lines) -> None:
        """What was typed in Odoo, by entity and id, did not come back as the shop spells it, but
        where a line names the shop as winner: of a write whose answer was lost nobody can tell
        that the shop's spelling is no edit of its own."""
        lost, _records = self._lost(traces)
        for value, saying in self.sayings.items():
            row = odoo[saying.entity].get(saying.id) if saying.side == "odoo" else None
            held = row.fields.get(saying.field) if row is not None else None
            is_echo = held is not None and told(held) == value and held != saying.value
            if is_echo and not saying.is_over and (saying.side, value) not in lost:
                raise Broken("no edit vanishes", f"{saying} was overwritten by its echo, {held}")

    def _lost(self, traces: Lines) -> tuple[set[tuple[Side, str]], set[tuple[str, str]]]:
        """((side, value) that lost to a named winner, (entity, id) whose deletion won)."""
        values: set[tuple[Side, str]] = set()
        records: set[tuple[str, str]] = set()
        won: set[tuple[Side, str]] = set()
        for entity, direction, trace in traces:
            source, target = SOURCE_OF[direction], TARGET_OF[direction]
            ids = {(entity, id_) for id_ in (trace.source_id, trace.target_id) if id_}
            for conflict in trace.conflicts:
                if conflict.group == RECORD:
                    records |= ids
                if conflict.winner == target:
                    won.update((target, value) for value in scalars(conflict.target))
                if conflict.winner != source:
                    values |= self._losers(source, conflict.source, conflict.target)
                if conflict.winner != target:
                    values |= self._losers(target, conflict.target, conflict.source)
            if "delete" in trace.reasons.get("", ""):
                records |= ids
            for old, new in trace.fields.values():
                # An element that was taken off with its list; or what had won, was owed to the
                # loser's side, and gave way to a new edit there.
                if old is not None and (new is None or (target, told(old)) in won):
                    values.add((target, told(old)))
        return values, records

    def _losers(self, side: Side, lost: Any, won: Any) -> set[tuple[Side, str]]:
        """Values of `side` that may lose to `won`: not what is known to have been there before
        they were typed over it, nor what had been typed over before that was."""
        found = set()
        known = self.settled[side]
        for value in scalars(lost):
            saying = self.sayings.get(value)
            if saying and any(
                known.get((saying.id, one), saying.when + 1) > saying.when
                and not self._is_outdated(one, saying)
                for one in _all(won)
            ):
                found.add((side, value))
        return found

    def _is_outdated(self, value: str, saying: Saying) -> bool:
        """Whether who typed `saying` saw something newer than `value` of the field."""
        old, seen = self.sayings.get(value), self.sayings.get(saying.saw)
        if old is None or seen is None or old.when >= seen.when:
            return False
        return (old.side, old.id, old.field) == (seen.side, seen.id, seen.field)


def _all(values: Any) -> list[str]:
    """The scalars, or that there is nothing: emptied values win, too."""
    return list(scalars(values)) or [""]
