"""Golden orders: what the recorded shop said, line by line and tax by tax, to the cent."""

from __future__ import annotations

import json
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from gateway_ng.lib.platforms.woocommerce.shapes_order import Around, order, refund
from gateway_ng.lib.values import loads

FOLDER = Path(__file__).parents[1] / "recorded" / "woocommerce"
ORDERS = (
    "order-with-everything",
    "order-with-everything.wc8.5.2",
    "order-guest",
    "order-usd",
    "order-with-refund",
    "order-fully-refunded",
    "order-line-meta",
)


def recorded(name: str) -> Any:
    told = loads((FOLDER / f"{name}.json").read_bytes())
    return told[0] if isinstance(told, list) else told


def shaped(row: Any, **around: Any) -> dict[str, Any]:
    return order(row, Around(**around))


def charged(fields: dict[str, Any]) -> D:
    """What lines, shipping and fees come to with their taxes."""
    total = D(0)
    for line in fields["lines"]:
        net = line["quantity"] * line["unit_price"] - line["discount"]
        total += net if fields["prices_include_tax"] else net + taxes(line)
    for line in (*fields["shipping_lines"], *fields["fee_lines"]):
        total += line["price"] if fields["prices_include_tax"] else line["price"] + taxes(line)
    return total


def taxes(line: dict[str, Any]) -> D:
    return sum((tax["amount"] for tax in line["taxes"]), D(0))


@pytest.mark.parametrize("name", ORDERS)
def test_lines_shipping_fees_and_taxes_come_to_the_shops_total(name):
    fields = shaped(recorded(name))
    assert charged(fields) == fields["total"]
    every = (*fields["lines"], *fields["shipping_lines"], *fields["fee_lines"])
    assert sum(map(taxes, every), D(0)) == fields["total_tax"]


@pytest.mark.parametrize("name", ["order-with-everything", "order-with-everything.wc8.5.2"])
def test_the_order_with_everything_is_told_alike_by_both_versions(name):
    fields = shaped(recorded(name))
    assert (fields["total"], fields["total_tax"]) == (D("164.56"), D("23.46"))
    assert [
        (line["quantity"], line["unit_price"], line["discount"]) for line in fields["lines"]
    ] == [
        (1, D("43.50"), D("4.35")),
        (1, D("36.50"), D("3.65")),
        (2, D("20.00"), D("4.00")),
        (2, D("17.00"), D("3.40")),
    ]
    assert [
        [(tax["name"], tax["rate"], tax["amount"], tax["country"]) for tax in line["taxes"]]
        for line in fields["lines"]
    ] == [
        [("TVA 20%", D("0.2"), D("7.83"), "FR")],
        [("TVA 5,5%", D("0.055"), D("1.81"), "FR")],
        [("TVA 20%", D("0.2"), D("7.20"), "FR")],
        [("TVA 20%", D("0.2"), D("6.12"), "FR")],
    ]
    (fee,) = fields["fee_lines"]
    assert (fee["name"], fee["price"], taxes(fee)) == ("Handling", D("2.50"), D("0.50"))
    assert fields["coupon_lines"][0]["code"] == "ten"
    assert fields["lines"][0]["variant"] in ("26", "27")
    assert fields["lines"][2]["variant"] in ("81/85", "82/86")
    assert fields["customer"] is None and fields["customer_note"] == "Leave at “door” & ring"


def test_an_order_with_a_coupon_two_rates_and_another_currency():
    fields = shaped(recorded("order-usd"))
    assert (fields["currency"], fields["total"]) == ("USD", D("242.84"))
    assert [line["discount"] for line in fields["lines"]] == [
        D("5.70"),
        D("9.95"),
        D("4.20"),
        D("3.40"),
    ]
    assert [taxes(line) for line in fields["lines"]] == [
        D("3.59"),
        D("17.01"),
        D("7.18"),
        D("5.81"),
    ]


def test_a_line_of_several_pieces_has_its_price_for_one():
    fields = shaped(recorded("order-line-meta"))
    line = fields["lines"][0]
    assert (line["quantity"], line["unit_price"]) == (3, D("54"))
    assert line["meta"]["Engraving"] == "Hello <3"
    assert fields["shipping_lines"][0]["method"] == "flat_rate"


def test_a_partial_refund_names_its_line_and_what_was_put_back():
    row = recorded("order-with-refund")
    fields = shaped(row, refunds=[recorded("refund")])
    assert (fields["total"], fields["refunded"], fields["status"]) == (
        D("230.71"),
        D("58.79"),
        "completed",
    )
    (back,) = fields["refunds"]
    assert (back["amount"], back["reason"], back["adjustment"]) == (D("58.79"), "partial 4", 0)
    assert back["lines"] == [
        {"line": "91", "quantity": 1, "amount": D("54.00"), "tax": D("4.79"), "restocked": False}
    ]


def test_a_full_refund_puts_goods_back_and_leaves_the_rest_as_an_adjustment():
    """The shop gave back the whole amount and named the lines of goods only."""
    row = recorded("order-fully-refunded")
    told = next(r for r in loads((FOLDER / "refunds-global.json").read_bytes()) if r["id"] == 201)
    fields = shaped(row, refunds=[told])
    (back,) = fields["refunds"]
    assert [(line["line"], line["quantity"], line["restocked"]) for line in back["lines"]] == [
        ("157", 1, True),
        ("158", 2, True),
    ]
    assert (back["amount"], back["adjustment"]) == (D("76.83"), D("7.14"))
    assert fields["refunded"] == fields["total"]


def test_a_refund_of_an_amount_alone_has_no_lines():
    back = refund(recorded("refund-amount-only"))
    assert (back["lines"], back["amount"], back["adjustment"]) == ([], D("3.00"), D("3.00"))


def test_a_refund_of_shipping_only_is_told_apart():
    row = recorded("refund")
    row = {
        **row,
        "amount": "7.08",
        "line_items": [],
        "shipping_lines": [{"id": 9, "total": "-5.90", "total_tax": "-1.18", "meta_data": []}],
    }
    back = refund(row)
    assert (back["shipping"], back["adjustment"]) == ({"amount": D("5.90"), "tax": D("1.18")}, 0)


# Made from the recorded ones, for what was not recorded.


def line(id_: int, subtotal: str, total: str, tax: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": f"Line {id_}",
        "product_id": id_,
        "variation_id": 0,
        "quantity": 1,
        "tax_class": "",
        "subtotal": subtotal,
        "subtotal_tax": "0.00",
        "total": total,
        "total_tax": str(sum(map(D, tax.values()), D(0))),
        "taxes": [{"id": int(rate), "total": value, "subtotal": ""} for rate, value in tax.items()],
        "meta_data": [],
        "sku": "",
        **more,
    }


def rate(id_: int, total: str, shipping: str = "0.00", **more: Any) -> dict[str, Any]:
    return {
        "id": 90 + id_,
        "rate_code": f"US-TAX {id_}-1",
        "rate_id": id_,
        "label": f"Tax {id_}",
        "compound": False,
        "tax_total": total,
        "shipping_tax_total": shipping,
        "rate_percent": D("8.25"),
        "meta_data": [],
        **more,
    }


def made(total: str, lines: list[Any], rates: list[Any], **more: Any) -> dict[str, Any]:
    base = recorded("order-guest")
    row = {**base, "line_items": lines, "tax_lines": rates, "total": total}
    return {**row, "shipping_lines": [], "fee_lines": [], "coupon_lines": [], **more}


def test_a_shop_that_rounds_at_the_subtotal_has_its_cent_on_the_line_that_lost_most():
    """Three times 0.50 at 8.25 %: 0.04125 each, rounded together 0.12, rounded apart 0.12 as well;
    four of them are 0.165, so 0.17, where apart they would be 0.16."""
    lines = [line(n, "0.50", "0.50", {"1": "0.04125"}) for n in range(1, 5)]
    fields = shaped(made("2.17", lines, [rate(1, "0.17")]))
    assert [taxes(one) for one in fields["lines"]] == [D("0.05"), D("0.04"), D("0.04"), D("0.04")]
    assert charged(fields) == D("2.17")


def test_a_cent_too_many_is_taken_from_where_rounding_gave_most():
    lines = [line(n, "1.00", "1.00", {"1": "0.046"}) for n in range(1, 4)]
    fields = shaped(made("3.14", lines, [rate(1, "0.14")]))
    assert sum((taxes(one) for one in fields["lines"]), D(0)) == D("0.14")


def test_a_difference_that_is_no_matter_of_rounding_is_left_to_be_seen():
    lines = [line(1, "10.00", "10.00", {"1": "0.83"})]
    fields = shaped(made("15.00", lines, [rate(1, "5.00")]))
    assert taxes(fields["lines"][0]) == D("0.83")
    assert charged(fields) != fields["total"]


def test_two_rates_on_one_line_are_told_apart():
    lines = [line(1, "100.00", "100.00", {"1": "5.00", "2": "9.98"})]
    rates = [rate(1, "5.00", rate_percent=5), rate(2, "9.98", rate_percent=D("9.975"))]
    fields = shaped(made("114.98", lines, rates))
    assert [(t["rate"], t["amount"]) for t in fields["lines"][0]["taxes"]] == [
        (D("0.05"), D("5.00")),
        (D("0.09975"), D("9.98")),
    ]


def test_a_whole_discount_costs_nothing():
    lines = [line(1, "25.00", "0.00", {"1": "0.00"})]
    fields = shaped(made("0.00", lines, [rate(1, "0.00")]))
    assert (fields["lines"][0]["discount"], fields["lines"][0]["taxes"]) == (D("25.00"), [])
    assert charged(fields) == 0


def test_a_fee_may_be_negative():
    lines = [line(1, "25.00", "25.00", {})]
    fees = [
        {
            "id": 5,
            "name": "Friends &amp; family",
            "total": "-5.00",
            "total_tax": "0.00",
            "taxes": [],
        }
    ]
    fields = shaped(made("20.00", lines, [], fee_lines=fees))
    assert (fields["fee_lines"][0]["name"], charged(fields)) == ("Friends & family", D("20.00"))


def test_a_currency_without_decimals_is_rounded_to_whole_units():
    lines = [line(1, "1000", "1000", {"1": "99.6"})]
    fields = shaped(made("1100", lines, [rate(1, "100")], currency="JPY"))
    assert (taxes(fields["lines"][0]), charged(fields)) == (D(100), D(1100))


def test_a_currency_with_three_decimals_keeps_them():
    lines = [line(1, "1.250", "1.250", {"1": "0.0625"})]
    fields = shaped(made("1.313", lines, [rate(1, "0.063")], currency="KWD"))
    assert (taxes(fields["lines"][0]), charged(fields)) == (D("0.063"), D("1.313"))


def test_where_prices_include_taxes_lines_are_told_as_the_customer_saw_them():
    lines = [
        line(1, "33.61", "30.25", {"1": "5.75"}, subtotal_tax="6.39", quantity=2),
    ]
    shipping = [
        {
            "id": 7,
            "method_title": "Post",
            "method_id": "flat_rate",
            "total": "4.96",
            "total_tax": "0.94",
            "taxes": [{"id": 1, "total": "0.942", "subtotal": ""}],
        }
    ]
    fields = shaped(
        made(
            "41.90",
            lines,
            [rate(1, "5.75", "0.94", rate_percent=19)],
            shipping_lines=shipping,
            prices_include_tax=True,
        )
    )
    one = fields["lines"][0]
    assert (one["unit_price"], one["discount"]) == (D("20.00"), D("4.00"))
    assert fields["shipping_lines"][0]["price"] == D("5.90")
    assert charged(fields) == D("41.90")


def test_a_price_that_can_not_be_divided_comes_to_the_lines_amount_all_the_same():
    lines = [line(1, "10.00", "10.00", {}, quantity=7)]
    fields = shaped(made("10.00", lines, []))
    assert charged(fields) == D("10.00")


def test_a_rate_that_the_order_does_not_name_is_told_as_unknown():
    lines = [line(1, "10.00", "10.00", {"4": "1.00"})]
    fields = shaped(made("11.00", lines, []))
    (tax,) = fields["lines"][0]["taxes"]
    assert (tax["name"], tax["rate"], tax["amount"]) == ("Tax 4", None, D("1.00"))


def test_the_number_is_what_a_plugin_makes_of_it():
    assert shaped({**recorded("order-guest"), "number": "2026-0187"})["number"] == "2026-0187"


def test_no_amount_is_a_float():
    fields = shaped(recorded("order-with-everything"))
    text = json.dumps(fields, default=str)
    assert "164.56" in text

    def leaves(value: Any) -> Any:
        if isinstance(value, dict):
            for item in value.values():
                yield from leaves(item)
        elif isinstance(value, list):
            for item in value:
                yield from leaves(item)
        else:
            yield value

    assert not [leaf for leaf in leaves(fields) if isinstance(leaf, float)]
