"""Images of products and variants, kept in the product in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .. import uploads
from ..fields import Args, field, stored
from ..paging import Page, list_page
from ..request import Request
from ..store import Rec, Store, stamp

stored("MediaImage", "id alt mimeType")
stored("Video", "id alt status")
stored("Image", "width height")
stored("MediaError", "code message")


def add_image(store: Store, product: Rec, url: str, alt: str | None = None) -> Rec:
    """A new last image of the product. `url` is an address, or a path of the shop's own files."""
    made = {
        "id": store.new_gid("MediaImage"),
        "alt": alt or "",
        "mimeType": "image/png",
        "status": "READY",
        "image": {"url": url, "width": 800, "height": 600},
    }
    product.setdefault("media", []).append(made)
    store.touch(product)
    return made


def image_of(store: Store, id_: str) -> Rec | None:
    """The image of this id on any product."""
    held = (one for product in store.tables["Product"].values() for one in product["media"])
    return next((one for one in held if one["id"] == id_), None)


def add_content(store: Store, product: Rec, name: str, content: bytes, alt: str = "") -> Rec:
    """A new last image of the product, whose file the shop itself has."""
    path = uploads.keep(store, name, content)
    return add_image(store, product, f"{path}?v={store.next_id()}", alt)


def add_source(request: Request, product: Rec, source: str, alt: str | None) -> Rec:
    """A new last image, of what was uploaded. The shop takes it in later: until it is asked for
    again it has no address. Another shop's address is not fetched: the image fails."""
    store = request.store
    path = uploads.take_in(store, source, request.address)
    made = add_image(store, product, f"{path}?v={store.next_id()}", alt)
    made["status"] = "UPLOADED" if path else "FAILED"
    made["ready"] = stamp(store.clock.now() + timedelta(seconds=request.settings.media_seconds))
    request.fresh.add(made["id"])
    return made


def remove_images(store: Store, product: Rec, ids: list[str]) -> None:
    """Off the product, and off its variants; the files stay in the shop."""
    held = product.get("media", [])
    if not any(one["id"] in ids for one in held):
        return
    product["media"] = [one for one in held if one["id"] not in ids]
    for variant in store.many("ProductVariant", product["variants"]):
        left = [id_ for id_ in variant.get("mediaIds", ()) if id_ not in ids]
        if left != variant.get("mediaIds", []):
            variant["mediaIds"] = left
            store.touch(variant)
    store.touch(product)


@field("MediaImage", "status")
def status(source: Rec, _args: Args, request: Request) -> str:
    told = str(source.get("status", "READY"))
    if told != "UPLOADED" or source["id"] in request.fresh:
        return told
    return "READY" if stamp(request.store.clock.now()) >= source["ready"] else told


@field("MediaImage", "image")
def image(source: Rec, args: Args, request: Request) -> Any:
    return source["image"] if status(source, args, request) == "READY" else None


@field("MediaImage", "mediaErrors")
def media_errors(source: Rec, _args: Args, _request: Request) -> list[Rec]:
    if source.get("status") != "FAILED":
        return []
    return [{"code": "INVALID_SIGNED_URL", "message": "The file is not there, or is no image"}]


@field("Image", "url")
def url(source: Rec, _args: Args, request: Request) -> str:
    text = str(source["url"])
    return f"{request.address}{text}" if text.startswith("/") else text


@field("Product", "media")
def of_product(source: Rec, args: Args, _request: Request) -> Page:
    return list_page(source.get("media", []), args)


@field("ProductVariant", "media")
def of_variant(source: Rec, args: Args, request: Request) -> Page:
    wanted = source.get("mediaIds", [])
    held: list[Any] = request.store.get("Product", source["product"]).get("media", [])
    return list_page([each for each in held if each["id"] in wanted], args)
