"""The contract suite over the WooCommerce client and the simulator, in process."""

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
from gateway_ng.lib.endpoint import Endpoint
from gateway_ng.lib.platforms.woocommerce.listing import Listing
from gateway_ng.lib.platforms.woocommerce.webhooks import secret_of
from gateway_ng.tests.pure.woocommerce_fakes import SimulatorTransport, connect, make_shop

from .harness import Ability

READING: frozenset[Ability] = frozenset(("tie", "remove", "throttle"))


class WooCommerceHarness:
    """One simulated shop; subclasses are its entities."""

    entity = ""
    text = "meta.note"  # names lose their tags; what is kept as it is are meta data
    amount = ""
    key = ""
    nested = ""
    element_text = ""
    derived: frozenset[str] = frozenset(("meta",))
    abilities: frozenset[Ability] = READING
    page_size = 4
    version = "11.0.1"

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.shop = make_shop(self.clock, version=self.version)
        self.wire = SimulatorTransport(self.shop)
        self.made = 0

    def open(self) -> Endpoint:
        endpoint = connect(self.shop, self.wire)
        endpoint._reader._listings = {
            name: Listing(listing._client, self.page_size)
            for name, listing in endpoint._reader._listings.items()
        }
        return endpoint

    def now(self) -> datetime:
        return self.clock.now()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def add(self, count: int, *, tied: bool = False, **fields: Any) -> list[str]:
        ids = []
        for _ in range(count):
            self.made += 1
            ids.append(self._add(self.made, self._data(fields)))
            if not tied:
                self.clock.advance(1)
        self.clock.advance(1)
        return ids

    def _data(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Fields of the client's as the shop's own."""
        data = {}
        for name, value in fields.items():
            if name.startswith("meta."):
                data["meta_data"] = [{"key": name.removeprefix("meta."), "value": value}]
            else:
                data[name] = str(value) if isinstance(value, Decimal) else value
        return data

    def _add(self, number: int, data: dict[str, Any]) -> str:
        raise NotImplementedError

    def edit(self, id: str, **fields: Any) -> None:
        self.shop.edit(self.entity, int(id), **self._data(fields))

    def throttle(self, calls: int) -> None:
        self.shop.settings.throttled = calls

    def lose_answer(self) -> None:
        self.wire.lost = 1

    def repeat_last(self) -> None:
        raise NotImplementedError

    def hide(self) -> str:
        raise NotImplementedError

    def element(self, name: str) -> dict[str, Any]:
        raise NotImplementedError

    def webhook(self) -> tuple[Mapping[str, str], bytes, str]:
        body = json.dumps({"id": 77}).encode()
        secret = secret_of(self.shop.settings.consumer_secret)
        sign = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        headers = {"X-WC-Webhook-Topic": f"{self.entity}.updated", "X-WC-Webhook-Signature": sign}
        return headers, body, "77"


class Products(WooCommerceHarness):
    """Simple products."""

    entity = "product"
    key = "sku"
    amount = "regular_price"
    derived = frozenset(("meta", "variants"))
    abilities = READING | {"write", "lose_answer", "webhooks", "delete"}

    def _add(self, number: int, data: dict[str, Any]) -> str:
        row = self.shop.make("product", **{"name": f"Row {number}", "sku": f"row-{number}", **data})
        return str(row["id"])

    def remove(self, id: str) -> None:
        from gateway_ng.tests.simulators.woocommerce import products

        products.delete(self.shop, self.shop.store.tables["products"][int(id)])

    def rows(self) -> Sequence[str]:
        rows = self.shop.store.rows("products")
        return [str(row["id"]) for row in rows if row["status"] != "trash"]

    def values(self, name: str) -> dict[str, Any]:
        return {"name": f"The {name}", "sku": name, "meta.note": "none", "regular_price": None}

    def bad(self) -> dict[str, Any]:
        return {"name": "Bad", "sku": "bad", "status": "no such state"}


class Variable(Products):
    """Products with variations, one for each size."""

    nested = "variants"
    element_text = "sku"
    abilities = Products.abilities | {"children"}
    _sizes = ("S", "M", "L", "XL", "XXL")

    def values(self, name: str) -> dict[str, Any]:
        return super().values(name)

    def element(self, name: str) -> dict[str, Any]:
        return {"sku": name, "options": {"Cut": f"cut {name}"}}


class OlderVariable(Variable):
    """Before there was one list of all variations, and one of all refunds."""

    version = "8.5.2"


class Customers(WooCommerceHarness):
    entity = "customer"
    key = "email"
    abilities = READING | {"write", "lose_answer", "webhooks"}

    def _add(self, number: int, data: dict[str, Any]) -> str:
        own = {"email": f"row{number}@example.com", "last_name": f"Row {number}", "password": "x"}
        return str(self.shop.make("customer", **{**own, **data})["id"])

    def remove(self, id: str) -> None:
        del self.shop.store.tables["customers"][int(id)]

    def rows(self) -> Sequence[str]:
        return [str(row["id"]) for row in self.shop.store.rows("customers")]

    def values(self, name: str) -> dict[str, Any]:
        return {"last_name": f"The {name}", "email": f"{name}@example.com", "meta.note": "none"}

    def bad(self) -> dict[str, Any]:
        return {"last_name": "Bad", "email": "no e-mail at all"}


class Variants(WooCommerceHarness):
    """Each a variation of a product of its own; written with their product or one by one, here they
    are read, and updated."""

    entity = "variant"
    key = "sku"
    amount = "regular_price"
    derived = frozenset(("meta",))
    abilities = READING | {"amount"}

    def _add(self, number: int, data: dict[str, Any]) -> str:
        options = [{"name": "Cut", "variation": True, "options": ["wide"]}]
        product = self.shop.make(
            "product", name=f"Row {number}", type="variable", attributes=options
        )
        cut = [{"name": "Cut", "option": "wide"}]
        own = {"sku": f"row-{number}", "attributes": cut, **data}
        variation = self.shop.vary(product["id"], **own)
        return f"{product['id']}/{variation['id']}"

    def edit(self, id: str, **fields: Any) -> None:
        from gateway_ng.tests.simulators.woocommerce import variations

        row = self.shop.store.tables["variations"][int(id.partition("/")[2])]
        variations.update(self.shop, row, self._data(fields))

    def remove(self, id: str) -> None:
        from gateway_ng.tests.simulators.woocommerce import products

        product = int(id.partition("/")[0])
        products.delete(self.shop, self.shop.store.tables["products"][product])

    def rows(self) -> Sequence[str]:
        return [f"{row['parent']}/{row['id']}" for row in self.shop.store.rows("variations")]


class OlderVariants(Variants):
    version = "8.5.2"


class Orders(WooCommerceHarness):
    entity = "order"
    abilities = READING | {"webhooks"}

    def _add(self, number: int, data: dict[str, Any]) -> str:
        own = {"fee_lines": [{"name": f"Row {number}", "total": "1.00"}], "status": "processing"}
        return str(self.shop.make("order", **{**own, **data})["id"])

    def remove(self, id: str) -> None:
        del self.shop.store.tables["orders"][int(id)]

    def rows(self) -> Sequence[str]:
        return [str(row["id"]) for row in self.shop.store.rows("orders")]


class Categories(WooCommerceHarness):
    entity = "category"
    text = "description"
    key = "slug"
    derived = frozenset(("description",))
    abilities = frozenset(("remove", "throttle", "write", "lose_answer"))

    def __init__(self) -> None:
        super().__init__()
        self.shop.store.tables["categories"].clear()  # the suite begins with nothing

    def _add(self, number: int, data: dict[str, Any]) -> str:
        return str(self.shop.make("category", **{"name": f"Row {number}", **data})["id"])

    def remove(self, id: str) -> None:
        del self.shop.store.tables["categories"][int(id)]

    def rows(self) -> Sequence[str]:
        return [str(row["id"]) for row in self.shop.store.rows("categories")]

    def values(self, name: str) -> dict[str, Any]:
        return {"name": f"The {name}", "slug": name, "description": "none"}

    def bad(self) -> dict[str, Any]:
        return {"name": " ", "slug": "bad"}


class ManyCustomers(Customers):
    """At the pace of a real read: pages as large as the shop allows."""

    abilities = Customers.abilities | {"many"}
    page_size = 100

    def add(self, count: int, *, tied: bool = False, **fields: Any) -> list[str]:
        """Many are copies of one: the shop would compare each e-mail with all others."""
        (first,) = super().add(1, tied=tied, **fields)
        pattern = self.shop.store.tables["customers"][int(first)]
        for number in range(1, count):
            row = {**pattern, "email": f"many{number}@example.com"}
            self.shop.store.add("customers", "users", row)
        return list(self.rows())
