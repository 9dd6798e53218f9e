"""Orders in all their depth, read from a shop that has one of each sort."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.demoshop.seed_deep import CASES, deep_orders
from gateway_ng.lib.platforms.shopify import documents
from gateway_ng.tests.pure.shopify_fakes import TOKEN, ShopTransport, connect


def shop(**settings):
    made = Shop(FakeClock(), Settings(access_token=TOKEN, deep_orders=True).updated(settings))
    seed_demo(made)
    return made


def read(made):
    transport = ShopTransport(made)
    endpoint = connect(transport, made.clock)
    found = [r for page in endpoint.pages("order") for r in page.records]
    return {r.id: r.fields for r in found}, endpoint, transport


@cache
def orders():
    made = shop()
    found, _, _ = read(made)
    return {case: found[order["id"]] for case, order in deep_orders(made)}


def amounts(fields, *names):
    return [fields[name]["amount"] for name in names]


def total_of(fields):
    """What the parts of an order come to."""
    total = Decimal(0)
    for line in fields["lines"]:
        total += line["unitPrice"]["amount"] * line["quantity"] - line["discount"]["amount"]
    for part in fields["shippingLines"]:
        total += part["price"]["amount"] - part["discount"]["amount"]
    total += sum(charge["price"]["amount"] for charge in fields["charges"])
    if not fields["taxesIncluded"]:
        total += sum(tax["amount"] for tax in fields["taxLines"])
    return total


def test_each_sort_of_order_is_there():
    assert set(orders()) == set(CASES)


@pytest.mark.parametrize("included", [False, True])
def test_goods_shipping_charges_and_taxes_come_to_the_order_s_total(included):
    made = shop(taxes_included=included)
    found, _, _ = read(made)
    for case, order in deep_orders(made):
        fields = found[order["id"]]
        assert total_of(fields) == fields["totalPrice"]["amount"], case


def test_a_tip_is_a_charge_and_no_line():
    fields = orders()["tip"]
    (tip,) = fields["charges"]
    assert (tip["kind"], tip["name"], tip["price"]["amount"]) == ("tip", "Tip", Decimal("3.5"))
    assert len(fields["lines"]) == 2
    assert fields["totalTipReceived"]["amount"] == Decimal("3.5")


def test_duties_and_fees_are_charges():
    kinds = {c["kind"]: c["price"]["amount"] for c in orders()["duties"]["charges"]}
    assert kinds == {"duty": Decimal("4.2"), "fee": Decimal("1.15")}


def test_a_redeemed_gift_card_is_a_payment_and_changes_no_total():
    fields = orders()["gift card redeemed"]
    paid = {t["gateway"]: t["amount"] for t in fields["transactions"]}
    assert paid["gift_card"] == Decimal(20)
    assert sum(paid.values()) == fields["totalPrice"]["amount"] == total_of(fields)
    assert fields["displayFinancialStatus"] == "PAID"


def test_a_gift_card_that_was_sold_is_marked():
    lines = orders()["gift card sold"]["lines"]
    assert [line["isGiftCard"] for line in lines] == [False, False, True]


def test_payments_tell_kind_and_outcome():
    (authorised,) = orders()["authorised"]["transactions"]
    (failed,) = orders()["failed payment"]["transactions"]
    assert (authorised["kind"], authorised["status"]) == ("AUTHORIZATION", "SUCCESS")
    assert (failed["kind"], failed["status"]) == ("SALE", "FAILURE")
    assert orders()["free"]["transactions"] == []


def test_a_refunded_line_names_units_money_and_where_they_are_restocked():
    fields = orders()["line refunded"]
    (refund,) = fields["refunds"]
    (line,) = refund["lines"]
    sold = fields["lines"][0]
    assert (line["lineId"], line["quantity"], line["restocked"]) == (sold["id"], 1, True)
    assert line["locationId"].startswith("gid://shopify/Location/")
    assert line["subtotal"]["amount"] + line["tax"]["amount"] == refund["total"]["amount"]
    assert refund["note"] == "Damaged"
    (back,) = refund["transactions"]
    assert (back["kind"], back["amount"]) == ("REFUND", refund["total"]["amount"])
    assert back["parentId"] == fields["transactions"][0]["id"]
    assert (sold["quantity"], sold["currentQuantity"], sold["fulfilledQuantity"]) == (2, 1, 0)
    assert fields["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


def test_a_full_refund_gives_back_all_that_was_paid():
    fields = orders()["all refunded"]
    assert fields["refunds"][0]["total"]["amount"] == fields["totalPrice"]["amount"]
    assert amounts(fields, "currentTotalPrice") == [0]
    assert fields["displayFinancialStatus"] == "REFUNDED"


def test_a_refund_of_shipping_alone_names_no_line():
    (refund,) = orders()["shipping refunded"]["refunds"]
    (freight,) = refund["shippingLines"]
    assert refund["lines"] == []
    assert freight["subtotal"]["amount"] == 2
    assert freight["subtotal"]["amount"] + freight["tax"]["amount"] == refund["total"]["amount"]


def test_a_refund_for_nothing_in_particular_is_an_adjustment():
    (refund,) = orders()["amount refunded"]["refunds"]
    (adjustment,) = refund["adjustments"]
    assert (refund["lines"], refund["total"]["amount"]) == ([], Decimal("7.5"))
    assert adjustment["amount"]["amount"] == Decimal("-7.5")


def test_an_edited_order_tells_what_was_taken_off_and_what_was_added():
    fields = orders()["edited"]
    assert fields["edited"] is True
    assert [(li["quantity"], li["currentQuantity"]) for li in fields["lines"]] == [
        (2, 0),
        (2, 1),
        (1, 1),
    ]
    (off,) = fields["refunds"]
    assert [line["quantity"] for line in off["lines"]] == [2, 1]
    assert (off["total"]["amount"], off["transactions"]) == (0, [])
    first, now = amounts(fields, "originalTotalPrice", "currentTotalPrice")
    assert now != first


def test_a_fulfillment_tells_units_carrier_and_tracking():
    fields = orders()["partly sent"]
    (sent,) = fields["fulfillments"]
    assert (sent["carrier"], sent["trackingNumbers"]) == ("UPS", ["1Z0001"])
    assert sent["trackingUrls"] == ["https://ups.example/1Z0001"]
    assert [(line["lineId"], line["quantity"]) for line in sent["lines"]] == [
        (fields["lines"][0]["id"], 2)
    ]
    assert [line["fulfilledQuantity"] for line in fields["lines"]] == [2, 0]


def test_a_return_names_the_order_s_line_and_the_refund_names_the_return():
    (way,) = orders()["return open"]["returns"]
    assert (way["status"], way["lines"][0]["note"]) == ("OPEN", "Too small")
    assert way["lines"][0]["lineId"] == orders()["return open"]["lines"][0]["id"]
    done = orders()["returned"]
    assert done["returns"][0]["status"] == "CLOSED"
    assert done["refunds"][0]["returnId"] == done["returns"][0]["id"]
    assert done["refunds"][0]["lines"][0]["restockType"] == "RETURN"


def test_a_cancelled_order_tells_why_and_that_nothing_was_sent():
    fields = orders()["cancelled"]
    assert fields["cancelReason"] == "FRAUD"
    assert fields["cancelledAt"] is not None
    assert [line["fulfilledQuantity"] for line in fields["lines"]] == [0, 0]
    assert fields["refunds"][0]["total"]["amount"] == fields["totalPrice"]["amount"]


def test_amounts_come_in_the_shop_s_currency_and_the_customer_s():
    fields = orders()["in euro"]
    assert (fields["currencyCode"], fields["presentmentCurrencyCode"]) == ("USD", "EUR")
    price = fields["lines"][0]["unitPrice"]
    assert price["currencyCode"] == "USD"
    assert price["presentment"]["currencyCode"] == "EUR"
    assert price["presentment"]["amount"] == round(price["amount"] * Decimal("0.92"), 2)


def test_a_company_s_order_names_company_and_location():
    company = orders()["company"]["company"]
    assert (company["name"], company["location"]["name"]) == ("Example Trading", "Austin")
    assert orders()["tip"]["company"] is None


def test_a_line_whose_product_is_deleted_keeps_its_text_and_price():
    line = orders()["product gone"]["lines"][0]
    assert (line["variantId"], line["productId"]) == (None, None)
    assert line["name"] and line["unitPrice"]["amount"] > 0


def test_parts_of_orders_longer_than_their_first_page_are_completed():
    made = shop()
    whole, _, _ = read(made)
    transport = ShopTransport(made)
    endpoint = connect(transport, made.clock)
    for document in (documents.ORDERS, *documents.PARTS.values()):
        endpoint._connection.sizer(document).nested = 1
    found = {r.id: r.fields for page in endpoint.pages("order") for r in page.records}
    assert found == whole
    assert {"RestOfLines", "RestOfRefundLines"} <= set(transport.operations)


def test_parts_are_asked_for_once_a_step_not_once_an_order():
    _, _, transport = read(shop())
    steps = transport.operations.count("Orders")
    for name in ("RefundsById", "ReturnsById", "FulfillmentsById"):
        assert 0 < transport.operations.count(name) <= 2 * steps


def test_an_order_fetched_by_id_is_the_order_that_was_read():
    made = shop()
    whole, endpoint, _ = read(made)
    assert {r.id: r.fields for r in endpoint.fetch("order", list(whole))} == whole


def test_without_the_scope_for_returns_they_are_absent_and_the_rest_is_there():
    scopes = ("read_orders", "read_products", "read_customers")
    made = shop(scopes=scopes)
    found, _, _ = read(made)
    for fields in found.values():
        assert "returns" not in fields
        assert "refunds" in fields and "lines" in fields
    returned = next(order["id"] for case, order in deep_orders(made) if case == "returned")
    assert "returnId" not in found[returned]["refunds"][0]
    assert "locationId" not in found[returned]["fulfillments"][0]


def kept_total(fields):
    """What the lines as edited, shipping and charges come to."""
    total = Decimal(0)
    for line in fields["lines"]:
        kept = line["kept"]
        total += line["unitPrice"]["amount"] * kept["quantity"] - kept["discount"]["amount"]
        total += sum(tax["amount"] for tax in kept["taxLines"])
    for part in [*fields["shippingLines"], *fields["charges"]]:
        total += part["price"]["amount"] - (part.get("discount") or {"amount": 0})["amount"]
        total += sum(tax["amount"] for tax in part["taxLines"])
    return total


def test_an_edited_order_is_told_as_it_was_edited_to_the_cent():
    fields = orders()["edited"]
    assert [line["kept"]["quantity"] for line in fields["lines"]] == [0, 1, 1]
    assert fields["lines"][0]["kept"]["discount"]["amount"] == 0
    assert {tax["amount"] for tax in fields["lines"][0]["kept"]["taxLines"]} == {0}
    assert [refund["isEdit"] for refund in fields["refunds"]] == [True]
    total = fields["kept"]["totalPrice"]["amount"]
    assert total == fields["currentTotalPrice"]["amount"] == kept_total(fields)


def test_what_was_given_back_is_not_taken_off_the_order():
    for case in set(CASES) - {"edited"}:
        fields = orders()[case]
        assert fields["kept"]["totalPrice"]["amount"] == fields["totalPrice"]["amount"], case
        assert not any(refund["isEdit"] for refund in fields["refunds"]), case


def test_a_total_that_lacks_what_was_taken_off_already_is_left_as_it_is():
    made = shop()
    order = dict(deep_orders(made))["edited"]
    order["totalPriceSet"] = order["currentTotalPriceSet"]
    fields = read(made)[0][order["id"]]
    assert fields["kept"]["totalPrice"]["amount"] == kept_total(fields)


def test_which_orders_are_gone_can_be_told_only_by_who_sees_old_ones():
    all_of_them = shop()
    assert list(read(all_of_them)[1].unseen("order", ["gid://shopify/Order/1"])) == []
    scopes = [name for name in Settings().scopes if name != "read_all_orders"]
    newest = read(shop(scopes=scopes))[1]
    assert list(newest.unseen("order", ["gid://shopify/Order/1"])) == ["gid://shopify/Order/1"]
    assert list(newest.unseen("product", ["gid://shopify/Product/1"])) == []
