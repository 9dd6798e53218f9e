"""One entity in one direction: what a page is settled with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..clock import Clock, SystemClock
from ..contents import Contents
from ..endpoint import Endpoint, EntityInfo
from ..mapping import Links
from ..mapping import Mapping as FieldMapping
from ..merge import Direction, Strategy
from ..store import Outcome, Store

Counts = Counter[Outcome]


class Failures(NamedTuple):
    """Of the pages before: records read, and those that failed in one way."""

    read: int
    alike: int


def _none(_stage: str | None, _cause: str, _field: str) -> Failures:
    return Failures(0, 0)


@dataclass(frozen=True, slots=True)
class Flow:
    """One entity in one direction: what to read, how to transform, where to write, who wins."""

    entity: str
    direction: Direction
    mapping: FieldMapping
    source: Endpoint
    target: Endpoint
    store: Store
    links: Links
    back: FieldMapping | None = None  # the opposite direction's mapping, where there is one
    strategy: Strategy = field(default_factory=Strategy)
    clock: Clock = field(default_factory=SystemClock)
    run: Any = None
    holds_deletes: bool = False  # more are gone than the guard lets pass
    compares: bool = False  # nothing is created, not even what is referred to
    plans: bool = False  # traces tell what was decided as an intent
    #: Of an apply: source id → what was planned of it (`intent`). What differs is held.
    planned: Mapping[str, Mapping[str, Any]] | None = None
    #: (stage, cause, field of the record itself) → what the flow's earlier pages came to.
    failed: Callable[[str | None, str, str], Failures] = _none
    contents: Contents = field(default_factory=Contents)  # of images, of this page

    @property
    def info(self) -> EntityInfo:
        """What the target can do with this entity."""
        return self.target.entities()[self.entity]
