"""A run is taken back: what still stands becomes what it was, and neither side carries that."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_ng.lib.errors import Refused, RetryLater
from gateway_ng.lib.merge import Direction
from gateway_ng.lib.redact import Redactor
from gateway_ng.lib.sync import Done, reconcile, undo
from gateway_ng.lib.sync.reconcile import BY_DECISION
from gateway_ng.tests.contract.world import PRODUCT_IN, PRODUCT_OUT, World, templates


def done(world: World, since: int = 0) -> list[Done]:
    """What the traces from `since` on tell that was done, as a store keeps it."""
    return [
        Done(trace.source_id, trace.target_id, trace.outcome, trace.fields)
        for _entity, _direction, trace in world.store.traces[since:]
        if trace.outcome in ("created", "updated", "deleted")
    ]


def take_back(world: World, direction: Direction, since: int = 0) -> dict[str, int]:
    world.runs += 1
    counts = undo(world.flow(direction), done(world, since))
    world.store.commit()
    return dict(counts)


def edited(direction: Direction) -> tuple[World, Any, Any]:
    """A pair whose name and price were carried in `direction`: (world, target, target's id)."""
    world = World()
    shop_id, odoo_id = world.pair()
    world.run("export")
    source, source_id = (world.shop, shop_id) if direction == "import" else (world.odoo, odoo_id)
    target, target_id = (world.odoo, odoo_id) if direction == "import" else (world.shop, shop_id)
    name = "title" if direction == "import" else "name"
    since = len(world.store.traces)
    source.edit("product", source_id, **{name: "Cup", "price": Decimal(12)})
    assert world.run(direction) == {"updated": 1}
    world.since = since  # type: ignore[attr-defined]
    return world, target, target_id


@pytest.mark.parametrize("direction", ["import", "export"])
def test_values_that_stand_are_restored_and_neither_direction_carries_that(direction: Any) -> None:
    world, target, id_ = edited(direction)
    name = "name" if direction == "import" else "title"
    assert take_back(world, direction, world.since) == {"updated": 1}  # type: ignore[attr-defined]
    row = target.get("product", id_)
    assert (row[name], row["price"]) == ("Mug", Decimal(10))
    assert world.writes() == []
    assert row == target.get("product", id_)


def test_a_value_that_was_edited_since_is_left_and_named() -> None:
    world, odoo, id_ = edited("import")
    odoo.edit("product", id_, price=Decimal(15))
    assert take_back(world, "import", world.since) == {"updated": 1}  # type: ignore[attr-defined]
    assert (odoo.get("product", id_)["name"], odoo.get("product", id_)["price"]) == ("Mug", 15)
    trace = world.store.traces[-1][2]
    assert trace.reasons == {"price": "edited since"}
    assert trace.fields == {"name": ("Cup", "Mug")}
    world.both()  # the edit, and it alone, is carried
    (shop,) = world.shop.all("product")
    assert (shop["title"], shop["price"]) == ("Cup", 15)
    assert world.writes() == []


def test_what_was_taken_back_follows_the_next_edit_of_its_source() -> None:
    world, odoo, id_ = edited("import")
    take_back(world, "import", world.since)  # type: ignore[attr-defined]
    (shop,) = world.shop.all("product")
    world.shop.edit("product", shop["id"], title="Tumbler")
    world.run("import")
    assert world.trace(shop["id"]).conflicts == ()
    row = odoo.get("product", id_)
    assert (row["name"], row["price"]) == ("Tumbler", 10)
    assert world.writes() == []


@pytest.mark.parametrize("archives", [False, True])
def test_what_was_created_is_taken_away_and_comes_back_by_neither_direction(archives: bool) -> None:
    told = {"status": {"MAPTO": "status", "type": "char"}}
    into = {**PRODUCT_IN, "record": {**PRODUCT_IN["record"], **told}}
    back = {**PRODUCT_OUT, "record": {**PRODUCT_OUT["record"], **told}}
    world = World(into, back, odoo={"archives": archives})
    shop_id, odoo_id = world.pair(note="told once")
    assert take_back(world, "import") == {"deleted": 1}
    rows = world.odoo.all("product")
    assert [row["status"] for row in rows] == (["archived"] if archives else [])
    assert world.writes() == []
    assert world.shop.get("product", shop_id)["status"] == "active"
    assert odoo_id == world.binding(shop_id).odoo_id


def test_what_was_created_and_edited_since_is_kept() -> None:
    world = World()
    _shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name="Becher")
    assert take_back(world, "import") == {"unchanged": 1}
    reasons = world.store.traces[-1][2].reasons
    assert reasons == {"": "kept, for it was edited since", "name": "edited since"}
    assert world.odoo.get("product", odoo_id)["name"] == "Becher"


def test_lines_of_a_record_are_restored_one_by_one() -> None:
    world = World(*templates())
    variants = [{"sku": "S", "price": Decimal(1)}, {"sku": "M", "price": Decimal(2)}]
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": variants})
    world.both()
    since = len(world.store.traces)
    world.shop.edit_element("product", shop_id, "variants", 0, price=Decimal(5))
    world.shop.edit_element("product", shop_id, "variants", 1, price=Decimal(6))
    world.run("import")
    (row,) = world.odoo.all("product")
    world.odoo.edit_element("product", row["id"], "lines", 1, price=Decimal(7))
    assert take_back(world, "import", since) == {"updated": 1}
    (row,) = world.odoo.all("product")
    assert [line["price"] for line in row["lines"]] == [Decimal(1), Decimal(7)]
    world.both()
    (shop,) = world.shop.all("product")
    assert [one["price"] for one in shop["variants"]] == [Decimal(5), Decimal(7)]
    assert world.writes() == []


def test_a_refused_restore_is_a_dead_letter_and_changes_no_base() -> None:
    world, odoo, id_ = edited("import")
    (before,) = world.store.all("product")
    odoo.faults.refuse = lambda op: "the period is closed"
    assert take_back(world, "import", world.since) == {"dead": 1}  # type: ignore[attr-defined]
    trace = world.store.traces[-1][2]
    assert isinstance(trace.error, Refused) and trace.stage == "write"
    (after,) = world.store.all("product")
    assert after.base == before.base and odoo.get("product", id_)["name"] == "Cup"


def test_what_is_gone_or_bound_no_more_is_told() -> None:
    world, odoo, id_ = edited("import")
    odoo.remove("product", id_)
    assert take_back(world, "import", world.since) == {"unchanged": 1}  # type: ignore[attr-defined]
    assert world.store.traces[-1][2].reasons[""] == "it is not there any more"


@pytest.mark.parametrize("direction", ["import", "export"])
def test_a_compare_names_all_that_was_taken_back_whichever_direction_had_carried_it(
    direction: Any,
) -> None:
    world, _target, _id = edited(direction)
    take_back(world, direction, world.since)  # type: ignore[attr-defined]
    shop, odoo = world.shop.all("product")[0], world.odoo.all("product")[0]
    ends = {"import": (world.shop, shop["id"]), "export": (world.odoo, odoo["id"])}
    for way in (None, "import", "export", "import"):  # what else is carried leaves the name apart
        if way is not None:
            ends[way][0].edit("product", ends[way][1], price=Decimal(20 + world.runs))
            assert world.run(way) == {"updated": 1}  # type: ignore[arg-type]
        since = len(world.store.traces)
        reconcile(flow := world.flow("import"), list(flow.source.fetch("product", [shop["id"]])))
        (told,) = [trace for _entity, _way, trace in world.store.traces[since:]]
        assert set(told.fields) == ({"name"} if way else {"name", "price"}), way
        assert {told.reasons[name] for name in told.fields} == {BY_DECISION}


FIELD = st.sampled_from(["name", "price"])
NAMES, PRICES = st.sampled_from(["Mug", "Cup", ""]), st.integers(0, 3).map(Decimal)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(NAMES, PRICES), min_size=1, max_size=4),
    st.lists(st.tuples(NAMES, PRICES), min_size=4, max_size=4),
    st.lists(st.one_of(st.none(), st.tuples(FIELD, NAMES, PRICES)), min_size=4, max_size=4),
)
def test_whatever_was_edited_in_between_an_undo_restores_the_rest_and_the_sides_rest(
    first: Any, second: Any, after: Any
) -> None:
    world = World()
    ids = []
    for number, (name, price) in enumerate(first):
        fields = {"title": name, "sku": f"M{number}", "price": price, "status": "active"}
        ids.append(world.shop.put("product", fields))
    world.both()
    old = {row["code"]: dict(row) for row in world.odoo.all("product")}
    since = len(world.store.traces)
    for id_, (name, price) in zip(ids, second, strict=False):
        world.shop.edit("product", id_, title=name, price=price)
    world.run("import")
    expected = {}
    for id_, edit in zip(ids, after, strict=False):
        odoo_id = world.binding(id_).odoo_id
        assert odoo_id is not None
        row = world.odoo.get("product", odoo_id)
        want = dict(old[row["code"]])
        if edit is not None:
            name, value = edit[0], edit[1] if edit[0] == "name" else edit[2]
            if row[name] != value:
                world.odoo.edit("product", odoo_id, **{name: value})
                want[name] = value
        expected[row["code"]] = (want["name"], want["price"])
    take_back(world, "import", since)
    found = {row["code"]: (row["name"], row["price"]) for row in world.odoo.all("product")}
    assert found == expected
    world.both()
    assert {r["code"]: (r["name"], r["price"]) for r in world.odoo.all("product")} == expected
    assert world.writes() == []


def test_what_was_created_is_let_go_with_its_elements() -> None:
    world = World(*templates())
    variants = [{"id": "v1", "sku": "A", "price": Decimal(1)}]
    world.shop.put("product", {"title": "Mug", "variants": variants})
    world.run("import")
    assert take_back(world, "import") == {"deleted": 1}
    assert [one.state for one in world.store.all("product")] == ["gone"]
    assert [one.state for one in world.store.all("variant")] == ["gone"]


def test_what_another_record_is_too_by_now_is_not_taken_away() -> None:
    world = World({**PRODUCT_IN, "shared": True}, None)
    mug = {"title": "Mug", "sku": "M1", "price": Decimal(1), "status": "active"}
    first = world.shop.put("product", mug)
    world.run("import")
    told = done(world)
    second = world.shop.put("product", mug)
    world.run("import")
    world.runs += 1
    assert undo(world.flow("import"), told) == {"unchanged": 1}
    world.store.commit()
    assert world.trace(first).reasons[""] == f"kept: {second} is it too"
    assert len(world.odoo.all("product")) == 1


@pytest.mark.parametrize("titles", [("Mug token=abcd", "Cup"), ("Mug", "Cup token=abcd")])
def test_what_the_changelog_masked_is_never_written_back(titles: Any) -> None:
    world = World()
    shop_id, odoo_id = world.pair(title=titles[0])
    since = len(world.store.traces)
    world.shop.edit("product", shop_id, title=titles[1], price=Decimal(12))
    world.run("import")
    (told,) = done(world, since)
    masked = {name: tuple(pair) for name, pair in Redactor().value(told.fields).items()}
    world.runs += 1
    undo(world.flow("import"), [replace(told, fields=masked)])
    world.store.commit()
    row = world.odoo.get("product", odoo_id)
    assert (row["name"], row["price"]) == (titles[1], Decimal(10))
    why = "the changelog does not keep what looks like a secret"
    assert world.trace(shop_id).reasons == {"name": why}


def take_back_without_an_answer(world: World, told: list[Done]) -> dict[str, int]:
    """The shop carries it out and its answer is lost; then the same run tries again."""
    write = world.shop.write

    def lost(*ops: Any) -> Any:
        list(write(*ops))
        raise RetryLater("no answer", sent=True)

    world.runs += 1
    world.shop.write = lost  # type: ignore[method-assign]
    with pytest.raises(RetryLater):
        undo(world.flow("export"), told)
    world.store.rollback()
    world.shop.write = write  # type: ignore[method-assign]
    counts = undo(world.flow("export"), told)
    world.store.commit()
    return dict(counts)


def test_what_was_restored_without_an_answer_is_no_edit_of_the_shop() -> None:
    world, _shop, shop_id = edited("export")
    told = done(world, world.since)  # type: ignore[attr-defined]
    assert take_back_without_an_answer(world, told) == {"updated": 1}
    assert world.trace(told[0].source_id).fields["title"] == ("Cup", "Mug")
    assert world.writes() == []
    assert world.shop.get("product", shop_id)["title"] == "Mug"
    assert [row["name"] for row in world.odoo.all("product")] == ["Cup"]


@pytest.mark.parametrize("archives", [True, False])
def test_what_was_taken_away_without_an_answer_does_not_take_the_source_along(
    archives: bool,
) -> None:
    status = {"status": {"MAPTO": "status", "type": "char"}}
    into = {**PRODUCT_IN, "record": {**PRODUCT_IN["record"], **status}}
    into.pop("filters")
    back = {**PRODUCT_OUT, "record": {**PRODUCT_OUT["record"], **status}}
    world = World(into, back, shop={"archives": archives})
    mug = {"name": "Mug", "code": "M1", "price": Decimal(1), "status": "active"}
    odoo_id = world.odoo.put("product", mug)
    world.run("export")
    assert take_back_without_an_answer(world, done(world)) == {"deleted": 1}
    assert [row["status"] for row in world.shop.all("product")] == ["archived"] * archives
    gone = [] if archives else ["s000001"]
    assert not world.settle("import", deleted=gone).get("deleted")
    assert world.writes() == []
    assert {**mug, "id": odoo_id} == world.odoo.get("product", odoo_id)


@pytest.mark.parametrize("name", ["price", "title"])
def test_what_is_edited_while_the_undo_is_on_its_way_is_not_overwritten(name: str) -> None:
    """Between the look and the write; of a shop that compares before it sets."""
    able = frozenset(("create", "update", "delete", "compare_and_set"))
    world = World(infos={"capabilities": able})
    shop_id, odoo_id = world.pair()
    world.run("export")
    since = len(world.store.traces)
    world.odoo.edit("product", odoo_id, name="Cup", price=Decimal(12))
    world.run("export")
    values = {"price": Decimal(15), "title": "Tumbler"}
    write = world.shop.write

    def late(entity: str, ops: Any) -> Any:
        world.shop.edit("product", shop_id, **{name: values[name]})
        return write(entity, ops)

    world.shop.write = late  # type: ignore[method-assign]
    assert take_back(world, "export", since) == {"unchanged": 1}
    world.shop.write = write  # type: ignore[method-assign]
    assert world.shop.ops[-1].expect == {"title": "Cup", "price": Decimal(12)}
    assert world.store.traces[-1][2].reasons[""] == "edited since"
    assert world.shop.get("product", shop_id) == {
        **{"id": shop_id, "title": "Cup", "price": Decimal(12)},
        **{"sku": world.shop.get("product", shop_id)["sku"], "status": "active"},
        name: values[name],
    }
    world.both()
    assert world.odoo.get("product", odoo_id)["name" if name == "title" else name] == values[name]
