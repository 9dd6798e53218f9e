"""One record on its way through a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..endpoint import Op, Record, Result
from ..errors import GatewayError, SkipRecord
from ..merge import Base, Conflict, Decision, Direction
from ..store import BOUND, Binding, Outcome, Seen, Trace


@dataclass(slots=True)
class Item:
    """What is known of one record so far. `trace` is set when its outcome is known.

    Of nested lists: `children` list → element key → target id, `source_keys` list → source id →
    element key, `fresh` list → element key → target id of elements tied in this page, `removed`
    list → element keys that are taken off the target.
    """

    record: Record
    digest: str = ""
    binding: Binding | None = None
    raw: dict[str, Any] = field(default_factory=dict)  # transformed, references as `Ref`
    values: dict[str, Any] = field(default_factory=dict)  # the same with the target's ids
    unresolved: frozenset[str] = frozenset()  # fields whose optional reference has no id yet
    retried: bool = False  # a create of it was sent before; whether it arrived is not known
    children: dict[str, dict[str, str]] = field(default_factory=dict)
    source_keys: dict[str, dict[str, str]] = field(default_factory=dict)
    fresh: dict[str, dict[str, str]] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)
    taken_over: set[str] = field(default_factory=set)  # the shop's elements that others are now
    target: Record | None = None
    target_id: str | None = None
    apart: frozenset[str] = frozenset()  # lists of images that both sides keep as they are
    awaited: Base = field(default_factory=dict)  # sent by a create of it that had no answer
    former: str | None = None  # the shop's id before both sides met again
    matched: frozenset[str] | None = None  # identity keys that the target was just found by
    said: dict[str, Any] = field(default_factory=dict)
    stored: dict[str, Any] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)  # the target before the write
    settled: Base | None = None  # the base as it was before it was noted what is sent
    seen: Seen | None = None
    decision: Decision | None = None
    op: Op | None = None
    result: Result | None = None
    intent: Mapping[str, Any] | None = None  # what is to be done, in lasting terms
    reason: str = ""
    alike: frozenset[str] = frozenset()  # groups in which both sides are settled now
    left: frozenset[str] = frozenset()  # groups that are the opposite direction's to carry
    deletion: str | None = None  # what becomes of it, deleted at the source: one of TOMBSTONES
    touched: bool = False  # the binding is to be kept
    warning: GatewayError | None = None  # an image that it goes on without
    owed: bool = False  # something of it is to be tried again at the next run
    trace: Trace | None = None

    @property
    def open(self) -> bool:
        return self.trace is None

    @property
    def met_anew(self) -> bool:
        """Its record in the shop was made anew by hand, and this write is the first to that one."""
        return self.former not in (None, self.target_id)

    @property
    def created(self) -> bool:
        return self.op is not None and self.op.action == "create"

    @property
    def written(self) -> bool:
        return self.result is not None and self.result.error is None

    def base(self, direction: Direction) -> Base:
        return self.binding.base.get(direction, {}) if self.binding else {}

    def target_keys(self) -> dict[str, dict[str, str]]:
        """list → target id → element key."""
        return {
            name: {target: key for key, target in keys.items()}
            for name, keys in self.children.items()
        }

    def end(
        self,
        outcome: Outcome,
        reason: str = "",
        *,
        filter_name: str | None = None,
        fields: Mapping[str, tuple[Any, Any]] | None = None,
        conflicts: Iterable[Conflict] = (),
    ) -> None:
        """This is what became of the record."""
        reasons = dict(self.decision.reasons) if self.decision else {}
        note = self.result.note if self.result is not None else ""
        failed = self.result.warning if self.result is not None else None
        warning = failed or self.warning
        said = " · ".join(part for part in (reason or self.reason, note) if part)
        if said:
            reasons[""] = said
        decided = self.decision.conflicts if self.decision else ()
        self.trace = Trace(
            source_id=self.record.id,
            outcome=outcome,
            target_id=self.target_id,
            fields=fields or {},
            reasons=reasons,
            conflicts=(*decided, *conflicts),
            filter=filter_name,
            digest=self.digest,
            payload=self.record.fields,
            error=warning.at(record=self.record.id) if warning else None,
            stage=_stage(failed, self.result) if warning else None,
            values=self.values,
            seen=self.seen,
            decision=self.decision,
            op=self.op,
            result=self.result,
            intent=self.intent,
            alike=self.alike,
            left=self.left,
            found=self._found(),
        )

    def _found(self) -> str | None:
        if self.matched:
            return "|".join(sorted(self.matched))
        return BOUND if self.target_id is not None and not self.created else None

    def bury(self, error: GatewayError, stage: str) -> None:
        """The record can't be applied: a dead letter with its payload."""
        error.at(record=self.record.id)
        self.trace = Trace(
            source_id=self.record.id,
            outcome="dead",
            target_id=self.target_id,
            error=error,
            stage=stage,
            digest=self.digest,
            payload=self.record.fields,
            values=self.values,
            seen=self.seen,
            decision=self.decision,
            op=self.op,
            result=self.result,
            intent=self.intent,
        )

    def again(self) -> Item:
        """The record as it came, to be decided anew from its binding on."""
        return Item(self.record, self.digest)


def _stage(failed: GatewayError | None, result: Result | None) -> str:
    """What a warning is about: what the target said of the write, or an image that was not had."""
    return result.stage if failed is not None and result is not None else "image"


def each(items: Iterable[Item], stage: str, step: Callable[[Item], bool]) -> list[Item]:
    """Those items for which `step` says to go on; its refusal is the record's own end."""
    going = []
    for item in items:
        try:
            if step(item):
                going.append(item)
        except SkipRecord as error:
            item.bury(error, stage)
    return going
