"""What is shipped of an order."""

from __future__ import annotations

from collections.abc import Mapping

from . import stocking
from .ids import number
from .store import Rec, Store


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
            line_of(order, line)["unfulfilledQuantity"] -= count
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
    _restate(store, order, fulfillment_order)
    mark(store, when, order, fulfillment_order)
    return made


def line_of(order: Rec, line: Rec) -> Rec:
    """The order's line that a fulfilment order's line is about."""
    found: Rec = next(one for one in order["lineItems"] if one["id"] == line["lineItem"])
    return found


def _shipped(store: Store, line: Rec, count: int) -> Rec:
    return {
        "id": store.new_gid("FulfillmentLineItem"),
        "lineItem": line["lineItem"],
        "quantity": count,
    }


def _restate(store: Store, order: Rec, fulfillment_order: Rec) -> None:
    left = sum(line["remainingQuantity"] for line in fulfillment_order["lineItems"])
    fulfillment_order["status"] = "IN_PROGRESS" if left else "CLOSED"
    restate_fulfillment(store, order)


def restate_fulfillment(store: Store, order: Rec) -> None:
    """The order's fulfilment status, from what is still to be shipped and what was."""
    left = sum(
        line["remainingQuantity"]
        for made in store.many("FulfillmentOrder", order["fulfillmentOrders"])
        for line in made["lineItems"]
    )
    sent = any(
        made["status"] == "SUCCESS" for made in store.many("Fulfillment", order["fulfillments"])
    )
    done = "FULFILLED" if sent else "UNFULFILLED"
    order["displayFulfillmentStatus"] = "PARTIALLY_FULFILLED" if left and sent else done


def call_back(store: Store, made: Rec) -> None:
    """A fulfilment is cancelled: its units are to be shipped again."""
    order = store.get("Order", made["order"])
    made.update(status="CANCELLED", displayStatus="CANCELED")
    shipped = {line["lineItem"]: line["quantity"] for line in made["lineItems"]}
    for fulfillment_order in store.many("FulfillmentOrder", order["fulfillmentOrders"]):
        for line in fulfillment_order["lineItems"]:
            count = shipped.pop(line["lineItem"], 0)
            line["remainingQuantity"] += count
            line_of(order, line)["unfulfilledQuantity"] += count
            if count:
                fulfillment_order["status"] = "OPEN"
                stocking.ship(store, fulfillment_order, line, -count)
    restate_fulfillment(store, order)
    mark(store, None, order, made)


def mark(store: Store, when: str | None, *records: Rec) -> None:
    """These were changed now, or at `when`."""
    store.touch(*records)
    if when:
        for record in records:
            record["updatedAt"] = when
