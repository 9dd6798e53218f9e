"""Records and elements that are made anew under another id: they are met again, never doubled."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.merge import Rule
from gateway_ng.lib.store import Binding
from gateway_ng.lib.sync import settle_page
from gateway_ng.tests.contract.crash import Crash
from gateway_ng.tests.contract.memory import entity
from gateway_ng.tests.contract.world import PRODUCT_OUT, World, amount, document, templates


def shirts(**more: Any) -> tuple[World, str, str]:
    """A product with two variants that is in both, found by its name: (world, shop id, Odoo id)."""
    into, back = templates(owned=True, match=["sku"])
    into, back = {**into, "identity": ["name"]}, {**back, "identity": ["title"]}
    world = World(into, back, **more)
    variants = [{"sku": size, "price": Decimal(9)} for size in ("S", "M")]
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": variants})
    world.both()
    return world, shop_id, str(world.binding(shop_id).odoo_id)


def variants(world: World) -> list[tuple[str | None, str | None]]:
    rows = [row for row in world.store.all("variant") if row.state == "bound"]
    return sorted((row.remote_id, row.odoo_id) for row in rows)


def pairs(world: World) -> list[tuple[str, str]]:
    """Ids of variants with one SKU, as both sides have them now."""
    (there,), (here,) = world.shop.all("product"), world.odoo.all("product")
    codes = {line["code"]: line["id"] for line in here["lines"]}
    return sorted((one["id"], codes[one["sku"]]) for one in there["variants"])


def test_a_record_that_a_person_made_anew_is_matched_and_not_created_beside_it() -> None:
    world, shop_id, odoo_id = shirts(rules=[Rule("*", "remote")])
    world.odoo.remove("product", odoo_id)
    lines = [{"code": size, "price": Decimal(9)} for size in ("S", "M")]
    new_id = world.odoo.put("product", {"name": "Shirt", "lines": lines})
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(8))
    world.both()
    assert [row["id"] for row in world.odoo.all("product")] == [new_id]
    assert variants(world) == pairs(world)
    assert world.writes() == []


def test_what_is_created_again_in_the_shop_leaves_no_binding_of_its_old_variants() -> None:
    world, shop_id, odoo_id = shirts(rules=[Rule("*", "odoo")])
    world.shop.remove("product", shop_id)
    world.odoo.edit_element("product", odoo_id, "lines", 0, price=Decimal(8))
    world.both()
    assert len(world.shop.all("product")) == 1
    assert variants(world) == pairs(world)


def test_variants_of_a_product_that_is_made_by_hand_again_in_the_shop_are_tied_anew() -> None:
    world, shop_id, odoo_id = shirts(rules=[Rule("*", "odoo")])
    world.shop.remove("product", shop_id)
    lines = [{"sku": size, "price": Decimal(9)} for size in ("S", "M")]
    new_id = world.shop.put("product", {"title": "Shirt", "variants": lines})
    world.odoo.edit_element("product", odoo_id, "lines", 0, price=Decimal(8))
    world.run("export")
    assert variants(world) == pairs(world)
    world.both()
    assert [row["id"] for row in world.shop.all("product")] == [new_id]
    assert [v["price"] for v in world.shop.all("product")[0]["variants"]] == [8, 9]
    assert variants(world) == pairs(world)
    assert world.writes() == []


def test_a_variant_that_was_made_anew_in_odoo_keeps_its_own_in_the_shop() -> None:
    """The shop refuses a second one of the same options, and goes on selling the first one."""
    world, shop_id, odoo_id = shirts()
    small, medium = world.odoo.get("product", odoo_id)["lines"]
    anew = {"id": "anew", "code": "M", "price": Decimal(12)}
    world.odoo.edit("product", odoo_id, lines=[small, anew])
    before = [one["id"] for one in world.shop.get("product", shop_id)["variants"]]
    assert world.run("export") == {"updated": 1}
    there = world.shop.get("product", shop_id)["variants"]
    assert [one["id"] for one in there] == before
    assert [one["price"] for one in there] == [Decimal(9), Decimal(12)]
    assert variants(world) == pairs(world)
    assert medium["id"] not in [row.odoo_id for row in world.store.all("variant")]
    assert world.writes() == []


def test_that_two_variants_have_no_sku_makes_them_no_pair() -> None:
    """Another one in Odoo does not become the shop's that lost its own."""
    into, back = templates(owned=False, match=["sku"])
    world = World({**into, "identity": ["name"]}, {**back, "identity": ["title"]})
    bare = [{"sku": None, "price": Decimal(price)} for price in (9, 10)]
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": bare})
    world.both()
    odoo_id = str(world.binding(shop_id).odoo_id)
    small, _medium = world.odoo.get("product", odoo_id)["lines"]
    before = world.shop.get("product", shop_id)["variants"]
    another = {"id": "another", "code": None, "price": Decimal(12)}
    world.odoo.edit("product", odoo_id, lines=[small, another])
    assert world.run("export") == {"updated": 1}
    there = world.shop.get("product", shop_id)["variants"]
    assert there[:2] == before
    assert [one["price"] for one in there[2:]] == [Decimal(12)]


def test_a_deletion_takes_the_bindings_of_the_variants_along() -> None:
    world, shop_id, odoo_id = shirts(rules=[Rule("*", "odoo")])
    world.odoo.remove("product", odoo_id)
    world.run("export")
    assert (world.shop.all("product"), variants(world)) == ([], [])


def test_a_deletion_that_wins_against_an_edit_is_carried_to_the_edited_side() -> None:
    world = World(rules=[Rule("*", "odoo")])
    shop_id, odoo_id = world.pair()
    world.odoo.remove("product", odoo_id)
    world.shop.edit("product", shop_id, title="Cup")
    world.run("import")
    world.run("export")
    assert world.shop.all("product") == []
    assert world.binding(shop_id).state == "gone"


@pytest.mark.parametrize("winner", ["ask", "newest"])
def test_an_edited_variant_outlives_its_removal_where_no_side_wins_by_rule(winner: Any) -> None:
    world, shop_id, odoo_id = shirts(rules=[Rule("*", winner)])
    rest = world.shop.get("product", shop_id)["variants"][1:]
    world.shop.edit("product", shop_id, variants=rest)
    world.odoo.edit_element("product", odoo_id, "lines", 0, price=Decimal(7))
    world.both()
    prices = sorted(one["price"] for one in world.shop.get("product", shop_id)["variants"])
    assert prices == [Decimal(7), Decimal(9)]
    assert variants(world) == pairs(world)
    assert world.writes() == []


@pytest.mark.parametrize(("winner", "price"), [("remote", 8), ("odoo", 7), ("ask", 8)])
def test_a_variant_that_was_made_anew_in_the_shop_is_met_again_before_it_is_written(
    winner: Any, price: int
) -> None:
    world, shop_id, odoo_id = shirts(rules=[Rule("*", winner)])
    anew = [{"id": "anew", "sku": "S", "price": Decimal(8)}]
    rest = world.shop.get("product", shop_id)["variants"][1:]
    world.shop.edit("product", shop_id, variants=[*rest, *anew])
    world.odoo.edit_element("product", odoo_id, "lines", 0, price=Decimal(7))
    world.run("export")
    there = {one["sku"]: one["price"] for one in world.shop.get("product", shop_id)["variants"]}
    assert there == {"S": price, "M": 9}
    assert variants(world) == pairs(world)
    assert len(world.store.held) == (winner == "ask")
    world.both()
    assert len(world.odoo.get("product", odoo_id)["lines"]) == 2
    assert variants(world) == pairs(world)
    assert world.writes() == []


@pytest.mark.parametrize(("winner", "price"), [("remote", 8), ("odoo", 7), ("ask", 7)])
def test_a_variant_that_was_made_anew_in_odoo_is_met_again_before_it_is_written(
    winner: Any, price: int
) -> None:
    world, shop_id, odoo_id = shirts(rules=[Rule("*", winner)])
    anew = [{"id": "anew", "code": "S", "price": Decimal(7)}]
    rest = world.odoo.get("product", odoo_id)["lines"][1:]
    world.odoo.edit("product", odoo_id, lines=[*rest, *anew])
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(8))
    world.run("import")
    here = {one["code"]: one["price"] for one in world.odoo.get("product", odoo_id)["lines"]}
    assert here == {"S": price, "M": 9}
    assert variants(world) == pairs(world)
    assert len(world.store.held) == (winner == "ask")
    world.both()
    assert len(world.shop.get("product", shop_id)["variants"]) == 2
    assert variants(world) == pairs(world)
    assert world.writes() == []


PRICES = {
    **document("odoo.price", "shop.price", {"price": amount("price")}),
    "tied_to": "variant",
    "on_missing": "skip",
}


def test_a_variant_that_outlived_its_removal_in_odoo_begins_anew_there() -> None:
    """What is edited in it since is an edit of Odoo alone, and goes to the shop."""
    world, shop_id, odoo_id = shirts(rules=[Rule("*", "remote")])
    small, _medium = world.odoo.get("product", odoo_id)["lines"]
    world.odoo.edit("product", odoo_id, lines=[small])
    world.shop.edit_element("product", shop_id, "variants", 1, price=Decimal(16))
    world.run("import")
    assert [one["price"] for one in world.odoo.get("product", odoo_id)["lines"]] == [9, 16]
    world.odoo.edit_element("product", odoo_id, "lines", 1, price=Decimal(17))
    world.both()
    assert [one["price"] for one in world.odoo.get("product", odoo_id)["lines"]] == [9, 17]
    assert [one["price"] for one in world.shop.get("product", shop_id)["variants"]] == [9, 17]
    assert world.writes() == []


def priced(mapping: Any = PRICES) -> World:
    """One variant that is tied, with its price."""
    world = World(None, mapping, entity="price")
    for side, model in ((world.shop, "shop.price"), (world.odoo, "odoo.price")):
        side.infos["price"] = entity("price", model, capabilities=frozenset({"update"}))
        side.rows["price"], side.graves["price"] = {}, {}
    world.shop.put("price", {"price": Decimal(1), "available": 0, "committed": 0}, id="s1")
    world.odoo.put("price", {"price": Decimal(5), "free": 0}, id="o1")
    world.store.settle("variant", "import", [Binding("variant", "s1", "o1")], ())
    world.store.commit()
    world.run("export")
    return world


def test_the_price_of_a_variant_that_the_shop_made_anew_is_sent_again() -> None:
    world = priced()
    (variant,) = world.store.all("variant")
    variant.remote_id = "s2"
    world.store.settle("variant", "export", [variant], ())
    world.shop.remove("price", "s1")
    world.shop.put("price", {"price": Decimal(1)}, id="s2")
    assert world.run("export") == {"updated": 1}
    assert world.shop.get("price", "s2")["price"] == Decimal(5)


def test_the_price_of_a_variant_that_was_made_anew_in_odoo_takes_its_place() -> None:
    world = priced()
    (variant,) = world.store.all("variant")
    variant.odoo_id = "o2"
    world.store.settle("variant", "import", [variant], ())
    world.odoo.remove("price", "o1")
    world.odoo.put("price", {"price": Decimal(6)}, id="o2")
    world.run("export")
    assert world.shop.get("price", "s1")["price"] == Decimal(6)
    assert world.store.dead == {}


def test_a_page_that_is_another_workers_sends_no_update() -> None:
    """Not even one without creates, for which nothing has to be intended."""
    world = World(None, PRODUCT_OUT)
    odoo_id = world.odoo.put("product", {"name": "Mug", "code": "M1", "price": Decimal(1)})
    world.run("export")
    world.odoo.edit("product", odoo_id, name="Cup")
    page = next(world.odoo.pages("product"))

    class Taken:
        """The fence of a page that was taken over."""

        def __getattr__(self, name: str) -> Any:
            if name in ("intend", "settle"):
                raise Crash("taken over")
            return getattr(world.store, name)

    flow = replace(world.flow("export"), store=Taken())
    sent: list[Op] = list(world.shop.ops)
    with pytest.raises(Crash):
        settle_page(flow, page)
    assert world.shop.ops == sent


def test_a_level_that_a_sale_made_lower_is_set_though_the_formula_gives_what_it_gave_before() -> (
    None
):
    """Ten on the shelf, two sold, two received: ten less what is sold is still offered."""
    formula = {"MAPTO": ["free", "@.committed", "lambda f, c: f - c"], "type": "integer"}
    levels = document("odoo.price", "shop.price", {"available": formula})
    world = priced({**levels, "tied_to": "variant", "on_missing": "skip"})
    world.shop.edit("price", "s1", available=0, committed=0)
    world.odoo.edit("price", "o1", free=10)
    world.run("export")
    world.shop.edit("price", "s1", available=8, committed=2)  # a sale
    world.odoo.edit("price", "o1", free=12)
    world.run("export")
    assert world.shop.get("price", "s1")["available"] == 10


def test_a_level_that_a_sale_made_lower_is_set_though_the_stock_came_back_to_what_it_was() -> None:
    """Ten on the shelf, two sold and sent, two received: ten is offered again."""
    formula = {"MAPTO": ["free", "@.committed", "lambda f, c: f - c"], "type": "integer"}
    levels = document("odoo.price", "shop.price", {"available": formula})
    world = priced({**levels, "tied_to": "variant", "on_missing": "skip"})
    world.odoo.edit("price", "o1", free=10)
    world.shop.edit("price", "s1", available=0, committed=0)
    world.run("export")
    world.shop.edit("price", "s1", available=8)
    world.odoo.edit("price", "o1", free=10)
    world.run("export")
    assert world.shop.get("price", "s1")["available"] == 10


def test_a_level_whose_answer_was_lost_is_set_back_when_the_stock_is_as_before() -> None:
    formula = {"MAPTO": ["free", "@.committed", "lambda f, c: f - c"], "type": "integer"}
    levels = document("odoo.price", "shop.price", {"available": formula})
    world = priced({**levels, "tied_to": "variant", "on_missing": "skip"})
    world.odoo.edit("price", "o1", free=4)
    write = world.shop.write

    def lost(*told: Any) -> Any:
        list(write(*told))
        raise RetryLater("no answer", sent=True)

    world.shop.write = lost  # type: ignore[method-assign]
    with pytest.raises(RetryLater):
        world.run("export")
    world.store.rollback()
    world.shop.write = write  # type: ignore[method-assign]
    assert world.shop.get("price", "s1")["available"] == 4
    world.odoo.edit("price", "o1", free=0)
    world.run("export")
    assert world.shop.get("price", "s1")["available"] == 0


def leveled() -> World:
    """One variant that is tied, with its level, which is found by the variant."""
    variant = {"MAPTO": "product", "reference": {"entity": "variant"}, "create_only": True}
    record = {"variant": variant, "available": {"MAPTO": "free", "type": "integer"}}
    levels = document("odoo.level", "shop.level", record, identity=["variant"])
    world = World(None, levels, entity="level")
    world.shop.infos["level"] = entity("level", "shop.level", natural_keys=("variant",))
    world.odoo.infos["level"] = entity("level", "odoo.level")
    for side in (world.shop, world.odoo):
        side.rows["level"], side.graves["level"] = {}, {}
    world.shop.put("level", {"variant": "s1", "available": 0}, id="l1")
    world.odoo.put("level", {"product": "o1", "free": 5}, id="o1@1")
    world.store.settle("variant", "import", [Binding("variant", "s1", "o1")], ())
    world.store.commit()
    world.run("export")
    assert world.shop.get("level", "l1")["available"] == 5
    return world


def made_anew_in_odoo(world: World) -> None:
    """The variant is another one in Odoo now, with a level of its own."""
    (variant,) = world.store.all("variant")
    variant.odoo_id = "o2"
    world.store.settle("variant", "import", [variant], ())
    world.odoo.put("level", {"product": "o2", "free": 6}, id="o2@1")


def test_the_level_of_a_variant_that_was_made_anew_in_odoo_takes_its_place() -> None:
    """Nothing tells that a level is gone: it goes with what it is the level of."""
    world = leveled()
    made_anew_in_odoo(world)
    del world.odoo.rows["level"]["o1@1"]
    world.run("export")
    assert world.store.dead == {}
    assert world.shop.get("level", "l1")["available"] == 6
    assert [row.odoo_id for row in world.store.all("level")] == ["o2@1"]


def test_a_level_that_is_there_still_keeps_what_another_one_finds() -> None:
    world = leveled()
    made_anew_in_odoo(world)
    world.run("export")
    assert list(world.store.dead) == [("level", "export", "o2@1")]
