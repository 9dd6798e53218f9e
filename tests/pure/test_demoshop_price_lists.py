"""Price lists of the demo shop, as Shopify's API shows and refuses them."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.lib.demoshop import seed_price_lists
from gateway_ng.tests.pure.demoshop_client import Caller, seeded


@pytest.fixture
def call() -> Caller:
    made = seeded()
    seed_price_lists(made.shop)
    return made


def the(call: Caller, name: str) -> dict[str, Any]:
    return next(one for one in call.shop.store.tables["PriceList"].values() if one["name"] == name)


def variants(call: Caller) -> list[dict[str, Any]]:
    return list(call.shop.store.tables["ProductVariant"].values())


def errors(payload: Any) -> list[tuple[list[str], str]]:
    return [(one["field"], one["code"]) for one in payload["userErrors"]]


def test_lists_tell_their_currency_their_catalog_and_how_many_prices_are_fixed(
    call: Caller,
) -> None:
    data = call(
        """{ priceLists(first: 5) { nodes { name currency fixedPricesCount
          parent { adjustment { type value } } catalog { __typename title status } } }
          catalogs(first: 5, type: MARKET) { nodes { title priceList { name } } } }""",
    )
    euros, companies = data["priceLists"]["nodes"]
    assert (euros["name"], euros["currency"], euros["fixedPricesCount"]) == ("Eurozone", "EUR", 40)
    assert euros["catalog"]["__typename"] == "MarketCatalog"
    assert companies["catalog"]["__typename"] == "CompanyLocationCatalog"
    assert companies["parent"]["adjustment"] == {"type": "PERCENTAGE_DECREASE", "value": 10.0}
    assert data["catalogs"]["nodes"] == [{"title": "Eurozone", "priceList": {"name": "Eurozone"}}]


PRICES = """query ($list: ID!, $origin: PriceListPriceOriginType, $search: String) {
  priceList(id: $list) { prices(first: 100, originType: $origin, query: $search) {
    nodes { originType price { amount currencyCode } compareAtPrice { amount } variant { id } }
  } } }"""


def test_prices_are_fixed_or_worked_out_and_searched_by_variant(call: Caller) -> None:
    companies, (first, second, *_) = the(call, "Wholesale"), variants(call)
    search = " OR ".join(f"variant_id:{one['id'].rpartition('/')[2]}" for one in (first, second))
    told = call(PRICES, list=companies["id"], search=search)["priceList"]["prices"]["nodes"]
    assert [one["originType"] for one in told] == ["FIXED", "RELATIVE"]
    amounts = [float(one["price"]["amount"]) for one in told]
    asked = [float(first["price"]) * 0.8, float(second["price"]) * 0.9]
    assert amounts == pytest.approx(asked, abs=0.006)
    fixed = call(PRICES, list=companies["id"], origin="FIXED")["priceList"]["prices"]["nodes"]
    assert len(fixed) == 8 and {one["price"]["currencyCode"] for one in fixed} == {"USD"}


SET = """mutation ($list: ID!, $add: [PriceListPriceInput!]!, $gone: [ID!]!) {
  priceListFixedPricesUpdate(priceListId: $list, pricesToAdd: $add, variantIdsToDelete: $gone) {
    pricesAdded { price { amount } } deletedFixedPriceVariantIds userErrors { field code message }
  } }"""


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currencyCode": currency}


def test_prices_that_are_refused_are_named_by_place_and_code_and_nothing_is_written(
    call: Caller,
) -> None:
    euros, (first, second, *_) = the(call, "Eurozone"), variants(call)
    before = dict(euros["fixed"])
    wrong = [
        {"variantId": first["id"], "price": money("5")},
        {"variantId": "gid://shopify/ProductVariant/1", "price": money("5")},
        {"variantId": second["id"], "price": money("5", "USD")},
    ]
    payload = call(SET, list=euros["id"], add=wrong, gone=[second["id"]])
    payload = payload["priceListFixedPricesUpdate"]
    assert errors(payload) == [
        (["pricesToAdd", "1", "variantId"], "VARIANT_NOT_FOUND"),
        (["pricesToAdd", "2", "price", "currencyCode"], "PRICE_LIST_CURRENCY_MISMATCH"),
        (["variantIdsToDelete", "0"], "PRICE_NOT_FIXED"),
    ]
    assert payload["pricesAdded"] is None and euros["fixed"] == before
    gone = "gid://shopify/PriceList/1"
    payload = call(SET, list=gone, add=[], gone=[])["priceListFixedPricesUpdate"]
    assert errors(payload) == [(["priceListId"], "PRICE_LIST_NOT_FOUND")]


def test_prices_are_added_taken_away_and_go_with_their_variant(call: Caller) -> None:
    euros, (first, second, *_) = the(call, "Eurozone"), variants(call)
    payload = call(
        """mutation ($list: ID!, $prices: [PriceListPriceInput!]!) {
          priceListFixedPricesAdd(priceListId: $list, prices: $prices) {
            prices { price { amount } compareAtPrice { amount } } userErrors { field code } } }""",
        list=euros["id"],
        prices=[{"variantId": second["id"], "price": money("7.5"), "compareAtPrice": money("9")}],
    )["priceListFixedPricesAdd"]
    assert payload["prices"] == [{"price": {"amount": "7.5"}, "compareAtPrice": {"amount": "9.0"}}]
    payload = call(
        """mutation ($list: ID!, $ids: [ID!]!) {
          priceListFixedPricesDelete(priceListId: $list, variantIds: $ids) {
            deletedFixedPriceVariantIds userErrors { field code } } }""",
        list=euros["id"],
        ids=[first["id"]],
    )["priceListFixedPricesDelete"]
    assert payload["deletedFixedPriceVariantIds"] == [first["id"]]
    assert len(euros["fixed"]) == 40
    call(
        """mutation ($product: ID!, $ids: [ID!]!) {
          productVariantsBulkDelete(productId: $product, variantsIds: $ids) {
            userErrors { message } } }""",
        product=f"gid://shopify/Product/{second['product']}",
        ids=[second["id"]],
    )
    assert len(euros["fixed"]) == 39


CREATE = """mutation ($input: PriceListCreateInput!) { priceListCreate(input: $input) {
  priceList { id name currency } userErrors { field code } } }"""


def test_a_list_is_made_once_by_its_name_and_deleted_with_its_prices(call: Caller) -> None:
    parent = {"adjustment": {"type": "PERCENTAGE_INCREASE", "value": 5}}
    given = {"name": "Alps", "currency": "CHF", "parent": parent}
    made = call(CREATE, input=given)["priceListCreate"]["priceList"]
    assert made["currency"] == "CHF"
    again = call(CREATE, input=given)["priceListCreate"]
    assert again["priceList"] is None and errors(again) == [(["input", "name"], "TAKEN")]
    catalog = next(iter(call.shop.store.tables["MarketCatalog"].values()))
    taken = call(CREATE, input={**given, "name": "B", "catalogId": catalog["id"]})
    assert errors(taken["priceListCreate"]) == [(["input", "catalogId"], "CATALOG_TAKEN")]
    delete = "mutation ($id: ID!) { priceListDelete(id: $id) { deletedId userErrors { code } } }"
    assert call(delete, id=made["id"])["priceListDelete"]["deletedId"] == made["id"]
    gone = call(delete, id=made["id"])["priceListDelete"]["userErrors"]
    assert gone == [{"code": "PRICE_LIST_NOT_FOUND"}]
