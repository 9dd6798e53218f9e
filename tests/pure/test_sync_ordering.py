"""The type `options` through the pipeline: an edit is another order, and nothing else is."""

from __future__ import annotations

from typing import Any

from gateway_ng.lib.merge import Strategy
from gateway_ng.tests.contract.world import PRODUCT_IN, PRODUCT_OUT, World

FIELD = {"type": "options", "first_match": "keep"}


def options(**values: str) -> list[dict[str, Any]]:
    return [{"name": name, "values": list(given)} for name, given in values.items()]


def ordered(document: dict[str, Any], name: str, source: str) -> dict[str, Any]:
    return {**document, "record": {**document["record"], name: {"MAPTO": source, **FIELD}}}


class Pair:
    """One product on both sides, settled with the options `odoo` and `shop`."""

    def __init__(self, odoo: Any, shop: Any, strategy: Strategy | None = None) -> None:
        into = ordered(PRODUCT_IN, "choices", "options")
        self.world = World(into, ordered(PRODUCT_OUT, "options", "choices"))
        self.world.strategy = strategy or Strategy()
        self.odoo_id = self.world.odoo.put("product", {"name": "Tee", "code": "T", "choices": odoo})
        shown = {"title": "Tee", "sku": "T", "status": "active", "options": shop}
        self.shop_id = self.world.shop.put("product", shown)
        self.sync()

    def sync(self) -> None:
        self.world.run("import")
        self.world.run("export")

    def shop(self, *given: dict[str, Any]) -> None:
        self.world.shop.edit("product", self.shop_id, options=list(given))

    def odoo(self, *given: dict[str, Any]) -> None:
        self.world.odoo.edit("product", self.odoo_id, choices=list(given))

    def both(self) -> tuple[Any, Any]:
        odoo = self.world.odoo.get("product", self.odoo_id)["choices"]
        return odoo, self.world.shop.get("product", self.shop_id)["options"]

    def conflicts(self) -> list[Any]:
        return [one for _e, _d, trace in self.world.store.traces for one in trace.conflicts]


def test_each_side_keeps_its_own_order_at_the_first_meeting_and_nothing_is_written() -> None:
    pair = Pair(options(Size="SM"), options(Size="MS"))
    assert pair.both() == (options(Size="SM"), options(Size="MS"))
    assert pair.conflicts() == [] and pair.world.writes() == []


def test_another_order_goes_out_and_in() -> None:
    pair = Pair(options(Size="SM"), options(Size="SM"))
    pair.shop(*options(Size="MS"))
    pair.sync()
    assert pair.both() == (options(Size="MS"), options(Size="MS"))
    pair.odoo(*options(Size="SM"))
    pair.sync()
    assert pair.both() == (options(Size="SM"), options(Size="SM"))
    assert pair.conflicts() == [] and pair.world.writes() == []


def test_what_both_sides_add_or_rename_is_no_conflict_of_orders() -> None:
    pair = Pair(options(Size="SM"), options(Size="SM"))
    pair.shop(*options(Taille="SM"))
    pair.odoo(*options(Size="SML"))
    pair.sync()
    assert pair.both() == (options(Size="SML"), options(Taille="SM"))
    assert pair.conflicts() == [] and pair.world.writes() == []


def test_an_order_of_names_that_came_later_is_an_edit_like_any_other() -> None:
    pair = Pair(options(Size="SM"), options(Size="SM"))
    for edit in (pair.shop, pair.odoo):
        edit(*options(Size="XML"))
        pair.sync()
    pair.shop(*options(Size="MLX"))
    pair.sync()
    assert pair.both() == (options(Size="MLX"), options(Size="MLX"))
    assert pair.conflicts() == [] and pair.world.writes() == []


def test_two_orders_that_differ_are_one_conflict_decided_once() -> None:
    pair = Pair(options(Size="SML"), options(Size="SML"))
    pair.shop(*options(Size="LMS"))
    pair.odoo(*options(Size="MSL"))
    pair.sync()
    assert pair.both() == (options(Size="LMS"), options(Size="LMS"))
    assert len(pair.conflicts()) == 1
    pair.sync()
    assert len(pair.conflicts()) == 1 and pair.world.writes() == []


def test_the_same_order_on_both_sides_is_nothing_to_write() -> None:
    pair = Pair(options(Size="SML"), options(Size="SML"))
    pair.shop(*options(Size="LMS"))
    pair.odoo(*options(Size="LMS"))
    pair.sync()
    assert pair.both() == (options(Size="LMS"), options(Size="LMS"))
    assert pair.conflicts() == [] and pair.world.writes() == []
