"""What products and variations share: prices, stock, weight, and how bodies change them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from . import meta
from .errors import ApiError
from .store import Row
from .texts import decimal_text, stripped
from .times import given, pair

TEXTS = ("tax_status", "backorders", "stock_status", "shipping_class")
FLAGS = ("virtual", "downloadable")


def blank() -> Row:
    return {
        "status": "publish",
        "description": "",
        "sku": "",
        "global_unique_id": "",
        "regular_price": "",
        "sale_price": "",
        "sale_from": None,
        "sale_to": None,
        "virtual": False,
        "downloadable": False,
        "tax_status": "taxable",
        "tax_class": "",
        "manage_stock": False,
        "stock_quantity": None,
        "stock_status": "instock",
        "backorders": "no",
        "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_class": "",
        "menu_order": 0,
        "attributes": [],
        "meta": [],
        "total_sales": 0,
    }


def apply(shop: Any, row: Row, data: dict[str, Any]) -> None:
    """Put the fields of a body that both have into the row."""
    if "sku" in data:
        _set_sku(shop, row, stripped(data["sku"]))
    for name, convert in _CONVERTED.items():
        if name in data:
            row[name] = convert(data[name])
    row.update({name: data[name] for name in (*TEXTS, *FLAGS) if name in data})
    if "tax_class" in data:
        known = {rate["class"] for rate in shop.store.rows("taxes")}
        row["tax_class"] = data["tax_class"] if data["tax_class"] in known - {"standard"} else ""
    if "dimensions" in data:
        row["dimensions"].update({k: str(v) for k, v in (data["dimensions"] or {}).items()})
    _apply_sale(shop, row, data)
    _apply_stock(row, data)
    if "meta_data" in data:
        meta.merge(shop.store, row, data["meta_data"])


def _text(value: Any) -> str:
    return str(value or "")


#: Fields that are kept in another form than they come.
_CONVERTED: dict[str, Callable[[Any], Any]] = {
    "description": _text,
    "global_unique_id": _text,
    "regular_price": decimal_text,
    "sale_price": decimal_text,
    "weight": decimal_text,
    "menu_order": int,
}


def _apply_sale(shop: Any, row: Row, data: dict[str, Any]) -> None:
    """A sale price that is none is dropped, silently. Null leaves a date, "" takes it away."""
    for name, column in (("date_on_sale_from", "sale_from"), ("date_on_sale_to", "sale_to")):
        if any(data.get(key) is not None for key in (name, f"{name}_gmt")):
            row[column] = given(data, name, shop.settings.utc_offset)
    sale, regular = row["sale_price"], row["regular_price"]
    if sale and regular and Decimal(sale) >= Decimal(regular):
        row["sale_price"] = ""


def _apply_stock(row: Row, data: dict[str, Any]) -> None:
    """A quantity is ignored, silently, where none is counted; null counts as zero."""
    if "manage_stock" in data:
        row["manage_stock"] = bool(data["manage_stock"])
        if not row["manage_stock"]:
            row["stock_quantity"] = None
    if "stock_quantity" in data and row["manage_stock"]:
        row["stock_quantity"] = int(data["stock_quantity"] or 0)
    if row["manage_stock"]:
        row["stock_quantity"] = row["stock_quantity"] or 0
        short = row["stock_quantity"] <= 0
        row["stock_status"] = "outofstock" if short and row["backorders"] == "no" else "instock"


def _set_sku(shop: Any, row: Row, sku: str) -> None:
    """SKUs are one to a product or variation, whatever their case; the trash keeps its own."""
    if sku:
        for other in (*shop.store.rows("products"), *shop.store.rows("variations")):
            if other is row or other.get("id") == row.get("id"):
                continue
            if other["sku"].casefold() == sku.casefold():
                if other["status"] == "trash":
                    raise ApiError(
                        400,
                        "woocommerce_rest_product_not_created",
                        f"The product with SKU ({sku}) you are trying to insert is already present "
                        "in the lookup table",
                    )
                raise ApiError(
                    400,
                    "product_invalid_sku",
                    "Invalid or duplicated SKU.",
                    resource_id=other["id"],
                    unique_sku=f"{sku}-1",
                )
    row["sku"] = sku


def on_sale(row: Row, now: datetime) -> bool:
    if not row["sale_price"]:
        return False
    begun = row["sale_from"] is None or row["sale_from"] <= now
    return begun and (row["sale_to"] is None or now <= row["sale_to"])


def price(row: Row, now: datetime) -> str:
    return row["sale_price"] if on_sale(row, now) else row["regular_price"]


def shown_prices(shop: Any, row: Row) -> dict[str, Any]:
    offset = shop.settings.utc_offset
    return {
        "price": price(row, shop.now()),
        "regular_price": row["regular_price"],
        "sale_price": row["sale_price"],
        **pair("date_on_sale_from", row["sale_from"], offset),
        **pair("date_on_sale_to", row["sale_to"], offset),
        "on_sale": on_sale(row, shop.now()),
    }


def shown_downloads() -> dict[str, Any]:
    return {"downloads": [], "download_limit": -1, "download_expiry": -1}


def shown_stock(row: Row) -> dict[str, Any]:
    return {
        "backorders": row["backorders"],
        "backorders_allowed": row["backorders"] != "no",
        "backordered": False,
        "low_stock_amount": None,
    }
