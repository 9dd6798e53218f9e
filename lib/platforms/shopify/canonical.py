"""Values as Shopify gives them back once stored. Only what is known to be changed is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ...tags import tag_set
from .scalars import decimals
from .writes.product_create import slug

Values = Mapping[str, Any]
_NONE: Mapping[str, str] = {}


def canonical(
    entity: str, values: Values, currency: str = "", lists: Mapping[str, str] = _NONE
) -> dict[str, Any]:
    """`values` (dotted or nested names, nested lists as element key → fields) as read back, amounts
    rounded as those of `currency`. `lists`: price list → its own currency."""
    if entity == "market_price" and isinstance(values.get("prices"), Mapping):
        prices = {
            key: fields and canonical(entity, fields, lists.get(key, currency))
            for key, fields in values["prices"].items()
        }
        values = {**values, "prices": prices}
    rules = _RULES.get(entity, {})
    return {name: _apply(rules, name, value, currency) for name, value in values.items()}


def _apply(rules: Mapping[str, Callable[[Any], Any]], name: str, value: Any, currency: str) -> Any:
    if name == "variants" and isinstance(value, Mapping):
        return {k: v and canonical("variant", v, currency) for k, v in value.items()}
    if name == "seo" and isinstance(value, Mapping):
        return {k: _apply(rules, f"{name}.{k}", v, currency) for k, v in value.items()}
    if name == "inventoryItem" and isinstance(value, Mapping):
        return {k: _apply(rules, f"{name}.{k}", v, currency) for k, v in value.items()}
    if name in _AMOUNTS and isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_HALF_UP)
    if "@" in name:  # a translation: empty ones there are none
        return value or None
    rule = rules.get(name)
    return rule(value) if rule else value


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _tags(value: Any) -> Any:
    """Each once whatever its case; a comma parts two tags. Null takes them all away."""
    if value is not None and not isinstance(value, (list, tuple)):
        return value
    return tag_set(part for tag in value or () for part in str(tag).split(","))


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


_AMOUNTS = frozenset({"price", "compareAtPrice", "inventoryItem.unitCost"})
_RULES: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "product": {
        "title": _trimmed,
        "tags": _tags,
        "status": _upper,
        "handle": _handle,
    },
    "variant": {
        "sku": _trimmed,
        "barcode": _trimmed,
    },
    "customer": {
        "email": _email,
        "phone": _phone,
        "firstName": _trimmed,
        "lastName": _trimmed,
        "tags": _tags,
    },
}
