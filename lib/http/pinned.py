"""One GET at an address that was checked, over in time whatever the server does.

A limit on each read says nothing of a server that sends a byte now and then; so a timer cuts the
line, in the handshake, the headers or the body.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any
from urllib.parse import SplitResult

import urllib3

from ..errors import RetryLater
from .message import Response, Timeout

_CHUNK = 64 * 1024


def open_pinned(url: SplitResult, address: str, timeout: Timeout, limit: int) -> Response:
    """Connects to `address`, asks for the name: TLS checks the certificate against the name. The
    body is as it was sent, not unpacked, and at most a chunk longer than `limit`. Raises RetryLater
    for no answer, or none within `timeout.total` seconds."""
    pool = _pool(url, address, timeout)
    target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    line = _Line(pool, timeout.total)
    try:
        with line:
            answer = pool.urlopen(
                "GET",
                target,
                headers={"Host": url.netloc, "Accept-Encoding": "identity", "Accept": "*/*"},
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = _read(answer, limit)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        if line.is_cut:
            raise _too_long(timeout) from error
        raise RetryLater(f"The file's server gave no answer ({type(error).__name__}).") from error
    finally:
        pool.close()
    if line.is_cut:  # a body without a length seems to be all there
        raise _too_long(timeout)
    return Response(answer.status, headers, body)


class _Line:
    """The connections that `pool` makes; cut when `seconds` are over."""

    def __init__(self, pool: urllib3.HTTPConnectionPool, seconds: float) -> None:
        self.is_cut = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        kind: Any = pool.ConnectionCls

        def connect(connection: Any) -> socket.socket:
            made: socket.socket = kind._new_conn(connection)
            self._sockets.append(made.dup())  # the one that TLS takes over is another object
            return made

        pool.ConnectionCls = type("Watched", (kind,), {"_new_conn": connect})

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        place: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        for one in self._sockets:
            one.close()

    def _cut(self) -> None:
        self.is_cut = True
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _pool(url: SplitResult, address: str, timeout: Timeout) -> urllib3.HTTPConnectionPool:
    host = url.hostname or ""
    limits = urllib3.Timeout(connect=timeout.connect, read=timeout.read)
    if url.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            address, url.port or 443, timeout=limits, server_hostname=host, assert_hostname=host
        )
    return urllib3.HTTPConnectionPool(address, url.port or 80, timeout=limits)


def _read(answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    body = bytearray()
    for chunk in answer.stream(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)


def _too_long(timeout: Timeout) -> RetryLater:
    return RetryLater(f"The file took longer than {round(timeout.total, 1):g} s.")
