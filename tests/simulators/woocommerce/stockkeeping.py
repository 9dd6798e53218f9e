"""What orders do to stock: taken when the order is to be sent, given back when it is cancelled."""

from __future__ import annotations

from typing import Any

from . import products
from .store import Row
from .times import whole

TAKING = frozenset({"processing", "on-hold", "completed"})
GIVING_BACK = frozenset({"pending", "cancelled"})


def follow(shop: Any, order: Row) -> None:
    """Take or give back what the order's state and lines ask for now.

    Since 9.0 here also when only a quantity is edited; older versions leave the stock alone then.
    """
    for line in order["line_items"]:
        had = line["reduced"]
        wanted = had
        if order["status"] in TAKING:
            edited = shop.settings.since(9) or had is None
            wanted = int(line["quantity"]) if edited else had
        elif order["status"] in GIVING_BACK and had is not None:
            wanted = 0
        owner = _counted(shop, line)
        if owner is None or wanted is None or wanted == had:
            continue
        change(shop, owner, (had or 0) - wanted)
        line["reduced"] = wanted or (None if had is None else 0)
        if order["status"] in GIVING_BACK:
            line["reduced"] = None


def _counted(shop: Any, line: Row) -> Row | None:
    """The row whose quantity the line is taken from; of the product where variations share it."""
    variation = shop.store.get("variations", line["variation"])
    if variation is not None and variation["manage_stock"]:
        return variation
    product = shop.store.get("products", line["product"])
    return product if product is not None and product["manage_stock"] else None


def change(shop: Any, row: Row, by: int) -> None:
    """Stock may go below zero; the date of the row and of its product is touched."""
    row["stock_quantity"] = (row["stock_quantity"] or 0) + by
    row["modified"] = whole(shop.now())
    if "parent" in row:
        products.touch(shop, shop.store.get("products", row["parent"]))
    shop.fire("product.updated", row["id"])


def restock(shop: Any, line: Row, units: int) -> None:
    owner = _counted(shop, line)
    if owner is None or not line["reduced"]:
        return
    units = min(units, line["reduced"])
    change(shop, owner, units)
    line["reduced"] -= units
    line["restocked"] += units
