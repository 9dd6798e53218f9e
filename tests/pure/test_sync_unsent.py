"""What one side was edited in and the other has not got yet, told without asking the other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gateway_ng.lib.endpoint import Page
from gateway_ng.lib.merge import Rule
from gateway_ng.lib.sync import unsent
from gateway_ng.tests.contract.world import World, templates


def told(world: World, direction: Any = "export") -> dict[str, Any]:
    """What is told of all records of the source, which must not call the target."""
    flow = world.flow(direction)
    before, sent = world.shop.snapshot(), len(world.shop.ops)
    found: dict[str, Any] = {}
    for page in flow.source.pages("product"):
        assert isinstance(page, Page)
        for id_, edits in unsent(flow, page.records).items():
            found[id_] = {name: (one.before, one.now, one.stays) for name, one in edits.items()}
    assert (world.shop.snapshot(), len(world.shop.ops)) == (before, sent)
    return found


def test_an_edit_is_told_by_field_until_it_is_carried() -> None:
    world = World()
    _shop_id, odoo_id = world.pair()
    world.both()
    assert told(world) == {}
    world.odoo.edit("product", odoo_id, name="Cup", price=Decimal(12))
    edits = {"title": ("Mug", "Cup", True), "price": ("10", "12", True)}
    assert told(world) == {odoo_id: edits}
    assert told(world, "import") == {}, "the shop was not edited"
    world.both()
    assert told(world) == {}


def test_what_came_back_to_what_it_was_is_no_edit() -> None:
    world = World()
    _shop_id, odoo_id = world.pair()
    world.both()
    world.odoo.edit("product", odoo_id, name="Cup")
    world.odoo.edit("product", odoo_id, name="Mug")
    assert told(world) == {}


def test_what_a_rule_gives_to_the_other_side_does_not_stay() -> None:
    world = World(rules=[Rule("*.price", "remote", restore=True)])
    _shop_id, odoo_id = world.pair()
    world.both()
    world.odoo.edit("product", odoo_id, name="Cup", price=Decimal(12))
    edits = {"title": ("Mug", "Cup", True), "price": ("10", "12", False)}
    assert told(world) == {odoo_id: edits}


def test_a_record_without_counterpart_or_of_another_pair_is_not_told() -> None:
    world = World()
    world.odoo.put("product", {"name": "New", "code": "N", "price": Decimal(1)})
    assert told(world) == {}


def test_elements_of_lists_are_told_by_their_keys() -> None:
    world = World(*templates())
    variants = [{"sku": "S", "price": Decimal(1)}, {"sku": "M", "price": Decimal(2)}]
    world.shop.put("product", {"title": "Shirt", "variants": variants})
    world.both()
    assert told(world) == {}
    (row,) = world.odoo.all("product")
    world.odoo.edit_element("product", row["id"], "lines", 1, price=Decimal(5))
    (shirt,) = world.shop.all("product")
    key = shirt["variants"][1]["id"]
    assert told(world) == {row["id"]: {f"variants[{key}].price": ("2", "5", True)}}
