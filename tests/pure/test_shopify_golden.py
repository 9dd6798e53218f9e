"""Hard orders, written out: payload → record → values through the shipped mapping, to the cent."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from gateway_ng.lib.mapping import compile_mapping, effective, parse
from gateway_ng.tests.pure.shopify_fakes import connect
from gateway_ng.tests.pure.shopify_golden import (
    AT,
    GoldenShop,
    back,
    freight_back,
    gid,
    line,
    order,
    payment,
    refund,
    sent,
    shipping,
    tax,
)

D = Decimal
DOCUMENT = Path(__file__).parents[2] / "mappings/shopify/order.import.json"


@cache
def mapping():
    document = parse(DOCUMENT.read_text(encoding="utf-8"))
    return compile_mapping(effective([("shipped", document)]))


#: id of a payload → the payload, kept alive, and its record: each is fetched once.
_FETCHED = {}


def record_of(payload):
    if id(payload) not in _FETCHED:
        (record,) = connect(GoldenShop(payload)).fetch("order", [payload["id"]])
        _FETCHED[id(payload)] = payload, record
    return _FETCHED[id(payload)][1]


def values_of(payload):
    return mapping().transform(record_of(payload))


def off(index=0, percentage=None, amount=None, whole=True, **more):
    value = (
        {"__typename": "PricingPercentageValue", "percentage": percentage}
        if amount is None
        else {"__typename": "MoneyV2", "amount": amount, "currencyCode": "USD"}
    )
    return {
        "__typename": "DiscountCodeApplication",
        "index": index,
        "targetType": "LINE_ITEM",
        "targetSelection": "ALL" if whole else "EXPLICIT",
        "allocationMethod": "ACROSS" if whole else "EACH",
        "value": value,
        "code": "CODE",
        **more,
    }


SALES = tax("Sales tax", 0.0825, "1.65")
TIP = line(9, "3.50", title="Trinkgeld", sku=None, product=None, variant=None)
TIP = {**TIP, "requiresShipping": False, "taxable": False, "nonFulfillableQuantity": 1}
TIP = {**TIP, "unfulfilledQuantity": 0}
CARD = line(8, "25.00", title="Gift card", taxable=False, requiresShipping=False, isGiftCard=True)
DUTY = {"id": gid("Duty", 1), "harmonizedSystemCode": "610910", "price": "4.20", "taxLines": []}
FEE = {"id": gid("AdditionalFee", 1), "name": "Import fee", "price": "1.15", "taxLines": []}
SHIPPED = shipping("5.00")

#: name → payload; the total of each is asserted to be what its parts come to.
CASES = {
    "plain": order([line(1, "10.00", 2)], "20.00"),
    "taxed on top": order(
        [line(1, "10.00", 2, taxLines=[SALES])], "21.65", taxLines=[SALES], totalTaxSet="1.65"
    ),
    "taxed inside": order(
        [line(1, "11.90", taxLines=[tax("VAT", 0.19, "1.90")])],
        "11.90",
        taxesIncluded=True,
        taxLines=[tax("VAT", 0.19, "1.90")],
        totalTaxSet="1.90",
    ),
    "mixed rates": order(
        [
            line(
                1, "10.00", taxLines=[tax("State", 0.0575, "0.58"), tax("County", 0.0175, "0.18")]
            ),
            line(2, "10.00", taxLines=[tax("State", 0.0575, "0.58")]),
        ],
        "21.34",
        taxLines=[tax("State", 0.0575, "1.16"), tax("County", 0.0175, "0.18")],
        totalTaxSet="1.34",
    ),
    "rounded per line": order(
        [line(n, "0.33", taxLines=[tax("VAT", 0.19, "0.06")]) for n in (1, 2, 3)],
        "1.17",
        taxLines=[tax("VAT", 0.19, "0.18")],
        totalTaxSet="0.18",
    ),
    "three discounts": order(
        [
            line(1, "10.00", 3, off=[(0, "3.00"), (1, "1.35"), (2, "0.27")]),
            line(2, "7.77", off=[(1, "0.39"), (2, "0.07")]),
        ],
        "32.69",
        discountApplications=[off(0, 10.0, whole=False), off(1, 5.0), off(2, amount="0.34")],
        totalDiscountsSet="5.08",
    ),
    "all discounted": order(
        [line(1, "10.00", off=[(0, "10.00")])], "0.00", discountApplications=[off(percentage=100.0)]
    ),
    "free shipping": order(
        [line(1, "10.00")],
        "10.00",
        shippingLines=[shipping("5.00", "0.00", off=[(0, "5.00")])],
        discountApplications=[off(amount="5.00", targetType="SHIPPING_LINE")],
    ),
    "shipping taxed": order(
        [line(1, "10.00")],
        "15.95",
        shippingLines=[shipping("5.00", taxes=[tax("VAT", 0.19, "0.95")])],
        taxLines=[tax("VAT", 0.19, "0.95")],
        totalTaxSet="0.95",
    ),
    "tip": order([line(1, "10.00"), TIP], "13.50", totalTipReceivedSet="3.50"),
    "custom line beside a tip": order(
        [line(1, "3.50", title="Engraving", product=None, variant=None), TIP],
        "7.00",
        totalTipReceivedSet="3.50",
    ),
    "duties and a fee": order([line(1, "10.00", duties=[DUTY])], "15.35", additionalFees=[FEE]),
    "duties included": order([line(1, "14.20", duties=[DUTY])], "14.20", dutiesIncluded=True),
    "gift card sold": order([line(1, "10.00"), CARD], "35.00"),
    "gift card redeemed": order(
        [line(1, "10.00", 3)],
        "30.00",
        transactions=[payment(1, "20.00", gateway="gift_card"), payment(2, "10.00")],
        paymentGatewayNames=["gift_card", "shopify_payments"],
    ),
    "authorised, captured in part": order(
        [line(1, "30.00")],
        "30.00",
        displayFinancialStatus="PARTIALLY_PAID",
        transactions=[
            payment(1, "30.00", "AUTHORIZATION"),
            payment(2, "12.00", "CAPTURE", parent=1),
            payment(3, "18.00", "CAPTURE", "FAILURE", parent=1),
        ],
    ),
    "cash on delivery": order(
        [line(1, "30.00")],
        "30.00",
        displayFinancialStatus="PENDING",
        transactions=[payment(1, "30.00", status="PENDING", gateway="Cash on Delivery (COD)")],
        paymentGatewayNames=["Cash on Delivery (COD)"],
    ),
    "yen": order([line(1, "1000", 3)], "3000", currencyCode="JPY", presentmentCurrencyCode="JPY"),
    "dinar": order(
        [line(1, "1.255", 3, taxLines=[tax("VAT", 0.05, "0.188")])],
        "3.953",
        currencyCode="KWD",
        presentmentCurrencyCode="KWD",
        taxLines=[tax("VAT", 0.05, "0.188")],
        totalTaxSet="0.188",
    ),
    "paid in another currency": order(
        [line(1, ("10.00", "9.20", "EUR"))],
        ("10.00", "9.20", "EUR"),
        presentmentCurrencyCode="EUR",
        transactions=[payment(1, ("10.00", "9.20", "EUR"))],
    ),
    "line refunded": order(
        [line(1, "10.00", 2, taxLines=[SALES], currentQuantity=1, unfulfilledQuantity=0)],
        "21.65",
        taxLines=[SALES],
        totalTaxSet="1.65",
        fulfillments=[sent(1, {1: 2})],
        transactions=[payment(1, "21.65"), payment(2, "10.83", "REFUND", parent=1)],
        refunds=[
            refund(
                1,
                "10.83",
                [back(1, 1, "10.00", "0.83", "RETURN")],
                transactions=[payment(2, "10.83", "REFUND", parent=1)],
                note="Damaged",
            )
        ],
    ),
    "shipping refunded": order(
        [line(1, "10.00")],
        "15.00",
        shippingLines=[SHIPPED],
        refunds=[refund(1, "5.00", freight=[freight_back("5.00")])],
    ),
    "goodwill refunded": order([line(1, "10.00")], "10.00", refunds=[refund(1, "2.50")]),
    "less refunded than returned": order(
        [line(1, "10.00", currentQuantity=0)],
        "10.00",
        refunds=[refund(1, "8.00", [back(1, 1, "10.00", restock="RETURN")])],
    ),
    "edited": order(
        [
            line(1, "10.00", 2, currentQuantity=1, nonFulfillableQuantity=1, unfulfilledQuantity=1),
            line(2, "4.00"),
        ],
        "24.00",
        edited=True,
        currentTotalPriceSet="14.00",
        refunds=[refund(1, "0.00", [back(1, 1, "10.00", restock="CANCEL")])],
    ),
    "edited, discounted and taxed": order(
        [
            line(
                1,
                "10.00",
                3,
                off=[(0, "3.01")],
                taxLines=[tax("State", 0.0575, "1.55"), tax("County", 0.0175, "0.47")],
                currentQuantity=2,
            ),
            line(2, "5.00", off=[(0, "0.50")], currentQuantity=0),
            line(3, "4.00"),
        ],
        "37.51",
        edited=True,
        discountApplications=[off(percentage=10.0)],
        taxLines=[tax("State", 0.0575, "1.55"), tax("County", 0.0175, "0.47")],
        totalTaxSet="2.02",
        refunds=[
            refund(1, "0.00", [back(1, 1, "9.00", "0.67", "CANCEL")]),
            refund(2, "0.00", [back(2, 1, "4.50", restock="CANCEL")]),
        ],
    ),
    "cancelled unpaid": order(
        [line(1, "10.00", currentQuantity=0, unfulfilledQuantity=0)],
        "10.00",
        cancelledAt=AT,
        cancelReason="CUSTOMER",
        displayFinancialStatus="VOIDED",
        refunds=[refund(1, "0.00", [back(1, 1, "10.00", restock="CANCEL")])],
    ),
    "cancelled": order(
        [line(1, "10.00", currentQuantity=0, unfulfilledQuantity=0)],
        "10.00",
        cancelledAt=AT,
        cancelReason="INVENTORY",
        displayFinancialStatus="REFUNDED",
        refunds=[refund(1, "10.00", [back(1, 1, "10.00", restock="CANCEL")])],
    ),
    "sent in part": order(
        [line(1, "10.00", 3, unfulfilledQuantity=1), line(2, "1.00")],
        "31.00",
        fulfillments=[sent(1, {1: 1}), sent(2, {1: 1}), sent(3, {1: 1}, "CANCELLED")],
    ),
    "product deleted": order([line(1, "10.00", product=None, variant=None)], "10.00"),
    "guest": order(
        [line(1, "10.00")], "10.00", customer=None, purchasingEntity=None, shippingAddress=None
    ),
    "noted": order(
        [line(1, "10.00")], "10.00", note="Ring twice 🔔\nthen wait", tags=["b2b", "Größe L"]
    ),
    "rounded per order": order(
        [
            line(n, "0.33", taxLines=[tax("VAT", 0.19, a)])
            for n, a in ((1, "0.07"), (2, "0.06"), (3, "0.06"))
        ],
        "1.18",
        taxLines=[tax("VAT", 0.19, "0.19")],
        totalTaxSet="0.19",
    ),
    "taxed inside at several rates": order(
        [
            line(1, "10.00", 2, taxLines=[tax("VAT", 0.19, "3.19")]),
            line(2, "10.00", taxLines=[tax("VAT 7%", 0.07, "0.65")]),
        ],
        "34.50",
        taxesIncluded=True,
        shippingLines=[shipping("4.50", taxes=[tax("VAT", 0.19, "0.72")])],
        taxLines=[tax("VAT", 0.19, "3.91"), tax("VAT 7%", 0.07, "0.65")],
        totalTaxSet="4.56",
    ),
    "discounted where prices have their taxes": order(
        [line(1, "20.00", 2, off=[(0, "4.00")], taxLines=[tax("VAT", 0.19, "5.75")])],
        "36.00",
        taxesIncluded=True,
        discountApplications=[off(percentage=10.0)],
        taxLines=[tax("VAT", 0.19, "5.75")],
        totalTaxSet="5.75",
    ),
    "all discounted with its shipping": order(
        [line(1, "10.00", 2, off=[(0, "20.00")])],
        "0.00",
        shippingLines=[shipping("5.00", "0.00", off=[(1, "5.00")])],
        discountApplications=[
            off(percentage=100.0),
            off(1, amount="5.00", targetType="SHIPPING_LINE"),
        ],
    ),
    "several shipping lines": order(
        [line(1, "10.00")],
        "17.50",
        shippingLines=[SHIPPED, {**shipping("2.50"), "id": gid("ShippingLine", 2)}],
    ),
    "nothing to send": order(
        [line(1, "10.00", requiresShipping=False, unfulfilledQuantity=0)],
        "10.00",
        shippingAddress=None,
        displayFulfillmentStatus="FULFILLED",
        fulfillments=[sent(1, {1: 1})],
    ),
    "yen taxed inside": order(
        [line(1, "1100", 3, taxLines=[tax("CT", 0.1, "300")])],
        "3300",
        taxesIncluded=True,
        currencyCode="JPY",
        presentmentCurrencyCode="JPY",
        taxLines=[tax("CT", 0.1, "300")],
        totalTaxSet="300",
    ),
    "dinar discounted": order(
        [line(1, "1.255", 3, off=[(0, "0.377")])],
        "3.388",
        currencyCode="KWD",
        presentmentCurrencyCode="KWD",
        discountApplications=[off(percentage=10.0)],
    ),
    "refunded twice": order(
        [line(1, "10.00", 2, currentQuantity=0)],
        "25.00",
        shippingLines=[SHIPPED],
        displayFinancialStatus="REFUNDED",
        refunds=[
            refund(1, "10.00", [back(1, 1, "10.00", restock="RETURN")]),
            refund(2, "15.00", [back(1, 1, "10.00")], freight=[freight_back("5.00")]),
        ],
    ),
    "gift card sold and another redeemed": order(
        [line(1, "10.00"), CARD],
        "35.00",
        transactions=[payment(1, "35.00", gateway="gift_card")],
        paymentGatewayNames=["gift_card"],
    ),
}


def test_there_are_enough_of_them():
    assert len(CASES) >= 40


def plain(value):
    return format(value.normalize() + 0, "f")


def told(one, name):
    taxes = " ".join(plain(tax_["amount"]) for tax_ in one["taxes"])
    return f"{plain(one[name])} - {plain(one.get('discount_amount', D(0)))} : {taxes}".strip()


#: name → (lines «quantity x price - discount : taxes», shipping, total, state).
TOLD = {
    "rounded per order": (
        ["1 x 0.33 - 0 : 0.07", "1 x 0.33 - 0 : 0.06", "1 x 0.33 - 0 : 0.06"],
        [],
        "1.18",
        "PAID UNFULFILLED",
    ),
    "taxed inside at several rates": (
        ["2 x 10 - 0 : 3.19", "1 x 10 - 0 : 0.65"],
        ["4.5 - 0 : 0.72"],
        "34.5",
        "PAID UNFULFILLED",
    ),
    "discounted where prices have their taxes": (
        ["2 x 20 - 4 : 5.75"],
        [],
        "36",
        "PAID UNFULFILLED",
    ),
    "all discounted with its shipping": (
        ["2 x 10 - 20 :"],
        ["5 - 5 :"],
        "0",
        "PAID UNFULFILLED",
    ),
    "several shipping lines": (
        ["1 x 10 - 0 :"],
        ["5 - 0 :", "2.5 - 0 :"],
        "17.5",
        "PAID UNFULFILLED",
    ),
    "nothing to send": (["1 x 10 - 0 :"], [], "10", "PAID FULFILLED"),
    "yen taxed inside": (["3 x 1100 - 0 : 300"], [], "3300", "PAID UNFULFILLED"),
    "dinar discounted": (["3 x 1.255 - 0.377 :"], [], "3.388", "PAID UNFULFILLED"),
    "refunded twice": (["2 x 10 - 0 :"], ["5 - 0 :"], "25", "REFUNDED UNFULFILLED"),
    "gift card sold and another redeemed": (
        ["1 x 10 - 0 :", "1 x 25 - 0 :"],
        [],
        "35",
        "PAID UNFULFILLED",
    ),
    "three discounts": (
        ["3 x 10 - 4.62 :", "1 x 7.77 - 0.46 :"],
        [],
        "32.69",
        "PAID UNFULFILLED",
    ),
    "cancelled unpaid": (["1 x 10 - 0 :"], [], "10", "VOIDED UNFULFILLED cancelled"),
}


@pytest.mark.parametrize("name", TOLD)
def test_an_order_has_its_lines_taxes_total_and_state(name):
    values = values_of(CASES[name])
    state = f"{values['payment_state']} {values['fulfillment_state']}"
    assert (
        [f"{plain(v['quantity'])} x {told(v, 'unit_price')}" for v in values["lines"].values()],
        [told(one, "price") for one in values["shipping"].values()],
        plain(values["total"]),
        state + (" cancelled" if values["cancelled"] else ""),
    ) == TOLD[name]


@pytest.mark.parametrize("name", CASES)
def test_the_parts_of_an_order_come_to_its_total(name):
    payload = CASES[name]
    values = values_of(payload)
    total = D(0)
    taxes = D(0)
    for one in values["lines"].values():
        total += one["unit_price"] * one["quantity"] - one["discount_amount"]
        taxes += sum(t["amount"] for t in one["taxes"])
    for one in values["shipping"].values():
        total += one["price"] - one["discount_amount"]
        taxes += sum(t["amount"] for t in one["taxes"])
    for one in values["charges"].values():
        total += one["amount"]
        taxes += sum(t["amount"] for t in one["taxes"])
    assert taxes == (values["total_tax"] or 0)
    assert total + (0 if values["taxes_included"] else taxes) == values["total"]


@pytest.mark.parametrize("name", CASES)
def test_what_is_refunded_adds_up(name):
    values = values_of(CASES[name])
    for one in values["refunds"]:
        told = [*one["lines"], one["shipping"]]
        worth = sum(part["amount"] for part in told)
        if not values["taxes_included"]:
            worth += sum(part["tax"] for part in told)
        assert worth + one["adjustment"] == one["amount"]


def lines(name):
    return list(values_of(CASES[name])["lines"].values())


def test_discounts_of_all_sorts_are_summed_on_their_line():
    assert [one["discount_amount"] for one in lines("three discounts")] == [D("4.62"), D("0.46")]
    assert lines("all discounted")[0]["discount_amount"] == 10
    (freight,) = values_of(CASES["free shipping"])["shipping"].values()
    assert (freight["price"], freight["discount_amount"]) == (5, 5)


def test_each_discount_tells_its_part_of_the_line():
    (first, _) = record_of(CASES["three discounts"]).fields["lines"]
    assert [(part["index"], part["amount"]) for part in first["discounts"]] == [
        (0, D("3.00")),
        (1, D("1.35")),
        (2, D("0.27")),
    ]


def test_taxes_keep_name_rate_amount_and_country():
    first, second = lines("mixed rates")
    assert first["taxes"] == [
        {"name": "State", "rate": D("0.0575"), "amount": D("0.58"), "country": "US"},
        {"name": "County", "rate": D("0.0175"), "amount": D("0.18"), "country": "US"},
    ]
    assert [t["name"] for t in second["taxes"]] == ["State"]
    (inside,) = lines("taxed inside")
    assert inside["taxes"][0]["amount"] == D("1.90")
    assert all("country" not in t for one in lines("guest") for t in one["taxes"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tip", [("tip", "Trinkgeld", D("3.50"))]),
        ("custom line beside a tip", [("tip", "Trinkgeld", D("3.50"))]),
        (
            "duties and a fee",
            [("duty", "Article 1 (610910)", D("4.20")), ("fee", "Import fee", D("1.15"))],
        ),
        ("duties included", []),
        ("gift card sold", []),
        ("plain", []),
    ],
)
def test_what_is_charged_besides_goods_and_shipping(name, expected):
    charges = values_of(CASES[name])["charges"].values()
    assert [(c["kind"], c["name"], c["amount"]) for c in charges] == expected


def test_a_sold_gift_card_is_a_line_that_says_so():
    assert [one["is_gift_card"] for one in lines("gift card sold")] == [False, True]


@pytest.mark.parametrize(
    ("name", "expected", "method"),
    [
        (
            "gift card redeemed",
            [("sale", "success", "gift_card", 20), ("sale", "success", "shopify_payments", 10)],
            "shopify_payments",
        ),
        (
            "authorised, captured in part",
            [
                ("authorization", "success", "shopify_payments", 30),
                ("capture", "success", "shopify_payments", 12),
                ("capture", "failure", "shopify_payments", 18),
            ],
            "shopify_payments",
        ),
        (
            "cash on delivery",
            [("sale", "pending", "Cash on Delivery (COD)", 30)],
            "Cash on Delivery (COD)",
        ),
        ("plain", [], "shopify_payments"),
    ],
)
def test_payments_tell_kind_outcome_and_gateway(name, expected, method):
    values = values_of(CASES[name])
    told = [(p["kind"], p["status"], p["gateway"], p["amount"]) for p in values["payments"]]
    assert told == expected
    assert values["payment_method"] == method


def test_amounts_keep_the_decimals_of_their_currency():
    assert lines("yen")[0]["unit_price"] == 1000
    (dinar,) = lines("dinar")
    assert (dinar["unit_price"], dinar["taxes"][0]["amount"]) == (D("1.255"), D("0.188"))


def test_an_order_is_in_the_shop_s_currency_whatever_the_customer_paid_in():
    values = values_of(CASES["paid in another currency"])
    assert (values["currency"], values["total"]) == ("USD", 10)
    assert (values["payments"][0]["amount"], values["payments"][0]["currency"]) == (10, "USD")
    fields = record_of(CASES["paid in another currency"]).fields
    paid = {"amount": D("9.20"), "currencyCode": "EUR"}
    assert fields["totalPrice"]["presentment"] == paid
    assert fields["lines"][0]["unitPrice"]["presentment"] == paid


@pytest.mark.parametrize(
    ("name", "amount", "lines_", "freight", "adjustment"),
    [
        ("line refunded", D("10.83"), [(1, D("10.00"), D("0.83"), True)], 0, 0),
        ("shipping refunded", 5, [], 5, 0),
        ("goodwill refunded", D("2.50"), [], 0, D("2.50")),
        ("less refunded than returned", 8, [(1, 10, 0, True)], 0, -2),
        ("cancelled", 10, [(1, 10, 0, True)], 0, 0),
    ],
)
def test_a_refund_tells_what_went_back_for_what(name, amount, lines_, freight, adjustment):
    (one,) = values_of(CASES[name])["refunds"]
    assert one["amount"] == amount
    told = [(p["quantity"], p["amount"], p["tax"], p["restocked"]) for p in one["lines"]]
    assert told == lines_
    assert {part["line"] for part in one["lines"]} <= {gid("LineItem", 1)}
    assert one["shipping"]["amount"] == freight
    assert one["adjustment"] == adjustment


def test_what_an_edit_took_off_is_gone_from_lines_taxes_and_total():
    values = values_of(CASES["edited, discounted and taxed"])
    first, second = values["lines"].values()
    assert (first["quantity"], first["discount_amount"]) == (2, D("2.01"))
    assert [t["amount"] for t in first["taxes"]] == [D("1.04"), D("0.31")]
    assert (second["name"], second["quantity"]) == ("Article 3", 1)
    assert (values["total"], values["total_tax"]) == (D("23.34"), D("1.35"))
    assert values["refunds"] == []


def test_a_cancelled_order_that_was_never_paid_gives_nothing_back():
    assert values_of(CASES["cancelled unpaid"])["refunds"] == []


def test_a_refund_names_its_note_its_day_and_where_goods_came_back():
    (one,) = values_of(CASES["line refunded"])["refunds"]
    assert (one["note"], one["date"].isoformat()) == ("Damaged", "2026-01-31T12:00:00+00:00")
    assert one["lines"][0]["location"] == gid("Location", 1)


def test_units_that_were_sent_are_those_of_fulfillments_that_stand():
    first, second = lines("sent in part")
    assert (first["fulfilled_quantity"], first["unfulfilled_quantity"]) == (2, 1)
    assert (second["fulfilled_quantity"], second["unfulfilled_quantity"]) == (0, 1)
    (edited, _) = lines("edited")
    assert (edited["fulfilled_quantity"], edited["unfulfilled_quantity"]) == (0, 1)
    assert (edited["quantity"], edited["discount_amount"]) == (1, 0)
    (refunded,) = lines("line refunded")
    assert (refunded["fulfilled_quantity"], refunded["quantity"]) == (2, 2)


def test_a_cancelled_order_says_so_and_why():
    values = values_of(CASES["cancelled"])
    assert (values["cancelled"], values["cancel_reason"]) == (True, "INVENTORY")
    plain = values_of(CASES["plain"])
    assert (plain["cancelled"], plain["cancel_reason"]) == (False, None)


def test_a_line_without_its_product_keeps_text_and_price():
    (one,) = lines("product deleted")
    assert "product_id" not in one, "the line here keeps the product that it has"
    assert (one["name"], one["unit_price"]) == ("Article 1", 10)


def test_a_guest_is_named_by_the_order():
    values = values_of(CASES["guest"])
    assert values["partner_id"] is None
    assert values["guest"] == {"name": "Ada Example", "email": "ada@example.com", "phone": None}


def test_note_and_tags_come_as_they_are():
    values = values_of(CASES["noted"])
    assert values["note"] == "Ring twice 🔔\nthen wait"
    assert values["tags"] == ["b2b", "Größe L"]
