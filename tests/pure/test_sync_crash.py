"""A page killed at any call that touches the outside world or the store resumes without loss or
double; and no transaction is open while a side with its own is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Op, Page, Record
from gateway_ng.lib.merge import Rule
from gateway_ng.lib.sync import settle_page
from gateway_ng.tests.contract.crash import Crash, Killer, Mortal
from gateway_ng.tests.contract.world import World, templates

ABLE = frozenset(("create", "update", "delete", "idempotency_key"))


def plain() -> tuple[World, list[str]]:
    """Two new products, one matched, one edited, one on both sides, one deleted, one untouched."""
    world = World(rules=[Rule("*", "odoo")])
    for n in range(4):
        world.odoo.put("product", {"name": f"old {n}", "code": f"M{n}", "price": Decimal(n)})
    world.run("export")
    old = list(world.odoo.rows["product"])
    shop_ids = [world.binding(odoo_id, "export").remote_id for odoo_id in old]
    world.odoo.edit("product", old[0], name="edited")
    world.odoo.edit("product", old[1], price=Decimal(77))
    world.shop.edit("product", str(shop_ids[1]), price=Decimal(66))
    world.odoo.remove("product", old[2])
    for n in (8, 9):
        world.odoo.put("product", {"name": f"new {n}", "code": f"M{n}", "price": Decimal(n)})
    world.shop.put("product", {"title": "known", "sku": "M7", "price": Decimal(7)})
    world.odoo.put("product", {"name": "matched", "code": "M7", "price": Decimal(7)})
    return world, [old[2]]


def normalising() -> tuple[World, list[str]]:
    world, deleted = plain()
    world.shop.normalise = lambda name, value: value.upper() if name == "title" else value
    world.shop.answers = False
    return world, deleted


def nested() -> tuple[World, list[str]]:
    """A product with two variants to create, one to add a variant to and take one from."""
    into, back = templates(owned=True, match=["sku"])
    world = World(into, {**back, "identity": ["title"]}, rules=[Rule("*", "odoo")])
    lines = [{"code": "A", "price": Decimal(1)}, {"code": "B", "price": Decimal(2)}]
    first = world.odoo.put("product", {"name": "Shirt", "lines": lines})
    world.run("export")
    kept = world.odoo.get("product", first)["lines"][1:]
    world.odoo.edit(
        "product", first, lines=[*kept, {"id": "o90", "code": "C", "price": Decimal(3)}]
    )
    lines = [{"code": "D", "price": Decimal(1)}, {"code": "E", "price": Decimal(2)}]
    world.odoo.put("product", {"name": "Blouse", "lines": lines})
    return world, []


def keyed() -> tuple[World, list[str]]:
    """No identity to look anything up by: only keys tell a create from its repetition."""
    world, deleted = plain()
    world.odoo.remove("product", list(world.odoo.rows["product"])[-1])  # it could not be matched
    world.documents["export"] = {**world.documents["export"], "identity": []}  # type: ignore[dict-item]
    world.shop.infos["product"] = replace(world.shop.infos["product"], capabilities=ABLE)
    return world, deleted


WORLDS = [plain, normalising, nested, keyed]


def page_of(world: World, deleted: list[str]) -> Page:
    records = [
        record
        for page in world.odoo.pages("product")
        for record in page.records
        if isinstance(record, Record)
    ]
    return Page(records, None, None, deleted)


def settle(world: World, page: Page, killer: Killer) -> None:
    flow = world.flow("export")
    mortal = replace(flow, store=Mortal(world.store, killer), target=Mortal(world.shop, killer))
    settle_page(mortal, page)
    world.store.commit()


def state(world: World) -> Any:
    """What both sides hold and how they are bound, without ids that depend on the order."""
    shop = sorted(_plain(row) for row in world.shop.all("product"))
    names = {row["id"]: row.get("title") for row in world.shop.all("product")}
    bindings = sorted(
        (str(b.odoo_id), str(names.get(b.remote_id or "", "gone")), b.state)
        for b in world.store.all("product")
    )
    children = sorted((str(b.odoo_id), b.state) for b in world.store.all("variant"))
    return shop, bindings, children


def _plain(row: Any) -> str:
    fields = {name: value for name, value in row.items() if name not in ("id", "variants")}
    elements = sorted(
        str(sorted((k, str(v)) for k, v in one.items() if k != "id"))
        for one in row.get("variants", ())
    )
    return str((sorted((k, str(v)) for k, v in fields.items()), elements))


def kills(make: Callable[[], tuple[World, list[str]]]) -> int:
    world, deleted = make()
    killer = Killer()
    settle(world, page_of(world, deleted), killer)
    return len(killer.seen)


@pytest.mark.parametrize("make", WORLDS, ids=lambda make: make.__name__)
def test_a_page_killed_at_any_call_resumes_to_the_same_end(make: Any) -> None:
    world, deleted = make()
    settle(world, page_of(world, deleted), Killer())
    expected = state(world)
    tried = 0
    for number in range(kills(make)):
        for after in (False, True):
            world, deleted = make()
            page = page_of(world, deleted)
            with pytest.raises(Crash) as crash:
                settle(world, page, Killer(number, after))
            world.store.rollback()
            settle(world, page, Killer())
            assert state(world) == expected, f"killed {crash.value} (call {number})"
            assert world.writes(["export"]) == [], f"killed {crash.value} (call {number})"
            tried += 1
    assert tried >= 20


@pytest.mark.parametrize("make", WORLDS, ids=lambda make: make.__name__)
def test_a_page_killed_again_and_again_still_ends_the_same(make: Any) -> None:
    world, deleted = make()
    settle(world, page_of(world, deleted), Killer())
    expected = state(world)
    world, deleted = make()
    page = page_of(world, deleted)
    for number in range(100):
        try:
            settle(world, page, Killer(number, after=number % 2 == 0))
            break
        except Crash:
            world.store.rollback()
    assert number > 5
    assert state(world) == expected


def test_a_batch_of_which_only_a_part_arrived_is_completed() -> None:
    for arrived in range(3):
        world, deleted = plain()
        page = page_of(world, deleted)
        write = world.shop.write

        def some(entity: str, ops: Any, arrived: int = arrived, write: Any = write) -> Any:
            list(write(entity, ops[:arrived]))
            raise Crash("in the middle of write")

        world.shop.write = some  # type: ignore[method-assign]
        with pytest.raises(Crash):
            settle_page(world.flow("export"), page)
        world.store.rollback()
        world.shop.write = write  # type: ignore[method-assign]
        settle(world, page, Killer())
        after, _ = plain()
        settle(after, page_of(after, deleted), Killer())
        assert state(world) == state(after)
        assert world.writes(["export"]) == []


def test_a_page_into_a_side_of_the_same_transaction_is_kept_or_gone_as_a_whole() -> None:
    def make() -> tuple[World, Page]:
        world = World(*templates(owned=True))
        for n in range(3):
            variants = [{"sku": f"{n}-S", "price": Decimal(1)}]
            world.shop.put("product", {"title": f"T{n}", "variants": variants})
        found = [r for page in world.shop.pages("product") for r in page.records]
        return world, Page(found, None, None)

    world, page = make()
    killer = Killer()
    settle_into(world, page, killer)
    expected = [row["name"] for row in world.odoo.all("product")]
    for number in range(len(killer.seen)):
        for after in (False, True):
            world, page = make()
            before = world.odoo.snapshot()
            with pytest.raises(Crash):
                settle_into(world, page, Killer(number, after))
            world.store.rollback()
            world.odoo.restore(before)
            assert world.store.all("product") == world.store.all("variant") == []
            settle_into(world, page, Killer())
            assert [row["name"] for row in world.odoo.all("product")] == expected
            assert world.writes() == []


def settle_into(world: World, page: Page, killer: Killer) -> None:
    flow = world.flow("import")
    mortal = replace(flow, store=Mortal(world.store, killer), target=Mortal(world.odoo, killer))
    settle_page(mortal, page)


def test_a_page_into_a_side_of_the_same_transaction_never_commits_by_itself() -> None:
    world = World()
    world.shop.put("product", {"title": "Mug", "sku": "M1", "price": 1})
    page = next(world.shop.pages("product"))
    settle_page(world.flow("import"), page)
    assert world.store.commits == 0


@pytest.mark.parametrize("make", WORLDS, ids=lambda make: make.__name__)
def test_no_transaction_is_open_while_a_side_with_its_own_is_called(make: Any) -> None:
    world, deleted = make()
    page = page_of(world, deleted)
    for name in ("fetch", "find", "write"):
        method = getattr(world.shop, name)

        def call(*args: Any, name: str = name, method: Any = method) -> Any:
            assert not world.store.open, f"{name} was called in a transaction"
            return method(*args)

        setattr(world.shop, name, call)
    settle_page(world.flow("export"), page)
    assert not world.store.open


def test_settling_a_page_never_calls_its_source() -> None:
    world, _ = plain()
    page = next(world.shop.pages("product"))
    world.shop.calls.clear()
    world.settle("import", page.records)
    assert world.shop.calls == []


def test_a_create_is_intended_before_it_is_sent() -> None:
    world = World()
    odoo_id = world.odoo.put("product", {"name": "Mug", "code": "M1", "price": 1})
    seen: list[tuple[str, str | None]] = []
    write = world.shop.write

    def look(entity: str, ops: list[Op]) -> Any:
        (binding,) = world.store.all("product")
        seen.append((binding.state, binding.odoo_id))
        assert binding.key == ops[0].key
        return write(entity, ops)

    world.shop.write = look  # type: ignore[method-assign, assignment]
    world.run("export")
    assert seen == [("creating", odoo_id)]


def test_a_create_that_could_not_be_found_again_is_refused_before_it_is_sent() -> None:
    world = World()
    world.odoo.put("product", {"name": "Mug", "code": None, "price": Decimal(1)})
    world.shop.faults.lost = 1
    counts = world.run("export")
    assert (counts["dead"], world.shop.all("product")) == (1, [])
    (trace,) = world.store.dead.values()
    assert trace.error is not None
    assert (trace.error.field, "Fill sku at the source" in str(trace.error)) == ("sku", True)
