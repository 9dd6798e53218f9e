from __future__ import annotations

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.endpoint import CANCELLED_ORDERS, Counting
from gateway_ng.tests.pure.shopify_fakes import TOKEN, ShopTransport, connect

EVERYTHING = ("category", "product", "variant", "customer", "order", "stock", "price")


def demo(**settings):
    clock = FakeClock()
    shop = Shop(clock, Settings(access_token=TOKEN, **settings))
    seed_demo(shop)
    transport = ShopTransport(shop)
    return connect(transport, clock), shop, transport


def test_a_shop_counts_its_records_by_a_request_an_entity():
    endpoint, shop, transport = demo()
    endpoint.check()
    transport.sent.clear()
    assert isinstance(endpoint, Counting)
    tables = shop.store.tables
    assert endpoint.counts(EVERYTHING) == {
        "category": len(tables["Collection"]),
        "product": len(tables["Product"]),
        "variant": len(tables["ProductVariant"]),
        "customer": len(tables["Customer"]),
        "order": len(tables["Order"]),
    }
    assert len(transport.sent) == 5


def test_a_shop_counts_its_cancelled_orders():
    endpoint, shop, transport = demo()
    endpoint.check()
    transport.sent.clear()
    orders = shop.store.tables["Order"].values()
    cancelled = sum(bool(order["cancelledAt"]) for order in orders)
    assert 0 < cancelled < len(orders)
    assert endpoint.counts([CANCELLED_ORDERS]) == {CANCELLED_ORDERS: cancelled}
    assert len(transport.sent) == 1


def test_more_than_ten_thousand_are_counted_exactly():
    endpoint, shop, _ = demo()
    pattern = {**next(iter(shop.store.tables["Collection"].values()))}
    del pattern["id"]
    for _number in range(10_100):
        shop.store.add("Collection", dict(pattern))
    shop.store.changed()
    assert endpoint.counts(["category"]) == {"category": len(shop.store.tables["Collection"])}
    assert len(shop.store.tables["Collection"]) > 10_100


def test_what_the_scopes_hide_is_not_counted():
    endpoint, _, transport = demo(scopes=("read_products",))
    assert CANCELLED_ORDERS not in endpoint.counts([CANCELLED_ORDERS])
    assert set(endpoint.counts(EVERYTHING)) == {"category", "product", "variant"}
    assert "CustomerCount" not in transport.operations
