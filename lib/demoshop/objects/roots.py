"""The root fields that reach records: by id, by another key, and page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..carrying_out import check_sizes
from ..errors import NotInDemo, bad_request
from ..fields import Args, field
from ..ids import split
from ..listing import counted, table_page, visible
from ..metafields import owner_of
from ..paging import Page
from ..request import Request
from ..store import Rec
from .media import image_of

#: Root connection → table; the count is called the same with `Count` behind it.
TABLES = {
    "products": "Product",
    "productVariants": "ProductVariant",
    "collections": "Collection",
    "companies": "Company",
    "customers": "Customer",
    "orders": "Order",
    "inventoryItems": "InventoryItem",
    "locations": "Location",
    "fulfillmentOrders": "FulfillmentOrder",
    "webhookSubscriptions": "WebhookSubscription",
    "priceLists": "PriceList",
}
ONE = {
    "product": "Product",
    "productVariant": "ProductVariant",
    "collection": "Collection",
    "company": "Company",
    "customer": "Customer",
    "inventoryItem": "InventoryItem",
    "inventoryLevel": "InventoryLevel",
    "fulfillmentOrder": "FulfillmentOrder",
    "fulfillment": "Fulfillment",
    "refund": "Refund",
    "return": "Return",
    "webhookSubscription": "WebhookSubscription",
    "priceList": "PriceList",
}


def _connection(path: str, table: str) -> Callable[[Any, Args, Request], Page]:
    return lambda _source, args, request: table_page(request, table, args, path)


def _count(path: str, table: str) -> Callable[[Any, Args, Request], Rec]:
    return lambda _source, args, request: counted(request, table, args, path)


def _one(table: str) -> Callable[[Any, Args, Request], Rec | None]:
    return lambda _source, args, request: request.store.find(table, args["id"])


for _path, _table in TABLES.items():
    field("QueryRoot", _path)(_connection(_path, _table))
    if _path not in ("fulfillmentOrders", "inventoryItems", "priceLists"):
        field("QueryRoot", f"{_path}Count")(_count(f"{_path}Count", _table))
for _path, _table in ONE.items():
    field("QueryRoot", _path)(_one(_table))


@field("QueryRoot", "order")
def order(_source: Any, args: Args, request: Request) -> Rec | None:
    return visible(request, request.store.find("Order", args["id"]))


@field("QueryRoot", "location")
def location(_source: Any, args: Args, request: Request) -> Rec | None:
    """Without an id: the first location, which is the shop's primary one."""
    if args.get("id"):
        return request.store.find("Location", args["id"])
    return next(iter(request.store.tables["Location"].values()), None)


@field("QueryRoot", "node")
def node(_source: Any, args: Args, request: Request) -> Rec | None:
    return _node(args["id"], request)


@field("QueryRoot", "nodes")
def nodes(_source: Any, args: Args, request: Request) -> list[Rec | None]:
    check_sizes(args["ids"], "ids")
    return [_node(one, request) for one in args["ids"]]


def _node(text: str, request: Request) -> Rec | None:
    parts = split(text)
    if parts is None:
        raise bad_request(f"Invalid global id '{text}'")
    kind, number = parts
    if kind == "MediaImage":
        return image_of(request.store, text)
    if kind not in request.store.tables:
        raise NotInDemo(f"the node type {kind}")
    found = request.store.tables[kind].get(number)
    return visible(request, found) if kind == "Order" else found


@field("QueryRoot", "productByIdentifier")
def product_by(_source: Any, args: Args, request: Request) -> Rec | None:
    return by_identifier("Product", args["identifier"], request)


@field("QueryRoot", "productVariantByIdentifier")
def variant_by(_source: Any, args: Args, request: Request) -> Rec | None:
    return by_identifier("ProductVariant", args["identifier"], request)


@field("QueryRoot", "collectionByIdentifier")
def collection_by(_source: Any, args: Args, request: Request) -> Rec | None:
    return by_identifier("Collection", args["identifier"], request)


@field("QueryRoot", "customerByIdentifier")
def customer_by(_source: Any, args: Args, request: Request) -> Rec | None:
    return by_identifier("Customer", args["identifier"], request)


STORED_AS = {"handle": "handle", "emailAddress": "email", "email": "email"}
STORED_AS |= {"phoneNumber": "phone", "phone": "phone"}


def by_identifier(table: str, identifier: Args, request: Request) -> Rec | None:
    """The record that a one-of identifier names: id, customId, handle, e-mail or phone."""
    key, value = next(iter(identifier.items()))
    if key == "id":
        return request.store.find(table, value)
    if key == "customId":
        return owner_of(request.store, table, value)
    name = STORED_AS[key]
    index = request.store.index(table, name, lambda record: record[name])
    found = index.get(str(value).lower())
    return request.store.get(table, found[0]) if found else None
