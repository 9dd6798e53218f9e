"""Rows of an answer → the flat fields of a record: categories and customers, and what all share.

Names are as WooCommerce has them; times are those of the `*_gmt` fields under the plain name.
Fields that the answer lacks (older versions) are absent in the record too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .scalars import id_text, moment, number, plain

Row = Mapping[str, Any]
Fields = dict[str, Any]

#: Our own mark on what was created here; no news for a mapping.
KEY = "_gateway_ng_key"
#: How the SKU of a product begins that is still being made: a draft that lacks its variations.
MARKER = "gw-"
SEPARATOR = " / "


def copied(row: Row, names: Iterable[str], convert: Callable[[Any], Any] | None = None) -> Fields:
    """Those of `names` that the row has."""
    if convert is None:
        return {name: row[name] for name in names if name in row}
    return {name: convert(row[name]) for name in names if name in row}


def times(row: Row, names: Iterable[str]) -> Fields:
    """`date_x` from `date_x_gmt`."""
    return {name: moment(row[f"{name}_gmt"]) for name in names if f"{name}_gmt" in row}


def rows(value: Any) -> list[Row]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def meta(row: Row) -> Fields:
    """`meta`: key → value of the row's meta data; absent where the row has none to tell."""
    if "meta_data" not in row:
        return {}
    found = {str(item.get("key")): item.get("value") for item in rows(row["meta_data"])}
    return {"meta": {key: value for key, value in found.items() if key != KEY}}


def key_of(row: Row) -> str | None:
    """The key of the op that created this row, where one of ours did."""
    for item in rows(row.get("meta_data")):
        if item.get("key") == KEY:
            return str(item.get("value"))
    return None


def category(row: Row, path: str | None = None) -> Fields:
    """A category. `path`: its name below those of its parents, where the tree is known."""
    return {
        "id": id_text(row.get("id")),
        **copied(row, ("name",), plain),
        **copied(row, ("slug", "description", "display", "menu_order", "count")),
        **({"parent": id_text(row["parent"])} if "parent" in row else {}),
        **({"image": image(row["image"])} if "image" in row else {}),
        **({} if path is None else {"path": path}),
    }


def image(value: Any) -> Fields | None:
    if not isinstance(value, Mapping) or not id_text(value.get("id")):
        return None
    return {
        "id": id_text(value["id"]),
        "key": image_key(value),
        "src": value.get("src"),
        "name": plain(value.get("name")),
        "alt": plain(value.get("alt")),
    }


def image_key(value: Row) -> str:
    """`id@version`: a file that is replaced keeps its id, and gets another date."""
    return f"{id_text(value['id'])}@{value.get('date_modified_gmt') or value.get('src')}"


def customer(row: Row) -> Fields:
    """A customer; `billing` and `shipping` as they come, "" where nothing is set."""
    return {
        "id": id_text(row.get("id")),
        **copied(row, ("email", "username", "role", "is_paying_customer", "billing", "shipping")),
        **copied(row, ("first_name", "last_name"), plain),
        **meta(row),
        **times(row, ("date_created", "date_modified")),
    }


def money(row: Row, names: Iterable[str]) -> Fields:
    return copied(row, names, number)
