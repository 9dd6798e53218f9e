"""Orders to the shop: made elsewhere, fulfilled in part, tracked, cancelled; each thing once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, sell
from gateway_ng.lib.demoshop.seed import seed_demo
from gateway_ng.lib.endpoint import Op, Record
from gateway_ng.lib.errors import GatewayError
from gateway_ng.lib.mapping import compile_mapping, effective, parse
from gateway_ng.tests.contract.shopify_harness import Wire
from gateway_ng.tests.pure.shopify_fakes import TOKEN, connect


@pytest.fixture
def shop():
    made = Shop(FakeClock(), Settings(access_token=TOKEN))
    seed_demo(made)
    return made


class Out:
    """One shop, its wire, and an endpoint on it."""

    def __init__(self, shop):
        self.shop, self.wire = shop, Wire(shop)
        self.endpoint = connect(self.wire, shop.clock)

    def write(self, *ops):
        return list(self.endpoint.write("order", ops))

    def one(self, op):
        (result,) = self.write(op)
        assert result.error is None, result.error
        return result

    def fields(self, id_):
        (record,) = self.endpoint.fetch("order", [id_])
        return record.fields

    def count(self, name):
        return self.wire.operations.count(name)


@pytest.fixture
def out(shop):
    return Out(shop)


def sold(shop, quantity=3, skus=2):
    """An order of `skus` lines, `quantity` units each, all still to be sent."""
    variants = list(shop.store.tables["ProductVariant"].values())[:skus]
    names = [shop.store.get("InventoryItem", v["inventoryItem"])["sku"] for v in variants]
    order = sell(shop, names[0], quantity)
    shop.clock.advance(1)
    return order


def shipment(order, units, **more):
    lines = [line["id"] for line in order["lineItems"]]
    return {"lineIds": lines, "quantities": [units], **more}


def ship(order, key="p1", units=1, children=None, **more):
    values = {"fulfillments": {key: shipment(order, units, **more)}}
    return Op(f"k-{key}", "update", order["id"], values, {}, children or {})


TRACKED = {"trackingNumbers": ["1Z1", "1Z2"], "trackingUrls": ["https://t.example/1"]}


def test_a_delivery_becomes_a_fulfillment_of_its_units_with_tracking(shop, out):
    order = sold(shop)
    result = out.one(ship(order, units=2, carrier="UPS", **TRACKED))
    (made,) = out.fields(order["id"])["fulfillments"]
    assert result.children["fulfillments"] == {"p1": made["id"]}
    assert (made["quantities"], made["carrier"]) == ([2], "UPS")
    assert made["trackingNumbers"] == ["1Z1", "1Z2"]
    assert out.fields(order["id"])["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"


def test_the_rest_is_a_fulfillment_of_its_own(shop, out):
    order = sold(shop)
    first = out.one(ship(order, "p1", 2))
    tied = {"fulfillments": dict(first.children["fulfillments"])}
    values = {"fulfillments": {"p1": shipment(order, 2), "p2": shipment(order, 1)}}
    out.one(Op("k", "update", order["id"], values, {}, tied))
    made = out.fields(order["id"])["fulfillments"]
    assert [each["quantities"] for each in made] == [[2], [1]]
    assert out.fields(order["id"])["displayFulfillmentStatus"] == "FULFILLED"


def test_a_fulfillment_whose_answer_was_lost_is_found_and_not_made_twice(shop, out):
    order = sold(shop)
    out.wire.lost = True
    with pytest.raises(GatewayError):
        out.write(ship(order, units=1, **TRACKED))
    again = out.one(ship(order, units=1, **TRACKED))
    (made,) = out.fields(order["id"])["fulfillments"]
    assert again.children["fulfillments"] == {"p1": made["id"]}
    assert out.count("FulfillmentCreate") == 1


def test_two_deliveries_of_the_same_units_are_two_fulfillments(shop, out):
    order = sold(shop)
    values = {"fulfillments": {"p1": shipment(order, 1), "p2": shipment(order, 1)}}
    result = out.one(Op("k", "update", order["id"], values))
    assert len(set(result.children["fulfillments"].values())) == 2
    again = out.one(Op("k", "update", order["id"], values))
    assert sorted(again.children["fulfillments"].values()) == sorted(
        result.children["fulfillments"].values()
    )
    assert len(out.fields(order["id"])["fulfillments"]) == 2


def test_tracking_that_came_later_is_told_once(shop, out):
    order = sold(shop)
    tied = {"fulfillments": dict(out.one(ship(order)).children["fulfillments"])}
    late = ship(order, children=tied, carrier="DHL", **TRACKED)
    out.one(late)
    out.one(late)
    (made,) = out.fields(order["id"])["fulfillments"]
    assert (made["carrier"], made["trackingNumbers"]) == ("DHL", ["1Z1", "1Z2"])
    assert out.count("FulfillmentTrack") == 1
    assert out.count("FulfillmentCreate") == 1


def test_a_delivery_that_was_called_off_cancels_its_fulfillment(shop, out):
    order = sold(shop)
    tied = {"fulfillments": dict(out.one(ship(order)).children["fulfillments"])}
    gone = Op("k", "update", order["id"], {"fulfillments": {"p1": None}}, {}, tied)
    out.one(gone)
    out.one(gone)
    (made,) = out.fields(order["id"])["fulfillments"]
    assert made["status"] == "CANCELLED"
    assert out.fields(order["id"])["lines"][0]["fulfilledQuantity"] == 0
    assert out.count("FulfillmentCancel") == 1


def test_the_units_of_a_fulfillment_that_stands_are_not_changed(shop, out):
    order = sold(shop)
    tied = {"fulfillments": dict(out.one(ship(order, units=1)).children["fulfillments"])}
    (result,) = out.write(ship(order, units=2, children=tied))
    assert "can't be changed" in str(result.error)
    assert [each["quantities"] for each in out.fields(order["id"])["fulfillments"]] == [[1]]


def test_more_units_than_are_open_are_refused_with_both_numbers(shop, out):
    order = sold(shop)
    (result,) = out.write(ship(order, units=4))
    assert result.error.field == "fulfillments.quantities"
    assert "4 units" in str(result.error) and "3 are open" in str(result.error)
    assert out.count("FulfillmentCreate") == 0


def test_parts_of_a_unit_are_refused(shop, out):
    (result,) = out.write(ship(sold(shop), units=Decimal("0.5")))
    assert "whole units" in str(result.error)


def test_one_refused_delivery_leaves_the_others_be(shop, out):
    good, bad = sold(shop), sold(shop)
    results = out.write(ship(bad, units=99), ship(good, units=1))
    assert [result.error is None for result in results] == [False, True]
    assert len(out.fields(good["id"])["fulfillments"]) == 1


def test_deliveries_of_many_orders_are_a_few_requests(shop, out):
    orders = [sold(shop) for _ in range(12)]
    assert all(r.error is None for r in out.write(*[ship(order) for order in orders]))
    assert out.count("FulfillmentCreate") <= 2
    assert out.count("OrdersById") <= 2


def test_a_cancelled_order_is_cancelled_in_the_shop_once(shop, out):
    order = sold(shop)
    op = Op("k", "update", order["id"], {"cancelled": True, "cancelReason": "STAFF"})
    out.one(op)
    out.one(op)
    fields = out.fields(order["id"])
    assert (fields["cancelled"], fields["cancelReason"]) == (True, "STAFF")
    assert out.count("OrderCancel") == 1


def test_an_order_with_fulfillments_is_not_cancelled_and_the_shop_s_reason_is_told(shop, out):
    order = sold(shop)
    out.one(ship(order))
    (result,) = out.write(Op("k", "update", order["id"], {"cancelled": True}))
    assert "Cannot cancel an order with fulfillments" in str(result.error)


def test_note_tags_and_address_of_an_order_are_changed(shop, out):
    order = sold(shop)
    values = {
        "note": "Ring twice 🔔",
        "tags": ["b2b"],
        "shippingAddress": {"address1": "2 Road", "city": "Austin", "countryCode": "US"},
        "customAttributes": {"floor": "3"},
    }
    out.one(Op("k", "update", order["id"], values))
    fields = out.fields(order["id"])
    assert (fields["note"], fields["tags"]) == ("Ring twice 🔔", ["b2b"])
    assert fields["shippingAddress"]["address1"] == "2 Road"
    assert fields["customAttributes"] == {"floor": "3"}


def test_lines_of_an_order_that_is_there_are_not_rewritten(shop, out):
    (result,) = out.write(Op("k", "update", sold(shop)["id"], {"lines": {"a": {"quantity": 1}}}))
    assert result.error.field == "lines"
    assert "create_only" in result.error.remedy


def money(text):
    return {"amount": Decimal(text)}


def new(shop, **more):
    variant = next(iter(shop.store.tables["ProductVariant"].values()))
    customer = next(iter(shop.store.tables["Customer"].values()))
    tax = {"title": "State tax", "rate": Decimal("0.0825"), "amount": Decimal("3.14")}
    return {
        "sourceIdentifier": "S00042",
        "currencyCode": "USD",
        "customer": {"id": customer["id"]},
        "displayFinancialStatus": "PENDING",
        "tags": ["telephone"],
        "lines": {
            "11": {
                "variantId": variant["id"],
                "quantity": Decimal(2),
                "unitPrice": money("20.00"),
                "discount": money("1.99"),
                "taxLines": [tax],
            },
            "12": {"title": "Engraving", "quantity": Decimal(1), "unitPrice": money("5.01")},
        },
        "shippingLines": {"13": {"title": "Courier", "price": money("9.90")}},
        **more,
    }


def test_an_order_made_elsewhere_is_created_with_its_lines_taxes_and_total(shop, out):
    result = out.one(Op("k", "create", None, new(shop)))
    fields = out.fields(result.id)
    assert fields["sourceIdentifier"] == "S00042"
    assert fields["displayFinancialStatus"] == "PENDING"
    assert [line["quantity"] for line in fields["lines"]] == [2, 1]
    assert fields["lines"][0]["taxLines"][0]["amount"] == Decimal("3.14")
    expected = Decimal("40") - Decimal("1.99") + Decimal("5.01") + Decimal("9.90") + Decimal("3.14")
    assert fields["totalPrice"]["amount"] == expected
    ids = [line["id"] for line in fields["lines"]]
    assert result.children["lines"] == dict(zip(["11", "12"], ids, strict=True))
    assert result.children["shippingLines"] == {"13": fields["shippingLines"][0]["id"]}


def test_stock_is_left_alone_by_an_order_that_comes_from_odoo(shop, out):
    before = {k: dict(v["quantities"]) for k, v in shop.store.tables["InventoryLevel"].items()}
    out.one(Op("k", "create", None, new(shop)))
    after = {k: dict(v["quantities"]) for k, v in shop.store.tables["InventoryLevel"].items()}
    assert after == before


def test_an_order_whose_answer_was_lost_is_found_and_not_made_twice(shop, out):
    count = len(shop.store.tables["Order"])
    out.wire.lost = True
    with pytest.raises(GatewayError):
        out.write(Op("k", "create", None, new(shop)))
    result = out.one(Op("k", "create", None, new(shop)))
    assert len(shop.store.tables["Order"]) == count + 1
    assert set(result.children["lines"]) == {"11", "12"}


def test_an_order_that_the_search_index_does_not_know_yet_is_found_all_the_same(shop, out):
    made = out.one(Op("k", "create", None, new(shop)))
    out.endpoint._writer._orders._find = lambda *_: []
    again = out.one(Op("k", "create", None, new(shop)))
    assert again.id == made.id


def test_two_orders_with_one_source_identifier_are_not_made_one(shop, out):
    results = out.write(Op("a", "create", None, new(shop)), Op("b", "create", None, new(shop)))
    assert results[0].error is None
    assert results[1].error.field == "sourceIdentifier"


def test_a_payment_of_a_new_order_is_a_transaction(shop, out):
    paid = [{"kind": "SALE", "gateway": "cash", "amount": Decimal("56.06"), "status": "SUCCESS"}]
    result = out.one(
        Op("k", "create", None, new(shop, transactions=paid, displayFinancialStatus="PAID"))
    )
    (transaction,) = out.fields(result.id)["transactions"]
    assert (transaction["gateway"], transaction["amount"]) == ("cash", Decimal("56.06"))


def test_an_order_without_lines_is_refused_before_it_is_sent(shop, out):
    (result,) = out.write(Op("k", "create", None, new(shop, lines={})))
    assert result.error.field == "lines"
    assert out.count("OrderCreate") == 0


# -- the shipped export ----------------------------------------------------------------------------


def exported(**values):
    path = Path(__file__).parents[2] / "mappings/shopify/order.export.json"
    document = parse(path.read_text(encoding="utf-8"))
    mapping = compile_mapping(effective([("shipped", document)]))
    base = {"name": "S00042", "cancelled": False, "fulfillments": [], "lines": [], "shipping": []}
    nothing = dict.fromkeys(("date_order", "currency", "taxes_included", "partner_id"))
    places = dict.fromkeys(("billing_address", "shipping_address"))
    return mapping.transform(Record("7", {**base, **nothing, **places, **values}))


def delivery(order, quantity, **more):
    line = order["lineItems"][0]["id"]
    return {
        "id": "55",
        "date": None,
        "tracking_numbers": ["1Z1"],
        "tracking_urls": [],
        "carrier": "UPS",
        "location": "8",
        "shop_location": None,
        "lines": [
            {"line": "1", "shop_line": line, "quantity": Decimal(quantity)},
            {"line": "2", "shop_line": None, "quantity": Decimal(9)},
        ],
        **more,
    }


def test_a_delivery_of_odoo_is_fulfilled_by_the_shipped_mapping(shop, out):
    order = sold(shop)
    values = exported(fulfillments=[delivery(order, 2)])
    told = {"fulfillments": values["fulfillments"], "cancelled": values["cancelled"]}
    result = out.one(Op("k", "update", order["id"], told))
    (made,) = out.fields(order["id"])["fulfillments"]
    assert result.children["fulfillments"] == {"55": made["id"]}
    assert (made["quantities"], made["carrier"], made["trackingNumbers"]) == ([2], "UPS", ["1Z1"])
    assert out.count("OrderCancel") == 0


def test_a_delivery_of_lines_that_the_shop_does_not_know_is_left_out(shop, out):
    order = sold(shop)
    unknown = delivery(order, 1, lines=[{"line": "2", "shop_line": None, "quantity": Decimal(9)}])
    told = {"fulfillments": exported(fulfillments=[unknown])["fulfillments"]}
    assert out.one(Op("k", "update", order["id"], told)).children["fulfillments"] == {}
    assert out.fields(order["id"])["fulfillments"] == []


def test_an_order_of_odoo_is_created_by_the_shipped_mapping(shop, out):
    line = {
        "id": "11",
        "product_id": None,
        "name": "Engraving",
        "quantity": Decimal(2),
        "unit_price": Decimal("10.00"),
        "discount_amount": Decimal("1.50"),
        "taxes": [{"name": "VAT", "rate": Decimal("0.19"), "amount": Decimal("3.52")}],
    }
    freight = {
        "id": "12",
        "name": "Courier",
        "price": Decimal("5.00"),
        "discount_amount": Decimal(0),
        "taxes": [],
    }
    home = {"name": "Ada King Lovelace", "street": "1 Road", "city": "Austin", "country_code": "US"}
    values = exported(
        currency="USD",
        taxes_included=False,
        lines=[line],
        shipping=[freight],
        shipping_address=home,
    )
    told = {name: value for name, value in values.items() if name != "fulfillments"}
    result = out.one(Op("k", "create", None, told))
    fields = out.fields(result.id)
    assert fields["totalPrice"]["amount"] == Decimal("27.02")
    assert fields["sourceIdentifier"] == "S00042"
    assert fields["shippingAddress"]["lastName"] == "Lovelace"
    assert set(result.children["lines"]) == {"11"}
