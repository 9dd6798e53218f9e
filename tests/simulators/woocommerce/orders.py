"""Orders: made, changed, counted together, and shown."""

from __future__ import annotations

from typing import Any

from . import meta, notes, order_lines, stockkeeping, taxes
from .customers import BILLING, SHIPPING
from .errors import ApiError
from .listing import by_date, included, ordered
from .order_shown import shown
from .request import Request
from .store import Row
from .texts import stripped
from .times import whole

STATUSES = (
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
    "trash",
)
_PLAIN = ("currency", "payment_method", "payment_method_title", "transaction_id", "created_via")

__all__ = ["STATUSES", "create", "delete", "listed", "shown", "trash", "update"]


def create(shop: Any, data: dict[str, Any]) -> Row:
    now = whole(shop.now())
    row: Row = {
        "id": None,
        "status": "pending",
        "created": now,
        "modified": now,
        "paid": None,
        "completed": None,
        "currency": shop.settings.currency,
        "customer": 0,
        "billing": dict.fromkeys(BILLING, ""),
        "shipping": dict.fromkeys(SHIPPING, ""),
        "customer_note": "",
        "payment_method": "",
        "payment_method_title": "",
        "transaction_id": "",
        "created_via": "rest-api",
        "line_items": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupons": [],
        "tax_ids": {},
        "refunds": [],
        "meta": [],
        "included": shop.settings.prices_include_tax,
        "version": shop.settings.version,
    }
    shop.store.add("orders", "posts", row)
    try:
        row["is_new"] = True
        _apply(shop, row, data)
    except ApiError as error:
        if "new_draft_order_id" in (error.data or {}):
            row["status"] = "checkout-draft"
        else:
            del shop.store.tables["orders"][row["id"]]
        raise
    finally:
        row.pop("is_new", None)
    if data.get("set_paid"):
        _pay(shop, row)
    shop.fire("order.created", row["id"])
    shop.fire("order.updated", row["id"])
    return row


def update(shop: Any, row: Row, data: dict[str, Any]) -> Row:
    """In tables of their own orders are touched by each write, else only by one that says more."""
    _apply(shop, row, data)
    if data.get("set_paid") and not row["paid"]:
        _pay(shop, row)
    if shop.settings.own_order_tables or set(data) - {"meta_data", "id"}:
        row["modified"] = whole(shop.now())
    shop.fire("order.updated", row["id"])
    return row


def _apply(shop: Any, row: Row, data: dict[str, Any]) -> None:
    for name in _PLAIN:
        if name in data:
            row[name] = stripped(data[name])
    if "customer_note" in data:
        row["customer_note"] = str(data["customer_note"] or "")
    if "customer_id" in data:
        _set_customer(shop, row, int(data["customer_id"] or 0))
    for side, names in (("billing", BILLING), ("shipping", SHIPPING)):
        for name, value in (data.get(side) or {}).items():
            if name in names:
                row[side][name] = stripped(value)
    order_lines.take(shop, row, data)
    count(shop, row)
    if "meta_data" in data:
        meta.merge(shop.store, row, data["meta_data"])
    if "status" in data:
        _set_status(shop, row, data["status"])
    stockkeeping.follow(shop, row)


def _set_customer(shop: Any, row: Row, customer: int) -> None:
    if customer and shop.store.get("customers", customer) is None:
        raise ApiError(400, "woocommerce_rest_invalid_customer_id", "Customer ID is invalid.")
    row["customer"] = customer


def _set_status(shop: Any, row: Row, status: Any) -> None:
    if status not in STATUSES:
        raise ApiError(
            400,
            "rest_invalid_param",
            "Invalid parameter(s): status",
            params={"status": f"status is not one of {', '.join(STATUSES)}."},
        )
    was, row["status"] = row["status"], status
    now = whole(shop.now())
    if status in ("processing", "completed") and row["paid"] is None:
        row["paid"] = now
    if status == "completed":
        row["completed"] = now
    if was != status:
        notes.add(shop, row, f"Order status changed from {was} to {status}.")


def _pay(shop: Any, row: Row) -> None:
    row["paid"] = whole(shop.now())
    if row["status"] in ("pending", "on-hold"):
        _set_status(shop, row, "processing")
    stockkeeping.follow(shop, row)


def count(shop: Any, row: Row) -> None:
    """The taxes of each line, from where the order goes to."""
    for line in row["line_items"]:
        taxed = line.get("taxable", True)
        for name, amount in (("tax_before", line["subtotal"]), ("tax", line["total"])):
            line[name] = taxes.of(shop, row, line["class"], amount) if taxed else {}
    for kind in ("shipping_lines", "fee_lines"):
        for line in row[kind]:
            line["tax"] = taxes.of(shop, row, line["class"], line["total"])


def trash(shop: Any, row: Row) -> Row:
    if row["status"] == "trash":
        raise ApiError(
            410, "woocommerce_rest_already_trashed", "The order has already been deleted."
        )
    row["status"] = "trash"
    row["modified"] = whole(shop.now())
    shop.fire("order.deleted", row["id"])
    return row


def delete(shop: Any, row: Row) -> Row:
    del shop.store.tables["orders"][row["id"]]
    return row


def listed(shop: Any, request: Request) -> list[Row]:
    rows = included(shop.store.rows("orders"), request)
    wanted = request.params.get("status", "any").split(",")
    hidden = ("trash", "checkout-draft", "auto-draft")
    rows = [
        row
        for row in rows
        if row["status"] in wanted or ("any" in wanted and row["status"] not in hidden)
    ]
    if "customer" in request.params:
        rows = [row for row in rows if row["customer"] == int(request.params["customer"])]
    rows = by_date(rows, request, shop.settings.utc_offset)
    keys = {
        "date": lambda row: row["created"],
        "modified": lambda row: row["modified"],
        "id": lambda row: row["id"],
    }
    return ordered(rows, request, keys, "date")
