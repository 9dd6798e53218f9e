"""Values as WooCommerce gives them back once stored. Only what is known to change is changed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from ...tags import tag_set
from .scalars import number

Values = Mapping[str, Any]
Rule = Callable[[Any], Any]

_TAG = re.compile(r"<[A-Za-z/!][^>]*>")


def canonical(entity: str, values: Values) -> dict[str, Any]:
    """`values` (dotted or nested names, nested lists as element key → fields) as read back."""
    rules = _RULES.get(entity, {})
    return {name: _apply(rules, name, value) for name, value in values.items()}


def _apply(rules: Mapping[str, Rule], name: str, value: Any) -> Any:
    if name == "variants" and isinstance(value, Mapping):
        return {k: v and canonical("variant", v) for k, v in value.items()}
    rule = rules.get(name)
    return rule(value) if rule else value


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _name(value: Any) -> Any:
    return stored_name(value) if isinstance(value, str) else value


def stored_name(name: str) -> str:
    """Tags are taken out of names, and what looks like one: «12" <XL>» becomes «12"»."""
    return html.unescape(_TAG.sub("", name)).strip()


def _text(value: Any) -> Any:
    """The shop knows no null: text that is not set is empty."""
    return "" if value is None else _trimmed(value)


def _email(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _tax_class(value: Any) -> Any:
    return "" if value in (None, "standard") else value


def _amount(value: Any) -> Any:
    return number(value) if isinstance(value, str) else value


def _tags(value: Any) -> Any:
    """Terms of their own, each once whatever its case. Null takes them all away."""
    if value is not None and not isinstance(value, (list, tuple)):
        return value
    return tag_set(value or (), stored_name)


_SOLD: Mapping[str, Rule] = {
    "sku": _text,
    "global_unique_id": _text,
    "tax_class": _tax_class,
    "regular_price": _amount,
    "sale_price": _amount,
}
_RULES: Mapping[str, Mapping[str, Rule]] = {
    "product": {**_SOLD, "name": _name, "tags": _tags},
    "variant": _SOLD,
    "price": {"regular_price": _amount, "sale_price": _amount},
    "category": {"name": _name, "slug": _trimmed},
    "customer": {
        "email": _email,
        "first_name": _text,
        "last_name": _text,
        **{
            f"{side}.{name}": _text
            for side in ("billing", "shipping")
            for name in (
                "first_name",
                "last_name",
                "company",
                "address_1",
                "address_2",
                "city",
                "postcode",
                "country",
                "state",
                "phone",
                "email",
            )
        },
    },
}
