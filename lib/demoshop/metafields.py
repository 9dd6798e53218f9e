"""Metafields, kept inside their owner as a list; those of type `id` serve as custom ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .fields import Args, field, stored
from .paging import Page, list_page
from .request import Request
from .store import Rec, Store

#: The namespace of an app that names none.
OWN = "app--demo"


def owner_of(store: Store, table: str, custom: Mapping[str, Any]) -> Rec | None:
    """The record of `table` that carries this custom id."""
    wanted = f"{custom.get('namespace') or OWN}.{custom['key']}={custom['value']}".lower()
    index = store.index(table, "customId", lambda record: _labels(record.get("metafields", ())))
    found = index.get(wanted)
    return store.get(table, found[0]) if found else None


def _labels(metafields: Iterable[Rec]) -> list[str]:
    return [f"{one['namespace']}.{one['key']}={one['value']}" for one in metafields]


def written(
    store: Store, owner: Rec, given: Iterable[Mapping[str, Any]], *, replace: bool
) -> list[Rec]:
    """The owner's metafields after `given`; with `replace` those not given are gone."""
    kept = {(one["namespace"], one["key"]): one for one in owner.get("metafields", ())}
    made = {} if replace else dict(kept)
    for values in given:
        place = (values.get("namespace") or OWN, values["key"])
        made[place] = _one(store, kept.get(place), place, values)
    return list(made.values())


def _one(store: Store, old: Rec | None, place: tuple[str, str], values: Mapping[str, Any]) -> Rec:
    if old is not None and old["value"] == values["value"]:
        return old
    now = store.now()
    return {
        "id": old["id"] if old else store.new_gid("Metafield"),
        "namespace": place[0],
        "key": place[1],
        "value": values["value"],
        "type": values.get("type") or (old["type"] if old else "single_line_text_field"),
        "createdAt": old["createdAt"] if old else now,
        "updatedAt": now,
    }


def _metafield(source: Rec, args: Args, _request: Request) -> Rec | None:
    place = (args.get("namespace") or OWN, args["key"])
    found = (o for o in source.get("metafields", ()) if (o["namespace"], o["key"]) == place)
    return next(found, None)


def _metafields(source: Rec, args: Args, _request: Request) -> Page:
    rows: list[Rec] = source.get("metafields", [])
    if args.get("namespace"):
        rows = [row for row in rows if row["namespace"] == args["namespace"]]
    if args.get("keys"):
        rows = [row for row in rows if _asked(row, args["keys"])]
    return list_page(rows, args)


def _asked(row: Rec, keys: list[str]) -> bool:
    return row["key"] in keys or f"{row['namespace']}.{row['key']}" in keys


stored("MetafieldConnection", "nodes edges pageInfo")
for _kind in ("Product", "ProductVariant", "Collection", "Customer", "Order"):
    field(_kind, "metafield")(_metafield)
    field(_kind, "metafields")(_metafields)
