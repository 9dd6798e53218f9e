"""The shop's state: tables of plain JSON-able records, ids, the clock's stamps, derived indexes.

A record is a dict in the vocabulary of the GraphQL schema; related records are kept as numbers,
records without a life of their own (addresses, order lines) inside their owner.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from random import SystemRandom
from typing import Any, TypeVar

from ..clock import Clock
from .errors import bad_request
from .ids import gid, number, split

Rec = dict[str, Any]
Built = TypeVar("Built")

KINDS = (
    "Product",
    "ProductVariant",
    "InventoryItem",
    "InventoryLevel",
    "Location",
    "Collection",
    "Company",
    "Customer",
    "Order",
    "FulfillmentOrder",
    "Fulfillment",
    "Refund",
    "Return",
    "CalculatedOrder",
    "BulkOperation",
    "WebhookSubscription",
    "PriceList",
    "MarketCatalog",
    "CompanyLocationCatalog",
)
CACHED = 64


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC to the second, the form of every `DateTime` in answers."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """Tables kind → number → record. `revision` grows with every write; what is derived from the
    records is kept for one revision."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        # Two shops are two shops, however alike: no connector may take one for the other.
        self.shop_number = SystemRandom().randrange(10**10, 10**11)
        self.tables: dict[str, dict[int, Rec]] = {kind: {} for kind in KINDS}
        self.files: dict[str, str] = {}  # path → content, base64
        self.last_id = 1000
        self.last_order_number = 1000
        self.revision = 0
        self._derived: dict[Any, Any] = {}

    def now(self) -> str:
        return stamp(self.clock.now())

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def new_gid(self, kind: str) -> str:
        """A fresh id for a record that is kept inside its owner."""
        return gid(kind, self.next_id())

    def add(self, kind: str, fields: Rec, when: str | None = None) -> Rec:
        """Insert a record; it gets id, createdAt and updatedAt."""
        at = when or self.now()
        key = self.next_id()
        record = {"id": gid(kind, key), "createdAt": at, "updatedAt": at, **fields}
        self.tables[kind][key] = record
        self.changed()
        return record

    def remove(self, kind: str, key: int) -> None:
        del self.tables[kind][key]
        self.changed()

    def touch(self, *records: Rec) -> None:
        """These were changed now."""
        at = self.now()
        for record in records:
            record["updatedAt"] = at
        self.changed()

    def changed(self) -> None:
        self.revision += 1
        self._derived.clear()

    def get(self, kind: str, key: int) -> Rec:
        return self.tables[kind][key]

    def many(self, kind: str, keys: Iterable[int]) -> list[Rec]:
        table = self.tables[kind]
        return [table[key] for key in keys]

    def find(self, kind: str, text: str | None) -> Rec | None:
        """The record of a global id, None when it is gone. Raises ShopError for an id of another
        kind, as Shopify does."""
        parts = split(text or "")
        if parts is None or parts[0] != kind:
            raise bad_request(f"Invalid global id '{text}' for {kind}")
        return self.tables[kind].get(parts[1])

    def derived(self, key: Any, build: Callable[[], Built]) -> Built:
        """`build()`, kept until the next write."""
        if key not in self._derived:
            if len(self._derived) >= CACHED:
                self._derived.clear()
            self._derived[key] = build()
        built: Built = self._derived[key]
        return built

    def index(self, kind: str, name: str, of: Callable[[Rec], Any]) -> dict[str, list[int]]:
        """Lower-case value of `name` → numbers of the records that have it."""

        def build() -> dict[str, list[int]]:
            found: dict[str, list[int]] = {}
            for key, record in self.tables[kind].items():
                values = of(record)
                for value in values if isinstance(values, list) else [values]:
                    if value not in (None, ""):
                        found.setdefault(str(value).lower(), []).append(key)
            return found

        return self.derived(("index", kind, name), build)

    def dump(self) -> Rec:
        """A copy that shares nothing with the store."""
        tables = {kind: list(table.values()) for kind, table in self.tables.items()}
        state = {
            "shop": self.shop_number,
            "tables": tables,
            "files": self.files,
            "last_id": self.last_id,
            "orders": self.last_order_number,
        }
        copied: Rec = json.loads(json.dumps(state))
        return copied

    def restore(self, state: Rec) -> None:
        own = json.loads(json.dumps(state))
        for kind in KINDS:
            records = own["tables"].get(kind, [])
            self.tables[kind] = {number(record["id"]): record for record in records}
        self.shop_number, self.files = own["shop"], own.get("files", {})
        self.last_id, self.last_order_number = own["last_id"], own["orders"]
        self.changed()
