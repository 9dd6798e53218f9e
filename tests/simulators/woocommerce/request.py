"""Requests and answers as the simulator sees them, whatever brings them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .errors import ApiError


@dataclass(slots=True)
class Request:
    """`url` is whole, with scheme and query; header names are lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: Parameters of the query, decoded; later ones of a name win, as in PHP.
    params: dict[str, str] = field(default_factory=dict)
    data: Any = None

    def __post_init__(self) -> None:
        query = urlsplit(self.url).query
        self.params = {k.removesuffix("[]"): v for k, v in parse_qsl(query, keep_blank_values=True)}
        method = self.params.pop("_method", None)
        if method and self.method == "POST":
            self.method = method.upper()

    def parse_body(self) -> None:
        if not self.body:
            self.data = {}
            return
        try:
            self.data = json.loads(self.body)
        except ValueError as error:
            raise ApiError(400, "rest_invalid_json", "Invalid JSON body passed.") from error
        if not isinstance(self.data, dict):
            self.data = {}

    @property
    def secure(self) -> bool:
        forwarded = self.headers.get("x-forwarded-proto", "") == "https"
        return forwarded or urlsplit(self.url).scheme == "https"

    @property
    def path(self) -> str:
        """The route, as `/wc/v3/products`; "" for what is not below `/wp-json`."""
        path = urlsplit(self.url).path
        _, mark, route = path.partition("/wp-json")
        return (route.rstrip("/") or "/") if mark else ""


@dataclass(slots=True)
class Response:
    status: int
    headers: dict[str, str]
    body: Any

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode("utf-8", "surrogatepass")
