"""What is given back, taken off, or cancelled: lines, shipping, money; and what stays of an order.

An edit that takes units off is a refund without money, as Shopify keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import stocking
from .fulfilling import mark, restate_fulfillment
from .ids import number
from .money import amount_of, rounded, text
from .order_lines import charged
from .payments import moved, pay, restate
from .sale import ZERO, Payment
from .store import Rec, Store

CURRENT = ("currentSubtotalPriceSet", "currentTotalTaxSet", "currentTotalPriceSet")


@dataclass(frozen=True, slots=True)
class Back:
    """Units of one line. `restock` is CANCEL (never sent), RETURN or NO_RESTOCK."""

    line: Rec
    quantity: int
    restock: str = "NO_RESTOCK"
    location: int | None = None


def refund(
    store: Store,
    order: Rec,
    backs: Sequence[Back] = (),
    *,
    shipping: Decimal = ZERO,
    money: Decimal | None = None,
    paid: Sequence[tuple[Rec, Decimal]] | None = None,
    note: str | None = None,
    when: str | None = None,
    stock: bool = True,
) -> Rec:
    """Add a refund. `money` is what goes back in all; None: what lines and shipping come to.
    `paid`: by which payments, where that is said."""
    at = when or store.now()
    lines = [_line(store, order, back, stock) for back in backs]
    freight = _shipping(store, order, shipping)
    goods = sum((amount_of(each["subtotalSet"]) for each in lines), ZERO)
    tax = sum((amount_of(each["totalTaxSet"]) for each in lines), ZERO)
    freight_tax = sum((amount_of(each["taxAmountSet"]) for each in freight), ZERO)
    on_top = ZERO if order["taxesIncluded"] else tax + freight_tax
    worth = goods + shipping + on_top
    given = worth if money is None else money
    _lessen(order, goods, tax + freight_tax, worth)
    before = len(order["transactions"])
    if paid is None:
        _give_back(store, order, given, at)
    for payment, part in paid or ():
        pay(store, order, Payment(part, payment["gateway"], "REFUND"), at, payment)
    made = store.add(
        "Refund",
        {
            "order": number(order["id"]),
            "note": note,
            "processedAt": at,
            "totalRefundedSet": text(given, order["currencyCode"]),
            "duties": [],
            "refundLineItems": lines,
            "refundShippingLines": freight,
            "orderAdjustments": _adjustments(store, order, worth, given),
            "transactions": order["transactions"][before:],
            "return": None,
        },
        at,
    )
    order["refunds"].append(number(made["id"]))
    restate(order)
    restate_fulfillment(store, order)
    mark(store, when, order)
    return made


def _line(store: Store, order: Rec, back: Back, stock: bool) -> Rec:
    line, currency = back.line, order["currencyCode"]
    done = line["quantity"] - line["currentQuantity"]
    net = charged(line)
    tax = sum((amount_of(each["priceSet"]) for each in line["taxLines"]), ZERO)
    parts = [_part(whole, done, back.quantity, line, currency) for whole in (net, tax)]
    line["currentQuantity"] -= back.quantity
    unsent = 0 if back.restock == "RETURN" else _take_off(store, order, line, back.quantity)
    if stock:
        restocked = 0 if back.restock == "NO_RESTOCK" else back.quantity
        stocking.take_back(store, order, line, unsent=unsent, restocked=restocked)
    return {
        "id": store.new_gid("RefundLineItem"),
        "order": number(order["id"]),
        "lineItem": line["id"],
        "quantity": back.quantity,
        "restockType": back.restock,
        "restocked": back.restock != "NO_RESTOCK",
        "location": back.location,
        "priceSet": line["originalUnitPriceSet"],
        "subtotalSet": parts[0],
        "totalTaxSet": parts[1],
    }


def _part(whole: Decimal, done: int, quantity: int, line: Rec, currency: str) -> str:
    """The share of these units, so that all units' shares add up to the whole."""
    until = rounded(whole * (done + quantity) / line["quantity"], currency)
    return text(until - rounded(whole * done / line["quantity"], currency), currency)


def _take_off(store: Store, order: Rec, line: Rec, quantity: int) -> int:
    """Units that were not sent are not to be sent any more; how many these are."""
    left: int = min(quantity, line["unfulfilledQuantity"])
    line["unfulfilledQuantity"] -= left
    line["nonFulfillableQuantity"] += left
    for made in store.many("FulfillmentOrder", order["fulfillmentOrders"]):
        for each in made["lineItems"]:
            if each["lineItem"] == line["id"]:
                each["remainingQuantity"] -= min(left, each["remainingQuantity"])
        if not any(each["remainingQuantity"] for each in made["lineItems"]):
            made["status"] = "CLOSED"
    return left


def _shipping(store: Store, order: Rec, amount: Decimal) -> list[Rec]:
    if not amount or not order["shippingLines"]:
        return []
    line, currency = order["shippingLines"][0], order["currencyCode"]
    price = amount_of(line["discountedPriceSet"])
    tax = sum((amount_of(each["priceSet"]) for each in line["taxLines"]), ZERO)
    back = rounded(tax * amount / price, currency) if price else ZERO
    order["totalRefundedShippingSet"] = text(
        amount_of(order["totalRefundedShippingSet"]) + amount, currency
    )
    return [
        {
            "id": store.new_gid("RefundShippingLine"),
            "shippingLine": line,
            "subtotalAmountSet": text(amount, currency),
            "taxAmountSet": text(back, currency),
        }
    ]


def _lessen(order: Rec, goods: Decimal, tax: Decimal, worth: Decimal) -> None:
    for name, less in zip(CURRENT, (goods, tax, worth), strict=True):
        order[name] = text(amount_of(order[name]) - less, order["currencyCode"])


def left_of(order: Rec, paid: Rec) -> Decimal:
    """What of a payment was not given back yet."""
    gone = (amount_of(t["amountSet"]) for t in order["transactions"] if t["parent"] == paid["id"])
    return amount_of(paid["amountSet"]) - sum(gone, ZERO)


def _give_back(store: Store, order: Rec, amount: Decimal, at: str) -> None:
    """To the payments in turn, to none more than it was."""
    for paid in [t for t in order["transactions"] if t["kind"] in ("SALE", "CAPTURE")]:
        part = min(amount, left_of(order, paid))
        if part > 0 and paid["status"] == "SUCCESS":
            pay(store, order, Payment(part, paid["gateway"], "REFUND"), at, paid)
            amount -= part


def _adjustments(store: Store, order: Rec, worth: Decimal, given: Decimal) -> list[Rec]:
    """What was given back beyond what it was for is negative; an edit gives nothing back."""
    if worth == given or not given:
        return []
    currency = order["currencyCode"]
    return [
        {
            "id": store.new_gid("OrderAdjustment"),
            "reason": "REFUND_DISCREPANCY",
            "amountSet": text(worth - given, currency),
            "taxAmountSet": text(ZERO, currency),
        }
    ]


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
    how = "CANCEL" if restock else "NO_RESTOCK"
    rest = [
        Back(line, line["currentQuantity"], how)
        for line in order["lineItems"]
        if line["currentQuantity"]
    ]
    held = moved(order, "SALE", "CAPTURE") - moved(order, "REFUND")
    if stock:
        for made in store.many("FulfillmentOrder", order["fulfillmentOrders"]):
            stocking.release(store, made, restock=restock)
    freight = sum((amount_of(each["discountedPriceSet"]) for each in order["shippingLines"]), ZERO)
    freight -= amount_of(order["totalRefundedShippingSet"])
    order.update(cancelledAt=at, cancelReason=reason, closed=True, closedAt=at)
    refund(store, order, rest, shipping=freight, money=held, when=at, stock=False)
    nothing = text(ZERO, order["currencyCode"])
    for line in order["lineItems"]:
        line["unfulfilledQuantity"] = 0
    for made in store.many("FulfillmentOrder", order["fulfillmentOrders"]):
        for line in made["lineItems"]:
            line["remainingQuantity"] = 0
        made["status"] = "CLOSED"
        mark(store, at, made)
    order.update(dict.fromkeys(CURRENT, nothing))
    restate(order)
    mark(store, at, order)
