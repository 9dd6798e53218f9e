"""productSet: create or update a whole product. Lists that are given replace the product's own:
variants, options, collections, metafields and tags that are not listed are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import catalog, rules, stocking
from ..fields import Args, mutation
from ..ids import number
from ..metafields import written
from ..objects.media import add_source
from ..objects.roots import by_identifier
from ..request import Request
from ..store import Rec
from .product_checks import chosen, product_errors, refuse_unknown


@mutation("productSet", "product", "productSetOperation", "userErrors")
def product_set(args: Args, request: Request) -> Rec:
    """Nothing is changed when there is any user error."""
    given, identifier = args["input"], args.get("identifier")
    refuse_unknown(args)
    product = _target(given, identifier, request)
    errors = list(product_errors(given, identifier, product, request))
    if errors:
        return {"product": None, "productSetOperation": None, "userErrors": errors}
    product = _apply(given, identifier, product, request)
    return {"product": product, "productSetOperation": None, "userErrors": []}


def _target(given: Args, identifier: Args | None, request: Request) -> Rec | None:
    if identifier:
        return by_identifier("Product", identifier, request)
    return request.store.find("Product", given["id"]) if given.get("id") else None


def _apply(given: Args, identifier: Args | None, product: Rec | None, request: Request) -> Rec:
    store = request.store
    values = rules.product_values(given)
    handle = given.get("handle") or (identifier or {}).get("handle")
    if product is None:
        made = handle or catalog.free_handle(store, "Product", catalog.handle_of(values["title"]))
        product = catalog.add_product(store, values | {"handle": made})
        custom = (identifier or {}).get("customId")
        if custom:
            product["metafields"] = written(
                store, product, [{**custom, "type": "id"}], replace=False
            )
        changed = True
    else:
        changed = rules.update(product, values | ({"handle": handle} if handle else {}))
    changed |= _lists(given, product, request)
    changed |= _files(given, product, request)
    if changed:
        store.touch(product)
    return product


def _files(given: Args, product: Rec, request: Request) -> bool:
    """The images become those given: of those that are there, by id; new ones by their source."""
    if given.get("files") is None:
        return False
    held = {one["id"]: one for one in product.get("media", ())}
    product["media"] = [held[one["id"]] for one in given["files"] if one.get("id") in held]
    for one in given["files"]:
        if one.get("originalSource"):
            add_source(request, product, one["originalSource"], one.get("alt"))
    return True


def _lists(given: Args, product: Rec, request: Request) -> bool:
    changes: Rec = {}
    if given.get("collections") is not None:
        changes["collections"] = list(dict.fromkeys(number(one) for one in given["collections"]))
    if given.get("metafields") is not None:
        changes["metafields"] = written(request.store, product, given["metafields"], replace=True)
    changed = rules.update(product, changes)
    options = given.get("productOptions")
    if options is None and not product["variants"]:
        options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
    if options is not None:
        changed |= set_options(product, options, request)
        changed |= _set_variants(product, given.get("variants"), options, request)
    return changed


def set_options(product: Rec, options: Sequence[Args], request: Request) -> bool:
    """Options become those given; of the same name (or id) they keep their ids, values too."""
    old = {one["name"].lower(): one for one in product["options"]}
    old |= {one["id"]: one for one in product["options"]}
    made = []
    for place, given in enumerate(options, 1):
        kept = old.get(given.get("id") or "") or old.get((given.get("name") or "").lower())
        values = {value["name"].lower(): value for value in (kept or {}).get("optionValues", ())}
        names = [value["name"] for value in given["values"]]
        made.append(
            {
                **(kept or {}),
                "id": kept["id"] if kept else request.store.new_gid("ProductOption"),
                "name": given.get("name") or (kept or {}).get("name"),
                "position": given.get("position") or place,
                "optionValues": [
                    values.get(name.lower()) or catalog.option_value(request.store, name)
                    for name in names
                ],
            }
        )
    return rules.update(product, {"options": made})


def _set_variants(
    product: Rec, variants: Sequence[Args] | None, options: Sequence[Args], request: Request
) -> bool:
    first = [
        {"optionName": option["name"], "name": option["values"][0]["name"]} for option in options
    ]
    wanted = variants if variants else [{"optionValues": first}]
    store, changed = request.store, False
    old = {tuple(v["title"].split(" / ")): v for v in _variants(product, request)}
    kept: list[int] = []
    for given in wanted:
        names, _wrong = chosen(given["optionValues"], options, [])
        found = _found(given, names, old, request)
        values = rules.variant_values(given, request.settings.currency)
        if found is None:
            found = catalog.add_variant(store, product, names, values, None)
            changed = True
        else:
            changed |= update_variant(product, found, values, names, request)
        changed |= _extras(found, given, request)
        kept.append(number(found["id"]))
    for key in [key for key in product["variants"] if key not in kept]:
        catalog.remove_variant(store, product, key)
        changed = True
    changed = changed or product["variants"] != kept
    product["variants"] = kept
    catalog.renumber(store, product)
    return changed


def _variants(product: Rec, request: Request) -> list[Rec]:
    return request.store.many("ProductVariant", product["variants"])


def _found(
    given: Args, names: Sequence[str], old: Mapping[tuple[str, ...], Rec], request: Request
) -> Rec | None:
    if given.get("id"):
        return request.store.find("ProductVariant", given["id"])
    return old.get(tuple(names))


def update_variant(
    product: Rec, variant: Rec, values: Mapping[str, Any], names: Sequence[str], request: Request
) -> bool:
    """Set what differs on the variant and its inventory item, which are stamped then."""
    store = request.store
    item = store.get("InventoryItem", variant["inventoryItem"])
    own = {name: value for name, value in values.items() if name != "item"}
    if names:
        own["selectedOptions"] = catalog.selection(product, names)
        own["title"] = " / ".join(names)
    moved = rules.update(item, values.get("item", {}))
    changed = rules.update(variant, own)
    if moved:
        store.touch(item)
    if moved or changed:
        store.touch(variant)
    return moved or changed


def _extras(variant: Rec, given: Args, request: Request) -> bool:
    store = request.store
    item = store.get("InventoryItem", variant["inventoryItem"])
    for entry in given.get("inventoryQuantities") or []:
        found = stocking.activate(store, item, number(entry["locationId"]))
        if entry["name"] in ("available", "on_hand"):
            delta = entry["quantity"] - found["quantities"][entry["name"]]
            if delta:
                stocking.move(store, found, available=delta)
    if given.get("metafields") is None:
        return False
    made = written(store, variant, given["metafields"], replace=True)
    return rules.update(variant, {"metafields": made})
