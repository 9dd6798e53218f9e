"""What belongs to orders and is read apart: refunds in full, notes if asked, and what open orders
hold of the stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .client import Client, Row
from .listing import Listing
from .routes import API, REFUNDS, Routes
from .scalars import variant_id
from .shapes import rows
from .shapes_order import OPEN, Around, reduced

ORDERS = f"{API}/orders"


class Orders:
    def __init__(self, client: Client, listing: Listing, routes: Routes, with_notes: bool) -> None:
        self._client = client
        self._listing = listing
        self._routes = routes
        self._with_notes = with_notes

    def around(self, orders: Sequence[Row]) -> dict[int, Around]:
        """Order id → its refunds and notes. Refunds of a page come in one list (since 9.0)."""
        refunds = self._refunds([row for row in orders if row.get("refunds")])
        return {
            row["id"]: Around(refunds.get(row["id"], ()), self._notes(row["id"])) for row in orders
        }

    def _refunds(self, orders: Sequence[Row]) -> dict[int, list[Row]]:
        owner = {item["id"]: row["id"] for row in orders for item in rows(row["refunds"])}
        if not owner:
            return {}
        if self._routes.have(REFUNDS):
            found = list(self._listing.included(f"{API}/{REFUNDS}", list(owner)))
        else:
            found = [
                item
                for row in orders
                for item in self._listing.all(f"{ORDERS}/{row['id']}/refunds")
            ]
        by_order: dict[int, list[Row]] = {}
        for item in sorted(found, key=lambda item: item["id"]):
            by_order.setdefault(owner[item["id"]], []).append(item)
        return by_order

    def _notes(self, order: int) -> list[Row] | None:
        if not self._with_notes:
            return None
        found = self._client.list(f"{ORDERS}/{order}/notes", {"type": "any"}).rows
        return sorted(found, key=lambda item: item["id"])

    def committed(self) -> Mapping[str, int]:
        """Variant id → units that orders still to be sent have taken out of the shop's stock."""
        query = {"status": sorted(OPEN), "_fields": "id,line_items"}
        held: dict[str, int] = {}
        for order in self._listing.all(ORDERS, query):
            for line in rows(order.get("line_items")):
                id_ = variant_id(line.get("product_id"), line.get("variation_id"))
                if id_ is not None:
                    held[id_] = held.get(id_, 0) + reduced(line)
        return held
