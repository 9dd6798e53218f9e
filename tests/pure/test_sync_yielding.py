"""`null_yields`: no sale on one side is no statement against the sale on the other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.merge import Rule, Strategy
from gateway_ng.tests.contract.world import PRODUCT_IN, PRODUCT_OUT, World, amount

DIRECTIONS = ("import", "export")
SALE = "lambda price, before: before"


def pair(document: dict[str, Any], name: str, source: str) -> dict[str, Any]:
    """`document` with the price before a sale beside the price, as Shopify has them."""
    linked = amount(["price", source, SALE], null_yields=True)
    return {**document, "record": {**document["record"], name: linked}}


def world(odoo: dict[str, Any], shop: dict[str, Any], back: bool = True) -> tuple[World, str, str]:
    out = pair(PRODUCT_OUT, "before", "was") if back else None
    made = World(pair(PRODUCT_IN, "was", "before"), out)
    odoo_id = made.odoo.put("product", {"name": "Mug", "code": "M", **odoo})
    shop_id = made.shop.put("product", {"title": "Mug", "sku": "M", "status": "active", **shop})
    return made, odoo_id, shop_id


def both(made: World, odoo_id: str, shop_id: str) -> list[tuple[Any, Any]]:
    odoo, shop = made.odoo.get("product", odoo_id), made.shop.get("product", shop_id)
    return [(odoo["price"], odoo["was"]), (shop["price"], shop["before"])]


NONE = Decimal(20), None
SOLD = Decimal(15), Decimal(20)


@pytest.mark.parametrize("winner", ["odoo", "remote"])
@pytest.mark.parametrize("first", DIRECTIONS)
@pytest.mark.parametrize("at_odoo", [True, False])
def test_the_only_sale_there_is_reaches_the_other_side(
    at_odoo: bool, first: str, winner: Any
) -> None:
    held, said = (SOLD, NONE) if at_odoo else (NONE, SOLD)
    made, odoo_id, shop_id = world(
        {"price": held[0], "was": held[1]}, {"price": said[0], "before": said[1]}
    )
    made.strategy = Strategy([Rule("*", winner)])
    for direction in (first, *DIRECTIONS, *DIRECTIONS):
        made.run(direction)
        assert not any(trace.conflicts for _e, _d, trace in made.store.traces)
    assert both(made, odoo_id, shop_id) == [SOLD, SOLD]
    assert made.writes() == []


def test_two_sales_that_differ_are_decided_by_the_rules() -> None:
    made, odoo_id, shop_id = world(
        {"price": Decimal(15), "was": Decimal(20)}, {"price": Decimal(12), "before": Decimal(20)}
    )
    made.run("import")
    assert both(made, odoo_id, shop_id)[0] == (12, 20)
    assert len(made.trace(shop_id).conflicts) == 1


def test_a_sale_that_ended_later_is_ended_on_the_other_side() -> None:
    made, odoo_id, shop_id = world(
        {"price": Decimal(20), "was": None}, {"price": Decimal(15), "before": Decimal(20)}
    )
    made.run("import")
    made.shop.edit("product", shop_id, price=Decimal(20), before=None)
    made.run("import")
    assert both(made, odoo_id, shop_id) == [NONE, NONE]
    assert made.writes() == []


def test_where_nothing_could_carry_it_back_the_rules_decide() -> None:
    made, odoo_id, shop_id = world(
        {"price": Decimal(15), "was": Decimal(20)},
        {"price": Decimal(20), "before": None},
        back=False,
    )
    made.run("import")
    assert both(made, odoo_id, shop_id)[0] == NONE
    assert made.trace(shop_id).conflicts


def test_a_field_that_comes_with_a_settled_one_leaves_that_one_s_base() -> None:
    """A price list for sales is chosen when prices have long been settled."""
    made, odoo_id, shop_id = world(
        {"price": Decimal(15)}, {"price": Decimal(15), "before": Decimal(20)}
    )
    made.run("import")
    made.run("export")
    made.odoo.edit("product", odoo_id, price=Decimal(15), was=None)
    made.shop.edit("product", shop_id, title="Cup")
    made.run("import")
    assert both(made, odoo_id, shop_id) == [SOLD, SOLD]
    assert made.writes() == []


def test_absent_is_neither_compared_nor_written() -> None:
    made, odoo_id, shop_id = world(
        {"price": Decimal(15)}, {"price": Decimal(15), "before": Decimal(20)}
    )
    made.run("import")
    made.run("export")
    assert "was" not in made.odoo.get("product", odoo_id)
    assert made.shop.get("product", shop_id)["before"] == 20


@pytest.mark.parametrize("first", DIRECTIONS)
def test_of_a_field_that_is_kept_each_side_has_its_own_until_one_edits_it(first: str) -> None:
    kept = {"first_match": "keep"}
    into = {**PRODUCT_IN, "record": {**PRODUCT_IN["record"], "price": amount("price", **kept)}}
    out = {**PRODUCT_OUT, "record": {**PRODUCT_OUT["record"], "price": amount("price", **kept)}}
    made = World(into, out)
    odoo_id = made.odoo.put("product", {"name": "Mug", "code": "M", "price": Decimal(5)})
    fields = {"title": "Mug", "sku": "M", "status": "active", "price": Decimal(7)}
    shop_id = made.shop.put("product", fields)
    for direction in (first, *DIRECTIONS):
        assert made.run(direction).get("updated", 0) == 0
    assert made.odoo.get("product", odoo_id)["price"] == Decimal(5)
    assert made.shop.get("product", shop_id)["price"] == Decimal(7)
    assert not made.trace(shop_id if first == "export" else odoo_id).conflicts
    made.shop.edit("product", shop_id, price=Decimal(8))
    made.run("import")
    assert made.odoo.get("product", odoo_id)["price"] == Decimal(8)
    made.odoo.edit("product", odoo_id, price=Decimal(9))
    made.run("export")
    assert made.shop.get("product", shop_id)["price"] == Decimal(9)
    assert made.writes() == []
