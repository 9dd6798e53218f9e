"""Golden orders of WooCommerce: what the shop writes → record → values through the shipped mapping,
each line, tax, total and state, to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal as D
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Record
from gateway_ng.lib.mapping import compile_mapping, effective, parse
from gateway_ng.lib.platforms.woocommerce.shapes_order import Around
from gateway_ng.lib.platforms.woocommerce.shapes_order import order as shaped
from gateway_ng.lib.values import loads
from gateway_ng.tests.pure.woocommerce_golden import (
    Row,
    back,
    coupon,
    fee,
    line,
    order,
    refund,
    shipping,
)

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests" / "recorded" / "woocommerce"
PAID = {"date_paid_gmt": "2026-11-21T23:30:00"}
REFUNDED = {"meta_data": [{"key": "_restock_refunded_items", "value": "1"}]}


@dataclass(frozen=True)
class Case:
    """An order and what is to become of it, in words: lines «quantity x price - discount : taxes»,
    shipping and charges «price : taxes», state «paid fulfilled [cancelled]», refunds «amount =
    lines, shipping, adjustment»."""

    row: Row
    lines: tuple[str, ...]
    shipping: tuple[str, ...] = ()
    charges: tuple[str, ...] = ()
    state: str = "pending unfulfilled"
    refunds: tuple[Row, ...] = ()
    back: tuple[str, ...] = ()


def recorded(name: str) -> Any:
    told = loads((RECORDED / f"{name}.json").read_bytes())
    return told[0] if isinstance(told, list) else told


def given_back(amount: str, *refunds: Row) -> Row:
    """Of an order of which `amount` was given back."""
    return {"refunds": [{"id": one["id"], "total": f"-{one['amount']}"} for one in refunds]}


FRENCH = {1: "2.00"}
LINE = line(1, "10.00", taxes=FRENCH)
TWO_SHIPPINGS = [
    shipping("5.00", {1: "1.00"}),
    shipping("2.50", {1: "0.50"}, id=202, method_title="Cold box"),
]
SHIPPING_BACK = refund("6.00", shipping_lines=[back(201, "5.00", "1.00")])
PART_BACK = refund("12.00", [back(101, "10.00", "2.00", 1)])
FEE_BACK = refund("3.00", fee_lines=[back(301, "2.50", "0.50")])
GOODWILL = refund("3.00")
ALL_BACK = refund("12.00", [back(101, "10.00", "2.00", 1)])
LATER = refund("6.00", id=502, shipping_lines=[back(201, "5.00", "1.00")])
INSIDE_BACK = refund("11.90", [back(101, "10.00", "1.90", 1)])

CASES = {
    # What was recorded.
    "recorded, everything": Case(
        recorded("order-with-everything"),
        (
            "1 x 43.5 - 4.35 : 7.83",
            "1 x 36.5 - 3.65 : 1.81",
            "2 x 20 - 4 : 7.2",
            "2 x 17 - 3.4 : 6.12",
        ),
        ("0 :",),
        charges=("2.5 : 0.5",),
    ),
    "recorded, guest": Case(
        recorded("order-guest"),
        ("3 x 34 - 0 : 20.4", "1 x 20 - 0 : 4"),
        ("5.9 : 1.18",),
        ("2.5 : 0.5",),
    ),
    # Taxes.
    "plain": Case(order("20.00", [line(1, "20.00", quantity=2)]), ("2 x 10 - 0 :",)),
    "taxed on top": Case(order("12.00", [LINE]), ("1 x 10 - 0 : 2",)),
    "taxed inside": Case(
        order("11.90", [line(1, "10.00", taxes={3: "1.90"})], prices_include_tax=True),
        ("1 x 11.9 - 0 : 1.9",),
    ),
    "taxed inside at several rates": Case(
        order(
            "34.50",
            [
                line(1, "16.81", taxes={3: "3.194"}, quantity=2, before="3.19"),
                line(2, "9.35", taxes={4: "0.6545"}, before="0.65"),
            ],
            shipping_lines=[shipping("3.78", {3: "0.718"})],
            sums={3: "3.19", 4: "0.65"},
            prices_include_tax=True,
            total_tax="4.56",
        ),
        ("2 x 10 - 0 : 3.19", "1 x 10 - 0 : 0.65"),
        ("4.5 : 0.72",),
    ),
    "two rates on a line": Case(
        order("114.98", [line(1, "100.00", taxes={6: "5.00", 7: "9.98"})]),
        ("1 x 100 - 0 : 5 9.98",),
    ),
    "a compound rate": Case(
        order("115.47", [line(1, "100.00", taxes={6: "5.00", 7: "10.47"})]),
        ("1 x 100 - 0 : 5 10.47",),
    ),
    "another rate for each line": Case(
        order("22.55", [LINE, line(2, "10.00", taxes={2: "0.55"})]),
        ("1 x 10 - 0 : 2", "1 x 10 - 0 : 0.55"),
    ),
    "rounded line by line": Case(
        order("1.17", [line(n, "0.33", taxes={3: "0.06"}) for n in (1, 2, 3)]),
        ("1 x 0.33 - 0 : 0.06",) * 3,
    ),
    "rounded at the subtotal": Case(
        order(
            "1.18",
            [line(n, "0.33", taxes={3: "0.0627"}, before="0.06") for n in (1, 2, 3)],
            sums={3: "0.19"},
            total_tax="0.19",
        ),
        ("1 x 0.33 - 0 : 0.07", "1 x 0.33 - 0 : 0.06", "1 x 0.33 - 0 : 0.06"),
    ),
    "a cent too many by rounding": Case(
        order(
            "3.14",
            [line(n, "1.00", taxes={3: "0.046"}, before="0.05") for n in (1, 2, 3)],
            sums={3: "0.14"},
        ),
        ("1 x 1 - 0 : 0.04", "1 x 1 - 0 : 0.05", "1 x 1 - 0 : 0.05"),
    ),
    "a rate of nothing": Case(
        order("10.00", [line(1, "10.00", taxes={10: "0.00"})]), ("1 x 10 - 0 :",)
    ),
    "delivered abroad without tax": Case(
        order("100.00", [line(1, "100.00")], prices_include_tax=True), ("1 x 100 - 0 :",)
    ),
    "sales tax of a state": Case(
        order("43.28", [line(1, "39.98", taxes={5: "3.30"}, quantity=2)], currency="USD"),
        ("2 x 19.99 - 0 : 3.3",),
    ),
    # Discounts.
    "three discounts": Case(
        order(
            "30.46",
            [
                line(1, "30.00", "25.38", {1: "0.00"}, quantity=3),
                line(2, "5.77", "5.08", {1: "0.00"}),
            ],
            coupon_lines=[coupon("ten", "3.58"), coupon("mug", "1.39"), coupon("minus", "0.34")],
        ),
        ("3 x 10 - 4.62 :", "1 x 5.77 - 0.69 :"),
    ),
    "a discount, taxed after it": Case(
        order("10.80", [line(1, "10.00", "9.00", {1: "1.80"}, before="2.00")]),
        ("1 x 10 - 1 : 1.8",),
    ),
    "a discount off prices with their taxes": Case(
        order(
            "36.00",
            [line(1, "33.61", "30.25", {3: "5.75"}, quantity=2, before="6.39")],
            prices_include_tax=True,
        ),
        ("2 x 20 - 4 : 5.75",),
    ),
    "all discounted": Case(
        order("0.00", [line(1, "25.00", "0.00", {1: "0.00"}, before="5.00")]),
        ("1 x 25 - 25 :",),
    ),
    "all discounted but its shipping": Case(
        order(
            "6.00",
            [line(1, "25.00", "0.00", {1: "0.00"})],
            shipping_lines=[shipping("5.00", {1: "1.00"})],
        ),
        ("1 x 25 - 25 :",),
        ("5 : 1",),
    ),
    "a coupon of free shipping": Case(
        order(
            "12.00",
            [LINE],
            shipping_lines=[shipping("0.00", method_id="free_shipping")],
            coupon_lines=[coupon("free", "0", free_shipping=True)],
        ),
        ("1 x 10 - 0 : 2",),
        ("0 :",),
    ),
    # Charges.
    "a negative fee": Case(
        order("20.00", [line(1, "25.00")], fee_lines=[fee("Friends &amp; family", "-5.00")]),
        ("1 x 25 - 0 :",),
        charges=("-5 :",),
    ),
    "a negative fee with its tax": Case(
        order("6.00", [LINE], fee_lines=[fee("Loyalty", "-5.00", {1: "-1.00"})]),
        ("1 x 10 - 0 : 2",),
        charges=("-5 : -1",),
    ),
    "a tip as a fee": Case(
        order("15.50", [LINE], fee_lines=[fee("Trinkgeld", "3.50")]),
        ("1 x 10 - 0 : 2",),
        charges=("3.5 :",),
    ),
    "a fee taxed inside": Case(
        order(
            "14.28",
            [line(1, "10.00", taxes={3: "1.90"})],
            fee_lines=[fee("Handling", "2.00", {3: "0.38"})],
            prices_include_tax=True,
        ),
        ("1 x 11.9 - 0 : 1.9",),
        charges=("2.38 : 0.38",),
    ),
    "a gift card sold": Case(
        order("37.00", [LINE, line(2, "25.00", name="Gift card")]),
        ("1 x 10 - 0 : 2", "1 x 25 - 0 :"),
    ),
    "a gift card redeemed as a fee": Case(
        order("2.00", [LINE], fee_lines=[fee("Gift card ABC", "-10.00")]),
        ("1 x 10 - 0 : 2",),
        charges=("-10 :",),
    ),
    # Shipping.
    "several shipping lines": Case(
        order("21.00", [LINE], shipping_lines=TWO_SHIPPINGS),
        ("1 x 10 - 0 : 2",),
        ("5 : 1", "2.5 : 0.5"),
    ),
    "shipping at a rate of its own": Case(
        order("17.28", [LINE], shipping_lines=[shipping("5.00", {2: "0.275"})], total_tax="2.28"),
        ("1 x 10 - 0 : 2",),
        ("5 : 0.28",),
    ),
    "a virtual product": Case(
        order("12.00", [{**LINE, "name": "E-book"}], status="completed", shipping={}),
        ("1 x 10 - 0 : 2",),
        state="pending fulfilled",
    ),
    # Currencies.
    "yen": Case(
        order("1100", [line(1, "1000", taxes={8: "99.6"})], currency="JPY", sums={8: "100"}),
        ("1 x 1000 - 0 : 100",),
    ),
    "yen with tax inside": Case(
        order(
            "3300",
            [line(1, "3000", taxes={8: "300"}, quantity=3)],
            currency="JPY",
            prices_include_tax=True,
        ),
        ("3 x 1100 - 0 : 300",),
    ),
    "dinar": Case(
        order("3.953", [line(1, "3.765", taxes={9: "0.188"}, quantity=3)], currency="KWD"),
        ("3 x 1.255 - 0 : 0.188",),
    ),
    # Who, what, how many.
    "a guest": Case(order("12.00", [LINE], customer_id=0), ("1 x 10 - 0 : 2",)),
    "a variation": Case(
        order("12.00", [{**LINE, "product_id": 48, "variation_id": 61}]), ("1 x 10 - 0 : 2",)
    ),
    "a deleted product": Case(
        order("12.00", [{**LINE, "product_id": 0, "sku": None}]), ("1 x 10 - 0 : 2",)
    ),
    "parts of a piece": Case(
        order("15.00", [line(1, "12.50", taxes={1: "2.50"}, quantity=D("1.25"))]),
        ("1.25 x 10 - 0 : 2.5",),
    ),
    # States.
    "paid": Case(
        order("12.00", [LINE], transaction_id="TX1", **PAID),
        ("1 x 10 - 0 : 2",),
        state="paid unfulfilled",
    ),
    "completed": Case(
        order("12.00", [LINE], status="completed", **PAID),
        ("1 x 10 - 0 : 2",),
        state="paid fulfilled",
    ),
    "waiting for the bank": Case(order("12.00", [LINE], status="on-hold"), ("1 x 10 - 0 : 2",)),
    "a state of a plugin": Case(
        order("12.00", [LINE], status="awaiting-pickup", **PAID),
        ("1 x 10 - 0 : 2",),
        state="paid unfulfilled",
    ),
    "cancelled": Case(
        order("12.00", [LINE], status="cancelled"),
        ("1 x 10 - 0 : 2",),
        state="pending unfulfilled cancelled",
    ),
    "cancelled after it was paid": Case(
        order("12.00", [LINE], status="cancelled", **PAID),
        ("1 x 10 - 0 : 2",),
        state="paid unfulfilled cancelled",
    ),
    "edited: a line more after it was paid": Case(
        order("24.00", [LINE, line(2, "10.00", taxes=FRENCH)], status="on-hold", **PAID),
        ("1 x 10 - 0 : 2", "1 x 10 - 0 : 2"),
        state="paid unfulfilled",
    ),
    "edited: fewer pieces at another price": Case(
        order("9.60", [line(1, "8.00", taxes={1: "1.60"}, quantity=1, name="As agreed")]),
        ("1 x 8 - 0 : 1.6",),
    ),
    # Refunds.
    "shipping given back": Case(
        order(
            "18.00",
            [LINE],
            shipping_lines=[shipping("5.00", {1: "1.00"})],
            **given_back("6.00", SHIPPING_BACK),
            **PAID,
        ),
        ("1 x 10 - 0 : 2",),
        ("5 : 1",),
        state="partially refunded unfulfilled",
        refunds=(SHIPPING_BACK,),
        back=("6 = , 5+1, 0",),
    ),
    "a part given back and put on stock": Case(
        order(
            "24.00",
            [line(1, "20.00", taxes={1: "4.00"}, quantity=2, **REFUNDED)],
            **given_back("12.00", PART_BACK),
            **PAID,
        ),
        ("2 x 10 - 0 : 4",),
        state="partially refunded unfulfilled",
        refunds=(PART_BACK,),
        back=("12 = 1x10+2 restocked, 0+0, 0",),
    ),
    "a fee given back": Case(
        order(
            "15.00",
            [LINE],
            fee_lines=[fee("Handling", "2.50", {1: "0.50"})],
            **given_back("3.00", FEE_BACK),
        ),
        ("1 x 10 - 0 : 2",),
        charges=("2.5 : 0.5",),
        state="partially refunded unfulfilled",
        refunds=(FEE_BACK,),
        back=("3 = 0x2.5+0.5, 0+0, 0",),
    ),
    "an amount given back": Case(
        order("12.00", [LINE], **given_back("3.00", GOODWILL), **PAID),
        ("1 x 10 - 0 : 2",),
        state="partially refunded unfulfilled",
        refunds=(GOODWILL,),
        back=("3 = , 0+0, 3",),
    ),
    "all given back": Case(
        order("12.00", [LINE], status="refunded", **given_back("12.00", ALL_BACK), **PAID),
        ("1 x 10 - 0 : 2",),
        state="refunded unfulfilled",
        refunds=(ALL_BACK,),
        back=("12 = 1x10+2, 0+0, 0",),
    ),
    "given back twice": Case(
        order(
            "18.00",
            [LINE],
            shipping_lines=[shipping("5.00", {1: "1.00"})],
            status="refunded",
            **given_back("18.00", ALL_BACK, LATER),
        ),
        ("1 x 10 - 0 : 2",),
        ("5 : 1",),
        state="refunded unfulfilled",
        refunds=(ALL_BACK, LATER),
        back=("12 = 1x10+2, 0+0, 0", "6 = , 5+1, 0"),
    ),
    "given back where prices have their taxes": Case(
        order(
            "23.80",
            [line(1, "20.00", taxes={3: "3.80"}, quantity=2)],
            prices_include_tax=True,
            **given_back("11.90", INSIDE_BACK),
        ),
        ("2 x 11.9 - 0 : 3.8",),
        state="partially refunded unfulfilled",
        refunds=(INSIDE_BACK,),
        back=("11.9 = 1x11.9+1.9, 0+0, 0",),
    ),
}


@cache
def mapping() -> Any:
    text = (ROOT / "mappings/woocommerce/order.import.json").read_text(encoding="utf-8")
    return compile_mapping(effective([("shipped", parse(text))]))


def values_of(case: Case) -> dict[str, Any]:
    fields = shaped(case.row, Around(refunds=case.refunds))
    found: dict[str, Any] = mapping().transform(Record(fields["id"], fields))
    return found


def plain(value: D) -> str:
    return format(value.normalize() + 0, "f")


def taxed(one: dict[str, Any]) -> str:
    return " ".join([":", *(plain(tax["amount"]) for tax in one["taxes"])])


def sold(one: dict[str, Any]) -> str:
    price, off = plain(one["unit_price"]), plain(one["discount_amount"])
    return f"{plain(one['quantity'])} x {price} - {off} {taxed(one)}"


def told(back_: dict[str, Any]) -> str:
    parts = [
        f"{plain(one['quantity'])}x{plain(one['amount'])}+{plain(one['tax'])}"
        + (" restocked" if one["restocked"] else "")
        for one in back_["lines"]
    ]
    freight = back_["shipping"]
    sums = f"{plain(freight['amount'])}+{plain(freight['tax'])}"
    return f"{plain(back_['amount'])} = {' '.join(parts)}, {sums}, {plain(back_['adjustment'])}"


def test_there_are_enough_of_them():
    assert len(CASES) >= 40


@pytest.mark.parametrize("name", CASES)
def test_an_order_has_its_lines_taxes_total_and_state(name):
    case = CASES[name]
    values = values_of(case)
    state = f"{values['payment_state']} {values['fulfillment_state']}"
    assert tuple(map(sold, values["lines"].values())) == case.lines
    assert tuple(f"{plain(s['price'])} {taxed(s)}" for s in values["shipping"].values()) == (
        case.shipping
    )
    assert tuple(f"{plain(c['amount'])} {taxed(c)}" for c in values["charges"].values()) == (
        case.charges
    )
    assert values["total"] == D(case.row["total"])
    assert state + (" cancelled" if values["cancelled"] else "") == case.state
    assert tuple(map(told, values["refunds"])) == case.back


@pytest.mark.parametrize("name", CASES)
def test_the_parts_of_an_order_come_to_its_total(name):
    values = values_of(CASES[name])
    net = [v["quantity"] * v["unit_price"] - v["discount_amount"] for v in values["lines"].values()]
    net += [one["price"] for one in values["shipping"].values()]
    net += [one["amount"] for one in values["charges"].values()]
    groups = (values["lines"], values["shipping"], values["charges"])
    taxes = [tax["amount"] for group in groups for one in group.values() for tax in one["taxes"]]
    assert sum(taxes, D(0)) == values["total_tax"]
    on_top = D(0) if values["taxes_included"] else sum(taxes, D(0))
    assert sum(net, D(0)) + on_top == values["total"]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.refunds])
def test_what_is_given_back_adds_up(name):
    values = values_of(CASES[name])
    for one in values["refunds"]:
        parts = [*one["lines"], one["shipping"]]
        worth = sum(part["amount"] for part in parts)
        if not values["taxes_included"]:
            worth += sum(part["tax"] for part in parts)
        assert worth + one["adjustment"] == one["amount"]


def test_a_deleted_product_leaves_text_and_price_and_a_variation_names_its_product():
    (gone,) = values_of(CASES["a deleted product"])["lines"].values()
    assert "product_id" not in gone, "the line here keeps the product that it has"
    assert (gone["sku"], gone["name"]) == (None, "Article 1")
    (one,) = values_of(CASES["a variation"])["lines"].values()
    assert one["product_id"].value == "48/61"


def test_a_guest_is_named_by_the_order_and_a_fee_by_its_text():
    values = values_of(CASES["a guest"])
    assert (values["partner_id"], values["guest"]["name"]) == (None, "Ada Example")
    (off,) = values_of(CASES["a negative fee"])["charges"].values()
    assert off["name"] == "Friends & family"
