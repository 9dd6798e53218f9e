"""What was deleted stays deleted, though something of it is left at the other side."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.lib.merge import Rule
from gateway_ng.tests.contract.world import CUSTOMER_IN, PRODUCT_IN, PRODUCT_OUT, World


def archiving_world(*rules: Rule) -> World:
    """Both sides archive, and the mappings carry the status."""
    told = {"status": {"MAPTO": "status", "type": "char"}}
    into = {**PRODUCT_IN, "record": {**PRODUCT_IN["record"], **told}}
    back = {**PRODUCT_OUT, "record": {**PRODUCT_OUT["record"], **told}}
    into.pop("filters")
    return World(into, back, rules=rules, shop={"archives": True}, odoo={"archives": True})


@pytest.mark.parametrize("direction", ["import", "export"])
def test_an_archived_record_does_not_bring_back_what_was_deleted(direction: Any) -> None:
    world = archiving_world()
    shop_id, odoo_id = world.pair()
    sides = [(world.shop, shop_id), (world.odoo, odoo_id)]
    (gone, gone_id), (left, left_id) = sides if direction == "import" else sides[::-1]
    gone.remove("product", gone_id)
    assert world.run(direction) == {"deleted": 1}
    assert left.get("product", left_id)["status"] == "archived"
    world.both()
    assert gone.all("product") == []
    assert world.writes() == []


def test_an_archived_record_that_is_taken_out_again_is_created_at_the_other_side() -> None:
    world = archiving_world(Rule("*", "odoo"))
    shop_id, odoo_id = world.pair()
    world.shop.remove("product", shop_id)
    world.both()
    world.odoo.edit("product", odoo_id, status="active")
    world.both()
    assert [row["status"] for row in world.shop.all("product")] == ["active"]
    assert world.binding(world.shop.all("product")[0]["id"]).odoo_id == odoo_id
    assert world.writes() == []


def test_a_record_that_comes_back_takes_its_archived_one_again() -> None:
    world = archiving_world()
    shop_id, odoo_id = world.pair()
    fields = dict(world.shop.get("product", shop_id))
    world.shop.remove("product", shop_id)
    world.both()
    world.shop.put("product", {**fields, "status": "active"}, id=shop_id)
    assert world.run("import") == {"updated": 1}
    assert [row["status"] for row in world.odoo.all("product")] == ["active"]
    assert world.binding(shop_id).state == "bound"
    assert world.writes() == []


def test_more_deletes_than_the_guard_lets_pass_are_held_and_come_again() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.remove("product", shop_id)
    assert world.settle("import", deleted=[shop_id, "s9"], holds_deletes=True) == {
        "held": 1,
        "unchanged": 1,
    }
    assert world.binding(shop_id).state == "bound" and odoo_id in world.odoo.rows["product"]
    assert world.settle("import", deleted=[shop_id]) == {"deleted": 1}


def test_a_mapping_may_keep_what_was_deleted_at_the_source() -> None:
    world = World({**PRODUCT_IN, "on_delete": "keep"})
    shop_id, odoo_id = world.pair()
    world.shop.remove("product", shop_id)
    assert world.run("import") == {"unchanged": 1}
    assert world.binding(shop_id).state == "gone"
    world.both()
    assert odoo_id in world.odoo.rows["product"] and world.shop.all("product") == []
    assert world.writes() == []


@pytest.mark.parametrize(("told", "for_good"), [("archive", False), ("delete", True)])
def test_a_mapping_says_whether_a_delete_is_for_good(told: str, for_good: bool) -> None:
    world = World({**PRODUCT_IN, "on_delete": told})
    shop_id, _ = world.pair()
    world.shop.remove("product", shop_id)
    world.run("import")
    assert [op.for_good for op in world.odoo.ops if op.action == "delete"] == [for_good]


def shared_contact() -> tuple[World, list[str]]:
    """Three shop customers that are one contact: (world, ids of the customers)."""
    world = World({**CUSTOMER_IN, "shared": True}, None, entity="customer")
    for last in ("A", "B", "C"):
        world.shop.put("customer", {"first": "Eve", "last": last, "email": "e@example.com"})
    world.run("import")
    return world, [row["id"] for row in world.shop.all("customer")]


def test_a_contact_is_not_deleted_with_one_of_its_customers_while_another_one_holds_it() -> None:
    world, (first, second, third) = shared_contact()
    world.shop.remove("customer", first)
    world.run("import")
    assert world.trace(first).reasons[""] == f"deleted at the source; kept, for {second} is it too"
    assert world.binding(first).state == "gone"
    (contact,) = world.odoo.all("customer")
    world.shop.edit("customer", second, last="Z")
    world.run("import")
    assert world.odoo.get("customer", contact["id"])["name"] == "Eve Z"
    world.shop.remove("customer", second)
    world.shop.remove("customer", third)
    assert world.run("import") == {"unchanged": 2, "deleted": 1}
    assert world.odoo.all("customer") == []
    assert {row.state for row in world.store.all("customer")} == {"gone"}


def test_whether_a_contact_is_held_by_others_is_asked_in_one_query_a_page() -> None:
    world, ids = shared_contact()
    asked: list[Any] = []
    held = world.store.holders
    world.store.holders = lambda *more: asked.append(more) or held(*more)  # type: ignore
    for id_ in ids:
        world.shop.remove("customer", id_)
    world.run("import")
    assert len(asked) == 1


@pytest.mark.parametrize("direction", ["import", "export"])
def test_whether_an_edit_or_a_deletion_is_newer_nobody_knows_so_a_person_is_asked(
    direction: Any,
) -> None:
    world = World(rules=[Rule("*", "newest")])
    shop_id, odoo_id = world.pair()
    world.both()
    sides = [(world.shop, shop_id, "title"), (world.odoo, odoo_id, "name")]
    (edited, id_, name), (gone, gone_id, _name) = sides if direction == "import" else sides[::-1]
    gone.remove("product", gone_id)
    edited.edit("product", id_, **{name: "Cup"})
    assert world.settle(direction, list(edited.fetch("product", [id_]))) == {"held": 1}
    assert world.settle("export" if direction == "import" else "import", deleted=[gone_id]) == {
        "held": 1
    }
    assert edited.get("product", id_)[name] == "Cup"
