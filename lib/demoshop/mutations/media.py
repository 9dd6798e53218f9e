"""stagedUploadsCreate, fileUpdate, productReorderMedia, productVariantDetachMedia; and the images
that come with products and variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import uploads
from ..errors import NotInDemo, user_error
from ..fields import Args, field, mutation, stored
from ..objects.media import add_source, remove_images
from ..request import Request
from ..store import Rec

GONE = "Product does not exist"

stored("StagedMediaUploadTarget", "url resourceUrl parameters")
stored("StagedUploadParameter", "name value")
stored("Job", "id done")


@mutation("stagedUploadsCreate", "stagedTargets", "userErrors")
def staged_uploads_create(args: Args, request: Request) -> Rec:
    targets = []
    for given in args["input"]:
        if given["resource"] != "IMAGE" or given.get("httpMethod") != "POST":
            raise NotInDemo("staged uploads of other resources than IMAGE, or by PUT")
        path = uploads.place(request.store, given["filename"])
        targets.append(
            {
                "url": f"{request.address}{path}",
                "resourceUrl": f"{request.address}{path}",
                "parameters": [
                    {"name": "Content-Type", "value": given["mimeType"]},
                    {"name": "key", "value": path},
                ],
            }
        )
    return {"stagedTargets": targets, "userErrors": []}


@mutation("fileUpdate", "files", "userErrors")
def file_update(args: Args, request: Request) -> Rec:
    """References alone: files are taken off products."""
    store, errors = request.store, []
    for place, given in enumerate(args["files"]):
        if set(given) - {"id", "referencesToRemove"}:
            raise NotInDemo("fileUpdate of anything but referencesToRemove")
        for product_id in given.get("referencesToRemove") or ():
            product = store.find("Product", product_id)
            if product is None:
                errors.append(user_error(["files", place], GONE, "REFERENCE_TARGET_DOES_NOT_EXIST"))
                continue
            remove_images(store, product, [given["id"]])
    return {"files": [], "userErrors": errors}


@mutation("productReorderMedia", "job", "mediaUserErrors", "userErrors")
def product_reorder_media(args: Args, request: Request) -> Rec:
    product = request.store.find("Product", args["id"])
    if product is None:
        error = user_error(["id"], GONE, "PRODUCT_DOES_NOT_EXIST")
        return {"job": None, "mediaUserErrors": [error], "userErrors": [error]}
    media = list(product.get("media", ()))
    for move in args["moves"]:
        moved = [one for one in media if one["id"] == move["id"]]
        media = [one for one in media if one["id"] != move["id"]]
        place = int(move["newPosition"])
        media[place:place] = moved
    if media != product.get("media", []):
        product["media"] = media
        request.store.touch(product)
    job = {"id": request.store.new_gid("Job"), "done": not request.settings.media_seconds}
    return {"job": job, "mediaUserErrors": [], "userErrors": []}


@mutation("productVariantDetachMedia", "product", "productVariants", "userErrors")
def product_variant_detach_media(args: Args, request: Request) -> Rec:
    store = request.store
    product = store.find("Product", args["productId"])
    if product is None:
        error = user_error(["productId"], GONE, "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "productVariants": None, "userErrors": [error]}
    changed = []
    for given in args["variantMedia"]:
        variant = store.find("ProductVariant", given["variantId"])
        if variant is None:
            continue
        left = [id_ for id_ in variant.get("mediaIds", ()) if id_ not in given["mediaIds"]]
        if left != variant.get("mediaIds", []):
            variant["mediaIds"] = left
            store.touch(variant)
        changed.append(variant)
    return {"product": product, "productVariants": changed, "userErrors": []}


@field("QueryRoot", "job")
def job(_source: Any, args: Args, _request: Request) -> Rec:
    """What was asked for by and by is done by the next request."""
    return {"id": args["id"], "done": True}


def add_all(request: Request, product: Rec, given: Sequence[Args] | None) -> dict[str, str]:
    """Images of `CreateMediaInput` on a product: source → the image's id."""
    made = {}
    for one in given or ():
        if one["mediaContentType"] != "IMAGE":
            raise NotInDemo(f"media of the type {one['mediaContentType']}")
        source = one["originalSource"]
        made[source] = add_source(request, product, source, one.get("alt"))["id"]
    return made


def show_on(variant: Rec, given: Args, made: dict[str, str]) -> bool:
    """The image that a variant is given, by its id or by its source."""
    sources = [made[source] for source in given.get("mediaSrc") or () if source in made]
    ids = sources or ([given["mediaId"]] if given.get("mediaId") else [])
    if not ids or variant.get("mediaIds") == ids:
        return False
    variant["mediaIds"] = ids
    return True
