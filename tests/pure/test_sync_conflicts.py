"""Both sides edited, deleted against edited: who wins, what is owed, what a person decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.merge import RECORD, Rule
from gateway_ng.tests.contract.world import CUSTOMER_IN, PRODUCT_IN, World, templates


def contested(*rules: Rule, **more: Any) -> tuple[World, str, str]:
    """A product with a title edited to Cup in the shop and, later, to Becher in Odoo."""
    world = World(rules=rules, **more)
    shop_id, odoo_id = world.pair()
    world.clock.advance(10)
    world.shop.edit("product", shop_id, title="Cup")
    world.clock.advance(10)
    world.odoo.edit("product", odoo_id, name="Becher")
    return world, shop_id, odoo_id


def titles(world: World, shop_id: str, odoo_id: str) -> tuple[str, str]:
    return world.shop.get("product", shop_id)["title"], world.odoo.get("product", odoo_id)["name"]


@pytest.mark.parametrize(
    ("winner", "both"),
    [("odoo", "Becher"), ("remote", "Cup"), ("newest", "Becher")],
)
@pytest.mark.parametrize("first", ["import", "export"])
def test_the_winner_of_a_conflict_is_on_both_sides_after_both_directions(
    winner: Any, both: str, first: Any
) -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", winner))
    world.run(first)
    world.run("export" if first == "import" else "import")
    assert titles(world, shop_id, odoo_id) == (both, both)
    told = [c for _e, _d, trace in world.store.traces for c in trace.conflicts]
    side = "remote" if both == "Cup" else "odoo"
    assert [(c.winner, c.rule) for c in told] == [(side, "*.name")]
    assert world.writes() == []


def test_without_rules_the_source_of_the_running_direction_wins() -> None:
    world, shop_id, odoo_id = contested()
    world.both()
    assert titles(world, shop_id, odoo_id) == ("Cup", "Cup")
    world, shop_id, odoo_id = contested()
    world.run("export")
    world.run("import")
    assert titles(world, shop_id, odoo_id) == ("Becher", "Becher")


def test_a_named_source_has_priority_in_both_directions() -> None:
    for first, second in (("import", "export"), ("export", "import")):
        world, shop_id, odoo_id = contested(default="source_priority")
        world.run(first)  # type: ignore[arg-type]
        world.run(second)  # type: ignore[arg-type]
        assert titles(world, shop_id, odoo_id) == ("Becher", "Becher")


def test_a_rule_may_name_the_field_of_either_side() -> None:
    world, shop_id, odoo_id = contested(Rule("shop.product.title", "odoo"))
    world.both()
    assert titles(world, shop_id, odoo_id) == ("Becher", "Becher")


def test_both_sides_edited_alike_is_no_conflict() -> None:
    world, shop_id, odoo_id = contested(Rule("*", "ask"))
    world.odoo.edit("product", odoo_id, name="Cup")
    assert world.run("import") == {"unchanged": 1}
    assert world.trace(shop_id).conflicts == ()
    assert world.writes() == []


def test_a_lost_field_is_owed_by_the_opposite_direction() -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "odoo"))
    assert world.run("import") == {"unchanged": 1}
    assert world.binding(shop_id).pending == "export"
    assert world.store.pending("product", "export") == [odoo_id]
    assert world.run("export") == {"updated": 1, "repeated": 1}
    assert world.shop.get("product", shop_id)["title"] == "Becher"
    assert world.binding(shop_id).pending is None


def test_an_edit_at_the_loser_after_the_decision_is_a_new_edit() -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "odoo"))
    world.run("import")
    world.shop.edit("product", shop_id, title="Tumbler")
    assert world.run("import") == {"updated": 1}
    world.run("export")
    assert titles(world, shop_id, odoo_id) == ("Tumbler", "Tumbler")
    assert world.writes() == []


def test_ask_holds_the_field_and_the_rest_of_the_record_goes_on() -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "ask"))
    world.shop.edit("product", shop_id, price=11)
    assert world.run("import") == {"held": 1}
    assert titles(world, shop_id, odoo_id) == ("Cup", "Becher")
    assert world.odoo.get("product", odoo_id)["price"] == Decimal(11)
    ((place, group),) = world.store.held
    conflict = world.store.held[place, group]
    assert (conflict.source["name"], conflict.target["name"]) == ("Cup", "Becher")
    assert conflict.base["name"] == ("Mug", "Mug")


@pytest.mark.parametrize(("side", "title"), [("odoo", "Becher"), ("remote", "Cup")])
def test_what_a_person_decides_is_carried_to_both_sides(side: Any, title: str) -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "ask"))
    world.run("import")
    world.store.decide("product", "import", shop_id, side)
    world.both()
    assert titles(world, shop_id, odoo_id) == (title, title)
    assert world.store.held == {}
    assert world.writes() == []


@pytest.mark.parametrize("first", ["import", "export"])
@pytest.mark.parametrize("side", ["odoo", "remote"])
def test_a_conflict_that_both_sides_have_since_agreed_on_closes_itself(
    first: Any, side: Any
) -> None:
    """Whichever side gives in, and whichever direction asked: only who was edited is read."""
    world, shop_id, odoo_id = contested(Rule("*.name", "ask"))
    world.run(first)
    assert len(world.store.held) == 1
    if side == "odoo":
        world.odoo.edit("product", odoo_id, name="Cup")
        record = world.odoo.fetch("product", [odoo_id])
    else:
        world.shop.edit("product", shop_id, title="Becher")
        record = world.shop.fetch("product", [shop_id])
    world.settle("export" if side == "odoo" else "import", list(record))
    assert world.store.held == {}
    assert world.writes() == []


@pytest.mark.parametrize("first", ["import", "export"])
@pytest.mark.parametrize("side", ["odoo", "remote"])
def test_an_edit_is_carried_once_the_other_side_has_taken_its_own_back(
    first: Any, side: Any
) -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "ask"))
    world.run(first)
    if side == "odoo":
        world.odoo.edit("product", odoo_id, name="Mug")
        world.settle("export", list(world.odoo.fetch("product", [odoo_id])))
    else:
        world.shop.edit("product", shop_id, title="Mug")
        world.settle("import", list(world.shop.fetch("product", [shop_id])))
    for direction, end in (("import", world.shop), ("export", world.odoo)):
        ids = world.store.pending("product", direction)  # what a run begins with
        world.settle(direction, list(end.fetch("product", ids)))  # type: ignore[arg-type]
    both = "Cup" if side == "odoo" else "Becher"
    assert titles(world, shop_id, odoo_id) == (both, both)
    assert world.store.held == {}
    assert world.writes() == []


def test_a_held_field_is_held_in_both_directions_and_written_in_none() -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "ask"))
    world.both()
    world.both()
    assert titles(world, shop_id, odoo_id) == ("Cup", "Becher")


def test_newest_asks_where_a_time_is_not_known() -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "newest"))
    records = [*world.shop.fetch("product", [shop_id])]
    timeless = [type(records[0])(records[0].id, records[0].fields, None)]
    assert world.settle("import", timeless) == {"held": 1}
    assert titles(world, shop_id, odoo_id) == ("Cup", "Becher")


def test_a_winner_whose_direction_is_not_mapped_leaves_the_field_diverged() -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "odoo"), back=None)
    assert world.run("import") == {"unchanged": 1}
    assert world.binding(shop_id).diverged == ("name",)
    assert world.binding(shop_id).pending is None
    assert world.run("import")["unchanged"] == 1
    assert len(world.trace(shop_id).conflicts) == 0
    world.shop.edit("product", shop_id, price=12)
    world.run("import")
    assert world.binding(shop_id).diverged == ("name",)
    world.shop.edit("product", shop_id, title="Becher")
    world.run("import")
    assert world.binding(shop_id).diverged == ()


def test_a_rule_that_restores_takes_back_an_edit_on_the_other_side_alone() -> None:
    world = World(rules=[Rule("*.price", "remote", restore=True)])
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, price=99)
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["price"] == Decimal(10)
    assert world.trace(shop_id).reasons == {"price": "restored"}
    assert world.writes() == []


def test_records_that_meet_for_the_first_time_and_differ_follow_the_rule() -> None:
    for winner, name in (("remote", "Mug"), ("odoo", "Becher")):
        world = World(rules=[Rule("*.name", winner)])  # type: ignore[arg-type]
        odoo_id = world.odoo.put("product", {"name": "Becher", "code": "M1", "price": 10})
        shop_id, bound = world.pair()
        assert bound == odoo_id
        (conflict,) = world.trace(shop_id).conflicts
        assert conflict.first_match
        world.run("export")
        assert titles(world, shop_id, odoo_id) == (name, name)
        assert world.writes() == []


def test_an_identity_key_is_never_overwritten_but_held() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.edit("product", shop_id, sku="M9", price=11)
    assert world.run("import") == {"held": 1}
    assert world.odoo.get("product", odoo_id)["code"] == "M1"
    assert world.odoo.get("product", odoo_id)["price"] == Decimal(11)
    world.store.decide("product", "import", shop_id, "remote")
    world.run("import")
    assert world.odoo.get("product", odoo_id)["code"] == "M9"


def test_a_field_only_null_on_one_side_is_an_edit_like_any_other() -> None:
    world, shop_id, odoo_id = contested(Rule("*.name", "remote"))
    world.shop.edit("product", shop_id, title=None)
    world.both()
    assert titles(world, shop_id, odoo_id) == (None, None)


def test_an_untouched_target_is_deleted_with_its_source() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.remove("product", shop_id)
    assert world.run("import") == {"deleted": 1}
    assert odoo_id not in world.odoo.rows["product"]
    assert world.binding(shop_id).state == "gone"
    assert world.run("export") == {"unchanged": 1}
    assert world.writes() == []


def test_a_tombstone_of_a_record_never_bound_is_nothing() -> None:
    world = World()
    assert world.settle("import", deleted=["s9", "s9"]) == {"unchanged": 1, "repeated": 1}


@pytest.mark.parametrize("winner", ["remote", "odoo"])
def test_deleted_at_the_source_and_edited_at_the_target_follows_the_rule(winner: Any) -> None:
    world = World(rules=[Rule("*", winner)])
    shop_id, odoo_id = world.pair()
    world.shop.remove("product", shop_id)
    world.odoo.edit("product", odoo_id, name="Becher")
    world.both()
    if winner == "remote":
        assert world.odoo.all("product") == []
    else:
        assert [row["title"] for row in world.shop.all("product")] == ["Becher"]
        assert world.odoo.get("product", odoo_id)["name"] == "Becher"
    assert world.writes() == []


def test_deleted_against_edited_can_be_asked_and_decided_for_either_side() -> None:
    for side in ("remote", "odoo"):
        world = World(rules=[Rule("*", "ask")])
        shop_id, odoo_id = world.pair()
        world.shop.remove("product", shop_id)
        world.odoo.edit("product", odoo_id, name="Becher")
        assert world.run("import") == {"held": 1}
        assert [group for _place, group in world.store.held] == [RECORD]
        assert odoo_id in world.odoo.rows["product"]
        world.store.decide("product", "import", shop_id, side)  # type: ignore[arg-type]
        world.both()
        assert len(world.odoo.all("product")) == len(world.shop.all("product"))
        assert len(world.shop.all("product")) == (0 if side == "remote" else 1)
        assert world.store.held == {}
        assert world.writes() == []


def test_deleted_at_the_target_and_edited_at_the_source_follows_the_rule() -> None:
    world = World(rules=[Rule("*", "remote")])
    shop_id, odoo_id = world.pair()
    world.odoo.remove("product", odoo_id)
    world.shop.edit("product", shop_id, title="Cup")
    assert world.run("import") == {"created": 1}
    assert [row["name"] for row in world.odoo.all("product")] == ["Cup"]
    assert world.writes() == []


def test_a_deletion_that_stands_is_not_decided_again_until_the_next_edit() -> None:
    world = World(rules=[Rule("*", "odoo")], back=None)
    shop_id, odoo_id = world.pair()
    world.odoo.remove("product", odoo_id)
    world.shop.edit("product", shop_id, title="Cup")
    assert world.run("import") == {"unchanged": 1}
    assert world.binding(shop_id).state == "gone"
    assert world.run("import") == {"unchanged": 1}
    assert world.odoo.all("product") == []
    world.shop.edit("product", shop_id, title="Tumbler")
    assert world.run("import") == {"unchanged": 1}
    assert world.odoo.all("product") == []


def test_deleted_at_the_target_can_be_asked_and_decided_for_either_side() -> None:
    for side in ("remote", "odoo"):
        world = World(rules=[Rule("*", "ask")])
        shop_id, odoo_id = world.pair()
        world.odoo.remove("product", odoo_id)
        world.shop.edit("product", shop_id, title="Cup")
        assert world.run("import") == {"held": 1}
        world.store.decide("product", "import", shop_id, side)  # type: ignore[arg-type]
        world.run("import")
        assert len(world.odoo.all("product")) == (1 if side == "remote" else 0)
        assert world.store.held == {}


def test_a_record_that_comes_back_after_its_deletion_is_created_again() -> None:
    world = World()
    shop_id, _ = world.pair()
    fields = dict(world.shop.get("product", shop_id))
    world.shop.remove("product", shop_id)
    world.run("import")
    world.shop.put("product", fields, id=shop_id)
    assert world.run("import") == {"created": 1}
    assert world.binding(shop_id).state == "bound"
    assert world.writes() == []


def test_a_target_that_cant_be_deleted_is_left_and_said_so() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.odoo.infos["product"] = type(world.odoo.infos["product"])(
        "product", "odoo.product", {}, capabilities=frozenset(("create", "update"))
    )
    world.shop.remove("product", shop_id)
    assert world.run("import") == {"unchanged": 1}
    assert (
        world.trace(shop_id).reasons[""] == "a product can't be deleted there; it is left as it is"
    )
    assert odoo_id in world.odoo.rows["product"]


def test_a_conflict_in_a_direction_alone_settles_and_reports_once() -> None:
    world = World(CUSTOMER_IN, None, entity="customer", rules=[Rule("*", "odoo")])
    shop_id = world.shop.put("customer", {"first": "A", "last": "B", "email": "a@example.com"})
    world.run("import")
    world.odoo.edit("customer", world.binding(shop_id).odoo_id, name="Z")
    world.shop.edit("customer", shop_id, last="C")
    world.run("import")
    assert len(world.trace(shop_id).conflicts) == 1
    assert world.writes(["import"]) == []
    assert PRODUCT_IN["model"] == "odoo.product"


def test_a_persons_decision_about_a_deletion_holds_once() -> None:
    world = World(rules=[Rule("*", "ask")])
    shop_id, odoo_id = world.pair()
    for round_ in range(2):
        world.odoo.remove("product", odoo_id)
        world.shop.edit("product", shop_id, title=f"Cup {round_}")
        assert world.run("import") == {"held": 1}
        world.store.decide("product", "import", shop_id, "remote")
        world.run("import")
        (row,) = world.odoo.all("product")
        odoo_id = row["id"]
    assert world.writes() == []


def test_a_decision_for_a_target_that_did_not_change_is_carried_back_to_the_source() -> None:
    world = World()
    shop_id, _ = world.pair()
    world.both()
    world.shop.edit("product", shop_id, sku="M9")
    world.run("import")
    world.store.decide("product", "import", shop_id, "odoo")
    world.both()
    assert world.shop.get("product", shop_id)["sku"] == "M1"
    assert world.writes() == []


def test_an_edit_of_an_element_stands_against_the_deletion_of_its_record() -> None:
    world = World(*templates(), rules=[Rule("*", "odoo")])
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": [{"sku": "S", "price": 1}]})
    world.run("import")
    (row,) = world.odoo.all("product")
    world.odoo.edit_element("product", row["id"], "lines", 0, price=Decimal(5))
    world.shop.remove("product", shop_id)
    assert world.run("import") == {"unchanged": 1}
    assert len(world.odoo.all("product")) == 1


def test_an_edit_of_an_element_in_the_shop_stands_against_the_deletion_in_odoo() -> None:
    world = World(*templates(), rules=[Rule("*", "remote")])
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": [{"sku": "S", "price": 1}]})
    world.both()
    (row,) = world.odoo.all("product")
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(5))
    world.odoo.remove("product", row["id"])
    assert world.run("export") == {"unchanged": 1}
    assert world.shop.get("product", shop_id)["variants"][0]["price"] == Decimal(5)


def test_a_target_edit_is_not_swallowed_by_a_field_that_is_newly_mapped() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name="Becher", label="Mug")
    into = world.documents["import"]
    assert into is not None
    label = {"MAPTO": "title", "type": "char"}
    world.documents["import"] = {**into, "record": {**into["record"], "label": label}}
    world.both()
    assert world.shop.get("product", shop_id)["title"] == "Becher"
