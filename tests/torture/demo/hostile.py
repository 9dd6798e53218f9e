"""Hostile engines over the demo shop: their drivers and patches as they are, their shops as lanes.

Left out are those that nothing finds there. What this play types the client foresees as the shop
keeps it, so a base of what was sent, or one base for both, is right; a create whose answer was lost
is found again by its handle or e-mail, with an intent or without; and pages that are out of turn
are a matter of calls of the store, at which nothing happens in this play.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from gateway_ng.lib.endpoint import Op, Record, Result

from ..hostile import HOSTILE, Hostile
from ..world import World
from .lane import Lane
from .shop import DemoShop

LEFT_OUT = (
    "no intent",
    "base from what was sent",
    "one base for both",
    "pages out of turn",
    "overtaken pages as they were read",
)


class ForcefulLane(Lane):
    """As `ForcefulShop`."""

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        return super().write(entity, [replace(op, expect={}) for op in ops])


class ForcefulDemoShop(DemoShop):
    lane = ForcefulLane


class SeenLane(Lane):
    """As `SeenShop`; what was seen is kept for all workers."""

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        for record in super().fetch(entity, ids):
            yield self._side.seen.setdefault((entity, record.id), record)

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        for op in ops:
            self._side.seen.pop((entity, str(op.id)), None)
        return super().write(entity, ops)


class SeenDemoShop(DemoShop):
    lane = SeenLane

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.seen: dict[tuple[str, str], Record] = {}


#: Name of a hostile engine → its shop.
SHOPS: dict[str, type[DemoShop]] = {
    "force on mismatch": ForcefulDemoShop,
    "looks once": SeenDemoShop,
}
PLAYED: Sequence[Hostile] = [one for one in HOSTILE if one.name not in LEFT_OUT]


def demo_world_of(hostile: Hostile) -> Any:
    """What makes a world with this engine over the demo shop, besides what is patched."""
    shop = SHOPS.get(hostile.name, DemoShop)
    return partial(World, driver_class=hostile.driver, shop_class=shop)
