"""Records refunds on orders, once each. The payment itself is never sent back from here, and stock
is put back only where the mapping says so."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ....errors import Refused
from ..client import Client
from ..listing import Listing
from ..orders import ORDERS
from ..shapes import KEY, key_of
from .checks import money, text
from .work import Work


def add_refunds(work: Work, client: Client, listing: Listing) -> None:
    """Add the refunds of an order that are not there yet; each is known by its element's key."""
    path = f"{ORDERS}/{work.id}/refunds"
    held = {key_of(row): row["id"] for row in listing.all(path)}
    children = dict(work.op.children.get("refunds", {}))
    for key, fields in work.values["refunds"].items():
        if key in children:
            continue
        if fields is None:
            raise Refused(
                "A refund is not taken back.", field="refunds", remedy="Do it in the shop."
            )
        mark = f"{work.op.key}:{key}"
        id_ = held.get(mark)
        if id_ is None:
            # A lost answer of a refund without a second look would give the money back twice.
            id_ = client.post(path, refund_body(fields, mark), repeatable=False)["id"]
        children[key] = str(id_)
    work.children["refunds"] = children


def refund_body(fields: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """`fields`: amount, reason, restock, lines `[{line, quantity, amount, taxes: {rate: amount}}]`.

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
    body: dict[str, Any] = {
        "amount": money("amount", amount),
        "reason": text("reason", fields.get("reason")),
        "api_refund": False,
        "api_restock": bool(fields.get("restock")),
        "meta_data": [{"key": KEY, "value": mark}],
    }
    lines = [
        {
            "id": int(line["line"]),
            "quantity": int(line.get("quantity") or 0),
            "refund_total": money("amount", line.get("amount")),
            "refund_tax": [
                {"id": int(rate), "refund_total": money("amount", tax)}
                for rate, tax in (line.get("taxes") or {}).items()
            ],
        }
        for line in fields.get("lines") or ()
    ]
    return {**body, "line_items": lines} if lines else body
