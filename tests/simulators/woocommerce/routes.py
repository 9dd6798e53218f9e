"""Which part of the shop answers which route, and what is the same for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import customers, notes, orders, products, refunds, schema, terms, variations, webhooks
from .attributes import term
from .batch import run
from .errors import ApiError, no_route
from .index import index, system_status
from .links import links
from .listing import page
from .request import Request
from .store import Row

Answer = tuple[int, dict[str, str], Any]


@dataclass(frozen=True)
class Kind:
    """One kind of record: its table, and what is done to it."""

    table: str
    code: str  # in the codes of errors: woocommerce_rest_{code}_invalid_id
    create: Callable[..., Row]
    update: Callable[..., Row]
    delete: Callable[..., Row]
    listed: Callable[..., list[Row]]
    shown: Callable[..., dict[str, Any]]
    checked: str = ""


def _terms(table: str) -> Kind:
    return Kind(
        table,
        "term",
        lambda shop, data: terms.create(shop, table, data),
        lambda shop, row, data: terms.update(shop, table, row, data),
        lambda shop, row, force: terms.delete(shop, table, row, force),
        lambda shop, request: terms.listed(shop, table, request),
        lambda shop, row: terms.shown(shop, table, row),
    )


def _remove(module: Any) -> Callable[..., Row]:
    return lambda shop, row, force: module.delete(shop, row) if force else module.trash(shop, row)


KINDS: dict[str, Kind] = {
    "products": Kind(
        "products",
        "product",
        products.create,
        products.update,
        _remove(products),
        products.listed,
        products.shown,
        "products",
    ),
    "products/categories": _terms("categories"),
    "products/tags": _terms("tags"),
    "customers": Kind(
        "customers",
        "customer",
        customers.create,
        customers.update,
        customers.delete,
        customers.listed,
        customers.shown,
    ),
    "orders": Kind(
        "orders",
        "shop_order",
        orders.create,
        orders.update,
        _remove(orders),
        orders.listed,
        orders.shown,
        "orders",
    ),
    "webhooks": Kind(
        "webhooks",
        "shop_webhook",
        webhooks.create,
        webhooks.update,
        webhooks.delete,
        webhooks.listed,
        webhooks.shown,
    ),
}
_BY_WORD = {
    "product": "products",
    "category": "products/categories",
    "tag": "products/tags",
    "customer": "customers",
    "order": "orders",
}
_OPEN = ("/", "/wc/v3")


class Router:
    def __init__(self, shop: Any) -> None:
        self.shop = shop

    def is_open(self, request: Request) -> bool:
        """The index is for everybody."""
        return request.path in _OPEN and request.method == "GET"

    def route(self, request: Request) -> Answer:
        alone = {
            "/": lambda: {"name": "Shop", "namespaces": ["wc/v3"]},
            "/wc/v3": lambda: index(self.shop.settings),
            "/wc/v3/system_status": lambda: system_status(self.shop.settings),
        }
        if request.path in alone:
            return 200, {}, alone[request.path]()
        if not request.path.startswith("/wc/v3/"):
            raise no_route()
        return self._below(request, request.path.removeprefix("/wc/v3/"))

    def _below(self, request: Request, path: str) -> Answer:
        for pattern, answer in self._special():
            match = re.fullmatch(pattern, path)
            if match:
                return answer(request, *match.groups())
        for name, kind in KINDS.items():
            if path == name:
                return self._collection(kind, request)
            if path == f"{name}/batch":
                return self._batch(kind, request)
            match = re.fullmatch(rf"{name}/(\d+)", path)
            if match:
                return self._item(kind, request, int(match[1]))
        raise no_route()

    # -- what all kinds share ------------------------------------------------------------------

    def _collection(self, kind: Kind, request: Request) -> Answer:
        if request.method == "POST":
            schema.check(kind.checked, request.data)
            return 201, {}, kind.shown(self.shop, kind.create(self.shop, request.data))
        _only(request, "GET", "HEAD")
        past = kind.table == "orders" and self.shop.settings.own_order_tables
        rows, headers = page(kind.listed(self.shop, request), request, zero_past_end=past)
        return 200, headers, [self._shown(kind, row) for row in rows]

    def _shown(self, kind: Kind, row: Row) -> dict[str, Any]:
        return kind.shown(self.shop, row)

    def _item(self, kind: Kind, request: Request, id_: int) -> Answer:
        row = self.shop.store.get(kind.table, id_)
        if request.method == "GET":
            if row is None and kind.table == "products":
                row = self.shop.store.get("variations", id_)
            return 200, {}, kind.shown(self.shop, self._there(kind, row, 404))
        if request.method in ("PUT", "POST", "PATCH"):
            if row is None and self.shop.store.get("variations", id_) is not None:
                raise ApiError(
                    404,
                    "woocommerce_rest_invalid_product_id",
                    "To manipulate product variations you should use the "
                    "/products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint.",
                )
            schema.check(kind.checked, request.data)
            row = kind.update(self.shop, self._there(kind, row, 400), request.data)
            return 200, {}, kind.shown(self.shop, row)
        _only(request, "DELETE")
        force = _forced(request)
        told = kind.shown(self.shop, self._there(kind, row, 404))
        kind.delete(self.shop, row, force)
        return 200, {}, told

    def _there(self, kind: Kind, row: Row | None, status: int) -> Row:
        if row is None:
            raise ApiError(status, f"woocommerce_rest_{kind.code}_invalid_id", "Invalid ID.")
        return row

    def _batch(self, kind: Kind, request: Request) -> Answer:
        _only(request, "POST", "PUT")

        def act(verb: str, fields: dict[str, Any]) -> dict[str, Any]:
            if verb == "create":
                return kind.shown(self.shop, kind.create(self.shop, fields))
            row = self._there(kind, self.shop.store.get(kind.table, fields.get("id", 0)), 400)
            if verb == "update":
                return kind.shown(self.shop, kind.update(self.shop, row, fields))
            told = kind.shown(self.shop, row)
            kind.delete(self.shop, row, True)
            return told

        return 200, {}, run(request.data, act)

    # -- what is below something else ----------------------------------------------------------

    def _special(self) -> list[tuple[str, Callable[..., Answer]]]:
        since = self.shop.settings.since
        return [
            (r"products/(\d+)/variations", self._variations),
            (r"products/(\d+)/variations/batch", self._variations_batch),
            (r"products/(\d+)/variations/(\d+)", self._variation),
            (r"products/attributes", self._attributes),
            (r"products/attributes/(\d+)/terms", self._attribute_terms),
            (r"orders/(\d+)/notes", self._notes),
            (r"orders/(\d+)/refunds", self._refunds),
            (r"orders/(\d+)/refunds/(\d+)", self._refund),
            (r"taxes", self._taxes),
            *([(r"refunds", self._all_refunds)] if since(9) else ()),
            *([(r"variations", self._variations)] if since(10, 3) else ()),
        ]

    def _variations(self, request: Request, product: str = "") -> Answer:
        parent = self._parent(product) if product else None
        if request.method == "POST":
            row = variations.create(self.shop, parent, request.data)
            return 201, {}, variations.shown(self.shop, row)
        found = variations.listed(self.shop, request, parent["id"] if parent else None)
        rows, headers = page(found, request)
        return 200, headers, [variations.shown(self.shop, row) for row in rows]

    def _variation(self, request: Request, product: str, id_: str) -> Answer:
        row = self._variation_of(product, int(id_), 404 if request.method == "GET" else 400)
        if request.method in ("PUT", "POST", "PATCH"):
            schema.check("variations", request.data)
            variations.update(self.shop, row, request.data)
        told = variations.shown(self.shop, row)
        if request.method == "DELETE":
            variations.delete(self.shop, row, _forced(request))
        return 200, {}, told

    def _variations_batch(self, request: Request, product: str) -> Answer:
        parent = self._parent(product)

        def act(verb: str, fields: dict[str, Any]) -> dict[str, Any]:
            if verb == "create":
                row = variations.create(self.shop, parent, fields)
                return variations.shown(self.shop, row)
            row = self._variation_of(product, fields.get("id", 0), 400)
            if verb == "update":
                return variations.shown(self.shop, variations.update(self.shop, row, fields))
            told = variations.shown(self.shop, row)
            variations.delete(self.shop, row, True)
            return told

        return 200, {}, run(request.data, act)

    def _parent(self, product: str) -> Row:
        row = self.shop.store.get("products", product)
        if row is None:
            raise ApiError(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return row

    def _variation_of(self, product: str, id_: int, status: int) -> Row:
        row = self.shop.store.get("variations", id_)
        if row is None or row["parent"] != int(product):
            code = "woocommerce_rest_product_variation_invalid_id"
            raise ApiError(status, code, "Invalid ID.")
        return row

    def _attributes(self, request: Request) -> Answer:
        """All of them, never cut into pages."""
        rows = [self._shown_attribute(row) for row in self.shop.store.rows("attributes")]
        return 200, {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": "1"}, rows

    def _shown_attribute(self, row: Row) -> dict[str, Any]:
        return {
            "id": row["id"],
            "name": row["name"],
            "slug": row["slug"],
            "type": "select",
            "order_by": "menu_order",
            "has_archives": False,
            "_links": links(self.shop.settings, "products/attributes", row["id"]),
        }

    def _attribute_terms(self, request: Request, attribute: str) -> Answer:
        if request.method == "POST":
            term(self.shop, int(attribute), request.data.get("name", ""))
        rows = [r for r in self.shop.store.rows("terms") if r["attribute"] == int(attribute)]
        found, headers = page(rows, request)
        return 200, headers, [{k: row[k] for k in ("id", "name", "slug")} for row in found]

    def _order(self, id_: str) -> Row:
        row = self.shop.store.get("orders", id_)
        if row is None:
            raise ApiError(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.")
        return row

    def _notes(self, request: Request, order: str) -> Answer:
        row = self._order(order)
        if request.method == "POST":
            note = notes.add(
                self.shop,
                row,
                str(request.data.get("note", "")),
                for_customer=bool(request.data.get("customer_note")),
                author="system",
            )
            return 201, {}, notes.shown(self.shop, note)
        return 200, {}, [notes.shown(self.shop, n) for n in notes.listed(self.shop, row, request)]

    def _refunds(self, request: Request, order: str) -> Answer:
        row = self._order(order)
        if request.method == "POST":
            made = refunds.create(self.shop, row, request.data)
            return 201, {}, refunds.shown(self.shop, made)
        found, headers = page(_by_id(row["refunds"], request), request)
        return 200, headers, [refunds.shown(self.shop, one) for one in found]

    def _refund(self, request: Request, order: str, id_: str) -> Answer:
        row = self._order(order)
        found = next((one for one in row["refunds"] if one["id"] == int(id_)), None)
        if found is None:
            raise ApiError(404, "woocommerce_rest_invalid_order_refund_id", "Invalid refund ID.")
        told = refunds.shown(self.shop, found)
        if request.method == "DELETE":
            refunds.delete(self.shop, row, found, _forced(request))
        return 200, {}, told

    def _all_refunds(self, request: Request) -> Answer:
        rows = self.shop.store.rows("refunds")
        wanted = request.params.get("include")
        if wanted:
            rows = [row for row in rows if str(row["id"]) in wanted.split(",")]
        found, headers = page(_by_id(rows, request), request)
        return 200, headers, [refunds.shown(self.shop, row, with_parent=True) for row in found]

    def _taxes(self, request: Request) -> Answer:
        found, headers = page(self.shop.store.rows("taxes"), request)
        return 200, headers, [dict(row) for row in found]

    # -- a person at the shop ------------------------------------------------------------------

    def make(self, word: str, data: dict[str, Any]) -> Row:
        return KINDS[_BY_WORD[word]].create(self.shop, data)

    def edit(self, word: str, id_: int, data: dict[str, Any]) -> Row:
        kind = KINDS[_BY_WORD[word]]
        return kind.update(self.shop, self.shop.store.tables[kind.table][id_], data)


def _by_id(rows: list[Row], request: Request) -> list[Row]:
    return sorted(
        rows, key=lambda row: row["id"], reverse=request.params.get("order", "desc") == "desc"
    )


def _only(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise no_route()


def _forced(request: Request) -> bool:
    return str(request.params.get("force", "")).lower() in ("true", "1")
