"""Where a plan keeps what it would write: records laid over both sides, and bindings.

`Shelf` is the contract; `MemoryShelf` fulfils it in memory, the Odoo models in the database. It is
asked for a page's ids at a time, and never for all it has.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from ..merge import SOURCE_OF, Direction, Side
from ..store import Binding, copied
from .ids import PREFIX


@dataclass(frozen=True, slots=True)
class Kept:
    """One record of a side as the plan would leave it.

    `fields` is None once it is deleted. `made`: only the plan has it. `values` and `children` are
    all that was asked of it so far, as in `Op`: with them it can be made again. `keys`: natural
    key → value, by which it is found; the idempotency key of its create stands under "". `owner` is
    the record that it is a part of, `parts` are its own. `place`: what was kept before is less.
    """

    entity: str
    id: str
    fields: Mapping[str, Any] | None
    updated: datetime | None = None
    made: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    children: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    owner: str | None = None
    parts: Sequence[str] = ()
    place: int = 0


class Shelf(Protocol):
    """Rows of one plan. Entity "" is that of elements which no endpoint knows by themselves."""

    def new_id(self) -> str:
        """An id for a record that the plan would create."""
        ...

    def rows(self, side: Side, entity: str | None, ids: Sequence[str]) -> Sequence[Kept]:
        """Rows with these ids, in the order in which they were first kept; `entity` None: each
        row of that id, under whatever entity. One query."""
        ...

    def found(self, side: Side, entity: str, key: str, values: Sequence[str]) -> Sequence[Kept]:
        """Rows whose natural `key` is one of `values`; case plays no part. One query."""
        ...

    def listed(self, side: Side, entity: str, after: int, limit: int) -> Sequence[Kept]:
        """At most `limit` rows of an entity after this place, in order."""
        ...

    def put(self, side: Side, rows: Iterable[Kept]) -> None:
        """Keep rows, new ones at the next places; those that are there keep theirs."""
        ...

    def bindings(self, entity: str, side: Side, ids: Sequence[str]) -> Sequence[Binding]:
        """Bindings that the plan would settle, of these ids on `side`, oldest first."""
        ...

    def replaced(self, handles: Sequence[Any]) -> set[Any]:
        """Those of the handles (of the store below) that the plan has a newer binding for."""
        ...

    def keep(self, bindings: Sequence[Binding]) -> None:
        """Keep bindings; a new one gets a handle of the shelf's own (a text)."""
        ...

    def pending(self, entity: str, direction: Direction) -> Sequence[str]:
        """Ids on the direction's source side whose write the plan would make owed."""
        ...


class MemoryShelf:
    """For tests."""

    def __init__(self) -> None:
        self._rows: dict[tuple[Side, str, str], Kept] = {}
        self._bindings: dict[Any, Binding] = {}
        self._count = itertools.count(1)

    def new_id(self) -> str:
        return f"{PREFIX}{next(self._count):032x}"

    def rows(self, side: Side, entity: str | None, ids: Sequence[str]) -> Sequence[Kept]:
        return self._where(
            lambda place, _row: (
                place[0] == side and entity in (None, place[1]) and place[2] in set(ids)
            )
        )

    def found(self, side: Side, entity: str, key: str, values: Sequence[str]) -> Sequence[Kept]:
        wanted = {value.casefold() for value in values}
        return self._where(
            lambda place, row: (
                place[:2] == (side, entity) and row.keys.get(key, "\0").casefold() in wanted
            )
        )

    def listed(self, side: Side, entity: str, after: int, limit: int) -> Sequence[Kept]:
        rows = self._where(lambda place, row: place[:2] == (side, entity) and row.place > after)
        return rows[:limit]

    def _where(self, holds: Any) -> list[Kept]:
        found = [row for place, row in self._rows.items() if holds(place, row)]
        return sorted(found, key=lambda row: row.place)

    def put(self, side: Side, rows: Iterable[Kept]) -> None:
        for row in rows:
            place = side, row.entity, row.id
            old = self._rows.get(place)
            self._rows[place] = replace(row, place=old.place if old else next(self._count))

    def bindings(self, entity: str, side: Side, ids: Sequence[str]) -> Sequence[Binding]:
        wanted = set(ids)
        return [
            copied(one)
            for one in self._bindings.values()
            if one.entity == entity and one.id_on(side) in wanted
        ]

    def replaced(self, handles: Sequence[Any]) -> set[Any]:
        return {handle for handle in handles if handle in self._bindings}

    def keep(self, bindings: Sequence[Binding]) -> None:
        for one in bindings:
            if one.handle is None:
                one.handle = self.new_id()
            self._bindings[one.handle] = copied(one)

    def pending(self, entity: str, direction: Direction) -> Sequence[str]:
        side = SOURCE_OF[direction]
        rows = self._bindings.values()
        owed = [r.id_on(side) for r in rows if (r.entity, r.pending) == (entity, direction)]
        return [id_ for id_ in owed if id_ is not None]
