"""Adding price lists and setting their fixed prices; no checks, those are the mutations'."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .ids import number
from .money import text
from .store import Rec, Store


def add_price_list(
    store: Store,
    name: str,
    currency: str,
    *,
    adjustment: Rec | None = None,
    catalog: str = "",
    when: str | None = None,
) -> Rec:
    """A list, and the catalog of the kind `catalog` (MarketCatalog, CompanyLocationCatalog) that
    brings it to its customers."""
    parent = {
        "adjustment": adjustment or {"type": "PERCENTAGE_DECREASE", "value": 0.0},
        "settings": {"compareAtMode": "ADJUSTED"},
    }
    fields = {"name": name, "currency": currency, "parent": parent, "fixed": {}}
    made = store.add("PriceList", fields, when)
    if catalog:
        told = {"title": name, "status": "ACTIVE", "priceList": number(made["id"])}
        store.add(catalog, told, when)
    return made


def fix(
    store: Store, price_list: Rec, prices: Mapping[int, tuple[Decimal | str, Decimal | str | None]]
) -> None:
    """variant number → (price, the one it is compared at or None) in the list's currency."""
    currency = price_list["currency"]
    for key, (price, compared) in prices.items():
        price_list["fixed"][str(key)] = {
            "price": text(price, currency),
            "compareAtPrice": None if compared is None else text(compared, currency),
        }
    if prices:
        store.touch(price_list)


def unfix(store: Store, price_list: Rec, keys: list[int]) -> None:
    for key in keys:
        del price_list["fixed"][str(key)]
    if keys:
        store.touch(price_list)


def forget_variant(store: Store, key: int) -> None:
    """A variant that is gone has no price in any list."""
    for price_list in store.tables["PriceList"].values():
        price_list["fixed"].pop(str(key), None)
