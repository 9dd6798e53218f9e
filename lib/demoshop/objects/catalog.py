"""Products, variants, options and collections as they are read."""

from __future__ import annotations

import html
import re

from ..fields import Args, field, stored
from ..ids import number
from ..listing import exactly
from ..paging import Page, list_page
from ..request import Request
from ..store import Rec

TAG = re.compile(r"<[^>]*>")

stored(
    "Product",
    "id title handle descriptionHtml vendor productType status tags createdAt updatedAt "
    "publishedAt templateSuffix seo isGiftCard requiresSellingPlan",
)
stored(
    "ProductVariant",
    "id title barcode price compareAtPrice position taxable inventoryPolicy createdAt updatedAt",
)
stored("ProductOption", "id name position optionValues")
stored("ProductOptionValue", "id name hasVariants")
stored("SelectedOption", "name value")
stored("Collection", "id title handle descriptionHtml updatedAt sortOrder templateSuffix seo")


def variants_of(product: Rec, request: Request) -> list[Rec]:
    return request.store.many("ProductVariant", product["variants"])


@field("Product", "options")
def options(source: Rec, args: Args, _request: Request) -> list[Rec]:
    found: list[Rec] = source["options"]
    return found if args.get("first") is None else found[: args["first"]]


@field("ProductOption", "values")
def values(source: Rec, _args: Args, _request: Request) -> list[str]:
    return [value["name"] for value in source["optionValues"]]


@field("Product", "variants")
def variants(source: Rec, args: Args, request: Request) -> Page:
    return list_page(variants_of(source, request), args)


@field("Product", "variantsCount")
def variants_count(source: Rec, _args: Args, _request: Request) -> Rec:
    return exactly(len(source["variants"]))


@field("Product", "collections")
def collections(source: Rec, args: Args, request: Request) -> Page:
    return list_page(request.store.many("Collection", source["collections"]), args)


@field("Product", "inCollection")
def in_collection(source: Rec, args: Args, _request: Request) -> bool:
    return number(args["id"]) in source["collections"]


@field("Product", "description")
@field("Collection", "description")
def description(source: Rec, args: Args, _request: Request) -> str:
    text = html.unescape(TAG.sub("", source["descriptionHtml"] or "")).strip()
    return text if args.get("truncateAt") is None else text[: args["truncateAt"]]


@field("Product", "totalInventory")
def total_inventory(source: Rec, _args: Args, request: Request) -> int:
    return sum(quantity(variant, request) for variant in variants_of(source, request))


@field("Product", "tracksInventory")
def tracks_inventory(source: Rec, _args: Args, request: Request) -> bool:
    items = (variant["inventoryItem"] for variant in variants_of(source, request))
    return any(item["tracked"] for item in request.store.many("InventoryItem", items))


@field("Product", "hasOnlyDefaultVariant")
def has_only_default(source: Rec, _args: Args, _request: Request) -> bool:
    return [option["name"] for option in source["options"]] == ["Title"]


@field("ProductVariant", "product")
def product(source: Rec, _args: Args, request: Request) -> Rec:
    return request.store.get("Product", source["product"])


@field("ProductVariant", "inventoryItem")
def inventory_item(source: Rec, _args: Args, request: Request) -> Rec:
    return request.store.get("InventoryItem", source["inventoryItem"])


@field("ProductVariant", "sku")
def sku(source: Rec, _args: Args, request: Request) -> str | None:
    found: str | None = request.store.get("InventoryItem", source["inventoryItem"])["sku"]
    return found


@field("ProductVariant", "selectedOptions")
def selected(source: Rec, _args: Args, _request: Request) -> list[Rec]:
    found: list[Rec] = source["selectedOptions"]
    return found


@field("SelectedOption", "optionValue")
def option_value(source: Rec, _args: Args, _request: Request) -> Rec:
    return {"id": source["valueId"], "name": source["value"], "hasVariants": True}


@field("ProductVariant", "displayName")
def display_name(source: Rec, _args: Args, request: Request) -> str:
    return f"{request.store.get('Product', source['product'])['title']} - {source['title']}"


@field("ProductVariant", "inventoryQuantity")
def inventory_quantity(source: Rec, _args: Args, request: Request) -> int:
    return quantity(source, request)


@field("ProductVariant", "availableForSale")
def for_sale(source: Rec, _args: Args, request: Request) -> bool:
    item = request.store.get("InventoryItem", source["inventoryItem"])
    return (
        not item["tracked"]
        or source["inventoryPolicy"] == "CONTINUE"
        or quantity(source, request) > 0
    )


def quantity(variant: Rec, request: Request) -> int:
    """Available over all locations."""
    item = request.store.get("InventoryItem", variant["inventoryItem"])
    levels = request.store.many("InventoryLevel", item["levels"].values())
    return sum(level["quantities"]["available"] for level in levels)


def products_in(collection: Rec, request: Request) -> list[Rec]:
    key = number(collection["id"])
    index = request.store.index("Product", "collections", lambda record: record["collections"])
    return request.store.many("Product", index.get(str(key), ()))


@field("Collection", "products")
def products(source: Rec, args: Args, request: Request) -> Page:
    return list_page(products_in(source, request), args)


@field("Collection", "productsCount")
def products_count(source: Rec, _args: Args, request: Request) -> Rec:
    return exactly(len(products_in(source, request)))


@field("Collection", "hasProduct")
def has_product(source: Rec, args: Args, request: Request) -> bool:
    return args["id"] in {record["id"] for record in products_in(source, request)}
