"""A worker's client of the demo shop: each has its own, on a wire of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway_ng.lib.endpoint import Op, Page, Record, Result
from gateway_ng.lib.errors import Refused
from gateway_ng.lib.platforms.shopify import documents as graphql
from gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from gateway_ng.tests.pure.shopify_fakes import connect

from ..outside import Outside, Touch
from ..sides import Window
from .view import NAMES, variant_at
from .wire import Wire

if TYPE_CHECKING:
    from ..world import World
    from .shop import DemoShop

READ = (graphql.PRODUCTS, graphql.CUSTOMERS, graphql.ORDERS)


def opened(side: DemoShop, outside: Outside, world: World) -> Any:
    """The shop for one page of a worker."""
    outside.over_wire = True
    wire = Wire(side, outside)
    endpoint = connect(wire, world.ours)
    for document in (*READ, *graphql.ID_LISTS.values()):
        sizer = endpoint._connection.sizer(document)
        sizer.size = sizer._most = side.size
    lane = side.lane(side, endpoint, wire, outside)
    window = Window(lane, world.ledger)
    lane.window = window
    return window


class Lane:
    """The client; what it is told to write is told on in the words of the play."""

    transactional = False

    def __init__(self, side: Any, endpoint: ShopifyEndpoint, wire: Wire, outside: Outside) -> None:
        self._side = side
        self._endpoint = endpoint
        self._wire = wire
        self._outside = outside
        self.infos = endpoint.entities()
        self.rows = side.rows
        self.window: Window | None = None
        self._offered: Mapping[str, int] = {}
        wire.sending, wire.carried_out = self._sending, self._carried_out

    def __getattr__(self, name: str) -> Any:
        return getattr(self._endpoint, name)

    def pages(self, *args: Any) -> Iterator[Page]:
        for page in self._endpoint.pages(*args):
            self._outside.reads_back = False
            yield page

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        return self._called(self._endpoint.fetch(entity, ids))

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        return self._called(self._endpoint.find(name, key, values))

    def _called(self, answer: Iterator[Any]) -> Iterator[Any]:
        found = list(answer)
        self._outside.reads_back = False
        return iter(found)

    def write(  # pylint: disable=method-required-super
        self, entity: str, ops: Sequence[Op]
    ) -> Iterator[Result]:
        told = [self.told(entity, op) for op in ops]
        self._outside.touch(Touch("write", "before", True, entity, told, wire="batch"))
        refused = [self._side.faults.refuse(op) for op in told]
        goes = [op for op, why in zip(ops, refused, strict=True) if not why]
        self._wire.entity = entity
        self._wire.ops = [op for op, why in zip(told, refused, strict=True) if not why]
        try:
            answers = iter(list(self._endpoint.write(entity, goes)))
        finally:
            self._wire.entity, self._wire.ops = "", ()
        self._outside.reads_back = True
        return iter([Result(error=Refused(why)) if why else next(answers) for why in refused])

    def told(self, entity: str, op: Op) -> Op:
        """An op by the play's names: a level of stock is its variant's."""
        names: Mapping[str, str] = NAMES.get(entity, {})
        values = {names.get(name, name): value for name, value in op.values.items()}
        if entity == "stock":
            variant = values.get("variant") or variant_at(self._side.store, op.id)
            return replace(op, id=variant, values=values)
        return replace(op, values=values)

    def _sending(self) -> None:
        """What was typed since the page read a record is overwritten unseen, up to now."""
        self._offered = self._side.levels()
        if self.window is not None:
            self.window.looks_over(self._wire.entity, self._wire.ops)

    def _carried_out(self) -> None:
        """A mutation was: of a level only what it changed is told."""
        offered = self._side.levels()
        for op in self._wire.ops:
            if self._wire.entity != "stock" or offered.get(op.id) != self._offered.get(op.id):
                self._side.wrote(self._wire.entity, op, Result(id=op.id))
