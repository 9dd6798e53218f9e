"""Shops for the tests of the Shopify client: the demo shop on a wire, and answers by script."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop.faults import TransportFault
from gateway_ng.lib.demoshop.shop import Shop
from gateway_ng.lib.http import Response, Timeout, TransportError
from gateway_ng.lib.platforms import platform
from gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint

TOKEN = "shpat_0123456789abcdef0123456789abcdef"
SECRET = "very-secret-canary-4711"
CREDENTIALS = {"shop": "example.myshopify.com", "access_token": TOKEN, "client_secret": SECRET}


class ShopTransport:
    """The demo shop in process, as the wire sees it; keeps what was sent."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        shop.address = f"https://{CREDENTIALS['shop']}"
        self.sent: list[dict[str, Any]] = []

    @property
    def operations(self) -> list[str]:
        return [body["operationName"] for body in self.sent]

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        if method == "GET":
            status, told, content = self.shop.file(urlsplit(url).path, headers.get("range", ""))
            return Response(status, {name.lower(): text for name, text in told.items()}, content)
        assert method == "POST" and body is not None
        if "/_staged/" in url:
            status, told, content = self.shop.upload(urlsplit(url).path, headers, body)
            return Response(status, told, content)
        if url.endswith("/admin/oauth/access_token"):
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            return _response(self.shop.token(form))
        request = json.loads(body)
        self.sent.append(request)
        try:
            answer = self.shop.execute(
                request["query"],
                request["variables"],
                headers.get("x-shopify-access-token"),
                request["operationName"],
            )
        except TransportFault as fault:
            raise TransportError("the connection was closed", sent=True) from fault
        return _response(answer)


def _response(answer: tuple[int, Mapping[str, str], Any]) -> Response:
    status, headers, body = answer
    names = {name.lower(): value for name, value in headers.items()}
    return Response(status, names, json.dumps(body).encode())


class Script:
    """Answers in the order given: a status and body, a text, a `TransportError`, or a function of
    the request's JSON."""

    def __init__(self, *answers: Any, clock: FakeClock | None = None) -> None:
        self.answers = list(answers)
        self.sent: list[dict[str, Any]] = []
        self.clock = clock
        self.seconds = 0.0

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        request = {"method": method, "url": url, "headers": dict(headers), "body": body}
        try:
            request["json"] = json.loads(body or b"null")
        except ValueError:
            request["json"] = None
        self.sent.append(request)
        if self.clock is not None:
            self.clock.advance(self.seconds)
        if not self.answers:
            raise AssertionError(f"a request more than was scripted: {method} {url}")
        answer = self.answers.pop(0)
        if callable(answer):
            answer = answer(request["json"])
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Response) else ok(answer)


def ok(body: Any, status: int = 200, **headers: str) -> Response:
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    raw = text if isinstance(text, bytes) else text.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "application/json", **named}, raw)


def data(fields: Mapping[str, Any], cost: float = 10, available: float = 1990) -> dict[str, Any]:
    """A GraphQL answer with its cost extension."""
    return {"data": fields, "extensions": {"cost": cost_of(cost, available)}}


def cost_of(cost: float, available: float, maximum: float = 2000, rate: float = 100) -> Any:
    return {
        "requestedQueryCost": cost,
        "actualQueryCost": cost,
        "throttleStatus": {
            "maximumAvailable": maximum,
            "currentlyAvailable": available,
            "restoreRate": rate,
        },
    }


def page(
    nodes: Sequence[Mapping[str, Any]], more: bool = False, cost: float = 10
) -> dict[str, Any]:
    edges = [{"cursor": f"c-{node['id']}", "node": dict(node)} for node in nodes]
    return data({"page": {"edges": edges, "pageInfo": {"hasNextPage": more}}}, cost)


def connect(
    transport: Any,
    clock: FakeClock | None = None,
    credentials: Mapping[str, str] | None = None,
    trace: Callable[[Any], None] | None = None,
    **more: Any,
) -> ShopifyEndpoint:
    endpoint = platform("shopify").connect(
        credentials or CREDENTIALS,
        more.pop("settings", {}),
        clock or FakeClock(),
        transport,
        trace,
        more.pop("cache", None),
    )
    assert isinstance(endpoint, ShopifyEndpoint)
    return endpoint
