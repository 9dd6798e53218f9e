"""Movements of money on an order: its transactions, and what they say of its state."""

from __future__ import annotations

from decimal import Decimal

from .ids import number
from .money import amount_of, text
from .sale import ZERO, Payment
from .store import Rec, Store

GATEWAYS = {"bogus": "Bogus gateway", "gift_card": "Gift card", "manual": "Manual"}
#: Gateways through which no money moves: somebody notes what was paid.
BY_HAND = frozenset({"manual", "cash"})


def pay(
    store: Store, order: Rec, payment: Payment, when: str | None = None, parent: Rec | None = None
) -> Rec:
    """Note the movement on the order. Totals are the caller's (`restate`)."""
    at = when or store.now()
    made = {
        "id": store.new_gid("OrderTransaction"),
        "order": number(order["id"]),
        "kind": payment.kind,
        "status": payment.status,
        "test": order["test"],
        "gateway": payment.gateway,
        "formattedGateway": GATEWAYS.get(payment.gateway, payment.gateway),
        "paymentId": None,
        "createdAt": at,
        "processedAt": at,
        "amountSet": text(payment.amount or ZERO, order["currencyCode"]),
        "parent": parent["id"] if parent else None,
    }
    order["transactions"].append(made)
    return made


def moved(order: Rec, *kinds: str) -> Decimal:
    """What went through in transactions of these kinds."""
    return sum(
        (
            amount_of(each["amountSet"])
            for each in order["transactions"]
            if each["status"] == "SUCCESS" and each["kind"] in kinds
        ),
        ZERO,
    )


def restate(order: Rec) -> None:
    """Received, refunded, outstanding and the financial status, from the transactions."""
    currency = order["currencyCode"]
    received, refunded = moved(order, "SALE", "CAPTURE"), moved(order, "REFUND")
    due = amount_of(order["currentTotalPriceSet"])
    open_ = due - (received - refunded)
    order.update(
        totalReceivedSet=text(received, currency),
        totalRefundedSet=text(refunded, currency),
        netPaymentSet=text(received - refunded, currency),
        totalOutstandingSet=text(open_, currency),
        fullyPaid=open_ <= 0,
        unpaid=open_ > 0,
        displayFinancialStatus=_status(order, received, refunded, open_),
    )


def _status(order: Rec, received: Decimal, refunded: Decimal, open_: Decimal) -> str:
    if refunded:
        return "REFUNDED" if refunded >= received else "PARTIALLY_REFUNDED"
    if order["cancelledAt"] and not received:
        return "VOIDED"
    if not received and moved(order, "AUTHORIZATION"):
        return "AUTHORIZED"
    if open_ <= 0:
        return "PAID"
    return "PARTIALLY_PAID" if received else "PENDING"
