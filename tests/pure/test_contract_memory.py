"""The endpoint in memory keeps the contract, however it is configured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway_ng.tests.contract.memory_harness import MemoryHarness
from gateway_ng.tests.contract.suite import CLAUSES, Clause, clauses


def strip(name: str, value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


CONFIGURATIONS: dict[str, Callable[[], MemoryHarness]] = {
    "by time": lambda: MemoryHarness(),
    "unordered": lambda: MemoryHarness(order="unordered"),
    "transactional": lambda: MemoryHarness(transactional=True),
    "comparing": lambda: MemoryHarness(capabilities=["compare_and_set"]),
    "keyed": lambda: MemoryHarness(capabilities=["idempotency_key"]),
    "normalising": lambda: MemoryHarness(normalise=strip),
    "normalising in silence": lambda: MemoryHarness(normalise=strip, predictable=False),
    "without records in results": lambda: MemoryHarness(answers=False),
    "pages of one": lambda: MemoryHarness(page_size=1),
    "large": lambda: MemoryHarness(page_size=250, many=True),
    "large and unordered": lambda: MemoryHarness(page_size=250, many=True, order="unordered"),
}
CASES = [
    pytest.param(make, clause, id=f"{name}: {clause}")
    for name, make in CONFIGURATIONS.items()
    for clause in clauses(make())
]


@pytest.mark.parametrize(("make", "clause"), CASES)
def test_the_endpoint_in_memory_keeps_the_contract(
    make: Callable[[], MemoryHarness], clause: Clause
) -> None:
    clause(make())


def test_every_clause_is_tried_by_some_configuration() -> None:
    tried = {clause.name for make in CONFIGURATIONS.values() for clause in clauses(make())}
    assert tried == {clause.name for clause in CLAUSES}
    assert len(CLAUSES) == len(tried)
