"""Orders of Odoo on their way to the shop, through the pipeline and the shipped mappings."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo, sell
from gateway_ng.lib.endpoint import Page, Record
from gateway_ng.lib.mapping import compile_mapping, effective, link, parse
from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.store import Binding
from gateway_ng.lib.sync import Flow, settle_page
from gateway_ng.tests.contract.memory import MemoryEndpoint, entity
from gateway_ng.tests.contract.shopify_harness import Wire
from gateway_ng.tests.pure.shopify_fakes import TOKEN, connect

MAPPINGS = Path(__file__).parents[2] / "mappings/shopify"
FIELDS = (
    "date_order",
    "currency",
    "taxes_included",
    "partner_id",
    "billing_address",
    "shipping_address",
)


def mapping(direction):
    document = parse((MAPPINGS / f"order.{direction}.json").read_text(encoding="utf-8"))
    return compile_mapping(effective([("shipped", document)]))


class Orders:
    """A shop with one order for three units, bound to the sales order 7."""

    def __init__(self):
        self.clock = FakeClock()
        self.shop = Shop(self.clock, Settings(access_token=TOKEN))
        seed_demo(self.shop)
        variant = next(iter(self.shop.store.tables["ProductVariant"].values()))
        item = self.shop.store.get("InventoryItem", variant["inventoryItem"])
        self.order = sell(self.shop, item["sku"], 3)
        self.wire = Wire(self.shop)
        self.endpoint = connect(self.wire, self.clock)
        self.odoo = MemoryEndpoint(
            entity("order", "sale.order", natural_keys=("name",)), clock=self.clock, prefix="o"
        )
        self.store = MemoryStore()
        self.store.intend([Binding("order", self.order["id"], "7")])
        empty = {"fulfillments": [], "lines": [], "shipping": [], "cancelled": False}
        self.odoo.put("order", {**dict.fromkeys(FIELDS), **empty, "name": "S00007"}, "7")

    def run(self):
        """Outcomes of one export, and how many requests wrote."""
        before = self.shop.counters.writes
        into, out = mapping("import"), mapping("export")
        flow = Flow(
            entity="order",
            direction="export",
            mapping=out,
            back=into,
            source=self.odoo,
            target=self.endpoint,
            store=self.store,
            links=link(into, out),
            clock=self.clock,
        )
        rows = [Record(row["id"], row, self.clock.now()) for row in self.odoo.all("order")]
        counts = settle_page(flow, Page(rows, None, None))
        self.store.commit()
        errors = [trace.error for _, _, trace in self.store.traces if trace.error]
        assert errors == []
        return Counter(counts), self.shop.counters.writes - before

    def deliver(self, *parcels):
        line = self.order["lineItems"][0]["id"]
        told = [
            {
                "id": id_,
                "date": None,
                "tracking_numbers": numbers,
                "tracking_urls": [],
                "carrier": "UPS",
                "location": "8",
                "shop_location": None,
                "lines": [{"line": "1", "shop_line": line, "quantity": Decimal(quantity)}],
            }
            for id_, quantity, numbers in parcels
        ]
        self.odoo.edit("order", "7", fulfillments=told)

    def fields(self):
        (record,) = self.endpoint.fetch("order", [self.order["id"]])
        return record.fields


@pytest.fixture
def orders():
    return Orders()


def test_an_order_of_which_nothing_became_writes_nothing(orders):
    assert orders.run() == (Counter(unchanged=1), 0)


def test_each_delivery_is_one_fulfillment_however_often_it_is_run(orders):
    orders.run()
    orders.deliver(("55", 1, []))
    assert orders.run() == (Counter(updated=1), 1)
    assert orders.run() == (Counter(unchanged=1), 0)
    orders.deliver(("55", 1, []), ("56", 2, ["1Z2"]))
    assert orders.run() == (Counter(updated=1), 1)
    assert orders.run() == (Counter(unchanged=1), 0)
    made = orders.fields()["fulfillments"]
    assert [(each["quantities"], each["trackingNumbers"]) for each in made] == [
        ([1], []),
        ([2], ["1Z2"]),
    ]


def test_tracking_that_came_later_reaches_its_own_fulfillment(orders):
    orders.deliver(("55", 1, []), ("56", 1, []))
    orders.run()
    orders.deliver(("55", 1, []), ("56", 1, ["1Z9"]))
    assert orders.run() == (Counter(updated=1), 1)
    assert orders.run() == (Counter(unchanged=1), 0)
    made = orders.fields()["fulfillments"]
    assert [each["trackingNumbers"] for each in made] == [[], ["1Z9"]]


def test_an_order_cancelled_in_odoo_is_cancelled_in_the_shop_once(orders):
    orders.run()
    orders.odoo.edit("order", "7", cancelled=True)
    assert orders.run() == (Counter(updated=1), 1)
    assert orders.fields()["cancelled"] is True
    assert orders.run() == (Counter(unchanged=1), 0)
