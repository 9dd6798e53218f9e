"""How the values of Shopify's ops are nested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....endpoint import Op
from ...work import Nesting, Work, rounds
from ...work import begin as begin_all

__all__ = ["Work", "begin", "expand", "rounds"]

_NESTING = Nesting(
    frozenset(
        {
            "variants",
            "prices",
            "addresses",
            "lines",
            "shippingLines",
            "fulfillments",
            "returns",
            "refunds",
        }
    ),
    frozenset({"options", "optionTexts", "customAttributes"}),
)
expand = _NESTING.expand


def begin(ops: Sequence[Op], writable: Mapping[str, Any]) -> list[Work]:
    """Work for `ops`; an op with a field that can't be written is refused at once."""
    return begin_all(ops, _NESTING, writable, "Shopify")
