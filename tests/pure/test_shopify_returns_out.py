"""Returns of Odoo on their way to the shop: once each, closed, and never more than was sent."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal as D

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop
from gateway_ng.lib.demoshop.fulfilling import call_back, fulfill
from gateway_ng.lib.demoshop.refunding import Back, refund
from gateway_ng.lib.demoshop.returning import finish, open_return
from gateway_ng.lib.demoshop.seed import seed_demo
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import GatewayError, Refused
from gateway_ng.tests.pure.shopify_fakes import TOKEN
from gateway_ng.tests.pure.test_shopify_orders_out import Out, shipment, sold


@pytest.fixture
def shop():
    made = Shop(FakeClock(), Settings(access_token=TOKEN))
    seed_demo(made)
    return made


@pytest.fixture
def out(shop):
    return Out(shop)


def sent(shop, *units):
    """An order of three of one line, shipped in parcels of `units`."""
    order = sold(shop, 3)
    for count in units or (3,):
        (open_,) = shop.store.many("FulfillmentOrder", order["fulfillmentOrders"])
        fulfill(shop.store, open_, {open_["lineItems"][0]["id"]: count})
    return order


def back(order, quantity=1, mark="m1", **more):
    line = {"lineId": order["lineItems"][0]["id"], "quantity": D(quantity), "name": "Mug"}
    return {"note": "WH/RET/1", "mark": mark, "lines": [{**line, **more}]}


def give(order, children=None, **wanted):
    return Op("k", "update", order["id"], {"returns": wanted}, {}, {"returns": children or {}})


def own(shop, order, quantity=1):
    """A return that the shop itself has opened."""
    (sent_,) = shop.store.many("Fulfillment", order["fulfillments"])
    row = {"fulfillmentLineItemId": sent_["lineItems"][0]["id"], "quantity": quantity}
    return open_return(shop.store, order, [row])


def stock(shop):
    return {k: dict(v["quantities"]) for k, v in shop.store.tables["InventoryLevel"].items()}


def refused(out, op):
    (result,) = out.write(op)
    assert isinstance(result.error, Refused), result
    assert result.error.record == op.id and result.error.remedy
    return result.error


def test_what_came_back_is_a_closed_return_and_nothing_is_restocked_or_paid(shop, out):
    order = sent(shop)
    before = stock(shop)
    result = out.one(give(order, r1=back(order, 2)))
    fields = out.fields(order["id"])
    (made,) = fields["returns"]
    assert result.children["returns"] == {"r1": made["id"]}
    assert (made["status"], made["totalQuantity"], made["mark"]) == ("CLOSED", 2, "m1")
    (line,) = made["lines"]
    assert (line["lineId"], line["quantity"]) == (order["lineItems"][0]["id"], 2)
    assert (line["reason"], line["note"]) == ("Other", "WH/RET/1 [odoo:m1]")
    assert (line["processedQuantity"], line["refundedQuantity"]) == (0, 0)
    assert (fields["returnStatus"], fields["refunds"]) == ("RETURNED", [])
    assert stock(shop) == before


def test_in_parts_until_nothing_is_left_and_then_no_more(shop, out):
    order = sent(shop, 2, 1)
    tied = dict(out.one(give(order, r1=back(order, 1))).children["returns"])
    again = out.one(give(order, tied, r2=back(order, 2, "m2")))
    assert again.children["returns"].keys() == {"r1", "r2"}
    one, two = out.fields(order["id"])["returns"]
    assert [part["quantity"] for part in one["lines"]] == [1]
    assert [part["quantity"] for part in two["lines"]] == [1, 1], "of both parcels"
    assert len({part["sentLineId"] for part in two["lines"]}) == 2
    error = refused(out, give(order, r3=back(order, 1, "m3")))
    assert error.field == "returns.lines"
    assert f"Order {order['name']}: 1 × «Mug» came back, and 0 that" in error.message
    assert "without restocking" in error.remedy
    assert out.count("ReturnCreate") == 2


def test_two_at_once_share_what_is_left(shop, out):
    order = sent(shop)
    assert (
        "1 that the shop"
        in refused(out, give(order, r1=back(order, 2), r2=back(order, 2, "m2"))).message
    )
    assert out.count("ReturnCreate") == 0


@pytest.mark.parametrize(
    ("field", "more", "told"),
    [
        ("returns.lines", {"quantity": D("0.5")}, "whole units"),
        ("returns.lines", {"lineId": None}, "no such line"),
        ("returns.lines", {"lineId": "gid://shopify/LineItem/0"}, "has sent none"),
        ("returns.mark", {"mark": None}, "mark"),
    ],
)
def test_what_can_not_come_back_is_refused_before_it_is_sent(shop, out, field, more, told):
    order = sent(shop)
    mark = more.pop("mark", "m1")
    error = refused(out, give(order, r1=back(order, mark=mark, **more)))
    assert error.field == field and told in error.message
    assert out.count("ReturnCreate") == 0


def test_what_the_shop_never_sent_or_called_off_does_not_come_back(shop, out):
    order = sold(shop, 3)
    assert "has sent none" in refused(out, give(order, r1=back(order))).message
    order = sent(shop)
    call_back(shop.store, shop.store.many("Fulfillment", order["fulfillments"])[0])
    assert "has sent none" in refused(out, give(order, r1=back(order))).message


def test_a_parcel_and_what_came_back_of_it_may_be_told_at_once(shop, out):
    order = sold(shop, 3)
    values = {"fulfillments": {"p1": shipment(order, 2)}, "returns": {"r1": back(order)}}
    result = out.one(Op("k", "update", order["id"], values, {}, {}))
    assert result.children["fulfillments"].keys() == {"p1"}
    (made,) = out.fields(order["id"])["returns"]
    assert result.children["returns"] == {"r1": made["id"]}


@pytest.mark.parametrize("step", ["ReturnCreate", "ReturnClose"])
def test_a_return_whose_answer_was_lost_is_found_by_its_mark_and_not_made_twice(shop, out, step):
    order = sent(shop)
    op = give(order, r1=back(order))
    plain, out.wire.lost = out.wire.send, step == "ReturnCreate"

    def lose_the_second(*call):
        out.wire.lost = out.count("ReturnCreate") == 1
        return plain(*call)

    if step == "ReturnClose":
        out.wire.send = lose_the_second
    with suppress(GatewayError):
        out.write(op)
    out.wire.send, out.wire.lost = plain, False
    again = out.one(Op("other", "update", order["id"], op.values))
    (made,) = out.fields(order["id"])["returns"]
    assert again.children["returns"] == {"r1": made["id"]}
    assert made["status"] == "CLOSED"
    assert out.count("ReturnCreate") == 1


def test_a_marked_return_that_the_shop_called_off_is_not_made_again(shop, out):
    order = sent(shop)
    out.one(give(order, r1=back(order)))
    (made,) = shop.store.many("Return", order["returns"])
    made["status"] = "CANCELED"
    again = out.one(give(order, r1=back(order)))
    assert again.children["returns"] == {"r1": made["id"]}
    assert (out.count("ReturnCreate"), out.count("ReturnClose")) == (1, 1)


def test_the_shop_s_own_return_of_the_same_units_stands_for_it_and_stays_open(shop, out):
    order = sent(shop)
    made = own(shop, order, 2)
    result = out.one(give(order, r1=back(order, 2)))
    assert result.children["returns"] == {"r1": made["id"]}
    assert f"own return {made['name']}" in result.note
    assert (made["status"], out.count("ReturnCreate")) == ("OPEN", 0)
    tied = dict(result.children["returns"])
    assert "1 that the shop" in refused(out, give(order, tied, r2=back(order, 2, "m2"))).message
    finish(shop.store, made)
    out.one(give(order, tied, r2=back(order, 1, "m2")))
    assert len(out.fields(order["id"])["returns"]) == 2


def test_what_the_money_was_given_back_for_already_is_told_to_people_and_not_to_the_shop(shop, out):
    order = sent(shop)
    refund(shop.store, order, [Back(order["lineItems"][0], 1)])
    result = out.one(give(order, r1=back(order, 1)))
    assert result.children["returns"] == {} and "1 × «Mug» are not told" in result.note
    result = out.one(give(order, r2=back(order, 3, "m2")))
    (made,) = out.fields(order["id"])["returns"]
    assert made["totalQuantity"] == 2 and "gave the money back" in result.note


def test_with_a_refund_in_one_write_the_goods_come_back_before_the_money(shop, out):
    order = sent(shop)
    unit = D(order["lineItems"][0]["originalUnitPriceSet"])
    credit = {
        "note": "RINV/1",
        "mark": "c1",
        "amount": unit,
        "currency": order["currencyCode"],
        "pay": True,
        "lines": [{"lineId": order["lineItems"][0]["id"], "quantity": D(1)}],
        "shipping": D(0),
    }
    values = {"returns": {"r1": back(order)}, "refunds": {"c1": credit}}
    result = out.one(Op("k", "update", order["id"], values, {}, {}))
    assert result.children["returns"].keys() == {"r1"}
    assert result.children["refunds"].keys() == {"c1"}
    out.one(give(order, dict(result.children["returns"]), r2=back(order, 2, "m2")))
    assert len(out.fields(order["id"])["returns"]) == 2, "one unit is back and paid, not two"


def test_a_note_is_cut_and_its_mark_is_not(shop, out):
    order = sent(shop)
    out.one(give(order, r1={**back(order), "note": "x" * 400}))
    (made,) = out.fields(order["id"])["returns"]
    assert len(made["lines"][0]["note"]) == 255 and made["mark"] == "m1"


def test_a_return_that_is_tied_is_neither_changed_nor_taken_back(shop, out):
    order = sent(shop)
    tied = dict(out.one(give(order, r1=back(order))).children["returns"])
    for fields in ({"note": "y"}, None):
        assert "not changed or taken back" in refused(out, give(order, tied, r1=fields)).message
    assert out.count("ReturnCreate") == 1


def test_where_returns_can_not_be_read_none_is_made():
    shop = Shop(
        FakeClock(), Settings(access_token=TOKEN, scopes=("write_products", "write_orders"))
    )
    seed_demo(shop)
    order = sent(shop)
    error = refused(Out(shop), give(order, r1=back(order)))
    assert "write_returns" in error.remedy
    assert shop.store.many("Return", order["returns"]) == []
