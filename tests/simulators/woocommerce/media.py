"""Pictures: one given by address is fetched anew each time, and gets a new id."""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .store import Row
from .times import pair, whole


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
    if not src.startswith("http") or "missing" in src:
        raise ApiError(
            400,
            "woocommerce_product_image_upload_error",
            f"Error getting remote image {src}. Error: Not Found.",
        )
    name = src.rpartition("/")[2]
    kept = f"{shop.settings.url}/wp-content/uploads/{name}"
    row = {"src": kept, "name": name.rpartition(".")[0], "alt": alt, "at": whole(shop.now())}
    return shop.store.add("media", "posts", row)


def shown(shop: Any, id_: int, *, small: bool = False) -> dict[str, Any] | None:
    row = shop.store.get("media", id_)
    if row is None:
        return None
    offset = shop.settings.utc_offset
    told = {
        "id": row["id"],
        **pair("date_created", row["at"], offset),
        **pair("date_modified", row["at"], offset),
        "src": row["src"],
        "name": row["name"],
        "alt": row["alt"],
    }
    if small or not shop.settings.since(10):
        return told
    return {
        **told,
        "srcset": f"{row['src']} 400w",
        "sizes": "(max-width: 400px) 100vw, 400px",
        "thumbnail": row["src"],
    }
