"""What the pipeline keeps between pages: bindings with their bases, and the trace of each record.

`Store` is the contract; `MemoryStore` fulfils it in memory, for tests and for dry runs. The Odoo
models fulfil it in the database (`models/store.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from .errors import GatewayError
from .merge import Base, Conflict, Direction, Side

Outcome = Literal[
    "created",
    "updated",
    "unchanged",
    "filtered",
    "held",
    "dead",
    "repeated",
    "deleted",
]
OUTCOMES: tuple[Outcome, ...] = (
    "created",
    "updated",
    "unchanged",
    "filtered",
    "held",
    "dead",
    "repeated",
    "deleted",
)


@dataclass(slots=True)
class Binding:
    """The lasting tie of one remote id and one Odoo record of an entity.

    `creating`: a create was intended under `key` and its answer is not known yet. `gone`: one side
    is deleted. `pending`: the direction that owes a write (its side won a conflict, or a
    person decided). `digests` are
    of each side's record as last settled. `handle` is the store's own.
    """

    entity: str
    remote_id: str | None = None
    odoo_id: str | None = None
    state: Literal["creating", "bound", "gone"] = "bound"
    base: dict[Direction, Base] = field(default_factory=dict)
    digests: dict[Side, str] = field(default_factory=dict)
    pending: Direction | None = None
    diverged: tuple[str, ...] = ()
    decided: dict[str, Side] = field(default_factory=dict)  # group → side, by a person
    key: str | None = None
    run: Any = None
    handle: Any = None

    def id_on(self, side: Side) -> str | None:
        return self.odoo_id if side == "odoo" else self.remote_id

    def set_id(self, side: Side, value: str | None) -> None:
        if side == "odoo":
            self.odoo_id = value
        else:
            self.remote_id = value


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of one record read: one line of the changelog where anything happened to it.

    `fields`: field → (old, new), frozen. `filter` names the filter of a filtered record.
    """

    source_id: str
    outcome: Outcome
    target_id: str | None = None
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    conflicts: Sequence[Conflict] = ()
    filter: str | None = None
    error: GatewayError | None = None
    stage: str | None = None
    payload: Mapping[str, Any] | None = None
    display: str = ""


class Store(Protocol):
    """Keeps what the pipeline settles; one transaction between two `commit` calls."""

    def bindings(
        self, entity: str, side: Side, ids: Sequence[str], lock: bool = False
    ) -> Mapping[str, Binding]:
        """Bindings of these ids on `side`, by that id, in one query; `lock` holds them until the
        commit. Where several remote ids share an Odoo record, that record's id gives the primary."""
        ...

    def resolve(self, entity: str, side: Side, ids: Sequence[str]) -> Mapping[str, str]:
        """id on `side` → id on the other side, for those bound; one query."""
        ...

    def intend(self, bindings: Sequence[Binding]) -> None:
        """Keep bindings in state `creating` with their keys, before their create is sent."""
        ...

    def settle(
        self, entity: str, direction: Direction, bindings: Iterable[Binding], traces: Iterable[Trace]
    ) -> None:
        """Keep bindings (new and changed), changes, conflicts and dead letters of one page."""
        ...

    def pending(self, entity: str, direction: Direction) -> Sequence[str]:
        """Ids on the direction's source side whose write is owed."""
        ...

    def commit(self) -> None:
        """End the transaction; nothing may hold one open while a remote side is called."""
        ...


class MemoryStore:
    """A store in memory: what it gives out are copies, so only `intend` and `settle` change it."""

    def __init__(self) -> None:
        self._by: dict[tuple[str, str, str], Binding] = {}
        self.traces: list[tuple[str, str, Trace]] = []
        self.dead: dict[tuple[str, str, str], Trace] = {}
        self.held: dict[tuple[str, str, str, str], Conflict] = {}
        self.commits = 0

    def all(self, entity: str) -> list[Binding]:
        seen: dict[int, Binding] = {}
        for (name, _side, _id), binding in self._by.items():
            if name == entity:
                seen[id(binding)] = binding
        return list(seen.values())

    def bindings(
        self, entity: str, side: Side, ids: Sequence[str], lock: bool = False
    ) -> Mapping[str, Binding]:
        found = ((key, self._by.get((entity, side, key))) for key in ids)
        return {key: _copy(binding) for key, binding in found if binding is not None}

    def resolve(self, entity: str, side: Side, ids: Sequence[str]) -> Mapping[str, str]:
        other: Side = "remote" if side == "odoo" else "odoo"
        answer = {}
        for key, binding in self.bindings(entity, side, ids).items():
            target = binding.id_on(other)
            if target is not None and binding.state == "bound":
                answer[key] = target
        return answer

    def intend(self, bindings: Sequence[Binding]) -> None:
        for binding in bindings:
            self._keep(binding)

    def settle(
        self, entity: str, direction: Direction, bindings: Iterable[Binding], traces: Iterable[Trace]
    ) -> None:
        for binding in bindings:
            self._keep(binding)
        for trace in traces:
            self.traces.append((entity, direction, trace))
            place = (entity, direction, trace.source_id)
            if trace.outcome == "dead":
                self.dead[place] = trace
            else:
                self.dead.pop(place, None)
            for old in [key for key in self.held if key[:3] == place]:
                del self.held[old]
            for conflict in trace.conflicts:
                if conflict.winner == "ask":
                    self.held[(*place, conflict.group)] = conflict

    def pending(self, entity: str, direction: Direction) -> Sequence[str]:
        side: Side = "remote" if direction == "import" else "odoo"
        owed = (b.id_on(side) for b in self.all(entity) if b.pending == direction)
        return [key for key in owed if key is not None]

    def commit(self) -> None:
        self.commits += 1

    def _keep(self, binding: Binding) -> None:
        kept = _copy(binding)
        if kept.remote_id is not None:
            self._by[(kept.entity, "remote", kept.remote_id)] = kept
        if kept.odoo_id is not None:
            other = self._by.get((kept.entity, "odoo", kept.odoo_id))
            if other is None or other.remote_id in (None, kept.remote_id):
                self._by[(kept.entity, "odoo", kept.odoo_id)] = kept


def _copy(binding: Binding) -> Binding:
    return Binding(
        entity=binding.entity,
        remote_id=binding.remote_id,
        odoo_id=binding.odoo_id,
        state=binding.state,
        base={direction: dict(base) for direction, base in binding.base.items()},
        digests=dict(binding.digests),
        pending=binding.pending,
        diverged=binding.diverged,
        decided=dict(binding.decided),
        key=binding.key,
        run=binding.run,
        handle=binding.handle,
    )
