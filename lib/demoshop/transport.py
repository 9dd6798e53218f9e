"""The wire of a client whose shop is in this process: no socket, but the same door and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from ..http import Response, Timeout, TransportError
from .faults import TransportFault
from .front import Reply, encoded, respond
from .shop import Shop


class ShopTransport:
    """`opened()` gives the shop for one request; what the request changed is kept when it is left
    without an error. A closed connection leaves it without one: the shop may have done its part."""

    def __init__(self, opened: Callable[[], AbstractContextManager[Shop]]) -> None:
        self._opened = opened

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        named = {name.lower(): value for name, value in headers.items()}
        reply: Reply | None = None
        with self._opened() as shop:
            shop.address = url.removesuffix(urlsplit(url)._replace(scheme="", netloc="").geturl())
            try:
                reply = respond(shop, method, urlsplit(url).path, named, body or b"")
            except TransportFault:
                reply = None
        if reply is None:
            raise TransportError("the connection was closed without an answer", sent=True)
        status, answered, value = reply
        headers = {name.lower(): text for name, text in answered.items()}
        return Response(status, headers, encoded(value))
