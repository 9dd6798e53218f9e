"""What the shipped mappings make of prices in price lists: no price is a state of its own, and each
list of each variant is decided by itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal as D
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Page
from gateway_ng.lib.store import Binding
from gateway_ng.lib.sync import settle_page
from gateway_ng.tests.pure.round_trip import Trip

#: The shop's list → Odoo's.
LISTS = {"euros": "7", "yen": "8"}
Prices = Mapping[str, D | None]


def elements(prices: Prices, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"id": ids[n], "list": ids[n], "price": price} for n, price in prices.items()]


class Lists(Trip):
    """One variant, priced on both sides."""

    def __init__(self, shop: Prices, odoo: Prices) -> None:
        told = {"id": "1", "prices": elements(shop, {name: name for name in LISTS})}
        there = {"o1": {"prices": elements(odoo, LISTS)}}
        tied = {"variant": {"1": "o1"}, "price_list": LISTS}
        super().__init__("shopify", "market_price", [told], there=there, tied=tied)
        self.shop.lists = self.odoo.lists

    def both(self) -> tuple[list[D | None], list[D | None]]:
        sides = self.shop.get(self.name, "1"), self.odoo.get(self.name, "o1")
        shop, odoo = ([one["price"] for one in side["prices"]] for side in sides)
        return shop, odoo

    def edit_shop(self, prices: Prices) -> None:
        told = elements(prices, {name: name for name in LISTS})
        self.shop.edit(self.name, "1", prices=told)

    def edit_odoo(self, prices: Prices) -> None:
        self.odoo.edit(self.name, "o1", prices=elements(prices, LISTS))

    def conflicts(self) -> list[Any]:
        return [one for *_, trace in self.store.traces for one in trace.conflicts]

    def runs(self, *directions: str) -> None:
        for direction in directions:
            self.run(direction)


def priced(euros: Any, yen: Any) -> Prices:
    return {
        name: None if price is None else D(price)
        for name, price in (("euros", euros), ("yen", yen))
    }


@pytest.mark.parametrize("first", ["import", "export"])
def test_where_one_side_has_no_price_the_other_s_is_taken_whoever_runs_first(first: str) -> None:
    one = Lists(priced(9, None), priced(None, 1200))
    one.runs(first, "import", "export")
    assert one.both() == ([9, 1200], [9, 1200])
    assert one.conflicts() == []
    assert (one.run("import"), one.run("export")) == ([], [])


@pytest.mark.parametrize("directions", [("import", "export"), ("export", "import")])
def test_a_settled_price_that_is_gone_on_one_side_goes_on_the_other(
    directions: tuple[str, str],
) -> None:
    one = Lists(priced(9, 1200), priced(9, 1200))
    one.runs("import", "export")
    one.edit_odoo(priced(None, 1200))
    one.runs(*directions)
    assert one.both() == ([None, 1200], [None, 1200])
    one.edit_shop(priced(None, None))
    one.runs(*directions)
    assert one.both() == ([None, None], [None, None])
    assert one.conflicts() == []


def test_edits_of_two_lists_of_one_variant_do_not_meet() -> None:
    one = Lists(priced(9, 1200), priced(9, 1200))
    one.runs("import", "export")
    one.edit_odoo(priced(8, 1200))
    one.edit_shop(priced(9, 1100))
    one.runs("import", "export")
    assert one.both() == ([8, 1100], [8, 1100])
    assert one.conflicts() == []


def test_two_edits_of_one_price_are_a_conflict_that_names_the_list() -> None:
    one = Lists(priced(9, 1200), priced(9, 1200))
    one.runs("import", "export")
    one.edit_odoo(priced(8, 1200))
    one.edit_shop(priced(7, 1200))
    one.run("import")
    (conflict,) = one.conflicts()
    assert list(conflict.fields) == ["prices[euros].price"]
    one.run("export")
    assert one.both() == ([7, 1200], [7, 1200])


def test_variants_of_one_page_share_their_lists_and_one_that_goes_leaves_the_map() -> None:
    one = Lists(priced(9, None), priced(9, None))
    one.store.intend([Binding("variant", "2", "o2")])
    told = priced(5, 700)
    one.shop.put(one.name, {"id": "2", "prices": elements(told, {n: n for n in LISTS})}, "2")
    one.odoo.put(one.name, {"prices": elements(priced(None, None), LISTS)}, "o2")
    one.runs("import", "export")
    held = one.odoo.get(one.name, "o2")["prices"]
    assert [element["price"] for element in held] == [5, 700]
    one.edit_odoo(priced(8, None))
    one.runs("import", "export")
    assert one.both()[0] == [8, None]
    for side, id_ in ((one.shop, "2"), (one.odoo, "o2")):
        side.remove(one.name, id_)
    flow = one.flow("import")
    settle_page(flow, Page([], None, None, ["2"]))
    assert one.store.resolve("price_list", "remote", list(LISTS)) == LISTS


def test_a_list_that_is_mapped_later_meets_its_counterpart_then() -> None:
    one = Lists({"euros": D(9)}, {"euros": D(9)})
    one.runs("import", "export")
    one.edit_shop(priced(9, 1200))
    one.edit_odoo(priced(9, None))
    one.runs("export", "import")
    assert one.both() == ([9, 1200], [9, 1200])
