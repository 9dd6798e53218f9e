"""Adding, changing and removing products and variants; no checks, those are the mutations'."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from . import stocking
from .ids import number
from .money import text
from .price_lists import forget_variant
from .store import Rec, Store

NO_OPTION = [("Title", ["Default Title"])]


def handle_of(title: str) -> str:
    """«Café Müller's»: cafe-mullers."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-") or "product"


def free_handle(store: Store, table: str, wanted: str) -> str:
    """`wanted`, with a number behind it where it is taken."""
    taken = store.index(table, "handle", lambda record: record["handle"])
    handle, count = wanted, 0
    while handle in taken:
        count += 1
        handle = f"{wanted}-{count}"
    return handle


def add_product(store: Store, fields: Mapping[str, Any], when: str | None = None) -> Rec:
    """A product without variants; `title` and `handle` must be given."""
    base: Rec = {
        "descriptionHtml": "",
        "vendor": "",
        "productType": "",
        "status": "ACTIVE",
        "tags": [],
        "options": [],
        "variants": [],
        "collections": [],
        "media": [],
        "metafields": [],
        "templateSuffix": None,
        "seo": {"title": None, "description": None},
        "isGiftCard": False,
        "requiresSellingPlan": False,
        "publishedAt": when or store.now(),
    }
    return store.add("Product", base | dict(fields), when)


def option(store: Store, name: str, position: int, values: Sequence[str]) -> Rec:
    return {
        "id": store.new_gid("ProductOption"),
        "name": name,
        "position": position,
        "optionValues": [option_value(store, value) for value in values],
    }


def option_value(store: Store, name: str) -> Rec:
    return {"id": store.new_gid("ProductOptionValue"), "name": name, "hasVariants": True}


def selection(product: Rec, names: Sequence[str]) -> list[Rec]:
    """selectedOptions for one value name an option, in the options' order."""
    chosen = []
    for one, name in zip(product["options"], names, strict=True):
        value = next(value for value in one["optionValues"] if value["name"] == name)
        chosen.append({"name": one["name"], "value": name, "valueId": value["id"]})
    return chosen


def add_variant(
    store: Store, product: Rec, names: Sequence[str], fields: Mapping[str, Any], when: str | None
) -> Rec:
    """A variant of these option values, its inventory item, and a level at the primary location.

    `fields` are keys of the variant, and under `item` those of its inventory item.
    """
    item = {
        "sku": None,
        "tracked": False,
        "requiresShipping": True,
        "unitCost": None,
        "weight": {"value": 0.0, "unit": "KILOGRAMS"},
        "harmonizedSystemCode": None,
        "countryCodeOfOrigin": None,
        "provinceCodeOfOrigin": None,
        "levels": {},
    }
    stock = store.add("InventoryItem", item | dict(fields.get("item", {})), when)
    base: Rec = {
        "barcode": None,
        "price": "0.00",
        "compareAtPrice": None,
        "taxable": True,
        "inventoryPolicy": "DENY",
        "mediaIds": [],
        "metafields": [],
    }
    own = {name: value for name, value in fields.items() if name != "item"}
    place = {
        "product": number(product["id"]),
        "inventoryItem": number(stock["id"]),
        "selectedOptions": selection(product, names),
        "title": " / ".join(names),
        "position": len(product["variants"]) + 1,
    }
    variant = store.add("ProductVariant", base | own | place, when)
    stock["variant"] = number(variant["id"])
    product["variants"].append(number(variant["id"]))
    primary = next(iter(store.tables["Location"]), None)
    if primary is not None:
        stocking.activate(store, stock, primary, when=when)
    return variant


def remove_variant(store: Store, product: Rec, key: int) -> None:
    """The variant goes, with its inventory item and levels."""
    item_key = store.get("ProductVariant", key)["inventoryItem"]
    for level_key in store.get("InventoryItem", item_key)["levels"].values():
        store.remove("InventoryLevel", level_key)
    store.remove("InventoryItem", item_key)
    store.remove("ProductVariant", key)
    forget_variant(store, key)
    product["variants"].remove(key)
    renumber(store, product)


def renumber(store: Store, product: Rec) -> None:
    for place, variant in enumerate(store.many("ProductVariant", product["variants"]), 1):
        variant["position"] = place


def remove_product(store: Store, product: Rec) -> None:
    for key in list(product["variants"]):
        remove_variant(store, product, key)
    store.remove("Product", number(product["id"]))


def price_text(value: object, currency: str) -> str | None:
    return None if value is None else text(str(value), currency)
