"""Shopify's price and the one it is compared at: what the shipped mappings make of the pair, and
the client with it."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.endpoint import Op, Record
from gateway_ng.lib.mapping import link
from gateway_ng.tests.pure.round_trip import mapping
from gateway_ng.tests.pure.shopify_fakes import TOKEN, ShopTransport, connect

INTO, OUT = (mapping("shopify", "price", way) for way in ("import", "export"))
#: What the shop says, and what it means.
PAIRS = [
    (D(20), None, None),
    (D(15), D(20), D(20)),
    (D(15), D(15), None),
    (D(15), D(10), None),
    (D(0), D(20), D(20)),
    (D(15), D(0), None),
]


@pytest.mark.parametrize(("price", "compared", "before"), PAIRS)
def test_a_sale_is_a_price_below_the_one_it_is_compared_at(
    price: D, compared: D | None, before: D | None
) -> None:
    told = {"id": "1", "price": price, "compareAtPrice": compared}
    assert INTO.transform(Record("1", told)) == {"price": price, "compare_at_price": before}


@pytest.mark.parametrize("before", [None, D("19.995")])
def test_both_prices_of_a_sale_go_out(before: D | None) -> None:
    told = OUT.transform(Record("1", {"id": "1", "price": D("14.5"), "compare_at_price": before}))
    assert told == {"price": D("14.50"), "compareAtPrice": before and D("20.00")}


def test_without_a_price_list_for_sales_the_compared_price_is_left_alone() -> None:
    assert OUT.transform(Record("1", {"id": "1", "price": D(15)})) == {"price": D(15)}


@pytest.mark.parametrize("ways", [(INTO, OUT), (INTO, None), (None, OUT)])
def test_the_pair_is_decided_as_one(ways: Any) -> None:
    (group,) = link(*ways).groups()
    assert group


def test_the_client_begins_and_ends_a_sale() -> None:
    clock = FakeClock()
    shop = Shop(clock, Settings(access_token=TOKEN))
    seed_demo(shop)
    endpoint = connect(ShopTransport(shop), clock)
    first = next(r for page in endpoint.pages("price") for r in page.records)
    for pair in ({"price": D("1.50"), "compareAtPrice": D("2.00")}, {"compareAtPrice": None}):
        (result,) = endpoint.write("price", [Op("k", "update", first.id, pair)])
        assert result.error is None
        (now,) = endpoint.fetch("price", [first.id])
        assert {name: now.fields[name] for name in pair} == pair
    assert now.fields["price"] == D("1.50")
