"""Any edits on both sides, in any order of runs: the sides converge, then nothing is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_ng.lib.merge import Rule
from gateway_ng.tests.contract.world import (
    CUSTOMER_IN,
    CUSTOMER_OUT,
    PRODUCT_IN,
    PRODUCT_OUT,
    World,
    resize,
    templates,
)

quick = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
WINNERS = st.sampled_from(["odoo", "remote", "newest"])
TITLES = st.sampled_from(["Mug", "Cup", " Cup", "", None])
PRICES = st.sampled_from([Decimal(1), Decimal("1.005"), Decimal(2), None])
NUMBERS = st.integers(0, 2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("new shop"), NUMBERS, TITLES, PRICES),
        st.tuples(st.just("new odoo"), NUMBERS, TITLES, PRICES),
        st.tuples(st.just("shop title"), NUMBERS, TITLES),
        st.tuples(st.just("odoo title"), NUMBERS, TITLES),
        st.tuples(st.just("shop price"), NUMBERS, PRICES),
        st.tuples(st.just("odoo price"), NUMBERS, PRICES),
        st.tuples(st.just("shop delete"), NUMBERS),
        st.tuples(st.just("odoo delete"), NUMBERS),
        st.tuples(st.just("import")),
        st.tuples(st.just("export")),
    ),
    max_size=14,
)


def take(world: World, step: tuple[Any, ...]) -> None:
    """One thing that happens; what it is about may not be there."""
    world.clock.advance(7)
    kind = step[0]
    if kind in ("import", "export"):
        world.run(kind)
        return
    side, what = (world.shop, kind[5:]) if kind.startswith("shop") else (world.odoo, kind[5:])
    if kind.startswith("new"):
        new(world, kind, *step[1:])
        return
    code = "sku" if side is world.shop else "code"
    found = [row for row in side.all("product") if row[code] == f"M{step[1]}"]
    if not found:
        return
    if what == "delete":
        side.remove("product", found[0]["id"])
    elif what == "title":
        side.edit("product", found[0]["id"], **{title_of(world, side): step[2]})
    else:
        side.edit("product", found[0]["id"], price=step[2])


def title_of(world: World, side: Any) -> str:
    return "title" if side is world.shop else "name"


def new(world: World, kind: str, number: int, title: Any, price: Any) -> None:
    if kind == "new shop":
        if all(row["sku"] != f"M{number}" for row in world.shop.all("product")):
            world.shop.put("product", {"title": title, "sku": f"M{number}", "price": price})
    elif all(row["code"] != f"M{number}" for row in world.odoo.all("product")):
        world.odoo.put("product", {"name": title, "code": f"M{number}", "price": price})


def sides(world: World) -> tuple[Any, Any]:
    shop = sorted((r["sku"], str(r["title"]), str(r["price"])) for r in world.shop.all("product"))
    odoo = sorted((r["code"], str(r["name"]), str(r["price"])) for r in world.odoo.all("product"))
    return shop, odoo


@quick
@given(STEPS, WINNERS, WINNERS, st.booleans())
def test_products_converge(steps: Any, titles: Any, prices: Any, first: bool) -> None:
    into = {name: value for name, value in PRODUCT_IN.items() if name != "filters"}
    rules = [Rule("*.name", titles), Rule("*.price", prices), Rule("*", "odoo")]
    world = World(into, PRODUCT_OUT, rules=rules)
    for step in steps:
        take(world, step)
    for _ in range(2):
        for direction in ("import", "export") if first else ("export", "import"):
            world.run(direction)  # type: ignore[arg-type]
    assert world.store.dead == {}
    held = {place[2] for place, _group in world.store.held}
    if not held:
        shop, odoo = sides(world)
        assert shop == odoo
    assert world.writes() == []


NAMES = st.sampled_from(["Anna", "Anna Maria", "de Groot", "", None])
PEOPLE = st.lists(
    st.one_of(
        st.tuples(st.just("first"), NAMES),
        st.tuples(st.just("last"), NAMES),
        st.tuples(st.just("name"), NAMES),
        st.tuples(st.just("import")),
        st.tuples(st.just("export")),
    ),
    max_size=10,
)


@quick
@given(PEOPLE, WINNERS, st.booleans())
def test_people_of_a_lossy_pair_of_mappings_converge(steps: Any, winner: Any, strips: bool) -> None:
    def strip(name: str, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    config = {"normalise": strip, "predictable": False} if strips else {}
    world = World(
        CUSTOMER_IN, CUSTOMER_OUT, entity="customer", rules=[Rule("*", winner)], shop=config
    )
    person = {"first": "Eva", "last": "Groot", "email": "e@example.com"}
    shop_id = world.shop.put("customer", person)
    world.both()
    odoo_id = str(world.binding(shop_id).odoo_id)
    for step in steps:
        world.clock.advance(7)
        if step[0] in ("import", "export"):
            world.run(step[0])
        elif step[0] == "name":
            world.odoo.edit("customer", odoo_id, name=step[1])
        else:
            world.shop.edit("customer", shop_id, **{step[0]: step[1]})
    world.both()
    world.both()
    assert world.writes() == []
    assert world.store.dead == {}


SIZES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["add shop", "add odoo"])),
        st.tuples(st.sampled_from(["drop shop", "drop odoo"]), NUMBERS),
        st.tuples(st.sampled_from(["edit shop", "edit odoo"]), NUMBERS, PRICES),
        st.tuples(st.sampled_from(["import", "export"])),
    ),
    max_size=12,
)


@quick
@given(SIZES, st.sampled_from(["odoo", "remote"]))
def test_owned_lists_converge(steps: Any, winner: Any) -> None:
    world = World(*templates(owned=True), rules=[Rule("*", winner)])
    variants = [{"sku": size, "price": Decimal(9)} for size in ("S", "M")]
    world.shop.put("product", {"title": "Shirt", "variants": variants})
    world.both()
    for count, step in enumerate(steps):
        world.clock.advance(7)
        if step[0] in ("import", "export"):
            world.run(step[0])
        else:
            resize(world, step, count)
    for _ in range(3):
        world.both()
    assert world.writes() == []
    (shirt,), (template,) = world.shop.all("product"), world.odoo.all("product")
    there = sorted((one["sku"], str(one["price"])) for one in shirt["variants"])
    here = sorted((one["code"], str(one["price"])) for one in template["lines"])
    assert there == here
