"""Orders as WooCommerce writes them out, in few words: amounts of lines are net and unrounded taxes
stand beside them, whatever the customer saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal as D
from typing import Any

Row = dict[str, Any]

#: Rate's id → (code, label, percent).
RATES: Mapping[int, tuple[str, str, Any]] = {
    1: ("FR-TVA-1", "TVA 20%", 20),
    2: ("FR-TVA 5,5-1", "TVA 5,5%", D("5.5")),
    3: ("DE-MWST-1", "MwSt.", 19),
    4: ("DE-MWST 7-1", "MwSt. 7%", 7),
    5: ("US-TX-SALES TAX-1", "Sales tax", D("8.25")),
    6: ("CA-GST-1", "GST", 5),
    7: ("CA-QC-QST-2", "QST", D("9.975")),
    8: ("JP-TAX-1", "消費税", 10),
    9: ("KW-VAT-1", "VAT", 5),
    10: ("FR-ZERO-1", "Exonéré", 0),
}
Taxes = Mapping[int, str]


def line(id_: int, subtotal: str, total: str = "", taxes: Taxes | None = None, **more: Any) -> Row:
    """A line of product `id_`; without a `total` there is no discount. `before`: the tax before
    discounts, where it is another."""
    told = taxes or {}
    after = sum(map(D, told.values()), D(0))
    row = {
        "id": 100 + id_,
        "name": f"Article {id_}",
        "product_id": id_,
        "variation_id": 0,
        "quantity": 1,
        "tax_class": "",
        "subtotal": subtotal,
        "subtotal_tax": more.pop("before", str(after)),
        "total": total or subtotal,
        "total_tax": str(after),
        "taxes": _taxes(told),
        "meta_data": [],
        "sku": f"SKU-{id_}",
        "price": 0,
        "parent_name": None,
    }
    return {**row, **more}


def shipping(total: str, taxes: Taxes | None = None, **more: Any) -> Row:
    row = {"id": 201, "method_title": "Flat rate", "method_id": "flat_rate", "instance_id": "1"}
    return {**row, **_charge(total, taxes or {}), **more}


def fee(name: str, total: str, taxes: Taxes | None = None, **more: Any) -> Row:
    row = {"id": 301, "name": name, "tax_class": "", "tax_status": "taxable", "amount": ""}
    return {**row, **_charge(total, taxes or {}), **more}


def coupon(code: str, discount: str, tax: str = "0.00", **more: Any) -> Row:
    row = {"id": 401, "code": code, "discount": discount, "discount_tax": tax, "meta_data": []}
    return {**row, "free_shipping": False, **more}


def order(total: str, lines: Sequence[Row], **more: Any) -> Row:
    """An order of a customer in Paris. `sums`: rate → its tax of goods and fees, where the shop
    rounded it at the subtotal."""
    row: Row = {
        "id": 17,
        "number": "17",
        "status": "processing",
        "currency": "EUR",
        "prices_include_tax": False,
        "customer_id": 5,
        "billing": {"first_name": "Ada", "last_name": "Example", "country": "FR", "city": "Paris"},
        "shipping": {},
        "customer_note": "",
        "payment_method": "bacs",
        "payment_method_title": "Bank",
        "transaction_id": "",
        "created_via": "checkout",
        "line_items": list(lines),
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        "meta_data": [],
        "total": total,
        **dict.fromkeys(("date_paid_gmt", "date_completed_gmt"), None),
        **dict.fromkeys(("date_created_gmt", "date_modified_gmt"), "2026-11-21T23:29:33"),
    }
    sums = more.pop("sums", {})
    row.update(more)
    row["tax_lines"] = _tax_lines(row, sums)
    found = [D(one[name]) for one in row["tax_lines"] for name in ("tax_total", _SHIPPING)]
    return {"total_tax": str(sum(found, D(0))), **row}


def refund(amount: str, lines: Sequence[Row] = (), **more: Any) -> Row:
    row = {"id": 501, "amount": amount, "reason": "", "date_created_gmt": "2026-11-22T08:00:00"}
    return {**row, "line_items": list(lines), "shipping_lines": [], "fee_lines": [], **more}


def back(id_: int, total: str, tax: str = "0.00", quantity: int = 0) -> Row:
    """What of the row `id_` a refund gives back."""
    marks = [{"key": "_refunded_item_id", "value": str(id_)}]
    amounts = {"quantity": -quantity, "total": f"-{total}", "total_tax": f"-{tax}"}
    return {"id": 600 + id_, **amounts, "meta_data": marks}


_SHIPPING = "shipping_tax_total"


def _charge(total: str, taxes: Taxes) -> Row:
    tax = str(sum(map(D, taxes.values()), D(0)))
    return {"total": total, "total_tax": tax, "taxes": _taxes(taxes), "meta_data": []}


def _taxes(taxes: Taxes) -> list[Row]:
    return [{"id": id_, "total": total, "subtotal": ""} for id_, total in taxes.items()]


def _tax_lines(row: Row, sums: Mapping[int, str]) -> list[Row]:
    goods = [*row["line_items"], *row["fee_lines"]]
    ids = {tax["id"] for one in (*goods, *row["shipping_lines"]) for tax in one["taxes"]}
    return [
        {
            "id": 700 + id_,
            "rate_id": id_,
            "rate_code": RATES[id_][0],
            "label": RATES[id_][1],
            "rate_percent": RATES[id_][2],
            "compound": id_ == 7,
            "tax_total": sums.get(id_, str(_sum(goods, id_))),
            _SHIPPING: str(_sum(row["shipping_lines"], id_)),
        }
        for id_ in sorted(ids)
    ]


def _sum(rows: Sequence[Row], id_: int) -> D:
    found = [D(tax["total"]) for one in rows for tax in one["taxes"] if tax["id"] == id_]
    return sum(found, D(0))
