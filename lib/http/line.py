"""A wire with its owner's rules: how often a call is tried, and who says when the next may go."""

from __future__ import annotations

from collections.abc import Mapping

from .backoff import RetryPolicy
from .message import Limiter, Response, Timeout, Transport


class Line:
    """`transport`, asked only after `limiter` has let the request pass; the session that calls
    over it takes over `policy`. Whoever configures a connection needs no platform to know of it."""

    def __init__(
        self,
        transport: Transport,
        policy: RetryPolicy | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        self.policy = policy
        self._transport = transport
        self._limiter = limiter

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        if self._limiter is not None:
            self._limiter.acquire()
        return self._transport.send(method, url, headers, body, timeout)


def policy_of(transport: Transport) -> RetryPolicy | None:
    """The policy that a transport brings along, None where it brings none."""
    return transport.policy if isinstance(transport, Line) else None
