"""What people see in the demo shop, in the words of the play, whatever the API calls it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway_ng.lib.demoshop.ids import gid, number
from gateway_ng.lib.demoshop.store import Rec, Store
from gateway_ng.tests.contract.memory import Row

#: Fields that the API calls otherwise: entity → the API's name → the play's.
NAMES: Mapping[str, Mapping[str, str]] = {
    "product": {"descriptionHtml": "note"},
    "customer": {"lastName": "name"},
}
#: The API's type of each entity that has a table of its own.
KINDS = {"product": "Product", "customer": "Customer", "order": "Order"}


class Rows(Mapping[str, Mapping[str, Row]]):
    """Entity → id → what there is now. A level of stock has the id of its variant."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, entity: str) -> Mapping[str, Row]:
        return self._store.derived(("seen", entity), lambda: self._seen(entity))

    def __iter__(self) -> Any:
        return iter((*KINDS, "stock"))

    def __len__(self) -> int:
        return len(KINDS) + 1

    def _seen(self, entity: str) -> dict[str, Row]:
        if entity == "stock":
            levels = (self._level(one) for one in self._store.tables["ProductVariant"].values())
            return {row.fields["id"]: row for row in levels}
        make = {"product": self._product, "customer": _customer, "order": self._order}[entity]
        records = self._store.tables[KINDS[entity]].values()
        return {record["id"]: Row(make(record), _updated(record)) for record in records}

    def _product(self, record: Rec) -> Rec:
        return {
            "id": record["id"],
            "title": record["title"],
            "handle": record["handle"].upper(),
            "note": record["descriptionHtml"] or None,
            "variants": [self._variant(key) for key in record["variants"]],
        }

    def _variant(self, key: int) -> Rec:
        variant = self._store.get("ProductVariant", key)
        sku = self._store.get("InventoryItem", variant["inventoryItem"])["sku"]
        return {"id": variant["id"], "sku": sku, "price": Decimal(variant["price"])}

    def _order(self, record: Rec) -> Rec:
        customer = record["customer"]
        items = [
            {
                "id": line["id"],
                "variant": line["variant"] and gid("ProductVariant", line["variant"]),
                "quantity": Decimal(line["quantity"]),
            }
            for line in record["lineItems"]
        ]
        return {
            "id": record["id"],
            "number": record["name"],
            "customer": customer and gid("Customer", customer),
            "items": items,
            "sent": record["displayFulfillmentStatus"] == "FULFILLED",
        }

    def _level(self, variant: Rec) -> Row:
        level = level_of(self._store, variant)
        told = {name: level["quantities"][name] for name in ("available", "committed")}
        return Row({"id": variant["id"], **told}, _updated(level))


def level_of(store: Store, variant: Rec) -> Rec:
    """The level of a variant at the one location that is used."""
    (key,) = store.get("InventoryItem", variant["inventoryItem"])["levels"].values()
    return store.get("InventoryLevel", key)


def variant_at(store: Store, level_id: str | None) -> str | None:
    """The id of the variant whose level this is; None where it is gone."""
    level = store.tables["InventoryLevel"].get(number(level_id)) if level_id else None
    if level is None:
        return None
    return gid("ProductVariant", store.get("InventoryItem", level["item"])["variant"])


def _customer(record: Rec) -> Rec:
    return {"id": record["id"], "name": record["lastName"], "email": record["email"]}


def _updated(record: Rec) -> datetime:
    return datetime.fromisoformat(record["updatedAt"].replace("Z", "+00:00"))
