"""Shops for the tests of the WooCommerce client: the simulator on a wire, without HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.http import Response, Timeout, TransportError
from gateway_ng.lib.platforms.woocommerce.connect import connect as open_shop
from gateway_ng.lib.platforms.woocommerce.endpoint import WooCommerceEndpoint
from gateway_ng.tests.simulators.woocommerce import Request, Settings, Shop
from gateway_ng.tests.simulators.woocommerce.seed import seed_rates
from gateway_ng.tests.simulators.woocommerce.shop import LostAnswer


class SimulatorTransport:
    """The simulator in process, as the wire sees it. `lost`: answers to creates that get lost,
    after `spared` ones that do not; a refund is a create too."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.lost = 0
        self.spared = 0
        self.sent: list[tuple[str, str, Any]] = []

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response:
        told = json.loads(body) if body else None
        self.sent.append((method, url, told))
        names = {name.lower(): value for name, value in headers.items()}
        request = Request(method, url, names, body or b"")
        try:
            answer = self.shop.handle(request)
        except LostAnswer as error:
            raise TransportError("the connection was closed", sent=True) from error
        if self.lost and isinstance(told, dict) and ("create" in told or "api_refund" in told):
            if not self.spared:
                self.lost -= 1
                raise TransportError("the connection was closed", sent=True)
            self.spared -= 1
        kept = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, kept, answer.encoded())

    def paths(self, method: str = "") -> list[str]:
        """Routes that were called, without host and query."""
        return [
            url.partition("/wp-json/")[2].partition("?")[0]
            for used, url, _body in self.sent
            if method in ("", used)
        ]


def make_shop(clock: FakeClock | None = None, **settings: Any) -> Shop:
    """A shop with tax rates and two global attributes, and nothing to sell."""
    shop = Shop(clock or FakeClock(), Settings(**settings))
    seed_rates(shop)
    return shop


def credentials(shop: Shop) -> dict[str, str]:
    settings = shop.settings
    return {
        "url": settings.url,
        "consumer_key": settings.consumer_key,
        "consumer_secret": settings.consumer_secret,
    }


def connect(
    shop: Shop, transport: SimulatorTransport | None = None, **settings: Any
) -> WooCommerceEndpoint:
    return open_shop(credentials(shop), settings, shop.clock, transport or SimulatorTransport(shop))
