"""productSet: create or update a whole product. Lists that are given replace the product's own:
variants, options, collections, metafields and tags that are not listed are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import catalog, rules, stocking
from ..carrying_out import VARIANTS
from ..errors import NotInDemo, user_error
from ..fields import Args, mutation
from ..ids import number
from ..metafields import written
from ..objects.roots import by_identifier
from ..request import Request
from ..store import Rec

OPTIONS = 3
NAMES = ("files", "combinedListingRole", "category", "claimOwnership", "giftCard")


@mutation("productSet", "product", "productSetOperation", "userErrors")
def product_set(args: Args, request: Request) -> Rec:
    """Nothing is changed when there is any user error."""
    given, identifier = args["input"], args.get("identifier")
    _refuse_unknown(args)
    product = _target(given, identifier, request)
    errors = list(_errors(given, identifier, product, request))
    if errors:
        return {"product": None, "productSetOperation": None, "userErrors": errors}
    product = _apply(given, identifier, product, request)
    return {"product": product, "productSetOperation": None, "userErrors": []}


def _refuse_unknown(args: Args) -> None:
    if not args.get("synchronous", True):
        raise NotInDemo("productSet with synchronous: false")
    for name in NAMES:
        if args["input"].get(name):
            raise NotInDemo(f"ProductSetInput.{name}")


def _target(given: Args, identifier: Args | None, request: Request) -> Rec | None:
    if identifier:
        return by_identifier("Product", identifier, request)
    return request.store.find("Product", given["id"]) if given.get("id") else None


def _errors(
    given: Args, identifier: Args | None, product: Rec | None, request: Request
) -> Iterator[Rec]:
    asked = (identifier or {}).get("id") or given.get("id")
    if asked and product is None:
        path = ["identifier", "id"] if identifier else ["input", "id"]
        yield user_error(path, "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return
    handle = (identifier or {}).get("handle")
    if handle and given.get("handle") not in (None, handle):
        text = "The identifier value does not match the input value."
        yield user_error(["input", "handle"], text, "INPUT_MISMATCH")
    yield from rules.title_errors(given, ["input"], new=product is None)
    yield from rules.handle_errors(given, product, ["input"], request)
    yield from _collection_errors(given.get("collections") or [], request)
    yield from _list_errors(given, product)
    options = given.get("productOptions")
    if options is not None:
        yield from option_errors(options, ["input", "productOptions"])
        yield from _variant_errors(given.get("variants") or [], options, product, request)


def _list_errors(given: Args, product: Rec | None) -> Iterator[Rec]:
    options, variants = given.get("productOptions"), given.get("variants")
    if variants is not None and options is None:
        text = "Product options input is required when updating variants"
        yield user_error(["input"], text, "PRODUCT_OPTIONS_INPUT_MISSING")
    if options is not None and variants is None and product is not None:
        text = "Variants input is required when updating product options"
        yield user_error(["input"], text, "VARIANTS_INPUT_MISSING")
    if len(variants or ()) > VARIANTS:
        text = f"The number of variants may not be greater than {VARIANTS}"
        yield user_error(["input", "variants"], text, "VARIANTS_OVER_LIMIT")


def option_errors(options: Sequence[Args], path: rules.Path) -> Iterator[Rec]:
    """At most three options, each named once, each with values, each value once."""
    if len(options) > OPTIONS:
        yield user_error(
            path, f"Can only specify a maximum of {OPTIONS} options", "OPTIONS_OVER_LIMIT"
        )
    names: set[str] = set()
    for place, option in enumerate(options):
        name = (option.get("name") or "").strip().lower()
        if name in names:
            text = f"Duplicated option name '{option.get('name')}'"
            yield user_error([*path, place], text, "DUPLICATED_OPTION_NAME")
        names.add(name)
        values = [(value.get("name") or "").lower() for value in option.get("values") or []]
        if not values:
            text = f"The option '{option.get('name')}' has no values"
            yield user_error([*path, place], text, "OPTION_VALUES_MISSING")
        if len(values) != len(set(values)):
            text = f"Duplicated option value in '{option.get('name')}'"
            yield user_error([*path, place, "values"], text, "DUPLICATED_OPTION_VALUE")


def _collection_errors(gids: Sequence[str], request: Request) -> Iterator[Rec]:
    for place, one in enumerate(gids):
        if request.store.find("Collection", one) is None:
            yield user_error(["input", "collections", place], "Collection not found", "NOT_FOUND")


def _variant_errors(
    variants: Sequence[Args], options: Sequence[Args], product: Rec | None, request: Request
) -> Iterator[Rec]:
    seen: set[tuple[str, ...]] = set()
    own = set(product["variants"]) if product else set()
    for place, variant in enumerate(variants):
        path: rules.Path = ["input", "variants", place]
        yield from rules.price_errors(variant, path, "INVALID_VARIANT")
        if variant.get("id"):
            found = request.store.find("ProductVariant", variant["id"])
            if found is None or number(found["id"]) not in own:
                text = "Product variant does not exist"
                yield user_error([*path, "id"], text, "PRODUCT_VARIANT_DOES_NOT_EXIST")
        names, wrong = _chosen(variant["optionValues"], options, path)
        yield from wrong
        if not wrong and tuple(names) in seen:
            text = f"The variant '{' / '.join(names)}' already exists."
            yield user_error(
                path, f"{text} Please change at least one option value.", "INVALID_VARIANT"
            )
        seen.add(tuple(names))
        for entry in variant.get("inventoryQuantities") or []:
            if request.store.find("Location", entry["locationId"]) is None:
                yield user_error([*path, "inventoryQuantities"], "Location not found", "NOT_FOUND")


def _chosen(
    values: Sequence[Args], options: Sequence[Args], path: rules.Path
) -> tuple[list[str], list[Rec]]:
    """The value names in the options' order, and what is wrong with them."""
    given = {(value.get("optionName") or "").lower(): value for value in values}
    names, wrong = [], []
    for option in options:
        value = given.pop((option.get("name") or "").lower(), None)
        known = {(one.get("name") or "").lower() for one in option.get("values") or []}
        if value is None:
            text = f"You need to add option values for {option.get('name')}"
            wrong.append(user_error([*path, "optionValues"], text, "OPTION_VALUES_MISSING"))
        elif (value.get("name") or "").lower() not in known:
            text = f"Option value '{value.get('name')}' does not exist"
            wrong.append(user_error([*path, "optionValues"], text, "OPTION_VALUE_DOES_NOT_EXIST"))
        else:
            names.append(_spelt(value["name"], option))
    for value in given.values():
        text = f"Option '{value.get('optionName')}' does not exist"
        wrong.append(user_error([*path, "optionValues"], text, "OPTION_DOES_NOT_EXIST"))
    return names, wrong


def _spelt(name: str, option: Args) -> str:
    same = (value["name"] for value in option["values"] if value["name"].lower() == name.lower())
    return str(next(same))


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
    if changed:
        store.touch(product)
    return product


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
        names, _wrong = _chosen(given["optionValues"], options, [])
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
