"""What the demo shop answers to queries, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import execute_sync, parse

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_bulk
from gateway_ng.lib.demoshop.counters import Counters
from gateway_ng.lib.demoshop.faults import Faults
from gateway_ng.lib.demoshop.fields import RESOLVERS, STORED, is_stored
from gateway_ng.lib.demoshop.official import schema, with_implied
from gateway_ng.lib.demoshop.paging import AROUND, Page
from gateway_ng.lib.demoshop.request import Request
from gateway_ng.tests.pure.demoshop_client import Caller, paged, seeded

EVERYTHING = """query($n: Int!) {
  shop { id name myshopifyDomain currencyCode ianaTimezone taxesIncluded weightUnit
    primaryDomain { url } }
  products(first: $n, sortKey: UPDATED_AT, reverse: true) {
    edges { cursor node { ...P } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
  customers(first: 7) { nodes { id legacyResourceId displayName tags numberOfOrders state
    defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber }
    defaultAddress { id name countryCodeV2 province } amountSpent { amount currencyCode }
    addressesV2(first: 1) { nodes { id city zip } pageInfo { hasNextPage endCursor } } } }
  orders(first: 9, sortKey: CREATED_AT) { nodes { id name number processedAt cancelledAt closed
    totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount } }
    customer { id } billingAddress { formatted }
    lineItems(first: 2) { nodes { id sku product { id title } variant { id }
      discountAllocations { allocatedAmountSet { shopMoney { amount } }
        discountApplication { __typename index ... on DiscountCodeApplication { code }
          ... on ManualDiscountApplication { title }
          value { ... on MoneyV2 { amount } ... on PricingPercentageValue { percentage } } } }
      taxLines { title rate ratePercentage priceSet { shopMoney { amount } } } } }
    shippingLines(first: 2) { nodes { id title code originalPriceSet { shopMoney { amount } } } }
    fulfillmentOrders(first: 2) { nodes { id status assignedLocation { name location { id } }
      lineItems(first: 9) { nodes { remainingQuantity lineItem { sku } } } } } } }
  inventoryItems(first: 5) { nodes { id sku unitCost { amount }
    measurement { weight { value unit } }
    inventoryLevels(first: 2) { nodes { id updatedAt location { id }
      quantities(names: ["available", "on_hand", "committed"]) { name quantity } } } } }
  collections(first: 4) { nodes { id title productsCount { count precision } } }
  productsCount { count }
}
fragment P on Product { id legacyResourceId title handle descriptionHtml description vendor
  productType status tags createdAt updatedAt totalInventory
  options { id name position values optionValues { id name } } variantsCount { count }
  variants(first: 3) { nodes { ...V } pageInfo { hasNextPage } }
  collections(first: 2) { nodes { id } } }
fragment V on ProductVariant { id title sku barcode price compareAtPrice position taxable
  selectedOptions { name value } displayName
  inventoryItem { id sku tracked requiresShipping measurement { weight { value } } } }
"""


def by_graphql_core(call: Caller, query: str, variables: dict[str, Any]) -> Any:
    """The same selection walked by graphql-core's own executor over the same resolvers."""
    shop = call.shop
    scopes = with_implied(shop.settings.scopes)
    request = Request(shop.store, shop.settings, scopes, Faults(), set(), {})

    def resolve(source: Any, info: Any, **args: Any) -> Any:
        kind, name = info.parent_type.name, info.field_name
        resolver = RESOLVERS.get((kind, name))
        if resolver is not None:
            return resolver(source, args, request)
        assert is_stored(kind, name), f"{kind}.{name}"
        return AROUND[name](source) if isinstance(source, Page) else source[name]

    def kind_of(source: Any, _info: Any, _abstract: Any) -> str:
        return str(source.get("__typename") or source["id"].split("/")[3])

    result = execute_sync(
        schema(),
        parse(query),
        variable_values=variables,
        field_resolver=resolve,
        type_resolver=kind_of,
    )
    assert not result.errors, result.errors
    return result.data


def test_answers_are_those_of_graphql_core_s_own_executor() -> None:
    call = seeded(max_query_cost=10_000, bucket=20_000)
    assert by_graphql_core(call, EVERYTHING, {"n": 20}) == call(EVERYTHING, n=20)


def test_answers_keep_the_order_of_the_selection() -> None:
    (row,) = seeded().rows("{ products(first: 1) { nodes { title handle id } } }")
    assert list(row) == ["title", "handle", "id"]


def test_every_stored_field_is_in_the_official_schema() -> None:
    unknown = [
        f"{kind}.{name}"
        for kind, names in STORED.items()
        for name in names
        if name not in schema().type_map[kind].fields  # type: ignore[attr-defined]
    ]
    assert unknown == []
    strange = [(k, n) for k, n in RESOLVERS if n not in schema().type_map[k].fields]  # type: ignore[attr-defined]
    assert strange == []


def test_every_stored_field_of_every_record_is_there() -> None:
    shop = seeded().shop
    for kind, table in shop.store.tables.items():
        for record in table.values():
            missing = {n for n in STORED[kind] if n not in record and (kind, n) not in RESOLVERS}
            assert set() == missing, (kind, missing)


def test_an_unknown_field_is_refused_in_shopify_s_words() -> None:
    error = seeded().error("{ products(first: 1) { nodes { id colour } } }")
    assert error["message"] == "Field 'colour' doesn't exist on type 'Product'"
    assert error["extensions"] == {
        "code": "undefinedField",
        "typeName": "Product",
        "fieldName": "colour",
    }


def test_a_field_the_demo_shop_has_not_got_is_named_and_nothing_is_run() -> None:
    call = seeded()
    body = call.body("{ shop { id } products(first: 1) { nodes { id featuredMedia { id } } } }")
    assert "data" not in body
    (error,) = body["errors"]
    assert error["message"] == "The demo shop has not got the field Product.featuredMedia."
    assert error["extensions"]["code"] == "NOT_IN_DEMO_SHOP"


def test_a_mutation_the_demo_shop_has_not_got_runs_none_of_the_document() -> None:
    call = seeded()
    error = call.error(
        'mutation { tagsAdd(id: "gid://shopify/Product/1007", tags: ["x"]) { node { id } }'
        ' productDuplicate(productId: "gid://shopify/Product/1007", newTitle: "y")'
        " { userErrors { message } } }"
    )
    assert error["message"] == "The demo shop has not got the mutation productDuplicate."
    assert call.shop.counters.writes == 0


def test_a_connection_needs_first_or_last_and_at_most_250() -> None:
    call = seeded()
    assert call.code("{ products { nodes { id } } }") == "BAD_REQUEST"
    assert call.code("{ products(first: 251) { nodes { id } } }") == "BAD_REQUEST"
    assert call.code("{ products(first: 1, last: 1) { nodes { id } } }") == "BAD_REQUEST"


def test_pages_with_ties_hold_every_record_once() -> None:
    shop = Shop(FakeClock())
    seed_bulk(shop, products=40)
    for product in shop.store.tables["Product"].values():
        product["updatedAt"] = "2026-01-01T00:00:00Z"
    shop.store.changed()
    ids = [row["id"] for row in paged(Caller(shop), "products", 7, ", sortKey: UPDATED_AT")]
    assert sorted(set(ids)) == sorted(ids)
    assert len(ids) == 40


def test_a_row_changed_while_paging_hides_no_other() -> None:
    clock = FakeClock()
    call = seeded(clock)
    text = """query($after: String) { products(first: 6, after: $after, sortKey: UPDATED_AT) {
      nodes { id } pageInfo { hasNextPage endCursor } } }"""
    seen, after = [], None
    while True:
        page = call(text, after=after)["products"]
        seen += [row["id"] for row in page["nodes"]]
        if len(seen) == 6:
            clock.advance(60)
            call.shop.store.touch(call.shop.store.find("Product", seen[0]) or {})
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(set(seen)) == 20
    assert seen.count(seen[0]) == 2


def test_backward_and_reversed_pages_mirror_the_forward_ones() -> None:
    call = seeded()
    forward = [row["id"] for row in paged(call, "products", 6)]
    back = [row["id"] for row in paged(call, "products", 6, ", reverse: true")]
    assert forward == back[::-1]
    page = call("{ products(last: 5) { nodes { id } pageInfo { hasPreviousPage startCursor } } }")[
        "products"
    ]
    assert forward[-5:] == [row["id"] for row in page["nodes"]]
    before = page["pageInfo"]["startCursor"]
    rows = call.rows(
        "query($b: String) { products(last: 5, before: $b) { nodes { id } } }", b=before
    )
    assert forward[-10:-5] == [row["id"] for row in rows]


def test_nested_lists_have_pages_of_their_own() -> None:
    call = seeded()
    text = """query($after: String) { products(first: 1) { nodes {
      variants(first: 3, after: $after) { nodes { title }
        pageInfo { hasNextPage endCursor } } } } }"""
    first = call(text)["products"]["nodes"][0]["variants"]
    assert (
        [row["title"] for row in first["nodes"]],
        first["pageInfo"]["hasNextPage"],
    ) == (["S", "M", "L"], True)
    rest = call(text, after=first["pageInfo"]["endCursor"])["products"]["nodes"][0]["variants"]
    assert (rest["nodes"], rest["pageInfo"]["hasNextPage"]) == ([{"title": "XL"}], False)


def test_a_made_up_cursor_is_refused() -> None:
    assert (
        seeded().code('{ products(first: 1, after: "nonsense") { nodes { id } } }') == "BAD_REQUEST"
    )


def test_variants_can_t_be_sorted_by_time() -> None:
    error = seeded().error("{ productVariants(first: 1, sortKey: UPDATED_AT) { nodes { id } } }")
    assert "UPDATED_AT" in error["message"]


def test_nodes_gives_null_for_what_is_gone_and_keeps_the_order() -> None:
    call = seeded()
    ids = [row["id"] for row in call.rows("{ products(first: 2) { nodes { id } } }")]
    asked = [ids[1], "gid://shopify/Product/999999", ids[0]]
    data = call("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=asked)
    assert [ids[1], None, ids[0]] == [row and row["id"] for row in data["nodes"]]


def test_an_id_of_another_kind_is_refused() -> None:
    assert seeded().code('{ product(id: "gid://shopify/Order/1") { id } }') == "BAD_REQUEST"


def test_a_missing_scope_denies_the_field_and_names_what_is_needed() -> None:
    call = seeded(scopes=["read_orders", "read_products"])
    body = call.body("{ orders(first: 2) { nodes { id customer { id } } } }")
    assert [row["customer"] for row in body["data"]["orders"]["nodes"]] == [None, None]
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert "read_customers" in error["message"]
    denied = call.body("{ customers(first: 1) { nodes { id } } }")
    assert "data" not in denied
    assert "Access denied for customers field." in denied["errors"][0]["message"]


def test_a_mutation_without_its_scope_is_denied_and_does_nothing() -> None:
    call = seeded(scopes=["read_products"])
    body = call.body(
        'mutation { productUpdate(product: {id: "gid://shopify/Product/1007", title: "x"})'
        " { product { id } userErrors { message } } }"
    )
    assert body["data"] == {"productUpdate": None}
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert call.shop.counters.writes == 0


def test_orders_older_than_60_days_need_read_all_orders() -> None:
    clock = FakeClock()
    call = seeded(clock)
    clock.advance(30 * 86400)
    everything = len(call.rows("{ orders(first: 250) { nodes { id } } }"))
    call.shop.configure({"scopes": ["read_orders"]})
    some = len(call.rows("{ orders(first: 250) { nodes { id } } }"))
    assert everything == 50
    assert 0 < some < 50


def test_a_count_is_exact_up_to_its_limit() -> None:
    call = seeded()
    assert call("{ ordersCount { count precision } }")["ordersCount"] == {
        "count": 50,
        "precision": "EXACT",
    }
    assert call("{ ordersCount(limit: 9) { count precision } }")["ordersCount"] == {
        "count": 9,
        "precision": "AT_LEAST",
    }


def test_a_dumped_shop_loads_to_the_same_answers() -> None:
    call = seeded(max_query_cost=10_000, bucket=20_000)
    other = Caller(Shop.load(call.shop.dump(), call.shop.clock))
    assert call(EVERYTHING, n=20) == other(EVERYTHING, n=20)
    assert call.shop.dump()["store"] == other.shop.dump()["store"]


def test_settings_say_what_is_wrong_with_a_value() -> None:
    with pytest.raises(ValueError, match="failure_rate: 2 is not a rate from 0 to 1"):
        Settings().updated({"failure_rate": 2})
    with pytest.raises(ValueError, match="unknown setting failures"):
        Settings().updated({"failures": 1})


def test_counters_count_queries_mutations_and_writes() -> None:
    call = seeded()
    call.shop.counters = Counters()
    call("{ shop { id } }")
    text = """mutation($title: String!) {
      productUpdate(product: {id: "gid://shopify/Product/1007", title: $title})
      { product { title } userErrors { message } } }"""
    call(text, title="Harbor Linen Shirt")
    call(text, title="Other")
    counted = call.shop.counters.to_json()
    assert (
        counted["requests"],
        counted["queries"],
        counted["mutations"],
        counted["writes"],
    ) == (3, 1, {"productUpdate": 2}, 1)
