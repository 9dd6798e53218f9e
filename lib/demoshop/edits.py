"""What a merchant or a buyer does in the shop, past any app: edits and sales.

Records are named by global id, or a product by handle, a variant by SKU, a location by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from . import catalog, rules, stocking
from .ids import number
from .money import parse, text
from .refunding import cancel
from .sale import Sale, Sold
from .seed_orders import SHIPPING, taxes_for
from .selling import place
from .shop import Shop
from .store import Rec, Store


def edit(shop: Shop, action: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out `action` (one of ACTIONS) and return the record's id.

    Raises ValueError naming the action or value that is wrong.
    """
    if action not in ACTIONS:
        raise ValueError(f"unknown action {action!r}; there are {', '.join(sorted(ACTIONS))}")
    try:
        with shop.lock:
            return {"id": ACTIONS[action](shop, values)["id"]}
    except KeyError as missing:
        raise ValueError(f"{action}: {missing} is missing or unknown") from missing


def sell(
    shop: Shop, sku: str, quantity: int, location: str | None = None, customer: str | None = None
) -> Rec:
    """A buyer orders: the order is placed and the goods are committed at the location."""
    with shop.lock:
        store = shop.store
        variant = _variant(store, sku)
        buyer = store.find("Customer", customer) if customer else None
        home = buyer["addresses"][0] if buyer and buyer["addresses"] else None
        price = Decimal(variant["price"])
        sale = Sale(
            lines=[Sold(quantity, price, number(variant["id"]))],
            currency=shop.settings.currency,
            taxes=taxes_for(home),
            taxes_included=shop.settings.taxes_included,
            shipping=[SHIPPING[0]],
            customer=number(buyer["id"]) if buyer else None,
            email=buyer["email"] if buyer else "guest@example.org",
            billing=home,
            delivery=home,
        )
        order = place(store, sale, number(_location(store, location)["id"]))
        for key in order["fulfillmentOrders"]:
            stocking.commit(store, store.get("FulfillmentOrder", key))
        return order


def _title(shop: Shop, values: Mapping[str, Any]) -> Rec:
    return _set_product(shop, values, {"title": str(values["title"])})


def _set_product(shop: Shop, values: Mapping[str, Any], changes: Rec) -> Rec:
    product = _product(shop.store, values["product"])
    product.update(changes)
    shop.store.touch(product)
    return product


def _product_values(shop: Shop, values: Mapping[str, Any]) -> Rec:
    return _set_product(shop, values, rules.product_values(values["set"]))


def _price(shop: Shop, values: Mapping[str, Any]) -> Rec:
    amount = parse(values["price"])
    if amount is None or amount < 0:
        raise ValueError(f"price: {values['price']!r} is not an amount of 0 or more")
    variant = _variant(shop.store, values["sku"])
    variant["price"] = text(amount, shop.settings.currency)
    shop.store.touch(variant, shop.store.get("Product", variant["product"]))
    return variant


def _stock(shop: Shop, values: Mapping[str, Any]) -> Rec:
    store = shop.store
    item = store.get("InventoryItem", _variant(store, values["sku"])["inventoryItem"])
    key = number(_location(store, values.get("location"))["id"])
    level = stocking.activate(store, item, key)
    delta = int(values["available"]) - level["quantities"]["available"]
    stocking.move(store, level, available=delta)
    return level


def _sell(shop: Shop, values: Mapping[str, Any]) -> Rec:
    quantity = int(values.get("quantity", 1))
    return sell(shop, values["sku"], quantity, values.get("location"), values.get("customer"))


def _customer(shop: Shop, values: Mapping[str, Any]) -> Rec:
    customer = shop.store.find("Customer", values["customer"])
    if customer is None:
        raise ValueError(f"customer: {values['customer']!r} is not there")
    unknown = sorted(set(values["set"]) - {"firstName", "lastName", "email", "phone", "note"})
    if unknown:
        raise ValueError(f"set: a customer's {unknown[0]} can't be edited here")
    customer.update(values["set"])
    shop.store.touch(customer)
    return customer


def _company(shop: Shop, values: Mapping[str, Any]) -> Rec:
    company = shop.store.find("Company", values["company"])
    if company is None:
        raise ValueError(f"company: {values['company']!r} is not there")
    unknown = sorted(set(values["set"]) - {"name", "externalId", "note"})
    if unknown:
        raise ValueError(f"set: a company's {unknown[0]} can't be edited here")
    company.update(values["set"])
    shop.store.touch(company)
    return company


def _delete(shop: Shop, values: Mapping[str, Any]) -> Rec:
    product = _product(shop.store, values["product"])
    catalog.remove_product(shop.store, product)
    return product


def _cancel(shop: Shop, values: Mapping[str, Any]) -> Rec:
    order = shop.store.find("Order", values["order"])
    if order is None or order["cancelledAt"]:
        raise ValueError(f"order: {values['order']!r} is not there, or cancelled already")
    cancel(shop.store, order, "STAFF", restock=bool(values.get("restock", True)))
    return order


ACTIONS: Mapping[str, Callable[[Shop, Mapping[str, Any]], Rec]] = {
    "title": _title,
    "product": _product_values,
    "price": _price,
    "stock": _stock,
    "sell": _sell,
    "company": _company,
    "customer": _customer,
    "delete": _delete,
    "cancel": _cancel,
}


def _product(store: Store, name: str) -> Rec:
    if name.startswith("gid:"):
        found = store.find("Product", name)
    else:
        keys = store.index("Product", "handle", lambda record: record["handle"]).get(name.lower())
        found = store.get("Product", keys[0]) if keys else None
    if found is None:
        raise ValueError(f"product: there is no {name!r}")
    return found


def _variant(store: Store, name: str) -> Rec:
    if name.startswith("gid:"):
        found = store.find("ProductVariant", name)
    else:
        keys = store.index("InventoryItem", "sku", lambda r: r["sku"]).get(name.lower())
        item = store.get("InventoryItem", keys[0]) if keys else None
        found = store.get("ProductVariant", item["variant"]) if item else None
    if found is None:
        raise ValueError(f"sku: there is no variant {name!r}")
    return found


def _location(store: Store, name: str | None) -> Rec:
    for location in store.tables["Location"].values():
        if name in (None, location["name"], location["id"]):
            return location
    raise ValueError(f"location: there is no {name!r}")
