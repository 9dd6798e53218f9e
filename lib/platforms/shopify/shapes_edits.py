"""An order as it stands after its edits and before what was given back.

Shopify keeps what an edit took off: the line has its old quantity, and a refund without money names
the units. Whoever mirrors orders wants the lines as edited; `kept` says so, to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .scalars import decimals
from .shapes import Fields

ZERO = Decimal(0)


def mark_edits(fields: Fields) -> None:
    """Says of each refund whether it `isEdit`, and adds `kept` to each line (`{quantity, discount,
    taxLines}`) and to the order (`{totalPrice, totalTax}`). Without refunds nothing was taken off;
    where they are absent so is `kept`."""
    if "refunds" not in fields or "lines" not in fields:
        return
    taken: dict[str, list[Fields]] = {}
    for refund in fields["refunds"]:
        refund["isEdit"] = _is_edit(refund, fields)
        if refund["isEdit"]:
            for part in refund["lines"]:
                taken.setdefault(str(part["lineId"]), []).append(part)
    places = decimals(str(fields.get("currencyCode")))
    for line in fields["lines"]:
        line["kept"] = _kept(line, taken.get(line["id"], []), places)
    fields["kept"] = _totals(fields, [part for parts in taken.values() for part in parts])


def _is_edit(refund: Fields, order: Fields) -> bool:
    """Units taken off without money, by nobody who cancelled, took goods back or recorded a refund
    of Odoo."""
    if (
        refund.get("mark")
        or not order.get("edited")
        or order.get("cancelledAt")
        or refund.get("returnId")
    ):
        return False
    if _amount(refund.get("total")) or refund["transactions"]:
        return False
    return all(part.get("restockType") != "RETURN" for part in refund["lines"])


def _kept(line: Fields, parts: list[Fields], places: int) -> Fields:
    quantity = line.get("quantity") or 0
    if not parts:
        return {
            "quantity": quantity,
            "discount": line["discount"],
            "taxLines": line["taxLines"],
        }
    left = quantity - sum(part.get("quantity") or 0 for part in parts)
    price, off = _amount(line["unitPrice"]), _amount(line["discount"])
    worth = price * quantity - off - _sum(part["subtotal"] for part in parts)
    tax = _sum(line["taxLines"]) - _sum(part["tax"] for part in parts)
    currency = line["discount"].get("currencyCode")
    return {
        "quantity": left,
        "discount": {"amount": price * left - worth, "currencyCode": currency},
        "taxLines": _shared(line["taxLines"], tax, places),
    }


def _shared(taxes: list[Fields], total: Decimal, places: int) -> list[Fields]:
    """The taxes in their old proportion, together `total`; the last one takes the rest."""
    whole, rest, found = _sum(taxes), total, []
    for number, each in enumerate(taxes, 1):
        share = _amount(each) * total / whole if whole else ZERO
        part = share.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        part = rest if number == len(taxes) else part
        rest -= part
        kept = {name: each.get(name) for name in ("title", "rate", "currencyCode")}
        found.append({**kept, "amount": part})
    return found


def _totals(fields: Fields, taken: list[Fields]) -> Fields:
    """The total less what was taken off, unless Shopify's own lacks it already."""
    total, tax = _amount(fields.get("totalPrice")), _amount(fields.get("totalTax"))
    gone = _sum(part["tax"] for part in taken)
    worth = _sum(part["subtotal"] for part in taken)
    worth += ZERO if fields.get("taxesIncluded") else gone
    currency = (fields.get("totalPrice") or {}).get("currencyCode")
    if worth and total == _parts(fields):
        total, tax = total - worth, tax - gone
    return {
        "totalPrice": {"amount": total, "currencyCode": currency},
        "totalTax": {"amount": tax, "currencyCode": currency},
    }


def _parts(fields: Fields) -> Decimal:
    """What all that was ever ordered comes to."""
    lines = (
        _amount(line["unitPrice"]) * (line.get("quantity") or 0) - _amount(line["discount"])
        for line in fields["lines"]
    )
    freight = (_amount(p["price"]) - _amount(p["discount"]) for p in fields["shippingLines"])
    charged = (_amount(charge["price"]) for charge in fields["charges"])
    owners = [*fields["lines"], *fields["shippingLines"], *fields["charges"]]
    taxes = _sum(tax for owner in owners for tax in owner["taxLines"])
    net = sum(lines, ZERO) + sum(freight, ZERO) + sum(charged, ZERO)
    return net if fields.get("taxesIncluded") else net + taxes


def _sum(amounts: Iterable[Any]) -> Decimal:
    return sum((_amount(each) for each in amounts), ZERO)


def _amount(value: Any) -> Decimal:
    amount = value.get("amount") if isinstance(value, dict) else None
    return amount if isinstance(amount, Decimal) else ZERO
