"""Single values from WooCommerce's JSON, and back. What does not parse is passed on as it came: the
typed record names record, field and value better than this place could."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from ...mapping.problem import Problem
from ...mapping.times import parse_moment

#: What one unit of the shop's weight setting is in kilograms.
KILOGRAMS: Mapping[str, Decimal] = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
#: Stands for times that a shop does not have; before all others.
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def number(value: Any) -> Any:
    """A Decimal from text or a number; null for "" (nothing set)."""
    if value == "":
        return None
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        try:
            parsed = Decimal(value)
        except InvalidOperation:
            return value
        return parsed if parsed.is_finite() else value
    return value


def amount(value: Any) -> Decimal:
    """A Decimal from text or a number; zero for what is none."""
    parsed = number(value)
    return parsed if isinstance(parsed, Decimal) else Decimal(0)


def moment(value: Any) -> Any:
    """An aware UTC datetime from the naive text of a `*_gmt` field; null for "" and null."""
    if not isinstance(value, str):
        return value
    if value in ("", "0000-00-00T00:00:00"):
        return None
    try:
        parsed = parse_moment(value)
    except Problem:
        return value
    return parsed.astimezone(timezone.utc) if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


def moment_text(value: datetime) -> str:
    """The moment for a filter or a `*_gmt` field: naive UTC, whole seconds. Filters need
    `dates_are_gmt` beside it; with a «Z» that flag shifts the moment by the site's offset."""
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def plain(value: Any) -> Any:
    """Text without HTML entities: names come encoded."""
    return html.unescape(value) if isinstance(value, str) else value


def kilograms(value: Any, unit: str) -> Any:
    """Weight in kilograms; null where none is set."""
    weight = number(value)
    if not isinstance(weight, Decimal):
        return weight
    return (weight * KILOGRAMS[unit]).normalize() + 0


def weight_text(value: Any, unit: str) -> Any:
    """Kilograms as the shop's unit, as text; "" for null."""
    if not isinstance(value, Decimal):
        return "" if value is None else value
    return format((value / KILOGRAMS[unit]).normalize() + 0, "f")


def id_text(value: Any) -> str | None:
    """An id as text; null for 0, "" and null, which WooCommerce gives for «none»."""
    return str(value) if value not in (0, "", None) else None


# -- ids of variants ---------------------------------------------------------------------------
#
# Products and variations share one range of ids, but a variation can only be written, and before
# 10.3 only be listed, below its product. So a variation's id names both: «48/61».


def variant_id(product: Any, variation: Any = None) -> str | None:
    """«48/61» for a variation, «13» for a product without variations."""
    parent, own = id_text(product), id_text(variation)
    if parent is None:
        return None
    return f"{parent}/{own}" if own else parent


def split_id(id_: str) -> tuple[int, int | None] | None:
    """(product, variation or None) of a variant's id; None for what is no such id."""
    product, slash, variation = id_.partition("/")
    if not is_id(product) or (slash and not is_id(variation)):
        return None
    return int(product), int(variation) if slash else None


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
