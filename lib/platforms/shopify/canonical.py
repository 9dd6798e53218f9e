"""Values as Shopify gives them back once stored. Only what is known to be changed is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .writes.product_create import slug

Values = Mapping[str, Any]
_CENT = Decimal("0.01")


def canonical(entity: str, values: Values) -> dict[str, Any]:
    """`values` (dotted or nested names, nested lists as element key → fields) as read back."""
    rules = _RULES.get(entity, {})
    return {name: _apply(rules, name, value) for name, value in values.items()}


def _apply(rules: Mapping[str, Callable[[Any], Any]], name: str, value: Any) -> Any:
    if name == "variants" and isinstance(value, Mapping):
        return {k: v and canonical("variant", v) for k, v in value.items()}
    if name == "inventoryItem" and isinstance(value, Mapping):
        return {k: _apply(rules, f"{name}.{k}", v) for k, v in value.items()}
    rule = rules.get(name)
    return rule(value) if rule else value


def _amount(value: Any) -> Any:
    return value.quantize(_CENT, ROUND_HALF_UP) if isinstance(value, Decimal) else value


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _tags(value: Any) -> Any:
    """Trimmed, each once whatever its case, in alphabetical order."""
    if not isinstance(value, (list, tuple, set, frozenset)):
        return value
    once: dict[str, str] = {}
    for tag in value:
        text = str(tag).strip()
        if text:
            once.setdefault(text.casefold(), text)
    return sorted(once.values(), key=lambda tag: (tag.casefold(), tag))


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _email(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _handle(value: Any) -> Any:
    return slug(value) if isinstance(value, str) else value


def _phone(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "".join(c for c in value if c.isdigit() or c == "+")


_PRICE = {"price": _amount, "compareAtPrice": _amount}
_RULES: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "product": {
        "title": _trimmed,
        "tags": _tags,
        "status": _upper,
        "handle": _handle,
    },
    "variant": {
        **_PRICE,
        "sku": _trimmed,
        "barcode": _trimmed,
        "inventoryItem.unitCost": _amount,
    },
    "price": _PRICE,
    "customer": {
        "email": _email,
        "phone": _phone,
        "firstName": _trimmed,
        "lastName": _trimmed,
        "tags": _tags,
    },
}
