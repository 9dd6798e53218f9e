"""Random pasts of two sides, told twice: one world for the plan, its twin for the real run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from gateway_ng.lib.merge import Direction, Rule
from gateway_ng.tests.contract.world import (
    CUSTOMER_IN,
    CUSTOMER_OUT,
    PRODUCT_IN,
    PRODUCT_OUT,
    Plan,
    World,
    resize,
    templates,
)

Step = tuple[Any, ...]
Build = Callable[[], World]
BOTH: tuple[Direction, Direction] = ("import", "export")

WINNERS = st.sampled_from(["odoo", "remote", "newest", "ask"])
TITLES = st.sampled_from(["Mug", "Cup", " Cup", "", None])
PRICES = st.sampled_from([Decimal(1), Decimal("1.005"), Decimal(2), None])
NUMBERS = st.integers(0, 4)
EDITS = st.one_of(
    st.tuples(st.just("new shop"), NUMBERS, TITLES, PRICES),
    st.tuples(st.just("new odoo"), NUMBERS, TITLES, PRICES),
    st.tuples(st.just("shop title"), NUMBERS, TITLES),
    st.tuples(st.just("odoo title"), NUMBERS, TITLES),
    st.tuples(st.just("shop price"), NUMBERS, PRICES),
    st.tuples(st.just("odoo price"), NUMBERS, PRICES),
    st.tuples(st.just("shop status"), NUMBERS, st.sampled_from(["draft", "active"])),
    st.tuples(st.just("shop delete"), NUMBERS),
    st.tuples(st.just("odoo delete"), NUMBERS),
)
PAST = st.lists(
    st.one_of(EDITS, st.tuples(st.just("import")), st.tuples(st.just("export"))), max_size=14
)


def products(titles: str, prices: str, past: Sequence[Step]) -> Build:
    """A world of products with this past."""

    def build() -> World:
        rules = [Rule("*.name", titles), Rule("*.price", prices), Rule("*", "odoo")]
        world = World(PRODUCT_IN, PRODUCT_OUT, rules=rules)
        for step in past:
            take(world, step)
        return world

    return build


def take(world: World, step: Step) -> None:
    """One thing that happens; what it is about may not be there."""
    world.clock.advance(7)
    kind = step[0]
    if kind in ("import", "export"):
        world.run(kind)
        return
    code, name = ("sku", "title") if "shop" in kind else ("code", "name")
    side = world.shop if "shop" in kind else world.odoo
    found = [row for row in side.all("product") if row[code] == f"M{step[1]}"]
    if kind.startswith("new"):
        if not found:
            values = {name: step[2], code: f"M{step[1]}", "price": step[3]}
            side.put("product", {**values, "status": "active"})
    elif found and kind.endswith("delete"):
        side.remove("product", found[0]["id"])
    elif found:
        field = name if kind.endswith("title") else kind.split()[1]
        side.edit("product", found[0]["id"], **{field: step[2]})


NAMES = st.sampled_from(["Anna", "Anna Maria", "de Groot", "", None])
PEOPLE = st.lists(
    st.one_of(
        st.tuples(st.just("person"), NUMBERS, NAMES),
        st.tuples(st.just("contact"), NUMBERS, NAMES),
        st.tuples(st.just("first"), NUMBERS, NAMES),
        st.tuples(st.just("name"), NUMBERS, NAMES),
        st.tuples(st.just("import")),
        st.tuples(st.just("export")),
    ),
    max_size=12,
)


def people(winner: str, past: Sequence[Step]) -> Build:
    """A world of customers whose mappings lose something on the way."""

    def build() -> World:
        world = World(CUSTOMER_IN, CUSTOMER_OUT, entity="customer", rules=[Rule("*", winner)])
        for step in past:
            world.clock.advance(7)
            if step[0] in ("import", "export"):
                world.run(step[0])
                continue
            side = world.shop if step[0] in ("person", "first") else world.odoo
            email = f"{step[1]}@example.com"
            found = [row for row in side.all("customer") if row["email"] == email]
            if step[0] == "person" and not found:
                side.put("customer", {"first": step[2], "last": "Groot", "email": email})
            elif step[0] == "contact" and not found:
                side.put("customer", {"name": step[2], "email": email})
            elif found and step[0] in ("first", "name"):
                side.edit("customer", found[0]["id"], **{step[0]: step[2]})
        return world

    return build


SIZES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["add shop", "add odoo"])),
        st.tuples(st.sampled_from(["drop shop", "drop odoo"]), NUMBERS),
        st.tuples(st.sampled_from(["edit shop", "edit odoo"]), NUMBERS, PRICES),
        st.tuples(st.sampled_from(["import", "export"])),
    ),
    max_size=12,
)


def lists(winner: str, owned: bool, past: Sequence[Step]) -> Build:
    """A world of one product of the shop and one of Odoo, whose variants come and go."""

    def build() -> World:
        world = World(*templates(owned=owned), rules=[Rule("*", winner)])
        variants = [{"sku": size, "price": Decimal(9)} for size in ("S", "M")]
        world.shop.put("product", {"title": "Shirt", "variants": variants})
        world.odoo.put("product", {"name": "Coat", "lines": [{"code": "XL", "price": Decimal(5)}]})
        for count, step in enumerate(past):
            world.clock.advance(7)
            if step[0] in ("import", "export"):
                world.run(step[0])
            else:
                resize(world, step, count)
        return world

    return build


def whole(world: World) -> Any:
    """Everything that there is: both sides, and all of the store."""
    store = world.store
    entities = ("product", "customer", "variant")
    return (
        world.odoo.snapshot(),
        world.shop.snapshot(),
        [store.all(entity) for entity in entities],
        list(store.traces),
        dict(store.dead),
        dict(store.held),
    )


def told(traces: Sequence[Any]) -> list[Any]:
    """Traces as a test compares them: what became of each record, and of which fields. A second
    look in one run that finds nothing more to do is not told."""
    found: dict[Any, list[Any]] = {}
    for entity, direction, trace in traces:
        if trace.intent is None:
            continue
        error = str(trace.error) if trace.error else None
        rows = found.setdefault((entity, direction, trace.source_id), [])
        if not rows or trace.fields or rows[-1][0] != trace.outcome:
            rows.append((trace.outcome, dict(trace.fields), trace.filter, error))
    return [(place, row) for place, rows in found.items() for row in rows]


def foretold(rows: Sequence[Any]) -> list[Any]:
    """The same as a plan can tell it: in no order, elements that are new without their ids."""
    return sorted(
        (
            (*place, outcome, sorted(map(_field, fields)), filter_name, error)
            for place, told in rows
            for outcome, fields, filter_name, error in [told]
        ),
        key=str,
    )


def _field(flat: str) -> str:
    name, opened, rest = flat.partition("[")
    return f"{name}[]{rest.rpartition(']')[2]}" if opened else flat


def run(world: World) -> list[Any]:
    """What a real run in both directions does."""
    before = len(world.store.traces)
    for direction in BOTH:
        world.run(direction, plans=True)
    return told(world.store.traces[before:])


def applied(world: World, plan: Plan, **changes: Any) -> list[Any]:
    """What an apply of `plan` does."""
    before = len(world.store.traces)
    world.apply(plan, **changes)
    return told(world.store.traces[before:])


def ops(world: World) -> int:
    """How many writes both sides have been asked for."""
    return len(world.odoo.ops) + len(world.shop.ops)
