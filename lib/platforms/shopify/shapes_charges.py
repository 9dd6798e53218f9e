"""What an order charges besides goods and shipping: tips, duties, fees; and the shape of taxes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .scalars import money, number
from .shapes import Fields, Node, nodes


def taxes(lines: Any) -> list[Fields]:
    """`rate` is a fraction (0.19), `amount` in the shop's currency."""
    return [
        {
            "title": item.get("title"),
            "rate": number(item.get("rate")),
            **(money(item.get("priceSet")) or {}),
        }
        for item in nodes(lines)
    ]


def charges(node: Node, tipped: Sequence[Node]) -> list[Fields]:
    """`{id, kind: tip|duty|fee, name, price, discount, taxLines}` each. Duties that the prices
    hold already (`dutiesIncluded`) are not charged again."""
    found = [_tip(item) for item in tipped]
    if not node.get("dutiesIncluded"):
        for item in nodes(node["lineItems"]):
            found += [_duty(item, duty) for duty in nodes(item.get("duties"))]
    return found + [_fee(fee) for fee in nodes(node.get("additionalFees"))]


def _tip(item: Node) -> Fields:
    price = money(item.get("originalUnitPriceSet")) or {}
    return {
        "id": item.get("id"),
        "kind": "tip",
        "name": item.get("name") or item.get("title"),
        "price": price,
        "taxLines": taxes(item.get("taxLines")),
    }


def _duty(item: Node, duty: Node) -> Fields:
    return {
        "id": duty.get("id"),
        "kind": "duty",
        "name": f"{item.get('name') or item.get('title')} ({duty.get('harmonizedSystemCode')})"
        if duty.get("harmonizedSystemCode")
        else item.get("name") or item.get("title"),
        "price": money(duty.get("price")) or {},
        "taxLines": taxes(duty.get("taxLines")),
    }


def _fee(fee: Node) -> Fields:
    return {
        "id": fee.get("id"),
        "kind": "fee",
        "name": fee.get("name"),
        "price": money(fee.get("price")) or {},
        "taxLines": taxes(fee.get("taxLines")),
    }


def tips(node: Node) -> list[Node]:
    """The lines that are tips. Nothing marks them: they are lines of no product that can't be
    fulfilled, and together they are the order's tip; where that does not come out, none is one."""
    received = _amount(node.get("totalTipReceivedSet"))
    if not received:
        return []
    might = [item for item in nodes(node["lineItems"]) if _might_be_tip(item)]
    sure = [item for item in might if _price(item) == received][:1]
    return might if sum(map(_price, might), Decimal(0)) == received else sure


def _might_be_tip(item: Node) -> bool:
    if item.get("product") or item.get("variant") or item.get("isGiftCard"):
        return False
    quantity = item.get("quantity")
    return not item.get("requiresShipping") and item.get("nonFulfillableQuantity") == quantity


def _price(item: Node) -> Decimal:
    quantity = item.get("quantity")
    times = quantity if isinstance(quantity, int) else 0
    return times * _amount(item.get("originalUnitPriceSet"))


def _amount(bag: Any) -> Decimal:
    amount = (money(bag) or {}).get("amount")
    return amount if isinstance(amount, Decimal) else Decimal(0)
