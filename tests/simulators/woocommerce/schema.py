"""What single calls check and batches do not: the types and words of a body's fields."""

from __future__ import annotations

from typing import Any

from .errors import invalid_param
from .orders import STATUSES

_STRINGS = frozenset(
    {"regular_price", "sale_price", "name", "sku", "weight", "description", "total", "subtotal"}
)
_ENUMS = {
    "products": {
        "type": ("simple", "grouped", "external", "variable"),
        "status": ("draft", "pending", "private", "publish", "future", "auto-draft", "trash"),
        "backorders": ("no", "notify", "yes"),
        "tax_status": ("taxable", "shipping", "none"),
    },
    "orders": {"status": STATUSES},
}


def check(kind: str, data: dict[str, Any]) -> None:
    for name, value in data.items():
        if name in _STRINGS and value is not None and not isinstance(value, str):
            raise invalid_param(name, f"{name} is not of type string.")
        words = _ENUMS.get(kind, {}).get(name)
        if words and value not in words:
            raise invalid_param(name, f"{name} is not one of {', '.join(words)}.")
    quantity = data.get("stock_quantity")
    if isinstance(quantity, float) and quantity != int(quantity):
        raise invalid_param("stock_quantity", "stock_quantity is not of type integer.")
