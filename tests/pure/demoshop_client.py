"""A caller of the demo shop for its tests: data out, or the error that was expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo


class Caller:
    """Asks one shop; every answer is checked to be what the test says it is."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.token = shop.settings.access_token

    def body(self, query: str, **variables: Any) -> dict[str, Any]:
        status, _headers, body = self.shop.execute(query, variables, self.token)
        assert status == 200, (status, body)
        return body

    def __call__(self, query: str, **variables: Any) -> Any:
        body = self.body(query, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    def error(self, query: str, **variables: Any) -> dict[str, Any]:
        """The first entry of the answer's errors."""
        first: dict[str, Any] = self.body(query, **variables)["errors"][0]
        return first

    def code(self, query: str, **variables: Any) -> str:
        return str(self.error(query, **variables)["extensions"]["code"])

    def rows(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """The nodes of the one connection asked for."""
        (connection,) = self(query, **variables).values()
        nodes: list[dict[str, Any]] = connection["nodes"]
        return nodes


def seeded(clock: FakeClock | None = None, **settings: Any) -> Caller:
    """A caller of a shop with the demo data."""
    shop = Shop(clock or FakeClock(), Settings().updated(settings))
    seed_demo(shop)
    return Caller(shop)


def paged(call: Caller, connection: str, first: int, extra: str = "") -> list[dict[str, Any]]:
    """Every node of a root connection, page by page."""
    rows: list[dict[str, Any]] = []
    after = None
    text = (
        f"query($after: String) {{ page: {connection}(first: {first}, after: $after {extra}) "
        "{ nodes { id } pageInfo { hasNextPage endCursor } } }"
    )
    while True:
        page: Mapping[str, Any] = call(text, after=after)["page"]
        rows += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]
