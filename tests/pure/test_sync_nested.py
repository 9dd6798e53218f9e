"""Nested lists: elements added, removed, owned or not, matched; paths into the target's record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.merge import Rule
from gateway_ng.tests.contract.world import World, amount, char, document, templates


def shirt(*sizes: str) -> dict[str, Any]:
    return {"title": "Shirt", "variants": [{"sku": f"S-{s}", "price": Decimal(9)} for s in sizes]}


def world_of(*sizes: str, owned: bool = False, match: Any = (), **more: Any) -> tuple[World, str]:
    world = World(*templates(owned, match), **more)
    shop_id = world.shop.put("product", shirt(*sizes))
    world.run("import")
    return world, shop_id


def codes(world: World) -> list[str]:
    (row,) = world.odoo.all("product")
    return [line["code"] for line in row["lines"]]


def skus(world: World) -> list[str]:
    (row,) = world.shop.all("product")
    return [variant["sku"] for variant in row["variants"]]


def ids(world: World, name: str = "variants") -> list[str]:
    rows = world.shop.all("product") if name == "variants" else world.odoo.all("product")
    return [element["id"] for element in rows[0][name]]


def test_a_record_is_created_with_its_elements_and_each_is_bound() -> None:
    world, _ = world_of("S", "M")
    assert codes(world) == ["S-S", "S-M"]
    bound = world.store.resolve("variant", "remote", ids(world))
    assert list(bound.values()) == ids(world, "lines")
    assert world.writes() == []


def test_an_edited_element_is_updated_alone_under_its_key() -> None:
    world, shop_id = world_of("S", "M")
    world.shop.edit_element("product", shop_id, "variants", 1, price=Decimal(11))
    assert world.run("import") == {"updated": 1}
    key = ids(world)[1]
    assert world.odoo.ops[-1].values == {"lines": {key: {"price": Decimal(11)}}}
    assert world.odoo.ops[-1].children["lines"][key] == ids(world, "lines")[1]
    assert world.odoo.all("product")[0]["lines"][1]["price"] == Decimal(11)
    assert world.trace(shop_id).fields == {f"lines[{key}].price": ("9", "11")}
    assert world.writes() == []


def test_an_added_element_is_added_and_bound_in_either_direction() -> None:
    world, shop_id = world_of("S")
    variants = [*world.shop.get("product", shop_id)["variants"], {"id": "s77", "sku": "S-L"}]
    world.shop.edit("product", shop_id, variants=variants)
    assert world.run("import") == {"updated": 1}
    assert codes(world) == ["S-S", "S-L"]
    (row,) = world.odoo.all("product")
    world.odoo.edit("product", row["id"], lines=[*row["lines"], {"id": "o77", "code": "S-XL"}])
    assert world.run("export") == {"updated": 1}
    assert skus(world) == ["S-S", "S-L", "S-XL"]
    assert world.store.resolve("variant", "odoo", ["o77"]) == {"o77": ids(world)[2]}
    assert world.writes() == []


@pytest.mark.parametrize("is_before", [False, True])
@pytest.mark.parametrize("shop_first", [False, True])
def test_an_added_element_of_the_id_that_another_one_has_at_the_other_side_is_added(
    shop_first: bool, is_before: bool
) -> None:
    """Both count from one: a new line's id in Odoo may be that of a variant of the shop."""
    world, shop_id = world_of("S", "M")
    (row,) = world.odoo.all("product")
    line = {"id": ids(world)[0], "code": "S-L", "price": Decimal(12)}
    lines = [line, *row["lines"]] if is_before else [*row["lines"], line]
    world.odoo.edit("product", row["id"], lines=lines)
    if shop_first:
        world.shop.edit("product", shop_id, title="Blouse")
        assert world.run("import") == {"updated": 1}
    assert world.run("export") == {"updated": 1}
    assert skus(world) == ["S-S", "S-M", "S-L"]
    assert not world.trace(row["id"]).conflicts
    assert world.writes() == []


def test_an_element_that_left_an_unowned_list_stays_at_the_target() -> None:
    world, shop_id = world_of("S", "M")
    world.shop.edit("product", shop_id, variants=world.shop.get("product", shop_id)["variants"][:1])
    world.both()
    assert codes(world) == ["S-S", "S-M"]
    assert skus(world) == ["S-S"]
    assert world.writes() == []


@pytest.mark.parametrize("owned", [False, True])
def test_an_edit_of_the_record_outlives_an_element_that_left(owned: bool) -> None:
    world, shop_id = world_of("S", "M", owned=owned)
    world.both()
    world.shop.edit("product", shop_id, variants=world.shop.get("product", shop_id)["variants"][:1])
    world.run("import")
    (row,) = world.odoo.all("product")
    world.odoo.edit("product", row["id"], name="Hemd")
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(11))
    world.run("import")
    assert world.odoo.get("product", row["id"])["name"] == "Hemd"
    world.both()
    assert world.shop.get("product", shop_id)["title"] == "Hemd"
    assert world.odoo.get("product", row["id"])["lines"][0]["price"] == Decimal(11)


def test_an_element_that_left_an_owned_list_is_removed_and_its_binding_let_go() -> None:
    world, shop_id = world_of("S", "M", owned=True)
    gone = ids(world)[1]
    world.shop.edit("product", shop_id, variants=world.shop.get("product", shop_id)["variants"][:1])
    assert world.run("import") == {"updated": 1}
    assert codes(world) == ["S-S"]
    assert world.store.bindings("variant", "remote", [gone])[gone].state == "gone"
    assert world.trace(shop_id).fields == {
        f"lines[{gone}].code": ("S-M", None),
        f"lines[{gone}].price": ("9", None),
    }
    assert world.writes() == []


def test_an_element_removed_in_odoo_is_removed_from_an_owned_list_of_the_shop() -> None:
    world, _ = world_of("S", "M", owned=True)
    (row,) = world.odoo.all("product")
    world.odoo.edit("product", row["id"], lines=row["lines"][1:])
    world.run("export")
    assert skus(world) == ["S-M"]
    assert world.writes() == []


@pytest.mark.parametrize(("winner", "left"), [("remote", ["S-S"]), ("odoo", ["S-S", "S-M"])])
def test_an_element_removed_on_one_side_and_edited_on_the_other_follows_the_rule(
    winner: Any, left: list[str]
) -> None:
    world, shop_id = world_of("S", "M", owned=True, rules=[Rule("*", winner)])
    (row,) = world.odoo.all("product")
    world.odoo.edit_element("product", row["id"], "lines", 1, price=Decimal(1))
    world.shop.edit("product", shop_id, variants=world.shop.get("product", shop_id)["variants"][:1])
    world.run("import")
    assert codes(world) == left
    world.run("export")
    assert skus(world) == left
    assert world.writes() == []


def test_an_element_lost_at_the_target_is_added_again_once_it_is_edited() -> None:
    world, shop_id = world_of("S", "M")
    (row,) = world.odoo.all("product")
    world.odoo.edit("product", row["id"], lines=row["lines"][:1])
    assert world.run("import") == {"unchanged": 1}
    world.shop.edit_element("product", shop_id, "variants", 1, price=Decimal(11))
    assert world.run("import") == {"updated": 1}
    assert codes(world) == ["S-S", "S-M"]
    assert world.writes() == []


def test_elements_of_a_record_met_for_the_first_time_are_matched_by_their_fields() -> None:
    world = World(*templates(match=["sku"]), rules=[Rule("*", "remote")])
    world.documents["import"]["identity"] = ["name"]  # type: ignore[index]
    lines = [{"code": "S-M", "price": 9}, {"code": "S-S", "price": 9}, {"code": "S-X", "price": 9}]
    world.odoo.put("product", {"name": "Shirt", "lines": lines})
    world.shop.put("product", shirt("S", "M", "L"))
    world.run("import")
    assert codes(world) == ["S-M", "S-S", "S-X", "S-L"]
    bound = world.store.resolve("variant", "remote", ids(world))
    line_ids = ids(world, "lines")
    assert list(bound.values()) == [line_ids[1], line_ids[0], line_ids[3]]


def test_elements_whose_match_is_not_clear_are_not_tied() -> None:
    world = World(*templates(match=["sku"]), rules=[Rule("*", "remote")])
    world.documents["import"]["identity"] = ["name"]  # type: ignore[index]
    lines = [{"code": "S-S", "price": 9}, {"code": "S-S", "price": 9}]
    world.odoo.put("product", {"name": "Shirt", "lines": lines})
    world.shop.put("product", shirt("S"))
    world.run("import")
    assert codes(world) == ["S-S", "S-S", "S-S"]


def test_elements_are_matched_in_export_too_and_the_shops_others_are_left_alone() -> None:
    world = World(*templates(owned=True, match=["sku"]), rules=[Rule("*", "odoo")])
    world.documents["export"]["identity"] = ["title"]  # type: ignore[index]
    world.shop.put("product", shirt("S", "M"))
    world.odoo.put("product", {"name": "Shirt", "lines": [{"code": "S-M", "price": 8}]})
    world.run("export")
    assert skus(world) == ["S-S", "S-M"]
    assert world.shop.all("product")[0]["variants"][1]["price"] == 8
    assert world.store.resolve("variant", "remote", ids(world)) == {
        ids(world)[1]: ids(world, "lines")[0]
    }


def test_of_elements_that_are_matched_none_is_taken_for_the_one_whose_id_it_has() -> None:
    world = World(*templates(match=["sku"]), rules=[Rule("*", "odoo")])
    world.documents["export"]["identity"] = ["title"]  # type: ignore[index]
    world.shop.put("product", shirt("S", "M"))
    small, middle = ids(world)
    codes_of = {middle: "S-S", small: "S-L"}
    lines = [{"id": id_, "code": code, "price": 8} for id_, code in codes_of.items()]
    world.odoo.put("product", {"name": "Shirt", "lines": lines})
    world.run("export")
    assert skus(world) == ["S-S", "S-M", "S-L"]
    assert world.store.resolve("variant", "odoo", [middle, small]) == {
        middle: small,
        small: ids(world)[2],
    }
    world.run("export")
    assert skus(world) == ["S-S", "S-M", "S-L"]


def test_a_list_without_entity_is_tied_by_match_each_time() -> None:
    into, back = templates(match=["sku"])
    for told in (into["record"]["lines"], back["record"]["variants"]):
        del told["list"]["entity"]
    world = World(into, back)
    shop_id = world.shop.put("product", shirt("S", "M"))
    world.both()
    assert world.writes() == []
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(5))
    world.run("import")
    assert [line["price"] for line in world.odoo.all("product")[0]["lines"]] == [5, 9]
    world.odoo.edit_element("product", world.odoo.all("product")[0]["id"], "lines", 1, price=4)
    world.run("export")
    assert [v["price"] for v in world.shop.all("product")[0]["variants"]] == [5, 4]
    assert world.writes() == []


def test_a_hidden_list_is_neither_compared_nor_emptied() -> None:
    world, shop_id = world_of("S", "M", owned=True)
    world.shop.hidden["product"] = {"variants"}
    world.shop.edit("product", shop_id, title="Blouse")
    assert world.run("import") == {"updated": 1}
    assert codes(world) == ["S-S", "S-M"]
    world.shop.hidden.clear()
    assert world.writes() == []


def test_an_empty_owned_list_removes_all_elements() -> None:
    world, shop_id = world_of("S", "M", owned=True)
    world.shop.edit("product", shop_id, variants=[])
    assert world.run("import") == {"updated": 1}
    assert codes(world) == []


def test_linked_fields_of_one_element_do_not_stir_another() -> None:
    world, shop_id = world_of("S", "M", rules=[Rule("*.price", "odoo")])
    (row,) = world.odoo.all("product")
    world.odoo.edit_element("product", row["id"], "lines", 0, price=Decimal(1))
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(2))
    world.shop.edit_element("product", shop_id, "variants", 1, price=Decimal(3))
    world.both()
    assert [line["price"] for line in world.odoo.all("product")[0]["lines"]] == [1, 3]
    assert [v["price"] for v in world.shop.all("product")[0]["variants"]] == [1, 3]
    assert world.writes() == []


def test_a_bound_elements_own_base_is_kept_when_its_parent_is_written() -> None:
    world, shop_id = world_of("S")
    key = ids(world)[0]
    (binding,) = world.store.bindings("variant", "remote", [key]).values()
    binding.base = {"export": {"stock": (1, 1)}}
    world.store.settle("variant", "export", [binding], ())
    world.store.commit()
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(2))
    world.run("import")
    (after,) = world.store.bindings("variant", "remote", [key]).values()
    assert after.base == {"export": {"stock": (1, 1)}}


STOCK_OUT = document(
    "odoo.product",
    "shop.product",
    {
        "sku": char("code"),
        "available": amount(["free", "@.sold?", "lambda free, sold: free - (sold or 0)"]),
    },
    identity=["sku"],
    on_missing="skip",
)


def test_a_mapping_may_read_the_targets_record_as_it_is_now() -> None:
    world = World(None, STOCK_OUT)
    odoo_id = world.odoo.put("product", {"code": "M1", "free": Decimal(10)})
    shop_id = world.shop.put("product", {"sku": "M1", "available": Decimal(0), "sold": Decimal(3)})
    assert world.run("export") == {"updated": 1}
    assert world.shop.get("product", shop_id)["available"] == Decimal(7)
    assert world.shop.ops[-1].expect == {"available": Decimal(0), "sold": Decimal(3)}
    world.shop.edit("product", shop_id, sold=Decimal(4))
    world.odoo.edit("product", odoo_id, free=Decimal(20))
    world.run("export")
    assert world.shop.get("product", shop_id)["available"] == Decimal(16)
    assert world.writes(["export"]) == []


def test_an_element_removed_in_odoo_is_not_forgotten_when_the_shop_changes_first() -> None:
    world, shop_id = world_of("S", "M", owned=True)
    variants = [*world.shop.get("product", shop_id)["variants"], {"id": "s77", "sku": "S-L"}]
    world.shop.edit("product", shop_id, variants=variants)
    (row,) = world.odoo.all("product")
    world.odoo.edit("product", row["id"], lines=row["lines"][1:])
    world.both()
    assert codes(world) == skus(world) == ["S-M", "S-L"]


def test_an_element_lost_in_the_shop_is_added_again_and_bound_to_its_new_id() -> None:
    world, shop_id = world_of("S", "M")
    old = ids(world)[1]
    world.shop.edit("product", shop_id, variants=world.shop.get("product", shop_id)["variants"][:1])
    (row,) = world.odoo.all("product")
    world.odoo.edit_element("product", row["id"], "lines", 1, price=Decimal(11))
    assert world.run("export") == {"updated": 1}
    assert skus(world) == ["S-S", "S-M"]
    assert world.store.bindings("variant", "remote", [old])[old].state == "gone"
    line = ids(world, "lines")[1]
    assert world.store.resolve("variant", "odoo", [line]) == {line: ids(world)[1]}
    assert world.writes() == []


def edited_twice(winner: Any, later: str) -> tuple[World, str, str]:
    """The second of two elements costs 11 in the shop and 12 in Odoo; that of `later` is newer."""
    world, shop_id = world_of("S", "M", owned=True, rules=[Rule("*", winner)])
    (row,) = world.odoo.all("product")
    edits = {
        "remote": lambda: world.shop.edit_element(
            "product", shop_id, "variants", 1, price=Decimal(11)
        ),
        "odoo": lambda: world.odoo.edit_element(
            "product", row["id"], "lines", 1, price=Decimal(12)
        ),
    }
    for side in sorted(edits, key=lambda side: side == later):
        edits[side]()
        world.clock.advance(60)
    return world, shop_id, ids(world)[1]


def prices(world: World) -> list[tuple[Decimal, ...]]:
    (shop,), (odoo,) = world.shop.all("product"), world.odoo.all("product")
    return [
        tuple(one["price"] for one in elements) for elements in (shop["variants"], odoo["lines"])
    ]


@pytest.mark.parametrize("side", ["remote", "odoo"])
def test_an_element_that_both_sides_edited_waits_for_a_person_and_is_carried_then(
    side: Any,
) -> None:
    world, shop_id, key = edited_twice("ask", "odoo")
    world.shop.edit("product", shop_id, title="Shirt of silk")
    assert world.run("import") == {"held": 1}
    (conflict,) = world.trace(shop_id).conflicts
    assert conflict.fields == (f"lines[{key}].price",)
    assert world.odoo.all("product")[0]["name"] == "Shirt of silk"
    world.both()
    assert prices(world) == [(9, 11), (9, 12)]
    world.store.decide("product", "import", shop_id, side)
    world.both()
    assert prices(world) == [(9, 11 if side == "remote" else 12)] * 2
    assert world.writes() == []


@pytest.mark.parametrize("later", ["remote", "odoo"])
def test_of_an_element_that_both_sides_edited_the_newest_value_stands(later: Any) -> None:
    world, shop_id, key = edited_twice("newest", later)
    world.run("import")
    (conflict,) = world.trace(shop_id).conflicts
    assert (conflict.winner, conflict.fields) == (later, (f"lines[{key}].price",))
    assert {conflict.source[f"lines[{key}].price"], conflict.target[f"lines[{key}].price"]} == {
        "11",
        "12",
    }
    world.both()
    assert prices(world) == [(9, 11 if later == "remote" else 12)] * 2
    assert world.writes() == []


def test_elements_that_both_sides_added_are_both_kept_under_any_rule() -> None:
    for winner in ("ask", "newest", "remote", "odoo"):
        world, shop_id = world_of("S", owned=True, rules=[Rule("*", winner)])  # type: ignore[arg-type]
        variants = [*world.shop.get("product", shop_id)["variants"], {"id": "s77", "sku": "S-L"}]
        (row,) = world.odoo.all("product")
        world.shop.edit("product", shop_id, variants=variants)
        world.odoo.edit("product", row["id"], lines=[*row["lines"], {"id": "o77", "code": "S-XL"}])
        world.both()
        world.both()
        assert sorted(codes(world)) == sorted(skus(world)) == ["S-L", "S-S", "S-XL"], winner
        assert world.writes() == []
