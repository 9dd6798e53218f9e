"""What queries cost, and the bucket that pays."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.tests.pure.demoshop_client import Caller, seeded

PRODUCT = {"id": "gid://shopify/Product/1007"}
TAG = """mutation { tagsAdd(id: "gid://shopify/Product/1007", tags: ["a"]) {
  node { id } userErrors { message } } }"""


def cost(call: Caller, query: str, **variables: Any) -> tuple[int, int | None]:
    found = call.body(query, **variables)["extensions"]["cost"]
    return found["requestedQueryCost"], found["actualQueryCost"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('{ productByIdentifier(identifier: {handle: "none"}) { id title } }', 1),
        ("{ products(first: 10) { nodes { id title status } } }", 6),
        ("{ products(first: 10) { edges { cursor node { id } } pageInfo { hasNextPage } } }", 6),
        (
            '{ product(id: "gid://shopify/Product/1") { variants(first: 250) { nodes {'
            " inventoryItem { id tracked } } } } }",
            25,
        ),
    ],
)
def test_requested_cost_is_as_published_answers_show(query: str, expected: int) -> None:
    assert expected == cost(seeded(), query)[0]


def test_actual_cost_counts_what_was_found() -> None:
    call = seeded()
    text = '{ products(first: 10, query: "%s") { nodes { id } } }'
    assert cost(call, text % "tag:linen") == (6, 3)
    assert cost(call, text % "tag:nothing") == (6, 2)


def test_a_mutation_costs_10_and_a_product_set_more_by_variants_and_metafields() -> None:
    call = seeded()
    assert cost(call, TAG)[0] == 10
    text = """mutation($input: ProductSetInput!) { productSet(input: $input) { product { id }
      userErrors { message } } }"""
    values = [{"name": f"v{i}"} for i in range(20)]
    variants = [{"optionValues": [{"optionName": "A", "name": f"v{i}"}]} for i in range(20)]
    given = {
        "title": "x",
        "productOptions": [{"name": "A", "values": values}],
        "variants": variants,
    }
    meta = [{"namespace": "a", "key": str(i), "value": "1", "type": "id"} for i in range(5)]
    assert cost(call, text, input={**given, "metafields": meta})[0] == 16


def test_the_linear_rule_can_be_chosen() -> None:
    call = seeded(connection_cost="linear")
    assert cost(call, "{ products(first: 250) { nodes { id } } }")[0] == 252


def test_the_dearest_choice_of_a_union_counts() -> None:
    call = seeded()
    text = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { id }
      ... on ProductVariant { id product { id } inventoryItem { id } } } }"""
    assert cost(call, text, ids=["gid://shopify/Product/1007"])[0] == 3


def test_a_query_of_more_than_1000_points_is_refused_unrun() -> None:
    call = seeded(connection_cost="linear")
    text = "{ products(first: 250) { nodes { variants(first: 10) { nodes { id } } } } }"
    body = call.body(text)
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert call.shop.counters.queries == 0


def test_an_empty_bucket_throttles_with_http_200_and_refills_with_time() -> None:
    clock = FakeClock()
    call = seeded(clock, bucket=20, restore_rate=5)
    call(TAG)
    call(TAG)
    body = call.body(TAG)
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    found = body["extensions"]["cost"]
    assert (
        found["requestedQueryCost"],
        found["actualQueryCost"],
        found["throttleStatus"]["currentlyAvailable"],
        found["throttleStatus"]["restoreRate"],
    ) == (10, None, 0, 5.0)
    clock.advance(2)
    assert call(TAG) == {"tagsAdd": {"node": PRODUCT, "userErrors": []}}


def test_what_was_not_used_is_given_back() -> None:
    call = seeded()
    body = call.body('{ products(first: 250, query: "tag:nothing") { nodes { id } } }')
    assert body["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 1998
