"""The first meeting with «fill»: empty fields are filled, what the target holds stays and is told.

The truth table of `first_match: fill`, in both directions and whatever the rules say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from gateway_ng.lib.merge import (
    SOURCE_OF,
    TARGET_OF,
    Base,
    Decision,
    Direction,
    Rule,
    Side,
    Strategy,
    Views,
    merge,
    settled_base,
)
from gateway_ng.tests.contract.world import CUSTOMER_IN, CUSTOMER_OUT, World, templates

N = "name"
DIRECTIONS: tuple[Direction, ...] = ("import", "export")
WINNERS = ("source", "target", "ask", "newest")


def fill(
    source: Mapping[str, Any],
    target: Mapping[str, Any],
    base: Base | None = None,
    direction: Direction = "import",
    winner: str = "ask",
    group: str | None = None,
    stored: Mapping[str, Any] | None = None,
    **more: Any,
) -> Decision:
    side: Any = {"source": SOURCE_OF[direction], "target": TARGET_OF[direction]}.get(winner, winner)
    return merge(
        Views(source, stored or source, target),
        base or {},
        direction,
        Strategy([Rule("*", side)]),
        lambda name: group or name,
        lambda name: [f"m.{name}"],
        fill=True,
        **more,
    )


#: What the source says, what the target holds, and what becomes of it.
ROWS: Mapping[str, tuple[Any, Any, str]] = {
    "equal": ("new", "new", "settle"),
    "both null": (None, None, "settle"),
    "the target is null": ("new", None, "write"),
    "the target is empty text": ("new", "", "write"),
    "the target is an empty list": (["a"], [], "write"),
    "the target holds something else": ("new", "theirs", "lost"),
    "the source has nothing, the target something": (None, "theirs", "lost"),
    "false is an answer": (True, False, "lost"),
    "nought is an answer": (3, 0, "lost"),
    "nothing on both sides, in other words": (None, "", "settle"),
}


@pytest.mark.parametrize("winner", WINNERS)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", ROWS)
def test_the_truth_table_of_the_first_meeting(name: str, direction: Direction, winner: str) -> None:
    source, target, become = ROWS[name]
    decision = fill({N: source}, {N: target}, direction=direction, winner=winner)
    only = frozenset([N])
    assert decision.write == (only if become == "write" else frozenset())
    assert decision.settle == (only if become in ("write", "settle") else frozenset())
    assert decision.lost == (only if become == "lost" else frozenset())
    assert decision.held == frozenset()
    told = [(c.winner, c.rule, c.first_match) for c in decision.conflicts]
    lost = [(TARGET_OF[direction], "first match", True)]
    assert told == (lost if become == "lost" else [])


def test_what_was_filled_says_why() -> None:
    assert fill({N: "new"}, {N: None}).reasons == {N: "first match, was empty"}


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_it_is_decided_once_and_later_edits_follow_the_rules(direction: Direction) -> None:
    first = fill({N: "new"}, {N: "theirs"}, direction=direction)
    base = settled_base({}, first, {N: "new"}, {N: "theirs"})
    assert base == {N: ("new", "theirs")}
    assert fill({N: "new"}, {N: "theirs"}, base, direction) == Decision()
    assert fill({N: "newer"}, {N: "theirs"}, base, direction).write == {N}
    both = fill({N: "newer"}, {N: "edited"}, base, direction, "source")
    assert both.write == {N} and not both.conflicts[0].first_match


def test_linked_fields_are_filled_together_or_not_at_all() -> None:
    source = {"first": "Ada", "last": "Lovelace"}
    empty = fill(source, {"first": None, "last": ""}, group="name")
    assert (empty.write, empty.conflicts) == ({"first", "last"}, ())
    half = fill(source, {"first": None, "last": "King"}, group="name")
    assert (half.write, half.lost) == (frozenset(), {"first", "last"})
    (conflict,) = half.conflicts
    assert (conflict.fields, conflict.rule) == (("first", "last"), "first match")


def test_a_field_that_is_new_in_the_mapping_fills_only_what_is_empty() -> None:
    base = {"last": ("King", "King")}
    source = {"first": "Ada", "last": "Lovelace"}
    filled = fill(source, {"first": None, "last": "King"}, base, group="name")
    assert filled.write == {"first", "last"}
    kept = fill(source, {"first": None, "last": "Byron"}, base, group="name")
    assert (kept.write, kept.lost) == (frozenset(), {"first", "last"})


def test_values_are_compared_as_the_target_would_store_them() -> None:
    decision = fill({N: "XL "}, {N: "XL"}, stored={N: "XL"})
    assert (decision.settle, decision.conflicts) == ({N}, ())


@pytest.mark.parametrize("side", ["odoo", "remote"])
def test_a_person_stands_above_it(side: Side) -> None:
    decision = fill({N: "new"}, {N: "theirs"}, decided={N: side})
    assert (decision.write, decision.lost) == (
        ({N}, frozenset()) if side == "remote" else (frozenset(), {N})
    )
    assert decision.conflicts[0].rule == "decided by hand"


def test_identity_keys_that_matched_are_settled_as_ever() -> None:
    decision = fill({"email": "A@b"}, {"email": "a@b"}, identity=frozenset(["email"]))
    assert (decision.settle, decision.conflicts) == ({"email"}, ())


# Through the pipeline.


def customers(back: Any = None) -> tuple[World, str, str]:
    """A contact of Odoo's with a name, and a shop customer of another name, same e-mail."""
    into = {**CUSTOMER_IN, "first_match": "fill"}
    into["record"] = {**into["record"], "city": {"MAPTO": "city", "type": "char"}}
    world = World(into, back, entity="customer")
    held = {"name": "Acme Supplies", "email": "ada@b.c", "city": None}
    odoo_id = world.odoo.put("customer", held)
    said = {"first": "Ada", "last": "King", "email": "ada@b.c", "city": "Rome"}
    shop_id = world.shop.put("customer", said)
    return world, shop_id, odoo_id


def test_a_contact_that_was_there_keeps_its_name_gets_a_city_and_is_told_of() -> None:
    world, shop_id, odoo_id = customers()
    assert world.run("import") == {"updated": 1}
    assert world.odoo.ops[-1].values == {"city": "Rome"}
    row = world.odoo.get("customer", odoo_id)
    assert (row["name"], row["city"]) == ("Acme Supplies", "Rome")
    assert len(world.odoo.all("customer")) == 1
    (conflict,) = world.trace(shop_id).conflicts
    assert (conflict.fields, conflict.winner, conflict.rule) == (("name",), "odoo", "first match")
    assert conflict.first_match
    binding = world.binding(shop_id)
    assert (binding.odoo_id, binding.diverged, binding.pending) == (odoo_id, ("name",), None)
    assert binding.base["import"]["name"] == ("Ada King", "Acme Supplies")
    assert world.writes(["import"]) == []
    world.shop.edit("customer", shop_id, last="Lovelace")
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("customer", odoo_id)["name"] == "Ada Lovelace"
    assert world.binding(shop_id).diverged == ()


def test_with_an_export_the_kept_values_are_owed_to_the_shop() -> None:
    world, shop_id, odoo_id = customers(CUSTOMER_OUT)
    world.run("import")
    assert world.binding(shop_id).pending == "export"
    world.run("export")
    assert world.shop.get("customer", shop_id)["last"] == "Supplies"
    assert world.odoo.get("customer", odoo_id)["name"] == "Acme Supplies"
    assert world.writes() == []


def test_without_the_option_the_rules_decide_the_first_meeting() -> None:
    world, shop_id, odoo_id = customers()
    assert world.documents["import"] is not None
    del world.documents["import"]["first_match"]
    world.run("import")
    assert world.odoo.get("customer", odoo_id)["name"] == "Ada King"
    assert {c.rule for c in world.trace(shop_id).conflicts} == {"last_write_wins"}


def test_elements_of_lists_are_added_and_matched_ones_keep_what_they_have() -> None:
    into, _ = templates(match=["sku"])
    world = World({**into, "first_match": "fill", "identity": ["name"]}, None)
    lines = [{"id": "o7", "code": "S", "price": "8"}]
    odoo_id = world.odoo.put("product", {"name": "Shirt", "lines": lines})
    variants = [{"sku": "S", "price": 9}, {"sku": "M", "price": 9}]
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": variants})
    assert world.run("import") == {"updated": 1}
    held = world.odoo.get("product", odoo_id)["lines"]
    assert [(line["code"], str(line["price"])) for line in held] == [("S", "8"), ("M", "9")]
    assert [c.rule for c in world.trace(shop_id).conflicts] == ["first match"]
    assert world.writes(["import"]) == []
