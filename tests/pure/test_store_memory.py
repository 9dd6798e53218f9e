"""The store in memory keeps the promises of stores."""

from __future__ import annotations

import pytest

from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.merge import Conflict, Direction, Winner
from gateway_ng.lib.store import Binding, Trace
from gateway_ng.tests.store_suite import StoreSuite


class TestMemoryStore(StoreSuite):
    binding = Binding

    @pytest.fixture(autouse=True)
    def _store(self) -> None:
        self.store = MemoryStore()

    def decide_meanwhile(self, group: str, side: str, direction: str) -> None:
        (row,) = self.store._rows.values()
        row.decided[group] = side  # type: ignore[assignment]
        row.pending = direction  # type: ignore[assignment]

    @pytest.mark.parametrize("winner", ["odoo", "remote"])
    def test_what_one_direction_settled_is_held_by_the_other_no_more(self, winner: Winner) -> None:
        def settle(direction: Direction, ids: tuple[str, str], won: Winner) -> None:
            conflict = Conflict("name", ("name",), {}, {"name": 1}, {"name": 2}, won, "*")
            trace = Trace(ids[0], "held", target_id=ids[1], conflicts=(conflict,))
            self.store.settle("product", direction, (), (trace,))

        settle("import", ("gid://1", "11"), "ask")
        settle("import", ("gid://2", "12"), "ask")
        settle("export", ("11", "gid://1"), "ask")
        assert len(self.store.held) == 3
        settle("export", ("11", "gid://1"), winner)
        assert [place[2] for place, _group in self.store.held] == ["gid://2"]
