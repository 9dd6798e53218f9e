"""The WooCommerce client and the simulated shop keep the contract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway_ng.tests.contract.suite import CLAUSES, Clause, clauses
from gateway_ng.tests.contract.woocommerce_harness import (
    Categories,
    Customers,
    ManyCustomers,
    OlderVariable,
    OlderVariants,
    Orders,
    Products,
    Variable,
    Variants,
    WooCommerceHarness,
)

HARNESSES: tuple[type[WooCommerceHarness], ...] = (
    Categories,
    Customers,
    OlderVariable,
    OlderVariants,
    Orders,
    Products,
    Variable,
    Variants,
)
CASES = [
    pytest.param(make, clause, id=f"{make.__name__}: {clause}")
    for make in HARNESSES
    for clause in clauses(make())
]


@pytest.mark.parametrize(("make", "clause"), CASES)
def test_the_woocommerce_client_keeps_the_contract(
    make: Callable[[], WooCommerceHarness], clause: Clause
) -> None:
    clause(make())


def test_ten_thousand_customers_come() -> None:
    (clause,) = [one for one in CLAUSES if one.name == "ten_thousand_rows_come"]
    harness = ManyCustomers()
    assert clause.applies(harness)
    clause(harness)


def test_enough_of_the_contract_is_tried() -> None:
    tried = {make.__name__: len(clauses(make())) for make in HARNESSES}
    assert tried["Products"] >= 37
    assert tried["Variable"] >= 40
    assert tried["Customers"] >= 35
    assert tried["Variants"] >= 24
    assert tried["Orders"] >= 24
