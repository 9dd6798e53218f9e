"""Refunds of one order: what is wanted against what is left to give back.

A refund is known by the mark at the end of its note, and never changed or taken back. No goods are
restocked: what is on the shelf is told by whoever has the stock.
Source: refundCreate, RefundInput in the schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ....errors import Refused
from ...refunds import IN_SHOP, about, refuse_more, unchangeable, whole_units
from ..shapes_after import marked
from ..shapes_edits import ZERO

Values = Mapping[str, Any]

_PAID = frozenset({"SALE", "CAPTURE"})


@dataclass(slots=True)
class Plan:
    """What is to be done, by element key: `create` holds inputs, `tied` ids. `owed` is what the
    shop will still show as owed to the customer."""

    create: dict[str, dict[str, Any]] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)
    owed: Decimal = ZERO


@dataclass(slots=True)
class _Payment:
    id: str
    gateway: str
    is_manual: bool
    left: Decimal


@dataclass(slots=True)
class _Left:
    """What of an order can still be given back; `total` without regard to who moves the money."""

    units: dict[str, int]
    shipping: Decimal
    total: Decimal
    payments: list[_Payment]


def plan(order: Values, wanted: Mapping[str, Values | None], known: Mapping[str, str]) -> Plan:
    """`wanted` are refunds by element key, `known` the ids of those that are tied: `note`, `mark`,
    `amount` (all of it, with taxes), `currency`, `pay`, `lines` `[{lineId, quantity}]`, `shipping`
    (as the order's prices are). Raises Refused for more than is left, naming field and remedy."""
    made, left = Plan(tied=dict(known)), _left(order)
    held = {each["mark"]: each for each in order.get("refunds") or () if each.get("mark")}
    for key, values in wanted.items():
        if values is None or key in known:
            raise unchangeable(known.get(key, key))
        found = held.get(str(values.get("mark")))
        if found is not None:
            made.tied[key] = found["id"]
        else:
            with about(values):
                made.create[key] = _input(order, values, left, made)
    return made


def _left(order: Values) -> _Left:
    gone: dict[str, Decimal] = {}
    for each in order.get("transactions") or ():
        if each["kind"] == "REFUND" and each["status"] in ("SUCCESS", "PENDING"):
            parent = str(each["parentId"])
            gone[parent] = gone.get(parent, ZERO) + each["amount"]
    payments = [
        _Payment(
            each["id"],
            each["gateway"],
            bool(each.get("manualPaymentGateway")),
            each["amount"] - gone.get(each["id"], ZERO),
        )
        for each in order.get("transactions") or ()
        if each["kind"] in _PAID and each["status"] == "SUCCESS"
    ]
    freight = sum((_net(each) for each in order.get("shippingLines") or ()), ZERO)
    for refund in order.get("refunds") or ():
        freight -= sum((part["subtotal"]["amount"] for part in refund["shippingLines"]), ZERO)
    units = {line["id"]: int(line["currentQuantity"]) for line in order.get("lines") or ()}
    unpaid = max(order["totalOutstanding"]["amount"], ZERO)
    paid = sum((one.left for one in payments), ZERO)
    total = min(order["currentTotalPrice"]["amount"], paid + unpaid)
    return _Left(units, freight, total, payments)


def _net(line: Values) -> Decimal:
    price, off = line["price"]["amount"], line["discount"]["amount"]
    return Decimal(price) - Decimal(off)


def _input(order: Values, values: Values, left: _Left, made: Plan) -> dict[str, Any]:
    amount = _amount(order, values)
    lines = [_line(part, left) for part in values.get("lines") or () if part.get("quantity")]
    freight = values.get("shipping") or ZERO
    refuse_more("refunds.shipping", freight, left.shipping, "of the shipping")
    left.shipping -= freight
    pays = bool(values.get("pay"))
    parents = [one for one in left.payments if pays or one.is_manual]
    paid = _transactions(order, amount, parents)
    rest = amount - sum((Decimal(one["amount"]) for one in paid), ZERO)
    if pays and rest:
        refuse_more("refunds.amount", amount, amount - rest, "of the payments")
    if rest:
        refuse_more("refunds.amount", rest, left.total, "of the order")
        left.total -= rest
        made.owed += min(rest, sum((one.left for one in left.payments), ZERO))
    if rest and not lines and not freight:
        raise Refused(
            "The shop can't note an amount for no units and no shipping without moving money.",
            field="refunds.amount",
            value=amount,
            remedy=f"{IN_SHOP}, or let the shop pay («Refunds of Odoo» on the connector) before "
            "the credit note is posted.",
        )
    given: dict[str, Any] = {
        "orderId": order["id"],
        "note": marked(values.get("note"), str(values.get("mark"))),
        "notify": False,
        "refundLineItems": lines,
        "transactions": paid,
    }
    return {**given, "shipping": {"amount": format(freight, "f")}} if freight else given


def _amount(order: Values, values: Values) -> Decimal:
    amount = values.get("amount")
    if not isinstance(amount, Decimal) or amount <= 0 or not values.get("mark"):
        raise Refused(
            "A refund needs an amount above zero and a mark of its own.",
            field="refunds.amount",
            value=amount,
            remedy="Map amount and mark of the credit note.",
        )
    own, shown = order.get("currencyCode"), order.get("presentmentCurrencyCode")
    if values.get("currency", own) != own or shown not in (None, own):
        raise Refused(
            f"The order is kept in {own} and was paid in {shown or own}: a refund of "
            f"{values.get('currency', own)} can't be told to the cent.",
            field="refunds.currency",
            value=values.get("currency"),
            remedy=f"{IN_SHOP}.",
        )
    return amount


def _line(part: Values, left: _Left) -> dict[str, Any]:
    id_, quantity = str(part["lineId"]), Decimal(part["quantity"])
    units = whole_units(quantity)
    refuse_more("refunds.lines", quantity, Decimal(left.units.get(id_, 0)), f"units of {id_}")
    left.units[id_] -= units
    return {"lineItemId": id_, "quantity": units, "restockType": "NO_RESTOCK"}


def _transactions(order: Values, amount: Decimal, parents: list[_Payment]) -> list[dict[str, Any]]:
    """`amount` shared out on the payments in turn, to none more than is left of it."""
    found = []
    for one in parents:
        part = min(amount, one.left)
        if part > 0:
            one.left, amount = one.left - part, amount - part
            found.append(
                {
                    "orderId": order["id"],
                    "parentId": one.id,
                    "gateway": one.gateway,
                    "kind": "REFUND",
                    "amount": format(part, "f"),
                }
            )
    return found
