"""Price lists: create, delete, and setting and taking away their fixed prices.

Shopify's documentation names the codes of refusals, not whether what is right in a refused call is
carried out; here it is all or nothing, as where several variants are written at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import price_lists
from ..errors import user_error
from ..fields import Args, mutation
from ..ids import number
from ..money import parse
from ..objects.price_lists import CATALOGS, prices
from ..request import Request
from ..store import Rec

GONE = "Price list does not exist."


@mutation("priceListCreate", "priceList", "userErrors")
def create(args: Args, request: Request) -> Rec:
    given = args["input"]
    name = given["name"].strip()
    catalog = _catalog(given.get("catalogId"), request)
    errors = list(_errors(name, given, catalog, request))
    if errors:
        return {"priceList": None, "userErrors": errors}
    adjustment = dict(given["parent"]["adjustment"])
    made = price_lists.add_price_list(request.store, name, given["currency"], adjustment=adjustment)
    if catalog is not None:
        catalog["priceList"] = number(made["id"])
    return {"priceList": made, "userErrors": []}


def _catalog(gid: str | None, request: Request) -> Rec | None:
    kind = next((kind for kind in CATALOGS.values() if gid and f"/{kind}/" in gid), None)
    return request.store.find(kind, gid) if kind else None


def _errors(name: str, given: Args, catalog: Rec | None, request: Request) -> Iterator[Rec]:
    if not name:
        yield user_error(["input", "name"], "Name can't be blank", "BLANK")
    elif any(one["name"] == name for one in request.store.tables["PriceList"].values()):
        yield user_error(["input", "name"], "Name has already been taken", "TAKEN")
    if given.get("catalogId") and catalog is None:
        path = ["input", "catalogId"]
        yield user_error(path, "Catalog does not exist.", "CATALOG_DOES_NOT_EXIST")
    elif catalog is not None and catalog["priceList"] is not None:
        path = ["input", "catalogId"]
        yield user_error(path, "Catalog has a price list already.", "CATALOG_TAKEN")


@mutation("priceListDelete", "deletedId", "userErrors")
def delete(args: Args, request: Request) -> Rec:
    found = request.store.find("PriceList", args["id"])
    if found is None:
        return {"deletedId": None, "userErrors": [user_error(["id"], GONE, "PRICE_LIST_NOT_FOUND")]}
    key = number(found["id"])
    for kind in CATALOGS.values():
        for catalog in request.store.tables[kind].values():
            if catalog["priceList"] == key:
                catalog["priceList"] = None
    request.store.remove("PriceList", key)
    return {"deletedId": args["id"], "userErrors": []}


@mutation("priceListFixedPricesAdd", "prices", "userErrors")
def add(args: Args, request: Request) -> Rec:
    found = request.store.find("PriceList", args["priceListId"])
    errors = list(_price_errors(found, args["prices"], "prices", request))
    if found is None or errors:
        return {"prices": None, "userErrors": errors}
    return {"prices": _fix(found, args["prices"], request), "userErrors": []}


@mutation("priceListFixedPricesDelete", "deletedFixedPriceVariantIds", "userErrors")
def take_away(args: Args, request: Request) -> Rec:
    found = request.store.find("PriceList", args["priceListId"])
    errors = list(_removal_errors(found, args["variantIds"], "variantIds"))
    if found is None or errors:
        return {"deletedFixedPriceVariantIds": None, "userErrors": errors}
    price_lists.unfix(request.store, found, [number(gid) for gid in args["variantIds"]])
    return {"deletedFixedPriceVariantIds": list(args["variantIds"]), "userErrors": []}


@mutation(
    "priceListFixedPricesUpdate",
    "priceList",
    "pricesAdded",
    "deletedFixedPriceVariantIds",
    "userErrors",
)
def update(args: Args, request: Request) -> Rec:
    found = request.store.find("PriceList", args["priceListId"])
    given, gone = args["pricesToAdd"], args["variantIdsToDelete"]
    errors = list(_price_errors(found, given, "pricesToAdd", request))
    if found is not None:
        errors += _removal_errors(found, gone, "variantIdsToDelete")
    told: Rec = {"priceList": found, "pricesAdded": None, "deletedFixedPriceVariantIds": None}
    if found is None or errors:
        return told | {"userErrors": errors}
    price_lists.unfix(request.store, found, [number(gid) for gid in gone])
    told |= {"pricesAdded": _fix(found, given, request), "deletedFixedPriceVariantIds": list(gone)}
    return told | {"userErrors": []}


def _fix(found: Rec, given: Sequence[Args], request: Request) -> list[Rec]:
    fixed = {
        number(one["variantId"]): (
            one["price"]["amount"],
            one["compareAtPrice"]["amount"] if one.get("compareAtPrice") else None,
        )
        for one in given
    }
    price_lists.fix(request.store, found, fixed)
    search = " OR ".join(f"variant_id:{key}" for key in fixed)
    everything = {"originType": "FIXED", "query": search, "first": len(fixed)}
    return list(prices(found, everything, request).nodes) if fixed else []


def _price_errors(
    found: Rec | None, given: Sequence[Args], name: str, request: Request
) -> Iterator[Rec]:
    if found is None:
        yield user_error(["priceListId"], GONE, "PRICE_LIST_NOT_FOUND")
        return
    for place, one in enumerate(given):
        if request.store.find("ProductVariant", one["variantId"]) is None:
            message = "Variant does not exist."
            yield user_error([name, place, "variantId"], message, "VARIANT_NOT_FOUND")
        for part in ("price", "compareAtPrice"):
            money = one.get(part)
            if money is None:
                continue
            path: list[str | int] = [name, place, part]
            if money["currencyCode"] != found["currency"]:
                told = f"The currency of the price list is {found['currency']}."
                yield user_error([*path, "currencyCode"], told, "PRICE_LIST_CURRENCY_MISMATCH")
            amount = parse(money["amount"])
            if amount is None or amount < 0:
                yield user_error([*path, "amount"], "Amount must be 0 or more", "BLANK")


def _removal_errors(found: Rec | None, gone: Sequence[str], name: str) -> Iterator[Rec]:
    if found is None:
        yield user_error(["priceListId"], GONE, "PRICE_LIST_NOT_FOUND")
        return
    for place, gid in enumerate(gone):
        if str(number(gid)) not in found["fixed"]:
            told = "Only fixed prices can be deleted."
            yield user_error([name, place], told, "PRICE_NOT_FIXED")
