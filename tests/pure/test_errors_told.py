"""How an error becomes text: a sentence, the remedy in a line of its own, values in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.errors import GatewayError, Refused


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A", "'A'"),
        (Decimal("4.50"), "4.50"),
        (True, "true"),
        ({"amount": Decimal("1.0"), "code": None}, "amount: 1.0, code: nothing"),
        (["S", {"name": "M"}], "'S', name: 'M'"),
        ([], "nothing"),
        ("a\0b\nc", r"'a\x00b\nc'"),
        ("x" * 200, "'" + "x" * 118 + "…"),
    ],
)
def test_a_value_is_told_in_words_and_never_as_python_prints_it(value: Any, expected: str) -> None:
    assert Refused("no", value=value).told() == f"no (value: {expected})"


def test_the_remedy_stands_in_a_line_of_its_own_after_a_full_stop() -> None:
    error = GatewayError("not whole", record="order 7", field="total", remedy="Correct it.")
    assert str(error) == "order 7, field total: not whole.\nRemedy: Correct it."
    assert error.told() == "order 7, field total: not whole"
    assert str(GatewayError("It is over!", remedy="Rest.")) == "It is over!\nRemedy: Rest."
    assert str(GatewayError("no remedy", record="order 7")) == "order 7: no remedy"
