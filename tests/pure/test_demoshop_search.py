"""The search syntax, on real tables."""

from __future__ import annotations

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.tests.pure.demoshop_client import Caller, seeded


@pytest.fixture(scope="module")
def call() -> Caller:
    return seeded(bucket=1_000_000)


def count(call: Caller, table: str, query: str) -> int:
    text = f"query($q: String) {{ {table}Count(query: $q) {{ count }} }}"
    return int(call(text, q=query)[f"{table}Count"]["count"])


@pytest.mark.parametrize(
    ("table", "query", "expected"),
    [
        ("products", "", 20),
        ("products", "vendor:Softmoor", 5),
        ("products", "vendor:softmoor status:draft", 0),
        ("products", "status:draft", 1),
        ("products", "status:draft,active", 20),
        ("products", "-status:draft", 19),
        ("products", "NOT vendor:Softmoor AND NOT vendor:Plainweave", 10),
        ("products", "vendor:Softmoor OR vendor:Plainweave", 10),
        ("products", "(vendor:Softmoor OR vendor:Plainweave) tag:cotton", 4),
        ("products", "tag:linen", 2),
        ("products", "tag_not:linen", 18),
        ("products", "handle:winter-parka", 1),
        ("products", "handle:winter*", 1),
        ("products", 'title:"Everyday Tee “Basic”"', 1),
        ("products", "title:müll", 1),
        ("products", "parka", 1),
        ("products", "sku:JAC-005-S", 1),
        ("productVariants", "sku:JAC-005-S", 1),
        ("productVariants", "sku:'JAC-005-S' OR sku:JAC-005-M OR sku:nothing", 2),
        ("productVariants", "sku:jac-005-*", 4),
        ("productVariants", "barcode:2000000010007", 1),
        ("productVariants", "sku:*", 80),
        ("customers", "email:customer07@example.com", 1),
        ("customers", "email:CUSTOMER07@EXAMPLE.COM", 1),
        ("customers", "email:customer07", 0),
        ("customers", 'first_name:"顧客"', 5),
        ("orders", "name:#1003", 1),
        ("orders", "name:1003", 1),
        ("orders", "status:cancelled", 1),
        ("orders", "status:open", 49),
        ("orders", "financial_status:paid -fulfillment_status:fulfilled", 24),
    ],
)
def test_a_query_finds(call: Caller, table: str, query: str, expected: int) -> None:
    assert expected == count(call, table, query)


def test_times_compare_with_and_without_quotes_and_fractions() -> None:
    clock = FakeClock()
    call = seeded(clock)
    rows = call.rows("{ products(first: 20, sortKey: UPDATED_AT) { nodes { updatedAt } } }")
    eighth = rows[7]["updatedAt"]
    assert count(call, "products", f"updated_at:>='{eighth}'") == 13
    assert count(call, "products", f"updated_at:>{eighth}") == 12
    assert count(call, "products", f'updated_at:<"{eighth}"') == 7
    later = eighth.replace("Z", ".500000Z")
    assert count(call, "products", f"updated_at:>='{later}'") == 12
    shifted = eighth.replace("Z", "+00:00")
    assert count(call, "products", f"updated_at:<='{shifted}'") == 8


def test_ids_compare_as_numbers(call: Caller) -> None:
    rows = call.rows("{ products(first: 20) { nodes { legacyResourceId } } }")
    ninth = rows[8]["legacyResourceId"]
    assert count(call, "products", f"id:{ninth}") == 1
    assert count(call, "products", f"id:>={ninth}") == 12
    assert count(call, "products", f"id:>{ninth} id:<{rows[13]['legacyResourceId']}") == 4


def test_an_unknown_search_field_widens_the_result_and_is_counted() -> None:
    call = seeded()
    body = call.body('{ products(first: 250, query: "modified_at:>2026-01-01") { nodes { id } } }')
    assert len(body["data"]["products"]["nodes"]) == 20
    (found,) = body["extensions"]["search"]
    assert found["path"] == ["products"]
    assert found["warnings"][0]["field"] == "modified_at"
    assert call.shop.counters.to_json()["warnings"] == {"products: modified_at": 1}


def test_a_date_that_is_none_widens_too() -> None:
    call = seeded()
    body = call.body('{ products(first: 250, query: "updated_at:>=yesterday") { nodes { id } } }')
    assert len(body["data"]["products"]["nodes"]) == 20
    assert body["extensions"]["search"][0]["warnings"][0]["field"] == "updated_at"


@pytest.mark.parametrize("query", ["(", ")", "-", "NOT", "OR", "a OR", '"', "sku:", "()", ":::"])
def test_broken_syntax_answers_without_a_crash(call: Caller, query: str) -> None:
    assert count(call, "products", query) >= 0
