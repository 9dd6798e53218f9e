"""The demo shop over HTTP, on this machine only; a closed connection is a closed socket here.

python -m gateway_ng.lib.demoshop.server --port 8899 --seed 1
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from . import control
from .faults import TransportFault
from .kept import Kept
from .shop import Shop

HOST = "127.0.0.1"
GRAPHQL = re.compile(r"/admin/api/[^/]+/graphql\.json")
LARGEST_BODY = 32 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """One shop, a thread a connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, shop: Shop, port: int = 0, kept: Kept | None = None) -> None:
        super().__init__((HOST, port), Handler)
        self.shop = shop
        shop.address = self.url
        self.kept = kept
        self._saved = time.monotonic()

    def service_actions(self) -> None:
        """Called by the loop every half second, and after each connection: saved once a second."""
        if self.kept and time.monotonic() - self._saved > 1:
            self.kept.save(self.shop)
            self._saved = time.monotonic()

    def server_close(self) -> None:
        super().server_close()
        if self.kept:
            self.kept.save(self.shop)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    disable_nagle_algorithm = True  # headers and body are two writes: 40 ms a request otherwise

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        if GRAPHQL.fullmatch(self.path):  # whatever the version, it falls to the one that is here
            self._graphql(body)
        elif self.path == "/admin/oauth/access_token":
            status, headers, answer = self.server.shop.token(self._form(body))
            self._reply(status, answer, headers)
        else:
            self._control("POST", body)

    def do_GET(self) -> None:
        if self.path.startswith("/_bulk/"):
            self._send(*self.server.shop.file(self.path, self.headers.get("Range") or ""))
        else:
            self._control("GET", b"")

    def do_PUT(self) -> None:
        body = self._body()
        if body is not None:
            self._control("PUT", body)

    def _body(self) -> bytes | None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            self._reply(413, {"errors": "Request body is too large"})
            return None
        return self.rfile.read(length)

    def _form(self, body: bytes) -> dict[str, Any]:
        if "json" in (self.headers.get("Content-Type") or ""):
            values = _parsed(body)
            return values if isinstance(values, dict) else {}
        return dict(parse_qsl(body.decode(errors="replace")))

    def _graphql(self, body: bytes) -> None:
        values = _parsed(body)
        if not isinstance(values, dict) or not isinstance(values.get("query"), str):
            self._reply(400, {"errors": {"query": "Required parameter missing or invalid"}})
            return
        try:
            status, headers, answer = self.server.shop.execute(
                values["query"],
                values.get("variables") or {},
                self.headers.get("X-Shopify-Access-Token"),
                values.get("operationName"),
            )
        except TransportFault:
            self._hang_up()
            return
        self._reply(status, answer, headers)

    def _control(self, method: str, body: bytes) -> None:
        if not self.path.startswith("/_demo/"):
            self._reply(404, {"errors": "Not Found"})
            return
        values = _parsed(body) if body else {}
        if not isinstance(values, dict):
            self._reply(422, {"error": "the body is not a JSON object"})
            return
        status, answer = control.answer(self.server.shop, method, self.path[7:], values)
        self._reply(status, answer)

    def _reply(self, status: int, answer: object, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(answer, separators=(",", ":")).encode()
        self._send(status, headers or {"Content-Type": "application/json"}, text)

    def _send(self, status: int, headers: Mapping[str, str], text: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name != "Date":  # send_response has sent it
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _hang_up(self) -> None:
        """Close without a word: the caller sees the connection end."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The shop's clock, in the Date header."""
        return self.server.shop.date()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: the counters tell what was asked."""


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


@contextmanager
def serving(shop: Shop, port: int = 0) -> Iterator[Server]:
    """The shop served in a thread, on a free port unless one is given; `Server.url` tells it."""
    server = Server(shop, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
