"""Which routes a shop has: newer versions bring more, and the index says which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .client import Client

API = "wc/v3"
#: Routes that every supported version has, by entity.
NEEDED: Mapping[str, str] = {
    "product": "products",
    "category": "products/categories",
    "customer": "customers",
    "order": "orders",
}
#: All variations of the shop in one list: since 10.3. All refunds: since 9.0.
VARIATIONS, REFUNDS = "variations", "refunds"


class Routes:
    """The routes of one shop, asked once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._found: frozenset[str] | None = None
        self._home = ""

    def have(self, name: str) -> bool:
        return f"/{API}/{name}" in self.all()

    def all(self) -> frozenset[str]:
        if self._found is None:
            index = self._client.get(API)
            routes = index.get("routes") if isinstance(index, Mapping) else None
            self._found = frozenset(routes) if isinstance(routes, Mapping) else frozenset()
            self._home = _home(index)
        return self._found

    def home(self) -> str:
        """The address the site itself goes by, "" where it does not say. Of the public index, so it
        is the same for every key and every other name of the site."""
        self.all()
        return self._home


def _home(index: Any) -> str:
    try:
        href = str(index["_links"]["up"][0]["href"])
    except (KeyError, IndexError, TypeError):
        return ""
    return href.partition("/wp-json")[0]
