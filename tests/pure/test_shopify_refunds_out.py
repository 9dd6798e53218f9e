"""Refunds of Odoo on their way to the shop: once each, to the cent, and never more than is left."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal as D

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop
from gateway_ng.lib.demoshop.editing import commit_edit
from gateway_ng.lib.demoshop.refunding import Back, refund
from gateway_ng.lib.demoshop.seed import seed_demo
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import GatewayError, Refused
from gateway_ng.tests.pure.shopify_fakes import TOKEN
from gateway_ng.tests.pure.test_shopify_orders_out import Out, sold


@pytest.fixture
def shop():
    made = Shop(FakeClock(), Settings(access_token=TOKEN))
    seed_demo(made)
    return made


@pytest.fixture
def out(shop):
    return Out(shop)


def back(order, amount, *units, mark="m1", **more):
    """A credit note of `amount`; `units`: quantity of each line."""
    lines = [
        {"lineId": line["id"], "quantity": D(quantity)}
        for line, quantity in zip(order["lineItems"], units, strict=False)
    ]
    return {
        "note": "RINV/1",
        "mark": mark,
        "amount": D(amount),
        "currency": order["currencyCode"],
        "pay": True,
        "lines": lines,
        "shipping": D(0),
        **more,
    }


def give(order, children=None, **wanted):
    return Op("k", "update", order["id"], {"refunds": wanted}, {}, {"refunds": children or {}})


def by_hand(order):
    """The order was paid in a way that moves no money through the shop."""
    for each in order["transactions"]:
        each["gateway"] = "manual"
    return order


def unit(order):
    return D(order["lineItems"][0]["originalUnitPriceSet"])


def stock(shop):
    return {k: dict(v["quantities"]) for k, v in shop.store.tables["InventoryLevel"].items()}


def refused(out, op):
    (result,) = out.write(op)
    assert isinstance(result.error, Refused), result
    assert result.error.record == op.id and result.error.remedy
    return result.error


def test_the_money_goes_back_by_the_payment_it_came_from_and_no_goods_are_restocked(shop, out):
    order = sold(shop, 3)
    before = {key: level["on_hand"] for key, level in stock(shop).items()}
    result = out.one(give(order, c1=back(order, unit(order), 1)))
    fields = out.fields(order["id"])
    (made,) = fields["refunds"]
    assert result.children["refunds"] == {"c1": made["id"]}
    assert (made["amount"], made["mark"], made["note"]) == (unit(order), "m1", "RINV/1 [odoo:m1]")
    assert [(p["quantity"], p["restockType"]) for p in made["lines"]] == [(1, "NO_RESTOCK")]
    (paid,) = [t for t in fields["transactions"] if t["kind"] == "REFUND"]
    assert paid["parentId"] == order["transactions"][0]["id"]
    assert fields["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    left = {key: level["available"] for key, level in stock(shop).items()}
    assert all(left[key] <= before[key] for key in left), "nothing came back to the shelf"


def test_recorded_only_no_money_moves_and_it_is_told_that_the_shop_owes_it(shop, out):
    order = sold(shop, 3)
    result = out.one(give(order, c1=back(order, unit(order), 1, pay=False)))
    fields = out.fields(order["id"])
    (made,) = fields["refunds"]
    assert (made["amount"], made["transactions"], made["lines"][0]["quantity"]) == (D(0), [], 1)
    assert f"shows {unit(order)} as owed to the customer" in result.note
    assert fields["totalOutstanding"]["amount"] < 0


def test_recorded_only_a_payment_that_was_made_by_hand_is_noted_as_given_back(shop, out):
    order = by_hand(sold(shop, 3))
    result = out.one(give(order, c1=back(order, "1.23", pay=False)))
    (made,) = out.fields(order["id"])["refunds"]
    assert (made["amount"], result.note) == (D("1.23"), "")


def test_an_amount_without_units_can_not_be_recorded_where_no_money_moves(shop, out):
    order = sold(shop, 3)
    error = refused(out, give(order, c1=back(order, "1.00", pay=False)))
    assert error.field == "refunds.amount" and "Refunds of Odoo" in error.remedy
    assert out.count("RefundCreate") == 0


def test_an_amount_and_the_shipping_alone_are_given_back(shop, out):
    order = sold(shop, 3)
    out.one(give(order, c1=back(order, "1.00")))
    out.one(give(order, c2=back(order, "2.00", mark="m2", shipping=D(2))))
    one, two = out.fields(order["id"])["refunds"]
    assert (one["amount"], one["lines"], one["shippingLines"]) == (D("1.00"), [], [])
    assert (two["amount"], two["shippingLines"][0]["subtotal"]["amount"]) == (D("2.00"), D("2.00"))


def test_in_parts_until_nothing_is_left_and_then_no_more(shop, out):
    order = sold(shop, 2)
    whole = D(order["totalPriceSet"])
    out.one(give(order, c1=back(order, unit(order), 1), c2=back(order, "1.00", mark="m2")))
    rest = whole - unit(order) - 1
    error = refused(out, give(order, c3=back(order, rest + D("0.01"), 1, mark="m3")))
    assert error.field == "refunds.amount" and f"{rest} of the payments are left" in error.message
    out.one(give(order, c3=back(order, rest, 1, mark="m3")))
    fields = out.fields(order["id"])
    assert fields["totalRefunded"]["amount"] == whole
    assert fields["displayFinancialStatus"] == "REFUNDED"
    assert refused(out, give(order, c4=back(order, "0.01", mark="m4"))).field == "refunds.amount"


def test_two_at_once_share_what_is_left(shop, out):
    order = sold(shop, 3)
    two = {"c1": back(order, "1.00", 2), "c2": back(order, "1.00", 2, mark="m2")}
    assert "1 units of" in refused(out, give(order, **two)).message
    assert out.count("RefundCreate") == 0


def test_what_the_shop_gave_back_itself_is_not_left(shop, out):
    order = sold(shop, 2)
    refund(shop.store, order, [Back(order["lineItems"][0], 2)])
    assert refused(out, give(order, c=back(order, "1.00", 1))).field == "refunds.lines"
    assert out.count("RefundCreate") == 0


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("refunds.lines", {"units": ("4",)}),
        ("refunds.lines", {"units": ("0.5",)}),
        ("refunds.shipping", {"shipping": D("999")}),
        ("refunds.currency", {"currency": "XXX"}),
        ("refunds.amount", {"amount": D(0)}),
        ("refunds.amount", {"mark": None}),
        ("refunds.amount", {"amount": D(9999), "units": ("1",), "pay": False}),
    ],
)
def test_what_can_not_be_given_back_is_refused_before_it_is_sent(shop, out, field, more):
    order = sold(shop, 3)
    units = more.pop("units", ())
    assert refused(out, give(order, c={**back(order, "1.00", *units), **more})).field == field
    assert out.count("RefundCreate") == 0


def test_an_order_that_was_paid_in_another_currency_is_left_to_a_person(shop, out):
    order = sold(shop, 3)
    order["presentmentCurrencyCode"] = "CAD"
    assert refused(out, give(order, c=back(order, "1.00"))).field == "refunds.currency"


def test_a_refund_whose_answer_was_lost_is_found_by_its_mark_and_not_made_twice(shop, out):
    order = sold(shop, 3)
    out.wire.lost = True
    op = give(order, c1=back(order, unit(order), 1))
    with suppress(GatewayError):
        out.write(op)
    sent = out.count("RefundCreate")
    assert sent
    again = out.one(Op("other", "update", order["id"], op.values))
    (made,) = out.fields(order["id"])["refunds"]
    assert again.children["refunds"] == {"c1": made["id"]}
    assert out.count("RefundCreate") == sent


def test_a_refund_that_the_look_does_not_show_yet_is_not_made_twice_by_its_key(shop, out):
    """The first try is still under way: what is read of the order is as before it."""
    order = sold(shop, 3)
    (stale,) = out.endpoint.fetch("order", [order["id"]])
    first = out.one(give(order, c1=back(order, unit(order), 1)))
    out.endpoint._writer._orders._fetch = lambda _ids: [stale]
    again = out.one(give(order, c1=back(order, unit(order), 1)))
    assert again.children == first.children
    assert len(out.fields(order["id"])["refunds"]) == 1


def test_a_try_that_failed_for_sure_is_sent_again_under_another_key(shop, out):
    order = sold(shop, 3)
    kept, order["netPaymentSet"] = order["netPaymentSet"], "0.00"
    (result,) = out.write(give(order, c1=back(order, unit(order), 1)))
    assert "cannot be greater than the net payment" in str(result.error)
    order["netPaymentSet"] = kept
    out.one(give(order, c1=back(order, unit(order), 1)))
    assert len(out.fields(order["id"])["refunds"]) == 1


def test_a_recorded_refund_of_an_edited_order_is_no_edit(shop, out):
    order = sold(shop, 3)
    commit_edit(shop.store, order, {order["lineItems"][0]["id"]: 2}, [], restock=False)
    out.one(give(order, c1=back(order, unit(order), 1, pay=False)))
    fields = out.fields(order["id"])
    assert [one["isEdit"] for one in fields["refunds"]] == [True, False]
    assert fields["lines"][0]["kept"]["quantity"] == 2


def test_a_refund_that_is_tied_is_neither_changed_nor_taken_back(shop, out):
    order = sold(shop, 3)
    tied = dict(out.one(give(order, c1=back(order, "1.00"))).children["refunds"])
    for fields in ({"amount": D(2)}, None):
        assert "not changed or taken back" in refused(out, give(order, tied, c1=fields)).message
    assert out.count("RefundCreate") == 1
