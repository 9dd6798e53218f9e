"""The shop's front door: one HTTP request and its answer, whichever way the request came."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from . import control
from .shop import Shop
from .uploads import KEPT, STAGED

#: (status, headers, body: JSON-able, or bytes as they are)
Reply = tuple[int, dict[str, str], Any]

GRAPHQL = re.compile(r"/admin/api/[^/]+/graphql\.json")
_TOKEN_PATH = "/admin/oauth/access_token"  # noqa: S105  (an address)
_JSON = {"Content-Type": "application/json"}


def respond(shop: Shop, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """The answer to a request; names in `headers` are lower case.

    Raises TransportFault where a fault closes the connection without an answer.
    """
    if method == "POST" and GRAPHQL.fullmatch(path):  # any version falls to the one that is here
        return _graphql(shop, headers, body)
    path = path.partition("?")[0]
    if method == "GET" and path.startswith(("/_bulk/", KEPT)):
        return shop.file(path, headers.get("range", ""))
    if method == "POST" and path.startswith(STAGED):
        return shop.upload(path, headers, body)
    if method == "POST" and path == _TOKEN_PATH:
        return shop.token(_form(headers, body))
    return _control(shop, method, path, body)


def encoded(body: Any) -> bytes:
    """An answer's body as it goes over the wire."""
    if isinstance(body, bytes):
        return body
    return json.dumps(body, separators=(",", ":")).encode()


def _graphql(shop: Shop, headers: Mapping[str, str], body: bytes) -> Reply:
    values = _parsed(body)
    if not isinstance(values, dict) or not isinstance(values.get("query"), str):
        return 400, dict(_JSON), {"errors": {"query": "Required parameter missing or invalid"}}
    return shop.execute(
        values["query"],
        values.get("variables") or {},
        headers.get("x-shopify-access-token"),
        values.get("operationName"),
    )


def _form(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if "json" in headers.get("content-type", ""):
        values = _parsed(body)
        return values if isinstance(values, dict) else {}
    return dict(parse_qsl(body.decode(errors="replace")))


def _control(shop: Shop, method: str, path: str, body: bytes) -> Reply:
    if not path.startswith("/_demo/"):
        return 404, dict(_JSON), {"errors": "Not Found"}
    values = _parsed(body) if body else {}
    if not isinstance(values, dict):
        return 422, dict(_JSON), {"error": "the body is not a JSON object"}
    status, answer = control.answer(shop, method, path[7:], values)
    return status, dict(_JSON), answer


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
