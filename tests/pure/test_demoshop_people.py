"""Writing customers and orders, tags and webhooks."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.tests.pure.demoshop_client import Caller, seeded

SET = """mutation($input: CustomerSetInput!, $id: CustomerSetIdentifiers) {
  customerSet(input: $input, identifier: $id) {
    customer { id firstName note defaultEmailAddress { emailAddress }
      addressesV2(first: 10) { nodes { id city country province } } }
    userErrors { field message code } } }"""
HOME = {"address1": "1 Road", "city": "Austin", "countryCode": "US", "provinceCode": "TX"}


def customer_set(call: Caller, given: dict[str, Any], identifier: Any = None) -> Any:
    return call(SET, input=given, id=identifier)["customerSet"]


def test_customer_set_by_email_updates_the_one_there_is() -> None:
    call = seeded()
    who = {"email": "customer07@example.com"}
    answer = customer_set(call, {"note": "VIP"}, who)
    assert answer["customer"]["note"] == "VIP"
    assert call("{ customersCount { count } }")["customersCount"]["count"] == 30


def test_addresses_are_replaced_and_same_ones_keep_their_id() -> None:
    call = seeded()
    who = {"email": "new@example.com"}
    first = customer_set(call, {"addresses": [HOME]}, who)["customer"]["addressesV2"]["nodes"]
    assert (first[0]["country"], first[0]["province"]) == ("United States", "Texas")
    both = customer_set(call, {"addresses": [{**HOME, "city": "Dallas"}, HOME]}, who)["customer"]
    assert [row["city"] for row in both["addressesV2"]["nodes"]] == ["Dallas", "Austin"]
    assert first[0]["id"] == both["addressesV2"]["nodes"][1]["id"]
    one = customer_set(call, {"addresses": []}, who)["customer"]
    assert one["addressesV2"]["nodes"] == []


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"email": "customer01@example.com"}, "TAKEN", ["input", "email"]),
        ({"email": "nonsense"}, "INVALID", ["input", "email"]),
        ({"firstName": "A", "phone": "abc"}, "INVALID", ["input", "phone"]),
        ({"note": "nobody"}, "INVALID", None),
        (
            {"firstName": "A", "addresses": [{**HOME, "provinceCode": "XX"}]},
            "INVALID",
            ["input", "addresses", "0", "provinceCode"],
        ),
    ],
)
def test_a_refused_customer_is_not_made(given: dict[str, Any], code: str, field: Any) -> None:
    call = seeded()
    (error,) = customer_set(call, given)["userErrors"]
    assert (code, field) == (error["code"], error["field"])
    assert call.shop.counters.writes == 0


def test_a_customer_with_orders_can_t_be_deleted() -> None:
    call = seeded()
    (order,) = call.rows('{ orders(first: 1, query: "name:1001") { nodes { customer { id } } } }')
    text = """mutation($id: ID!) { customerDelete(input: {id: $id}) { deletedCustomerId
      userErrors { message } } }"""
    answer = call(text, id=order["customer"]["id"])["customerDelete"]
    assert "associated orders" in answer["userErrors"][0]["message"]


def test_an_order_is_created_with_taxes_and_leaves_stock_alone_by_default() -> None:
    call = seeded()
    store = call.shop.store
    key, variant = next(iter(store.tables["ProductVariant"].items()))
    before = store.dump()["tables"]["InventoryLevel"]
    text = """mutation($o: OrderCreateOrderInput!) { orderCreate(order: $o) { order {
      name totalPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } }
      lineItems(first: 5) { nodes { sku quantity } } } userErrors { field message code } } }"""
    price = {"priceSet": {"shopMoney": {"amount": "5.00", "currencyCode": "USD"}}}
    given = {
        "lineItems": [{"variantId": f"gid://shopify/ProductVariant/{key}", "quantity": 2}],
        "taxLines": [{"title": "Tax", "rate": "0.1"}],
        "shippingLines": [{"title": "Post", **price}],
    }
    order = call(text, o=given)["orderCreate"]["order"]
    assert variant["price"] == "59.00"
    assert (
        order["totalPriceSet"]["shopMoney"]["amount"],
        order["totalTaxSet"]["shopMoney"]["amount"],
    ) == ("135.3", "12.3")
    assert before == store.dump()["tables"]["InventoryLevel"]
    wrong = {**given, "lineItems": [{"variantId": "gid://shopify/ProductVariant/1", "quantity": 1}]}
    (error,) = call(text, o=wrong)["orderCreate"]["userErrors"]
    assert error["field"] == ["order", "lineItems", "0", "variantId"]


def test_tags_are_added_once_whatever_their_case_and_removed() -> None:
    call = seeded()
    text = """mutation($t: [String!]!) { tagsAdd(id: "gid://shopify/Product/1007", tags: $t) {
      node { ... on Product { tags } } userErrors { message } } }"""
    added = call(text, t=["New ", "LINEN", "new"])["tagsAdd"]["node"]["tags"]
    assert added == ["linen", "New", "summer"]
    gone = call(text.replace("tagsAdd", "tagsRemove"), t=["NEW"])["tagsRemove"]["node"]["tags"]
    assert gone == ["linen", "summer"]


def test_a_webhook_is_subscribed_once_per_topic_and_address() -> None:
    call = seeded()
    text = """mutation($u: String!) { webhookSubscriptionCreate(topic: PRODUCTS_UPDATE,
      webhookSubscription: {uri: $u, format: JSON}) { webhookSubscription { id topic uri }
      userErrors { field message } } }"""
    made = call(text, u="https://example.com/hook")["webhookSubscriptionCreate"]
    assert made["webhookSubscription"]["topic"] == "PRODUCTS_UPDATE"
    again = call(text, u="https://example.com/hook")["webhookSubscriptionCreate"]
    assert again["userErrors"][0]["message"] == "Address for this topic has already been taken"
    plain = call(text, u="http://example.com/hook")["webhookSubscriptionCreate"]
    assert "http:// is not supported" in plain["userErrors"][0]["message"]
