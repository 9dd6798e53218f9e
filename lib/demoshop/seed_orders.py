"""The demo orders: lines, discounts, taxes, shipping, guests; fulfilled, partly, not, cancelled."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from . import stocking
from .fulfilling import fulfill
from .mutations.customers import address
from .refunding import cancel
from .sale import Discount, Sale, Sold, Tax
from .selling import place
from .shop import Shop
from .store import Rec, Store, stamp

ONE_RATE = (Tax("State tax", Decimal("0.0825")),)
TWO_RATES = (Tax("State tax", Decimal("0.0575")), Tax("County tax", Decimal("0.0175")))
VAT = (Tax("VAT", Decimal("0.19")),)
SHIPPING = (
    ("Standard", "standard", Decimal("5.90")),
    ("Express", "express", Decimal("14.50")),
    ("Pickup", "pickup", Decimal("0.00")),
)
CANCELLED = 13  # the place of the cancelled order


def taxes_for(address_: Rec | None) -> tuple[Tax, ...]:
    """Two rates in Ohio, one elsewhere in America, VAT in Europe."""
    country = (address_ or {}).get("countryCodeV2")
    if country in (None, "US"):
        return TWO_RATES if (address_ or {}).get("provinceCode") == "OH" else ONE_RATE
    return ONE_RATE if country == "CA" else VAT


def seed_orders(
    shop: Shop,
    chance: random.Random,
    customers: Sequence[int],
    count: int,
    start: datetime,
    end: datetime,
) -> None:
    """`count` orders spread over the time; levels hold what is still to be shipped as committed."""
    store = shop.store
    variants = list(store.tables["ProductVariant"])
    step = (end - start - timedelta(days=2)) / max(1, count)
    for number_ in range(count):
        at = start + timedelta(days=2) + step * number_
        location = list(store.tables["Location"])[0 if chance.random() < 0.8 else 1]
        sale = _sale(shop, chance, customers, variants, number_)
        order = place(store, sale, location, stamp(at))
        _proceed(store, chance, order, number_, at)


def _sale(
    shop: Shop,
    chance: random.Random,
    customers: Sequence[int],
    variants: Sequence[int],
    place_: int,
) -> Sale:
    store = shop.store
    guest = place_ % 12 == 5
    key = None if guest else chance.choice(customers)
    buyer = store.get("Customer", key) if key is not None else None
    home = buyer["addresses"][0] if buyer else _guest_address(store, place_)
    lines = [
        _line(store, variant, chance, discounted=place_ % 5 == 2 and i == 0)
        for i, variant in enumerate(chance.sample(variants, chance.randint(1, 5)))
    ]
    return Sale(
        lines=lines,
        currency=shop.settings.currency,
        taxes=taxes_for(home),
        taxes_included=shop.settings.taxes_included,
        shipping=[SHIPPING[place_ % len(SHIPPING)]],
        discount=_discount(place_),
        customer=key,
        email=buyer["email"] if buyer else f"guest{place_:02d}@example.org",
        billing={**home, "id": store.new_gid("MailingAddress")},
        delivery={**home, "id": store.new_gid("MailingAddress")},
        note="Please pack without plastic ♻️" if place_ % 9 == 0 else None,
        tags=("wholesale",) if place_ % 15 == 0 else (),
        paid=place_ % 4 != 3,
    )


def _line(store: Store, variant: int, chance: random.Random, *, discounted: bool) -> Sold:
    return Sold(
        quantity=chance.randint(1, 3),
        price=Decimal(store.get("ProductVariant", variant)["price"]),
        variant=variant,
        discount=Discount("Second choice", percentage=Decimal(15)) if discounted else None,
    )


def _discount(place_: int) -> Discount | None:
    if place_ % 7 == 1:
        return Discount("Welcome", percentage=Decimal(10), code="WELCOME10")
    return Discount("Goodwill", amount=Decimal("7.77")) if place_ % 11 == 4 else None


def _guest_address(store: Store, place_: int) -> Rec:
    values = {
        "firstName": "Guest",
        "lastName": f"{place_:02d} Example",
        "address1": f"{place_ + 1} Sample Street",
        "city": "Austin",
        "zip": "78701",
        "provinceCode": "TX",
        "countryCode": "US",
    }
    return {"id": store.new_gid("MailingAddress"), **address(values)}


def _proceed(store: Store, chance: random.Random, order: Rec, place_: int, at: datetime) -> None:
    """A third is fulfilled, some partly; levels are opening balances, so goods that have left
    before are not taken from them."""
    later = stamp(at + timedelta(hours=chance.randint(2, 40)))
    made = store.get("FulfillmentOrder", order["fulfillmentOrders"][0])
    if place_ == CANCELLED:
        cancel(store, order, "CUSTOMER", later, restock=True, stock=False)
        return
    if place_ % 3 == 0:
        whole = {line["id"]: line["totalQuantity"] for line in made["lineItems"]}
        fulfill(store, made, whole, when=later, stock=False)
    elif place_ % 8 == 1 and len(made["lineItems"]) > 1:
        first = made["lineItems"][0]
        fulfill(store, made, {first["id"]: first["totalQuantity"]}, when=later, stock=False)
    _commit(store, made, stamp(at))


def _commit(store: Store, made: Rec, when: str) -> None:
    """What is to be shipped is on hand on top of what is available."""
    for line in made["lineItems"]:
        item = store.get("InventoryItem", line["inventoryItem"])
        level = stocking.level(store, item, made["location"])
        if level is not None and line["remainingQuantity"]:
            stocking.move(store, level, committed=line["remainingQuantity"])
            level["updatedAt"] = when
