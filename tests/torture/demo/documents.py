"""The mappings of the tortured connector, written for what Shopify's client reads and writes.

They are the shipped ones, reduced to what people type in a play; a deletion is one for good.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gateway_ng.lib.mapping import Links, Mapping
from gateway_ng.lib.rules import Direction
from gateway_ng.tests.contract.world import amount, char, document

from ..documents import compiled
from ..formula import stock_formula

#: Where all goods are: the shop's first location.
LOCATION = "gid://shopify/Location/1001"
#: The option that tells variants apart; its values are their SKUs.
OPTION = "Number"


def _variants(source: str, match: str, record: dict[str, Any]) -> dict[str, Any]:
    told = {"key": "id", "entity": "variant", "owned": True, "match": [match], "record": record}
    return {"MAPTO": source, "list": told}


def _product(version: int) -> dict[Direction, Any]:
    price = amount("price")
    tracked = {"MAPVALUE": True, "type": "boolean", "create_only": True}
    options = {"MAPTO": ["code", f"lambda c: {{'{OPTION}': c}}"], "type": "json"}
    into: dict[str, Any] = {
        "name": char("title"),
        "code": char(["handle", "lambda h: h.upper()"]),
        "lines": _variants("variants", "code", {"code": char("sku"), "price": price}),
    }
    back: dict[str, Any] = {
        "title": char("name"),
        "handle": char(["code", "lambda c: c.lower()"]),
        "variants": _variants(
            "lines",
            "sku",
            {
                "options": options,
                "sku": char("code"),
                "price": price,
                "inventoryItem.tracked": tracked,
            },
        ),
    }
    if version:
        into["note"] = char("descriptionHtml", transform="empty_to_null")
        back["descriptionHtml"] = char("note", transform="null_to_empty")
    more = {"on_delete": "delete"}
    return {
        "import": document("shopify_product", "odoo.product", into, identity=["code"], **more),
        "export": document("odoo.product", "shopify_product", back, identity=["handle"], **more),
    }


def _customer(_version: int) -> dict[Direction, Any]:
    into = {"name": char("lastName"), "email": char("email")}
    back = {"lastName": char("name"), "email": char("email")}
    return {
        "import": document("shopify_customer", "odoo.customer", into, identity=["email"]),
        "export": document("odoo.customer", "shopify_customer", back, identity=["email"]),
    }


def _order(_version: int) -> dict[Direction, Any]:
    line = {
        "variant": {"MAPTO": "variantId", "reference": {"entity": "variant"}},
        "quantity": amount("quantity"),
    }
    sent = ["displayFulfillmentStatus", "lambda told: told == 'FULFILLED'"]
    record = {
        "ref": char("name"),
        "partner": {"MAPTO": "customer.id", "reference": {"entity": "customer"}},
        "sent": {"MAPTO": sent, "type": "boolean"},
        "rows": {
            "MAPTO": "lines",
            "list": {"key": "id", "entity": "order_line", "owned": True, "record": line},
        },
    }
    return {
        "import": document("shopify_order", "odoo.order", record, identity=["ref"]),
        "export": None,
    }


def _stock(_version: int) -> dict[Direction, Any]:
    reference = {"entity": "variant", "required": False}
    record = {
        "variant": {"MAPTO": "id", "reference": reference, "create_only": True},
        "location": {"MAPVALUE": LOCATION, "type": "char", "create_only": True},
        "available": {"MAPTO": stock_formula(), "type": "integer"},
    }
    identity = [["variant", "location"]]
    return {
        "import": None,
        "export": document("odoo.stock", "shopify_stock", record, identity=identity),
    }


_MADE = {"product": _product, "customer": _customer, "order": _order, "stock": _stock}


@lru_cache
def mappings(entity: str, version: int) -> tuple[Mapping | None, Mapping | None, Links]:
    """As those of the shop in memory."""
    return compiled(_MADE[entity](version))
