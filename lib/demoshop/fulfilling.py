"""What happens to an order after it was placed: fulfilments, cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from . import stocking
from .ids import number
from .money import text
from .store import Rec, Store

CURRENT = ("currentSubtotalPriceSet", "currentTotalPriceSet", "currentTotalTaxSet")


def fulfill(
    store: Store,
    fulfillment_order: Rec,
    quantities: Mapping[str, int],
    tracking: list[Rec] | None = None,
    when: str | None = None,
    *,
    stock: bool = True,
) -> Rec:
    """Ship `quantities` (line id of the fulfilment order → how many) and say so on the order."""
    order = store.get("Order", fulfillment_order["order"])
    shipped: list[Rec] = []
    for line in fulfillment_order["lineItems"]:
        count = quantities.get(line["id"], 0)
        if count:
            line["remainingQuantity"] -= count
            _line_of(order, line)["unfulfilledQuantity"] -= count
            if stock:
                stocking.ship(store, fulfillment_order, line, count)
            shipped.append(_shipped(store, line, count))
    place = len(order["fulfillments"]) + 1
    made = store.add(
        "Fulfillment",
        {
            "order": fulfillment_order["order"],
            "location": fulfillment_order["location"],
            "name": f"{order['name']}.{place}",
            "status": "SUCCESS",
            "displayStatus": "FULFILLED",
            "totalQuantity": sum(one["quantity"] for one in shipped),
            "trackingInfo": tracking or [],
            "lineItems": shipped,
        },
        when,
    )
    order["fulfillments"].append(number(made["id"]))
    _restate(order, fulfillment_order)
    _mark(store, when, order, fulfillment_order)
    return made


def _line_of(order: Rec, line: Rec) -> Rec:
    found: Rec = next(one for one in order["lineItems"] if one["id"] == line["lineItem"])
    return found


def _shipped(store: Store, line: Rec, count: int) -> Rec:
    return {
        "id": store.new_gid("FulfillmentLineItem"),
        "lineItem": line["lineItem"],
        "quantity": count,
    }


def _restate(order: Rec, fulfillment_order: Rec) -> None:
    left = sum(line["remainingQuantity"] for line in fulfillment_order["lineItems"])
    fulfillment_order["status"] = "IN_PROGRESS" if left else "CLOSED"
    order["displayFulfillmentStatus"] = "PARTIALLY_FULFILLED" if left else "FULFILLED"


def _mark(store: Store, when: str | None, *records: Rec) -> None:
    store.touch(*records)
    if when:
        for record in records:
            record["updatedAt"] = when


def cancel(
    store: Store,
    order: Rec,
    reason: str,
    when: str | None = None,
    *,
    restock: bool,
    stock: bool = True,
) -> None:
    """Nothing is owed, and nothing to be shipped, any more. What was paid is refunded."""
    at = when or store.now()
    for fulfillment_order in store.many("FulfillmentOrder", order["fulfillmentOrders"]):
        if stock:
            stocking.release(store, fulfillment_order, restock=restock)
        for line in fulfillment_order["lineItems"]:
            line["remainingQuantity"] = 0
        fulfillment_order["status"] = "CLOSED"
        _mark(store, at, fulfillment_order)
    nothing = text(Decimal(0), order["currencyCode"])
    for line in order["lineItems"]:
        line["currentQuantity"], line["unfulfilledQuantity"] = 0, 0
    order.update(dict.fromkeys(CURRENT, nothing))
    order.update(
        cancelledAt=at,
        cancelReason=reason,
        closed=True,
        closedAt=at,
        totalRefundedSet=order["totalReceivedSet"],
        netPaymentSet=nothing,
        totalOutstandingSet=nothing,
        displayFinancialStatus="REFUNDED" if order["fullyPaid"] else "VOIDED",
    )
    _mark(store, at, order)
