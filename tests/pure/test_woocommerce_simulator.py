"""What the simulated shop does as the measured one did, quirk by quirk."""

from __future__ import annotations

import json
import urllib.request
from datetime import timedelta
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.tests.pure.woocommerce_fakes import make_shop
from gateway_ng.tests.simulators.woocommerce import Request, Response, Settings, Shop, serving
from gateway_ng.tests.simulators.woocommerce.seed import seed
from gateway_ng.tests.simulators.woocommerce.shop import LostAnswer


def call(shop: Shop, method: str, path: str, data: Any = None, **headers: str) -> Response:
    settings = shop.settings
    joint = "&" if "?" in path else "?"
    keys = f"consumer_key={settings.consumer_key}&consumer_secret={settings.consumer_secret}"
    url = f"https://shop/wp-json/wc/v3/{path}{joint}{keys}"
    body = b"" if data is None else json.dumps(data).encode()
    return shop.handle(Request(method, url, headers, body))


def told(answer: Response) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def mug(shop, **data):
    return shop.make("product", **{"name": "Mug", "sku": "M", "regular_price": "5", **data})


# Who may.


def test_over_http_keys_alone_are_as_good_as_none():
    shop = make_shop()
    settings = shop.settings
    url = f"http://shop/wp-json/wc/v3/products?consumer_key={settings.consumer_key}"
    url += f"&consumer_secret={settings.consumer_secret}"
    assert told(shop.handle(Request("GET", url))) == (401, "woocommerce_rest_cannot_view")
    assert shop.handle(Request("GET", url, {"x-forwarded-proto": "https"})).status == 200


@pytest.mark.parametrize(
    ("method", "code"),
    [("GET", "woocommerce_rest_cannot_view"), ("POST", "woocommerce_rest_cannot_create")],
)
def test_without_keys_reading_and_writing_are_refused_in_their_own_words(method, code):
    answer = make_shop().handle(Request(method, "https://shop/wp-json/wc/v3/products"))
    assert told(answer) == (401, code)


def test_a_nonce_is_good_once():
    from gateway_ng.lib.platforms.woocommerce.auth import oauth_fields

    shop = make_shop()
    settings = shop.settings
    url = "http://shop/wp-json/wc/v3/products"
    stamp = int(shop.now().timestamp())
    fields = oauth_fields(
        "GET", url, settings.consumer_key, settings.consumer_secret, "once", stamp
    )
    header = "OAuth " + ", ".join(
        f'{name}="{urllib.request.quote(value, safe="~")}"' for name, value in fields.items()
    )
    assert shop.handle(Request("GET", url, {"authorization": header})).status == 200
    again = shop.handle(Request("GET", url, {"authorization": header}))
    assert again.body["message"].startswith("Invalid nonce")


# Lists.


@pytest.mark.parametrize(
    "query",
    [
        "per_page=101",
        "per_page=0",
        "page=0",
        "modified_after=x",
        "modified_after=2026-11-21",
        "orderby=nothing",
    ],
)
def test_a_wrong_parameter_is_refused(query):
    assert told(call(make_shop(), "GET", f"products?{query}")) == (400, "rest_invalid_param")


def test_an_unknown_parameter_is_ignored():
    shop = make_shop()
    mug(shop)
    assert len(call(shop, "GET", "products?no_such=1").body) == 1


def test_the_trash_is_in_no_list_but_its_own_and_is_got_by_id():
    shop = make_shop()
    row = mug(shop)
    assert call(shop, "DELETE", f"products/{row['id']}").status == 200
    assert call(shop, "GET", "products").body == []
    assert call(shop, "GET", "products?status=any").body == []
    assert len(call(shop, "GET", "products?status=trash").body) == 1
    assert call(shop, "GET", f"products/{row['id']}").body["status"] == "trash"
    again = call(shop, "DELETE", f"products/{row['id']}")
    assert told(again) == (410, "woocommerce_rest_already_trashed")


def test_what_is_deleted_for_good_is_another_status_for_each_method():
    shop = make_shop()
    row = mug(shop)
    call(shop, "DELETE", f"products/{row['id']}?force=true")
    path = f"products/{row['id']}"
    code = "woocommerce_rest_product_invalid_id"
    assert told(call(shop, "GET", path)) == (404, code)
    assert told(call(shop, "PUT", path, {})) == (400, code)
    assert told(call(shop, "DELETE", path)) == (404, code)


@pytest.mark.parametrize("path", ["products/categories/15", "customers/1"])
def test_only_force_deletes_what_has_no_trash(path):
    shop = make_shop()
    shop.make("customer", email="a@example.com", password="x")
    assert told(call(shop, "DELETE", path)) == (501, "woocommerce_rest_trash_not_supported")


@pytest.mark.parametrize(
    ("version", "route", "there"),
    [
        ("8.5.2", "refunds", False),
        ("8.5.2", "variations", False),
        ("9.9.7", "refunds", True),
        ("9.9.7", "variations", False),
        ("11.0.1", "refunds", True),
        ("11.0.1", "variations", True),
    ],
)
def test_versions_differ_in_their_routes(version, route, there):
    shop = make_shop(version=version)
    answer = call(shop, "GET", route)
    assert (answer.status == 200) == there
    assert there or answer.body["code"] == "rest_no_route"
    assert (f"/wc/v3/{route}" in call(shop, "GET", "").body["routes"]) == there


# Values.


def test_a_single_call_checks_what_a_batch_does_not():
    shop = make_shop()
    assert call(shop, "POST", "products", {"name": "x", "regular_price": 5}).status == 400
    assert call(shop, "POST", "products", {"name": "x", "type": "foo"}).status == 400
    batch = {"create": [{"name": "x", "type": "foo", "regular_price": 5}]}
    (made,) = call(shop, "POST", "products/batch", batch).body["create"]
    assert (made["type"], made["regular_price"]) == ("simple", "5")


@pytest.mark.parametrize(("given", "kept"), [("12,50", "1250"), ("abc", ""), ("15.40", "15.40")])
def test_a_price_that_is_none_is_kept_as_something_else(given, kept):
    made = call(make_shop(), "POST", "products", {"name": "x", "regular_price": given})
    assert (made.status, made.body["regular_price"]) == (201, kept)


def test_a_sale_price_above_the_regular_one_is_dropped():
    row = mug(make_shop(), sale_price="9")
    assert row["sale_price"] == ""


def test_null_leaves_the_date_of_a_sale_and_empty_text_takes_it_away():
    shop = make_shop()
    row = mug(shop, sale_price="4", date_on_sale_to_gmt="2030-01-01T00:00:00")
    path = f"products/{row['id']}"
    kept = call(shop, "PUT", path, {"date_on_sale_to_gmt": None}).body
    assert kept["date_on_sale_to_gmt"] == "2030-01-01T00:00:00"
    assert call(shop, "PUT", path, {"date_on_sale_to_gmt": ""}).body["date_on_sale_to_gmt"] is None


def test_names_lose_their_tags_and_come_encoded():
    shop = make_shop()
    row = mug(shop, name='R&D mug 12" <XL> 1 < 2')
    assert call(shop, "GET", f"products/{row['id']}").body["name"] == ('R&amp;D mug 12"  1 &lt; 2')


def test_an_empty_write_touches_the_date_of_products_customers_and_orders_of_hpos():
    for own_tables in (True, False):
        shop = make_shop(own_order_tables=own_tables)
        product, person = mug(shop), shop.make("customer", email="a@example.com", password="x")
        order = shop.make("order", status="processing")
        before = order["modified"]
        shop.clock.advance(60)
        for kind, row in (("products", product), ("customers", person), ("orders", order)):
            call(shop, "PUT", f"{kind}/{row['id']}", {})
        assert product["modified"] == person["modified"] == shop.now()
        assert (order["modified"] > before) == own_tables


def test_unknown_categories_become_uncategorized():
    shop = make_shop()
    row = mug(shop, categories=[{"id": 999}])
    assert row["categories"] == [shop.default_category]


def test_meta_data_are_merged_by_key_and_numbers_become_text():
    shop = make_shop()
    row = mug(shop, meta_data=[{"key": "a", "value": 1}, {"key": "b", "value": {"x": [1]}}])
    call(shop, "PUT", f"products/{row['id']}", {"meta_data": [{"key": "b", "value": None}]})
    assert [(m["key"], m["value"]) for m in row["meta"]] == [("a", "1")]


def test_a_quantity_is_ignored_where_none_is_counted():
    row = mug(make_shop(), stock_quantity=5)
    assert (row["manage_stock"], row["stock_quantity"]) == (False, None)


# Batches.


def test_a_batch_takes_a_hundred_in_all():
    parts = {"create": [{"name": "x"}] * 60, "delete": list(range(41))}
    answer = call(make_shop(), "POST", "products/batch", parts)
    assert told(answer) == (413, "woocommerce_rest_request_entity_too_large")


def test_a_batch_deletes_for_good():
    shop = make_shop()
    row = mug(shop)
    call(shop, "POST", "products/batch", {"delete": [row["id"]]})
    assert shop.store.rows("products") == []


# Orders.


def test_a_quantity_alone_leaves_totals_and_moves_stock_in_newer_versions_only():
    for version, left in (("11.0.1", 7), ("8.5.2", 9)):
        shop = make_shop(version=version)
        row = mug(shop, manage_stock=True, stock_quantity=10)
        order = shop.make(
            "order", line_items=[{"product_id": row["id"], "quantity": 1}], status="processing"
        )
        line = {"id": order["line_items"][0]["id"], "quantity": 3}
        answer = call(shop, "PUT", f"orders/{order['id']}", {"line_items": [line]})
        assert answer.body["total"] == "5.00"
        assert row["stock_quantity"] == left, version


def test_more_can_be_ordered_than_is_there():
    shop = make_shop()
    row = mug(shop, manage_stock=True, stock_quantity=1)
    shop.make("order", line_items=[{"product_id": row["id"], "quantity": 9}], status="processing")
    assert row["stock_quantity"] == -8


def test_a_bad_coupon_leaves_a_draft_behind():
    shop = make_shop()
    answer = call(shop, "POST", "orders", {"coupon_lines": [{"code": "none"}]})
    assert answer.status == 400
    row = shop.store.get("orders", answer.body["data"]["new_draft_order_id"])
    assert row["status"] == "checkout-draft"
    assert call(shop, "GET", "orders").body == []


def test_a_line_of_a_product_that_is_not_there_is_kept_and_one_of_none_refused():
    shop = make_shop()
    assert call(shop, "POST", "orders", {"line_items": [{"product_id": 999_999}]}).status == 201
    answer = call(shop, "POST", "orders", {"line_items": [{"quantity": 1}]})
    assert told(answer) == (400, "woocommerce_rest_required_product_reference")


def test_a_refund_asks_the_gateway_unless_told_otherwise():
    shop = make_shop()
    order = shop.make("order", fee_lines=[{"name": "x", "total": "10"}], status="processing")
    path = f"orders/{order['id']}/refunds"
    assert call(shop, "POST", path, {"amount": "5"}).status == 500
    made = call(shop, "POST", path, {"amount": "5", "api_refund": False})
    assert (made.status, order["status"]) == (201, "processing")
    over = call(shop, "POST", path, {"amount": "6", "api_refund": False})
    assert (over.status, over.body["data"]) == (500, 500)
    call(shop, "POST", path, {"amount": "5", "api_refund": False})
    assert order["status"] == "refunded"


# What goes wrong.


def test_faults_are_settings():
    clock = FakeClock()
    shop = Shop(clock, Settings(throttled=1, unavailable=1, latency=0.5))
    statuses = [call(shop, "GET", "products").status for _ in range(3)]
    assert statuses == [429, 503, 200]
    assert clock.slept == [0.5, 0.5, 0.5]
    shop.settings.failure_rate = 1.0
    assert call(shop, "GET", "products").status == 502


def test_a_lost_answer_was_carried_out():
    shop = make_shop(lost_answer_rate=1.0)
    with pytest.raises(LostAnswer):
        call(shop, "POST", "products", {"name": "Mug"})
    assert len(shop.store.rows("products")) == 1


def test_the_state_is_put_back_as_it_was():
    shop = make_shop()
    seed(shop)
    state, before = shop.dump(), len(shop.store.rows("orders"))
    shop.make("order", status="processing")
    shop.clock.advance(1)
    shop.restore(state)
    assert len(shop.store.rows("orders")) == before


def test_it_is_served_on_the_loopback():
    shop = Shop(FakeClock())
    with serving(shop) as server, urllib.request.urlopen(f"{server.url}/wp-json/wc/v3") as answer:
        index = json.loads(answer.read())
    assert server.url.startswith("http://127.0.0.1:")
    assert "/wc/v3/products" in index["routes"]


def test_a_scheduled_sale_begins_by_the_shops_clock():
    shop = make_shop()
    begins = (shop.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    row = mug(shop, sale_price="4", date_on_sale_from_gmt=begins)
    assert call(shop, "GET", f"products/{row['id']}").body["price"] == "5"
    shop.clock.advance(2 * 86_400)
    assert call(shop, "GET", f"products/{row['id']}").body["price"] == "4"
