"""Notes of an order: by the shop, by people, and for the customer. They touch no date."""

from __future__ import annotations

from typing import Any

from .links import links
from .request import Request
from .store import Row
from .times import pair, whole


def add(
    shop: Any, order: Row, text: str, *, for_customer: bool = False, author: str = "WooCommerce"
) -> Row:
    row = {
        "order": order["id"],
        "author": author,
        "at": whole(shop.now()),
        "text": text,
        "for_customer": for_customer,
    }
    return shop.store.add("notes", "notes", row)


def listed(shop: Any, order: Row, request: Request) -> list[Row]:
    rows = [row for row in shop.store.rows("notes") if row["order"] == order["id"]]
    kind = request.params.get("type", "any")
    if kind != "any":
        rows = [row for row in rows if row["for_customer"] == (kind == "customer")]
    return rows[::-1]


def shown(shop: Any, row: Row) -> dict[str, Any]:
    path = f"orders/{row['order']}/notes"
    return {
        "id": row["id"],
        "author": row["author"],
        **pair("date_created", row["at"], shop.settings.utc_offset),
        "note": row["text"],
        "customer_note": row["for_customer"],
        "_links": links(
            shop.settings, path, row["id"], f"orders/{row['order']}", ("GET", "DELETE")
        ),
    }
