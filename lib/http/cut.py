"""Ends an exchange in time whatever the server does.

A limit on each read says nothing of a server that sends a byte now and then; so a timer cuts the
line, in the handshake, the headers or the body.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter


class Cut:
    """Around one exchange: cuts the connections that it goes over when `seconds` are over."""

    def __init__(self, seconds: float) -> None:
        self.is_cut = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Cut:
        self._before = _GOING_ON.set(self)
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        place: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        _GOING_ON.reset(self._before)
        for one in self._sockets:
            one.close()

    def over(self, made: socket.socket) -> None:
        """The exchange goes over this connection. TLS's own socket can't be shut by another thread,
        so it is the line below that is."""
        self._sockets.append(socket.socket(fileno=os.dup(made.fileno())))
        if self.is_cut:
            self._cut()

    def _cut(self) -> None:
        self.is_cut = True
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


_GOING_ON: ContextVar[Cut | None] = ContextVar("cut", default=None)


def watched(kind: Any) -> Any:
    """The class of connections `kind`, made so that the exchange going on can cut them."""

    def connect(connection: Any) -> socket.socket:
        made: socket.socket = kind._new_conn(connection)
        _tell(made)
        return made

    def request(connection: Any, *args: Any, **options: Any) -> Any:
        if connection.sock is not None:  # it was kept open since the last exchange
            _tell(connection.sock)
        return kind.request(connection, *args, **options)

    return type("Watched", (kind,), {"_new_conn": connect, "request": request})


def _tell(made: socket.socket) -> None:
    cut = _GOING_ON.get()
    if cut is not None:
        cut.over(made)


class CutAdapter(HTTPAdapter):
    """Makes the connections of a `requests.Session` such ones."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager


def _pool(kind: Any) -> Any:
    return type(kind.__name__, (kind,), {"ConnectionCls": watched(kind.ConnectionCls)})


_POOLS = {
    "http": _pool(urllib3.HTTPConnectionPool),
    "https": _pool(urllib3.HTTPSConnectionPool),
}
