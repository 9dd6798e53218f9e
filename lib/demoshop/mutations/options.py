"""productOptionsCreate: further options; existing variants take their first value.
productOptionUpdate: an option's name. productOptionsDelete: options without which the variants are
still told apart. productOptionsReorder: options, values and the variants after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .. import catalog
from ..errors import NotInDemo, user_error
from ..fields import Args, mutation
from ..request import Request
from ..store import Rec
from .product_checks import OPTIONS, option_errors
from .product_set import set_options


@mutation("productOptionsCreate", "product", "userErrors")
def options_create(args: Args, request: Request) -> Rec:
    if args.get("variantStrategy") not in (None, "LEAVE_AS_IS"):
        raise NotInDemo("productOptionsCreate with variantStrategy CREATE")
    product = request.store.find("Product", args["productId"])
    if product is None:
        error = user_error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "userErrors": [error]}
    old = [] if _only_default(product) else product["options"]
    errors = list(option_errors(args["options"], ["options"]))
    taken = {option["name"].lower() for option in old}
    for place, option in enumerate(args["options"]):
        if (option.get("name") or "").lower() in taken:
            text = f"Option '{option['name']}' already exists."
            errors.append(user_error(["options", place], text, "OPTION_ALREADY_EXISTS"))
    if len(old) + len(args["options"]) > OPTIONS:
        text = f"Can only specify a maximum of {OPTIONS} options"
        errors.append(user_error(["options"], text, "OPTIONS_OVER_LIMIT"))
    if errors:
        return {"product": product, "userErrors": errors}
    _apply(product, old, args, request)
    return {"product": product, "userErrors": []}


def _only_default(product: Rec) -> bool:
    return [option["name"] for option in product["options"]] == ["Title"]


def _apply(product: Rec, old: list[Rec], args: Args, request: Request) -> None:
    kept = [
        {"name": o["name"], "values": [{"name": v["name"]} for v in o["optionValues"]]} for o in old
    ]
    set_options(product, [*kept, *args["options"]], request)
    for variant in request.store.many("ProductVariant", product["variants"]):
        chosen = [] if not old else list(variant["selectedOptions"])
        for option in product["options"][len(chosen) :]:
            value = option["optionValues"][0]
            chosen.append({"name": option["name"], "value": value["name"], "valueId": value["id"]})
        variant["selectedOptions"] = chosen
        variant["title"] = " / ".join(one["value"] for one in chosen)
        request.store.touch(variant)
    request.store.touch(product)


@mutation("productOptionUpdate", "product", "userErrors")
def option_update(args: Args, request: Request) -> Rec:
    for name in ("optionValuesToAdd", "optionValuesToDelete", "optionValuesToUpdate"):
        if args.get(name):
            raise NotInDemo(f"productOptionUpdate with {name}")
    product = request.store.find("Product", args["productId"])
    if product is None:
        error = user_error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "userErrors": [error]}
    given = args["option"]
    option = next((one for one in product["options"] if one["id"] == given["id"]), None)
    name = (given.get("name") or "").strip()
    others = {one["name"].lower() for one in product["options"] if one is not option}
    if option is None:
        error = user_error(["option", "id"], "Option does not exist", "OPTION_DOES_NOT_EXIST")
        return {"product": product, "userErrors": [error]}
    if name.lower() in others:
        text = f"Option '{name}' already exists."
        error = user_error(["option", "name"], text, "OPTION_ALREADY_EXISTS")
        return {"product": product, "userErrors": [error]}
    if name and name != option["name"]:
        place = product["options"].index(option)
        option["name"] = name
        for variant in request.store.many("ProductVariant", product["variants"]):
            variant["selectedOptions"][place]["name"] = name
            request.store.touch(variant)
        request.store.touch(product)
    return {"product": product, "userErrors": []}


@mutation("productOptionsDelete", "product", "userErrors")
def options_delete(args: Args, request: Request) -> Rec:
    if args.get("strategy") != "NON_DESTRUCTIVE":
        raise NotInDemo("productOptionsDelete with another strategy than NON_DESTRUCTIVE")
    product = request.store.find("Product", args["productId"])
    if product is None:
        error = user_error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "userErrors": [error]}
    unknown = [one for one in args["options"] if one not in {o["id"] for o in product["options"]}]
    if unknown:
        error = user_error(["options"], "Option does not exist", "OPTION_DOES_NOT_EXIST")
        return {"product": product, "userErrors": [error]}
    kept = [n for n, one in enumerate(product["options"]) if one["id"] not in args["options"]]
    variants = request.store.many("ProductVariant", product["variants"])
    titles = {tuple(v["selectedOptions"][n]["value"] for n in kept) for v in variants}
    if len(titles) < len(variants):
        text = "Options can't be deleted without deleting variants"
        error = user_error(["options"], text, "CANNOT_USE_NON_DESTRUCTIVE_STRATEGY")
        return {"product": product, "userErrors": [error]}
    _keep(product, kept, variants, request)
    return {"product": product, "userErrors": []}


def _keep(product: Rec, kept: list[int], variants: list[Rec], request: Request) -> None:
    product["options"] = [product["options"][n] for n in kept] or [
        catalog.option(request.store, name, 1, values) for name, values in catalog.NO_OPTION
    ]
    for variant in variants:
        names = [variant["selectedOptions"][n]["value"] for n in kept] or ["Default Title"]
        variant["selectedOptions"] = catalog.selection(product, names)
        variant["title"] = " / ".join(names)
        request.store.touch(variant)
    for place, option in enumerate(product["options"], 1):
        option["position"] = place
    request.store.touch(product)


@mutation("productOptionsReorder", "product", "userErrors")
def options_reorder(args: Args, request: Request) -> Rec:
    """By ids alone. What is there has to be named, values where an option names any."""
    product = request.store.find("Product", args["productId"])
    if product is None:
        error = user_error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "userErrors": [error]}
    held = {option["id"]: option for option in product["options"]}
    errors = list(_reorder_errors(args["options"], held))
    if errors:
        return {"product": product, "userErrors": errors}
    order = [list(held).index(given["id"]) for given in args["options"]]
    product["options"] = [
        _reordered(held[one["id"]], one, n) for n, one in enumerate(args["options"], 1)
    ]
    for variant in request.store.many("ProductVariant", product["variants"]):
        variant["selectedOptions"] = [variant["selectedOptions"][n] for n in order]
        variant["title"] = " / ".join(one["value"] for one in variant["selectedOptions"])
        request.store.touch(variant)
    _arrange(product, request)
    request.store.touch(product)
    return {"product": product, "userErrors": []}


def _reorder_errors(given: Sequence[Args], held: Mapping[str, Rec]) -> Iterator[Rec]:
    for place, one in enumerate(given):
        path: list[str | int] = ["options", place]
        if "name" in one or any("name" in value for value in one.get("values") or ()):
            raise NotInDemo("productOptionsReorder by names")
        if one.get("id") not in held:
            yield user_error(path, "Option does not exist", "OPTION_ID_DOES_NOT_EXIST")
            continue
        there = {value["id"] for value in held[one["id"]]["optionValues"]}
        values = [value["id"] for value in one.get("values") or ()]
        if set(values) - there:
            text = "Option value does not exist"
            yield user_error(path, text, "OPTION_VALUE_ID_DOES_NOT_EXIST")
        elif values and there - set(values):
            yield user_error(path, "Option value is missing", "MISSING_OPTION_VALUE")
    if held.keys() - {one.get("id") for one in given}:
        yield user_error(["options"], "Option is missing", "MISSING_OPTION_NAME")


def _reordered(option: Rec, given: Args, position: int) -> Rec:
    values = {value["id"]: value for value in option["optionValues"]}
    names = [value["id"] for value in given.get("values") or ()] or list(values)
    return {**option, "position": position, "optionValues": [values[id_] for id_ in names]}


def _arrange(product: Rec, request: Request) -> None:
    """Variants stand as their options and values do."""
    places = [
        {value["id"]: n for n, value in enumerate(option["optionValues"])}
        for option in product["options"]
    ]

    def place(key: int) -> list[int]:
        chosen = request.store.get("ProductVariant", key)["selectedOptions"]
        return [of[one["valueId"]] for of, one in zip(places, chosen, strict=True)]

    product["variants"] = sorted(product["variants"], key=place)
    catalog.renumber(request.store, product)
