"""Orders from rows of the shop: lines, shipping, fees, coupons, taxes, refunds, notes.

Amounts of lines are net in the API, however prices were entered. Where the shop's prices include
their taxes, `unit_price` and `discount` of a line include them too, as the customer saw them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .order_taxes import OrderTaxes, places_of
from .scalars import amount, id_text, number, plain, variant_id
from .shapes import Fields, Row, copied, key_of, meta, money, rows, times

_PLAIN = (
    "status",
    "currency",
    "prices_include_tax",
    "billing",
    "shipping",
    "customer_note",
    "payment_method",
    "payment_method_title",
    "transaction_id",
    "created_via",
)
_TOTALS = (
    "discount_total",
    "discount_tax",
    "shipping_total",
    "shipping_tax",
    "cart_tax",
    "total",
    "total_tax",
)
_TIMES = ("date_created", "date_modified", "date_paid", "date_completed")
#: States in which goods are still to be sent.
OPEN = frozenset({"pending", "on-hold", "processing"})
COMPLETED, CANCELLED = "completed", "cancelled"
SENT = frozenset({COMPLETED})


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to an order and is read apart: its refunds in full, and its notes if asked."""

    refunds: Sequence[Row] = ()
    notes: Sequence[Row] | None = None


def order(row: Row, around: Around) -> Fields:
    """The record; `number` is text (plugins change it), `customer` null for a guest. `from_odoo`:
    the order bears the key of a create, so it was made from here."""
    taxes = OrderTaxes({"tax_lines": [], **row}, places_of(row))
    included = bool(row.get("prices_include_tax"))
    fields = {
        "id": id_text(row.get("id")),
        "number": str(row.get("number") or row.get("id")),
        "customer": id_text(row.get("customer_id")),
        **copied(row, _PLAIN),
        **money(row, _TOTALS),
        **times(row, _TIMES),
        **meta(row),
    }
    status = str(row.get("status"))
    fields["cancelled"] = status == CANCELLED
    fields["completed"] = status == COMPLETED
    fields["from_odoo"] = key_of(row) is not None
    fields["lines"] = [
        _line(item, taxes, at, included, status) for at, item in enumerate(rows(row["line_items"]))
    ]
    for kind in ("shipping_lines", "fee_lines"):
        fields[kind] = [
            _charge(item, kind, taxes, at, included) for at, item in enumerate(rows(row.get(kind)))
        ]
    fields["coupon_lines"] = [_coupon(item) for item in rows(row.get("coupon_lines"))]
    fields["tax_lines"] = [_tax_line(item) for item in rows(row.get("tax_lines"))]
    restocked = {item["id"]: _restocked(item) for item in fields["lines"]}
    fields["refunds"] = [refund(item, restocked) for item in around.refunds]
    back = [amount(item.get("total")) for item in rows(row.get("refunds"))]
    fields["refunded"] = -sum(back, Decimal(0))
    if around.notes is not None:
        fields["notes"] = [_note(item) for item in around.notes]
    return fields


def _line(item: Row, taxes: OrderTaxes, at: int, included: bool, status: str) -> Fields:
    """A line. Product and variant are null once they are deleted in the shop; `sku` is today's."""
    quantity = amount(item.get("quantity"))
    before, after = amount(item.get("subtotal")), amount(item.get("total"))
    if included:
        before += amount(item.get("subtotal_tax"))
        after += taxes.total("line_items", at)
    return {
        "id": id_text(item.get("id")),
        "name": plain(item.get("name")),
        "parent_name": plain(item.get("parent_name")),
        "product": id_text(item.get("product_id")),
        "variant": variant_id(item.get("product_id"), item.get("variation_id")),
        "sku": item.get("sku") or None,
        "quantity": quantity,
        "unit_price": before / quantity if quantity else before,
        "discount": before - after,
        **money(item, ("subtotal", "subtotal_tax", "total", "total_tax")),
        **copied(item, ("tax_class",)),
        "taxes": taxes.of("line_items", at),
        "fulfilled": quantity if status in SENT else Decimal(0),
        "unfulfilled": quantity if status in OPEN else Decimal(0),
        "meta": {
            str(entry.get("key")): entry.get("value") for entry in rows(item.get("meta_data"))
        },
    }


def _charge(item: Row, kind: str, taxes: OrderTaxes, at: int, included: bool) -> Fields:
    """A shipping or fee line: `price` with its taxes where the shop's prices have them."""
    total = amount(item.get("total"))
    tax = taxes.total(kind, at)
    name = item.get("method_title") if kind == "shipping_lines" else item.get("name")
    return {
        "id": id_text(item.get("id")),
        "name": plain(name),
        "method": item.get("method_id") or None,
        "price": total + tax if included else total,
        "total": total,
        "total_tax": tax,
        "taxes": taxes.of(kind, at),
    }


def _coupon(item: Row) -> Fields:
    return {
        "id": id_text(item.get("id")),
        "code": item.get("code"),
        **money(item, ("discount", "discount_tax")),
    }


def _tax_line(item: Row) -> Fields:
    return {
        "id": id_text(item.get("id")),
        "rate": id_text(item.get("rate_id")),
        "label": plain(item.get("label")),
        **copied(item, ("compound", "rate_code")),
        **money(item, ("tax_total", "shipping_tax_total", "rate_percent")),
    }


def _restocked(line: Fields) -> Decimal:
    return amount(line["meta"].get("_restock_refunded_items"))


def refund(row: Row, restocked: Mapping[Any, Decimal] | None = None) -> Fields:
    """A refund with positive amounts; `adjustment` is what of `amount` stands on no line.

    `mark`: of one that was made from here. `lines`: `{line: id of the order's line, quantity,
    amount (net), tax, restocked}`.
    """
    lines = [_refunded(item) for item in rows(row.get("line_items"))]
    for line in lines:
        line["restocked"] = bool((restocked or {}).get(line["line"]))
    shipping = [_refunded(item) for item in rows(row.get("shipping_lines"))]
    fees = [_refunded(item) for item in rows(row.get("fee_lines"))]
    total = amount(row.get("amount"))
    told = sum((one["amount"] + one["tax"] for one in (*lines, *shipping, *fees)), Decimal(0))
    return {
        "id": id_text(row.get("id")),
        "mark": key_of(row),
        "reason": plain(row.get("reason")) or None,
        "amount": total,
        "lines": lines,
        "fees": fees,
        "shipping": {
            "amount": sum((one["amount"] for one in shipping), Decimal(0)),
            "tax": sum((one["tax"] for one in shipping), Decimal(0)),
        },
        "adjustment": total - told,
        **times(row, ("date_created",)),
    }


def _refunded(item: Row) -> Fields:
    marks = {str(entry.get("key")): entry.get("value") for entry in rows(item.get("meta_data"))}
    return {
        "line": id_text(marks.get("_refunded_item_id")),
        "quantity": -amount(item.get("quantity")),
        "amount": -amount(item.get("total")),
        "tax": -amount(item.get("total_tax")),
    }


def _note(item: Row) -> Fields:
    return {
        "id": id_text(item.get("id")),
        "author": plain(item.get("author")),
        "text": plain(item.get("note")),
        "for_customer": bool(item.get("customer_note")),
        **times(item, ("date_created",)),
    }


def reduced(item: Row) -> int:
    """How many of a line's units are out of the shop's stock for it."""
    for entry in rows(item.get("meta_data")):
        if entry.get("key") == "_reduced_stock":
            value = number(entry.get("value"))
            return int(value) if isinstance(value, Decimal) else 0
    return 0
