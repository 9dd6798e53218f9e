"""The Shopify client and the demo shop keep the contract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway_ng.tests.contract.shopify_harness import (
    Customers,
    ManyVariants,
    Orders,
    Products,
    ShopifyHarness,
    Variants,
)
from gateway_ng.tests.contract.suite import CLAUSES, Clause, clauses

HARNESSES: tuple[type[ShopifyHarness], ...] = (Products, Customers, Variants, Orders)
CASES = [
    pytest.param(make, clause, id=f"{make.entity}: {clause}")
    for make in HARNESSES
    for clause in clauses(make())
]


@pytest.mark.parametrize(("make", "clause"), CASES)
def test_the_shopify_client_keeps_the_contract(
    make: Callable[[], ShopifyHarness], clause: Clause
) -> None:
    clause(make())


def test_ten_thousand_variants_come() -> None:
    (clause,) = [one for one in CLAUSES if one.name == "ten_thousand_rows_come"]
    harness = ManyVariants()
    assert clause.applies(harness)
    clause(harness)


def test_enough_of_the_contract_is_tried() -> None:
    tried = {make.entity: len(clauses(make())) for make in HARNESSES}
    assert tried["product"] >= 35
    assert tried["customer"] >= 35
    assert tried["variant"] >= 25
    assert tried["order"] >= 35
