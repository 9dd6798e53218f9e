"""Inventory items, levels and locations as they are read."""

from __future__ import annotations

from typing import Any

from ..errors import bad_request
from ..fields import Args, field, stored
from ..ids import number
from ..listing import exactly
from ..paging import Page, list_page
from ..request import Request
from ..store import Rec

#: The states a quantity can be in; on_hand is the sum of what ON_HAND names.
STATES = [
    "available",
    "on_hand",
    "committed",
    "incoming",
    "reserved",
    "damaged",
    "safety_stock",
    "quality_control",
]
ON_HAND = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")

stored("InventoryItem", "id sku tracked requiresShipping unitCost createdAt updatedAt")
stored("InventoryItem", "harmonizedSystemCode countryCodeOfOrigin provinceCodeOfOrigin")
stored("InventoryItemMeasurement", "id weight")
stored("InventoryLevel", "id createdAt updatedAt isActive")
stored("InventoryQuantity", "id name quantity updatedAt")
stored("Location", "id name address isActive createdAt updatedAt fulfillsOnlineOrders")
stored("Location", "shipsInventory isFulfillmentService addressVerified")
stored(
    "LocationAddress",
    "address1 address2 city country countryCode phone province provinceCode zip formatted",
)
stored("InventoryProperties", "quantityNames")
stored("InventoryQuantityName", "name displayName isInUse belongsTo comprises")
stored("InventoryAdjustmentGroup", "id createdAt reason referenceDocumentUri")
stored("InventoryChange", "name delta quantityAfterChange ledgerDocumentUri")


@field("InventoryItem", "measurement")
def measurement(source: Rec, _args: Args, _request: Request) -> Rec:
    return {
        "id": f"gid://shopify/InventoryItemMeasurement/{number(source['id'])}",
        "weight": source["weight"],
    }


def levels_of(item: Rec, request: Request) -> list[Rec]:
    return request.store.many("InventoryLevel", item["levels"].values())


@field("InventoryItem", "inventoryLevels")
def levels(source: Rec, args: Args, request: Request) -> Page:
    if args.get("query"):
        raise bad_request("The demo shop has no query on inventoryLevels.")
    return list_page(levels_of(source, request), args)


@field("InventoryItem", "inventoryLevel")
def level(source: Rec, args: Args, request: Request) -> Rec | None:
    key = source["levels"].get(str(number(args["locationId"])))
    return None if key is None else request.store.get("InventoryLevel", key)


@field("InventoryItem", "locationsCount")
def locations_count(source: Rec, _args: Args, _request: Request) -> Rec:
    return exactly(len(source["levels"]))


@field("InventoryItem", "variants")
def variants(source: Rec, args: Args, request: Request) -> Page:
    return list_page([request.store.get("ProductVariant", source["variant"])], args)


@field("InventoryItem", "variant")
def variant(source: Rec, _args: Args, request: Request) -> Rec:
    return request.store.get("ProductVariant", source["variant"])


@field("InventoryLevel", "item")
def item(source: Rec, _args: Args, request: Request) -> Rec:
    return request.store.get("InventoryItem", source["item"])


@field("InventoryLevel", "location")
def location(source: Rec, _args: Args, request: Request) -> Rec:
    return request.store.get("Location", source["location"])


@field("InventoryLevel", "quantities")
def quantities(source: Rec, args: Args, _request: Request) -> list[Rec]:
    unknown = [name for name in args["names"] if name not in STATES]
    if unknown:
        raise bad_request(f"Inventory quantity name '{unknown[0]}' is not one of {STATES}.")
    key = number(source["id"])
    return [
        {
            "id": f"gid://shopify/InventoryQuantity/{key}?name={name}",
            "name": name,
            "quantity": source["quantities"][name],
            "updatedAt": source["updatedAt"],
        }
        for name in args["names"]
    ]


@field("Location", "inventoryLevels")
def location_levels(source: Rec, args: Args, request: Request) -> Page:
    key = number(source["id"])
    table = request.store.tables["InventoryLevel"]
    return list_page([one for one in table.values() if one["location"] == key], args)


@field("Location", "inventoryLevel")
def location_level(source: Rec, args: Args, request: Request) -> Rec | None:
    found = request.store.find("InventoryItem", args["inventoryItemId"])
    key = found["levels"].get(str(number(source["id"]))) if found else None
    return None if key is None else request.store.get("InventoryLevel", key)


@field("InventoryAdjustmentGroup", "changes")
def changes(source: Rec, _args: Args, _request: Request) -> list[Rec]:
    found: list[Rec] = source["changes"]
    return found


@field("InventoryChange", "item")
def changed_item(source: Rec, _args: Args, request: Request) -> Rec | None:
    return request.store.tables["InventoryItem"].get(source["item"])


@field("InventoryChange", "location")
def changed_location(source: Rec, _args: Args, request: Request) -> Rec | None:
    return request.store.tables["Location"].get(source["location"])


@field("QueryRoot", "inventoryProperties")
def properties(_source: Any, _args: Args, _request: Request) -> Rec:
    names = [
        {
            "name": name,
            "displayName": name.replace("_", " ").capitalize(),
            "isInUse": True,
            "belongsTo": ["on_hand"] if name in ON_HAND else [],
            "comprises": list(ON_HAND) if name == "on_hand" else [],
        }
        for name in STATES
    ]
    return {"quantityNames": names}
