"""What was deleted stays deleted, though something of it is left at the other side."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.lib.merge import Rule
from gateway_ng.tests.contract.world import PRODUCT_IN, PRODUCT_OUT, World


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
