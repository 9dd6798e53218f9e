"""Single values from Shopify's JSON, and back. What does not parse is passed on as it came: the
typed record names record, field and value better than this place could."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from ...mapping.problem import Problem
from ...mapping.times import parse_moment

_GID = re.compile(r"gid://shopify/[A-Za-z]+/\d{1,20}(\?[\w=&]*)?")

_KILOGRAMS = {
    "KILOGRAMS": Decimal(1),
    "GRAMS": Decimal("0.001"),
    "POUNDS": Decimal("0.45359237"),
    "OUNCES": Decimal("0.028349523125"),
}


#: Currencies whose amounts have not two decimals (ISO 4217).
_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def decimals(currency: str) -> int:
    """How many decimals an amount of this currency has; 2 where it is not known."""
    return _DECIMALS.get(currency, 2)


def number(value: Any) -> Any:
    """A Decimal from Money, Decimal and Float fields ("19.99", 0.19)."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        try:
            parsed = Decimal(value)
        except InvalidOperation:
            return value
        return parsed if parsed.is_finite() else value
    return value


def moment(value: Any) -> Any:
    """An aware UTC datetime from ISO 8601 text."""
    if not isinstance(value, str):
        return value
    try:
        parsed = parse_moment(value)
    except Problem:
        return value
    return parsed.astimezone(timezone.utc) if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


def moment_text(value: datetime) -> str:
    """The moment for a search filter, cut to whole seconds (Shopify's precision)."""
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(bag: Any) -> Any:
    """`{amount, currencyCode}` in the shop's currency; where the customer's was asked for too, it
    stands beside as `presentment`."""
    if not isinstance(bag, Mapping):
        return bag
    shop = _amount(bag.get("shopMoney")) or {}
    if "presentmentMoney" not in bag:
        return shop
    return {**shop, "presentment": _amount(bag["presentmentMoney"])}


def _amount(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    return {"amount": number(value.get("amount")), "currencyCode": value.get("currencyCode")}


def kilograms(weight: Any) -> Any:
    """Weight in kilograms; null where none is set."""
    if not isinstance(weight, Mapping):
        return None
    factor, value = _KILOGRAMS.get(str(weight.get("unit"))), number(weight.get("value"))
    if factor is None or not isinstance(value, Decimal):
        return None
    return (value * factor).normalize() + 0


def number_of(gid: str) -> int:
    """The number at the end of a gid, for sorting by id as Shopify does; 0 where there is none."""
    digits = gid.partition("?")[0].rpartition("/")[2]
    return int(digits) if digits.isdigit() else 0


def is_gid(text: str) -> bool:
    """Whether the shop would take this as an id; one malformed id fails a whole request."""
    return _GID.fullmatch(text) is not None


def gid(kind: str, number_: Any) -> str:
    """The gid for a REST id (`legacyResourceId`, an `id` in a webhook)."""
    return f"gid://shopify/{kind}/{number_}"
