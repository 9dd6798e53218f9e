"""Prices and discounts of order lines, exact to the cent: Decimal in, Decimal out, no Odoo."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Price:
    """What goes on the line: `unit` before the discount, `discount` in percent."""

    unit: Decimal
    discount: Decimal = Decimal(0)


def rounded(amount, places):
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def net_of(quantity, unit_price, discount_amount):
    """What is charged for the line, with or without tax as the shop's prices are."""
    return quantity * unit_price - discount_amount


def fit(quantity, unit_price, discount_amount, places, digits, exact):
    """The unit price and percentage that give the shop's net amount to the cent.

    The shop's own price and a percentage of `digits` decimals where that gives it; else the net
    unit price, unrounded, without a percentage. `places` are the currency's decimals. `exact`: the
    company rounds sums, not lines, so a percentage must give the amount before any rounding.
    """
    if not discount_amount or not quantity:
        return Price(unit_price)
    net = net_of(quantity, unit_price, discount_amount)
    gross = quantity * unit_price
    if gross:
        percent = rounded(discount_amount / gross * _HUNDRED, digits)
        kept = gross * (1 - percent / _HUNDRED)
        if (kept if exact else rounded(kept, places)) == net:
            return Price(unit_price, percent)
    return Price(net / quantity)


def needs_amounts(net, taxes, included, places, per_line):
    """Whether Odoo would round these taxes otherwise than the shop did.

    `taxes`: (rate as a fraction, the shop's amount) pairs of one line.
    """
    base = net / (1 + sum(rate for rate, _amount in taxes)) if included else net
    for rate, amount in taxes:
        raw = base * rate
        if (rounded(raw, places) if per_line and not included else raw) != amount:
            return True
    return False


def is_on_cents(amount, places):
    return amount == rounded(amount, places)
