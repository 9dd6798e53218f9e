"""A variant's values → Shopify's input objects, which differ between creating and updating."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

Values = Mapping[str, Any]

WRITABLE: Mapping[str, str] = {
    "sku": "",
    "barcode": "",
    "price": "",
    "compareAtPrice": "",
    "taxable": "",
    "options": "",
    "inventoryItem": "",
    "position": "",
    "product": "",
    "image": "",
}

#: The option of a product without options, as Shopify itself names it.
NO_OPTIONS: Mapping[str, str] = {"Title": "Default Title"}

_PLAIN = ("barcode", "price", "compareAtPrice", "taxable")


def set_input(values: Values) -> dict[str, Any]:
    """`ProductVariantSetInput` for a variant of a new product."""
    made = _plain(values)
    if "sku" in values:
        made["sku"] = values["sku"]
    item = _item(values.get("inventoryItem") or {})
    if item:
        made["inventoryItem"] = item
    made["optionValues"] = option_values(values.get("options") or NO_OPTIONS)
    return made


def bulk_input(values: Values, id_: str | None = None) -> dict[str, Any]:
    """`ProductVariantsBulkInput`; the SKU belongs to the inventory item here."""
    made = _plain(values)
    item = _item(values.get("inventoryItem") or {})
    if "sku" in values:
        item["sku"] = values["sku"]
    if item:
        made["inventoryItem"] = item
    if values.get("options"):
        made["optionValues"] = option_values(values["options"])
    if values.get("image"):
        made["mediaSrc"] = [values["image"]]  # the source of one of the media that go with it
    if id_ is not None:
        made["id"] = id_
    return made


def media_of(inputs: Iterable[Values]) -> list[dict[str, str]]:
    """The media that variants' inputs name, each source once."""
    sources = dict.fromkeys(source for one in inputs for source in one.get("mediaSrc", ()))
    return [media_input(source) for source in sources]


def media_input(source: str) -> dict[str, str]:
    return {"mediaContentType": "IMAGE", "originalSource": source}


def option_values(options: Values) -> list[dict[str, str]]:
    return [{"optionName": str(name), "name": str(value)} for name, value in options.items()]


def _plain(values: Values) -> dict[str, Any]:
    return {name: _amount(values[name]) for name in _PLAIN if name in values}


def _item(item: Values) -> dict[str, Any]:
    made = {name: item[name] for name in ("tracked", "requiresShipping") if name in item}
    if "unitCost" in item:
        made["cost"] = _amount(item["unitCost"])
    if item.get("weight") is not None:
        # Float is the schema's type for weights; money never takes this way.
        weight = {"value": float(item["weight"]), "unit": "KILOGRAMS"}
        made["measurement"] = {"weight": weight}
    return made


def _amount(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value
