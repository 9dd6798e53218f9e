"""The shop over HTTP, on the loopback only."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .request import Request
from .shop import LostAnswer, Shop


@dataclass(frozen=True)
class Serving:
    url: str


@contextmanager
def serving(shop: Shop, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Serving]:
    """Serve `shop` while the context lasts; port 0 takes a free one. With `tls` by https."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(shop))
    server.daemon_threads = True
    url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    shop.settings.url = url
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Serving(url)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command,
                f"{shop.settings.url}{self.path}",
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            try:
                with lock:
                    response = shop.handle(request)
            except LostAnswer:
                self.close_connection = True
                return
            body = response.encoded()
            self.send_response_only(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer  # noqa: N815

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    return Handler
