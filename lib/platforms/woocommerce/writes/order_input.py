"""Values of orders → bodies of requests, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ....errors import Refused
from ..scalars import is_id, split_id
from .checks import Check, checked, flag, id_of, money, text
from .customers import address
from .product_input import meta_data

Values = Mapping[str, Any]

_STATUS = re.compile(r"[a-z0-9-]+")


def _status(name: str, value: Any) -> str:
    """States without the prefix «wc-»; plugins add their own, so the words are the shop's."""
    if not isinstance(value, str) or not _STATUS.fullmatch(value) or value.startswith("wc-"):
        raise Refused(
            "The field takes a state of an order, without «wc-».",
            field=name,
            value=value,
            remedy="Use pending, processing, on-hold, completed, cancelled, refunded or failed.",
        )
    return value


_PLAIN: Mapping[str, Check] = {
    "status": _status,
    "currency": text,
    "customer_note": text,
    "payment_method": text,
    "payment_method_title": text,
    "transaction_id": text,
    "set_paid": flag,
}
WRITABLE = frozenset(
    {
        *_PLAIN,
        "cancelled",
        "completed",
        "customer",
        "billing",
        "shipping",
        "lines",
        "shipping_lines",
        "fee_lines",
        "coupon_lines",
        "meta",
        "note",
        "refunds",
    }
)


def order_body(values: Values, children: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The body of an order. `children` are the ids of those elements that the shop has."""
    body = checked(_PLAIN, values)
    if "customer" in values:
        customer = values["customer"]
        body["customer_id"] = 0 if customer is None else id_of("customer", customer)
    for side in ("billing", "shipping"):
        if values.get(side) is not None:
            body[side] = address(values[side])
    for name, make in (
        ("lines", _line),
        ("shipping_lines", _shipping),
        ("fee_lines", _fee),
        ("coupon_lines", _coupon),
    ):
        if values.get(name):
            held = children.get(name, {})
            target = "line_items" if name == "lines" else name
            body[target] = [
                _element(name, fields, held.get(key), make) for key, fields in values[name].items()
            ]
    if values.get("meta"):
        body["meta_data"] = meta_data(values["meta"])
    return body


#: What takes an element out of an order when it is set to null.
_REMOVED = {
    "lines": "product_id",
    "shipping_lines": "method_id",
    "fee_lines": "name",
    "coupon_lines": "code",
}


def _element(name: str, fields: Values | None, id_: str | None, make: Any) -> dict[str, Any]:
    own = {"id": int(id_)} if id_ and is_id(id_) else {}
    if fields is None:
        return {**own, _REMOVED[name]: None}
    made: dict[str, Any] = make(fields, bool(own))
    return {**own, **made}


def _line(fields: Values, held: bool) -> dict[str, Any]:
    """A line's quantity alone would leave its totals as they were, so all three go together."""
    body = checked({"name": text, "subtotal": money, "total": money}, fields)
    if "quantity" in fields:
        if not {"subtotal", "total"} <= set(body):
            raise Refused(
                "A line's quantity needs its subtotal and total: the shop does not compute them.",
                field="lines.quantity",
                value=fields["quantity"],
                remedy="Map quantity, subtotal and total of a line together.",
            )
        body["quantity"] = money("lines.quantity", fields["quantity"])
    if "variant" in fields:
        parts = split_id(str(fields["variant"] or ""))
        if parts is None:
            raise Refused(
                "A line needs a product of the shop.",
                field="lines.variant",
                value=fields["variant"],
                remedy="Sync its product first, or map the line to a fee.",
            )
        body["product_id"], variation = parts
        if variation is not None:
            body["variation_id"] = variation
    elif not held:
        raise Refused(
            "A new line needs its product.",
            field="lines.variant",
            remedy="Map variant of the lines, or map the line to a fee.",
        )
    return body


def _shipping(fields: Values, held: bool) -> dict[str, Any]:
    body = checked({"total": money}, fields)
    if "name" in fields:
        body["method_title"] = text("name", fields["name"])
    if "method" in fields or not held:
        body["method_id"] = text("method", fields.get("method") or "flat_rate")
    return body


def _fee(fields: Values, held: bool) -> dict[str, Any]:
    return checked({"name": text, "total": money, "tax_class": text}, fields)


def _coupon(fields: Values, held: bool) -> dict[str, Any]:
    return checked({"code": text}, fields)
