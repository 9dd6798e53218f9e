"""The demo shop over HTTP, on this machine only; a closed connection is a closed socket here.

python -m gateway_ng.lib.demoshop.server --port 8899 --seed 1
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .faults import TransportFault
from .front import encoded, respond
from .kept import Kept
from .shop import Shop

HOST = "127.0.0.1"
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
        self._answer("POST")

    def do_GET(self) -> None:
        self._answer("GET")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def _answer(self, method: str) -> None:
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            status, sent, answer = respond(self.server.shop, method, self.path, headers, body)
        except TransportFault:
            self._hang_up()
            return
        self._reply(status, answer, sent)

    def _body(self) -> bytes | None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            self._reply(413, {"errors": "Request body is too large"})
            return None
        return self.rfile.read(length)

    def _reply(self, status: int, answer: object, headers: Mapping[str, str] | None = None) -> None:
        text = encoded(answer)
        self.send_response(status)
        for name, value in (headers or {"Content-Type": "application/json"}).items():
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
