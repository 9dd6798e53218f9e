"""Pages of whole tables: query, sort key, cursor; and the faults that repeat records and pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from ..values import digest
from .criteria import sku_of
from .errors import NotInDemo
from .finding import find
from .ids import number
from .paging import Key, Page, key_of, sorted_page
from .request import Request
from .store import Rec, Store, stamp

Sort = Callable[[Store, Rec], Any]

#: Without the scope read_all_orders an app sees the orders of this many days.
ORDERS_SEEN = timedelta(days=60)


def _by(name: str) -> Sort:
    return lambda _store, record: record[name]


def _by_id(_store: Store, record: Rec) -> int:
    return number(record["id"])


COMMON: Mapping[str, Sort] = {"ID": _by_id, "RELEVANCE": _by_id}
TIMES: Mapping[str, Sort] = {"CREATED_AT": _by("createdAt"), "UPDATED_AT": _by("updatedAt")}

SORTS: Mapping[str, Mapping[str, Sort]] = {
    "Product": {
        **COMMON,
        **TIMES,
        "TITLE": _by("title"),
        "VENDOR": _by("vendor"),
        "PRODUCT_TYPE": _by("productType"),
    },
    "ProductVariant": {
        **COMMON,
        "SKU": lambda store, record: sku_of(store, record) or "",
        "TITLE": _by("title"),
        "POSITION": _by("position"),
    },
    "Order": {**COMMON, **TIMES, "PROCESSED_AT": _by("processedAt"), "ORDER_NUMBER": _by("number")},
    "Customer": {
        **COMMON,
        **TIMES,
        "NAME": lambda _s, r: f"{r['lastName'] or ''}, {r['firstName'] or ''}",
    },
    "Company": {**COMMON, **TIMES, "NAME": _by("name")},
    "Collection": {**COMMON, "UPDATED_AT": _by("updatedAt"), "TITLE": _by("title")},
    "Location": {**COMMON, "NAME": _by("name")},
    "InventoryItem": COMMON,
    "FulfillmentOrder": {**COMMON, **TIMES},
    "PriceList": {**COMMON, "NAME": _by("name")},
    "WebhookSubscription": {**COMMON, "CREATED_AT": _by("createdAt")},
}


def keys_of(
    request: Request, table: str, query: str | None, sort: str, path: str
) -> tuple[list[Key], Callable[[int], Rec]]:
    """The ascending keys of all records that fulfil `query`, and how to load one."""
    store = request.store
    if sort not in SORTS[table]:
        raise NotInDemo(f"the sort key {sort} of {path}")
    found = find(store, table, query)
    if found.ignored:
        request.warnings.append(warning(path, query or "", found.ignored))
    of, records = SORTS[table][sort], store.tables[table]
    oldest = _oldest_order(request) if table == "Order" else ""

    def build() -> list[Key]:
        ids = records.keys() if found.ids is None else found.ids
        if oldest:
            ids = [key for key in ids if records[key]["processedAt"] >= oldest]
        return sorted((of(store, records[key]), key) for key in ids)

    return store.derived(("keys", table, query, sort, oldest), build), records.__getitem__


def _oldest_order(request: Request) -> str:
    if "read_all_orders" in request.scopes:
        return ""
    return stamp(request.store.clock.now() - ORDERS_SEEN)


def visible(request: Request, order: Rec | None) -> Rec | None:
    """The order, unless it is too old to be seen with these scopes."""
    return order if order is None or order["processedAt"] >= _oldest_order(request) else None


def table_page(request: Request, table: str, args: Mapping[str, Any], path: str) -> Page:
    """The page of `table` that a root connection's arguments ask for."""
    sort = args.get("sortKey") or "ID"
    keys, load = keys_of(request, table, args.get("query"), sort, path)
    page = sorted_page(keys, args, load)
    return _duplicated(request, page, args, path) if request.settings.duplicate_rate else page


def _duplicated(request: Request, page: Page, args: Mapping[str, Any], path: str) -> Page:
    """A page that holds its first record twice, or a last page that comes again (once)."""
    if not page.nodes or not request.faults.duplicates(request.settings):
        return page
    mark = digest([path, {k: v for k, v in args.items() if v is not None}])
    if page.has_next or args.get("last") or not args.get("after") or mark in request.repeated:
        page.nodes = [page.nodes[0], *page.nodes]
        page.keys = [page.keys[0], *page.keys]
        return page
    request.repeated.add(mark)
    page.has_next, page.keys[-1] = True, key_of(args["after"])
    return page


def warning(path: str, query: str, ignored: tuple[str, ...]) -> dict[str, Any]:
    """An entry of the answer's `extensions.search`."""
    warnings = [
        {"field": name, "message": "Invalid search field for this query.", "code": "invalid_field"}
        for name in ignored
    ]
    return {"path": [path], "query": query, "warnings": warnings}


def counted(request: Request, table: str, args: Mapping[str, Any], path: str) -> Rec:
    """A `Count`: exact up to `limit` (10,000 unless told), then «at least»."""
    total = len(keys_of(request, table, args.get("query"), "ID", path)[0])
    limit = args.get("limit")
    if limit is None or total <= limit:
        return exactly(total)
    return {"count": limit, "precision": "AT_LEAST"}


def exactly(count: int) -> Rec:
    return {"count": count, "precision": "EXACT"}
