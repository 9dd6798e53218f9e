"""Engines that break one rule each, and the promise that each of them breaks.

They are what connectors do that lose data; the suite has to find every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from gateway_ng.lib import merge as merging
from gateway_ng.lib.endpoint import Op, Record, Result
from gateway_ng.lib.errors import StopRun
from gateway_ng.lib.rules import SOURCE_OF, TARGET_OF, Direction
from gateway_ng.lib.store import Binding
from gateway_ng.lib.sync import carry, conclude, decide
from gateway_ng.lib.values import freeze

from .driver import Driver, FencedStore
from .sides import Shop

#: What each direction's target calls the title of a product.
TITLE = {"import": "name", "export": "title"}


class WatermarkFirst(Driver):
    """Promotes the watermark when a page is read, not when it is settled."""

    def _stage(self, flow_id: int, page: Any) -> int:
        kept = super()._stage(flow_id, page)
        self._promote(self.db.flows[flow_id], self.db.pages[kept].mark)
        return kept


class NoOverlap(Driver):
    """Begins each read of the shop just where the last one ended."""

    def overlap(self, direction: Direction) -> timedelta:
        return timedelta()


class ForgetfulStore(FencedStore):
    def intend(self, bindings: Sequence[Binding]) -> None:
        """Keeps nothing."""


class NoIntent(Driver):
    """Sends creates before it is written down that they are sent."""

    store_class = ForgetfulStore


class NoFence(Driver):
    """Never asks whether its page is still its own."""

    def _check_epoch(self, run_id: int, epoch: int) -> None:
        pass

    def _check_claim(self, page_id: int, claim: str) -> None:
        pass


class SkipsPages(Driver):
    """Leaves a page behind that the shop did not let it settle."""

    def settle(self, page_id: int, epoch: int) -> None:  # pylint: disable=missing-return
        try:
            super().settle(page_id, epoch)
        except StopRun:
            self.db.put(replace(self.db.pages[page_id], state="settled"))
            self.commit()


class CarelessStore(FencedStore):
    """Keeps no dead letters."""

    def settle(self, *args: Any) -> None:  # pylint: disable=missing-return
        entity, direction, bindings, traces = args
        traces = list(traces)
        super().settle(entity, direction, bindings, traces)
        for trace in traces:
            self._inner.dead.pop((entity, direction, trace.source_id), None)


class NoLetters(Driver):
    """Goes on without what was refused."""

    store_class = CarelessStore


class OutOfTurn(Driver):
    """Settles a page though an older one with a record of it is not settled."""

    def _older_with_its_records(self, page_id: int) -> bool:
        return False


class AsStaged(OutOfTurn):
    """Settles pages in any order, and each as it was read, though one that was read later is
    settled already. (With its turn kept a page is overtaken by pages of other records only.)"""

    def _is_overtaken(self, page: Any) -> bool:
        return False


class PutsBack(Driver):
    """Of a title that was carried it puts the one before back on both sides, and into the base."""

    def _apply(self, page_id: int, claim: str, epoch: int) -> dict[str, int]:
        before = len(self.db.store.traces)
        counts = super()._apply(page_id, claim, epoch)
        for entity, direction, trace in self.db.store.traces[before:]:
            is_update = entity == "product" and trace.op is not None and trace.outcome == "updated"
            old, _new = trace.fields.get(TITLE[direction], (None, None))
            if is_update and old:
                self._put_back(direction, str(trace.target_id), str(old))
        return counts

    def _put_back(self, direction: Direction, target_id: str, title: str) -> None:
        found = self.db.store.bindings("product", TARGET_OF[direction], [target_id])
        row = found[target_id]
        for way, id_ in (("import", row.odoo_id), ("export", row.remote_id)):
            side = self.world.odoo if way == "import" else self.world.shop
            (result,) = side.write("product", [Op("back", "update", id_, {TITLE[way]: title})])
            assert result.error is None
        here, there = freeze(title), freeze(title.upper())
        row.base["import"] = {**row.base.get("import", {}), "name": (there, here)}
        row.base["export"] = {**row.base.get("export", {}), "title": (here, there)}
        row.digests = {}
        self.db.store.settle("product", direction, [row], ())


class ForcefulShop(Shop):
    """What the engine sends is set, whatever it was decided on."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        return super().write(entity, [replace(op, expect={}) for op in ops])


class SeenShop(Shop):
    """What the engine has once looked at, or written, it does not look at again."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.seen: dict[tuple[str, str], Record] = {}

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        for record in super().fetch(entity, ids):
            yield self.seen.setdefault((entity, record.id), record)

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        for op in ops:
            self.seen.pop((entity, str(op.id)), None)
        return super().write(entity, ops)


def _sent_for_read_back() -> AbstractContextManager[Any]:
    """The base keeps what was sent as what the target holds."""
    read_back = carry._read_back

    def pretend(lane: Any, written: list[Any]) -> None:
        read_back(lane, written)
        for item in written:
            if item.op.action == "delete" or item.target is None:
                continue
            plain = {n: v for n, v in item.op.values.items() if n not in lane.lens.lists}
            fields = {**item.target.fields, **plain}
            item.target = Record(item.target.id, fields, item.target.updated)

    return patch.object(carry, "_read_back", pretend)


def _one_base() -> AbstractContextManager[Any]:
    """One remembered value a field for both sides: what the target held."""
    settled = conclude.settled_base

    def one(base: Any, decision: Any, source: Any, target: Any) -> Any:
        return {
            n: (pair[1], pair[1]) for n, pair in settled(base, decision, source, target).items()
        }

    return patch.object(conclude, "settled_base", one)


def _silent_last_write() -> AbstractContextManager[Any]:
    """Where both sides changed the running direction's source overwrites, and nobody is told."""
    merge = merging.merge

    def silent(
        views: Any, base: Any, direction: Direction, strategy: Any, *rest: Any, **m: Any
    ) -> Any:
        last = merging.Strategy((merging.Rule("*", SOURCE_OF[direction]),))
        return replace(merge(views, base, direction, last, *rest, **m), conflicts=())

    return patch.object(decide, "merge", silent)


@dataclass(frozen=True, slots=True)
class Hostile:
    """An engine that breaks a rule: which promises that may break, and how it is made."""

    name: str
    breaks: frozenset[str]
    driver: type[Driver] = Driver
    shop: type[Shop] = Shop
    patched: Callable[[], AbstractContextManager[Any]] = ExitStack


def _hostile(name: str, *breaks: str, **more: Any) -> Hostile:
    return Hostile(name, frozenset(breaks), **more)


LOST = ("converges", "no edit vanishes")
HOSTILE = (
    _hostile("watermark first", *LOST, driver=WatermarkFirst),
    _hostile("no overlap", *LOST, driver=NoOverlap),
    _hostile("no intent", "no two records for one", driver=NoIntent),
    _hostile("no fence", "accounting adds up", driver=NoFence),
    _hostile(
        "base from what was sent",
        "a quiet system writes nothing",
        *LOST,
        patched=_sent_for_read_back,
    ),
    _hostile("one base for both", "a quiet system writes nothing", *LOST, patched=_one_base),
    _hostile("last write wins silently", "no edit vanishes", patched=_silent_last_write),
    _hostile("skips what it is not let to", *LOST, driver=SkipsPages),
    _hostile("no dead letters", *LOST, driver=NoLetters),
    _hostile("pages out of turn", *LOST, driver=OutOfTurn),
    _hostile("overtaken pages as they were read", *LOST, driver=AsStaged),
    _hostile("puts the old title back", "no edit vanishes", driver=PutsBack),
    _hostile("force on mismatch", "stock never offers what is sold", shop=ForcefulShop),
    _hostile("looks once", *LOST, shop=SeenShop),
)
