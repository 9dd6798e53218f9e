"""Pictures: one given by address is fetched anew each time, and gets a new id."""

from __future__ import annotations

import base64
import hashlib
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from ....lib.demoshop.pictures import png
from .errors import ApiError
from .store import Row
from .times import pair, whole

FOLDER = "/wp-content/uploads/"


def ids_of(shop: Any, given: Any) -> list[int]:
    """Media ids for the `images` of a body."""
    ids = []
    for image in given or ():
        if image.get("id"):
            row = shop.store.get("media", image["id"])
            if row is None:
                raise ApiError(
                    400,
                    "woocommerce_product_invalid_image_id",
                    f"#{image['id']} is an invalid image ID.",
                )
            row["alt"] = image.get("alt", row["alt"])
        else:
            row = add(shop, image.get("src", ""), image.get("alt", ""))
        ids.append(row["id"])
    return ids


def add(shop: Any, src: str, alt: str = "") -> Row:
    content = shop.web(src) if src.startswith("http") and "missing" not in src else None
    if content is None:
        raise ApiError(
            400,
            "woocommerce_product_image_upload_error",
            f"Error getting remote image {src}. Error: Not Found.",
        )
    name = urlsplit(src).path.rpartition("/")[2]
    row = {
        "src": _free(shop, name),
        "name": name.rpartition(".")[0],
        "alt": alt,
        "at": whole(shop.now()),
        "content": base64.b64encode(content).decode(),
    }
    return shop.store.add("media", "posts", row)


def _free(shop: Any, name: str) -> str:
    """The path of a new file: one of the same name gets a number."""
    taken = {row["src"] for row in shop.store.rows("media")}
    stem, _, suffix = name.rpartition(".")
    names = (f"{stem}-{number}.{suffix}" if number else name for number in count())
    return next(src for one in names if (src := f"{FOLDER}{one}") not in taken)


def somewhere(src: str) -> bytes:
    """What the shop gets at any address: an image of a color of its own."""
    digest = hashlib.sha256(src.encode()).digest()
    return png((digest[0], digest[1], digest[2]))


def content(shop: Any, path: str) -> bytes | None:
    """The file at this path of the shop."""
    found = (row["content"] for row in shop.store.rows("media") if row["src"] == path)
    held = next(found, None)
    return None if held is None else base64.b64decode(held)


def shown(shop: Any, id_: int, *, small: bool = False) -> dict[str, Any] | None:
    row = shop.store.get("media", id_)
    if row is None:
        return None
    offset = shop.settings.utc_offset
    src = f"{shop.settings.url}{row['src']}"
    told = {
        "id": row["id"],
        **pair("date_created", row["at"], offset),
        **pair("date_modified", row["at"], offset),
        "src": src,
        "name": row["name"],
        "alt": row["alt"],
    }
    if small or not shop.settings.since(10):
        return told
    return {
        **told,
        "srcset": f"{src} 400w",
        "sizes": "(max-width: 400px) 100vw, 400px",
        "thumbnail": src,
    }
