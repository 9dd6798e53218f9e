"""Unbound records: matched by identity, referring to others, refused, ambiguous."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import RetryLater, StopRun
from gateway_ng.lib.merge import Rule
from gateway_ng.lib.store import Binding
from gateway_ng.tests.contract.world import (
    CUSTOMER_IN,
    ORDER_IN,
    PRODUCT_IN,
    World,
    char,
    document,
)

MUG = {"title": "Mug", "sku": "M1", "price": Decimal(10), "status": "active"}


def test_an_unbound_record_is_bound_to_the_one_with_its_identity() -> None:
    world = World()
    odoo_id = world.odoo.put("product", {"name": "Mug", "code": "M1", "price": 10})
    shop_id = world.shop.put("product", MUG)
    assert world.run("import") == {"unchanged": 1}
    assert world.binding(shop_id).odoo_id == odoo_id
    assert world.writes() == []


def test_an_empty_identity_matches_nothing() -> None:
    world = World()
    world.odoo.put("product", {"name": "Mug", "code": "", "price": 10})
    world.shop.put("product", {**MUG, "sku": ""})
    world.shop.put("product", {**MUG, "sku": None})
    assert world.run("import") == {"created": 2}


def test_identity_keys_are_tried_in_order_and_composite_ones_match_as_a_whole() -> None:
    into = {**PRODUCT_IN, "identity": [["code", "name"], "name"]}
    world = World(into)
    world.odoo.put("product", {"name": "Mug", "code": "other", "price": 10})
    both = world.odoo.put("product", {"name": "Jar", "code": "M1", "price": 10})
    shop_id = world.shop.put("product", {**MUG, "title": "Jar"})
    world.odoo.put("product", {"name": "Jar", "code": "M2", "price": 10})
    assert world.run("import") == {"unchanged": 1}
    assert world.binding(shop_id).odoo_id == both


def test_several_matches_are_never_guessed_between() -> None:
    world = World()
    ids = [world.odoo.put("product", {"name": n, "code": "M1", "price": 1}) for n in "ab"]
    shop_id = world.shop.put("product", MUG)
    assert world.run("import") == {"dead": 1}
    error = world.trace(shop_id).error
    assert error is not None
    assert (error.cause, error.field, error.value) == ("ambiguous", "code", "M1")
    assert error.details["candidates"] == ids
    assert len(world.odoo.ops) == 0


def test_several_records_of_odoo_that_match_one_of_the_shop_wait_in_both_directions() -> None:
    world = World()
    ids = [world.odoo.put("product", {"name": n, "code": "M1", "price": 1}) for n in "ab"]
    alone = world.odoo.put("product", {"name": "Jar", "code": "J1", "price": 1})
    world.shop.put("product", MUG)
    jar = world.shop.put("product", {**MUG, "sku": "J1"})
    assert world.run("export") == {"dead": 2, "updated": 1}
    for id_ in ids:
        error = world.trace(id_).error
        assert error is not None
        assert (error.cause, error.field, error.value) == ("ambiguous", "code", "M1")
        assert error.details["candidates"] == ids
    assert world.binding(jar).odoo_id == alone


def test_one_of_odoo_that_is_bound_elsewhere_is_no_second_match() -> None:
    world = World()
    _shop_id, bound = world.pair()
    world.odoo.edit("product", bound, code="M2")
    other = world.odoo.put("product", {"name": "Mug", "code": "M2", "price": 10})
    mine = world.shop.put("product", {**MUG, "sku": "M2"})
    world.run("export")
    assert world.trace(other).error is None
    assert world.binding(mine).odoo_id == other


def test_a_match_that_is_bound_to_another_record_is_refused() -> None:
    world = World()
    first, odoo_id = world.pair()
    second = world.shop.put("product", {**MUG, "title": "Twin"})
    assert world.run("import") == {"unchanged": 1, "dead": 1}
    error = world.trace(second).error
    assert error is not None
    assert error.message == f"its match {odoo_id} is already bound to {first}"
    assert world.odoo.get("product", odoo_id)["name"] == "Mug"


def test_two_records_with_one_identity_in_one_page_give_one_target_and_one_dead_letter() -> None:
    world = World()
    world.shop.put("product", MUG)
    world.shop.put("product", {**MUG, "title": "Twin"})
    world.shop.put("product", {**MUG, "title": "Triplet"})
    assert world.run("import") == {"created": 1, "dead": 2}
    assert [row["name"] for row in world.odoo.all("product")] == ["Mug"]


def test_the_second_of_two_records_with_one_identity_is_created_where_the_first_is_refused() -> (
    None
):
    world = World()
    for title in ("Bad", "Worse", "Good", "Twin"):
        world.shop.put("product", {**MUG, "title": title})
    world.odoo.faults.refuse = lambda op: (
        None if op.values["name"] in ("Good", "Twin") else "no such name"
    )
    world.shop.infos["product"] = type(world.shop.infos["product"])("product", "shop.product", {})
    assert world.run("import") == {"dead": 3, "created": 1}
    assert [row["name"] for row in world.odoo.all("product")] == ["Good"]


def test_a_mapping_may_let_several_records_share_one_target() -> None:
    world = World({**CUSTOMER_IN, "shared": True}, None, entity="customer")
    for last in ("A", "B", "C"):
        world.shop.put("customer", {"first": "Eve", "last": last, "email": "e@example.com"})
    assert world.run("import") == {"created": 1, "updated": 2}
    assert [row["name"] for row in world.odoo.all("customer")] == ["Eve C"]
    assert world.writes(["import"]) == []


def test_a_record_without_counterpart_is_skipped_or_waits_where_the_mapping_says_so() -> None:
    world = World({**PRODUCT_IN, "on_missing": "skip"})
    shop_id = world.shop.put("product", MUG)
    assert world.run("import") == {"filtered": 1}
    assert world.trace(shop_id).filter == "only on its own side"
    world = World({**PRODUCT_IN, "on_missing": "wait"})
    shop_id = world.shop.put("product", MUG)
    assert world.run("import") == {"dead": 1}
    assert world.trace(shop_id).error.cause == "reference"  # type: ignore[union-attr]
    world.odoo.put("product", {"name": "Jar", "code": "M1", "price": 1})
    assert world.run("import") == {"updated": 1}


def test_an_entity_that_cant_be_created_by_itself_says_so() -> None:
    world = World()
    world.odoo.infos["product"] = type(world.odoo.infos["product"])("product", "odoo.product", {})
    shop_id = world.shop.put("product", MUG)
    assert world.run("import") == {"dead": 1}
    assert world.trace(shop_id).error.message == "a product can't be created by itself"  # type: ignore[union-attr]


ORDER = {"number": "1001", "customer": "c1", "country": "FR"}


def orders() -> World:
    return World(ORDER_IN, None, entity="order")


def bind_customer(world: World, remote: str = "c1", odoo: str = "o900") -> None:

    world.store.settle("customer", "import", [Binding("customer", remote, odoo)], ())
    world.store.commit()


def test_references_are_written_as_the_targets_ids() -> None:
    world = orders()
    bind_customer(world)
    world.shop.put("order", ORDER)
    assert world.run("import") == {"created": 1}
    (row,) = world.odoo.all("order")
    assert (row["partner"], row["country"]) == ("o900", "75")
    assert world.writes(["import"]) == []


def test_references_of_a_page_are_looked_up_at_once() -> None:
    world = orders()
    bind_customer(world)
    records = [
        next(world.shop.fetch("order", [world.shop.put("order", {**ORDER, "number": str(n)})]))
        for n in range(20)
    ]
    world.odoo.calls.clear()
    assert world.settle("import", records) == {"created": 20}
    assert world.odoo.calls == ["find", "find", "write"]  # countries, identity, creation


def test_a_record_whose_required_reference_is_missing_is_dead_and_arrives_after_it() -> None:
    world = orders()
    shop_id = world.shop.put("order", ORDER)
    assert world.run("import") == {"dead": 1}
    error = world.trace(shop_id).error
    assert error is not None
    assert (error.cause, error.field, error.value) == ("reference", "partner", "c1")
    bind_customer(world)
    assert world.run("import") == {"created": 1}
    assert world.store.dead == {}


@pytest.mark.parametrize("code", ["ZZ", "XX"])
def test_an_optional_reference_that_is_unknown_or_ambiguous_is_left_out(code: str) -> None:
    world = orders()
    bind_customer(world)
    world.shop.put("order", {**ORDER, "country": code})
    assert world.run("import") == {"created": 1}
    assert "country" not in world.odoo.all("order")[0]


def test_an_optional_reference_is_filled_in_when_it_arrives() -> None:
    world = orders()
    bind_customer(world)
    world.shop.put("order", {**ORDER, "country": "IT"})
    world.run("import")
    world.odoo.lookups = {"country": {"code": {"IT": ["109"]}}}
    (row,) = world.odoo.all("order")
    row["country"] = None
    assert world.run("import") == {"updated": 1}
    assert world.odoo.all("order")[0]["country"] == "109"
    assert world.run("import") == {"unchanged": 1}


def creating() -> World:
    made = {"email": char("email"), "name": char("email")}
    reference = {"entity": "customer", "key": "email", "create": made}
    into = document(
        "shop.order",
        "odoo.order",
        {"ref": char("number"), "partner": {"MAPTO": "email", "reference": reference}},
        identity=["ref"],
    )
    return World(into, None, entity="order")


def test_a_missing_reference_is_created_once_where_the_mapping_says_so() -> None:
    world = creating()
    for number in ("1", "2"):
        world.shop.put("order", {"number": number, "email": "a@example.com"})
    assert world.run("import") == {"created": 2}
    (person,) = world.odoo.all("customer")
    assert person["name"] == "a@example.com"
    assert {row["partner"] for row in world.odoo.all("order")} == {person["id"]}
    assert world.writes(["import"]) == []


def test_each_missing_reference_of_a_page_is_created_and_each_once() -> None:
    world = creating()
    for number, name in enumerate(("a", "b", "a")):
        world.shop.put("order", {"number": f"{number}", "email": f"{name}@example.com"})
    assert world.run("import") == {"created": 3}
    people = {row["id"]: row["email"][0] for row in world.odoo.all("customer")}
    assert sorted(people.values()) == ["a", "b"]
    orders = sorted(world.odoo.all("order"), key=lambda row: row["ref"])
    assert [people[row["partner"]] for row in orders] == ["a", "b", "a"]


def test_a_plan_creates_no_references() -> None:
    world = creating()
    world.shop.put("order", {"number": "1", "email": "a@example.com"})
    assert world.plan(["import"]).counts == {"import": {"created": 1}}
    assert world.odoo.all("customer") == []


def test_a_reference_whose_creation_is_refused_is_the_records_dead_letter() -> None:
    world = creating()
    shop_id = world.shop.put("order", {"number": "1", "email": "bad"})
    world.odoo.faults.refuse = lambda op: "not an e-mail" if "email" in op.values else None
    assert world.run("import") == {"dead": 1}
    error = world.trace(shop_id).error
    assert error is not None
    assert (error.message, error.field, error.cause) == ("not an e-mail", "partner", "refused")


def test_a_record_that_refers_to_one_of_its_own_page_is_settled_after_it() -> None:
    tree = document(
        "shop.product",
        "odoo.product",
        {
            "name": char("title"),
            "parent": {"MAPTO": "parent", "reference": {"entity": "product"}},
        },
    )
    world = World(tree, None)
    world.shop.put("product", {"title": "leaf", "parent": "s2"}, id="s1")
    world.shop.put("product", {"title": "branch", "parent": "s3"}, id="s2")
    world.shop.put("product", {"title": "root", "parent": None}, id="s3")
    assert world.run("import") == {"created": 3}
    by_name = {row["name"]: row for row in world.odoo.all("product")}
    assert by_name["leaf"]["parent"] == by_name["branch"]["id"]
    assert by_name["branch"]["parent"] == by_name["root"]["id"]


def test_records_that_refer_to_each_other_are_dead_and_do_not_turn_in_circles() -> None:
    tree = document(
        "shop.product",
        "odoo.product",
        {"parent": {"MAPTO": "parent", "reference": {"entity": "product"}}},
    )
    world = World(tree, None)
    world.shop.put("product", {"parent": "s2"}, id="s1")
    world.shop.put("product", {"parent": "s1"}, id="s2")
    assert world.run("import") == {"dead": 2}


def test_a_refused_record_in_a_batch_leaves_the_others_be() -> None:
    world = World()
    ids = [world.shop.put("product", {**MUG, "sku": f"M{n}"}) for n in range(3)]
    world.odoo.faults.refuse = lambda op: "no" if op.values.get("code") == "M1" else None
    assert world.run("import") == {"created": 2, "dead": 1}
    trace = world.trace(ids[1])
    assert (trace.stage, trace.error.cause) == ("write", "refused")  # type: ignore[union-attr]


def test_one_cause_for_most_of_a_page_stops_the_run_and_says_why() -> None:
    world = World()
    records = []
    for n in range(30):
        shop_id = world.shop.put("product", {**MUG, "sku": f"M{n}"})
        records += world.shop.fetch("product", [shop_id])
    world.odoo.faults.refuse = lambda op: None if op.values["code"] < "M13" else "no tax is set"
    with pytest.raises(StopRun) as stopped:
        world.settle("import", records)
    assert "25 of 30 product records failed alike (write, refused)" in str(stopped.value)
    assert "no tax is set" in str(stopped.value)
    assert world.store.traces == []


def test_a_page_whose_records_fail_for_reasons_of_their_own_goes_on() -> None:
    world = World()
    records = []
    for n in range(30):
        fields = {**MUG, "sku": f"M{n}", ("price", "title")[n % 2]: ["no"]}
        records += world.shop.fetch("product", [world.shop.put("product", fields)])
    assert world.settle("import", records) == {"dead": 30}


def test_what_went_well_is_kept_when_a_run_stops_at_a_target_with_its_own_transactions() -> None:
    world = World()
    records = []
    for n in range(30):
        odoo_id = world.odoo.put("product", {"name": "n", "code": f"M{n}", "price": 1})
        records += world.odoo.fetch("product", [odoo_id])
    world.shop.faults.refuse = lambda op: None if op.values["sku"] < "M13" else "no"
    with pytest.raises(StopRun):
        world.settle("export", records)
    assert [b.state for b in world.store.all("product")].count("bound") == 5
    world.shop.faults.refuse = lambda op: None
    assert world.settle("export", records) == {"repeated": 5, "created": 25}
    assert len(world.shop.all("product")) == 30


def moving(world: World, times: int) -> None:
    """Somebody changes the shop's record between our read and our write, so many times."""
    fetch, left = world.shop.fetch, [times]

    def fetch_then_move(entity: str, ids: Any) -> Any:
        found = list(fetch(entity, ids))
        if left[0] and found:
            left[0] -= 1
            world.shop.edit(entity, ids[0], price=Decimal(100 + left[0]))
        return iter(found)

    world.shop.fetch = fetch_then_move  # type: ignore[method-assign]


def comparing() -> tuple[World, str, str]:
    able = frozenset(("create", "update", "delete", "compare_and_set"))
    world = World(infos={"capabilities": able}, rules=[Rule("*", "odoo")])
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, price=Decimal(12))
    return world, shop_id, odoo_id


def test_a_target_that_moved_is_decided_again_with_its_new_state() -> None:
    world, shop_id, odoo_id = comparing()
    moving(world, 1)
    assert world.run("export") == {"updated": 1}
    assert world.shop.get("product", shop_id)["price"] == Decimal(12)
    (conflict,) = world.trace(odoo_id).conflicts
    assert conflict.target["price"] == "100"


def test_a_target_that_keeps_moving_is_a_dead_letter() -> None:
    world, shop_id, odoo_id = comparing()
    moving(world, 9)
    assert world.run("export") == {"dead": 1}
    assert world.trace(odoo_id).error.cause == "moved"  # type: ignore[union-attr]
    world.shop.fetch = type(world.shop).fetch.__get__(world.shop)  # type: ignore[method-assign]
    assert world.run("export") == {"updated": 1}
    assert world.shop.get("product", shop_id)["price"] == Decimal(12)


def test_a_lost_answer_to_a_create_is_looked_up_before_it_is_repeated() -> None:
    world = World()
    odoo_id = world.odoo.put("product", {"name": "Mug", "code": "M1", "price": 10})
    world.shop.faults.lost = 1
    with pytest.raises(RetryLater):
        world.run("export")
    world.store.rollback()
    (binding,) = world.store.all("product")
    assert (binding.state, binding.odoo_id, binding.remote_id) == ("creating", odoo_id, None)
    assert world.run("export") == {"created": 1}
    assert len(world.shop.all("product")) == 1
    assert world.binding(odoo_id, "export").state == "bound"
    assert len(world.store.all("product")) == 1
    assert world.writes() == []


def test_a_lost_answer_without_identity_is_repeated_under_its_key() -> None:
    able = frozenset(("create", "update", "delete", "idempotency_key"))
    back = document("odoo.product", "shop.product", {"title": char("name")})
    world = World(None, back, infos={"capabilities": able})
    odoo_id = world.odoo.put("product", {"name": "Mug"})
    world.shop.faults.lost = 1
    with pytest.raises(RetryLater):
        world.run("export")
    world.store.rollback()
    world.odoo.edit("product", odoo_id, name="Cup")  # what the first try did not know
    assert world.run("export") == {"created": 1}
    assert len({op.key for op in world.shop.ops}) == 1
    assert world.run("export") == {"updated": 1, "repeated": 1}
    assert [row["title"] for row in world.shop.all("product")] == ["Cup"]
    assert world.writes(["export"]) == []


def test_each_create_has_a_key_of_its_own() -> None:
    world = World()
    for n in range(5):
        world.odoo.put("product", {"name": "Mug", "code": f"M{n}", "price": 10})
    world.run("export")
    keys = [op.key for op in world.shop.ops if isinstance(op, Op)]
    assert len(set(keys)) == 5


def test_a_target_that_answers_too_few_writes_stops_the_run() -> None:
    world = World()
    world.shop.put("product", MUG)
    world.odoo.write = lambda entity, ops: iter(())  # type: ignore[method-assign]
    with pytest.raises(StopRun, match="1 writes gave 0 results"):
        world.run("import")


PRICE_OUT = document(
    "odoo.product",
    "shop.product",
    {"price": {"MAPTO": "price", "type": "decimal"}},
    tied_to="variant",
    on_missing="skip",
)


def test_a_record_that_is_another_entitys_too_is_tied_by_that_ones_binding() -> None:
    world = World(None, PRICE_OUT)
    shop_id = world.shop.put("product", {"price": Decimal(1)})
    tied = world.odoo.put("product", {"price": Decimal(2)})
    loose = world.odoo.put("product", {"price": Decimal(3)})
    world.store.settle("variant", "export", [Binding("variant", shop_id, tied)], ())
    world.store.commit()
    assert world.run("export") == {"updated": 1, "filtered": 1}
    assert world.shop.get("product", shop_id)["price"] == Decimal(2)
    assert world.trace(loose).filter == "only on its own side"


def test_a_record_whose_identity_names_one_that_need_not_be_here_is_left_out_with_its_reason() -> (
    None
):
    partner = {"MAPTO": "customer", "reference": {"entity": "customer", "required": False}}
    into = document(
        "shop.order", "odoo.order", {"partner": partner, "ref": char("number")},
        identity=[["partner", "ref"]],
    )  # fmt: skip
    world = World(into, None, entity="order")
    shop_id = world.shop.put("order", ORDER)
    assert world.run("import") == {"filtered": 1}
    assert world.trace(shop_id).filter == "no counterpart of partner"
    bind_customer(world)
    assert world.run("import") == {"created": 1}


def test_many_ambiguous_records_do_not_stop_a_run() -> None:
    world = World()
    records = []
    for number in range(25):
        code = f"M{number}"
        for name in "ab":
            world.odoo.put("product", {"name": name, "code": code, "price": 1})
        records += world.shop.fetch("product", [world.shop.put("product", {**MUG, "sku": code})])
    assert world.settle("import", records) == {"dead": 25}


def test_a_lost_create_is_looked_for_even_if_the_source_is_again_as_it_once_was() -> None:
    world = World(rules=[Rule("*", "odoo")])
    odoo_id = world.odoo.put("product", {"name": "Mug", "code": "M1", "price": 10})
    world.run("export")
    world.shop.remove("product", world.shop.all("product")[0]["id"])
    world.odoo.edit("product", odoo_id, name="Cup")
    world.shop.faults.lost = 1
    with pytest.raises(RetryLater):
        world.run("export")
    world.store.rollback()
    world.odoo.edit("product", odoo_id, name="Mug")
    assert world.run("export") == {"updated": 1}
    assert [row["title"] for row in world.shop.all("product")] == ["Mug"]
    assert world.binding(odoo_id, "export").state == "bound"


@pytest.mark.parametrize(
    ("here", "counts", "name"),
    [
        ("Becher", {"held": 1}, "Becher"),
        (None, {"updated": 1}, "Mug"),
        ("Mug", {"unchanged": 1}, "Mug"),
    ],
)
def test_an_identity_key_that_a_record_was_not_matched_by_is_compared(
    here: Any, counts: Any, name: str
) -> None:
    world = World({**PRODUCT_IN, "identity": ["code", "name"]}, None)
    odoo_id = world.odoo.put("product", {"name": here, "code": "M1", "price": Decimal(10)})
    shop_id = world.shop.put(
        "product", {"title": "Mug", "sku": "M1", "price": 10, "status": "active"}
    )
    assert world.run("import") == counts
    assert world.odoo.get("product", odoo_id)["name"] == name
    if "held" in counts:
        assert world.run("import") == counts, "asked once and forgotten"
        (conflict,) = world.trace(shop_id).conflicts
        assert (conflict.fields, conflict.winner) == (("name",), "ask")


def test_an_identity_key_that_the_source_has_not_takes_nothing_away() -> None:
    world = World({**PRODUCT_IN, "identity": ["code", "name"]}, None)
    odoo_id = world.odoo.put("product", {"name": "Mug", "code": "M1", "price": Decimal(10)})
    world.shop.put("product", {"title": None, "sku": "M1", "price": 10, "status": "active"})
    assert world.run("import") == {"unchanged": 1}
    assert world.odoo.get("product", odoo_id)["name"] == "Mug"
