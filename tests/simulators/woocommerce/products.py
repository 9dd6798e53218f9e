"""Products: simple, variable, external, grouped."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from . import goods, media, meta
from .attributes import shown_attributes, take_attributes
from .errors import ApiError
from .links import links
from .listing import by_date, included, ordered
from .request import Request
from .store import Row
from .texts import encoded, free_slug, paragraphs, slug, stripped
from .times import pair, whole

STATUSES = ("any", "future", "trash", "draft", "pending", "private", "publish")
_PLAIN = (
    "type",
    "status",
    "featured",
    "catalog_visibility",
    "short_description",
    "external_url",
    "button_text",
    "purchase_note",
    "reviews_allowed",
    "sold_individually",
)


def blank(now: Any) -> Row:
    return {
        **goods.blank(),
        "name": "",
        "slug": "",
        "created": now,
        "modified": now,
        "type": "simple",
        "featured": False,
        "catalog_visibility": "visible",
        "short_description": "",
        "external_url": "",
        "button_text": "",
        "purchase_note": "",
        "reviews_allowed": True,
        "sold_individually": False,
        "categories": [],
        "tags": [],
        "images": [],
        "grouped": [],
        "defaults": [],
    }


def create(shop: Any, data: dict[str, Any]) -> Row:
    row = blank(whole(shop.now()))
    row["id"] = None
    apply(shop, row, data)
    if not row["categories"]:
        row["categories"] = [shop.default_category]
    shop.store.add("products", "posts", row)
    shop.fire("product.created", row["id"])
    return row


def update(shop: Any, row: Row, data: dict[str, Any]) -> Row:
    """Each write touches the date, an empty one too."""
    was_trashed = row["status"] == "trash"
    apply(shop, row, data)
    touch(shop, row)
    if not was_trashed or row["status"] != "trash":
        shop.fire("product.updated", row["id"])
    return row


def apply(shop: Any, row: Row, data: dict[str, Any]) -> None:
    goods.apply(shop, row, data)
    if "name" in data:
        row["name"] = stripped(data["name"])
    row.update({name: data[name] for name in _PLAIN if name in data})
    if row["type"] not in ("simple", "variable", "external", "grouped"):
        row["type"] = "simple"
    taken = {one["slug"] for one in shop.store.rows("products") if one is not row}
    if data.get("slug") or not row["slug"]:
        row["slug"] = free_slug(slug(data.get("slug") or row["name"]), taken)
    _apply_lists(shop, row, data)


def _apply_lists(shop: Any, row: Row, data: dict[str, Any]) -> None:
    """Each list replaces what was there."""
    for table in ("categories", "tags"):
        if table in data:
            row[table] = [t["id"] for t in data[table] if shop.store.get(table, t.get("id"))]
    if "categories" in data and not row["categories"]:
        row["categories"] = [shop.default_category]
    if "images" in data:
        row["images"] = media.ids_of(shop, data["images"])
    for name, column in (("grouped_products", "grouped"), ("default_attributes", "defaults")):
        if name in data:
            row[column] = list(data[name] or ())
    if "attributes" in data:
        take_attributes(shop, row, data["attributes"])


def touch(shop: Any, row: Row) -> None:
    row["modified"] = whole(shop.now())


def trash(shop: Any, row: Row) -> Row:
    if row["status"] == "trash":
        raise ApiError(
            410, "woocommerce_rest_already_trashed", "The product has already been deleted."
        )
    row["status"] = "trash"
    touch(shop, row)
    shop.fire("product.deleted", row["id"])
    return row


def delete(shop: Any, row: Row) -> Row:
    """For good: nothing is told to webhooks."""
    for variation in children(shop, row["id"]):
        del shop.store.tables["variations"][variation["id"]]
    del shop.store.tables["products"][row["id"]]
    return row


def children(shop: Any, product: int) -> list[Row]:
    return [row for row in shop.store.rows("variations") if row["parent"] == product]


def listed(shop: Any, request: Request) -> list[Row]:
    """With `sku` variations are among them; several SKUs are joined by commas, and the whole text
    counts as one too."""
    rows: Sequence[Row] = shop.store.rows("products")
    status = request.params.get("status", "any")
    if "sku" in request.params and request.params["sku"]:
        rows = [*rows, *shop.store.rows("variations")]
        text = request.params["sku"]
        wanted = {sku.casefold() for sku in (*text.split(","), text)}
        rows = [row for row in rows if row["sku"] and row["sku"].casefold() in wanted]
    if status == "any":
        rows = [row for row in rows if row["status"] != "trash"]
    else:
        rows = [row for row in rows if row["status"] == status]
    if "slug" in request.params:
        rows = [row for row in rows if row.get("slug") == request.params["slug"]]
    if "type" in request.params:
        rows = [row for row in rows if row.get("type") == request.params["type"]]
    rows = by_date(included(rows, request), request, shop.settings.utc_offset)
    keys = {
        "date": lambda row: row["created"],
        "modified": lambda row: row["modified"],
        "id": lambda row: row["id"],
        "title": lambda row: row.get("name", ""),
        "slug": lambda row: row.get("slug", ""),
    }
    return ordered(rows, request, keys, "date")


def shown(shop: Any, row: Row) -> dict[str, Any]:
    """A product, or a variation in the product's schema (as `/products/{id}` and webhooks give)."""
    settings, variation = shop.settings, "parent" in row
    up = f"products/{row['parent']}" if variation else ""
    parent = shop.store.get("products", row["parent"]) if variation else None
    name = shop.variation_name(row) if variation else row["name"]
    own = row["slug"] if not variation else slug(name)
    told = {
        "id": row["id"],
        "name": encoded(name),
        "slug": own,
        "permalink": f"{settings.url}/product/{(parent or row)['slug']}/",
        **pair("date_created", row["created"], settings.utc_offset),
        **pair("date_modified", row["modified"], settings.utc_offset),
        "type": "variation" if variation else row["type"],
        "status": row["status"],
        "featured": row.get("featured", False),
        "catalog_visibility": row.get("catalog_visibility", "visible"),
        "description": paragraphs(row["description"]),
        "short_description": paragraphs(row.get("short_description", "")),
        "sku": row["sku"],
        **_prices(shop, row),
        "total_sales": row["total_sales"],
        "virtual": row["virtual"],
        "downloadable": row["downloadable"],
        **goods.shown_downloads(),
        "external_url": row.get("external_url", ""),
        "button_text": row.get("button_text", ""),
        "tax_status": row["tax_status"],
        "tax_class": row["tax_class"],
        "manage_stock": row["manage_stock"],
        "stock_quantity": row["stock_quantity"],
        **goods.shown_stock(row),
        "sold_individually": row.get("sold_individually", False),
        "weight": row["weight"],
        "dimensions": dict(row["dimensions"]),
        "shipping_required": not row["virtual"],
        "shipping_taxable": not row["virtual"],
        "shipping_class": row["shipping_class"],
        "shipping_class_id": 0,
        "reviews_allowed": row.get("reviews_allowed", False),
        "average_rating": "0.00",
        "rating_count": 0,
        "upsell_ids": [],
        "cross_sell_ids": [],
        "parent_id": row.get("parent", 0),
        "purchase_note": paragraphs(row.get("purchase_note", "")),
        "categories": [_term(shop, "categories", id_) for id_ in row.get("categories", ())],
        "brands": [],
        "tags": [_term(shop, "tags", id_) for id_ in row.get("tags", ())],
        "images": [media.shown(shop, id_) for id_ in row.get("images", ())],
        "attributes": shown_attributes(shop, row),
        "default_attributes": list(row.get("defaults", ())),
        "variations": [
            one["id"]
            for one in children(shop, row["id"])
            if not variation and one["status"] != "trash"
        ],
        "grouped_products": list(row.get("grouped", ())),
        "menu_order": row["menu_order"],
        "price_html": "",
        "related_ids": [],
        "meta_data": meta.shown(row),
        "stock_status": row["stock_status"],
        "has_options": row.get("type") == "variable",
        "post_password": "",
        "global_unique_id": row["global_unique_id"],
        "_links": links(settings, "products", row["id"], up),
    }
    if not settings.since(9, 2):
        del told["global_unique_id"]
    if not settings.since(9, 6):
        del told["brands"]
    return told


def _prices(shop: Any, row: Row) -> dict[str, Any]:
    """A variable product has the lowest price of its variations, and none of its own."""
    told = goods.shown_prices(shop, row)
    if row.get("type") == "variable":
        now = shop.now()
        prices = [goods.price(one, now) for one in children(shop, row["id"])]
        lowest = min((p for p in prices if p), key=Decimal, default="")
        told |= {"price": lowest, "regular_price": "", "sale_price": ""}
        told["on_sale"] = any(goods.on_sale(one, now) for one in children(shop, row["id"]))
    return {
        **{n: told[n] for n in ("price", "regular_price", "sale_price")},
        **{n: v for n, v in told.items() if n.startswith("date_")},
        "on_sale": told["on_sale"],
        "purchasable": bool(told["price"]) and row.get("type") != "external",
    }


def _term(shop: Any, table: str, id_: int) -> dict[str, Any]:
    term = shop.store.get(table, id_)
    return {"id": id_, "name": encoded(term["name"]), "slug": term["slug"]}
