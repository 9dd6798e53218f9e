"""An order as the REST API shows it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from . import media, meta, taxes
from .links import links
from .store import Row
from .taxes import cents, money
from .texts import encoded
from .times import pair

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


def shown(shop: Any, row: Row) -> dict[str, Any]:
    settings = shop.settings
    sums = totals(row)
    told = {
        "id": row["id"],
        "parent_id": 0,
        "status": row["status"],
        "currency": row["currency"],
        "version": row["version"],
        "prices_include_tax": row["included"],
        "discount_total": money(sums["discount"]),
        "discount_tax": money(sums["discount_tax"]),
        "shipping_total": money(sums["shipping"]),
        "shipping_tax": money(sums["shipping_tax"]),
        "cart_tax": money(sums["cart_tax"]),
        "total": money(sums["total"]),
        "total_tax": money(sums["cart_tax"] + sums["shipping_tax"]),
        "customer_id": row["customer"],
        "order_key": f"wc_order_{row['id']:013d}",
        "billing": dict(row["billing"]),
        "shipping": dict(row["shipping"]),
        "payment_method": row["payment_method"],
        "payment_method_title": row["payment_method_title"],
        "transaction_id": row["transaction_id"],
        "customer_ip_address": "",
        "customer_user_agent": "",
        "created_via": row["created_via"],
        "customer_note": row["customer_note"],
        "cart_hash": "",
        "number": str(row["id"]),
        "meta_data": meta.shown(row),
        "line_items": [line(shop, item) for item in row["line_items"]],
        "tax_lines": taxes.lines(shop, row),
        "shipping_lines": [_shipping(shop, item) for item in row["shipping_lines"]],
        "fee_lines": [_fee(shop, item) for item in row["fee_lines"]],
        "coupon_lines": [_coupon(shop, row, item) for item in row["coupons"]],
        "refunds": [_refund(one) for one in reversed(row["refunds"])],
        "payment_url": f"{settings.url}/checkout/order-pay/{row['id']}/",
        "is_editable": row["status"] in ("pending", "on-hold"),
        "needs_payment": row["status"] in ("pending", "failed"),
        "needs_processing": True,
        "currency_symbol": _SYMBOLS.get(row["currency"], row["currency"]),
        "_links": _links(shop, row),
    }
    for name, column in (
        ("date_created", "created"),
        ("date_modified", "modified"),
        ("date_completed", "completed"),
        ("date_paid", "paid"),
    ):
        told |= pair(name, row[column], settings.utc_offset)
    return told


def totals(row: Row) -> dict[str, Decimal]:
    zero = Decimal(0)
    lines, fees, shipping = (row[k] for k in ("line_items", "fee_lines", "shipping_lines"))
    net = sum((cents(one["total"]) for one in (*lines, *fees, *shipping)), zero)
    cart_tax = sum((t for one in (*lines, *fees) for t in one["tax"].values()), zero)
    shipping_tax = sum((t for one in shipping for t in one["tax"].values()), zero)
    before = sum((t for one in lines for t in one["tax_before"].values()), zero)
    after = sum((t for one in lines for t in one["tax"].values()), zero)
    return {
        "discount": sum((cents(one["subtotal"]) - cents(one["total"]) for one in lines), zero),
        "discount_tax": before - after,
        "shipping": sum((cents(one["total"]) for one in shipping), zero),
        "shipping_tax": shipping_tax,
        "cart_tax": cart_tax,
        "total": net + cart_tax + shipping_tax,
    }


def line(shop: Any, item: Row) -> dict[str, Any]:
    """A line shows the product's SKU of today; a product that is gone leaves zeros."""
    variation = shop.store.get("variations", item["variation"])
    product = shop.store.get("products", item["product"])
    sold = variation or product
    quantity = Decimal(str(item["quantity"]))
    told = {
        "id": item["id"],
        "name": encoded(item["name"]),
        "product_id": product["id"] if product else 0,
        "variation_id": variation["id"] if variation else 0,
        "quantity": item["quantity"],
        "tax_class": item["class"],
        "subtotal": money(item["subtotal"]),
        "subtotal_tax": money(sum(item["tax_before"].values(), Decimal(0))),
        "total": money(item["total"]),
        "total_tax": money(sum(item["tax"].values(), Decimal(0))),
        "taxes": taxes.shown(shop, item["tax_before"], item["tax"]),
        "meta_data": _line_meta(shop, item),
        "sku": sold["sku"] if sold else None,
        "global_unique_id": sold["global_unique_id"] if sold else "",
        "price": float(item["total"] / quantity) if quantity else 0,
        "image": _image(shop, product, variation),
        "parent_name": item["parent_name"],
    }
    if not shop.settings.since(9, 2):
        del told["global_unique_id"]
    return told


def _line_meta(shop: Any, item: Row) -> list[dict[str, Any]]:
    own = meta.displayed(item)
    marks = {
        "_reduced_stock": item["reduced"],
        "_restock_refunded_items": item["restocked"] or None,
    }
    for at, (key, value) in enumerate(marks.items()):
        if value is not None:
            entry = {"id": 1_000_000 + 2 * item["id"] + at, "key": key, "value": str(value)}
            own.append({**entry, "display_key": key, "display_value": str(value)})
    return own


def _image(shop: Any, product: Row | None, variation: Row | None) -> dict[str, Any]:
    id_ = (variation or {}).get("image") or next(iter((product or {}).get("images", ())), None)
    told = media.shown(shop, id_, small=True) if id_ else None
    if told is None:
        return {"id": 0 if variation else "", "src": ""}
    return {"id": told["id"], "src": told["src"]}


def _shipping(shop: Any, item: Row) -> dict[str, Any]:
    told = {
        "id": item["id"],
        "method_title": item["name"],
        "method_id": item["method"],
        "instance_id": "",
        "total": money(item["total"]),
        "total_tax": money(sum(item["tax"].values(), Decimal(0))),
        "taxes": taxes.shown(shop, {}, item["tax"]),
        "tax_status": "taxable",
        "meta_data": meta.displayed(item),
    }
    if not shop.settings.since(9):
        del told["tax_status"]
    return told


def _fee(shop: Any, item: Row) -> dict[str, Any]:
    return {
        "id": item["id"],
        "name": encoded(item["name"]),
        "tax_class": item["class"],
        "tax_status": "taxable",
        "amount": "",
        "total": money(item["total"]),
        "total_tax": money(sum(item["tax"].values(), Decimal(0))),
        "taxes": taxes.shown(shop, {}, item["tax"]),
        "meta_data": meta.displayed(item),
    }


def _coupon(shop: Any, row: Row, item: Row) -> dict[str, Any]:
    coupon = shop.store.get("coupons", item["coupon"])
    sums = totals(row)
    info = json.dumps(
        [coupon["id"], coupon["code"], coupon["type"], float(coupon["amount"])],
        separators=(",", ":"),
    )
    newer = shop.settings.since(9)
    key = "coupon_info" if newer else "coupon_data"
    value: Any = info if newer else {"id": coupon["id"], "code": coupon["code"]}
    told = {
        "id": item["id"],
        "code": item["code"],
        "discount": format(sums["discount"].normalize(), "f"),
        "discount_tax": format(sums["discount_tax"].normalize(), "f"),
        "meta_data": [
            {
                "id": item["id"],
                "key": key,
                "value": value,
                "display_key": key,
                "display_value": value,
            }
        ],
    }
    if newer:
        told |= {
            "discount_type": coupon["type"],
            "nominal_amount": float(coupon["amount"]),
            "free_shipping": False,
        }
    return told


def _refund(one: Row) -> dict[str, Any]:
    tax = sum((t for item in one["lines"] for t in item["tax"].values()), Decimal(0))
    return {
        "id": one["id"],
        "reason": one["reason"],
        "total": f"-{money(one['amount'])}",
        "total_tax": f"-{money(tax)}",
    }


def _links(shop: Any, row: Row) -> dict[str, Any]:
    told = links(shop.settings, "orders", row["id"])
    base = f"{shop.settings.url}/wp-json/wc/v3"
    if shop.settings.since(9, 8):
        href = f"{base}/orders/{row['id']}/actions/email_templates"
        told["email_templates"] = [{"embeddable": True, "href": href}]
    if row["customer"]:
        told["customer"] = [{"href": f"{base}/customers/{row['customer']}"}]
    return told
