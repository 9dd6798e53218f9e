"""Categories and tags. They have no dates, and only force deletes them."""

from __future__ import annotations

from typing import Any

from . import media
from .errors import ApiError, no_trash
from .links import links
from .listing import included, ordered
from .request import Request
from .store import Row
from .texts import encoded, free_slug, slug, stripped

PATHS = {"categories": "products/categories", "tags": "products/tags"}


def create(shop: Any, table: str, data: dict[str, Any]) -> Row:
    row: Row = {
        "id": None,
        "name": "",
        "slug": "",
        "parent": 0,
        "description": "",
        "display": "default",
        "image": None,
        "menu_order": 0,
    }
    if not data.get("name"):
        raise ApiError(
            400,
            "rest_missing_callback_param",
            "Missing parameter(s): name",
            params=["name"],
        )
    _apply(shop, table, row, data)
    return shop.store.add(table, "terms", row)


def update(shop: Any, table: str, row: Row, data: dict[str, Any]) -> Row:
    _apply(shop, table, row, data)
    return row


def _apply(shop: Any, table: str, row: Row, data: dict[str, Any]) -> None:
    name = stripped(data.get("name", row["name"]))
    parent = int(data.get("parent", row["parent"]) or 0)
    if parent and shop.store.get(table, parent) is None:
        raise ApiError(400, "woocommerce_rest_term_invalid", "Parent resource does not exist.")
    for other in shop.store.rows(table):
        same = other["name"].casefold() == name.casefold() and other["parent"] == parent
        if same and other is not row:
            raise ApiError(
                400,
                "term_exists",
                "A term with the name provided already exists with this parent.",
                resource_id=other["id"],
            )
    row |= {"name": name, "parent": parent}
    taken = {other["slug"] for other in shop.store.rows(table) if other is not row}
    if data.get("slug") or not row["slug"]:
        row["slug"] = free_slug(slug(data.get("slug") or name), taken)
    for field in ("description", "display", "menu_order"):
        if field in data:
            row[field] = data[field]
    if data.get("image"):
        row["image"] = media.ids_of(shop, [data["image"]])[0]


def delete(shop: Any, table: str, row: Row, force: bool) -> Row:
    if not force:
        raise no_trash("Terms")
    del shop.store.tables[table][row["id"]]
    for product in shop.store.rows("products"):
        product[table] = [id_ for id_ in product[table] if id_ != row["id"]]
    return row


def listed(shop: Any, table: str, request: Request) -> list[Row]:
    """Dates are not known here: `modified_after` is ignored, `orderby=modified` refused."""
    rows = included(shop.store.rows(table), request)
    if "slug" in request.params:
        rows = [row for row in rows if row["slug"] == request.params["slug"]]
    if "search" in request.params:
        text = request.params["search"].casefold()
        rows = [row for row in rows if text in encoded(row["name"]).casefold()]
    keys = {
        "id": lambda row: row["id"],
        "name": lambda row: row["name"].casefold(),
        "slug": lambda row: row["slug"],
        "count": lambda row: count(shop, table, row),
    }
    return ordered(rows, request, keys, "name")


def count(shop: Any, table: str, row: Row) -> int:
    return sum(
        row["id"] in product[table] and product["status"] == "publish"
        for product in shop.store.rows("products")
    )


def shown(shop: Any, table: str, row: Row) -> dict[str, Any]:
    path = PATHS[table]
    told = {"id": row["id"], "name": encoded(row["name"]), "slug": row["slug"]}
    number = count(shop, table, row)
    if table == "tags":
        return {
            **told,
            "description": row["description"],
            "count": number,
            "_links": links(shop.settings, path, row["id"]),
        }
    up = f"{path}/{row['parent']}" if row["parent"] else ""
    return {
        **told,
        "parent": row["parent"],
        "description": row["description"],
        "display": row["display"],
        "image": media.shown(shop, row["image"], small=True) if row["image"] else None,
        "menu_order": row["menu_order"],
        "count": number,
        "_links": links(shop.settings, path, row["id"], up),
    }
