"""Amounts: text in the store, Decimal in arithmetic, halves rounded up as Shopify does."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

#: Currencies without the usual two decimals (ISO 4217).
DECIMALS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "KWD": 3, "BHD": 3, "TND": 3}


#: Amounts of orders whose names do not end in `Set`.
BARE = frozenset({"price", "discountedWithCodes"})


def quantum(currency: str) -> Decimal:
    return Decimal(1).scaleb(-DECIMALS.get(currency, 2))


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(quantum(currency), rounding=ROUND_HALF_UP)


def text(amount: Decimal | str | int, currency: str) -> str:
    """The stored form: plain digits with the currency's decimals."""
    return format(rounded(Decimal(amount), currency), "f")


def parse(value: object) -> Decimal | None:
    """A finite amount, or None when the text is not one."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def as_decimal_scalar(stored: str) -> str:
    """How `MoneyV2.amount` looks in answers: at least one decimal, no further trailing zeros."""
    whole, _, part = stored.partition(".")
    return f"{whole}.{part.rstrip('0') or '0'}"


def spread(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`total` in proportion to `weights`; the parts add up to it to the last cent.

    What is left after rounding down goes to the largest remainders, earlier ones first.
    """
    whole = sum(weights, Decimal(0))
    if not whole:
        return [Decimal(0) for _ in weights]
    step = quantum(currency)
    exact = [total * weight / whole for weight in weights]
    parts = [(part // step) * step for part in exact]
    left = int((total - sum(parts, Decimal(0))) / step)
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in order[:left]:
        parts[index] += step
    return parts


def amount_of(stored: object) -> Decimal:
    """A stored amount, in the shop's currency where two are kept (`presented`)."""
    return Decimal(stored["shop"] if isinstance(stored, dict) else str(stored))


def presented(record: Any, rate: Decimal, code: str) -> Any:
    """`record` with each of its amounts kept in both currencies: the shop's and, at `rate`, `code`,
    in which the customer paid."""
    if isinstance(record, list):
        return [presented(each, rate, code) for each in record]
    if not isinstance(record, dict):
        return record
    return {
        name: {"shop": value, "presentment": text(Decimal(value) * rate, code), "currency": code}
        if isinstance(value, str) and (name.endswith("Set") or name in BARE)
        else presented(value, rate, code)
        for name, value in record.items()
    }
