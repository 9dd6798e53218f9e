"""An order's node → the flat fields of its record: what was sold, and what it costs.

Amounts are `{amount, currencyCode, presentment}`: in the shop's currency, the customer's beside
(see `scalars.money`). What happened afterwards is shaped in `shapes_after`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from .scalars import moment, money, number
from .shapes import Fields, Node, address, copied, id_of, nodes
from .shapes_after import fulfillment, fulfillment_order, refund, return_, transaction
from .shapes_charges import charges, taxes, tips
from .shapes_edits import mark_edits

_PLAIN = (
    "id",
    "legacyResourceId",
    "name",
    "number",
    "cancelReason",
    "confirmed",
    "test",
    "edited",
    "email",
    "phone",
    "note",
    "tags",
    "currencyCode",
    "presentmentCurrencyCode",
    "taxesIncluded",
    "taxExempt",
    "dutiesIncluded",
    "displayFinancialStatus",
    "displayFulfillmentStatus",
    "returnStatus",
    "sourceName",
    "sourceIdentifier",
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
    "totalTipReceived",
    "totalPrice",
    "originalTotalPrice",
    "currentTotalPrice",
    "totalReceived",
    "totalRefunded",
    "totalOutstanding",
)


def order(node: Node) -> Fields:
    """The record: plain fields, times, totals, addresses, `lines`, `shippingLines`, `charges`,
    `discounts`, `taxLines`, `transactions`, `refunds`, `returns`, `fulfillments`, `company`, and
    `locationId` (absent without a scope to read fulfillment orders)."""
    fields = {**copied(node, _PLAIN), **copied(node, _TIMES, moment)}
    for name in _TOTALS:
        if f"{name}Set" in node:
            fields[name] = money(node[f"{name}Set"])
    fields.update(copied(node, ("billingAddress", "shippingAddress"), address))
    if "lineItems" in node:
        tipped = tips(node)
        fields["lines"] = [line(item) for item in nodes(node["lineItems"]) if item not in tipped]
        fields["charges"] = charges(node, tipped)
    for name, source, shape in _LISTS:
        if source in node:
            fields[name] = [shape(item) for item in nodes(node[source])]
    for name, source, inner in _DERIVED:
        if source in node:
            fields[name] = inner(node[source])
    _count_sent(fields)
    mark_edits(fields)
    return fields


def _count_sent(fields: Fields) -> None:
    """Says on each line how many units were sent: removed and refunded ones are neither sent nor
    still to be sent, so that the difference of the line's own numbers does not tell."""
    if "fulfillments" not in fields or "lines" not in fields:
        return
    sent: dict[str, int] = {}
    for each in fields["fulfillments"]:
        if each.get("status") == "SUCCESS":
            for item in each["lines"]:
                sent[item["lineId"]] = sent.get(item["lineId"], 0) + (item.get("quantity") or 0)
    for item in fields["lines"]:
        item["fulfilledQuantity"] = sent.get(item["id"], 0)


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
        "nonFulfillableQuantity",
        "taxable",
        "requiresShipping",
        "isGiftCard",
    )
    return {
        **copied(node, names),
        "productId": id_of(node.get("product")),
        "variantId": id_of(node.get("variant")),
        "unitPrice": money(node.get("originalUnitPriceSet")),
        "discountedTotal": money(node.get("discountedTotalSet")),
        "discount": _allocated(node, node.get("originalUnitPriceSet")),
        "discounts": _allocations(node),
        "taxLines": taxes(node.get("taxLines")),
        "customAttributes": _attributes(node.get("customAttributes")),
    }


def _shipping(node: Node) -> Fields:
    return {
        **copied(node, ("id", "title", "code", "source", "isRemoved")),
        "price": money(node.get("originalPriceSet")),
        "discountedPrice": money(node.get("discountedPriceSet")),
        "discount": _allocated(node, node.get("originalPriceSet")),
        "taxLines": taxes(node.get("taxLines")),
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


def _allocated(node: Node, like: Any) -> Fields:
    """The sum of the allocations; zero in the currencies of `like` where there are none."""
    given = [money(each.get("allocatedAmountSet")) or {} for each in _allocation_nodes(node)]
    zero = money(like) or {}
    total: Fields = {
        "amount": _sum(each.get("amount") for each in given),
        "currencyCode": zero.get("currencyCode"),
    }
    if isinstance(zero.get("presentment"), Mapping):
        paid = [each["presentment"] for each in given if each.get("presentment")]
        total["presentment"] = {
            "amount": _sum(each.get("amount") for each in paid),
            "currencyCode": zero["presentment"].get("currencyCode"),
        }
    return total


def _allocations(node: Node) -> list[Fields]:
    """Each discount's part of the line: `index` names it in the order's `discounts`."""
    return [
        {
            "index": (each.get("discountApplication") or {}).get("index"),
            **(money(each.get("allocatedAmountSet")) or {}),
        }
        for each in _allocation_nodes(node)
    ]


def _allocation_nodes(node: Node) -> list[Node]:
    return nodes(node.get("discountAllocations"))


def _sum(amounts: Iterable[Any]) -> Decimal:
    return sum((a for a in amounts if isinstance(a, Decimal)), Decimal(0))


def _attributes(given: Any) -> Fields:
    """What checkout or apps noted, key → value."""
    return {str(each.get("key")): each.get("value") for each in nodes(given)}


def _company(buyer: Any) -> Fields | None:
    """The B2B company that bought, None for a person."""
    if not isinstance(buyer, Mapping) or not isinstance(buyer.get("company"), Mapping):
        return None
    location = buyer.get("location")
    return {
        **copied(buyer["company"], ("id", "name", "externalId")),
        "location": copied(location, ("id", "name", "externalId")) if location else None,
        "contactId": id_of(buyer.get("contact")),
    }


def _location(places: Any) -> str | None:
    """Where most open units are to be shipped from; without any open, the first place named."""
    best: tuple[int, str] | None = None
    for item in nodes(places):
        assigned = item.get("assignedLocation")
        id_ = id_of(assigned.get("location")) if isinstance(assigned, Mapping) else None
        units = [line.get("remainingQuantity") for line in nodes(item.get("openLines"))]
        open_ = sum(unit for unit in units if isinstance(unit, int))
        if id_ is not None and (best is None or open_ > best[0]):
            best = (open_, id_)
    return best[1] if best else None


_LISTS: tuple[tuple[str, str, Callable[[Node], Fields]], ...] = (
    ("shippingLines", "shippingLines", _shipping),
    ("discounts", "discountApplications", _discount),
    ("transactions", "transactions", transaction),
    ("refunds", "refunds", refund),
    ("returns", "returns", return_),
    ("fulfillments", "fulfillments", fulfillment),
    ("fulfillmentOrders", "fulfillmentOrders", fulfillment_order),
)
_DERIVED: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("taxLines", "taxLines", taxes),
    ("customAttributes", "customAttributes", _attributes),
    ("cancelled", "cancelledAt", lambda time: time is not None),
    ("locationId", "fulfillmentOrders", _location),
    ("company", "purchasingEntity", _company),
)
