"""Fields that are made with what the target itself holds of them: its own word stays only where the
source has none, and an edit of the target is one as of any field."""

from __future__ import annotations

import pytest

from gateway_ng.lib.merge import Rule
from gateway_ng.tests.contract.world import PRODUCT_IN, PRODUCT_OUT, World

#: The shop takes capitals alone; where Odoo's name has none, the shop's stays.
CAPITALS = {
    "MAPTO": ["name", "@.title?", "lambda name, held: name if name.isupper() else held or name"],
    "type": "char",
}


def a_world(*rules: Rule) -> tuple[World, str, str]:
    out = {**PRODUCT_OUT, "record": {**PRODUCT_OUT["record"], "title": CAPITALS}}
    world = World(PRODUCT_IN, out, rules=rules)
    shop_id, odoo_id = world.pair(title="MUG")
    world.both()
    return world, shop_id, odoo_id


def title(world: World, shop_id: str) -> str:
    return str(world.shop.get("product", shop_id)["title"])


def test_an_edit_of_the_shop_is_not_overwritten_by_what_odoo_had_before() -> None:
    world, shop_id, odoo_id = a_world()
    world.shop.edit("product", shop_id, title="CUP")
    world.odoo.edit("product", odoo_id, price=11)
    world.run("export")
    assert title(world, shop_id) == "CUP"
    assert world.shop.get("product", shop_id)["price"] == 11
    world.both()
    assert world.odoo.get("product", odoo_id)["name"] == "CUP"


@pytest.mark.parametrize("directions", [["export"], ["import", "export"]])
def test_what_both_sides_edited_is_a_conflict_and_neither_is_overwritten(
    directions: list[str],
) -> None:
    world, shop_id, odoo_id = a_world(Rule("*", "ask"))
    world.shop.edit("product", shop_id, title="CUP")
    world.odoo.edit("product", odoo_id, name="BEAKER")
    for direction in directions:
        assert world.run(direction) == {"held": 1}  # type: ignore[arg-type]
    assert title(world, shop_id) == "CUP"
    assert world.odoo.get("product", odoo_id)["name"] == "BEAKER"


def test_the_rules_decide_it_with_a_line_that_names_the_winner() -> None:
    world, shop_id, odoo_id = a_world(Rule("*", "odoo"))
    world.shop.edit("product", shop_id, title="CUP")
    world.odoo.edit("product", odoo_id, name="BEAKER")
    world.run("export")
    assert title(world, shop_id) == "BEAKER"
    (conflict,) = world.store.traces[-1][2].conflicts
    assert (conflict.winner, conflict.target) == ("odoo", {"title": "CUP"})


def test_where_odoo_has_no_word_of_its_own_the_shops_stays_and_is_no_conflict() -> None:
    world, shop_id, odoo_id = a_world(Rule("*", "ask"))
    world.odoo.edit("product", odoo_id, name="mug")
    world.shop.edit("product", shop_id, title="CUP")
    assert world.run("export") == {"unchanged": 1}
    assert title(world, shop_id) == "CUP"


def test_fields_that_are_made_of_each_other_are_left_as_the_shop_has_edited_them() -> None:
    """The shop's own split of a name stays as long as the name does."""
    split = ["name", "@.title?", "@.note?"]
    whole = "' '.join([part for part in [a, b] if part])"
    first = f"lambda name, a, b: a if name == {whole} else name.rpartition(' ')[0]"
    last = f"lambda name, a, b: b if name == {whole} else name.rpartition(' ')[2]"
    name = ["title", "note", f"lambda a, b: {whole}"]
    into = {"name": {"MAPTO": name, "type": "char"}, "code": {"MAPTO": "sku", "type": "char"}}
    fields = {
        "title": {"MAPTO": [*split, first], "type": "char"},
        "note": {"MAPTO": [*split, last], "type": "char"},
        "sku": {"MAPTO": "code", "type": "char"},
        "price": {"MAPTO": "price", "type": "decimal"},
    }
    world = World({**PRODUCT_IN, "record": into}, {**PRODUCT_OUT, "record": fields})
    shop_id, odoo_id = world.pair(title="ADA", note="OF THE HILL")
    world.both()
    world.shop.edit("product", shop_id, note="OF THE DALE")
    world.odoo.edit("product", odoo_id, price=12)
    world.run("export")
    shown = world.shop.get("product", shop_id)
    assert (shown["title"], shown["note"], shown["price"]) == ("ADA", "OF THE DALE", 12)
    world.both()
    assert world.odoo.get("product", odoo_id)["name"] == "ADA OF THE DALE"
