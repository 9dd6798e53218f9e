"""An order's node → the flat fields of its record: all that an import with lines needs.

Amounts are `{amount, currencyCode}` in the shop's currency; those of the order as a whole have the
customer's beside as `presentment` (see `scalars.money`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .scalars import moment, money, number
from .shapes import Fields, Node, address, copied, nodes

_PLAIN = (
    "id",
    "legacyResourceId",
    "name",
    "number",
    "cancelReason",
    "confirmed",
    "test",
    "email",
    "phone",
    "note",
    "tags",
    "currencyCode",
    "presentmentCurrencyCode",
    "taxesIncluded",
    "taxExempt",
    "displayFinancialStatus",
    "displayFulfillmentStatus",
    "sourceName",
    "poNumber",
    "paymentGatewayNames",
    "discountCodes",
    "customer",
)
_TIMES = ("createdAt", "updatedAt", "processedAt", "cancelledAt", "closedAt")
_TOTALS = (
    "subtotalPrice",
    "totalDiscounts",
    "totalShippingPrice",
    "totalTax",
    "totalPrice",
    "currentTotalPrice",
    "totalReceived",
    "totalRefunded",
)


def order(node: Node) -> Fields:
    """The record: plain fields, times, totals, addresses, `lines`, `shippingLines`, `discounts`,
    `taxLines`, and `locationId` (absent without a scope to read fulfillment orders)."""
    fields = {**copied(node, _PLAIN), **copied(node, _TIMES, moment)}
    for name in _TOTALS:
        if f"{name}Set" in node:
            fields[name] = money(node[f"{name}Set"])
    fields.update(copied(node, ("billingAddress", "shippingAddress"), address))
    if "taxLines" in node:
        fields["taxLines"] = _taxes(node["taxLines"])
    if "lineItems" in node:
        fields["lines"] = [line(item) for item in nodes(node["lineItems"])]
    if "shippingLines" in node:
        fields["shippingLines"] = [_shipping(item) for item in nodes(node["shippingLines"])]
    if "discountApplications" in node:
        fields["discounts"] = [_discount(item) for item in nodes(node["discountApplications"])]
    if "fulfillmentOrders" in node:
        fields["locationId"] = _location(nodes(node["fulfillmentOrders"]))
    return fields


def line(node: Node) -> Fields:
    """One order line. `discount` sums the allocations of all discounts, order-level ones too, for
    all ordered units; `discountedTotal` holds line-level automatic discounts only (Shopify's)."""
    names = (
        "id",
        "title",
        "name",
        "variantTitle",
        "sku",
        "vendor",
        "quantity",
        "currentQuantity",
        "unfulfilledQuantity",
        "taxable",
        "requiresShipping",
        "isGiftCard",
    )
    return {
        **copied(node, names),
        "productId": _id(node.get("product")),
        "variantId": _id(node.get("variant")),
        "unitPrice": money(node.get("originalUnitPriceSet")),
        "discountedTotal": money(node.get("discountedTotalSet")),
        "discount": _allocated(node, node.get("originalUnitPriceSet")),
        "taxLines": _taxes(node.get("taxLines")),
    }


def _shipping(node: Node) -> Fields:
    return {
        **copied(node, ("id", "title", "code", "source")),
        "price": money(node.get("originalPriceSet")),
        "discountedPrice": money(node.get("discountedPriceSet")),
        "discount": _allocated(node, node.get("originalPriceSet")),
        "taxLines": _taxes(node.get("taxLines")),
    }


def _discount(node: Node) -> Fields:
    value = node.get("value")
    value = value if isinstance(value, Mapping) else {}
    return {
        **copied(node, ("index", "targetType", "targetSelection", "allocationMethod")),
        "code": node.get("code"),
        "title": node.get("title") or node.get("code"),
        "amount": number(value.get("amount")),
        "percentage": number(value.get("percentage")),
    }


def _taxes(lines: Any) -> list[Fields]:
    """`rate` is a fraction (0.19), `amount` in the shop's currency."""
    return [
        {
            "title": item.get("title"),
            "rate": number(item.get("rate")),
            **(money(item.get("priceSet")) or {}),
        }
        for item in nodes(lines)
    ]


def _allocated(node: Node, like: Any) -> Fields:
    """The sum of the allocations; zero in the currency of `like` where there are none."""
    allocations = nodes(node.get("discountAllocations"))
    amounts = [(money(a.get("allocatedAmountSet")) or {}).get("amount") for a in allocations]
    return {
        "amount": sum((a for a in amounts if isinstance(a, Decimal)), Decimal(0)),
        "currencyCode": (money(like) or {}).get("currencyCode"),
    }


def _location(fulfillments: list[Node]) -> str | None:
    """Where most open units are to be shipped from; without any open, the first place named."""
    best: tuple[int, str] | None = None
    for item in fulfillments:
        assigned = item.get("assignedLocation")
        id_ = _id(assigned.get("location")) if isinstance(assigned, Mapping) else None
        units = [line.get("remainingQuantity") for line in nodes(item.get("lineItems"))]
        open_ = sum(unit for unit in units if isinstance(unit, int))
        if id_ is not None and (best is None or open_ > best[0]):
            best = (open_, id_)
    return best[1] if best else None


def _id(node: Any) -> str | None:
    return node.get("id") if isinstance(node, Mapping) else None
