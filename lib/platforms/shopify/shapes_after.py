"""What happened to an order after it was placed: payments, refunds, returns, fulfillments.

Amounts as in `shapes_order`. Lines are named by the id of the order's line (`lineId`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .scalars import moment, money
from .shapes import Fields, Node, copied, id_of, nodes


def transaction(node: Node) -> Fields:
    """One movement of money. A redeemed gift card is one with the gateway `gift_card`."""
    return {
        **copied(
            node,
            ("id", "kind", "status", "test", "gateway", "formattedGateway", "paymentId"),
        ),
        **copied(node, ("manualPaymentGateway",)),
        **copied(node, ("createdAt", "processedAt"), moment),
        "parentId": id_of(node.get("parentTransaction")),
        **(money(node.get("amountSet")) or {}),
    }


_MARK = re.compile(r"\[odoo:(\w+)\]\s*$")


def mark_in(note: Any) -> str | None:
    """The mark at the end of a note, of what was made from here."""
    found = _MARK.search(note) if isinstance(note, str) else None
    return found[1] if found else None


def marked(note: str | None, mark: str) -> str:
    """A note with its mark."""
    return f"{note or ''} [odoo:{mark}]".lstrip()


def refund(node: Node) -> Fields:
    """`total` is what was given back in all, none for units that an edit took off the order;
    `lines`, `shippingLines` and `duties` what it was for; `adjustments` what fits on none. `mark`:
    of one that was made from here, what its note ends with."""
    total = money(node.get("totalRefundedSet"))
    fields = {
        **copied(node, ("id", "legacyResourceId", "note")),
        "mark": mark_in(node.get("note")),
        "amount": (total or {}).get("amount"),
        **copied(node, ("createdAt", "processedAt", "updatedAt"), moment),
        "total": total,
        "lines": [_refund_line(item) for item in nodes(node.get("refundLineItems"))],
        "shippingLines": [_refund_shipping(i) for i in nodes(node.get("refundShippingLines"))],
        "duties": [
            {
                "dutyId": id_of(item.get("originalDuty")),
                **(money(item.get("amountSet")) or {}),
            }
            for item in nodes(node.get("duties"))
        ],
        "adjustments": [
            {
                **copied(item, ("id", "reason")),
                "amount": money(item.get("amountSet")),
                "tax": money(item.get("taxAmountSet")),
            }
            for item in nodes(node.get("orderAdjustments"))
        ],
        "transactions": [transaction(item) for item in nodes(node.get("transactions"))],
    }
    if "return" in node:
        fields["returnId"] = id_of(node["return"])
    return fields


def _refund_line(node: Node) -> Fields:
    """`subtotal` after discounts and without `tax`, unless the order's prices hold their taxes."""
    fields = {
        **copied(node, ("id", "quantity", "restockType", "restocked")),
        "lineId": id_of(node.get("lineItem")),
        "subtotal": money(node.get("subtotalSet")),
        "tax": money(node.get("totalTaxSet")),
    }
    if "location" in node:
        fields["locationId"] = id_of(node["location"])
    return fields


def _refund_shipping(node: Node) -> Fields:
    return {
        **copied(node, ("id",)),
        "shippingLineId": id_of(node.get("shippingLine")),
        "subtotal": money(node.get("subtotalAmountSet")),
        "tax": money(node.get("taxAmountSet")),
    }


def return_(node: Node) -> Fields:
    """Goods on their way back. Money is given back by a refund that names the return. `mark`: of
    one that was made from here, what the notes of its lines end with."""
    lines = [_return_line(item) for item in nodes(node.get("returnLineItems"))]
    return {
        **copied(node, ("id", "name", "status", "totalQuantity")),
        "mark": next(filter(None, (mark_in(line["note"]) for line in lines)), None),
        **copied(node, ("createdAt", "closedAt"), moment),
        "lines": lines,
        "shippingFees": [
            {**copied(fee, ("id",)), **(money(fee.get("amountSet")) or {})}
            for fee in nodes(node.get("returnShippingFees"))
        ],
    }


def _return_line(node: Node) -> Fields:
    """`lineId` and `sentLineId` (the fulfillment's line) are None for what the shop could not tie
    to an order's line."""
    sent = node.get("fulfillmentLineItem")
    reason = node.get("returnReasonDefinition")
    fee = node.get("restockingFee")
    return {
        **copied(node, ("id", "quantity", "refundedQuantity", "processedQuantity")),
        "lineId": id_of(sent.get("lineItem")) if isinstance(sent, Mapping) else None,
        "sentLineId": id_of(sent),
        "reason": reason.get("name") if isinstance(reason, Mapping) else None,
        "note": node.get("returnReasonNote"),
        "customerNote": node.get("customerNote"),
        "restockingFee": money(fee.get("amountSet")) if isinstance(fee, Mapping) else None,
    }


def fulfillment(node: Node) -> Fields:
    """What was sent, with `trackingNumbers` and `trackingUrls`. `lineIds` and `quantities` are
    what `lines` says, as an export gives it."""
    tracking = nodes(node.get("trackingInfo"))
    lines = [
        {**copied(item, ("id", "quantity")), "lineId": id_of(item.get("lineItem"))}
        for item in nodes(node.get("fulfillmentLineItems"))
    ]
    fields = {
        **copied(node, ("id", "legacyResourceId", "name", "status", "displayStatus")),
        **copied(node, ("createdAt", "updatedAt"), moment),
        "carrier": next((each["company"] for each in tracking if each.get("company")), None),
        "trackingNumbers": _told(tracking, "number"),
        "trackingUrls": _told(tracking, "url"),
        "lines": lines,
        "lineIds": [line["lineId"] for line in lines],
        "quantities": [line.get("quantity") for line in lines],
    }
    if "location" in node:
        fields["locationId"] = id_of(node["location"])
    return fields


def fulfillment_order(node: Node) -> Fields:
    """What is still to be sent from one place: `lines` are `{id, lineId, remaining}`."""
    place = node.get("assignedLocation")
    return {
        **copied(node, ("id", "status")),
        "locationId": id_of(place.get("location")) if isinstance(place, Mapping) else None,
        "lines": [
            {
                "id": item.get("id"),
                "lineId": id_of(item.get("lineItem")),
                "remaining": item.get("remainingQuantity"),
            }
            for item in nodes(node.get("openLines"))
        ],
    }


def _told(tracking: list[Node], name: str) -> list[Any]:
    return [each[name] for each in tracking if each.get(name)]
