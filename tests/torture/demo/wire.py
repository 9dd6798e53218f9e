"""The wire to the demo shop: each request is a touch, and trouble is what a shop really answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.http import Response, Timeout, TransportError
from gateway_ng.tests.pure.shopify_fakes import ShopTransport

from ..outside import Happening, Outside, Touch

#: More failures in a row than the client tries again.
FOR_LONG = 6


class Wire(ShopTransport):
    """`entity` and `ops` are of the write that is under way. `sending` is called just before the
    shop gets a mutation, `carried_out` right after it carried one out."""

    def __init__(self, side: Any, outside: Outside) -> None:
        super().__init__(side.shop)
        self.outside = outside
        self.entity = ""
        self.ops: Sequence[Op] = ()
        self.sending: Callable[[], None] = lambda: None
        self.carried_out: Callable[[], None] = lambda: None
        self._trouble: list[Callable[[], Response]] = []

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        writes = bool(body) and json.loads(body)["query"].lstrip().startswith("mutation")
        happening = self._touch("before", writes)
        if happening is not None and happening.what in ("throttle", "error before"):
            self._fail(happening)
        if self.outside.elsewhere.is_shut:
            return Response(401, {}, b'{"errors": "Invalid API key or access token"}')
        if self._trouble:
            return self._trouble.pop()()
        if writes:
            self.sending()
        answer = super().send(method, url, headers, body, timeout)
        if writes:
            self.outside.reads_back = True
            self.carried_out()
            if happening is not None:
                return self._lose(happening)
        self._touch("after", writes)
        return answer

    def _touch(self, phase: str, writes: bool) -> Happening | None:
        name = "write" if writes else "query"
        return self.outside.touch(Touch(name, phase, True, self.entity, self.ops, wire="request"))

    def _fail(self, happening: Happening) -> None:
        """So often that the client gets over it, or does not."""
        if happening.what == "throttle" and happening.pick % 2:
            self.shop.bucket.available = 0.0
            return
        status = 429 if happening.what == "throttle" else (500, 503)[happening.pick % 2]
        told = {"retry-after": "2.0"} if status == 429 else {}
        self._trouble = [lambda: Response(status, told, b"")] * (1 + happening.pick % FOR_LONG)

    def _lose(self, happening: Happening) -> Response:
        """It was carried out; in the middle of a batch nothing comes after it."""
        if happening.what == "error after":
            return Response(502, {}, b"")
        if happening.what == "half a batch":
            self._trouble = [_cut] * FOR_LONG
        return _cut()


def _cut() -> Response:
    raise TransportError("the connection was closed", sent=True)
