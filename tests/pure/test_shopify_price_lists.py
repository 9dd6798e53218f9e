"""Prices of variants in the shop's price lists: read in pages, written in batches, and refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal as D
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.demoshop.ids import number
from gateway_ng.lib.demoshop.price_lists import add_price_list, fix
from gateway_ng.lib.demoshop.seed_bulk import seed_bulk
from gateway_ng.lib.endpoint import Op, Record, Result
from gateway_ng.lib.errors import Refused, RetryLater, StopRun
from gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from gateway_ng.tests.contract.shopify_harness import Wire
from gateway_ng.tests.pure.shopify_fakes import TOKEN, connect


@dataclass
class Market:
    """A demo shop with a list in euros and one in yen, and the client that knows both."""

    shop: Shop
    wire: Wire
    endpoint: ShopifyEndpoint
    euros: Any
    yen: Any
    variants: list[str]

    def fixed(self, price_list: Any) -> dict[str, tuple[str, str | None]]:
        held = price_list["fixed"]
        return {key: (one["price"], one["compareAtPrice"]) for key, one in held.items()}

    def write(self, *asked: tuple[str, dict[str, Any]]) -> list[Result]:
        ops = [Op(f"k{id_}", "update", id_, {"prices": told}) for id_, told in asked]
        return list(self.endpoint.write("market_price", ops))

    def records(self) -> list[Record]:
        return [r for page in self.endpoint.pages("market_price") for r in page.records]


def market() -> Market:
    clock = FakeClock()
    shop = Shop(clock, Settings(access_token=TOKEN))
    seed_demo(shop)
    euros = add_price_list(shop.store, "Eurozone", "EUR", catalog="MarketCatalog")
    yen = add_price_list(shop.store, "Tokyo Ltd", "JPY", catalog="CompanyLocationCatalog")
    wire = Wire(shop)
    lists = {euros["id"]: "EUR", yen["id"]: "JPY"}
    endpoint = connect(wire, clock, settings={"price_lists": lists})
    variants = [one["id"] for one in shop.store.tables["ProductVariant"].values()]
    return Market(shop, wire, endpoint, euros, yen, variants)


def prices(record: Record | None) -> list[tuple[D | None, D | None]]:
    assert record is not None
    return [(one["price"], one["compareAtPrice"]) for one in record.fields["prices"]]


def test_every_variant_tells_its_price_in_each_list_and_null_where_it_has_none() -> None:
    one = market()
    first, second, *_ = one.variants
    fix(one.shop.store, one.euros, {number(first): ("17.9", "22")})
    fix(one.shop.store, one.yen, {number(first): (D(2900), None), number(second): (D(1), None)})
    told = {record.id: prices(record) for record in one.records()}
    assert set(told) == set(one.variants)
    assert told[first] == [(D("17.90"), D(22)), (D(2900), None)]
    assert told[second] == [(None, None), (D(1), None)]
    assert {tuple(told[id_]) for id_ in one.variants[2:]} == {((None, None), (None, None))}


def test_a_page_asks_each_list_for_many_variants_at_once() -> None:
    one = market()
    assert len(one.records()) == len(one.variants) == 80
    assert one.wire.operations == ["MarketPrices", "ListPrices"]


def test_a_price_of_a_list_does_not_touch_its_variant_so_every_read_is_of_all() -> None:
    one = market()
    (last,) = [page.watermark for page in one.endpoint.pages("market_price") if page.watermark]
    one.shop.clock.advance(3_600)
    fix(one.shop.store, one.euros, {number(one.variants[7]): ("5", None)})
    since = one.endpoint.pages("market_price", last)
    found = {r.id: prices(r)[0][0] for page in since for r in page.records}
    assert found[one.variants[7]] == 5


def test_prices_are_set_and_taken_away_with_one_request_for_all_lists() -> None:
    one = market()
    first, second, third, *_ = one.variants
    euros, yen = one.euros["id"], one.yen["id"]
    fix(one.shop.store, one.euros, {number(second): ("9", None), number(third): ("8", None)})
    results = one.write(
        (first, {euros: {"price": D("17.90")}, yen: {"price": D(2900)}}),
        (second, {euros: {"price": None}}),
    )
    assert [result.error for result in results] == [None, None]
    assert one.fixed(one.euros) == {
        str(number(first)): ("17.90", None),
        str(number(third)): ("8.00", None),
    }
    assert one.fixed(one.yen) == {str(number(first)): ("2900", None)}
    assert [prices(r.record) for r in results] == [
        [(D("17.9"), None), (D(2900), None)],
        [(None, None), (None, None)],
    ]
    assert one.wire.operations == ["ListPrices", "ListPricesSet"]


def test_what_is_there_already_is_not_written_and_nothing_is_taken_away_twice() -> None:
    one = market()
    first, second, *_ = one.variants
    euros = one.euros["id"]
    fix(one.shop.store, one.euros, {number(first): ("17.9", None)})
    results = one.write((first, {euros: {"price": D("17.90")}}), (second, {euros: {"price": None}}))
    assert [result.error for result in results] == [None, None]
    assert one.wire.operations == ["ListPrices"]


def test_the_price_it_is_compared_at_stays_where_only_the_price_is_mapped() -> None:
    one = market()
    first = one.variants[0]
    fix(one.shop.store, one.euros, {number(first): ("17.9", "30")})
    (result,) = one.write((first, {one.euros["id"]: {"price": D(15)}}))
    assert prices(result.record)[0] == (D(15), D(30))
    assert one.fixed(one.euros) == {str(number(first)): ("15.00", "30.00")}


def test_more_than_250_prices_of_a_list_go_in_several_mutations_of_one_request() -> None:
    one = market()
    seed_bulk(one.shop, products=260)
    variants = [each["id"] for each in one.shop.store.tables["ProductVariant"].values()]
    results = one.write(*((gid, {one.euros["id"]: {"price": D(3)}}) for gid in variants))
    assert [r.error for r in results] == [None] * len(variants)
    assert len(one.euros["fixed"]) == len(variants) > 250
    assert one.wire.operations.count("ListPricesSet") == 1


def test_a_refused_price_leaves_the_others_be_and_names_its_field() -> None:
    one = market()
    euros = one.euros["id"]
    gone = "gid://shopify/ProductVariant/999999"
    told = [(id_, {euros: {"price": D(4)}}) for id_ in one.variants[:5]]
    results = one.write(*told[:2], (gone, {euros: {"price": D(4)}}), *told[2:])
    error = results[2].error
    assert isinstance(error, Refused)
    assert (error.rule, error.record) == ("VARIANT_NOT_FOUND", gone)
    assert [r.error for r in results[:2] + results[3:]] == [None] * 5
    assert len(one.euros["fixed"]) == 5
    (negative, right) = one.write(
        (one.variants[0], {euros: {"price": D(-4)}}), (one.variants[1], {euros: {"price": D(6)}})
    )
    assert isinstance(negative.error, Refused) and negative.error.field == "prices.price.amount"
    assert right.error is None and one.fixed(one.euros)[str(number(one.variants[1]))][0] == "6.00"


def test_refusals_that_name_no_price_are_narrowed_down_to_the_one() -> None:
    one = market()
    execute = one.shop.execute

    def nameless(query: str, variables: Any, *rest: Any) -> Any:
        status, headers, body = execute(query, variables, *rest)
        for payload in (body.get("data") or {}).values():
            for error in (payload or {}).get("userErrors") or ():
                error["field"] = None
        return status, headers, body

    one.shop.execute = nameless  # type: ignore[method-assign]
    euros = one.euros["id"]
    amounts: Sequence[int] = (1, 2, -3, 4, 5)
    told = zip(one.variants, amounts, strict=False)
    results = one.write(*((id_, {euros: {"price": D(n)}}) for id_, n in told))
    assert [isinstance(r.error, Refused) for r in results] == [False, False, True, False, False]
    assert len(one.euros["fixed"]) == 4


def test_a_write_whose_answer_was_lost_is_looked_up_and_not_sent_again() -> None:
    one = market()
    told = (one.variants[0], {one.euros["id"]: {"price": D(4)}})
    one.wire.lose_all = True
    with pytest.raises(RetryLater):
        one.write(told)
    one.wire.lose_all = False
    sent = one.wire.operations.count("ListPricesSet")
    (result,) = one.write(told)
    assert result.error is None and prices(result.record)[0] == (D(4), None)
    assert one.wire.operations.count("ListPricesSet") == sent


def test_a_list_of_another_currency_or_one_that_is_gone_stops_before_anything_is_written() -> None:
    one = market()
    told = (one.variants[0], {one.euros["id"]: {"price": D(4)}})
    one.euros["currency"] = "CHF"
    with pytest.raises(StopRun, match="CHF .* EUR.*between two currencies"):
        one.write(told)
    with pytest.raises(StopRun, match="Choose a price list in the same currency"):
        one.records()
    one.shop.store.remove("PriceList", number(one.euros["id"]))
    with pytest.raises(StopRun, match="no longer in the shop"):
        one.write(told)
    assert one.euros["fixed"] == {} and "ListPricesSet" not in one.wire.operations


def test_a_list_that_is_not_mapped_is_not_written() -> None:
    one = market()
    other = add_price_list(one.shop.store, "Elsewhere", "EUR")
    (result,) = one.write((one.variants[0], {other["id"]: {"price": D(4)}}))
    assert isinstance(result.error, Refused) and "not one of the connector's" in str(result.error)
    assert other["fixed"] == {}


def test_prices_come_back_with_as_many_decimals_as_their_list_s_currency_has() -> None:
    one = market()
    told = {one.euros["id"]: {"price": D("1.005")}, one.yen["id"]: {"price": D("99.5")}}
    foretold = one.endpoint.canonical("market_price", {"prices": told})["prices"]
    assert foretold == {one.euros["id"]: {"price": D("1.01")}, one.yen["id"]: {"price": D(100)}}


def test_the_check_lists_the_shop_s_price_lists_with_their_currencies() -> None:
    one = market()
    assert one.endpoint.check().price_lists == {
        one.euros["id"]: {"name": "Eurozone", "currency": "EUR"},
        one.yen["id"]: {"name": "Tokyo Ltd", "currency": "JPY"},
    }
