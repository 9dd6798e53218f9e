"""Values of products and variations → bodies of requests, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import Refused
from ..scalars import weight_text
from ..shapes import KEY
from .checks import Check, checked, flag, ids, money, one_of, text, time, whole

Values = Mapping[str, Any]

_SOLD: Mapping[str, Check] = {
    "sku": text,
    "global_unique_id": text,
    "virtual": flag,
    "downloadable": flag,
    "tax_status": one_of("taxable", "shipping", "none"),
    "tax_class": text,
    "shipping_class": text,
    "manage_stock": flag,
    "stock_quantity": whole,
    "stock_status": one_of("instock", "outofstock", "onbackorder"),
    "backorders": one_of("no", "notify", "yes"),
    "regular_price": money,
    "sale_price": money,
    "description": text,
    "menu_order": whole,
}
_PRODUCT: Mapping[str, Check] = {
    **_SOLD,
    "name": text,
    "slug": text,
    "type": one_of("simple", "grouped", "external", "variable"),
    "status": one_of("draft", "pending", "private", "publish", "future"),
    "featured": flag,
    "catalog_visibility": one_of("visible", "catalog", "search", "hidden"),
    "short_description": text,
    "external_url": text,
    "button_text": text,
    "purchase_note": text,
    "reviews_allowed": flag,
    "sold_individually": flag,
}
_VARIATION: Mapping[str, Check] = {**_SOLD, "status": one_of("draft", "private", "publish")}
_OTHERS = frozenset({"weight", "dimensions", "date_on_sale_from", "date_on_sale_to", "meta"})

VARIANT_WRITABLE = frozenset({*_VARIATION, *_OTHERS, "options"})
PRICE_WRITABLE = frozenset({"regular_price", "sale_price", "date_on_sale_from", "date_on_sale_to"})
WRITABLE = frozenset({*_PRODUCT, *_OTHERS, "categories", "tags", "images", "options", "variants"})


def product_body(values: Values, unit: str, held_images: Sequence[Values] = ()) -> dict[str, Any]:
    """The body of a product, but for tags, attributes and variations."""
    body = {**checked(_PRODUCT, values), **_shared(values, unit)}
    if "name" in values and not str(values["name"] or "").strip():
        raise Refused(
            "A product needs a name.",
            field="name",
            remedy="Name it at the source, or fill in «If empty» of the name in the mapping.",
        )
    if "categories" in values:
        body["categories"] = [{"id": id_} for id_ in ids("categories", values["categories"])]
    if "images" in values:
        body["images"] = images(values["images"], held_images)
    return body


def variant_body(values: Values, unit: str) -> dict[str, Any]:
    """The body of a variation, or of a product's part that a variation has too."""
    return {**checked(_VARIATION, values), **_shared(values, unit)}


def _shared(values: Values, unit: str) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if "weight" in values:
        body["weight"] = weight_text(values["weight"], unit)
    if "dimensions" in values:
        told = values["dimensions"] or {}
        body["dimensions"] = {k: str(told.get(k) or "") for k in ("length", "width", "height")}
    for name in ("date_on_sale_from", "date_on_sale_to"):
        if name in values:
            # The shop takes null for a date that was not sent.
            body[f"{name}_gmt"] = time(name, values[name]) or ""
    if values.get("meta"):
        body["meta_data"] = meta_data(values["meta"])
    return body


def meta_data(values: Values) -> list[dict[str, Any]]:
    """Entries by key: a key that is there is overwritten, null takes it away."""
    return [{"key": name, "value": value} for name, value in values.items()]


def marked(body: dict[str, Any], key: str) -> dict[str, Any]:
    """`body` with the op's key, by which a create whose answer was lost is known again."""
    return {**body, "meta_data": [*body.get("meta_data", ()), {"key": KEY, "value": key}]}


def images(wanted: Any, held: Sequence[Values]) -> list[dict[str, Any]]:
    """An image that the shop has is named by its id: given by address, it would be fetched and kept
    once more at each write. `held` are the images of the product now."""
    known = {image.get("src"): image.get("id") for image in held}
    out = []
    for image in wanted or ():
        id_ = image.get("id") or known.get(image.get("src"))
        named: dict[str, Any] = {"id": int(id_)} if id_ else {"src": text("images", image["src"])}
        for name in ("name", "alt"):
            if image.get(name) is not None:
                named[name] = image[name]
        out.append(named)
    return out
