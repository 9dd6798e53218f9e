"""What productSet refuses, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import rules
from ..carrying_out import VARIANTS
from ..errors import NotInDemo, user_error
from ..fields import Args
from ..ids import number
from ..request import Request
from ..store import Rec

OPTIONS = 3
NAMES = ("combinedListingRole", "category", "claimOwnership", "giftCard")


def refuse_unknown(args: Args) -> None:
    if not args.get("synchronous", True):
        raise NotInDemo("productSet with synchronous: false")
    for name in NAMES:
        if args["input"].get(name):
            raise NotInDemo(f"ProductSetInput.{name}")


def product_errors(
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
        names, wrong = chosen(variant["optionValues"], options, path)
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


def chosen(
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
