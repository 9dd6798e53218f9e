"""The shop's tables: rows by id. Products, variations and orders share one count of ids."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import Any

Row = dict[str, Any]


class Store:
    def __init__(self) -> None:
        self.tables: dict[str, dict[int, Row]] = defaultdict(dict)
        self._last: dict[str, int] = defaultdict(int)

    def next(self, sequence: str) -> int:
        self._last[sequence] += 1
        return self._last[sequence]

    def skip(self, sequence: str, to: int) -> None:
        """The next id of a sequence is above `to`."""
        self._last[sequence] = max(self._last[sequence], to)

    def add(self, table: str, sequence: str, row: Row) -> Row:
        row["id"] = self.next(sequence)
        self.tables[table][row["id"]] = row
        return row

    def rows(self, table: str) -> list[Row]:
        return list(self.tables[table].values())

    def get(self, table: str, id_: Any) -> Row | None:
        return self.tables[table].get(int(id_)) if id_ is not None else None

    def dump(self) -> Any:
        return copy.deepcopy((dict(self.tables), dict(self._last)))

    def restore(self, state: Any) -> None:
        tables, last = copy.deepcopy(state)
        self.tables = defaultdict(dict, tables)
        self._last = defaultdict(int, last)
