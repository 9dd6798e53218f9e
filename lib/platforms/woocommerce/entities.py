"""What WooCommerce's entities are: names, order of reads, natural keys, fields, lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ...endpoint import Capability, EntityInfo, Order
from .categories import CATEGORIES
from .families import PRODUCTS
from .fields import fields_of
from .orders import ORDERS
from .routes import API

CUSTOMERS = f"{API}/customers"

#: How a list can be read: by the time of its rows, by their ids, or whole.
Way = Literal["time", "id", "whole"]


@dataclass(frozen=True, slots=True)
class Source:
    """How one entity is read. `of_products`: its records are what products consist of, and come
    with the products that were modified (a change of a variation touches its product)."""

    path: str
    way: Way
    params: Mapping[str, Any] = field(default_factory=dict)
    of_products: bool = False
    size: int = 100


SOURCES: Mapping[str, Source] = {
    "category": Source(CATEGORIES, "whole"),
    "product": Source(PRODUCTS, "time", of_products=True),
    "variant": Source(PRODUCTS, "time", of_products=True),
    "price": Source(PRODUCTS, "time", of_products=True),
    "stock": Source(PRODUCTS, "time", of_products=True),
    "customer": Source(CUSTOMERS, "id", {"role": "all"}),
    "order": Source(ORDERS, "time", {"status": "any"}, size=50),
}


def _info(
    name: str,
    order: Order,
    keys: tuple[str, ...],
    capabilities: frozenset[Capability],
    *,
    parallel: bool = True,
) -> EntityInfo:
    return EntityInfo(
        name,
        f"woocommerce_{name}",
        fields_of(name),
        keys,
        order,
        capabilities,
        page_size=SOURCES[name].size,
        parallel=parallel,
        lists_all=name in ("category", "product", "variant", "customer", "order"),
        # Plugins and terms write past `date_modified`; not of orders and customers.
        blind_dates=SOURCES[name].way != "whole" and name not in ("order", "customer"),
        remade=name != "order",  # it would be sold twice
        lookups={"location": ("name",)},
    )


ENTITIES: Mapping[str, EntityInfo] = {
    info.name: info
    for info in (
        _info(
            "category",
            "unordered",
            ("path", "slug"),
            frozenset({"create", "update"}),
            parallel=False,
        ),
        _info(
            "product",
            "by_time",
            ("sku", "slug"),
            frozenset({"create", "update", "delete", "idempotency_key"}),
            parallel=False,
        ),
        _info("variant", "unordered", ("sku",), frozenset({"update"})),
        _info("price", "unordered", ("sku",), frozenset({"update"})),
        _info("customer", "unordered", ("email",), frozenset({"create", "update"})),
        _info(
            "order",
            "by_time",
            (),
            frozenset({"create", "update", "idempotency_key"}),
        ),
        # The shop has no compare-and-set: levels are read again right before they are written.
        _info(
            "stock",
            "unordered",
            ("variant|location",),
            frozenset({"update", "compare_and_set"}),
        ),
    )
}
