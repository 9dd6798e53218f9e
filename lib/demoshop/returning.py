"""Goods on their way back: what can be returned, a return opened, and closed with the refund that
settles it or without any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .ids import number
from .store import Rec, Store

_KIND = "gid://shopify/ReturnReasonDefinition/"
#: The first of the reasons that Shopify publishes (data/return_reasons.yml of its taxonomy).
REASONS: Mapping[str, Rec] = {
    f"{_KIND}{place}": {"id": f"{_KIND}{place}", "handle": handle, "name": name}
    for place, (handle, name) in enumerate(
        (
            ("unknown", "Unknown"),
            ("changed-my-mind", "Changed my mind"),
            ("item-not-as-described", "Item not as described"),
            ("received-the-wrong-item", "Received the wrong item"),
            ("other-reason", "Other"),
            ("damaged-or-defective", "Damaged or defective"),
        ),
        1,
    )
}
_OFF = ("CANCELED", "DECLINED")


@dataclass(slots=True)
class Returnable:
    """Units that can be returned: of each line of a fulfilment, and of the order's line it is of,
    where what was refunded is off the order."""

    line: dict[str, str]
    parts: dict[str, int]
    whole: dict[str, int]

    def take(self, part: str, units: int) -> bool:
        """Whether `units` of it were left; they are then gone."""
        line = self.line.get(part, "")
        if not 0 < units <= min(self.parts.get(part, 0), self.whole.get(line, 0)):
            return False
        self.parts[part] -= units
        self.whole[line] -= units
        return True


def returnable(store: Store, order: Rec) -> Returnable:
    """What was sent, less what is in returns; and no more than is on the order and was sent."""
    left = Returnable({}, {}, {})
    for made in store.many("Fulfillment", order["fulfillments"]):
        for line in made["lineItems"] if made["status"] == "SUCCESS" else ():
            left.line[line["id"]] = line["lineItem"]
            left.parts[line["id"]] = line["quantity"]
    for made in store.many("Return", order["returns"]):
        for line in made["returnLineItems"] if made["status"] not in _OFF else ():
            part = line["fulfillmentLineItem"]
            left.parts[part] = left.parts.get(part, 0) - line["quantity"]
    for line in order["lineItems"]:
        sent = sum(n for part, n in left.parts.items() if left.line.get(part) == line["id"])
        left.whole[line["id"]] = min(sent, line["currentQuantity"] - line["unfulfilledQuantity"])
    return left


def open_return(
    store: Store, order: Rec, lines: Sequence[Mapping[str, Any]], when: str | None = None
) -> Rec:
    """`lines` are as in Shopify's `ReturnLineItemInput`."""
    place = len(order["returns"]) + 1
    key = number(order["id"])
    rows = [
        {
            "id": store.new_gid("ReturnLineItem"),
            "__typename": "ReturnLineItem",
            "order": key,
            "fulfillmentLineItem": line["fulfillmentLineItemId"],
            "quantity": line["quantity"],
            "refundedQuantity": 0,
            "processedQuantity": 0,
            "returnReasonNote": line.get("returnReasonNote") or "",
            "customerNote": None,
            "returnReasonDefinition": REASONS.get(line.get("returnReasonDefinitionId") or ""),
            "restockingFee": None,
        }
        for line in lines
    ]
    made = store.add(
        "Return",
        {
            "order": key,
            "name": f"{order['name']}-R{place}",
            "status": "OPEN",
            "closedAt": None,
            "totalQuantity": sum(line["quantity"] for line in lines),
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
    finish(store, made, when)


def finish(store: Store, made: Rec, when: str | None = None) -> None:
    """It is closed, as far as it is processed."""
    order = store.get("Order", made["order"])
    made.update(status="CLOSED", closedAt=when or store.now())
    open_ = any(one["status"] == "OPEN" for one in store.many("Return", order["returns"]))
    order["returnStatus"] = "IN_PROGRESS" if open_ else "RETURNED"
    store.touch(order, made)
    if when:
        order["updatedAt"] = made["updatedAt"] = when
