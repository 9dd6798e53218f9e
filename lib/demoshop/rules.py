"""Checks that several product mutations share. They return user errors and change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .catalog import price_text
from .errors import bad_request, user_error
from .money import parse
from .request import Request
from .store import Rec

Path = Sequence[str | int]
LONGEST = 255
STATE_FIELDS = ("descriptionHtml", "vendor", "productType", "status", "templateSuffix")
ITEM_FIELDS = ("sku", "tracked", "requiresShipping", "harmonizedSystemCode")
VARIANT_FIELDS = ("barcode", "taxable", "inventoryPolicy")


def title_errors(values: Mapping[str, Any], path: Path, *, new: bool) -> Iterator[Rec]:
    """Title: there, not blank, not too long."""
    if "title" in values or new:
        title = (values.get("title") or "").strip()
        if not title:
            yield user_error([*path, "title"], "Title can't be blank", "INVALID_INPUT")
        elif len(title) > LONGEST:
            text = f"Title is too long (maximum is {LONGEST} characters)"
            yield user_error([*path, "title"], text, "INVALID_INPUT")


def handle_errors(
    values: Mapping[str, Any], product: Rec | None, path: Path, request: Request
) -> Iterator[Rec]:
    """An asked-for handle must be free; a made-up one is made free."""
    handle = values.get("handle")
    if not handle:
        return
    index = request.store.index("Product", "handle", lambda record: record["handle"])
    others = [key for key in index.get(handle.lower(), ())]
    own = product["id"] if product else None
    if any(request.store.get("Product", key)["id"] != own for key in others):
        text = f"Handle '{handle}' already in use. Please provide a new handle."
        yield user_error([*path, "handle"], text, "HANDLE_NOT_UNIQUE")


def price_errors(values: Mapping[str, Any], path: Path, code: str) -> Iterator[Rec]:
    """Prices are amounts of 0 or more. Text that is no amount is no `Money` at all."""
    for name, label in (("price", "Price"), ("compareAtPrice", "Compare at price")):
        given = values.get(name)
        if given is None:
            continue
        amount = parse(given)
        if amount is None:
            raise bad_request(f"{name}: '{given}' is not a valid Money.")
        if amount < 0:
            text = f"{label} must be greater than or equal to 0"
            yield user_error([*path, name], text, code)


def item_values(given: Mapping[str, Any], currency: str) -> Rec:
    """Keys of an inventory item from an InventoryItemInput."""
    made: Rec = {name: given[name] for name in ITEM_FIELDS if name in given}
    for name in ("countryCodeOfOrigin", "provinceCodeOfOrigin"):
        if name in given:
            made[name] = given[name]
    if "cost" in given:
        made["unitCost"] = price_text(given["cost"], currency)
    weight = (given.get("measurement") or {}).get("weight")
    if weight:
        made["weight"] = {"value": float(weight["value"]), "unit": weight["unit"]}
    return made


def variant_values(given: Mapping[str, Any], currency: str) -> Rec:
    """Keys of a variant (and, under `item`, of its inventory item) from a variant input."""
    made: Rec = {name: given[name] for name in VARIANT_FIELDS if name in given}
    if given.get("price") is not None:
        made["price"] = price_text(given["price"], currency)
    if "compareAtPrice" in given:
        made["compareAtPrice"] = price_text(given["compareAtPrice"], currency)
    item = item_values(given.get("inventoryItem") or {}, currency)
    if "sku" in given:
        item["sku"] = given["sku"]
    return made | {"item": item}


def update(record: Rec, values: Mapping[str, Any]) -> bool:
    """Set what differs; True when anything did."""
    changes = {name: value for name, value in values.items() if record.get(name) != value}
    record.update(changes)
    return bool(changes)


def product_values(given: Mapping[str, Any]) -> Rec:
    """Keys of a product from any of its inputs; null is the empty value of that key."""
    made: Rec = {}
    for name in STATE_FIELDS:
        if name in given:
            made[name] = given[name] if given[name] is not None or name == "templateSuffix" else ""
    if not made.get("status", "ACTIVE"):
        del made["status"]
    if given.get("title"):
        made["title"] = given["title"].strip()
    if "tags" in given:
        made["tags"] = clean_tags(given["tags"] or [])
    if given.get("seo"):
        made["seo"] = {key: given["seo"].get(key) for key in ("title", "description")}
    return made


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Sorted, each once whatever its case, as Shopify keeps them; commas separate."""
    split = (part.strip() for tag in tags for part in tag.split(","))
    first: dict[str, str] = {}
    for tag in split:
        if tag:
            first.setdefault(tag.lower(), tag)
    return sorted(first.values(), key=str.lower)
