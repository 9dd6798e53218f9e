"""Gives money back on orders, once each: recorded only, or by the order's payment method where the
mapping says `pay`. Stock is put back only where it says `restock`.

A refund is known by its mark, in its meta data. The shop adds those after it has asked the payment
method for the money, so one without any and of the same reason and amount is the try that got no
answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ....errors import Refused
from ...refunds import IN_SHOP, about, refuse_more, unchangeable, whole_units
from ..client import Client, Row
from ..listing import Listing
from ..order_taxes import places_of
from ..orders import ORDERS
from ..scalars import amount as amount_of
from ..scalars import plain
from ..shapes import KEY, key_of, rows
from .checks import flag, money, text
from .work import Work

_KINDS = ("line_items", "shipping_lines", "fee_lines")
_ASKED = "id,total,currency,line_items,shipping_lines,fee_lines"
_ZERO = Decimal(0)


def add_refunds(work: Work, client: Client, listing: Listing) -> None:
    """Add the refunds of an order that are not there yet. Raises Refused for more than is left."""
    path = f"{ORDERS}/{work.id}"
    order = client.get(path, {"_fields": _ASKED})
    held = list(listing.all(f"{path}/refunds"))
    children = work.children["refunds"] = dict(work.op.children.get("refunds", {}))
    for key, fields in work.values["refunds"].items():
        if fields is None or key in children:
            raise unchangeable(children.get(key, key))
        mark = str(fields.get("mark") or f"{work.op.key}:{key}")
        with about(fields):
            body = refund_body(fields, mark, order)
            found = _held(held, mark, body)
            if found is None:
                _refuse_more(fields, order, held)
                # A lost answer of a refund without a second look would give the money back twice.
                found = client.post(f"{path}/refunds", body, repeatable=False)
                held.append(found)
        children[key] = str(found["id"])


def _held(held: Sequence[Row], mark: str, body: Mapping[str, Any]) -> Row | None:
    by_mark = (row for row in held if key_of(row) == mark)
    unmarked = (
        row
        for row in held
        if body["reason"]
        and key_of(row) is None
        and plain(row.get("reason")) == body["reason"]
        and amount_of(row.get("amount")) == Decimal(body["amount"])
    )
    return next(by_mark, None) or next(unmarked, None)


def refund_body(fields: Mapping[str, Any], mark: str, order: Row) -> dict[str, Any]:
    """`fields`: amount (all of it, with taxes), reason, pay, restock, currency, lines `[{line,
    quantity, amount (net), tax}]`; in place of `tax` may stand `taxes: {rate: amount}`.

    The shop's defaults would ask the payment gateway for the money and put the goods on stock.
    """
    amount = fields.get("amount")
    if not isinstance(amount, Decimal) or amount <= 0:
        raise Refused(
            "A refund needs an amount above zero.",
            field="refunds.amount",
            value=amount,
            remedy="Map the amount that was given back.",
        )
    if fields.get("currency", order.get("currency")) != order.get("currency"):
        raise Refused(
            f"The order is in {order.get('currency')}, the refund in {fields['currency']}.",
            field="refunds.currency",
            value=fields["currency"],
            remedy=f"{IN_SHOP}.",
        )
    body: dict[str, Any] = {
        "amount": money("amount", amount),
        "reason": text("reason", fields.get("reason")),
        "api_refund": flag("pay", fields.get("pay") or False),
        "api_restock": bool(fields.get("restock")),
        "meta_data": [{"key": KEY, "value": mark}],
    }
    lines = [_line(line, order) for line in fields.get("lines") or ()]
    return {**body, "line_items": lines} if lines else body


def _line(line: Mapping[str, Any], order: Row) -> dict[str, Any]:
    id_, quantity = int(line["line"]), whole_units(Decimal(line.get("quantity") or 0))
    taxes = line.get("taxes")
    if taxes is None:
        taxes = _shared(line.get("tax"), _row_of(order, id_), places_of(order))
    return {
        "id": id_,
        "quantity": quantity,
        "refund_total": money("amount", line.get("amount")),
        "refund_tax": [
            {"id": int(rate), "refund_total": money("amount", tax)} for rate, tax in taxes.items()
        ],
    }


def _row_of(order: Row, id_: int) -> Row:
    found = (row for kind in _KINDS for row in rows(order.get(kind)) if row["id"] == id_)
    return next(found, {})


def _shared(tax: Any, row: Row, places: int) -> dict[str, Decimal]:
    """`tax` on the rates of the order's row as they share its own; the last one takes the cents."""
    rates = {str(one["id"]): amount_of(one.get("total")) for one in rows(row.get("taxes"))}
    rates = {rate: of_rate for rate, of_rate in rates.items() if of_rate}
    whole, left, found = sum(rates.values(), _ZERO), Decimal(tax or 0), dict[str, Decimal]()
    cent = Decimal(1).scaleb(-places)
    for number, (rate, of_rate) in enumerate(rates.items(), 1):
        share = (Decimal(tax or 0) * of_rate / whole).quantize(cent, ROUND_HALF_UP)
        found[rate] = left if number == len(rates) else share
        left -= share
    return found


def _refuse_more(fields: Mapping[str, Any], order: Row, held: Sequence[Row]) -> None:
    """The shop checks the amount in all; not the units of a line."""
    left = amount_of(order.get("total")) - sum((amount_of(r.get("amount")) for r in held), _ZERO)
    refuse_more("refunds.amount", fields["amount"], left, "of the order")
    gone: dict[int, Decimal] = {}
    for row in (row for refund in held for row in rows(refund.get("line_items"))):
        for entry in rows(row.get("meta_data")):
            if entry.get("key") == "_refunded_item_id":
                id_ = int(str(entry.get("value")))
                gone[id_] = gone.get(id_, _ZERO) - amount_of(row.get("quantity"))
    for line in fields.get("lines") or ():
        id_ = int(line["line"])
        sold = _row_of(order, id_).get("quantity")
        if sold is not None:
            units = amount_of(sold) - gone.get(id_, _ZERO)
            refuse_more(
                "refunds.lines", Decimal(line.get("quantity") or 0), units, f"units of {id_}"
            )
