"""The client against the demo shop over real HTTP on this machine: the whole way, with a grant."""

from __future__ import annotations

from decimal import Decimal

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Shop, seed_demo, serving
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.platforms import platform


def test_a_shop_is_checked_read_and_written_over_http_with_client_credentials():
    clock = FakeClock()
    shop = Shop(clock)
    seed_demo(shop)
    credentials = {
        "shop": "demo-shop",
        "client_id": shop.settings.client_id,
        "client_secret": shop.settings.client_secret,
    }
    trace = []
    with serving(shop) as server:
        settings = {"base_url": server.url}
        endpoint = platform("shopify").connect(credentials, settings, clock, trace=trace.append)
        health = endpoint.check()
        orders = [r for page in endpoint.pages("order") for r in page.records]
        prices = [r for page in endpoint.pages("price") for r in page.records]
        ops = [Op(r.id, "update", r.id, {"price": Decimal(5)}, dict(r.fields)) for r in prices]
        results = list(endpoint.write("price", ops))
    assert health.ok and health.account.startswith("Demo Shop")
    assert len(orders) == 50
    assert {r.record.fields["price"] for r in results} == {Decimal(5)}
    assert shop.counters.tokens == 1
    assert {attempt.status for attempt in trace} == {200}
    assert shop.settings.client_secret not in repr(trace)
