"""productVariantsBulkCreate, …Update, …Delete: variants of one product, all or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import catalog, rules, stocking
from ..errors import NotInDemo, user_error
from ..fields import Args, mutation
from ..ids import number
from ..metafields import written
from ..request import Request
from ..store import Rec
from .media import add_all, show_on
from .product_set import update_variant

GONE = "PRODUCT_DOES_NOT_EXIST"
UNKNOWN = ("unitPriceMeasurement", "quantityAdjustments")


def _missing(*names: str) -> Rec:
    error = user_error(["productId"], "Product does not exist", GONE)
    return {"product": None, **dict.fromkeys(names), "userErrors": [error]}


def _refuse_unknown(args: Args) -> None:
    for variant in args["variants"]:
        for name in UNKNOWN:
            if variant.get(name):
                raise NotInDemo(f"ProductVariantsBulkInput.{name}")


def _names(given: Args, product: Rec, base: Sequence[str]) -> list[str]:
    """Value names in the options' order: those given over those of `base`."""
    chosen = {
        (value.get("optionName") or _option_name(product, value)).lower(): value["name"]
        for value in given.get("optionValues") or []
    }
    names = []
    for place, option in enumerate(product["options"]):
        fallback = base[place] if place < len(base) else ""
        names.append(chosen.get(option["name"].lower(), fallback))
    return names


def _option_name(product: Rec, value: Args) -> str:
    same = (o["name"] for o in product["options"] if o["id"] == value.get("optionId"))
    return str(next(same, ""))


def _titles(product: Rec, request: Request) -> dict[tuple[str, ...], int]:
    """Value names → variant."""
    found = {}
    for variant in request.store.many("ProductVariant", product["variants"]):
        names = tuple(one["value"].lower() for one in variant["selectedOptions"])
        found[names] = number(variant["id"])
    return found


def _option_errors(
    given: Args, product: Rec, names: Sequence[str], path: rules.Path
) -> Iterator[Rec]:
    known = {option["name"].lower() for option in product["options"]}
    for value in given.get("optionValues") or []:
        name = value.get("optionName") or _option_name(product, value)
        if name.lower() not in known:
            text = f"Option '{name}' does not exist"
            code = "OPTION_VALUES_FOR_NUMBER_OF_UNKNOWN_OPTIONS"
            yield user_error([*path, "optionValues"], text, code)
    if not all(names):
        text = "You need to add option values for all options"
        yield user_error([*path, "optionValues"], text, "NEED_TO_ADD_OPTION_VALUES")


def _know_values(product: Rec, names: Sequence[str], request: Request) -> list[str]:
    """Add option values that are new; the names as the product spells them."""
    spelt = []
    for option, name in zip(product["options"], names, strict=True):
        same = [v["name"] for v in option["optionValues"] if v["name"].lower() == name.lower()]
        if not same:
            option["optionValues"].append(catalog.option_value(request.store, name))
        spelt.append(same[0] if same else name)
    return spelt


@mutation("productVariantsBulkCreate", "product", "productVariants", "userErrors")
def create(args: Args, request: Request) -> Rec:
    _refuse_unknown(args)
    product = request.store.find("Product", args["productId"])
    if product is None:
        return _missing("productVariants")
    errors = list(_create_errors(args["variants"], product, request))
    if errors:
        return {"product": product, "productVariants": [], "userErrors": errors}
    if _replaces_default(args.get("strategy") or "DEFAULT", product):
        catalog.remove_variant(request.store, product, product["variants"][0])
    media = add_all(request, product, args.get("media"))
    made = [_create(given, product, request) for given in args["variants"]]
    for given, variant in zip(args["variants"], made, strict=True):
        show_on(variant, given, media)
    request.store.touch(product)
    return {"product": product, "productVariants": made, "userErrors": []}


def _replaces_default(strategy: str, product: Rec) -> bool:
    lonely = len(product["variants"]) == 1 and product["options"][0]["name"] == "Title"
    standalone = strategy == "REMOVE_STANDALONE_VARIANT" and len(product["variants"]) == 1
    return standalone or (strategy == "DEFAULT" and lonely)


def _create_errors(variants: Sequence[Args], product: Rec, request: Request) -> Iterator[Rec]:
    titles = set(_titles(product, request))
    if _replaces_default("DEFAULT", product):
        titles.clear()
    for place, given in enumerate(variants):
        path: rules.Path = ["variants", place]
        names = _names(given, product, [])
        yield from _option_errors(given, product, names, path)
        yield from rules.price_errors(given, path, "NEGATIVE_PRICE_VALUE")
        lower = tuple(name.lower() for name in names)
        if lower in titles:
            text = f"The variant '{' / '.join(names)}' already exists."
            full = f"{text} Please change at least one option value."
            yield user_error(path, full, "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE")
        titles.add(lower)
        for entry in given.get("inventoryQuantities") or []:
            if request.store.find("Location", entry["locationId"]) is None:
                code = "TRACKED_VARIANT_LOCATION_NOT_FOUND"
                yield user_error([*path, "inventoryQuantities"], "Location not found", code)


def _create(given: Args, product: Rec, request: Request) -> Rec:
    store = request.store
    names = _know_values(product, _names(given, product, []), request)
    values = rules.variant_values(given, request.settings.currency)
    variant = catalog.add_variant(store, product, names, values, None)
    item = store.get("InventoryItem", variant["inventoryItem"])
    for entry in given.get("inventoryQuantities") or []:
        level = stocking.activate(store, item, number(entry["locationId"]))
        stocking.move(store, level, available=entry["availableQuantity"])
    variant["metafields"] = written(store, variant, given.get("metafields") or [], replace=False)
    return variant


@mutation("productVariantsBulkUpdate", "product", "productVariants", "userErrors")
def update(args: Args, request: Request) -> Rec:
    """With allowPartialUpdates the good ones are written, else one error cancels all."""
    _refuse_unknown(args)
    product = request.store.find("Product", args["productId"])
    if product is None:
        return _missing("productVariants")
    good: list[Args] = []
    errors: list[Rec] = []
    titles = _titles(product, request)
    for place, given in enumerate(args["variants"]):
        wrong = list(_update_errors(given, product, titles, place, request))
        errors.extend(wrong)
        if not wrong:
            good.append(given)
    if errors and not args.get("allowPartialUpdates"):
        return {"product": product, "productVariants": None, "userErrors": errors}
    media = add_all(request, product, args.get("media"))
    done = [_update(given, product, request, media) for given in good]
    return {"product": product, "productVariants": done, "userErrors": errors}


def _update_errors(
    given: Args, product: Rec, titles: dict[tuple[str, ...], int], place: int, request: Request
) -> Iterator[Rec]:
    path: rules.Path = ["variants", place]
    if not given.get("id"):
        yield user_error([*path, "id"], "Variant id is missing", "PRODUCT_VARIANT_ID_MISSING")
        return
    variant = request.store.find("ProductVariant", given["id"])
    if variant is None or number(variant["id"]) not in product["variants"]:
        text = "Product variant does not exist"
        yield user_error([*path, "id"], text, "PRODUCT_VARIANT_DOES_NOT_EXIST")
        return
    if given.get("inventoryQuantities"):
        text = "Inventory quantities can only be provided during create."
        code = "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE"
        yield user_error([*path, "inventoryQuantities"], text, code)
    yield from rules.price_errors(given, path, "NEGATIVE_PRICE_VALUE")
    if given.get("optionValues"):
        names = _names(given, product, [one["value"] for one in variant["selectedOptions"]])
        yield from _option_errors(given, product, names, path)
        owner = titles.get(tuple(name.lower() for name in names))
        if owner not in (None, number(variant["id"])):
            text = f"The variant '{' / '.join(names)}' already exists."
            yield user_error(path, text, "VARIANT_ALREADY_EXISTS")


def _update(given: Args, product: Rec, request: Request, media: dict[str, str]) -> Rec:
    variant = request.store.find("ProductVariant", given["id"])
    assert variant is not None  # _update_errors has seen to it
    names: list[str] = []
    if given.get("optionValues"):
        base = [one["value"] for one in variant["selectedOptions"]]
        names = _know_values(product, _names(given, product, base), request)
    values = rules.variant_values(given, request.settings.currency)
    if given.get("metafields"):
        values["metafields"] = written(request.store, variant, given["metafields"], replace=False)
    changed = update_variant(product, variant, values, names, request)
    if show_on(variant, given, media):
        request.store.touch(variant)
        changed = True
    if changed:
        request.store.touch(product)
    return variant


@mutation("productVariantsBulkDelete", "product", "userErrors")
def delete(args: Args, request: Request) -> Rec:
    product = request.store.find("Product", args["productId"])
    if product is None:
        return _missing()
    keys = [number(one) for one in args["variantsIds"]]
    if any(key not in product["variants"] for key in keys):
        text = "At least one variant does not belong to the product"
        code = "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"
        return {"product": product, "userErrors": [user_error(["variantsIds"], text, code)]}
    if set(keys) == set(product["variants"]):
        text = "The last variant of a product can't be deleted"
        error = user_error(["variantsIds"], text, "CANNOT_DELETE_LAST_VARIANT")
        return {"product": product, "userErrors": [error]}
    for key in dict.fromkeys(keys):
        catalog.remove_variant(request.store, product, key)
    request.store.touch(product)
    return {"product": product, "userErrors": []}
