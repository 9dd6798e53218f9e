"""`lib.store.Store` in memory, with transactions that can be rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from .merge import OPPOSITE, SOURCE_OF, Conflict, Direction, Side
from .store import Binding, Trace, copied, pointed

_Place = tuple[str, Direction, str]
_ABSENT = object()


class MemoryStore:
    """For tests and benchmarks. What it gives out are copies: only `intend` and `settle` change it.

    `open` tells whether a transaction is open: something was read or kept since the last commit.
    """

    def __init__(self) -> None:
        self._rows: dict[int, Binding] = {}
        self._by_remote: dict[tuple[str, str], int] = {}
        self._by_odoo: dict[tuple[str, str], tuple[int, ...]] = {}
        self._undo: list[Callable[[], None]] = []
        self._last = 0
        self.traces: list[tuple[str, Direction, Trace]] = []
        self.dead: dict[_Place, Trace] = {}
        self.discarded: dict[_Place, tuple[str, str]] = {}
        self.held: dict[tuple[_Place, str], Conflict] = {}
        self.commits = 0
        self.open = False

    def all(self, entity: str) -> list[Binding]:
        return [copied(row) for row in self._rows.values() if row.entity == entity]

    def bindings(
        self, entity: str, side: Side, ids: Sequence[str], lock: bool = False
    ) -> Mapping[str, Binding]:
        self.open = True
        found = ((id_, self._find(entity, side, id_)) for id_ in ids)
        return {id_: _given(row) for id_, row in found if row is not None}

    def holders(self, entity: str, side: Side, ids: Sequence[str]) -> Sequence[Binding]:
        self.open = True
        wanted = set(ids)
        return [row for row in self.all(entity) if row.id_on(side) in wanted and _is_live(row)]

    def resolve(self, entity: str, side: Side, ids: Sequence[str]) -> Mapping[str, str]:
        self.open = True
        other: Side = "remote" if side == "odoo" else "odoo"
        answer = {}
        for id_ in ids:
            row = self._find(entity, side, id_)
            target = row.id_on(other) if row is not None and row.state == "bound" else None
            if target is not None:
                answer[id_] = target
        return answer

    def intend(self, bindings: Sequence[Binding]) -> None:
        self.open = True
        for binding in bindings:
            self._keep(binding)

    def settle(
        self,
        entity: str,
        direction: Direction,
        bindings: Iterable[Binding],
        traces: Iterable[Trace],
    ) -> None:
        self.open = True
        for binding in bindings:
            self._keep(binding)
        for trace in traces:
            self.traces.append((entity, direction, trace))
            self._undo.append(lambda: self.traces.pop() and None)
            self._keep_trace((entity, direction, trace.source_id), trace)

    def given_up(
        self, entity: str, direction: Direction, ids: Sequence[str]
    ) -> Mapping[str, tuple[str, str]]:
        self.open = True
        places = {id_: (entity, direction, id_) for id_ in ids}
        return {
            id_: self.discarded[place]
            for id_, place in places.items()
            if place in self.discarded and place not in self.dead
        }

    def discard(self, entity: str, direction: Direction, source_id: str, why: str) -> None:
        """A person gives the record up as it is."""
        place = (entity, direction, source_id)
        self.discarded[place] = self.dead.pop(place).digest, why

    def pending(self, entity: str, direction: Direction) -> Sequence[str]:
        self.open = True
        side: Side = "remote" if direction == "import" else "odoo"
        owed = (row.id_on(side) for row in self._rows.values() if _owes(row, entity, direction))
        return [id_ for id_ in owed if id_ is not None]

    def commit(self) -> None:
        self.commits += 1
        self.open = False
        self._undo.clear()

    def rollback(self) -> None:
        """Everything as at the last commit."""
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()
        self.open = False

    def decide(self, entity: str, direction: Direction, source_id: str, side: Side) -> None:
        """A person lets `side` win every conflict that is held on this record."""
        from_side: Side = "remote" if direction == "import" else "odoo"
        binding = self.bindings(entity, from_side, [source_id])[source_id]
        place = (entity, direction, source_id)
        groups = [group for held, group in self.held if held == place]
        assert binding.handle is not None
        row = self._rows[binding.handle]
        row.decided.update(dict.fromkeys(groups, side))
        row.pending = direction
        self.commit()

    def _find(self, entity: str, side: Side, id_: str) -> Binding | None:
        if side == "remote":
            handle = self._by_remote.get((entity, id_))
            return None if handle is None else self._rows[handle]
        rows = [self._rows[handle] for handle in self._by_odoo.get((entity, id_), ())]
        # Of several the first one is the primary.
        return min(rows, key=lambda row: (row.state == "gone", row.handle), default=None)

    def _keep(self, binding: Binding) -> None:
        """Insert or change one row; `binding` gets its handle."""
        row = copied(binding)
        if row.handle is None and row.remote_id is not None:
            self._answered(row)
            known = self._by_remote.get((row.entity, row.remote_id))
            if known is not None:
                row = pointed(self._rows[known], row)
        elif row.handle is not None:
            _keep_decided(self._rows[row.handle], row)
        if row.handle is None:
            self._last += 1
            row.handle = self._last
        binding.handle = row.handle
        binding.asked = binding.pending, frozenset(binding.decided)
        self._index(self._rows.get(row.handle), row)
        self._set(self._rows, row.handle, row)

    def _answered(self, row: Binding) -> None:
        """A create whose answer was lost, and whose record was met at the shop since: the intent
        has its answer, and is not to be sent again."""
        for handle in self._by_odoo.get((row.entity, row.odoo_id or ""), ()):
            intent = self._rows[handle]
            if intent.state == "creating" and intent.remote_id is None:
                self._index(intent, Binding(row.entity))
                self._set(self._rows, handle, _ABSENT)

    def _index(self, old: Binding | None, new: Binding) -> None:
        if old is not None and old.remote_id != new.remote_id and old.remote_id is not None:
            self._set(self._by_remote, (old.entity, old.remote_id), _ABSENT)
        if old is not None and old.odoo_id != new.odoo_id and old.odoo_id is not None:
            key = (old.entity, old.odoo_id)
            rest = tuple(one for one in self._by_odoo.get(key, ()) if one != old.handle)
            self._set(self._by_odoo, key, rest)
        if new.remote_id is not None:
            self._set(self._by_remote, (new.entity, new.remote_id), new.handle)
        if new.odoo_id is not None:
            key = (new.entity, new.odoo_id)
            handles = self._by_odoo.get(key, ())
            if new.handle not in handles:
                self._set(self._by_odoo, key, (*handles, new.handle))

    def _keep_trace(self, place: _Place, trace: Trace) -> None:
        self._set(self.dead, place, trace if trace.error else _ABSENT)
        if trace.digest and self.discarded.get(place, (trace.digest, ""))[0] != trace.digest:
            self._set(self.discarded, place, _ABSENT)
        if trace.outcome in ("dead", "repeated", "filtered"):
            return
        entity, direction, _id = place
        other = (entity, OPPOSITE[direction], str(trace.target_id))
        if any((one, group) in self.held for one in (place, other) for group in trace.left):
            self._owe(entity, direction, trace)
        for key in list(self.held):
            if key[0] == place or (key[0] == other and key[1] in trace.alike):
                self._set(self.held, key, _ABSENT)
        for conflict in trace.conflicts:
            if conflict.winner == "ask":
                self._set(self.held, (place, conflict.group), conflict)
            elif (other, conflict.group) in self.held:  # it is decided, whoever asked
                self._set(self.held, (other, conflict.group), _ABSENT)

    def _owe(self, entity: str, direction: Direction, trace: Trace) -> None:
        row = self._find(entity, SOURCE_OF[direction], trace.source_id)
        if row is not None and row.handle is not None and row.pending is None:
            self._set(self._rows, row.handle, replace(row, pending=OPPOSITE[direction]))

    def _set(self, table: dict, key: object, value: object) -> None:  # type: ignore[type-arg]
        before = table.get(key, _ABSENT)
        self._undo.append(lambda: _put(table, key, before))
        _put(table, key, value)


def _put(table: dict, key: object, value: object) -> None:  # type: ignore[type-arg]
    if value is _ABSENT:
        table.pop(key, None)
    else:
        table[key] = value


def _is_live(row: Binding) -> bool:
    return row.state != "gone"


def _owes(row: Binding, entity: str, direction: Direction) -> bool:
    return row.entity == entity and row.pending == direction and row.state == "bound"


def _keep_decided(known: Binding, row: Binding) -> None:
    """What a person decided since the row was read stays in `row`, and its write owed."""
    pending, groups = row.asked
    if known.pending != pending or set(known.decided).difference(groups):
        row.pending = known.pending
    carried_out = row.carried_out
    row.decided = {g: side for g, side in known.decided.items() if g not in carried_out}


def _given(row: Binding) -> Binding:
    """A copy that knows what it was when it was given out."""
    out = copied(row)
    out.asked = row.pending, frozenset(row.decided)
    return out
