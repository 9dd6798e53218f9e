"""The demo shop's own data: reproducible for one seed and one clock."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from . import catalog, stocking
from .ids import number
from .money import text
from .mutations.collections import BASE as COLLECTION
from .mutations.customers import BASE as CUSTOMER
from .mutations.customers import address
from .objects.media import add_content
from .pictures import png
from .seed_deep import seed_deep_orders
from .seed_orders import seed_orders
from .seed_words import (
    COLLECTIONS,
    FIRST_NAMES,
    LOCATIONS,
    NOTES,
    PRODUCTS,
    SIZES,
    STREETS,
    TOWNS,
)
from .shop import Shop
from .store import Rec, Store, stamp

CUSTOMERS = 30
ORDERS = 50
DAYS = 45
XL_SURCHARGE = 400  # cents, on every third product


def seed_demo(shop: Shop, seed: int = 1) -> None:
    """20 products in 4 sizes, 2 locations, 4 collections, 30 customers and 50 orders of the last
    45 days, on an empty shop; with the setting `deep_orders` one more of each hard sort. The same
    seed at the same time of the clock gives the same data."""
    with shop.lock:
        chance = random.Random(seed)
        end = shop.clock.now().astimezone(timezone.utc).replace(microsecond=0)
        start = end - timedelta(days=DAYS)
        store, currency = shop.store, shop.settings.currency
        add_locations(store, stamp(start))
        collections = [_collection(store, title, stamp(start)) for title in COLLECTIONS]
        for place, words in enumerate(PRODUCTS):
            when = stamp(start + timedelta(minutes=7 * place))
            _product(store, chance, place, words, collections, when, currency)
        customers = [_customer(store, chance, i, start) for i in range(1, CUSTOMERS + 1)]
        seed_orders(shop, chance, customers, ORDERS, start, end)
        if shop.settings.deep_orders:
            seed_deep_orders(shop, end)


def ean13(digits: str) -> str:
    """The twelve digits and their check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def add_locations(store: Store, when: str) -> list[int]:
    made = []
    for name, street, city, zip_, code, province, country_code, country in LOCATIONS:
        place: Rec = {
            "address1": street,
            "address2": None,
            "city": city,
            "zip": zip_,
            "provinceCode": code,
            "province": province,
            "countryCode": country_code,
            "country": country,
            "phone": None,
            "formatted": [street, f"{city} {code} {zip_}", country],
        }
        fields = {
            "name": name,
            "address": place,
            "isActive": True,
            "fulfillsOnlineOrders": True,
            "shipsInventory": True,
            "isFulfillmentService": False,
            "addressVerified": False,
        }
        made.append(number(store.add("Location", fields, when)["id"]))
    return made


def _collection(store: Store, title: str, when: str) -> int:
    handle = catalog.handle_of(title)
    html = f"<p>{title.replace('&', '&amp;')}</p>"
    fields = {**COLLECTION, "title": title, "handle": handle, "descriptionHtml": html}
    return number(store.add("Collection", {**fields, "metafields": []}, when)["id"])


def _product(
    store: Store,
    chance: random.Random,
    place: int,
    words: tuple[str, str, str, str, int, int, str, Sequence[int]],
    collections: Sequence[int],
    when: str,
    currency: str,
) -> None:
    title, kind, vendor, tags, cents, grams, html, within = words
    product = catalog.add_product(
        store,
        {
            "title": title,
            "handle": catalog.free_handle(store, "Product", catalog.handle_of(title)),
            "descriptionHtml": html,
            "vendor": vendor,
            "productType": kind,
            "tags": sorted(tags.split(",")),
            "status": "DRAFT" if place == 17 else "ACTIVE",
            "collections": [collections[one] for one in within],
        },
        when,
    )
    product["options"] = [catalog.option(store, "Size", 1, SIZES)]
    for size_place, size in enumerate(SIZES):
        extra = XL_SURCHARGE if size == "XL" and place % 3 == 0 else 0
        price = Decimal(cents + extra) / 100
        fields = {
            "barcode": ean13(f"200{place + 1:06d}{size_place:03d}"),
            "price": text(price, currency),
            "compareAtPrice": text(price * Decimal("1.25"), currency) if place % 6 == 0 else None,
            "taxable": True,
            "item": {
                "sku": f"{kind[:3].upper()}-{place + 1:03d}-{size}",
                "tracked": True,
                "unitCost": text(price * Decimal("0.45"), currency),
                "weight": {"value": (grams + 20 * size_place) / 1000, "unit": "KILOGRAMS"},
            },
        }
        variant = catalog.add_variant(store, product, [size], fields, when)
        _stock(store, chance, variant, when)
    if place % 4 == 0:
        _images(store, place, product)
    product["updatedAt"] = when


def _images(store: Store, place: int, product: Rec) -> None:
    """A main image; each other such product has another one, which its first variant shows."""
    color = (40 + 9 * place, 200 - 8 * place, 120)
    add_content(store, product, f"{product['handle']}.png", png(color))
    if place % 8 == 0:
        second = add_content(store, product, f"{product['handle']}-s.png", png(color[::-1]))
        store.get("ProductVariant", product["variants"][0])["mediaIds"] = [second["id"]]


def _stock(store: Store, chance: random.Random, variant: Rec, when: str) -> None:
    item = store.get("InventoryItem", variant["inventoryItem"])
    for location, most in zip(store.tables["Location"], (120, 12), strict=True):
        level = stocking.activate(store, item, location, when=when)
        stocking.move(store, level, available=chance.randint(most // 3, most))
        level["updatedAt"] = when


def _customer(store: Store, chance: random.Random, place: int, start: datetime) -> int:
    city, zip_, province, country = TOWNS[place % len(TOWNS)]
    first, last = FIRST_NAMES[place % len(FIRST_NAMES)], f"{place:02d} Example"
    homes = []
    for count in range(chance.randint(1, 2)):
        values = {
            "firstName": first,
            "lastName": last,
            "company": f"Example Company {place}" if place % 7 == 0 else None,
            "address1": f"{chance.randint(1, 99)} {chance.choice(STREETS)}",
            "address2": "2nd floor" if count else None,
            "city": city,
            "zip": zip_,
            "provinceCode": province,
            "countryCode": country,
            "phone": None,
        }
        homes.append({"id": store.new_gid("MailingAddress"), **address(values)})
    when = stamp(start + timedelta(hours=3 * place))
    fields = {
        **CUSTOMER,
        "firstName": first,
        "lastName": last,
        "email": f"customer{place:02d}@example.com",
        "phone": f"+1555010{place:02d}00" if place % 3 == 0 else None,
        "note": chance.choice(NOTES) or None,
        "tags": ["vip"] if place % 10 == 0 else [],
        "state": "ENABLED" if place % 2 else "DISABLED",
        "addresses": homes,
        "metafields": [],
    }
    return number(store.add("Customer", fields, when)["id"])
