"""The contract suite over the Shopify client and the demo shop, in process."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, catalog
from gateway_ng.lib.demoshop.companies import add_company
from gateway_ng.lib.demoshop.ids import number
from gateway_ng.lib.demoshop.mutations.collections import BASE as COLLECTION
from gateway_ng.lib.demoshop.mutations.customers import BASE
from gateway_ng.lib.demoshop.price_lists import add_price_list, fix
from gateway_ng.lib.demoshop.sale import Sale, Sold
from gateway_ng.lib.demoshop.seed import add_locations
from gateway_ng.lib.demoshop.seed_bulk import seed_bulk
from gateway_ng.lib.demoshop.selling import place
from gateway_ng.lib.endpoint import Endpoint
from gateway_ng.lib.http import Response, Timeout
from gateway_ng.lib.platforms.shopify import documents
from gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from gateway_ng.tests.pure.shopify_fakes import SECRET, TOKEN, ShopTransport, connect

from .harness import Ability

READING: frozenset[Ability] = frozenset(("tie", "remove", "throttle", "repeat_last"))
SMALL = (
    documents.CATEGORIES,
    documents.PRODUCTS,
    documents.VARIANTS,
    documents.PRICES,
    documents.MARKET_PRICES,
    documents.COMPANIES,
    documents.CUSTOMERS,
    documents.ORDERS,
)


class Wire(ShopTransport):
    """The demo shop on a wire that fails by script: next calls, or the next mutation's answer."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.throttled = 0
        self.lost = False
        self.lose_all = False

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        if self.throttled:
            self.throttled -= 1
            return Response(429, {"retry-after": "2.0"}, b"")
        answer = super().send(method, url, headers, body, timeout)
        loses = self.lost or self.lose_all
        if loses and self.sent[-1]["query"].lstrip().startswith("mutation"):
            self.lost = False
            return Response(502, {}, b"")
        return answer


class ShopifyHarness:
    """One demo shop; subclasses are its entities."""

    entity = ""
    text = ""
    amount = ""
    key = ""
    nested = ""
    element_text = ""
    derived: frozenset[str] = frozenset()
    abilities: frozenset[Ability] = READING
    page_size = 4
    bulk_above = ""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.shop = Shop(self.clock, Settings(access_token=TOKEN))
        add_locations(self.shop.store, self.shop.store.now())
        self.wire = Wire(self.shop)
        self.made = 0

    def open(self) -> Endpoint:
        endpoint = connect(self.wire, self.clock, settings=self.settings())
        endpoint._bulk.page_size = self.page_size
        endpoint._bulk.piece = 700
        for document in (*SMALL, *documents.ID_LISTS.values()):
            sizer = endpoint._connection.sizer(document)
            sizer.size = sizer._most = self.page_size
        return endpoint

    def settings(self) -> dict[str, Any]:
        return {"bulk_above": self.bulk_above}

    def now(self) -> datetime:
        return self.clock.now()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def add(self, count: int, *, tied: bool = False, **fields: Any) -> list[str]:
        ids = []
        for _ in range(count):
            self.made += 1
            ids.append(self._add(f"Row {self.made}", fields))
            if not tied:
                self.clock.advance(1)
        self.clock.advance(1)
        return ids

    def _add(self, name: str, fields: Mapping[str, Any]) -> str:
        raise NotImplementedError

    def _product(self, name: str, **fields: Any) -> Any:
        store = self.shop.store
        handle = catalog.free_handle(store, "Product", catalog.handle_of(name))
        product = catalog.add_product(store, {"title": name, "handle": handle, **fields})
        product["options"] = [catalog.option(store, "Title", 1, ["Default Title"])]
        return product

    def throttle(self, calls: int) -> None:
        self.wire.throttled = calls

    def lose_answer(self) -> None:
        self.wire.lost = True

    def repeat_last(self) -> None:
        self.shop.configure({"duplicate_rate": 1.0})

    def hide(self) -> str:
        raise NotImplementedError

    def element(self, name: str) -> dict[str, Any]:
        raise NotImplementedError

    def webhook(self) -> tuple[Mapping[str, str], bytes, str]:
        body = json.dumps({"id": 77}).encode()
        sign = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        topic = {
            "product": "products/update",
            "customer": "customers/update",
            "order": "orders/updated",
            "category": "collections/update",
        }[self.entity]
        headers = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": sign}
        kind = {"category": "Collection"}.get(self.entity, self.entity.capitalize())
        return headers, body, f"gid://shopify/{kind}/77"


class Products(ShopifyHarness):
    entity = "product"
    text = "title"
    key = "handle"
    derived = frozenset(("title",))
    nested = "variants"
    element_text = "sku"
    abilities = READING | {"write", "lose_answer", "webhooks"}

    def _add(self, name: str, fields: Mapping[str, Any]) -> str:
        product = self._product(fields.get("title", name))
        catalog.add_variant(self.shop.store, product, ["Default Title"], {}, None)
        return str(product["id"])

    def edit(self, id: str, **fields: Any) -> None:
        record = self.shop.store.find("Product", id)
        assert record is not None
        record.update(fields)
        self.shop.store.touch(record)

    def remove(self, id: str) -> None:
        record = self.shop.store.find("Product", id)
        assert record is not None
        catalog.remove_product(self.shop.store, record)

    def rows(self) -> Sequence[str]:
        return [record["id"] for record in self.shop.store.tables["Product"].values()]

    def values(self, name: str) -> dict[str, Any]:
        return {"title": f"The {name}", "handle": name, "status": "ACTIVE"}

    def bad(self) -> dict[str, Any]:
        return {"title": "", "handle": "bad"}


class Customers(ShopifyHarness):
    entity = "customer"
    text = "note"
    key = "email"
    derived = frozenset(("note",))
    abilities = READING | {"write", "lose_answer", "webhooks"}

    def _add(self, name: str, fields: Mapping[str, Any]) -> str:
        email = f"{catalog.handle_of(name)}@example.com"
        told = {**BASE, "addresses": [], "metafields": [], "lastName": name, "email": email}
        return str(self.shop.store.add("Customer", {**told, **fields})["id"])

    def edit(self, id: str, **fields: Any) -> None:
        record = self.shop.store.find("Customer", id)
        assert record is not None
        record.update(fields)
        self.shop.store.touch(record)

    def remove(self, id: str) -> None:
        self.shop.store.remove("Customer", number(id))

    def rows(self) -> Sequence[str]:
        return [record["id"] for record in self.shop.store.tables["Customer"].values()]

    def values(self, name: str) -> dict[str, Any]:
        return {"lastName": f"The {name}", "email": f"{name}@example.com", "note": "none"}

    def bad(self) -> dict[str, Any]:
        return {"lastName": "Bad", "email": "no e-mail at all"}


class Companies(ShopifyHarness):
    """They are only read."""

    entity = "company"
    text = "note"
    key = "externalId"
    derived = frozenset(("note",))
    abilities = READING | {"twins"}

    def _add(self, name: str, fields: Mapping[str, Any]) -> str:
        place = {"shipping": {"address1": "1 Road", "city": "Leeds", "countryCode": "GB"}}
        made = add_company(self.shop.store, name, [place], external_id=catalog.handle_of(name))
        made.update(fields)
        self.shop.store.changed()
        return str(made["id"])

    def edit(self, id: str, **fields: Any) -> None:
        record = self.shop.store.find("Company", id)
        assert record is not None
        record.update(fields)
        self.shop.store.touch(record)

    def remove(self, id: str) -> None:
        self.shop.store.remove("Company", number(id))

    def rows(self) -> Sequence[str]:
        return [record["id"] for record in self.shop.store.tables["Company"].values()]


class Categories(ShopifyHarness):
    entity = "category"
    text = "descriptionHtml"
    key = "handle"
    derived = frozenset(("descriptionHtml",))
    abilities = READING | {"write", "lose_answer", "webhooks"}

    def _add(self, name: str, fields: Mapping[str, Any]) -> str:
        told = {**COLLECTION, "title": name, "handle": catalog.handle_of(name), **fields}
        return str(self.shop.store.add("Collection", told)["id"])

    def edit(self, id: str, **fields: Any) -> None:
        record = self.shop.store.find("Collection", id)
        assert record is not None
        record.update(fields)
        self.shop.store.touch(record)

    def remove(self, id: str) -> None:
        self.shop.store.remove("Collection", number(id))

    def rows(self) -> Sequence[str]:
        return [record["id"] for record in self.shop.store.tables["Collection"].values()]

    def values(self, name: str) -> dict[str, Any]:
        return {"title": f"The {name}", "handle": name, "descriptionHtml": "none"}

    def bad(self) -> dict[str, Any]:
        return {"title": "", "handle": "bad"}


class Variants(ShopifyHarness):
    """Written with their product or one by one; here they are read, and updated."""

    entity = "variant"
    text = "barcode"
    amount = "price"
    key = "sku"
    derived = frozenset(("barcode",))
    abilities = READING | {"amount", "twins"}

    def _add(self, name: str, fields: Mapping[str, Any]) -> str:
        product = self._product(name)
        sku = fields.get("sku", catalog.handle_of(name))
        own = {key: value for key, value in fields.items() if key != "sku"}
        if "price" in own:
            own["price"] = str(own["price"])
        values = {**own, "item": {"sku": sku}}
        variant = catalog.add_variant(self.shop.store, product, ["Default Title"], values, None)
        return str(variant["id"])

    def edit(self, id: str, **fields: Any) -> None:
        record = self.shop.store.find("ProductVariant", id)
        assert record is not None
        told = {k: str(v) if isinstance(v, Decimal) else v for k, v in fields.items()}
        record.update(told)
        self.shop.store.touch(record)

    def remove(self, id: str) -> None:
        record = self.shop.store.find("ProductVariant", id)
        assert record is not None
        product = self.shop.store.get("Product", record["product"])
        catalog.remove_product(self.shop.store, product)

    def rows(self) -> list[str]:
        return [record["id"] for record in self.shop.store.tables["ProductVariant"].values()]


class MarketPrices(Variants):
    """Of every variant, with its prices in two lists: one of euros, one of dollars."""

    entity = "market_price"
    text = "sku"
    amount = ""
    derived = frozenset(("sku",))
    abilities = READING | {"twins"}

    def __init__(self) -> None:
        super().__init__()
        store = self.shop.store
        self.lists = [add_price_list(store, f"In {code}", code) for code in ("EUR", "USD")]

    def settings(self) -> dict[str, Any]:
        return {"price_lists": {one["id"]: one["currency"] for one in self.lists}}

    def _add(self, name: str, fields: Mapping[str, Any]) -> str:
        gid = super()._add(name, fields)
        fix(self.shop.store, self.lists[0], {number(gid): (Decimal(self.made), None)})
        return gid

    def edit(self, id: str, **fields: Any) -> None:
        variant = self.shop.store.find("ProductVariant", id)
        assert variant is not None
        item = self.shop.store.get("InventoryItem", variant["inventoryItem"])
        item.update(fields)
        self.shop.store.touch(item)


class Orders(ShopifyHarness):
    entity = "order"
    text = "note"
    key = "sourceIdentifier"
    derived = frozenset(("note",))
    abilities = READING | {"write", "lose_answer", "webhooks"}

    def _add(self, name: str, fields: Mapping[str, Any]) -> str:
        sale = Sale([Sold(1, Decimal(9), title=name)], "USD", extra=dict(fields))
        return str(place(self.shop.store, sale, None)["id"])

    def edit(self, id: str, **fields: Any) -> None:
        record = self.shop.store.find("Order", id)
        assert record is not None
        record.update(fields)
        self.shop.store.touch(record)

    def remove(self, id: str) -> None:
        self.shop.store.remove("Order", number(id))

    def rows(self) -> Sequence[str]:
        return [record["id"] for record in self.shop.store.tables["Order"].values()]

    def values(self, name: str) -> dict[str, Any]:
        line = {"title": f"The {name}", "quantity": 1, "unitPrice": {"amount": Decimal("9.50")}}
        told = {"currencyCode": "USD", "note": "none", "lines": {"1": line}}
        return {**told, "sourceIdentifier": name}

    def bad(self) -> dict[str, Any]:
        gone = {"variantId": "gid://shopify/ProductVariant/999999", "quantity": 1}
        return {**self.values("bad"), "lines": {"1": gone}}


class BulkProducts(Products):
    """Full reads go by bulk operations."""

    bulk_above = "1"


class BulkCustomers(Customers):
    bulk_above = "1"


class BulkVariants(Variants):
    bulk_above = "1"


class BulkOrders(Orders):
    bulk_above = "1"


class ManyVariants(Variants):
    """At the pace of a real read: pages as large as the shop allows."""

    abilities = Variants.abilities | {"many"}
    page_size = 150

    def add(self, count: int, *, tied: bool = False, **fields: Any) -> list[str]:
        if count < 1_000:
            return super().add(count, tied=tied, **fields)
        seed_bulk(self.shop, products=count)
        return self.rows()


class ManyBulkVariants(ManyVariants):
    """The same in one operation, whose file comes in pieces."""

    bulk_above = "5000"

    def open(self) -> Endpoint:
        endpoint = super().open()
        assert isinstance(endpoint, ShopifyEndpoint)
        endpoint._bulk.piece = 256 * 1024
        return endpoint
