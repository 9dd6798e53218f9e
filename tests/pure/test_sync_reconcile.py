"""Both sides compared whole: drift is named by record, field and reason, and nothing is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Page
from gateway_ng.lib.merge import Rule
from gateway_ng.lib.store import Trace
from gateway_ng.lib.sync import reconcile
from gateway_ng.tests.contract.world import PRODUCT_IN, PRODUCT_OUT, World, resize, templates


def compare(
    world: World, direction: Any = "import", both: bool = False, told: tuple[str, ...] = ()
) -> tuple[dict[str, int], dict[str, Trace]]:
    """(counts, source id → trace) of a whole compare, which must change nothing."""
    before = world.odoo.snapshot(), world.shop.snapshot(), world.store.all("product")
    sent = len(world.odoo.ops), len(world.shop.ops)
    since = len(world.store.traces)
    flow = world.flow(direction)
    counts: dict[str, int] = {}
    for page in flow.source.pages("product"):
        assert isinstance(page, Page)
        for name, number in reconcile(flow, page.records, both=both, told=told).items():
            counts[name] = counts.get(name, 0) + number
    world.store.commit()
    assert (world.odoo.snapshot(), world.shop.snapshot(), world.store.all("product")) == before
    assert (len(world.odoo.ops), len(world.shop.ops)) == sent
    return counts, {t.source_id: t for _e, _d, t in world.store.traces[since:]}


def test_sides_that_agree_are_told_by_their_digests() -> None:
    world = World()
    world.pair()
    world.both()
    assert compare(world)[0] == {"unchanged": 1}
    assert compare(world, "export")[0] == {"unchanged": 1}


def test_each_field_that_differs_is_named_with_the_side_that_changed() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.both()
    world.shop.edit("product", shop_id, title="Cup", price=Decimal(11))
    world.odoo.edit("product", odoo_id, price=Decimal(12))
    counts, traces = compare(world)
    assert counts == {"held": 1}
    assert traces[shop_id].fields == {"name": ("Mug", "Cup"), "price": ("12", "11")}
    assert traces[shop_id].reasons == {
        "": "the sides differ",
        "name": "changed in the shop, not carried yet",
        "price": "changed on both sides, not settled yet",
    }


def test_a_difference_that_both_directions_see_is_told_once() -> None:
    into = {**PRODUCT_IN, "record": {**PRODUCT_IN["record"]}}
    into["record"].pop("price")
    world = World(into, PRODUCT_OUT)
    shop_id, odoo_id = world.pair()
    world.both()
    world.odoo.edit("product", odoo_id, name="Becher", price=Decimal(7))
    since = len(world.store.traces)
    for direction in ("import", "export"):
        flow = world.flow(direction)  # type: ignore[arg-type]
        for page in flow.source.pages("product"):
            reconcile(flow, page.records, both=True)
    told = {way: set(t.fields) for _e, way, t in world.store.traces[since:]}
    assert told == {"import": {"name"}, "export": {"price"}}  # what only one carries is told by it


def test_what_the_import_filters_is_compared_by_the_export() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.both()
    world.shop.edit("product", shop_id, status="draft")
    world.both()
    world.odoo.edit("product", odoo_id, name="Cup")
    assert compare(world, "import", both=True)[0] == {"filtered": 1}
    counts, traces = compare(world, "export", both=True)
    assert counts == {"held": 1}
    assert traces[odoo_id].fields == {"title": ("Mug", "Cup")}


def test_an_edit_that_no_watermark_saw_is_found() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.both()
    world.odoo.rows["product"][odoo_id].fields["price"] = Decimal(99)  # no time tells of it
    counts, traces = compare(world)
    assert counts == {"held": 1}
    assert traces[shop_id].reasons["price"] == "changed in Odoo since it was settled"


def test_what_differs_by_decision_is_told_as_such() -> None:
    back = {**PRODUCT_OUT, "record": {n: PRODUCT_OUT["record"][n] for n in ("sku", "price")}}
    world = World(back=back, rules=[Rule("*", "odoo")])
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name="Becher")
    world.shop.edit("product", shop_id, title="Cup")
    world.run("import")
    world.both()
    assert world.binding(shop_id).diverged == ("name",)
    counts, traces = compare(world)
    assert counts == {"unchanged": 1}  # nothing is left to decide, and a sync would write nothing
    assert traces[shop_id].reasons["name"] == "left apart by a decision or a take-back"
    assert traces[shop_id].fields == {"name": ("Becher", "Cup")}
    world.odoo.edit("product", odoo_id, price=Decimal(7))
    counts, traces = compare(world)
    assert counts == {"held": 1}
    assert set(traces[shop_id].fields) == {"name", "price"}


_ONE_WAY = "left apart: changed in Odoo, and this field is carried from the shop only"


def test_an_edit_that_no_direction_carries_is_told_as_left_apart() -> None:
    title = {**PRODUCT_OUT["record"]["title"], "create_only": True}
    world = World(back={**PRODUCT_OUT, "record": {**PRODUCT_OUT["record"], "title": title}})
    shop_id, odoo_id = world.pair()
    world.both()
    world.odoo.edit("product", odoo_id, name="Becher")
    assert compare(world, both=True)[0] == {"unchanged": 1}  # told before a sync looks, and after
    world.both()
    assert world.shop.get("product", shop_id)["title"] == "Mug"
    world.odoo.edit("product", odoo_id, name="Tasse")
    counts, traces = compare(world, both=True)
    assert counts == {"unchanged": 1}
    assert traces[shop_id].fields == {"name": ("Tasse", "Mug")}
    assert traces[shop_id].reasons["name"] == _ONE_WAY


def test_an_edit_is_left_apart_where_only_one_direction_is_synced() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.both()
    world.odoo.edit("product", odoo_id, name="Becher")
    assert compare(world)[0] == {"held": 1}
    flow = world.flow("import")
    since = len(world.store.traces)
    for page in flow.source.pages("product"):
        assert reconcile(flow, page.records, alone=True) == {"unchanged": 1}
    assert world.store.traces[since][2].reasons["name"] == _ONE_WAY


def test_what_a_rule_would_restore_is_not_left_apart() -> None:
    back = {**PRODUCT_OUT, "record": {n: PRODUCT_OUT["record"][n] for n in ("sku", "price")}}
    world = World(back=back, rules=[Rule("*", "remote", restore=True)])
    shop_id, odoo_id = world.pair()
    world.both()
    world.odoo.edit("product", odoo_id, name="Becher")
    counts, traces = compare(world, both=True)
    assert counts == {"held": 1}
    assert traces[shop_id].reasons["name"] == "changed in Odoo since it was settled"
    world.both()
    assert compare(world, both=True)[0] == {"unchanged": 1}


def test_what_a_rule_decided_and_nobody_has_carried_yet_differs() -> None:
    world = World(rules=[Rule("*.price", "odoo")])
    shop_id, odoo_id = world.pair()
    world.both()
    world.shop.edit("product", shop_id, price=Decimal(7))
    world.odoo.edit("product", odoo_id, price=Decimal(5))
    world.run("import")
    counts, traces = compare(world, both=True)
    assert counts == {"held": 1}
    assert traces[shop_id].reasons["price"] == "changed in Odoo since it was settled"
    assert set(traces[shop_id].fields) == {"price"}
    assert compare(world, "export", both=True)[0] == {"unchanged": 1}, "told once"
    world.both()
    assert compare(world, both=True)[0] == {"unchanged": 1}


def test_a_target_that_normalises_is_no_drift() -> None:
    def rounded(name: str, value: Any) -> Any:
        return value.strip() if name == "name" and isinstance(value, str) else value

    world = World(odoo={"normalise": rounded, "predictable": False})
    world.pair(title=" Mug ")
    world.both()
    assert compare(world)[0] == {"unchanged": 1}


def test_records_without_counterpart_are_told_unless_the_mapping_leaves_them_alone() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.both()
    new = world.shop.put("product", {"title": "New", "sku": "N", "price": 1, "status": "active"})
    world.shop.put("product", {"title": "Draft", "sku": "D", "price": 1, "status": "draft"})
    del world.odoo.rows["product"][odoo_id]
    counts, traces = compare(world)
    assert counts == {"held": 2, "filtered": 1}
    assert traces[new].reasons[""] == "only in the shop: it was never carried"
    assert traces[shop_id].reasons[""] == "gone from Odoo, still in the shop"
    skipping = World({**PRODUCT_IN, "on_missing": "skip"}, PRODUCT_OUT)
    skipping.shop.put("product", {"title": "New", "sku": "N", "price": 1, "status": "active"})
    assert compare(skipping)[0] == {"unchanged": 1}


def test_what_is_gone_is_told_in_one_wording_by_both_directions_and_only_once() -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.both()
    del world.shop.rows["product"][shop_id]
    since = len(world.store.traces)
    assert reconcile(world.flow("import"), [], gone=[shop_id]) == {"held": 1}
    (_entity, _way, trace), *_none = world.store.traces[since:]
    counts, traces = compare(world, "export", both=True)
    assert counts == {"held": 1}
    assert traces[odoo_id].reasons == trace.reasons == {"": "gone from the shop, still in Odoo"}
    assert compare(world, "export", both=True, told=(odoo_id,))[0] == {"unchanged": 1}
    assert reconcile(world.flow("import"), [], gone=[shop_id], told=[shop_id]) == {"unchanged": 1}


def test_what_is_told_to_be_gone_is_compared_where_it_is_there() -> None:
    world = World()
    shop_id, _odoo_id = world.pair()
    world.both()
    world.shop.edit("product", shop_id, title="Cup")
    assert compare(world, told=(shop_id,))[0] == {"held": 1}


def test_lines_are_compared_one_by_one() -> None:
    world = World(*templates())
    variants = [{"sku": "S", "price": Decimal(1)}, {"sku": "M", "price": Decimal(2)}]
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": variants})
    world.both()
    assert compare(world)[0] == {"unchanged": 1}
    world.shop.edit_element("product", shop_id, "variants", 1, price=Decimal(5))
    _counts, traces = compare(world)
    key = world.shop.get("product", shop_id)["variants"][1]["id"]
    assert traces[shop_id].fields == {f"lines[{key}].price": ("2", "5")}


@pytest.mark.parametrize(
    ("step", "direction", "fields", "why"),
    [
        (("add shop",), "import", {("x1", "S1")}, "only in the shop: it was never carried"),
        (("add odoo",), "export", {("x1", "S1")}, "only in Odoo: it was never carried"),
        (("drop shop", 0), "import", {("v1", None)}, "gone from the shop, still in Odoo"),
        (("drop odoo", 0), "export", {("v1", None)}, "gone from Odoo, still in the shop"),
    ],
)
def test_a_line_that_one_side_alone_has_is_told_by_who_would_carry_it(
    step: Any, direction: Any, fields: Any, why: str
) -> None:
    world = World(*templates(owned=True))
    variants = [{"id": f"v{n}", "sku": f"T{n}", "price": Decimal(1)} for n in (1, 2)]
    world.shop.put("product", {"title": "Shirt", "variants": variants})
    world.both()
    resize(world, step, 1)
    found = {way: compare(world, way, both=True) for way in ("import", "export")}
    assert {way for way, (counts, _traces) in found.items() if "held" in counts} == {direction}
    (trace,) = found[direction][1].values()
    name, code = ("lines", "code") if direction == "import" else ("variants", "sku")
    codes = {(f"{name}[{key}].{code}", value) for key, value in fields}
    assert codes <= {(path, pair[1]) for path, pair in trace.fields.items()}
    assert {trace.reasons[path] for path in trace.fields} == {why}
    world.both()
    assert (
        compare(world, both=True)[0] == compare(world, "export", both=True)[0] == {"unchanged": 1}
    )


@pytest.mark.parametrize("direction", ["import", "export"])
def test_a_record_that_can_not_be_read_is_dead_and_the_others_are_compared(direction: Any) -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.both()
    side, id_ = (world.shop, shop_id) if direction == "import" else (world.odoo, odoo_id)
    side.rows["product"][id_].fields["price"] = "twelve"
    counts, traces = compare(world, direction)
    assert counts == {"dead": 1}
    assert traces[id_].error is not None and traces[id_].error.field == "price"
