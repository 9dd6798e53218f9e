"""An update whose answer was lost: what became of it is told, and what was sent is no edit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.merge import Rule
from gateway_ng.lib.store import Trace
from gateway_ng.tests.contract.world import World, char, document, templates

#: What a create notes of elements by the list's name is kept no longer than its answer is missing.
LISTS = ("lines", "variants")


def lose_the_answer(world: World, arrives: bool = True) -> None:
    """An export whose worker dies after the write was carried out, or before it arrived."""
    write = world.shop.write

    def lost(*told: Any) -> Any:
        if arrives:
            list(write(*told))
        raise RetryLater("no answer", sent=True)

    world.shop.write = lost  # type: ignore[method-assign]
    with pytest.raises(RetryLater):
        world.run("export")
    world.store.rollback()
    world.shop.write = write  # type: ignore[method-assign]


def titles(world: World, shop_id: str, odoo_id: str) -> tuple[Any, Any]:
    return world.shop.get("product", shop_id)["title"], world.odoo.get("product", odoo_id)["name"]


def pair_of_two(world: World) -> tuple[str, str]:
    """A shirt in two sizes that both sides hold alike: its ids in the shop and in Odoo."""
    sizes = [{"sku": "S", "price": Decimal(9)}, {"sku": "M", "price": Decimal(9)}]
    shop_id = world.shop.put("product", {"title": "Shirt", "variants": sizes})
    world.both()
    (shirt,) = world.odoo.all("product")
    return shop_id, shirt["id"]


def told(world: World, since: int) -> list[Trace]:
    """What was told of records that anything happened to."""
    lines = [trace for _entity, _way, trace in world.store.traces[since:]]
    return [one for one in lines if one.fields or one.conflicts]


@pytest.mark.parametrize("winner", ["odoo", "remote", "newest", "ask"])
@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
@pytest.mark.parametrize("arrives", [True, False])
def test_an_edit_taken_back_while_its_answer_is_lost_does_not_come_back(
    winner: Any, ways: Any, arrives: bool
) -> None:
    world = World(rules=[Rule("*", winner)])
    shop_id, odoo_id = world.pair()
    before = titles(world, shop_id, odoo_id)
    world.odoo.edit("product", odoo_id, name="Typo")
    lose_the_answer(world, arrives)
    world.odoo.edit("product", odoo_id, name=before[1])
    for way in ways:
        world.run(way)
    assert titles(world, shop_id, odoo_id) == before
    assert world.writes() == []


@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
def test_a_write_whose_answer_was_lost_has_its_line(ways: Any) -> None:
    world = World(rules=[Rule("*", "odoo")])
    shop_id, odoo_id = world.pair()
    before = titles(world, shop_id, odoo_id)
    world.odoo.edit("product", odoo_id, name="Jar")
    lose_the_answer(world)
    since = len(world.store.traces)
    for way in ways:
        world.run(way)
    (line,) = told(world, since)
    assert (line.outcome, line.fields) == ("updated", {"title": (before[0], "Jar")})
    assert line.reasons["title"] == "sent before; its answer was lost"
    assert world.writes() == []


@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
@pytest.mark.parametrize("arrives", [True, False])
def test_what_lost_to_a_write_without_an_answer_is_in_a_line(ways: Any, arrives: bool) -> None:
    world = World(rules=[Rule("*", "odoo")])
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name="Jar")
    world.shop.edit("product", shop_id, title="Cup")
    lose_the_answer(world, arrives)
    since = len(world.store.traces)
    for way in ways:
        world.run(way)
    lines = told(world, since)
    lost = [one for line in lines for one in line.conflicts if "Cup" in str(one)]
    assert lost and {one.winner for one in lost} == {"odoo"}
    assert any(line.fields.get("title") == ("Cup", "Jar") for line in lines)
    assert titles(world, shop_id, odoo_id) == ("Jar", "Jar")
    assert world.writes() == []


@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
@pytest.mark.parametrize("arrives", [True, False])
def test_what_lost_at_the_first_meeting_to_a_write_without_an_answer_is_in_a_line(
    ways: Any, arrives: bool
) -> None:
    world = World(rules=[Rule("*", "odoo")])
    shop_id = world.shop.put("product", {"title": "Cup", "sku": "M1", "price": Decimal(5)})
    odoo_id = world.odoo.put("product", {"name": "Jar", "code": "M1", "price": Decimal(5)})
    lose_the_answer(world, arrives)
    for way in ways:
        world.run(way)
    lost = [one for line in told(world, 0) for one in line.conflicts if "Cup" in str(one)]
    assert lost and {one.winner for one in lost} == {"odoo"}
    assert titles(world, shop_id, odoo_id) == ("Jar", "Jar")
    assert world.writes() == []


@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
@pytest.mark.parametrize("second", [True, False])
def test_what_lost_before_a_second_answer_was_lost_is_in_a_line(ways: Any, second: bool) -> None:
    world = World(rules=[Rule("*", "odoo")])
    shop_id = world.shop.put("product", {"title": "Cup", "sku": "M1", "price": Decimal(5)})
    odoo_id = world.odoo.put("product", {"name": "Jar", "code": "M1", "price": Decimal(5)})
    lose_the_answer(world)
    world.odoo.edit("product", odoo_id, name="Vase")
    lose_the_answer(world, second)
    since = len(world.store.traces)
    for way in ways:
        world.run(way)
    lines = told(world, since)
    lost = [one for line in lines for one in line.conflicts if "Cup" in str(one.target)]
    assert [one.winner for one in lost] == ["odoo"]
    if second:
        assert [line.fields["title"] for line in lines if "title" in line.fields] == [
            ("Cup", "Vase")
        ]
    assert titles(world, shop_id, odoo_id) == ("Vase", "Vase")
    assert world.writes() == []


@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
@pytest.mark.parametrize("second", [True, False])
def test_what_was_sent_before_a_second_lost_answer_is_no_edit_of_the_shop(
    ways: Any, second: bool
) -> None:
    world = World(rules=[Rule("*", "remote")])
    shop_id, odoo_id = world.pair()
    for name, arrives in (("Jar", True), ("Vase", second)):
        world.odoo.edit("product", odoo_id, name=name)
        lose_the_answer(world, arrives)
    for way in ways:
        world.run(way)
    assert titles(world, shop_id, odoo_id) == ("Vase", "Vase")
    assert world.writes() == []


@pytest.mark.parametrize("rules", [[], [Rule("*", "odoo")]])
@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
def test_what_lost_is_in_a_line_where_the_shop_spells_what_was_sent_anew(
    ways: Any, rules: Any
) -> None:
    world = World(rules=rules)
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name="Jar")
    world.shop.edit("product", shop_id, title="Cup")
    lose_the_answer(world)
    world.shop.edit("product", shop_id, title="JAR")
    since = len(world.store.traces)
    for way in (*ways, *ways):
        world.run(way)
    lines = [trace for _entity, _way, trace in world.store.traces[since:]]
    lost = [
        (line, one)
        for line in lines
        for one in line.conflicts
        if "Cup" in (*one.source.values(), *one.target.values())
    ]
    assert [one.winner for _line, one in lost] == ["odoo"]
    assert all(line.outcome != "unchanged" or line.reasons for line, _one in lost)
    assert world.writes() == []


@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
@pytest.mark.parametrize("arrives", [True, False])
def test_so_is_what_elements_lost_that_were_met_with_their_record(ways: Any, arrives: bool) -> None:
    into, back = templates(match=["sku"])
    world = World(into, {**back, "identity": ["title"]}, rules=[Rule("*", "odoo")])
    variants = [{"sku": "S", "price": Decimal(9)}, {"sku": "M", "price": Decimal(9)}]
    world.shop.put("product", {"title": "Shirt", "variants": variants})
    lines = [{"code": "M", "price": Decimal(8)}, {"code": "L", "price": Decimal(8)}]
    odoo_id = world.odoo.put("product", {"name": "Shirt", "lines": lines})
    lose_the_answer(world, arrives)
    for way in ways:
        world.run(way)
    lost = [one for line in told(world, 0) for one in line.conflicts]
    assert lost and {one.winner for one in lost} == {"odoo"}
    (shirt,) = world.shop.all("product")
    assert [(v["sku"], v["price"]) for v in shirt["variants"]] == [("S", 9), ("M", 8), ("L", 8)]
    codes = [line["code"] for line in world.odoo.get("product", odoo_id)["lines"]]
    assert sorted(codes) == ["L", "M", "S"]
    assert world.writes() == []


@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import"), ("export", "export")])
@pytest.mark.parametrize("arrives", [True, False])
def test_what_a_removed_element_held_is_in_a_line_though_no_answer_came(
    ways: Any, arrives: bool
) -> None:
    into, back = templates(owned=True)
    world = World(into, back, rules=[Rule("*", "odoo")])
    shop_id, odoo_id = pair_of_two(world)
    kept = world.odoo.get("product", odoo_id)["lines"][:1]
    world.odoo.edit("product", odoo_id, lines=kept)
    small, medium = world.shop.get("product", shop_id)["variants"]
    world.shop.edit("product", shop_id, variants=[small, {**medium, "price": Decimal(7)}])
    lose_the_answer(world, arrives)
    since = len(world.store.traces)
    for way in ways:
        world.run(way)
    gone = f"variants[{medium['id']}].price"
    lines = [one.fields[gone] for one in told(world, since) if gone in one.fields]
    assert lines == [("7", None)]
    assert [v["sku"] for v in world.shop.get("product", shop_id)["variants"]] == ["S"]
    assert world.writes() == []


@pytest.mark.parametrize("winner", ["odoo", "remote", "newest"])
def test_an_element_that_is_back_after_its_removal_without_an_answer_is_made_again(
    winner: Any,
) -> None:
    into, back = templates(owned=True)
    world = World(into, back, rules=[Rule("*", winner)])
    shop_id, odoo_id = pair_of_two(world)
    both = world.odoo.get("product", odoo_id)["lines"]
    world.odoo.edit("product", odoo_id, lines=both[:1])
    lose_the_answer(world)
    world.odoo.edit("product", odoo_id, lines=both)
    world.run("export")
    world.both()
    assert [v["sku"] for v in world.shop.get("product", shop_id)["variants"]] == ["S", "M"]
    assert [line["code"] for line in world.odoo.get("product", odoo_id)["lines"]] == ["S", "M"]
    assert world.writes() == []


@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
@pytest.mark.parametrize("sent", ["Jar", None])
def test_a_field_that_was_sent_and_is_mapped_no_more_is_left_alone(ways: Any, sent: Any) -> None:
    world = World()
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name=sent)
    lose_the_answer(world)
    for way, field in (("import", "name"), ("export", "title")):
        told = world.documents[way]  # type: ignore[index]
        assert told is not None
        record = {name: one for name, one in told["record"].items() if name != field}
        world.documents[way] = {**told, "record": record}  # type: ignore[index]
    for way in ways:
        world.run(way)
    assert titles(world, shop_id, odoo_id) == (sent, sent)
    assert world.writes() == []


def test_what_somebody_typed_over_a_write_without_an_answer_is_an_edit() -> None:
    world = World(rules=[Rule("*", "remote")])
    shop_id, odoo_id = world.pair()
    world.odoo.edit("product", odoo_id, name="Jar")
    lose_the_answer(world)
    world.shop.edit("product", shop_id, title="Vase")
    world.both()
    assert titles(world, shop_id, odoo_id) == ("Vase", "Vase")
    assert world.writes() == []


def test_what_is_sent_is_noted_with_one_call_a_page() -> None:
    world = World()
    pairs = [world.pair(sku=f"N{number}") for number in range(3)]
    for number, (_shop_id, odoo_id) in enumerate(pairs):
        world.odoo.edit("product", odoo_id, name=f"Jar {number}")
    calls: list[int] = []
    intend = world.store.intend
    world.store.intend = lambda rows: calls.append(len(rows)) or intend(rows)  # type: ignore
    world.run("export")
    assert calls == [3]


BOTH = ("shop.customer", "odoo.customer")


def keyed(*rules: Rule) -> World:
    """Customers whose creates have a key, and nothing else to be found by, in a shop that answers
    with no record."""
    told: Any = {"entity": "customer", "shop": {"answers": False}}
    record = {"name": char("name"), "email": char("email")}
    into, back = (document(source, target, record) for source, target in (BOTH, reversed(BOTH)))
    world = World(into, back, rules=rules, **told)
    able = frozenset(("create", "update", "delete", "idempotency_key"))
    world.shop.infos["customer"] = replace(world.shop.infos["customer"], capabilities=able)
    return world


@pytest.mark.parametrize("side", ["odoo", "remote", "ask"])
def test_what_is_edited_in_a_record_that_was_created_without_an_answer_is_an_edit(
    side: Any,
) -> None:
    world = keyed(Rule("*", side))
    odoo_id = world.odoo.put("customer", {"name": "Ann", "email": "ann@example.org"})
    lose_the_answer(world)
    (row,) = world.shop.all("customer")
    world.shop.edit("customer", row["id"], name="Typed")
    since = len(world.store.traces)
    world.run("export")
    world.both()
    world.both()
    now, here = world.shop.get("customer", row["id"]), world.odoo.get("customer", odoo_id)
    (lost,) = {one.winner for trace in told(world, since) for one in trace.conflicts}
    assert lost == side
    expected = {"odoo": ("Ann", "Ann"), "remote": ("Typed", "Typed"), "ask": ("Typed", "Ann")}
    assert (now["name"], here["name"]) == expected[side]
    assert len(world.shop.all("customer")) == 1


@pytest.mark.parametrize("side", ["odoo", "remote"])
def test_what_was_created_without_an_answer_and_deleted_before_it_was_known_is_deleted(
    side: Any,
) -> None:
    """Its key gives the first try's id, and the shop told of the deletion long ago."""
    world = keyed(Rule("*", side))
    odoo_id = world.odoo.put("customer", {"name": "Ann", "email": "ann@example.org"})
    lose_the_answer(world)
    (row,) = world.shop.all("customer")
    world.shop.remove("customer", row["id"])
    world.shop.graves["customer"].clear()
    world.both()
    assert world.binding(row["id"]).state == "bound"
    world.both()
    assert world.binding(row["id"]).state == "gone"
    assert (world.odoo.all("customer"), world.shop.all("customer")) == ([], [])
    assert odoo_id not in world.odoo.rows["customer"]
    assert world.writes() == []


@pytest.mark.parametrize("rules", [[], [Rule("*", "remote")], [Rule("*", "ask")]])
@pytest.mark.parametrize("ways", [("import", "export"), ("export", "import")])
def test_what_was_created_without_an_answer_wins_over_no_edit_of_where_it_came_from(
    ways: Any, rules: Any
) -> None:
    into, back = templates(match=["sku"])
    world = World({**into, "identity": ["name"]}, {**back, "identity": ["title"]}, rules=rules)
    lines = [{"code": "S", "price": Decimal(8)}, {"code": "M", "price": Decimal(8)}]
    odoo_id = world.odoo.put("product", {"name": "Shirt", "lines": lines})
    lose_the_answer(world)
    small, medium = world.odoo.get("product", odoo_id)["lines"]
    edited = [{**small, "price": Decimal(9)}, medium]
    world.odoo.edit("product", odoo_id, lines=edited)
    for way in (*ways, *ways):
        world.run(way)
    (shirt,) = world.shop.all("product")
    assert [(one["sku"], one["price"]) for one in shirt["variants"]] == [("S", 9), ("M", 8)]
    there = world.odoo.get("product", odoo_id)["lines"]
    assert [(one["code"], one["price"]) for one in there] == [("S", 9), ("M", 8)]
    (binding,) = world.store.bindings("product", "odoo", [odoo_id]).values()
    assert not [name for base in binding.base.values() for name in base if name in LISTS]
    assert world.writes() == []


@pytest.mark.parametrize("arrives", [True, False])
def test_a_record_made_anew_by_hand_is_met_once_though_no_answer_came(arrives: bool) -> None:
    into, back = templates(match=["sku"])
    world = World(
        {**into, "identity": ["name"]}, {**back, "identity": ["title"]}, rules=[Rule("*", "odoo")]
    )
    shop_id, odoo_id = pair_of_two(world)
    world.shop.remove("product", shop_id)
    sizes = [{"sku": "S", "price": Decimal(5)}, {"sku": "M", "price": Decimal(9)}]
    again = world.shop.put("product", {"title": "Shirt", "variants": sizes})
    small, medium = world.odoo.get("product", odoo_id)["lines"]
    world.odoo.edit("product", odoo_id, lines=[small, {**medium, "price": Decimal(8)}])
    lose_the_answer(world, arrives)
    since = len(world.store.traces)
    world.run("export")
    world.both()
    lost = [one for line in told(world, since) for one in line.conflicts if "5" in str(one.target)]
    assert {one.winner for one in lost} == {"odoo"}
    shirt = world.shop.get("product", again)["variants"]
    assert [(one["sku"], one["price"]) for one in shirt] == [("S", 9), ("M", 8)]
    bound = world.store.resolve("variant", "remote", [one["id"] for one in shirt])
    assert bound == dict(
        zip([one["id"] for one in shirt], [small["id"], medium["id"]], strict=True)
    )
    lines = world.store.bindings("variant", "odoo", [small["id"], medium["id"]])
    assert {one.remote_id for one in lines.values()} == {one["id"] for one in shirt}
    assert world.writes() == []
