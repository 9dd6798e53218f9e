"""A store over a store: bindings that a plan would settle are kept on its shelf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..merge import OPPOSITE, SOURCE_OF, Direction, Side
from ..store import Binding, Store, Trace, copied, pointed
from .ids import is_planned
from .shelf import Shelf

#: Keeps what became of the records of a page: (entity, direction, traces).
Told = Callable[[str, Direction, Sequence[Trace]], None]


class PlanStore:
    """`lib.store.Store` whose bindings are those of `below` with the shelf's laid over them.

    Nothing is kept below but by `told`: traces go there, and open and close nothing.
    """

    def __init__(self, below: Store, shelf: Shelf, told: Told) -> None:
        self._below = below
        self._shelf = shelf
        self._told = told

    def bindings(
        self, entity: str, side: Side, ids: Sequence[str], lock: bool = False
    ) -> Mapping[str, Binding]:
        """As `Store.bindings`; nothing is locked, for nothing of it is written."""
        if not ids:
            return {}
        real = [id_ for id_ in ids if not is_planned(id_)]
        found = list(self._below.bindings(entity, side, real).values()) if real else []
        newer = self._shelf.replaced([one.handle for one in found]) if found else set()
        rows = [one for one in found if one.handle not in newer]
        rows += self._shelf.bindings(entity, side, ids)
        answer: dict[str, Binding] = {}
        for row in sorted(rows, key=_rank, reverse=True):
            answer[str(row.id_on(side))] = _given(row)
        return answer

    def holders(self, entity: str, side: Side, ids: Sequence[str]) -> Sequence[Binding]:
        real = [id_ for id_ in ids if not is_planned(id_)]
        found = self._below.holders(entity, side, real) if real else ()
        newer = self._shelf.replaced([one.handle for one in found]) if found else set()
        planned = self._shelf.bindings(entity, side, ids)
        return [
            *(one for one in found if one.handle not in newer),
            *(one for one in planned if one.state != "gone"),
        ]

    def resolve(self, entity: str, side: Side, ids: Sequence[str]) -> Mapping[str, str]:
        other: Side = "remote" if side == "odoo" else "odoo"
        found = {
            id_: row.id_on(other)
            for id_, row in self.bindings(entity, side, ids).items()
            if row.state == "bound"
        }
        return {id_: there for id_, there in found.items() if there is not None}

    def intend(self, bindings: Sequence[Binding]) -> None:
        self._keep(bindings)

    def settle(
        self,
        entity: str,
        direction: Direction,
        bindings: Iterable[Binding],
        traces: Iterable[Trace],
    ) -> None:
        self._keep(list(bindings))
        self._told(entity, direction, list(traces))

    def given_up(
        self, entity: str, direction: Direction, ids: Sequence[str]
    ) -> Mapping[str, tuple[str, str]]:
        real = [id_ for id_ in ids if not is_planned(id_)]
        return self._below.given_up(entity, direction, real) if real else {}

    def pending(self, entity: str, direction: Direction) -> Sequence[str]:
        side = SOURCE_OF[direction]
        owed = dict.fromkeys(self._below.pending(entity, direction))
        owed.update(dict.fromkeys(self._shelf.pending(entity, direction)))
        now = self.bindings(entity, side, list(owed))
        return [
            id_
            for id_ in owed
            if id_ in now and (now[id_].pending, now[id_].state) == (direction, "bound")
        ]

    def owe(self, entity: str, direction: Direction, ids: Sequence[str]) -> None:
        """What the opposite direction would have to carry of these records of `direction`'s source,
        the plan's later flows are told."""
        found = self.bindings(entity, SOURCE_OF[direction], ids).values()
        owed = [one for one in found if one.state == "bound" and one.pending is None]
        for one in owed:
            one.pending = OPPOSITE[direction]
        self._shelf.keep(owed)

    def commit(self) -> None:
        self._below.commit()

    def _keep(self, bindings: Sequence[Binding]) -> None:
        """One query to see which new ones have a row already, one to keep them."""
        fresh = [one for one in bindings if one.handle is None and one.remote_id is not None]
        for entity in {one.entity for one in fresh}:
            mine = [one for one in fresh if one.entity == entity]
            known = self.bindings(entity, "remote", [str(one.remote_id) for one in mine])
            for one in mine:
                row = known.get(str(one.remote_id))
                if row is not None:
                    _become(one, pointed(row, one))
        self._shelf.keep(bindings)
        for one in bindings:
            one.asked = one.pending, frozenset(one.decided)


def _rank(row: Binding) -> tuple[bool, bool, str]:
    """Of several for one id the one not gone, then the oldest, goes first."""
    handle = str(row.handle)
    return row.state == "gone", isinstance(row.handle, str), handle.zfill(20)


def _become(binding: Binding, row: Binding) -> None:
    binding.handle, binding.base, binding.digests = row.handle, row.base, row.digests
    binding.parent = row.parent


def _given(row: Binding) -> Binding:
    out = copied(row)
    out.asked = row.pending, frozenset(row.decided)
    return out
