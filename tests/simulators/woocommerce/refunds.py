"""Refunds: amounts, with or without lines. The order's total stays; a full one sets its state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import meta, stockkeeping, taxes
from .errors import ApiError, BareStatus
from .links import links
from .order_shown import totals
from .store import Row
from .taxes import money
from .texts import decimal_text, encoded
from .times import pair, whole


def create(shop: Any, order: Row, data: dict[str, Any]) -> Row:
    amount = Decimal(decimal_text(data.get("amount", "")) or "0")
    left = totals(order)["total"] - sum((one["amount"] for one in order["refunds"]), Decimal(0))
    if amount > left:
        raise BareStatus(
            500, "woocommerce_rest_cannot_create_order_refund", "Invalid refund amount."
        )
    if data.get("api_refund", True) and order["payment_method"] != "refundable":
        raise ApiError(
            500,
            "woocommerce_rest_cannot_create_order_refund",
            "The payment gateway for this order does not support automatic refunds.",
        )
    row = {
        "id": shop.store.next("posts"),
        "order": order["id"],
        "at": whole(shop.now()),
        "amount": amount,
        "reason": str(data.get("reason") or ""),
        "lines": [_line(shop, order, given) for given in data.get("line_items") or ()],
        "meta": [],
        "paid": bool(data.get("api_refund", True)),
        "type": "full" if amount == left else "partial",
    }
    meta.merge(shop.store, row, [{"key": "_refund_type", "value": row["type"]}])
    meta.merge(shop.store, row, data.get("meta_data"))
    order["refunds"].append(row)
    shop.store.tables["refunds"][row["id"]] = row
    if data.get("api_restock", True):
        for line in row["lines"]:
            if line["kind"] == "line_items":
                stockkeeping.restock(shop, line["of"], int(line["quantity"]))
    if amount == left:
        order["status"] = "refunded"
    order["modified"] = whole(shop.now())
    shop.fire("order.updated", order["id"])
    return row


def _line(shop: Any, order: Row, given: dict[str, Any]) -> Row:
    for kind in ("line_items", "shipping_lines", "fee_lines"):
        for item in order[kind]:
            if item["id"] == given.get("id"):
                return {
                    "id": shop.store.next("items"),
                    "kind": kind,
                    "of": item,
                    "quantity": given.get("quantity", 0),
                    "total": Decimal(decimal_text(given.get("refund_total", "")) or "0"),
                    "tax": {
                        tax["id"]: Decimal(decimal_text(tax.get("refund_total", "")) or "0")
                        for tax in given.get("refund_tax") or ()
                    },
                }
    raise ApiError(400, "woocommerce_rest_invalid_line_item", "Invalid line item.")


def delete(shop: Any, order: Row, row: Row, force: bool) -> Row:
    """The order's date is not touched."""
    if not force:
        raise ApiError(
            404, "woocommerce_rest_trash_not_supported", "Refunds do not support trashing."
        )
    order["refunds"].remove(row)
    del shop.store.tables["refunds"][row["id"]]
    return row


def shown(shop: Any, row: Row, *, with_parent: bool = False) -> dict[str, Any]:
    path = f"orders/{row['order']}/refunds"
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for line in row["lines"]:
        by_kind.setdefault(line["kind"], []).append(_shown_line(shop, line))
    return {
        "id": row["id"],
        **({"parent_id": row["order"]} if with_parent else {}),
        **pair("date_created", row["at"], shop.settings.utc_offset),
        "amount": money(row["amount"]),
        "reason": encoded(row["reason"]),
        "refunded_by": 1,
        "refunded_payment": row.get("paid", False),
        "meta_data": meta.shown(row),
        "line_items": by_kind.get("line_items", []),
        "shipping_lines": by_kind.get("shipping_lines", []),
        "tax_lines": [],
        "fee_lines": by_kind.get("fee_lines", []),
        "_links": links(
            shop.settings, path, row["id"], f"orders/{row['order']}", ("GET", "DELETE")
        ),
    }


def _shown_line(shop: Any, line: Row) -> dict[str, Any]:
    """Amounts and quantity are negative; which line it is of stands in the meta data."""
    item = line["of"]
    tax = sum(line["tax"].values(), Decimal(0))
    mark = {
        "id": line["id"],
        "key": "_refunded_item_id",
        "value": str(item["id"]),
        "display_key": "_refunded_item_id",
        "display_value": str(item["id"]),
    }
    minus = {id_: -amount for id_, amount in line["tax"].items()}
    told = {
        "id": line["id"],
        "name": encoded(item["name"]),
        "total": money(-line["total"]),
        "total_tax": money(-tax),
        "taxes": taxes.shown(shop, minus, minus),
        "meta_data": [mark],
    }
    if line["kind"] != "line_items":
        return told
    told |= {
        "product_id": item["product"],
        "variation_id": item["variation"],
        "quantity": -line["quantity"],
        "tax_class": item["class"],
        "subtotal": money(-line["total"]),
        "subtotal_tax": money(-tax),
        "sku": None,
        "global_unique_id": "",
        "price": 0,
        "image": {"id": "", "src": ""},
        "parent_name": item["parent_name"],
    }
    sold = shop.store.get("variations", item["variation"]) or shop.store.get(
        "products", item["product"]
    )
    if sold is not None:
        told["sku"] = sold["sku"]
    if line["quantity"]:
        told["price"] = float(line["total"] / Decimal(str(line["quantity"])))
    return told
