"""Products with their variants, variants, prices and stock levels, from rows of the shop.

A product without variations is its own only variant, and has the product's id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...tags import tag_set
from .scalars import id_text, kilograms, plain, variant_id
from .shapes import Fields, Row, copied, image, meta, money, rows, times

#: The value of an option for a variation that is for all its values.
ANY = "(any)"
#: The shop's only place for stock.
LOCATION = "shop"

_PRICES = ("price", "regular_price", "sale_price")
_SALE = ("date_on_sale_from", "date_on_sale_to")
_PLAIN = (
    "slug",
    "permalink",
    "type",
    "status",
    "featured",
    "catalog_visibility",
    "description",
    "short_description",
    "external_url",
    "menu_order",
    "purchase_note",
    "reviews_allowed",
    "downloadable",
    "sold_individually",
)
_SHARED = (
    "sku",
    "global_unique_id",
    "virtual",
    "tax_status",
    "tax_class",
    "shipping_class",
    "dimensions",
    "on_sale",
    "stock_quantity",
    "stock_status",
    "backorders",
)


@dataclass(frozen=True, slots=True)
class Family:
    """A product's row with the rows of its variations."""

    product: Row
    variations: Sequence[Row] = ()

    @property
    def has_variations(self) -> bool:
        return self.product.get("type") == "variable"

    @property
    def is_bundle(self) -> bool:
        """A group of other products: nothing to sell by itself, so without a variant."""
        return self.product.get("type") == "grouped"


def product(family: Family, unit: str) -> Fields:
    """The product with `options`, `variants` (as `variant`), and the names of its tags."""
    row = family.product
    fields = {
        "id": id_text(row.get("id")),
        **copied(row, ("name", "button_text"), plain),
        **copied(row, _PLAIN),
        **_sold(row, unit),
        **times(row, ("date_created", "date_modified")),
        **meta(row),
    }
    if "tags" in row:
        fields["tags"] = tag_set(plain(item.get("name")) for item in rows(row["tags"]))
    if "brands" in row:
        fields["brands"] = [plain(item.get("name")) for item in rows(row["brands"])]
    if "categories" in row:
        fields["categories"] = [id_text(item.get("id")) for item in rows(row["categories"])]
    if "images" in row:
        fields["images"] = [image(item) for item in rows(row["images"])]
        fields["image_key"] = _key(next(iter(fields["images"]), None))
        fields["further_image_keys"] = [_key(one) for one in fields["images"][1:] if one]
    for name, source in (
        ("grouped_products", "grouped_products"),
        ("upsells", "upsell_ids"),
        ("cross_sells", "cross_sell_ids"),
    ):
        if source in row:
            fields[name] = [id_text(id_) for id_ in row[source] or ()]
    fields["attributes"] = [_attribute(item) for item in rows(row.get("attributes"))]
    fields["options"] = options_of(family)
    fields["variants"] = variants(family, unit)
    return fields


def variants(family: Family, unit: str) -> list[Fields]:
    if family.is_bundle:
        return []
    if not family.has_variations:
        return [variant(family, family.product, unit)]
    return [variant(family, row, unit) for row in family.variations]


def variant(family: Family, row: Row, unit: str) -> Fields:
    """A variation, or the product itself: prices as Decimal, `options` as name → value. A product
    has no `image_key` as a variant: its image is the product's."""
    fields = {
        **_identity(family, row),
        **copied(row, ("status", "description")),
        **_sold(row, unit),
        "options": _options(family, row),
        **meta(row),
        **times(row, ("date_modified",)),
    }
    if "image" in row:
        fields["image"] = image(row["image"])
        fields["image_key"] = _key(fields["image"])
    elif rows(row.get("images")):
        fields["image"] = image(rows(row["images"])[0])
    return fields


def _key(told: Fields | None) -> str | None:
    return None if told is None else str(told["key"])


def price(family: Family, row: Row) -> Fields:
    return {
        **_identity(family, row),
        **copied(row, ("sku", "on_sale")),
        **money(row, _PRICES),
        **times(row, (*_SALE, "date_modified")),
    }


def level(family: Family, row: Row, committed: int) -> Fields:
    """What the shop offers of one variant. `quantity` is less what was sold already; `committed`
    is the part of that which open orders hold, so `on_hand` is their sum.

    `managed`: «yes», «no» (nothing is counted), or «parent» (all variations share the product's).
    """
    quantity = row.get("stock_quantity")
    whole = isinstance(quantity, int) and not isinstance(quantity, bool)
    flag = row.get("manage_stock")
    managed = ("yes" if flag else "no") if isinstance(flag, bool) else "parent"
    id_ = _identity(family, row)["id"]
    return {
        "id": id_,
        "variant": id_,
        "location": LOCATION,
        **copied(row, ("sku", "backorders", "stock_status")),
        "managed": managed,
        "quantity": quantity,
        "committed": committed,
        "on_hand": int(quantity or 0) + committed if whole else None,
        **times(row, ("date_modified",)),
    }


def sold_rows(family: Family) -> list[Row]:
    """The rows that can be sold: the variations, or the product itself."""
    if family.is_bundle:
        return []
    return list(family.variations) if family.has_variations else [family.product]


def _identity(family: Family, row: Row) -> Fields:
    own = row["id"] if family.has_variations else None
    return {
        "id": variant_id(family.product["id"], own),
        "product": id_text(family.product["id"]),
    }


def _sold(row: Row, unit: str) -> Fields:
    """What products and variations have in common. `manage_stock` is true for «parent» too."""
    fields = {
        **copied(row, _SHARED),
        **money(row, _PRICES),
        **times(row, _SALE),
    }
    if "weight" in row:
        fields["weight"] = kilograms(row["weight"], unit)
    if "manage_stock" in row:
        fields["manage_stock"] = bool(row["manage_stock"])
    return fields


# -- options -----------------------------------------------------------------------------------


def _attribute(item: Row) -> Fields:
    return {
        "id": id_text(item.get("id")),
        "name": plain(item.get("name")),
        "options": [plain(option) for option in item.get("options") or ()],
        "variation": bool(item.get("variation")),
        "visible": bool(item.get("visible")),
    }


def _varying(family: Family) -> list[Row]:
    """The product's attributes that tell variations apart, in their order."""
    if not family.has_variations:
        return []
    found = [item for item in rows(family.product.get("attributes")) if item.get("variation")]
    return sorted(found, key=lambda item: item.get("position") or 0)


def options_of(family: Family) -> list[Fields]:
    """The options that variations use, each with the values in use, in the product's order."""
    used: dict[str, dict[str, None]] = {}
    for row in family.variations:
        for name, value in _options(family, row).items():
            used.setdefault(name, {})[value] = None
    found = []
    for item in _varying(family):
        name = plain(item.get("name"))
        first = [plain(option) for option in item.get("options") or ()]
        values = [value for value in first if value in used.get(name, ())]
        values += [value for value in used.get(name, ()) if value not in values]
        if values:
            found.append({"name": name, "values": values})
    return found


def _options(family: Family, row: Row) -> dict[str, str]:
    """Option name → value. An attribute that a variation leaves out stands for all its values."""
    if not family.has_variations:
        return {}
    given = {plain(item.get("name")): item for item in rows(row.get("attributes"))}
    by_id = {item["id"]: item for item in given.values() if item.get("id")}
    found = {}
    for attribute in _varying(family):
        name = plain(attribute.get("name"))
        item: Mapping[str, Any] | None = given.get(name) or by_id.get(attribute.get("id"))
        value = plain(item.get("option")) if item else None
        found[str(name)] = str(value) if value else ANY
    return found
