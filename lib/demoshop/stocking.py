"""Stock: levels per item and location, what a sale commits and a shipment or cancellation moves."""

from __future__ import annotations

from .objects.inventory import ON_HAND, STATES
from .store import Rec, Store


def level(store: Store, item: Rec, location: int) -> Rec | None:
    key = item["levels"].get(str(location))
    return None if key is None else store.get("InventoryLevel", key)


def activate(
    store: Store, item: Rec, location: int, available: int = 0, when: str | None = None
) -> Rec:
    """Stock the item at the location; a level that is there already stays as it is."""
    found = level(store, item, location)
    if found is not None:
        return found
    quantities = dict.fromkeys(STATES, 0) | {"available": available, "on_hand": available}
    item_key = int(item["id"].rpartition("/")[2])
    made = store.add(
        "InventoryLevel",
        {"item": item_key, "location": location, "quantities": quantities, "isActive": True},
        when,
    )
    key = int(made["id"].rpartition("/")[2])
    made["id"] += f"?inventory_item_id={item_key}"
    item["levels"][str(location)] = key
    return made


def move(store: Store, found: Rec, **deltas: int) -> None:
    """Change quantities by name; `on_hand` follows from the states it is made of."""
    quantities = found["quantities"]
    for name, delta in deltas.items():
        quantities[name] += delta
    quantities["on_hand"] = sum(quantities[name] for name in ON_HAND)
    store.touch(found)


def commit(store: Store, fulfillment_order: Rec, *, back: bool = False) -> None:
    """Take what is to be shipped out of available (or give it back)."""
    sign = -1 if back else 1
    for line in fulfillment_order["lineItems"]:
        found = _level_of(store, fulfillment_order, line)
        if found is not None:
            amount = sign * line["remainingQuantity"]
            move(store, found, available=-amount, committed=amount)


def ship(store: Store, fulfillment_order: Rec, line: Rec, quantity: int) -> None:
    """Goods leave: they are no longer committed, nor on hand."""
    found = _level_of(store, fulfillment_order, line)
    if found is not None:
        move(store, found, committed=-quantity)


def release(store: Store, fulfillment_order: Rec, *, restock: bool) -> None:
    """A cancelled order commits nothing; its goods return to available when restocked."""
    if restock:
        commit(store, fulfillment_order, back=True)
        return
    for line in fulfillment_order["lineItems"]:
        found = _level_of(store, fulfillment_order, line)
        if found is not None:
            move(store, found, committed=-line["remainingQuantity"])


def take_back(store: Store, order: Rec, line: Rec, *, unsent: int, restocked: int) -> None:
    """Units that were not sent leave what is committed; what is restocked is available again."""
    for made in store.many("FulfillmentOrder", order["fulfillmentOrders"]):
        for each in made["lineItems"]:
            found = _level_of(store, made, each) if each["lineItem"] == line["id"] else None
            if found is not None:
                move(store, found, committed=-unsent, available=restocked)
                return


def _level_of(store: Store, fulfillment_order: Rec, line: Rec) -> Rec | None:
    if line["inventoryItem"] not in store.tables["InventoryItem"]:
        return None
    item = store.get("InventoryItem", line["inventoryItem"])
    return level(store, item, fulfillment_order["location"])
