"""What the search fields of each table mean: where the value is, and how it is compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .ids import number
from .store import Rec, Store

Kind = Literal["exact", "words", "time", "id"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """How one search field is compared and where its value comes from (a value or a list)."""

    kind: Kind
    of: Callable[[Store, Rec], Any]


def stored(name: str) -> Callable[[Store, Rec], Any]:
    return lambda _store, record: record.get(name)


def own_id(_store: Store, record: Rec) -> int:
    return number(record["id"])


def _variants(store: Store, product: Rec) -> list[Rec]:
    return store.many("ProductVariant", product["variants"])


def _item(store: Store, variant: Rec) -> Rec:
    return store.get("InventoryItem", variant["inventoryItem"])


def _product(store: Store, variant: Rec) -> Rec:
    return store.get("Product", variant["product"])


def sku_of(store: Store, variant: Rec) -> Any:
    return _item(store, variant)["sku"]


TIMES = {
    "created_at": Criterion("time", stored("createdAt")),
    "updated_at": Criterion("time", stored("updatedAt")),
    "id": Criterion("id", own_id),
}
TAGS = {"tag": Criterion("exact", stored("tags"))}

CRITERIA: Mapping[str, Mapping[str, Criterion]] = {
    "Product": {
        **TIMES,
        **TAGS,
        "title": Criterion("words", stored("title")),
        "handle": Criterion("exact", stored("handle")),
        "status": Criterion("exact", stored("status")),
        "vendor": Criterion("exact", stored("vendor")),
        "product_type": Criterion("exact", stored("productType")),
        "sku": Criterion("exact", lambda s, r: [sku_of(s, v) for v in _variants(s, r)]),
        "barcode": Criterion("exact", lambda s, r: [v["barcode"] for v in _variants(s, r)]),
        "variant_id": Criterion("id", lambda _s, r: r["variants"]),
        "collection_id": Criterion("id", lambda _s, r: r["collections"]),
    },
    "ProductVariant": {
        "id": TIMES["id"],
        "updated_at": TIMES["updated_at"],
        "sku": Criterion("exact", sku_of),
        "barcode": Criterion("exact", stored("barcode")),
        "title": Criterion("words", stored("title")),
        "product_id": Criterion("id", stored("product")),
        "product_ids": Criterion("id", stored("product")),
        "product_status": Criterion("exact", lambda s, r: _product(s, r)["status"]),
        "product_type": Criterion("exact", lambda s, r: _product(s, r)["productType"]),
        "vendor": Criterion("exact", lambda s, r: _product(s, r)["vendor"]),
        "tag": Criterion("exact", lambda s, r: _product(s, r)["tags"]),
    },
    "InventoryItem": {**TIMES, "sku": Criterion("exact", stored("sku"))},
    "Collection": {
        "id": TIMES["id"],
        "updated_at": TIMES["updated_at"],
        "title": Criterion("words", stored("title")),
        "handle": Criterion("exact", stored("handle")),
    },
    "Company": {
        **TIMES,
        "name": Criterion("words", stored("name")),
        "external_id": Criterion("exact", stored("externalId")),
    },
    "Customer": {
        "id": TIMES["id"],
        "updated_at": TIMES["updated_at"],
        "customer_date": TIMES["created_at"],
        **TAGS,
        "email": Criterion("exact", stored("email")),
        "phone": Criterion("exact", stored("phone")),
        "first_name": Criterion("words", stored("firstName")),
        "last_name": Criterion("words", stored("lastName")),
        "state": Criterion("exact", stored("state")),
        "country": Criterion("exact", lambda _s, r: [a["country"] for a in r["addresses"]]),
    },
    "Order": {
        **TIMES,
        **TAGS,
        "processed_at": Criterion("time", stored("processedAt")),
        "name": Criterion("exact", lambda _s, r: [r["name"], r["name"].lstrip("#")]),
        "email": Criterion("exact", stored("email")),
        "customer_id": Criterion("id", stored("customer")),
        "financial_status": Criterion("exact", stored("displayFinancialStatus")),
        "fulfillment_status": Criterion("exact", stored("displayFulfillmentStatus")),
        "sku": Criterion("exact", lambda _s, r: [line["sku"] for line in r["lineItems"]]),
        "test": Criterion("exact", lambda _s, r: str(r["test"])),
        "source_identifier": Criterion("exact", stored("sourceIdentifier")),
        "status": Criterion("exact", lambda _s, r: order_states(r)),
    },
    "Location": {
        "id": TIMES["id"],
        "name": Criterion("words", stored("name")),
        "active": Criterion("exact", lambda _s, r: str(r["isActive"])),
    },
    "WebhookSubscription": {"id": TIMES["id"], **TIMES},
    "PriceList": {"id": TIMES["id"]},
    "FulfillmentOrder": {**TIMES, "status": Criterion("exact", stored("status"))},
}

#: What a bare word is looked for in.
DEFAULT: Mapping[str, tuple[str, ...]] = {
    "Product": ("title", "vendor", "product_type", "tag", "sku"),
    "ProductVariant": ("title", "sku", "barcode"),
    "Collection": ("title",),
    "Company": ("name", "external_id"),
    "Customer": ("first_name", "last_name", "email"),
    "Order": ("name", "email"),
    "Location": ("name",),
    "InventoryItem": ("sku",),
}


def order_states(order: Rec) -> list[str]:
    if order["cancelledAt"]:
        return ["cancelled"]
    return ["closed"] if order["closed"] else ["open", "not_closed"]
