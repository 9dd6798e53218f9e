"""productOptionsCreate: further options; existing variants take their first value."""

from __future__ import annotations

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
