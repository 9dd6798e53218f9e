"""Images of products and variants, kept in the product in order."""

from __future__ import annotations

from typing import Any

from ..fields import Args, field, stored
from ..paging import Page, list_page
from ..request import Request
from ..store import Rec, Store

stored("MediaImage", "id alt mimeType image")
stored("Image", "url width height")


def add_image(store: Store, product: Rec, url: str, alt: str | None = None) -> Rec:
    """A new last image of the product."""
    made = {
        "id": store.new_gid("MediaImage"),
        "alt": alt or "",
        "mimeType": "image/png",
        "image": {"url": url, "width": 800, "height": 600},
    }
    product.setdefault("media", []).append(made)
    store.touch(product)
    return made


@field("Product", "media")
def of_product(source: Rec, args: Args, _request: Request) -> Page:
    return list_page(source.get("media", []), args)


@field("ProductVariant", "media")
def of_variant(source: Rec, args: Args, request: Request) -> Page:
    wanted = source.get("mediaIds", [])
    held: list[Any] = request.store.get("Product", source["product"]).get("media", [])
    return list_page([each for each in held if each["id"] in wanted], args)
