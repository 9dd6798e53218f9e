"""Stock: set with compare-and-set, adjust, activate; and the inventory item's own fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import rules, stocking
from ..errors import bad_request, user_error
from ..fields import Args, mutation
from ..ids import number
from ..money import parse
from ..request import Request
from ..store import Rec

SETTABLE = ("available", "on_hand")
ADJUSTABLE = ("available", "damaged", "quality_control", "reserved", "safety_stock", "incoming")
HIGHEST = 1_000_000_000
REASONS = frozenset(
    {
        "correction",
        "cycle_count_available",
        "damaged",
        "movement_created",
        "movement_updated",
        "movement_received",
        "movement_canceled",
        "other",
        "promotion",
        "quality_control",
        "received",
        "reservation_created",
        "reservation_deleted",
        "reservation_updated",
        "restock",
        "safety_stock",
        "shrinkage",
        "cycle_count",
    }
)


@mutation("inventorySetQuantities", "inventoryAdjustmentGroup", "userErrors")
def set_quantities(args: Args, request: Request) -> Rec:
    given = args["input"]
    for entry in given["quantities"]:
        if "changeFromQuantity" not in entry:
            raise bad_request(
                "changeFromQuantity must be given for each quantity; null opts out of the check."
            )
    errors = list(_set_errors(given, request))
    if errors:
        return {"inventoryAdjustmentGroup": None, "userErrors": errors}
    moves = []
    for entry in given["quantities"]:
        level = _level(entry, request)
        assert level is not None  # _set_errors has seen to it
        moves.append((level, entry["quantity"] - level["quantities"][given["name"]]))
    return _moved(moves, "available", given, request)


def _set_errors(given: Args, request: Request) -> Iterator[Rec]:
    if given["name"] not in SETTABLE:
        text = "The quantity name must be either 'available' or 'on_hand'."
        yield user_error(["input", "name"], text, "INVALID_NAME")
        return
    yield from _reason_errors(given)
    seen: set[tuple[str, str]] = set()
    for place, entry in enumerate(given["quantities"]):
        path: rules.Path = ["input", "quantities", place]
        pair = entry["inventoryItemId"], entry["locationId"]
        if pair in seen:
            text = "The combination of inventoryItemId and locationId must be unique."
            code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
            yield user_error(path, text, code)
        seen.add(pair)
        yield from _range_errors(entry["quantity"], [*path, "quantity"])
        yield from _place_errors(entry, path, request)
        yield from _stale_errors(entry, given["name"], path, request)


def _reason_errors(given: Args) -> Iterator[Rec]:
    if given["reason"] not in REASONS:
        text = "The specified reason is invalid."
        yield user_error(["input", "reason"], text, "INVALID_REASON")


def _range_errors(quantity: int, path: rules.Path) -> Iterator[Rec]:
    if quantity > HIGHEST:
        text = "The total quantity can't be higher than 1,000,000,000."
        yield user_error(path, text, "INVALID_QUANTITY_TOO_HIGH")
    if quantity < -HIGHEST:
        text = "The total quantity can't be lower than -1,000,000,000."
        yield user_error(path, text, "INVALID_QUANTITY_TOO_LOW")


def _place_errors(entry: Args, path: rules.Path, request: Request) -> Iterator[Rec]:
    item = request.store.find("InventoryItem", entry["inventoryItemId"])
    location = request.store.find("Location", entry["locationId"])
    if item is None:
        text = "The specified inventory item could not be found."
        yield user_error([*path, "inventoryItemId"], text, "INVALID_INVENTORY_ITEM")
    elif not item["tracked"]:
        text = "The specified inventory item is not tracked."
        yield user_error([*path, "inventoryItemId"], text, "INVALID_INVENTORY_ITEM")
    if location is None:
        text = "The specified location could not be found."
        yield user_error([*path, "locationId"], text, "INVALID_LOCATION")
    elif item is not None and stocking.level(request.store, item, number(location["id"])) is None:
        text = "The specified inventory item is not stocked at the location."
        yield user_error([*path, "locationId"], text, "INVALID_LOCATION")


def _stale_errors(entry: Args, name: str, path: rules.Path, request: Request) -> Iterator[Rec]:
    level, expected = _level(entry, request), entry["changeFromQuantity"]
    if level is not None and expected is not None and level["quantities"][name] != expected:
        text = "The changeFromQuantity value does not match persisted value."
        yield user_error([*path, "changeFromQuantity"], text, "CHANGE_FROM_QUANTITY_STALE")


def _level(entry: Mapping[str, Any], request: Request) -> Rec | None:
    item = request.store.find("InventoryItem", entry["inventoryItemId"])
    location = request.store.find("Location", entry["locationId"])
    if item is None or location is None:
        return None
    return stocking.level(request.store, item, number(location["id"]))


def _moved(moves: list[tuple[Rec, int]], name: str, given: Args, request: Request) -> Rec:
    """Carry out and say what changed; when nothing did there is no adjustment group."""
    store = request.store
    changes: list[Rec] = []
    for level, delta in moves:
        if delta:
            stocking.move(store, level, **{name: delta})
            names = (name,) if name == "incoming" else (name, "on_hand")
            changes += [_change(level, one, delta) for one in names]
    group = {
        "id": store.new_gid("InventoryAdjustmentGroup"),
        "createdAt": store.now(),
        "reason": given["reason"],
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "changes": changes,
    }
    return {"inventoryAdjustmentGroup": group if changes else None, "userErrors": []}


def _change(level: Rec, name: str, delta: int) -> Rec:
    return {
        "name": name,
        "delta": delta,
        "quantityAfterChange": level["quantities"][name],
        "ledgerDocumentUri": None,
        "item": level["item"],
        "location": level["location"],
    }


@mutation("inventoryAdjustQuantities", "inventoryAdjustmentGroup", "userErrors")
def adjust_quantities(args: Args, request: Request) -> Rec:
    given = args["input"]
    for entry in given["changes"]:
        if "changeFromQuantity" not in entry:
            raise bad_request(
                "changeFromQuantity must be given for each change; null opts out of the check."
            )
    errors = list(_adjust_errors(given, request))
    if errors:
        return {"inventoryAdjustmentGroup": None, "userErrors": errors}
    moves = []
    for entry in given["changes"]:
        level = _level(entry, request)
        assert level is not None  # _adjust_errors has seen to it
        moves.append((level, entry["delta"]))
    return _moved(moves, given["name"], given, request)


def _adjust_errors(given: Args, request: Request) -> Iterator[Rec]:
    if given["name"] not in ADJUSTABLE:
        text = "The specified quantity name is invalid."
        yield user_error(["input", "name"], text, "INVALID_QUANTITY_NAME")
        return
    yield from _reason_errors(given)
    for place, entry in enumerate(given["changes"]):
        path: rules.Path = ["input", "changes", place]
        yield from _place_errors(entry, path, request)
        yield from _stale_errors(entry, given["name"], path, request)
        level = _level(entry, request)
        if level is not None:
            after = level["quantities"][given["name"]] + entry["delta"]
            yield from _range_errors(after, [*path, "delta"])


@mutation("inventoryActivate", "inventoryLevel", "userErrors")
def activate(args: Args, request: Request) -> Rec:
    """Stock an item at a location; quantities may be given only where it was not stocked."""
    item = request.store.find("InventoryItem", args["inventoryItemId"])
    location = request.store.find("Location", args["locationId"])
    missing = [
        user_error([name], text, "NOT_FOUND")
        for name, found, text in (
            ("inventoryItemId", item, "The product couldn't be stocked because it wasn't found."),
            ("locationId", location, "The location couldn't be found."),
        )
        if found is None
    ]
    if item is None or location is None:
        return {"inventoryLevel": None, "userErrors": missing}
    key = number(location["id"])
    available = args.get("available") if args.get("available") is not None else args.get("onHand")
    stocked = stocking.level(request.store, item, key)
    if stocked is not None and available is not None:
        text = (
            "Not allowed to set available quantity when the item is already active at the location."
        )
        return {"inventoryLevel": stocked, "userErrors": [user_error(["available"], text, "TAKEN")]}
    level = stocking.activate(request.store, item, key, available or 0)
    return {"inventoryLevel": level, "userErrors": []}


@mutation("inventoryItemUpdate", "inventoryItem", "userErrors")
def item_update(args: Args, request: Request) -> Rec:
    item = request.store.find("InventoryItem", args["id"])
    if item is None:
        error = user_error(["id"], "The product could not be updated.", "NOT_FOUND")
        return {"inventoryItem": None, "userErrors": [error]}
    cost = args["input"].get("cost")
    if cost is not None and (amount := parse(cost)) is not None and amount < 0:
        text = "Unit cost must be greater than or equal to 0"
        return {
            "inventoryItem": item,
            "userErrors": [user_error(["input", "cost"], text, "INVALID")],
        }
    if rules.update(item, rules.item_values(args["input"], request.settings.currency)):
        variant = request.store.get("ProductVariant", item["variant"])
        product = request.store.get("Product", variant["product"])
        request.store.touch(item, variant, product)
    return {"inventoryItem": item, "userErrors": []}
