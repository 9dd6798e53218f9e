"""Goods on their way back: a return is opened, and closed with the refund that settles it."""

from __future__ import annotations

from collections.abc import Sequence

from .ids import number
from .store import Rec, Store

REASON = {"id": "gid://shopify/ReturnReasonDefinition/1", "handle": "unwanted", "name": "Unwanted"}


def open_return(
    store: Store, order: Rec, lines: Sequence[tuple[str, int, str]], when: str | None = None
) -> Rec:
    """`lines` are (id of the fulfilment's line, units, note)."""
    place = len(order["returns"]) + 1
    key = number(order["id"])
    rows = [
        {
            "id": store.new_gid("ReturnLineItem"),
            "__typename": "ReturnLineItem",
            "order": key,
            "fulfillmentLineItem": line,
            "quantity": quantity,
            "refundedQuantity": 0,
            "processedQuantity": 0,
            "returnReasonNote": note,
            "customerNote": None,
            "returnReasonDefinition": REASON,
            "restockingFee": None,
        }
        for line, quantity, note in lines
    ]
    made = store.add(
        "Return",
        {
            "order": key,
            "name": f"{order['name']}-R{place}",
            "status": "OPEN",
            "closedAt": None,
            "totalQuantity": sum(quantity for _, quantity, _ in lines),
            "returnShippingFees": [],
            "returnLineItems": rows,
        },
        when,
    )
    order["returns"].append(number(made["id"]))
    order["returnStatus"] = "IN_PROGRESS"
    store.touch(order)
    if when:
        order["updatedAt"] = when
    return made


def close_return(store: Store, order: Rec, made: Rec, refund: Rec, when: str | None = None) -> None:
    """The goods are back and `refund` gave the money."""
    refund["return"] = number(made["id"])
    for line in made["returnLineItems"]:
        line["refundedQuantity"] = line["processedQuantity"] = line["quantity"]
    made.update(status="CLOSED", closedAt=when or store.now())
    order["returnStatus"] = "RETURNED"
    store.touch(order, made)
    if when:
        order["updatedAt"] = made["updatedAt"] = when
