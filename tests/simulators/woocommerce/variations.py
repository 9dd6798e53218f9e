"""Variations of variable products; each write of one touches its product's date as well."""

from __future__ import annotations

from typing import Any

from . import goods, media, meta, products
from .attributes import shown_attributes, take_options
from .links import links
from .listing import by_date, included, ordered
from .request import Request
from .store import Row
from .texts import encoded, paragraphs
from .times import pair, whole


def create(shop: Any, parent: Row, data: dict[str, Any]) -> Row:
    now = whole(shop.now())
    row: Row = {**goods.blank(), "parent": parent["id"], "created": now, "modified": now}
    row |= {"id": None, "image": None, "tax_class": parent["tax_class"]}
    _apply(shop, row, parent, data)
    shop.store.add("variations", "posts", row)
    products.touch(shop, parent)
    shop.fire("product.created", row["id"])
    return row


def update(shop: Any, row: Row, data: dict[str, Any]) -> Row:
    parent = shop.store.get("products", row["parent"])
    _apply(shop, row, parent, data)
    row["modified"] = whole(shop.now())
    products.touch(shop, parent)
    shop.fire("product.updated", row["id"])
    return row


def _apply(shop: Any, row: Row, parent: Row, data: dict[str, Any]) -> None:
    goods.apply(shop, row, data)
    if "status" in data:
        row["status"] = data["status"]
    if "attributes" in data:
        take_options(shop, row, parent, data["attributes"])
    if data.get("image"):
        row["image"] = media.ids_of(shop, [data["image"]])[0]


def delete(shop: Any, row: Row, force: bool) -> Row:
    """Without force to the trash: then the product names it no longer."""
    products.touch(shop, shop.store.get("products", row["parent"]))
    if force:
        del shop.store.tables["variations"][row["id"]]
    else:
        row["status"] = "trash"
        shop.fire("product.deleted", row["id"])
    return row


def listed(shop: Any, request: Request, parent: int | None) -> list[Row]:
    rows = [row for row in shop.store.rows("variations") if parent in (None, row["parent"])]
    status = request.params.get("status", "any")
    rows = [
        row
        for row in rows
        if (row["status"] != "trash" if status == "any" else row["status"] == status)
        and shop.store.get("products", row["parent"])["status"] != "trash"
    ]
    if request.params.get("sku"):
        wanted = set(request.params["sku"].split(","))
        rows = [row for row in rows if row["sku"] in wanted]
    rows = by_date(included(rows, request), request, shop.settings.utc_offset)
    keys = {
        "date": lambda row: row["created"],
        "modified": lambda row: row["modified"],
        "id": lambda row: row["id"],
        "menu_order": lambda row: row["menu_order"],
    }
    return ordered(rows, request, keys, "date")


def shown(shop: Any, row: Row) -> dict[str, Any]:
    """A variation that leaves counting to its product shows the product's quantity."""
    settings = shop.settings
    parent = shop.store.get("products", row["parent"])
    shares = parent["manage_stock"] and not row["manage_stock"]
    told = {
        "id": row["id"],
        "type": "variation",
        **pair("date_created", row["created"], settings.utc_offset),
        **pair("date_modified", row["modified"], settings.utc_offset),
        "description": paragraphs(row["description"]),
        "permalink": f"{settings.url}/product/{parent['slug']}/",
        "sku": row["sku"],
        "global_unique_id": row["global_unique_id"],
        **goods.shown_prices(shop, row),
        "status": row["status"],
        "purchasable": bool(row["regular_price"]),
        "virtual": row["virtual"],
        "downloadable": row["downloadable"],
        **goods.shown_downloads(),
        "tax_status": row["tax_status"],
        "tax_class": row["tax_class"],
        "manage_stock": "parent" if shares else row["manage_stock"],
        "stock_quantity": parent["stock_quantity"] if shares else row["stock_quantity"],
        "stock_status": row["stock_status"],
        **goods.shown_stock(row),
        "weight": row["weight"] or parent["weight"],
        "dimensions": dict(row["dimensions"]),
        "shipping_class": row["shipping_class"],
        "shipping_class_id": 0,
        "image": media.shown(shop, row["image"], small=True) if row["image"] else None,
        "gallery_image_ids": [],
        "attributes": shown_attributes(shop, row),
        "menu_order": row["menu_order"],
        "meta_data": meta.shown(row),
        "name": encoded(shop.options_name(row)),
        "parent_id": parent["id"],
        "_links": links(
            settings, f"products/{parent['id']}/variations", row["id"], f"products/{parent['id']}"
        ),
    }
    if not settings.since(9, 2):
        del told["global_unique_id"]
    if not settings.since(10):
        del told["gallery_image_ids"]
    if not settings.since(9):
        del told["type"]
    return told
