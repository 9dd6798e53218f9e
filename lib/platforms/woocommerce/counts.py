"""How many records a shop has, by the totals that its lists tell in `X-WP-Total`.

Source: https://woocommerce.github.io/woocommerce-rest-api-docs/#pagination
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...endpoint import CANCELLED_ORDERS
from ...errors import Refused, StopRun
from .client import Client
from .entities import SOURCES
from .families import PRODUCTS
from .routes import API, VARIATIONS, Routes

#: What a key gets of a list that its user may not see.
_NOT_ALLOWED = "woocommerce_rest_cannot_view"


def counts(client: Client, routes: Routes, entities: Sequence[str]) -> Mapping[str, int]:
    """Entity → exact count; those that no list tells of, or not to this key, are left out.

    Raises StopRun for credentials and RetryLater when the shop does not answer.
    """
    found: dict[str, int] = {}
    for entity in entities:
        if entity == "variant":
            total = _variants(client, routes)
        elif entity == CANCELLED_ORDERS:
            total = _total(client, SOURCES["order"].path, {"status": "cancelled"})
        elif entity == "product" or (entity in SOURCES and not SOURCES[entity].of_products):
            total = _total(client, SOURCES[entity].path, SOURCES[entity].params)
        else:
            total = None
        if total is not None:
            found[entity] = total
    return found


def _variants(client: Client, routes: Routes) -> int | None:
    """What is sold: variations, and products that have none. Grouped ones only name others."""
    if not routes.have(VARIATIONS):
        return None
    variations = _total(client, f"{API}/{VARIATIONS}", {})
    products = _total(client, PRODUCTS, {})
    others = [_total(client, PRODUCTS, {"type": type_}) for type_ in ("variable", "grouped")]
    if variations is None or products is None or None in others:
        return None
    return variations + products - sum(other or 0 for other in others)


def _total(client: Client, path: str, params: Mapping[str, Any]) -> int | None:
    try:
        return client.list(path, {**params, "_fields": "id", "per_page": 1}).total
    except Refused:
        return None
    except StopRun as error:
        if error.details.get("code") == _NOT_ALLOWED:
            return None
        raise
