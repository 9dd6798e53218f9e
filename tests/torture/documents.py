"""The mappings of the tortured connector, and what they make of a record: plain values, both ways.

Every value a person types is unique, so what became of it can be told at the end.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gateway_ng.lib.mapping import Links, Mapping, compile_mapping, effective, link
from gateway_ng.lib.rules import Direction
from gateway_ng.tests.contract.world import amount, char, document
from gateway_ng.tests.torture.formula import stock_formula


def _variants(source: str, name: str, number: str) -> dict[str, Any]:
    record = {name: char(number), "price": amount("price")}
    told = {"key": "id", "entity": "variant", "owned": True, "match": [name], "record": record}
    return {"MAPTO": source, "list": told}


def _product(version: int) -> dict[Direction, Any]:
    into: dict[str, Any] = {
        "name": char("title"),
        "code": char("handle"),
        "lines": _variants("variants", "code", "sku"),
    }
    back: dict[str, Any] = {
        "title": char("name"),
        "handle": char("code"),
        "variants": _variants("lines", "sku", "code"),
    }
    if version:
        into["note"], back["note"] = char("note"), char("note")
    return {
        "import": document("shop.product", "odoo.product", into, identity=["code"]),
        "export": document("odoo.product", "shop.product", back, identity=["handle"]),
    }


def _customer() -> dict[Direction, Any]:
    """The shop finds no customer: only the key of a create tells it from its repetition."""
    into = {"name": char("name"), "email": char("email")}
    return {
        "import": document("shop.customer", "odoo.customer", into, identity=["email"]),
        "export": document("odoo.customer", "shop.customer", into),
    }


def _order() -> dict[Direction, Any]:
    line = {
        "variant": {"MAPTO": "variant", "reference": {"entity": "variant"}},
        "quantity": amount("quantity"),
    }
    record = {
        "ref": char("number"),
        "partner": {"MAPTO": "customer", "reference": {"entity": "customer"}},
        "sent": {"MAPTO": "sent", "type": "boolean"},
        "rows": {
            "MAPTO": "items",
            "list": {"key": "id", "entity": "order_line", "owned": True, "record": line},
        },
    }
    return {
        "import": document("shop.order", "odoo.order", record, identity=["ref"]),
        "export": None,
    }


def _stock() -> dict[Direction, Any]:
    record = {"available": {"MAPTO": stock_formula(), "type": "integer"}}
    out = document("odoo.stock", "shop.stock", record, tied_to="variant", on_missing="skip")
    return {"import": None, "export": out}


#: Fields that both sides have as a person types them: (entity, Odoo's name, the shop's name).
TYPED = {
    "product": (("name", "title"), ("note", "note")),
    "customer": (("name", "name"),),
}


@lru_cache
def mappings(entity: str, version: int) -> tuple[Mapping | None, Mapping | None, Links]:
    """(import, export, their links) of the mapping's version (0 or 1)."""
    made = {"customer": _customer, "order": _order, "stock": _stock}
    return compiled(_product(version) if entity == "product" else made[entity]())


def compiled(told: dict[Direction, Any]) -> tuple[Mapping | None, Mapping | None, Links]:
    """(import, export, their links) of these documents."""
    into, back = (
        compile_mapping(effective([("shipped", told[way])])) if told[way] else None
        for way in ("import", "export")
    )
    return into, back, link(into, back)


#: In the order in which records refer to each other; imports come before exports.
FLOWS: tuple[tuple[str, Direction], ...] = (
    ("product", "import"),
    ("customer", "import"),
    ("order", "import"),
    ("product", "export"),
    ("customer", "export"),
    ("stock", "export"),
)
