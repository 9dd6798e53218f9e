"""The demo shop as a side of the play: what people do in it, seen in the words of the play."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, catalog, fulfilling, stocking
from gateway_ng.lib.demoshop.ids import gid, number
from gateway_ng.lib.demoshop.mutations.customers import BASE
from gateway_ng.lib.demoshop.sale import Sale, Sold
from gateway_ng.lib.demoshop.seed import add_locations
from gateway_ng.lib.demoshop.selling import place
from gateway_ng.lib.demoshop.store import Rec, stamp
from gateway_ng.lib.endpoint import Op, Record, Result
from gateway_ng.tests.contract.memory import Faults
from gateway_ng.tests.pure.shopify_fakes import TOKEN, ShopTransport, connect

from . import documents
from .lane import Lane, opened
from .view import KINDS, NAMES, Rows, level_of


class DemoShop:
    """What the client does here is told to `wrote`, as a side in memory tells it. Nobody deletes
    customers, which Shopify's client does not carry over, nor the first variant of a product, since
    one without any there is none.

    All happens at requests and commits: what happens at other calls is played with the memory's.
    """

    deletes: frozenset[str] = frozenset(("product",))
    keeps_first = True
    sweeps = frozenset(("product", "customer", "order"))
    touches: tuple[Sequence[str], Sequence[str]] = ((), ())
    mappings = staticmethod(documents.mappings)
    opened = opened
    lane = Lane

    def __init__(self, clock: FakeClock, size: int) -> None:
        self.clock = clock
        self.size = size
        self.shop = Shop(clock, Settings(access_token=TOKEN))
        self.store = self.shop.store
        self.store.shop_number = 1  # a seed alone decides
        (self.place, *_others) = add_locations(self.store, self.store.now())
        assert gid("Location", self.place) == documents.LOCATION
        self.rows = Rows(self.store)
        self.faults = Faults()
        self.stamp: datetime | None = None
        self.wrote: Callable[[str, Op, Result], None] = lambda *told: None
        self._calm = connect(ShopTransport(self.shop), clock)

    @property
    def mutations(self) -> int:
        """How often the shop was asked to change anything."""
        return sum(self.shop.counters.mutations.values())

    def get(self, entity: str, id: str) -> dict[str, Any]:
        return self.rows[entity][id].fields

    def all(self, entity: str) -> list[dict[str, Any]]:
        return [row.fields for row in self.rows[entity].values()]

    # -- the API without trouble

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        return self._calm.fetch(entity, ids)

    def write(  # pylint: disable=method-required-super
        self, entity: str, ops: Sequence[Op]
    ) -> Iterator[Result]:
        return self._calm.write(entity, ops)

    # -- what people do

    def put(self, entity: str, fields: Mapping[str, Any]) -> str:
        named = _named(entity, fields)
        if entity == "customer":
            made = self.store.add("Customer", {**BASE, "addresses": [], "metafields": [], **named})
        else:
            variants = named.pop("variants")
            told = {**named, "handle": named["handle"].lower()}
            made = catalog.add_product(self.store, told)
            skus = [one["sku"] for one in variants]
            made["options"] = [catalog.option(self.store, documents.OPTION, 1, skus)]
            for one in variants:
                self._new_variant(made, one)
        self._touched(made)
        return str(made["id"])

    def edit(self, entity: str, id: str, **fields: Any) -> None:
        record = self._record(entity, id)
        record.update(_named(entity, fields))
        self._touched(record)

    def edit_element(self, entity: str, id: str, _list: str, position: int, price: Decimal) -> None:
        product = self._record(entity, id)
        variant = self.store.get("ProductVariant", product["variants"][position])
        variant["price"] = str(price)
        self._touched(product, variant)

    def add_element(self, entity: str, id: str, _list: str, fields: Mapping[str, Any]) -> None:
        product = self._record(entity, id)
        values = product["options"][0]["optionValues"]
        if fields["sku"] not in [one["name"] for one in values]:
            values.append(catalog.option_value(self.store, fields["sku"]))
        self._new_variant(product, fields)
        self._touched(product)

    def drop_element(self, entity: str, id: str, _list: str, element: str) -> None:
        product = self._record(entity, id)
        catalog.remove_variant(self.store, product, number(element))
        self._touched(product)

    def remove(self, entity: str, id: str) -> None:
        catalog.remove_product(self.store, self._record(entity, id))

    def sell(self, name: str, customer: str, variant: str, quantity: int) -> str:
        """An order: what is sold is committed at once and offered no more."""
        sold = self.get("stock", variant)
        assert quantity <= sold["available"]
        price = Decimal(self.store.get("ProductVariant", number(variant))["price"])
        line = Sold(quantity, price, number(variant), title=name)
        sale = Sale([line], "USD", customer=number(customer), extra={"name": name})
        order = place(self.store, sale, self.place)
        for key in order["fulfillmentOrders"]:
            stocking.commit(self.store, self.store.get("FulfillmentOrder", key))
        return str(order["id"])

    def send(self, id: str) -> None:
        for key in self._record("order", id)["fulfillmentOrders"]:
            made = self.store.get("FulfillmentOrder", key)
            left = {line["id"]: line["remainingQuantity"] for line in made["lineItems"]}
            fulfilling.fulfill(self.store, made, left)

    def levels(self) -> dict[str, int]:
        """Variant → what is offered of it."""
        variants = self.store.tables["ProductVariant"].values()
        return {one["id"]: level_of(self.store, one)["quantities"]["available"] for one in variants}

    # -- how

    def _new_variant(self, product: Rec, fields: Mapping[str, Any]) -> None:
        told = {"price": str(fields["price"]), "item": {"sku": fields["sku"], "tracked": True}}
        catalog.add_variant(self.store, product, [fields["sku"]], told, None)

    def _record(self, entity: str, id: str) -> Rec:
        return self.store.get(KINDS[entity], number(id))

    def _touched(self, *records: Rec) -> None:
        """These were changed now, or when the shop says so."""
        self.store.touch(*records)
        for record in records if self.stamp is not None else ():
            record["updatedAt"] = stamp(self.stamp)


def _named(entity: str, fields: Mapping[str, Any]) -> Rec:
    """Fields by the API's names."""
    names = {ours: theirs for theirs, ours in NAMES[entity].items()}
    return {names.get(name, name): value for name, value in fields.items()}
