"""A plan of several entities, its intents, and what an apply does with what moved, case by case."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Page
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.merge import Rule
from gateway_ng.lib.plan.ids import is_planned
from gateway_ng.lib.plan.overlay import Overlay
from gateway_ng.lib.plan.shelf import Kept, MemoryShelf
from gateway_ng.lib.sync import settle_page
from gateway_ng.lib.sync.intent import together
from gateway_ng.tests.contract.world import (
    CUSTOMER_IN,
    ORDER_IN,
    PRODUCT_IN,
    World,
    char,
    document,
    templates,
)
from gateway_ng.tests.pure.plan_worlds import products


def orders() -> World:
    """A shop with a customer and her order; Odoo has neither."""
    world = World(CUSTOMER_IN, None, entity="customer")
    person = {"first": "Eva", "last": "Groot", "email": "e@example.com"}
    customer = world.shop.put("customer", person)
    world.shop.put("order", {"number": "1001", "customer": customer, "country": "FR"})
    return world


def turn(world: World, entity: str, into: Any) -> None:
    world.entity, world.documents = entity, {"import": into, "export": None}


def test_an_order_refers_to_a_customer_that_only_the_plan_has() -> None:
    world = orders()
    plan = world.plan(["import"])
    turn(world, "order", ORDER_IN)
    assert world.plan(["import"], plan).counts == {"import": {"created": 1}}
    order = plan.traces[-1][2]
    assert order.intent == {
        "action": "create",
        "fields": {
            "ref": [None, "1001"],
            "partner": [None, "customer id s000001"],
            "country": [None, "country code FR"],
        },
        "held": [],
        "conflicts": [],
    }
    assert world.odoo.all("customer") == world.odoo.all("order") == []
    assert world.store.all("customer") == []


def test_an_apply_knows_the_reference_by_what_it_names() -> None:
    world = orders()
    customers = world.plan(["import"])
    turn(world, "order", ORDER_IN)
    made = world.plan(["import"], customers)
    turn(world, "customer", CUSTOMER_IN)
    mine = [t for t in made.traces if t[0] == "customer"]
    theirs = [t for t in made.traces if t[0] == "order"]
    made.traces = mine
    assert world.apply(made) == {"import": {"created": 1}}
    turn(world, "order", ORDER_IN)
    made.traces = theirs
    assert world.apply(made) == {"import": {"created": 1}}
    (person,) = world.odoo.all("customer")
    (order,) = world.odoo.all("order")
    assert order["partner"] == person["id"]


def test_what_moved_is_held_and_told_by_its_field() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.edit("product", shop_id, price=12)
    plan = world.plan(["import"])
    world.shop.edit("product", shop_id, price=13)
    assert world.apply(plan) == {"import": {"held": 1}}
    assert world.trace(shop_id).reasons[""] == "moved since the plan: price"
    assert world.odoo.get("product", odoo_id)["price"] == 10
    assert world.store.held == {}, "there is nothing to decide: plan again"
    assert world.run("import") == {"updated": 1}, "an ordinary run carries it"


def test_an_edit_of_the_target_that_the_rule_would_overwrite_is_held() -> None:
    world = World(rules=[Rule("*", "remote")])
    shop_id, odoo_id = world.pair()
    world.shop.edit("product", shop_id, price=12)
    plan = world.plan(["import"])
    world.odoo.edit("product", odoo_id, price=11)
    assert world.apply(plan) == {"import": {"held": 1}}
    assert world.odoo.get("product", odoo_id)["price"] == 11


def test_a_record_that_is_gone_is_held() -> None:
    world = World()
    shop_id = world.shop.put("product", {"title": "Mug", "sku": "M1", "status": "active"})
    plan = world.plan(["import"])
    world.shop.remove("product", shop_id)
    assert world.apply(plan) == {"import": {"held": 1}}
    assert world.trace(shop_id).reasons[""] == "moved since the plan: it is gone"
    assert world.odoo.all("product") == []


def test_a_planned_delete_of_what_is_back_is_held() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    fields = dict(world.shop.get("product", shop_id))
    world.shop.remove("product", shop_id)
    plan = world.plan(["import"])
    assert plan.counts == {"import": {"deleted": 1}}
    world.shop.put("product", {**fields, "title": "Cup"}, shop_id)
    assert world.apply(plan) == {"import": {"held": 1}}
    assert odoo_id in world.odoo.rows["product"]


@pytest.mark.parametrize(
    ("winner", "outcome", "back"), [("ask", "held", 0), ("odoo", "unchanged", 1)]
)
def test_a_deletion_that_a_rule_keeps_is_decided_by_the_apply_as_well(
    winner: Any, outcome: str, back: int
) -> None:
    worlds = []
    for _twin in range(2):
        world = World(rules=[Rule("*", winner)])
        shop_id, odoo_id = world.pair()
        world.shop.remove("product", shop_id)
        world.odoo.edit("product", odoo_id, name="Edited")
        worlds.append(world)
    planned, real = worlds
    plan = planned.plan()
    assert plan.counts["import"] == {outcome: 1}
    assert planned.apply(plan)["import"] == {outcome: 1}
    real.both()
    assert planned.trace(shop_id).reasons == real.trace(shop_id).reasons
    assert len(planned.trace(shop_id).conflicts) == len(real.trace(shop_id).conflicts)
    assert len(planned.shop.all("product")) == len(real.shop.all("product")) == back


def test_a_planned_amount_moves_by_what_each_write_moves_it() -> None:
    world = World()
    row = MemoryShelf()
    one = Kept("stock", "1@2", {"free": Decimal(9), "reserved": Decimal(1), "place": "2"})
    two = replace(one, fields={"free": Decimal(12), "reserved": Decimal(-2), "place": "2"})
    over_ = Overlay(world.odoo, "odoo", row, "product", frozenset(), world.clock.now)
    for _write in range(2):
        row.put("odoo", over_._moved_on([(one, two)]))
    (kept,) = row.rows("odoo", "stock", ["1@2"])
    assert kept.fields == {"free": Decimal(15), "reserved": Decimal(-5), "place": "2"}


def test_what_is_gone_on_both_sides_is_let_go_by_the_apply_unless_the_target_is_back() -> None:
    for is_back in (False, True):
        world = World()
        shop_id, odoo_id = world.pair()
        there = world.odoo.get("product", odoo_id)
        world.shop.remove("product", shop_id)
        world.odoo.remove("product", odoo_id)
        plan = world.plan()
        assert plan.counts["import"] == {"deleted": 1}
        if is_back:
            world.odoo.put("product", {k: v for k, v in there.items() if k != "id"}, odoo_id)
        counts = world.apply(plan)
        assert counts["import"] == ({"held": 1} if is_back else {"deleted": 1})
        assert world.binding(shop_id).state == ("bound" if is_back else "gone")
        assert len(world.odoo.all("product")) == int(is_back)


def test_a_record_that_is_not_in_the_plan_is_not_touched() -> None:
    world = World()
    world.shop.put("product", {"title": "Mug", "sku": "M1", "status": "active"})
    plan = world.plan(["import"])
    world.shop.put("product", {"title": "Cup", "sku": "M2", "status": "active"})
    assert world.apply(plan) == {"import": {"created": 1}}
    assert [row["code"] for row in world.odoo.all("product")] == ["M1"]


def test_a_reference_that_was_not_planned_is_not_created() -> None:
    made = {"email": char("email")}
    partner = {"entity": "customer", "key": "email", "create": made}
    into = document(
        "shop.order",
        "odoo.order",
        {"ref": char("number"), "partner": {"MAPTO": "email", "reference": partner}},
        identity=["ref"],
    )
    world = World(into, None, entity="order")
    shop_id = world.shop.put("order", {"number": "1", "email": "a@example.com"})
    plan = world.plan(["import"])
    assert world.odoo.all("customer") == []
    world.shop.edit("order", shop_id, email="b@example.com")
    assert world.apply(plan) == {"import": {"held": 1}}
    assert world.odoo.all("customer") == []
    world.shop.edit("order", shop_id, email="a@example.com")
    assert world.apply(plan) == {"import": {"created": 1}}


def test_an_apply_whose_answer_was_lost_goes_on_where_it_was() -> None:
    world = World()
    odoo_id = world.odoo.put("product", {"name": "Mug", "code": "M1", "price": 10})
    plan = world.plan(["export"])
    world.shop.faults.lost = 1
    flow = world.flow("export", planned=plan.intents("export"))
    records = list(world.odoo.fetch("product", [odoo_id]))
    with pytest.raises(RetryLater):
        settle_page(flow, Page(records, None, None))
    world.store.rollback()
    assert settle_page(flow, Page(records, None, None)) == {"created": 1}
    assert len(world.shop.all("product")) == 1


def test_an_element_is_told_by_its_id_on_the_source() -> None:
    world = World(*templates(owned=True))
    shirt = {"title": "Shirt", "variants": [{"sku": "S", "price": Decimal(9)}]}
    shop_id = world.shop.put("product", shirt)
    world.both()
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(8))
    (variant,) = world.shop.get("product", shop_id)["variants"]
    plan = world.plan(["import"])
    assert plan.intents("import")[shop_id]["fields"] == {
        f"lines[{variant['id']}].price": ["9", "8"]
    }


def test_a_record_that_a_plan_looked_at_twice_is_applied_as_it_was_planned_first() -> None:
    past = [("new shop", 1, "Mug", Decimal(2)), ("new odoo", 1, "Cup", Decimal(1))]
    world = products("odoo", "ask", past)()
    plan = world.plan()
    looks = [trace.outcome for _e, way, trace in plan.traces if way == "export"]
    assert looks == ["held", "held"], "the title is owed, and the price waits for a person"
    assert world.apply(plan)["export"] == {"held": 1}
    (mug,) = world.shop.all("product")
    assert mug["title"] == "Cup"


def test_what_begins_like_an_id_of_a_plan_is_none() -> None:
    made = MemoryShelf().new_id()
    assert is_planned(made) and is_planned(f"{made}@7") and not is_planned(f"{made}0")
    assert not is_planned("plan-b@example.com")


def test_two_looks_of_a_plan_are_one_intent() -> None:
    first = {
        "action": "update",
        "fields": {"title": ["a", "b"], "sku": ["1", "2"]},
        "held": ["price"],
        "conflicts": [["price", "ask"]],
    }
    then = {
        "action": "update",
        "fields": {"title": ["b", "c"], "weight": [None, "1"]},
        "held": [],
        "conflicts": [["price", "ask"], ["weight", "odoo"]],
    }
    assert together(None, then) == then
    assert together(first, {"action": None, "fields": {}}) == first
    assert together({"action": None, "fields": {}}, then) == then
    assert together(first, then) == {
        "action": "update",
        "fields": {"title": ["a", "c"], "sku": ["1", "2"], "weight": [None, "1"]},
        "held": ["price"],
        "conflicts": [["price", "ask"], ["weight", "odoo"]],
    }
    assert together({**first, "action": "create"}, then)["action"] == "create"
    assert together(first, {"action": "delete", "fields": {}})["action"] == "delete"


def test_a_planned_delete_of_what_was_edited_since_is_held() -> None:
    world = World(PRODUCT_IN, None)
    shop_id, odoo_id = world.pair()
    world.shop.remove("product", shop_id)
    plan = world.plan(["import"])
    world.odoo.edit("product", odoo_id, name="Edited since")
    assert world.apply(plan) == {"import": {"held": 1}}
    assert world.trace(shop_id).reasons[""] == "moved since the plan: name"
    assert world.odoo.get("product", odoo_id)["name"] == "Edited since"
    again = world.plan(["import"])  # who approves it sees what goes along
    assert again.intents("import")[shop_id]["fields"] == {"name": ["Edited since", None]}
    assert world.apply(again) == {"import": {"deleted": 1}}


def test_a_planned_removal_of_an_element_that_was_edited_since_is_held() -> None:
    world = World(*templates(owned=True))
    variants = [{"id": "v1", "sku": "S", "price": Decimal(9)}, {"id": "v2", "sku": "M"}]
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": variants})
    world.both()
    world.shop.edit("product", shop_id, variants=variants[1:])
    plan = world.plan(["import"])
    (row,) = world.odoo.all("product")
    world.odoo.edit_element("product", row["id"], "lines", 0, price=Decimal(7))
    assert world.apply(plan) == {"import": {"held": 1}}
    assert world.trace(shop_id).reasons[""] == "moved since the plan: lines[v1].price"
    assert len(world.odoo.all("product")[0]["lines"]) == 2
    assert world.apply(world.plan(["import"])) == {"import": {"updated": 1}}
