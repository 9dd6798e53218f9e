"""What a record of the target is depends on others beside it, as the target holds them now."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gateway_ng.lib.store import Binding
from gateway_ng.tests.contract.memory import entity
from gateway_ng.tests.contract.world import World, document

#: Of a level: what is free less what is sold of it and of those that it names.
FORMULA = {
    "MAPTO": [
        "free",
        "@.committed?",
        "beside?",
        "@.beside?",
        "lambda free, own, named, others: free - (own or 0) - sum([row['committed'] for row in"
        " (others or {}).values()])",
    ],
    "type": "integer",
}


def leveled() -> World:
    """Levels of three variants that are tied, of ten each."""
    levels = document("odoo.price", "shop.price", {"available": FORMULA})
    world = World(None, {**levels, "tied_to": "variant", "on_missing": "skip"}, entity="price")
    for side, model in ((world.shop, "shop.price"), (world.odoo, "odoo.price")):
        side.infos["price"] = entity("price", model, capabilities=frozenset({"update"}))
        side.rows["price"], side.graves["price"] = {}, {}
    for number in "123":
        world.shop.put("price", {"price": 1, "available": 0, "committed": 0}, id=f"s{number}")
        world.odoo.put("price", {"price": Decimal(5), "free": 10}, id=f"o{number}")
        tie = Binding("variant", f"s{number}", f"o{number}")
        world.store.settle("variant", "import", [tie], ())
    world.store.commit()
    return world


def available(world: World) -> list[Any]:
    return [world.shop.get("price", f"s{number}")["available"] for number in "123"]


def test_what_is_sold_of_others_that_a_record_names_is_reckoned_with() -> None:
    world = leveled()
    world.run("export")
    assert available(world) == [10, 10, 10]
    world.shop.edit("price", "s2", committed=3)
    world.shop.edit("price", "s3", committed=4)
    world.odoo.edit("price", "o1", beside=["o2", "o3", "unknown"])
    asked = _fetches(world)
    world.settle("export", list(world.odoo.fetch("price", ["o1"])))
    assert available(world) == [3, 10, 10]
    assert asked[:2] == [["s1"], ["s2", "s3"]], "the others are asked for once, and together"
    world.odoo.edit("price", "o2", beside={"o1": 1}, free=8)
    world.odoo.edit("price", "o1", free=20)
    world.run("export")
    assert available(world) == [13, 5, 6]


def test_at_the_first_meeting_what_is_sold_of_them_is_reckoned_with_too() -> None:
    world = leveled()
    world.shop.edit("price", "s2", committed=3)
    for number in "12":
        world.odoo.edit("price", f"o{number}", beside=["o1", "o2"])
    world.settle("export", list(world.odoo.fetch("price", ["o1", "o2"])))
    # Its own sales are in both parts of the formula.
    assert available(world)[:2] == [7, 4]


def _fetches(world: World) -> list[list[str]]:
    fetch, asked = world.shop.fetch, list[list[str]]()

    def told(name: str, ids: Any) -> Any:
        asked.append(list(ids))
        return fetch(name, ids)

    world.shop.fetch = told  # type: ignore[method-assign]
    return asked
