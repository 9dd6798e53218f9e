"""Many plain records quickly, for measurements; none is pretty, all are consistent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from . import catalog
from .ids import gid, number
from .mutations.customers import BASE as CUSTOMER
from .mutations.customers import address
from .objects.inventory import STATES
from .sale import Sale, Sold, Tax
from .seed import add_locations, ean13
from .selling import place
from .shop import Shop
from .store import Rec, Store, stamp

STOCK = 25
#: Where there are customers, each so manieth order is still a guest's.
GUEST_EVERY = 5


def seed_bulk(
    shop: Shop,
    *,
    products: int = 0,
    variants_per_product: int = 1,
    customers: int = 0,
    orders: int = 0,
) -> None:
    """Add products (Size 1…n when more than one variant) with stock at the first location,
    customers of one address, and orders of three lines: the customers' in turn, or guests'. Titles,
    SKUs, barcodes, e-mails and times count from where the shop is."""
    with shop.lock:
        store = shop.store
        if not store.tables["Location"]:
            add_locations(store, store.now())
        location = next(iter(store.tables["Location"]))
        start = shop.clock.now() - timedelta(days=30)
        base = len(store.tables["Product"])
        for place_ in range(base, base + products):
            when = stamp(start + timedelta(seconds=place_))
            _product(store, place_, variants_per_product, location, when)
        known = len(store.tables["Customer"])
        for place_ in range(known, known + customers):
            _customer(store, place_, stamp(start + timedelta(seconds=place_)))
        variants = list(store.tables["ProductVariant"])
        first = len(store.tables["Order"])
        for place_ in range(first, first + (orders if variants else 0)):
            when = stamp(start + timedelta(days=1, seconds=place_))
            _order(shop, variants, place_, location, when)
        store.changed()


def _insert(store: Store, kind: str, fields: Rec, when: str) -> Rec:
    """As `Store.add`, without telling the indexes each time."""
    key = store.next_id()
    record = {"id": gid(kind, key), "createdAt": when, "updatedAt": when, **fields}
    store.tables[kind][key] = record
    return record


def _product(store: Store, place_: int, count: int, location: int, when: str) -> None:
    title = f"Bulk product {place_:06d}"
    names = [f"Size {i + 1}" for i in range(count)] if count > 1 else ["Default Title"]
    product = _insert(
        store,
        "Product",
        {
            "title": title,
            "handle": catalog.handle_of(title),
            "descriptionHtml": f"<p>Product number {place_}</p>",
            "vendor": f"Vendor {place_ % 17}",
            "productType": f"Type {place_ % 9}",
            "status": "ACTIVE",
            "tags": ["bulk"],
            "options": [catalog.option(store, "Size" if count > 1 else "Title", 1, names)],
            "variants": [],
            "collections": [],
            "media": [],
            "metafields": [],
            "templateSuffix": None,
            "seo": {"title": None, "description": None},
            "isGiftCard": False,
            "requiresSellingPlan": False,
            "publishedAt": when,
        },
        when,
    )
    for size, name in enumerate(names):
        _variant(store, product, place_, size, name, location, when)


def _variant(
    store: Store, product: Rec, place_: int, size: int, name: str, location: int, when: str
) -> None:
    item = _insert(
        store,
        "InventoryItem",
        {
            "sku": f"BULK-{place_:06d}-{size}",
            "tracked": True,
            "requiresShipping": True,
            "unitCost": f"{5 + place_ % 40}.00",
            "weight": {"value": 0.25, "unit": "KILOGRAMS"},
            "harmonizedSystemCode": None,
            "countryCodeOfOrigin": None,
            "provinceCodeOfOrigin": None,
            "levels": {},
        },
        when,
    )
    variant = _insert(
        store,
        "ProductVariant",
        {
            "product": number(product["id"]),
            "inventoryItem": number(item["id"]),
            "selectedOptions": catalog.selection(product, [name]),
            "title": name,
            "position": size + 1,
            "barcode": ean13(f"21{place_:07d}{size:03d}"),
            "price": f"{10 + place_ % 90}.{place_ % 100:02d}",
            "compareAtPrice": None,
            "taxable": True,
            "inventoryPolicy": "DENY",
            "mediaIds": [],
            "metafields": [],
        },
        when,
    )
    item["variant"] = number(variant["id"])
    product["variants"].append(number(variant["id"]))
    quantities = dict.fromkeys(STATES, 0) | {"available": STOCK, "on_hand": STOCK}
    level = _insert(
        store,
        "InventoryLevel",
        {
            "item": number(item["id"]),
            "location": location,
            "quantities": quantities,
            "isActive": True,
        },
        when,
    )
    item["levels"][str(location)] = number(level["id"])
    level["id"] += f"?inventory_item_id={number(item['id'])}"


def _customer(store: Store, place_: int, when: str) -> None:
    home = {
        "firstName": "Bulk",
        "lastName": f"Customer {place_:05d}",
        "address1": f"{place_ + 1} Main Street",
        "city": "Springfield",
        "zip": "62701",
        "provinceCode": "IL",
        "countryCode": "US",
    }
    names = {name: home[name] for name in ("firstName", "lastName")}
    fields = {
        **CUSTOMER,
        **names,
        "email": f"bulk-customer{place_:05d}@example.org",
        "tags": [],
        "addresses": [{"id": store.new_gid("MailingAddress"), **address(home)}],
        "metafields": [],
    }
    _insert(store, "Customer", fields, when)


def _buyer(store: Store, place_: int) -> Rec:
    """Whose the order is, as a sale takes it."""
    people = store.tables["Customer"]
    if not people or place_ % GUEST_EVERY == 0:
        return {"email": f"bulk{place_ % 500:03d}@example.org"}
    person = store.get("Customer", list(people)[place_ % len(people)])
    home = person["addresses"][0] if person["addresses"] else None
    buyer = {"customer": number(person["id"]), "email": person["email"]}
    return {**buyer, "billing": home, "delivery": home}


def _order(shop: Shop, variants: list[int], place_: int, location: int, when: str) -> None:
    store = shop.store
    chosen = dict.fromkeys(variants[(place_ * 3 + i) % len(variants)] for i in range(3))
    lines = [
        Sold(1 + i, Decimal(store.get("ProductVariant", key)["price"]), key)
        for i, key in enumerate(chosen)
    ]
    sale = Sale(
        lines=lines,
        currency=shop.settings.currency,
        taxes=(Tax("State tax", Decimal("0.0825")),),
        taxes_included=shop.settings.taxes_included,
        shipping=[("Standard", "standard", Decimal("5.90"))],
        **_buyer(store, place_),
    )
    order = place(store, sale, location, when)
    made = store.get("FulfillmentOrder", order["fulfillmentOrders"][0])
    for line in made["lineItems"]:
        item = store.get("InventoryItem", line["inventoryItem"])
        quantities = store.get("InventoryLevel", item["levels"][str(location)])["quantities"]
        quantities["committed"] += line["remainingQuantity"]
        quantities["on_hand"] += line["remainingQuantity"]
