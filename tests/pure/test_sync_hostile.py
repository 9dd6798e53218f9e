"""Records with ids that no database keeps, and records that claim one element: each is its own
dead letter, the page goes on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Record
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.store import Binding, Trace
from gateway_ng.lib.values import storable
from gateway_ng.tests.contract.world import World, templates

MUG = {"title": "Mug", "sku": "M1", "price": Decimal(10), "status": "active"}
IDS = {"a\0b": "a\\0b", "\ud800": "\\ud800", "a\udfffb\0": "a\\udfffb\\0"}


class Database(MemoryStore):
    """Takes no text that PostgreSQL refuses."""

    def bindings(self, entity: str, side: Any, ids: Any, lock: bool = False) -> Any:
        _refuse(*ids)
        return super().bindings(entity, side, ids, lock)

    def resolve(self, entity: str, side: Any, ids: Any) -> Any:
        _refuse(*ids)
        return super().resolve(entity, side, ids)

    def settle(self, entity: str, direction: Any, bindings: Any, traces: Any) -> None:
        bindings, traces = list(bindings), list(traces)
        for trace in traces:
            _refuse(trace.source_id, str(trace.error), str(trace.error and trace.error.remedy))
        super().settle(entity, direction, bindings, traces)


def _refuse(*texts: str) -> None:
    for text in texts:
        if "\0" in text:
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        text.encode()


def traces(world: World) -> dict[str, Trace]:
    return {trace.source_id: trace for _e, _d, trace in world.store.traces}


@pytest.mark.parametrize("id_", IDS)
def test_an_id_that_can_not_be_stored_is_a_dead_letter_and_the_page_goes_on(id_: str) -> None:
    world = World()
    world.store = Database()
    records = [Record(id_, {"id": id_, **MUG}), Record("s2", {"id": "s2", **MUG})]
    assert world.settle("import", records) == {"dead": 1, "created": 1}
    dead = traces(world)[IDS[id_]]
    assert dead.error is not None and dead.payload == records[0].fields
    assert (dead.error.cause, dead.error.record, dead.error.field) == ("validation", IDS[id_], "id")
    assert IDS[id_] in str(dead.error)
    assert dead.stage == "read"
    assert [row["name"] for row in world.odoo.all("product")] == ["Mug"]


def test_a_whole_page_of_such_ids_is_a_common_failure() -> None:
    world = World()
    world.store = Database()
    records = [Record(f"\0{n}", MUG) for n in range(19)]
    assert world.settle("import", records) == {"dead": 19}


@pytest.mark.parametrize("id_", IDS)
def test_the_deletion_of_what_can_not_be_stored_is_nothing_to_do(id_: str) -> None:
    world = World()
    world.store = Database()
    assert world.settle("import", deleted=[id_, "s9"]) == {"unchanged": 2}


def test_storable_leaves_what_can_be_stored() -> None:
    for text in ("", "gid://shopify/Product/1", "Größe 👕", "back\\slash"):
        assert storable(text) is text


# One element, two records.


def shirt(id_: str, *variants: str, **more: Any) -> Record:
    told = [{"id": v, "sku": f"SKU-{v}", "price": Decimal(9)} for v in variants]
    return Record(id_, {"id": id_, "title": f"Shirt {id_}", "variants": told, **more})


def world_of_lists(created_only: bool = False, **more: Any) -> World:
    into, back = templates(**more)
    if created_only:  # as the shipped mapping of products has it: nothing of elements is in a base
        for told in into["record"]["lines"]["list"]["record"].values():
            told["create_only"] = True
    return World(into, back)


both = pytest.mark.parametrize("created_only", [False, True], ids=["compared", "created only"])


def titles(world: World) -> list[str]:
    return [row["name"] for row in world.odoo.all("product")]


def variant(world: World, id_: str) -> str:
    return world.store.resolve("variant", "remote", [id_])[id_]


def assert_claimed(world: World, id_: str, element: str, other: str) -> None:
    error = traces(world)[id_].error
    assert error is not None
    assert (error.cause, error.field, error.value) == ("ambiguous", "lines", element)
    assert other in error.message and error.remedy
    assert error.details["candidates"] == [other]


@both
def test_the_second_of_two_records_in_a_page_that_claim_one_element_is_dead(
    created_only: bool,
) -> None:
    world = world_of_lists(created_only)
    page = [shirt("p1", "v1", "v2"), shirt("p2", "v2", "v3"), shirt("p3", "v4")]
    assert world.settle("import", page) == {"created": 2, "dead": 1}
    assert titles(world) == ["Shirt p1", "Shirt p3"]
    assert_claimed(world, "p2", "v2", "p1")
    assert "v3" not in world.store.resolve("variant", "remote", ["v3"])


@both
def test_an_element_of_a_record_settled_before_is_not_claimed_by_another(
    created_only: bool,
) -> None:
    world = world_of_lists(created_only)
    world.settle("import", [shirt("p1", "v1", "v2")])
    before = variant(world, "v2")
    assert world.settle("import", [shirt("p2", "v2"), shirt("p3", "v4")]) == {
        "dead": 1,
        "created": 1,
    }
    assert_claimed(world, "p2", "v2", "p1")
    assert variant(world, "v2") == before
    assert world.settle("import", [shirt("p1", "v1", "v2", title="Polo")]) == {"updated": 1}
    assert titles(world) == ["Polo", "Shirt p3"]


@both
def test_the_holder_keeps_its_element_though_the_other_comes_first_in_the_page(
    created_only: bool,
) -> None:
    world = world_of_lists(created_only)
    world.settle("import", [shirt("p1", "v1")])
    page = [shirt("p2", "v1"), shirt("p1", "v1", title="Polo")]
    assert world.settle("import", page) == {"dead": 1, "updated": 1}
    assert_claimed(world, "p2", "v1", "p1")
    assert titles(world) == ["Polo"]


@both
def test_a_bound_record_does_not_take_an_element_of_another(
    created_only: bool,
) -> None:
    world = world_of_lists(created_only)
    world.settle("import", [shirt("p1", "v1"), shirt("p2", "v2")])
    before = variant(world, "v1")
    assert world.settle("import", [shirt("p2", "v2", "v1")]) == {"dead": 1}
    assert_claimed(world, "p2", "v1", "p1")
    assert variant(world, "v1") == before


def test_once_the_holder_let_go_of_an_element_the_other_gets_it() -> None:
    world = world_of_lists(owned=True)
    world.settle("import", [shirt("p1", "v1", "v2")])
    assert world.settle("import", [shirt("p2", "v2")]) == {"dead": 1}
    world.settle("import", [shirt("p1", "v1")])
    assert world.settle("import", [shirt("p2", "v2")]) == {"created": 1}
    (second,) = [row for row in world.odoo.all("product") if row["name"] == "Shirt p2"]
    assert variant(world, "v2") == second["lines"][0]["id"]


@both
def test_elements_that_were_bound_by_themselves_are_their_records_own(
    created_only: bool,
) -> None:
    world = world_of_lists(created_only)
    lines = [{"id": "o7", "code": "SKU-v1", "price": Decimal(9)}]
    odoo_id = world.odoo.put("product", {"name": "Shirt p1", "lines": lines})
    world.store.settle("variant", "import", [Binding("variant", "v1", "o7")], [])
    world.store.settle("product", "import", [Binding("product", "p1", odoo_id)], [])
    assert world.settle("import", [shirt("p1", "v1")]) == {"unchanged": 1}
    assert variant(world, "v1") == "o7"


@both
def test_a_record_created_anew_after_its_deletion_takes_its_elements_along(
    created_only: bool,
) -> None:
    world = world_of_lists(created_only)
    world.settle("import", [shirt("p1", "v1")])
    world.settle("import", deleted=["p1"])
    assert titles(world) == []
    assert world.settle("import", [shirt("p1", "v1")]) == {"created": 1}
    (row,) = world.odoo.all("product")
    assert variant(world, "v1") == row["lines"][0]["id"]


def test_an_element_that_the_target_lost_and_the_source_edited_is_bound_anew() -> None:
    world = world_of_lists()
    world.settle("import", [shirt("p1", "v1", "v2")])
    (row,) = world.odoo.all("product")
    world.odoo.edit("product", row["id"], lines=row["lines"][:1])
    record = shirt("p1", "v1", "v2")
    record.fields["variants"][1]["sku"] = "SKU-new"
    assert world.settle("import", [record]) == {"updated": 1}
    (row,) = world.odoo.all("product")
    assert variant(world, "v2") == row["lines"][1]["id"]


def test_the_same_ids_of_elements_without_an_entity_are_no_claim() -> None:
    into, _ = templates()
    del into["record"]["lines"]["list"]["entity"]
    world = World(into, None)
    assert world.settle("import", [shirt("p1", "v1"), shirt("p2", "v1")]) == {"created": 2}


def test_a_plan_tells_of_the_claim_and_keeps_nothing() -> None:
    world = world_of_lists()
    for record in (shirt("p1", "v1"), shirt("p2", "v1")):
        world.shop.put("product", record.fields, record.id)
    plan = world.plan(["import"])
    assert plan.counts == {"import": {"created": 1, "dead": 1}}
    assert "v1" in str(plan.trace("p2").error)
    assert world.store.all("variant") == []


def test_a_store_points_no_bound_record_elsewhere_for_a_new_binding() -> None:
    store = MemoryStore()
    store.settle("variant", "import", [Binding("variant", "v1", "o1")], [])
    with pytest.raises(RetryLater, match="v1"):
        store.settle("variant", "import", [Binding("variant", "v1", "o2")], [])
    assert store.resolve("variant", "remote", ["v1"]) == {"v1": "o1"}
    (kept,) = store.all("variant")
    kept.state = "gone"
    store.settle("variant", "import", [kept], [])
    store.settle("variant", "import", [Binding("variant", "v1", "o2")], [])
    assert store.resolve("variant", "remote", ["v1"]) == {"v1": "o2"}
