"""What the pipeline keeps between pages: bindings with their bases, and the trace of each record.

`Store` is the contract; `lib.memory_store` fulfils it in memory, the Odoo models in the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from .endpoint import Op, Result
from .errors import GatewayError, RetryLater
from .merge import Base, Conflict, Decision, Direction, Side, Views

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
#: Those of a record that nothing was done to.
IDLE: tuple[Outcome, ...] = ("unchanged", "repeated")


@dataclass(slots=True)
class Binding:
    """The lasting tie of one remote id and one Odoo record of an entity.

    `creating`: a create was intended under `key` and its answer is not known yet. `gone`: one side
    is deleted. `pending`: the direction that owes a write (its side won a conflict, or a
    person decided). `digests` are of each side's record as last settled. `run` and `way` tell which
    run settled it last, in which direction. `parent`, of an element of a nested list, is the remote
    id of the record it was bound with. `forgotten`: a person asked for it; the tie says so, and
    that the record is to be left alone. `handle` is the store's own.
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
    way: Direction | None = None
    parent: str | None = None
    forgotten: bool = False
    handle: Any = None
    #: `pending` and the groups of `decided` as the store gave them: a person may have added since.
    asked: tuple[Direction | None, frozenset[str]] = (None, frozenset())

    @property
    def carried_out(self) -> list[str]:
        """Groups whose decision by a person was there when it was read, and is no more."""
        return sorted(self.asked[1].difference(self.decided))

    def id_on(self, side: Side) -> str | None:
        return self.odoo_id if side == "odoo" else self.remote_id

    def set_id(self, side: Side, value: str | None) -> None:
        if side == "odoo":
            self.odoo_id = value
        else:
            self.remote_id = value


def copied(binding: Binding) -> Binding:
    """One that can be changed without changing the other."""
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
        way=binding.way,
        parent=binding.parent,
        forgotten=binding.forgotten,
        handle=binding.handle,
        asked=binding.asked,
    )


def pointed(known: Binding, new: Binding) -> Binding:
    """A known row, pointed at what a new binding of the same remote id says, if it is free.

    Raises RetryLater where it is bound to another record.
    """
    if known.state != "gone" and known.odoo_id not in (None, new.odoo_id):
        raise RetryLater(f"{known.entity} {known.remote_id} was bound to another record meanwhile")
    row = copied(known)
    row.parent = new.parent or row.parent
    row.odoo_id, row.state = new.odoo_id, new.state
    row.base = dict(new.base) or row.base
    row.digests = dict(new.digests) or row.digests
    return row


@dataclass(frozen=True, slots=True)
class Seen:
    """What a merge looked at: both sides, and the running direction's base."""

    views: Views
    base: Base


#: The record was found by its binding.
BOUND = "binding"


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of one record read: one line of the changelog where anything happened to it.

    `fields`: field → (old, new), frozen. `filter` names the filter of a filtered record. An `error`
    beside another outcome than «dead»: it was written, and what was to follow (`stage`) failed.
    `digest` is of the record as its mapping reads it, `payload` the record as read, `values` what
    the mapping made of it, `op` and `result` what was written and what the target answered; none of
    them is redacted. `intent` says in lasting terms what is to be done (`lib.sync.intent`); None
    where the record needed no look at all.
    `alike` are groups of fields in which both sides are settled now, `left` those that were looked
    at and are the opposite direction's to carry: a conflict about the former is over.
    `found` says how the target's record was found: `BOUND`, or the identity keys by which the two
    met, «sku» or «email|phone»; None where none was, or it was not looked for.
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
    digest: str = ""
    payload: Mapping[str, Any] | None = None
    values: Mapping[str, Any] | None = None
    seen: Seen | None = None
    decision: Decision | None = None
    op: Op | None = None
    result: Result | None = None
    intent: Mapping[str, Any] | None = None
    alike: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    found: str | None = None


class Store(Protocol):
    """Keeps what the pipeline settles; one transaction between two `commit` calls."""

    def bindings(
        self, entity: str, side: Side, ids: Sequence[str], lock: bool = False
    ) -> Mapping[str, Binding]:
        """Bindings of these ids on `side`, by that id, in one query; `lock` holds them until the
        commit. Where several remote ids share an Odoo record, its id gives the primary one of
        those that are not gone."""
        ...

    def holders(self, entity: str, side: Side, ids: Sequence[str]) -> Sequence[Binding]:
        """Every binding of these ids on `side` that is not gone, in one query: several remote ids
        may share an Odoo record."""
        ...

    def resolve(self, entity: str, side: Side, ids: Sequence[str]) -> Mapping[str, str]:
        """id on `side` → id on the other side, for those bound; one query."""
        ...

    def intend(self, bindings: Sequence[Binding]) -> None:
        """Keep bindings in state `creating` with their keys, before their create is sent.

        A new one gets its `handle`: settling it later changes the same row.
        """
        ...

    def settle(
        self,
        entity: str,
        direction: Direction,
        bindings: Iterable[Binding],
        traces: Iterable[Trace],
    ) -> None:
        """Keep bindings (new and changed), changes, conflicts and dead letters of one page.

        A new binding (no `handle`) of a remote id that has a row becomes that row, which keeps its
        base. What a person decided of a known row since it was read stays, with the write that it
        makes owed. Raises RetryLater where that row is bound to another Odoo record. Traces of a
        dry run open and close nothing.

        A conflict closes where its record is looked at and has it no more, in whichever direction;
        where the source has only taken its own edit back, the opposite one owes the other's.
        """
        ...

    def given_up(
        self, entity: str, direction: Direction, ids: Sequence[str]
    ) -> Mapping[str, tuple[str, str]]:
        """Source id → (digest of the record as it was, why), of those whose dead letter a person
        discarded and that have no open one since; one query. It ends with the first trace of the
        record that has another digest: what comes back to what it was then is an edit, too."""
        ...

    def pending(self, entity: str, direction: Direction) -> Sequence[str]:
        """Ids on the direction's source side whose write is owed."""
        ...

    def commit(self) -> None:
        """End the transaction; nothing may hold one open while a remote side is called."""
        ...
