"""Lines of orders: goods, shipping, fees, coupons; how bodies add, change and remove them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import goods, taxes
from .errors import ApiError
from .store import Row
from .texts import decimal_text, stripped

KINDS = ("line_items", "shipping_lines", "fee_lines")
_REMOVERS = {"line_items": "product_id", "shipping_lines": "method_id", "fee_lines": "name"}


def take(shop: Any, order: Row, data: dict[str, Any]) -> None:
    """With an id a line is changed, without one it is added; quantity 0, or its product (method,
    name) set to null, takes it out."""
    for kind in KINDS:
        for given in data.get(kind) or ():
            _take_one(shop, order, kind, given)
    for given in data.get("coupon_lines") or ():
        _take_coupon(shop, order, given)


def _take_one(shop: Any, order: Row, kind: str, given: dict[str, Any]) -> None:
    rows: list[Row] = order[kind]
    if given.get("id"):
        row = next((one for one in rows if one["id"] == given["id"]), None)
        if row is None:
            raise ApiError(
                400,
                "woocommerce_rest_invalid_item_id",
                "Order item ID provided is not associated with order.",
            )
        remover = _REMOVERS[kind]
        if (remover in given and given[remover] is None) or given.get("quantity") == 0:
            rows.remove(row)
            return
    else:
        row = {"id": None, "meta": [], "reduced": None, "restocked": 0}
    _fill(shop, order, kind, row, given)
    if row["id"] is None:
        row["id"] = shop.store.next("items")
        rows.append(row)


def _fill(shop: Any, order: Row, kind: str, row: Row, given: dict[str, Any]) -> None:
    if kind == "line_items":
        _fill_goods(shop, order, row, given)
        return
    if kind == "shipping_lines":
        row["name"] = stripped(given.get("method_title", row.get("name", "")))
        row["method"] = given.get("method_id", row.get("method", ""))
        if not row["method"]:
            raise ApiError(
                400, "woocommerce_rest_invalid_shipping_item", "Shipping method ID is required."
            )
    else:
        row["name"] = stripped(given.get("name", row.get("name", "")))
    row["class"] = given.get("tax_class", row.get("class", ""))
    total = given.get("total", row.get("total", "0"))
    row["total"] = Decimal(decimal_text(total) or "0")


def _fill_goods(shop: Any, order: Row, row: Row, given: dict[str, Any]) -> None:
    """A line that is there keeps its totals when only its quantity changes."""
    new = row["id"] is None
    if "product_id" in given or given.get("sku"):
        _set_product(shop, row, given)
    elif new:
        raise ApiError(
            400,
            "woocommerce_rest_required_product_reference",
            "Product ID or SKU is required.",
        )
    row["quantity"] = _number(given.get("quantity", row.get("quantity", 1)))
    if given.get("name"):
        row["name"] = stripped(given["name"])
    if new:
        each = Decimal(row["price_then"] or "0") * Decimal(str(row["quantity"]))
        if shop.settings.prices_include_tax:
            each = taxes.net(shop, order, row["class"], each)
        row["subtotal"] = row["total"] = each
    for name in ("subtotal", "total"):
        if name in given:
            row[name] = Decimal(decimal_text(given[name]) or "0")
    if new and "subtotal" in given and "total" not in given:
        row["total"] = row["subtotal"]


def _set_product(shop: Any, row: Row, given: dict[str, Any]) -> None:
    """A product that is not there gives a line without one."""
    product = shop.store.get("products", given.get("product_id") or 0)
    variation = shop.store.get("variations", given.get("variation_id") or 0)
    if given.get("sku") and product is None:
        for one in (*shop.store.rows("products"), *shop.store.rows("variations")):
            if one["sku"] == given["sku"]:
                variation = one if "parent" in one else None
                product = one if variation is None else shop.store.get("products", one["parent"])
    sold = variation or product
    row["product"] = product["id"] if product else 0
    row["variation"] = variation["id"] if variation else 0
    row["name"] = shop.variation_name(variation) if variation else (product or {}).get("name", "")
    row["parent_name"] = product["name"] if variation and product else None
    row["class"] = sold["tax_class"] if sold else ""
    row["taxable"] = sold is None or sold["tax_status"] == "taxable"
    row["price_then"] = goods.price(sold, shop.now()) if sold else "0"
    if variation:
        for item in variation["attributes"]:
            row["meta"].append(_option_meta(shop, item))


def _option_meta(shop: Any, item: Row) -> dict[str, Any]:
    attribute = shop.store.get("attributes", item["id"]) if item["id"] else None
    key = attribute["slug"] if attribute else item["name"].lower()
    return {
        "id": shop.store.next("meta"),
        "key": key,
        "value": item["option"].lower().replace(" ", "-") if attribute else item["option"],
        "display_key": item["name"],
        "display_value": item["option"],
    }


def _number(value: Any) -> Any:
    number = Decimal(str(value))
    return int(number) if number == int(number) else float(number)


def _take_coupon(shop: Any, order: Row, given: dict[str, Any]) -> None:
    """Codes are lower case. An unknown one is refused; a new order is left behind as a draft."""
    if given.get("id") and given.get("code", "") is None:
        order["coupons"] = [one for one in order["coupons"] if one["id"] != given["id"]]
        return
    code = str(given.get("code", "")).lower()
    coupon = next((one for one in shop.store.rows("coupons") if one["code"] == code), None)
    if coupon is None:
        extra = {"new_draft_order_id": order["id"]} if order.get("is_new") else {}
        raise ApiError(
            400,
            "woocommerce_rest_invalid_coupon",
            f"Coupon &quot;{code}&quot; cannot be applied because it does not exist.",
            **extra,
        )
    if any(one["code"] == code for one in order["coupons"]):
        return
    order["coupons"].append({"id": shop.store.next("items"), "coupon": coupon["id"], "code": code})
    for line in order["line_items"]:
        off = Decimal(coupon["amount"]) / 100
        line["total"] = taxes.cents(line["subtotal"] * (1 - off))
