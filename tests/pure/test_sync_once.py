"""Records that are created, updated, left alone, filtered and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from gateway_ng.lib.endpoint import Op, Result
from gateway_ng.lib.errors import Refused
from gateway_ng.tests.contract.world import CUSTOMER_IN, CUSTOMER_OUT, World

MUG = {"title": "Mug", "sku": "M1", "price": Decimal("10.00"), "note": "new", "status": "active"}


def test_a_new_record_is_created_at_the_target() -> None:
    world = World()
    shop_id = world.shop.put("product", MUG)
    assert world.run("import") == {"created": 1}
    (row,) = world.odoo.all("product")
    assert row == {
        "id": row["id"],
        "name": "Mug",
        "code": "M1",
        "price": Decimal("10.00"),
        "note": "new",
    }
    binding = world.binding(shop_id)
    assert (binding.state, binding.odoo_id) == ("bound", row["id"])
    assert binding.base["import"] == {
        "name": ("Mug", "Mug"),
        "code": ("M1", "M1"),
        "price": ("10", "10"),
    }


def test_a_created_record_tells_what_it_was_created_with_and_is_not_compared_later() -> None:
    world = World()
    shop_id, _odoo_id = world.pair(note="from stock")
    assert world.trace(shop_id).fields == {
        "name": (None, "Mug"),
        "code": (None, "M1"),
        "price": (None, "10"),
        "note": (None, "from stock"),
    }


def test_an_edit_at_the_source_sets_that_field_alone() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.edit("product", shop_id, title="Cup")
    assert world.run("import") == {"updated": 1}
    assert world.odoo.ops[-1].values == {"name": "Cup"}
    assert world.trace(shop_id).fields == {"name": ("Mug", "Cup")}
    assert world.trace(shop_id).reasons == {"name": "source changed"}
    assert world.odoo.get("product", odoo_id)["name"] == "Cup"


def test_an_unchanged_record_is_known_by_its_digest_and_the_target_is_not_read() -> None:
    world = World()
    world.pair()
    world.odoo.calls.clear()
    assert world.run("import") == {"unchanged": 1}
    assert world.odoo.calls == []


def test_a_field_no_mapping_reads_changes_nothing() -> None:
    world = World()
    shop_id, _ = world.pair()
    world.shop.edit("product", shop_id, views=17)
    world.odoo.calls.clear()
    assert world.run("import") == {"unchanged": 1}
    assert world.odoo.calls == []


def test_our_own_write_coming_back_is_no_change() -> None:
    world = World()
    world.pair()
    world.shop.calls.clear()
    assert world.run("export") == {"unchanged": 1}
    assert "write" not in world.shop.calls
    assert "fetch" not in world.shop.calls


def test_a_field_for_creation_only_is_left_alone_later() -> None:
    world = World()
    shop_id, odoo_id = world.pair(note="first")
    world.shop.edit("product", shop_id, note="second")
    assert world.run("import") == {"unchanged": 1}
    assert world.odoo.get("product", odoo_id)["note"] == "first"


def test_an_edit_at_the_target_is_left_to_the_opposite_direction() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name="Becher")
    assert world.run("import") == {"unchanged": 1}
    assert world.odoo.get("product", odoo_id)["name"] == "Becher"
    assert world.run("export") == {"updated": 1}
    assert world.shop.get("product", shop_id)["title"] == "Becher"


def test_edits_of_different_fields_on_both_sides_are_both_kept() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.edit("product", shop_id, title="Cup")
    world.odoo.edit("product", odoo_id, price=Decimal(12))
    world.both()
    assert world.odoo.get("product", odoo_id)["name"] == "Cup"
    assert world.odoo.get("product", odoo_id)["price"] == Decimal(12)
    assert world.shop.get("product", shop_id)["price"] == Decimal(12)
    assert world.shop.get("product", shop_id)["title"] == "Cup"
    assert world.writes() == []


def test_a_filtered_record_is_counted_with_the_filters_name() -> None:
    world = World()
    shop_id = world.shop.put("product", {**MUG, "status": "draft"})
    assert world.run("import") == {"filtered": 1}
    assert world.trace(shop_id).filter == "Active only"
    assert world.odoo.all("product") == []


def test_a_record_that_leaves_its_filter_keeps_its_target_as_it_was() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.edit("product", shop_id, status="draft", title="Cup")
    assert world.run("import") == {"filtered": 1}
    assert world.odoo.get("product", odoo_id)["name"] == "Mug"
    world.shop.edit("product", shop_id, status="active")
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["name"] == "Cup"


def test_a_value_of_the_wrong_type_is_a_dead_letter_and_the_rest_goes_on() -> None:
    world = World()
    bad = world.shop.put("product", {**MUG, "price": "ten"})
    world.shop.put("product", {**MUG, "sku": "M2"})
    assert world.run("import") == {"dead": 1, "created": 1}
    trace = world.trace(bad)
    assert trace.error is not None
    assert (trace.stage, trace.error.cause, trace.error.field) == (
        "transform",
        "validation",
        "price",
    )
    assert trace.payload is not None and trace.payload["price"] == "ten"


def test_a_dead_letter_is_gone_once_its_record_arrives() -> None:
    world = World()
    bad = world.shop.put("product", {**MUG, "price": "ten"})
    world.run("import")
    assert list(world.store.dead) == [("product", "import", bad)]
    world.shop.edit("product", bad, price=10)
    assert world.run("import") == {"created": 1}
    assert world.store.dead == {}


def test_a_record_twice_in_one_page_is_settled_once_as_last_given() -> None:
    world = World()
    shop_id = world.shop.put("product", MUG)
    (first,) = world.shop.fetch("product", [shop_id])
    world.shop.edit("product", shop_id, title="Cup")
    (second,) = world.shop.fetch("product", [shop_id])
    assert world.settle("import", [first, second]) == {"created": 1, "repeated": 1}
    assert world.odoo.all("product")[0]["name"] == "Cup"


def test_a_record_that_comes_again_in_one_run_is_repeated() -> None:
    world = World()
    shop_id = world.shop.put("product", MUG)
    records = list(world.shop.fetch("product", [shop_id]))
    assert world.settle("import", records) == {"created": 1}
    assert world.settle("import", records) == {"repeated": 1}


def test_the_opposite_direction_of_the_same_run_does_not_count_it_as_repeated() -> None:
    world = World()
    shop_id = world.shop.put("product", MUG)
    world.settle("import", list(world.shop.fetch("product", [shop_id])))
    records = list(world.odoo.fetch("product", list(world.odoo.rows["product"])))
    assert world.settle("export", records) == {"unchanged": 1}


def test_an_absent_field_is_neither_compared_nor_written() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name="Becher")
    world.shop.hidden["product"] = {"title"}
    world.shop.edit("product", shop_id, price=11)
    assert world.run("import") == {"updated": 1}
    assert world.odoo.ops[-1].values == {"price": Decimal(11)}
    world.shop.hidden.clear()
    world.both()
    assert world.shop.get("product", shop_id)["title"] == "Becher"


def test_a_field_hidden_on_the_target_is_not_written() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.odoo.hidden["product"] = {"name"}
    world.shop.edit("product", shop_id, title="Cup", price=11)
    world.run("import")
    assert world.odoo.ops[-1].values == {"price": Decimal(11)}
    world.odoo.hidden.clear()
    world.shop.edit("product", shop_id, price=12)
    world.run("import")
    assert world.odoo.get("product", odoo_id)["name"] == "Cup"


def test_null_empties_the_target_and_is_not_absent() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.edit("product", shop_id, title=None)
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["name"] is None


def test_a_plan_tells_what_a_run_would_do_and_writes_nothing() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.shop.edit("product", shop_id, title="Cup")
    new = world.shop.put("product", {**MUG, "sku": "M2"})
    before = world.odoo.snapshot(), world.store.all("product")
    for _ in range(2):
        plan = world.plan(["import"])
        assert plan.counts == {"import": {"updated": 1, "created": 1}}
    assert (world.odoo.snapshot(), world.store.all("product")) == before
    assert plan.trace(shop_id).fields == {"name": ("Mug", "Cup")}
    assert plan.trace(new).fields["code"] == (None, "M2")
    world.shop.remove("product", shop_id)
    assert world.plan(["import"]).counts == {"import": {"deleted": 1, "created": 1}}
    assert odoo_id in world.odoo.rows["product"]
    assert world.binding(shop_id).state == "bound"


def test_a_lossy_pair_of_mappings_settles() -> None:
    world = World(CUSTOMER_IN, CUSTOMER_OUT, entity="customer")
    person = {"first": "Anna Maria", "last": "de Groot", "email": "a@example.com"}
    shop_id = world.shop.put("customer", person)
    world.both()
    assert world.shop.get("customer", shop_id)["first"] == "Anna Maria"
    assert world.writes() == []
    world.odoo.edit("customer", world.binding(shop_id).odoo_id, name="Eva Groot")
    world.both()
    assert world.shop.get("customer", shop_id)["last"] == "Groot"
    assert world.writes() == []


def test_a_target_that_strips_and_rounds_is_not_an_edit() -> None:
    for predictable in (True, False):

        def normal(name: str, value: object) -> object:
            return value.strip() if isinstance(value, str) else value

        world = World(shop={"normalise": normal, "predictable": predictable})
        odoo_id = world.odoo.put("product", {"name": " Mug ", "code": "M1", "price": 10})
        world.both()
        (row,) = world.shop.all("product")
        assert row["title"] == "Mug"
        assert world.odoo.get("product", odoo_id)["name"] == " Mug "
        assert world.writes() == []
        world.odoo.edit("product", odoo_id, name=" Cup ")
        world.run("export")
        assert world.shop.all("product")[0]["title"] == "Cup"
        assert world.writes() == []
        assert world.odoo.get("product", odoo_id)["name"] == " Cup "


def test_a_result_without_record_is_read_back() -> None:
    world = World(shop={"answers": False})
    world.odoo.put("product", {"name": "Mug", "code": "M1", "price": 10})
    assert world.run("export") == {"created": 1}
    assert "fetch" in world.shop.calls
    assert world.writes() == []


def test_a_changed_mapping_is_applied_to_records_that_did_not_change() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    into = world.documents["import"]
    assert into is not None
    record = {
        **into["record"],
        "name": {"MAPTO": "title", "type": "char", "transform": "uppercase"},
    }
    world.documents["import"] = {**into, "record": record}
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["name"] == "MUG"
    assert world.run("import") == {"unchanged": 1}
    assert world.writes() == []


def test_a_page_of_nothing_gives_no_counts() -> None:
    world = World()
    assert world.settle("import") == {}


def test_what_a_target_leaves_to_a_person_is_told_once_and_settled() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    carried_out = world.odoo.write

    def leave(_entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        return iter([Result(op.id, note="left to Ada: name") for op in ops])

    world.odoo.write = leave  # type: ignore[method-assign]
    world.shop.edit("product", shop_id, title="Cup")
    assert world.run("import") == {"updated": 1}
    assert world.trace(shop_id).reasons[""] == "left to Ada: name"
    assert world.trace(shop_id).fields == {}
    world.odoo.write = carried_out  # type: ignore[method-assign]
    assert world.run("import") == {"unchanged": 1}
    world.shop.edit("product", shop_id, price=Decimal("11.00"))
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["name"] == "Mug"
    assert world.odoo.get("product", odoo_id)["price"] == Decimal("11.00")


def test_what_was_to_follow_and_failed_has_a_letter_and_the_record_is_settled() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    carried_out = world.odoo.write

    def warn(entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        for result in carried_out(entity, ops):
            yield replace(result, warning=Refused("no journal"))

    world.odoo.write = warn  # type: ignore[method-assign]
    world.shop.edit("product", shop_id, title="Cup")
    assert world.run("import") == {"updated": 1}
    assert world.odoo.get("product", odoo_id)["name"] == "Cup"
    (letter,) = world.store.dead.values()
    assert (letter.stage, str(letter.error)) == ("workflow", f"{shop_id}: no journal")
    assert letter.payload is not None
    assert world.run("import") == {"unchanged": 1}


def test_what_left_odoo_since_its_page_was_read_is_not_created_in_the_shop() -> None:
    """Its contact was merged into another, say: its binding is the other one's now."""
    for is_planned in (False, True):
        world = World(CUSTOMER_IN, CUSTOMER_OUT, entity="customer")
        for name in ("Ann", "Bob"):
            world.odoo.put("customer", {"name": name, "email": f"{name}@example.org"})
        planned = world.plan(["export"]).intents("export") if is_planned else None
        (page,) = world.odoo.pages("customer")
        merged = page.records[1].id
        world.odoo.remove("customer", merged)
        counts = world.settle("export", page.records, planned=planned)
        assert counts == {"created": 1, "held" if is_planned else "filtered": 1}
        assert world.store.bindings("customer", "odoo", [merged]) == {}
        assert len(world.shop.all("customer")) == 1
