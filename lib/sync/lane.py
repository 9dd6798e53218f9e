"""A flow with what all steps of a page share: sides, lenses, groups of linked fields."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from .. import elements
from ..endpoint import EntityInfo, Record
from ..errors import GatewayError, StopRun
from ..lens import ElementKeys, Lens
from ..mapping import Ref
from ..merge import OPPOSITE, SOURCE_OF, TARGET_OF, Direction
from ..values import digest, project
from .flow import Flow

Given = TypeVar("Given")
Made = TypeVar("Made")

#: Processor time that the mapping of one page may take: well below what kills a worker.
MAPPED_SECONDS = 20


class Lane:
    """Made once a page; remembers what its references were resolved to."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.store = flow.store
        self.target = flow.target
        self.entity = flow.entity
        self.mapping = flow.mapping
        self.direction: Direction = flow.direction
        self.opposite = OPPOSITE[flow.direction]
        self.source_side = SOURCE_OF[flow.direction]
        self.target_side = TARGET_OF[flow.direction]
        self.info: EntityInfo = flow.info
        self.lens = Lens(flow.mapping)
        self.back = Lens(flow.back) if flow.back else None
        self.identity = frozenset(name for names in flow.mapping.identity for name in names)
        #: Processor time that the page's records have taken to map so far.
        self.mapped_seconds = 0.0
        self.ids: dict[Ref, str | None] = {}
        self.refused: dict[Ref, GatewayError] = {}
        #: Of an apply: references that would have to be created and were not planned.
        self.unplanned: set[Ref] = set()
        #: (entity, source id) of elements that were bound when the page began.
        self.bound_before: set[tuple[str, str]] = set()
        self._groups: dict[str, str] = {}
        self._back_groups: dict[str, str] = {}
        self._names: dict[str, Sequence[str]] = {}
        backs = {self.back_group(name): name for name in (self.back.lists if self.back else ())}
        self._lists = {
            name: backs[self.group(name)] for name in self.lens.lists if self.group(name) in backs
        }

    def in_back(self, keys: ElementKeys) -> ElementKeys:
        """Keys by list name, under the names that the opposite direction gives the lists."""
        return {self._lists[name]: ids for name, ids in keys.items() if name in self._lists}

    def boundary(self) -> None:
        """End the store's transaction, where the target is about to be called without one."""
        if not self.target.transactional:
            self.store.commit()

    def timed(self, step: Callable[[Given], Made], given: Given) -> Made:
        """`step(given)` of the mapping, before anything is written. Raises StopRun where all of the
        page's steps have taken too long together: each lambda is bounded, their number is not."""
        if self.mapped_seconds > MAPPED_SECONDS:
            raise StopRun(
                f"the mapping of {self.entity} takes more than {MAPPED_SECONDS} seconds for a page",
                cause="mapping",
                remedy="Make its lambdas simpler, or the connector's pages smaller; then resume "
                "the run.",
            )
        began = time.thread_time()
        try:
            return step(given)
        finally:
            self.mapped_seconds += time.thread_time() - began

    def digest_of(self, record: Record) -> str:
        return digest([self.mapping.version, project(record.fields, self.lens.roots)])

    def back_digest(self, back: Lens, record: Record) -> str:
        """The target's `record` as the opposite direction, which reads it, digests it."""
        return digest([back.mapping.version, project(record.fields, back.roots)])

    def group(self, name: str) -> str:
        """The group of linked fields that a (flat) field of this direction is decided in."""
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = self._group(self.direction, name)
        return group

    def back_group(self, name: str) -> str:
        """The same of a field of the opposite direction's mapping."""
        group = self._back_groups.get(name)
        if group is None:
            group = self._back_groups[name] = self._group(self.opposite, name)
        return group

    def is_among(self, name: str, marked: Collection[str]) -> bool:
        """Whether a field of this direction, or one that is linked with it, is one of `marked`:
        what was left apart is marked by the names of the direction that it was left apart in."""
        if name in marked or self.flow.back is None or not marked:
            return name in marked
        linked = self.flow.links.fields(self.opposite, self.group(name).partition("|")[0])
        return any(
            elements.spec_path(one) in linked and self.back_group(one) == self.group(name)
            for one in marked
        )

    def _group(self, direction: Direction, name: str) -> str:
        parts = elements.split(name)
        if parts is None:
            return self.flow.links.group(direction, name)
        return f"{self.flow.links.group(direction, f'{parts[0]}.{parts[2]}')}|{parts[1]}"

    def names(self, name: str) -> Sequence[str]:
        """«model.field» names a rule may match: of the field and of those linked with it."""
        spec = elements.spec_path(name)
        if spec not in self._names:
            names = [f"{self.mapping.model}.{spec}"]
            if self.flow.back:
                group = self.flow.links.group(self.direction, spec)
                linked = self.flow.links.fields(self.opposite, group)
                names += [f"{self.flow.back.model}.{other}" for other in sorted(linked)]
            self._names[spec] = names
        return self._names[spec]

    def record_names(self) -> Sequence[str]:
        """What a rule about whole records (delete against edit) may match."""
        models = [self.mapping.model, *([self.flow.back.model] if self.flow.back else ())]
        return [f"{model}.*" for model in models]
