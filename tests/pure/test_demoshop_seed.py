"""The demo data: complete, consistent to the cent and to the piece, and always the same."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_bulk, seed_demo
from gateway_ng.lib.demoshop.ids import number
from gateway_ng.lib.demoshop.money import spread
from gateway_ng.lib.demoshop.seed import ean13

CENT = Decimal("0.01")


def seeded(**settings: Any) -> Shop:
    shop = Shop(FakeClock(), Settings().updated(settings))
    seed_demo(shop)
    return shop


@pytest.fixture(scope="module")
def shop() -> Shop:
    return seeded()


def table(shop: Shop, kind: str) -> list[dict[str, Any]]:
    return list(shop.store.tables[kind].values())


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def total(values: Any) -> Decimal:
    return sum((Decimal(value) for value in values), Decimal(0))


def test_the_shop_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    one, same, other = seeded(), seeded(), Shop(FakeClock())
    seed_demo(other, seed=2)
    assert one.store.shop_number != same.store.shop_number, "two shops are two, however alike"
    same.store.shop_number = one.store.shop_number
    assert one.dump() == same.dump()
    assert one.store.dump()["tables"] != other.store.dump()["tables"]


def test_there_is_what_was_promised(shop: Shop) -> None:
    assert [
        len(table(shop, kind))
        for kind in (
            "Product",
            "ProductVariant",
            "InventoryItem",
            "InventoryLevel",
            "Location",
            "Collection",
            "Customer",
            "Order",
        )
    ] == [20, 80, 80, 160, 2, 4, 30, 50]
    for product in table(shop, "Product"):
        variants = shop.store.many("ProductVariant", product["variants"])
        assert [variant["title"] for variant in variants] == ["S", "M", "L", "XL"]


def test_skus_and_barcodes_are_unique_and_check_digits_right(shop: Shop) -> None:
    assert len({item["sku"] for item in table(shop, "InventoryItem")}) == 80
    barcodes = [variant["barcode"] for variant in table(shop, "ProductVariant")]
    assert len(set(barcodes)) == 80
    for barcode in barcodes:
        weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(barcode))
        assert (len(barcode), weighted % 10) == (13, 0)


def test_a_known_ean_has_its_known_check_digit() -> None:
    assert ean13("400638133393") == "4006381333931"


def test_every_line_s_taxes_are_rounded_half_up_on_what_is_charged(shop: Shop) -> None:
    for order in table(shop, "Order"):
        for line in order["lineItems"]:
            unit = Decimal(line["originalUnitPriceSet"])
            assert unit * line["quantity"] == Decimal(line["originalTotalSet"])
            off = total(one["allocatedAmountSet"] for one in line["discountAllocations"])
            for tax in line["taxLines"]:
                net = Decimal(line["originalTotalSet"]) - off
                exact = net * Decimal(str(tax["rate"]))
                assert cents(exact) == Decimal(tax["priceSet"]), (order["name"], line["name"])


@pytest.mark.parametrize("included", [False, True])
def test_every_order_adds_up_to_the_cent(included: bool) -> None:
    for order in table(seeded(taxes_included=included), "Order"):
        lines, shipping = order["lineItems"], order["shippingLines"]
        gross = total(line["originalTotalSet"] for line in lines)
        off = total(
            one["allocatedAmountSet"] for line in lines for one in line["discountAllocations"]
        )
        tax = total(t["priceSet"] for part in [*lines, *shipping] for t in part["taxLines"])
        freight = total(line["discountedPriceSet"] for line in shipping)
        assert off == Decimal(order["totalDiscountsSet"])
        assert gross - off == Decimal(order["subtotalPriceSet"])
        assert freight == Decimal(order["totalShippingPriceSet"])
        assert (
            tax == Decimal(order["totalTaxSet"]) == total(t["priceSet"] for t in order["taxLines"])
        )
        due = gross - off + freight + (0 if included else tax)
        assert due == Decimal(order["totalPriceSet"])
        current = Decimal(order["currentTotalPriceSet"])
        assert current == (0 if order["cancelledAt"] else due)


def test_included_taxes_are_part_of_the_price() -> None:
    for order in table(seeded(taxes_included=True), "Order"):
        for line in order["lineItems"]:
            rates = sum(Decimal(str(tax["rate"])) for tax in line["taxLines"])
            off = total(one["allocatedAmountSet"] for one in line["discountAllocations"])
            net = (Decimal(line["originalTotalSet"]) - off) / (1 + rates)
            for tax in line["taxLines"]:
                assert cents(net * Decimal(str(tax["rate"]))) == Decimal(tax["priceSet"])


def test_there_are_orders_of_every_sort(shop: Shop) -> None:
    orders = table(shop, "Order")
    kinds = {a["__typename"] for order in orders for a in order["discountApplications"]}
    assert {"DiscountCodeApplication", "ManualDiscountApplication"} == kinds
    across = {a["allocationMethod"] for order in orders for a in order["discountApplications"]}
    assert {"ACROSS", "EACH"} == across
    assert {"FULFILLED", "PARTIALLY_FULFILLED", "UNFULFILLED"} == {
        order["displayFulfillmentStatus"] for order in orders
    }
    assert {"PAID", "PENDING", "REFUNDED"} == {o["displayFinancialStatus"] for o in orders}
    assert sum(1 for order in orders if order["cancelledAt"]) == 1
    assert sum(1 for order in orders if order["customer"] is None) == 4
    assert {1, 2} == {len(line["taxLines"]) for order in orders for line in order["lineItems"]}
    assert {1, 2, 3, 4, 5} == {len(order["lineItems"]) for order in orders}


def test_an_order_discount_is_spread_to_the_cent(shop: Shop) -> None:
    spread_ones = [
        order
        for order in table(shop, "Order")
        if any(a["targetSelection"] == "ALL" for a in order["discountApplications"])
    ]
    assert len(spread_ones) > 5
    for order in spread_ones:
        (whole,) = (a for a in order["discountApplications"] if a["targetSelection"] == "ALL")
        parts = [
            Decimal(one["allocatedAmountSet"])
            for line in order["lineItems"]
            for one in line["discountAllocations"]
            if one["discountApplication"]["index"] == whole["index"]
        ]
        net = total(line["discountedTotalSet"] for line in order["lineItems"])
        share = whole["value"].get("percentage")
        wanted = Decimal(whole["value"].get("amount", 0))
        expected = cents(net * Decimal(str(share)) / 100) if share else min(net, wanted)
        assert expected == sum(parts)


def test_parts_of_a_spread_always_add_up() -> None:
    weights = [Decimal(w) for w in ("19.99", "0.01", "33.33", "5.00")]
    for amount in ("0.01", "1.00", "7.77", "58.33"):
        parts = spread(Decimal(amount), weights, "USD")
        assert Decimal(amount) == sum(parts)
        assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


def committed_by_orders(shop: Shop) -> dict[tuple[int, int], int]:
    wanted: dict[tuple[int, int], int] = {}
    for made in table(shop, "FulfillmentOrder"):
        for line in made["lineItems"]:
            key = line["inventoryItem"], made["location"]
            wanted[key] = wanted.get(key, 0) + line["remainingQuantity"]
    return wanted


@pytest.mark.parametrize("bulk", [False, True])
def test_committed_is_what_is_still_to_be_shipped(bulk: bool) -> None:
    shop = seeded()
    if bulk:
        seed_bulk(shop, products=30, variants_per_product=3, orders=20)
    wanted = committed_by_orders(shop)
    assert sum(wanted.values()) > 50
    for level in table(shop, "InventoryLevel"):
        quantities = level["quantities"]
        assert wanted.get((level["item"], level["location"]), 0) == quantities["committed"]
        assert quantities["on_hand"] == quantities["available"] + quantities["committed"]


def test_people_are_plainly_synthetic(shop: Shop) -> None:
    for customer in table(shop, "Customer"):
        assert customer["email"].endswith("@example.com")
        assert "Example" in customer["lastName"]
        assert 1 <= len(customer["addresses"]) <= 2
    countries = {c["addresses"][0]["countryCodeV2"] for c in table(shop, "Customer")}
    assert len(countries) >= 6


def test_bulk_records_have_everything_that_seeded_ones_have() -> None:
    bulk, demo = Shop(FakeClock()), seeded()
    seed_bulk(bulk, products=3, variants_per_product=2, customers=2, orders=2)
    kinds = ("Product", "ProductVariant", "InventoryItem", "InventoryLevel", "Customer", "Order")
    for kind in kinds:
        assert set(table(demo, kind)[0]) == set(table(bulk, kind)[0]), kind


def test_bulk_orders_are_the_customers_in_turn_and_some_are_guests() -> None:
    shop = Shop(FakeClock())
    seed_bulk(shop, products=3, customers=3, orders=7)
    names = {number(c["id"]): c["lastName"] for c in table(shop, "Customer")}
    buyers = [names.get(order["customer"]) for order in table(shop, "Order")]
    one, two, three = (f"Customer 0000{place}" for place in range(3))
    assert buyers == [None, two, three, one, two, None, one]
