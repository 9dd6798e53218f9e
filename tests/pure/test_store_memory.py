"""The store in memory keeps the promises of stores."""

from __future__ import annotations

import pytest

from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.store import Binding
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
