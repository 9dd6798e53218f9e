"""A compare of any past calls no record alike that a sync of both directions would write."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.merge import Rule
from gateway_ng.tests.contract.world import PRODUCT_OUT, World
from gateway_ng.tests.pure.test_sync_reconcile import compare

_FIELDS = PRODUCT_OUT["record"]
#: Exports that carry both fields, the title at the create only, and the price alone.
BACKS: list[dict[str, Any]] = [
    PRODUCT_OUT,
    {**PRODUCT_OUT, "record": {**_FIELDS, "title": {**_FIELDS["title"], "create_only": True}}},
    {**PRODUCT_OUT, "record": {name: _FIELDS[name] for name in ("sku", "price")}},
]
_TITLES, _PRICES = ("Mug", "Cup", "Tumbler"), (Decimal(5), Decimal(6), Decimal(7))


def rule(choice: random.Random) -> Rule:
    pattern = choice.choice(["*", "*.name", "*.price"])
    restore = choice.random() < 0.2
    winners = ["odoo", "remote"] if restore else ["odoo", "remote", "ask", "newest"]
    return Rule(pattern, choice.choice(winners), restore=restore)  # type: ignore[arg-type]


def step(world: World, shop_id: str, odoo_id: str, choice: random.Random) -> None:
    what = choice.choice(["shop", "odoo", "import", "export", "decide"])
    if what in ("import", "export"):
        world.run(what)  # type: ignore[arg-type]
    elif what == "decide":
        for (entity, direction, source_id), _group in list(world.store.held)[:1]:
            side = choice.choice(["odoo", "remote"])
            world.store.decide(entity, direction, source_id, side)  # type: ignore[arg-type]
    else:
        side, id_, name = (
            (world.shop, shop_id, "title") if what == "shop" else (world.odoo, odoo_id, "name")
        )
        field = choice.choice([name, "price"])
        value = choice.choice(_PRICES if field == "price" else _TITLES)
        side.edit("product", id_, **{field: value})


@pytest.mark.parametrize("seed", [770, 859, 3226, 3308, 4822, 5895, *range(100)])
def test_what_a_sync_would_write_or_hold_is_told_by_a_compare(seed: int) -> None:
    choice = random.Random(seed)  # noqa: S311  # no secret
    rules = [rule(choice) for _ in range(choice.randint(0, 2))]
    world = World(back=choice.choice(BACKS), rules=rules)
    shop_id, odoo_id = world.pair()
    world.both()
    for _ in range(choice.randint(1, 7)):
        world.clock.advance(10)
        step(world, shop_id, odoo_id, choice)
    told = [compare(world, way, both=True)[0] for way in ("import", "export")]
    before = world.odoo.snapshot(), world.shop.snapshot()
    done = [world.run(way) for way in ("import", "export")]  # type: ignore[arg-type]
    is_written = (world.odoo.snapshot(), world.shop.snapshot()) != before
    if is_written or any("held" in counts for counts in done):
        assert any("held" in counts for counts in told)
