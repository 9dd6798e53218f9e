"""Odoo's database in memory: bindings, business records, rows of runs, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway_ng.lib.endpoint import Record, Watermark
from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.rules import Direction

from .broken import Broken
from .sides import Odoo


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    epoch: int = 1
    state: str = "running"


@dataclass(frozen=True, slots=True)
class FlowRow:
    id: int
    run: int
    entity: str
    direction: Direction
    state: str = "waiting"
    version: int = 0
    since: datetime | None = None
    edge: datetime | None = None
    token: str | None = None
    pages_read: int = 0
    driver: str = ""
    superseded: bool = False
    swept: bool = False


@dataclass(frozen=True, slots=True)
class PageRow:
    id: int
    flow: int
    number: int
    records: tuple[Record, ...]
    deleted: tuple[str, ...]
    mark: Watermark | None
    read_epoch: int
    state: str = "staged"
    claim: str = ""
    claimed: datetime | None = None
    attempts: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        return {*(record.id for record in self.records), *self.deleted}


class Database:
    """Rows are frozen: a change puts a new one, and what was committed is kept as it was."""

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo
        self.store = MemoryStore()
        self.runs: dict[int, Run] = {}
        self.flows: dict[int, FlowRow] = {}
        self.pages: dict[int, PageRow] = {}
        self.marks: dict[tuple[str, Direction], Watermark] = {}
        self._last = 0
        self.committed: Callable[[bool], None] = lambda done: None
        self.commit()

    def new_id(self) -> int:
        self._last += 1
        return self._last

    def put(self, row: Any) -> Any:
        table: Any = {Run: self.runs, FlowRow: self.flows, PageRow: self.pages}[type(row)]
        before = table.get(row.id)
        if isinstance(before, PageRow) and before.state == "settled":
            raise Broken("accounting adds up", f"page {row.number} is settled and counted twice")
        table[row.id] = row
        return row

    def commit(self) -> None:
        self.store.commit()
        self._kept = self._now()
        self.committed(True)

    def rollback(self) -> None:
        self.store.rollback()
        runs, flows, pages, marks, odoo = self._kept
        self.runs, self.flows, self.pages = dict(runs), dict(flows), dict(pages)
        self.marks = dict(marks)
        self.odoo.put_back(odoo)
        self.committed(False)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is read or written that is not committed."""
        return not self.store.open and self._kept == self._now()

    def _now(self) -> Any:
        tables = (self.runs, self.flows, self.pages, self.marks)
        return (*(dict(table) for table in tables), self.odoo.taken())

    def forget_marks(self) -> None:
        """A person wants everything read anew; a flow under way makes no mark again."""
        self.marks.clear()
        for row in list(self.flows.values()):
            if row.state not in ("done", "cancelled"):
                self.put(replace(row, superseded=True))

    # -- what is asked of it

    def open_flow(self, entity: str) -> FlowRow | None:
        """The flow that holds the entity: one run at a time."""
        open_ = (row for row in self.flows.values() if row.state in ("reading", "applying"))
        return next((row for row in open_ if row.entity == entity), None)

    def flows_of(self, run: int) -> list[FlowRow]:
        return sorted((r for r in self.flows.values() if r.run == run), key=lambda row: row.id)

    def pages_of(self, flow: int) -> list[PageRow]:
        found = (row for row in self.pages.values() if row.flow == flow)
        return sorted(found, key=lambda row: row.number)
