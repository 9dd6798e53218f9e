"""Price lists, their prices, and the catalogs that bring them to markets and companies."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from ..errors import NotInDemo, bad_request
from ..fields import Args, field, stored
from ..finding import find
from ..ids import number
from ..money import text
from ..paging import Page, list_page
from ..request import Request
from ..search import Term, parse, prune
from ..store import Rec

#: What a catalog is for → the table of such catalogs.
CATALOGS = {"MARKET": "MarketCatalog", "COMPANY_LOCATION": "CompanyLocationCatalog"}
SEARCHED = {"variant_id", "product_id"}

stored("PriceList", "id name currency parent")
stored("PriceListParent", "adjustment settings")
stored("PriceListAdjustment", "type value")
stored("PriceListAdjustmentSettings", "compareAtMode")
stored("PriceListPrice", "price compareAtPrice originType")
for _kind in CATALOGS.values():
    stored(_kind, "id title status")


@field("QueryRoot", "catalogs")
def catalogs(_source: Any, args: Args, request: Request) -> Page:
    if args.get("query"):
        raise bad_request("The demo shop has no query on catalogs.")
    kinds = [CATALOGS[args["type"]]] if args.get("type") in CATALOGS else list(CATALOGS.values())
    return list_page([one for kind in kinds for one in request.store.tables[kind].values()], args)


def _price_list(source: Rec, _args: Args, request: Request) -> Rec | None:
    key = source["priceList"]
    return None if key is None else request.store.tables["PriceList"].get(key)


for _kind in CATALOGS.values():
    field(_kind, "priceList")(_price_list)


@field("PriceList", "catalog")
def catalog(source: Rec, _args: Args, request: Request) -> Rec | None:
    key = number(source["id"])
    held = (one for kind in CATALOGS.values() for one in request.store.tables[kind].values())
    return next((one for one in held if one["priceList"] == key), None)


@field("PriceList", "fixedPricesCount")
def fixed_prices_count(source: Rec, _args: Args, _request: Request) -> int:
    return len(source["fixed"])


@field("PriceList", "prices")
def prices(source: Rec, args: Args, request: Request) -> Page:
    """The list's price of every variant: the fixed ones, and those that its adjustment makes."""
    origin, fixed = args.get("originType"), source["fixed"]
    table = request.store.tables["ProductVariant"]
    if origin == "FIXED":
        keys = sorted(int(key) for key in fixed)
    else:
        keys = [key for key in table if origin is None or str(key) not in fixed]
    wanted = _searched(args.get("query"), request)
    chosen = [key for key in keys if wanted is None or key in wanted]
    return list_page([_price(source, table[key], request) for key in chosen], args)


def _searched(query: str | None, request: Request) -> set[int] | None:
    """The variants that a search in a list's prices means; None for all."""
    fields: set[str] = set()
    prune(parse(query or ""), lambda term: _noted(term, fields))
    if fields - SEARCHED:
        raise bad_request(f"Prices of a list are searched by {' and '.join(sorted(SEARCHED))}.")
    ids = find(request.store, "ProductVariant", re.sub(r"\bvariant_id:", "id:", query or "")).ids
    return None if ids is None else set(ids)


def _noted(term: Term, fields: set[str]) -> bool:
    fields.add(term.field)
    return True


def _price(source: Rec, variant: Rec, request: Request) -> Rec:
    held = source["fixed"].get(str(number(variant["id"])))
    kept = held or _relative(source, variant, request)
    currency = source["currency"]
    return {
        "id": variant["id"],  # what a cursor is made of
        "variant": variant,
        "originType": "FIXED" if held else "RELATIVE",
        **{name: amount and _money(amount, currency) for name, amount in kept.items()},
    }


def _money(amount: str, currency: str) -> Rec:
    return {"amount": amount, "currencyCode": currency}


def _relative(source: Rec, variant: Rec, request: Request) -> Rec:
    if source["currency"] != request.settings.currency:
        raise NotInDemo("prices that are worked out in another currency than the shop's")
    adjustment = source["parent"]["adjustment"]
    share = Decimal(str(adjustment["value"])) / 100
    factor = 1 + share if adjustment["type"] == "PERCENTAGE_INCREASE" else 1 - share
    amount = text(Decimal(variant["price"]) * factor, source["currency"])
    return {"price": amount, "compareAtPrice": None}


@field("PriceListPrice", "variant")
def priced_variant(source: Rec, _args: Args, _request: Request) -> Rec:
    variant: Rec = source["variant"]
    return variant
