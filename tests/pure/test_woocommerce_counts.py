"""How many records a shop has, by the totals of its lists."""

from __future__ import annotations

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import CANCELLED_ORDERS, Counting
from gateway_ng.lib.errors import StopRun
from gateway_ng.lib.http import Response
from gateway_ng.tests.pure.woocommerce_fakes import SimulatorTransport, connect, make_shop
from gateway_ng.tests.simulators.woocommerce import products
from gateway_ng.tests.simulators.woocommerce.seed import seed

NOT_ALLOWED = b'{"code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot list it."}'


class Keeper(SimulatorTransport):
    """`kept_from`: a route whose rows the key's user may not see."""

    kept_from = ""

    def send(self, method, url, headers, body, timeout):
        if self.kept_from and f"/{self.kept_from}" in url:
            return Response(401, {"content-type": "application/json"}, NOT_ALLOWED)
        return super().send(method, url, headers, body, timeout)


COUNTED = ("category", "product", "variant", "customer", "order")


def stocked(**settings):
    shop = make_shop(FakeClock(), **settings)
    seed(shop)
    wire = Keeper(shop)
    return connect(shop, wire), shop, wire


def test_a_shop_counts_as_many_as_a_full_read_names():
    endpoint, shop, _wire = stocked()
    gone = next(row for row in shop.store.rows("products") if row["type"] == "simple")
    products.trash(shop, gone)
    assert isinstance(endpoint, Counting)
    read = {entity: len(list(endpoint.ids(entity))) for entity in COUNTED}
    assert endpoint.counts([*COUNTED, "stock", "price"]) == read
    assert len(set(read.values())) > 2, "one number for all of them would prove nothing"


def test_a_shop_counts_its_cancelled_orders():
    endpoint, shop, _wire = stocked()
    orders = list(shop.store.rows("orders"))
    orders[0]["status"] = "cancelled"
    cancelled = sum(order["status"] == "cancelled" for order in orders)
    assert endpoint.counts([CANCELLED_ORDERS]) == {CANCELLED_ORDERS: cancelled}


def test_no_row_is_read_to_count_it():
    endpoint, _shop, wire = stocked()
    endpoint.check()
    wire.sent.clear()
    endpoint.counts(COUNTED)
    assert len(wire.sent) == 8, "a request an entity, and four for the variants"
    assert all("per_page=1&" in f"{url}&" for _method, url, _body in wire.sent)


def test_variants_are_not_counted_where_no_list_has_them_all():
    """Before 10.3 each product has a list of its own."""
    endpoint, _shop, _wire = stocked(version="9.9.7")
    assert set(endpoint.counts(COUNTED)) == {"category", "product", "customer", "order"}


@pytest.mark.parametrize("entity", ["customer", "order"])
def test_what_the_key_may_not_see_is_left_out(entity):
    endpoint, _shop, wire = stocked()
    wire.kept_from = f"wc/v3/{entity}s"
    assert set(endpoint.counts(COUNTED)) == {*COUNTED} - {entity}


def test_variants_are_no_guess_where_one_of_their_lists_is_not_told():
    """Else all products with variations would be counted as one more each."""
    endpoint, _shop, wire = stocked()
    wire.kept_from = "wc/v3/products?type=variable&"
    assert "variant" not in endpoint.counts(COUNTED)


def test_a_key_that_is_refused_counts_nothing_as_none():
    endpoint, shop, _wire = stocked()
    shop.settings.consumer_secret = "cs_0000000000000000000000000000000000000000"
    with pytest.raises(StopRun):
        endpoint.counts(["product"])
