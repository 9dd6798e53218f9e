"""The platform's client over the shop in this process: the same answers, and no socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Shop, ShopTransport, seed_demo, serving
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.http import Timeout, TransportError
from gateway_ng.lib.platforms import platform

CREDENTIALS = {"shop": "demo.myshopify.com", "access_token": "demo-token"}


class Kept:
    """A shop that is loaded for each request and saved after it, as a database would."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        shop = Shop(self.clock)
        seed_demo(shop)
        self.state = shop.dump()
        self.opened = 0

    @contextmanager
    def open(self) -> Iterator[Shop]:
        self.opened += 1
        shop = Shop.load(self.state, self.clock)
        yield shop
        self.state = shop.dump()

    def endpoint(self, **credentials: str) -> Any:
        transport = ShopTransport(self.open)
        return platform("shopify").connect(
            {**CREDENTIALS, **credentials}, {}, clock=self.clock, transport=transport
        )


def test_the_client_reads_the_same_as_over_http() -> None:
    kept = Kept()
    with serving(Shop.load(kept.state, kept.clock)) as server:
        wire = platform("shopify").connect(CREDENTIALS, {"base_url": server.url}, clock=kept.clock)
        over_http = [page.records for page in wire.pages("product", None, None)]
    inside = [page.records for page in kept.endpoint().pages("product", None, None)]
    told = f"https://{CREDENTIALS['shop']}"  # where its files are had
    assert repr(over_http).replace(server.url, told) == repr(inside)
    assert kept.opened > 0


def test_a_check_names_the_shop_and_its_locations() -> None:
    health = Kept().endpoint().check()
    assert (health.ok, health.account) == (True, "Demo Shop (demo-shop.myshopify.com)")
    assert sorted(health.locations.values()) == ["Main warehouse", "Shop downtown"]


def test_a_token_that_was_granted_holds_in_the_next_request() -> None:
    kept = Kept()
    endpoint = kept.endpoint(access_token="", client_id="demo-client", client_secret="demo-secret")
    assert endpoint.check().ok
    assert len(kept.state["tokens"]) == 1


def test_a_lost_answer_was_carried_out_and_is_told_as_maybe_sent() -> None:
    kept = Kept()
    kept.state["settings"]["lost_answer_rate"] = 1.0
    before = kept.state["faults"]
    with pytest.raises(TransportError) as raised:
        ShopTransport(kept.open).send(
            "POST",
            "https://demo.myshopify.com/admin/api/2026-10/graphql.json",
            {"X-Shopify-Access-Token": "demo-token"},
            b'{"query": "{ shop { id } }"}',
            Timeout(),
        )
    assert raised.value.sent
    assert kept.state["faults"] != before, "the request's state was kept"


def test_a_shop_that_fails_is_tried_again_and_then_later() -> None:
    kept = Kept()
    kept.state["settings"]["failure_rate"] = 1.0
    with pytest.raises(RetryLater):
        kept.endpoint().check()
    assert kept.opened == 5, "once, and four retries"
