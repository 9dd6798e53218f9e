"""The Shopify client and the demo shop keep the contract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway_ng.tests.contract.shopify_harness import (
    BulkCustomers,
    BulkOrders,
    BulkProducts,
    BulkVariants,
    Categories,
    Companies,
    Customers,
    ManyBulkVariants,
    ManyVariants,
    MarketPrices,
    Orders,
    Products,
    ShopifyHarness,
    Variants,
)
from gateway_ng.tests.contract.suite import CLAUSES, Clause, clauses

HARNESSES: tuple[type[ShopifyHarness], ...] = (
    Products,
    Companies,
    Customers,
    Variants,
    MarketPrices,
    Orders,
    Categories,
    BulkProducts,
    BulkCustomers,
    BulkVariants,
    BulkOrders,
)
CASES = [
    pytest.param(make, clause, id=f"{make.__name__}: {clause}")
    for make in HARNESSES
    for clause in clauses(make())
]


@pytest.mark.parametrize(("make", "clause"), CASES)
def test_the_shopify_client_keeps_the_contract(
    make: Callable[[], ShopifyHarness], clause: Clause
) -> None:
    clause(make())


@pytest.mark.parametrize("make", [ManyVariants, ManyBulkVariants])
def test_ten_thousand_variants_come(make: type[ShopifyHarness]) -> None:
    (clause,) = [one for one in CLAUSES if one.name == "ten_thousand_rows_come"]
    harness = make()
    assert clause.applies(harness)
    clause(harness)


def test_enough_of_the_contract_is_tried() -> None:
    tried = {make.__name__: len(clauses(make())) for make in HARNESSES}
    assert {name for name in tried if tried[name] < 35} == {
        "Companies",
        "Variants",
        "MarketPrices",
        "BulkVariants",
    }
    assert tried["Companies"] >= 20
    assert tried["Variants"] >= 25
    assert tried["MarketPrices"] >= 25
    assert tried["BulkVariants"] >= 25
