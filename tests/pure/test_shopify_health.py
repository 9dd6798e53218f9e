"""What `check` says, and values as the shop gives them back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import StopRun
from gateway_ng.tests.pure.shopify_fakes import (
    TOKEN,
    Script,
    ShopTransport,
    connect,
    data,
    ok,
)


def demo(**settings):
    clock = FakeClock()
    shop = Shop(clock, Settings(access_token=TOKEN, **settings))
    seed_demo(shop)
    transport = ShopTransport(shop)
    return connect(transport, clock), shop, transport


# -- check -----------------------------------------------------------------------------------------


def test_a_healthy_shop_has_a_name_a_version_and_its_locations():
    endpoint, shop, _ = demo()
    health = endpoint.check()
    assert health.ok and health.problems == [] and health.missing == []
    assert health.account == f"{shop.settings.name} ({shop.settings.domain})"
    assert health.version == "2026-10" and len(health.locations) == 2


def test_the_check_tells_the_shops_currency_its_time_zone_and_what_its_app_may_do():
    endpoint, shop, _ = demo(scopes=("write_products", "read_orders"))
    health = endpoint.check()
    assert (health.currency, health.time_zone) == (shop.settings.currency, "America/New_York")
    assert health.granted == ["read_orders", "write_products"]


def test_missing_scopes_are_named_with_what_they_hide_and_what_to_do():
    endpoint, _, _ = demo(scopes=("read_products", "write_inventory", "read_orders"))
    health = endpoint.check()
    assert not health.ok
    assert "write_products" in health.missing and "read_customers" in health.missing
    assert "read_products" not in health.missing and "read_inventory" not in health.missing
    assert {"order.customer", "order.locationId", "customer.*"} <= set(health.hidden)
    text = "\n".join(health.problems)
    assert "writing price" in text and "Dev Dashboard" in text
    assert "older than 60 days" in text


def test_the_scope_for_writing_returns_is_asked_for_where_they_are_told_to_the_shop():
    held = tuple(scope for scope in Settings().scopes if scope != "write_returns")
    shop = Shop(FakeClock(), Settings(access_token=TOKEN, scopes=(*held, "read_returns")))
    assert connect(ShopTransport(shop)).check().missing == []
    health = connect(ShopTransport(shop), settings={"returns": True}).check()
    assert health.missing == ["write_returns|write_marketplace_returns"]
    assert "writing returns can't be used" in health.problems[0]
    assert "Dev Dashboard" in health.problems[0]


def test_a_wrong_token_raises():
    with pytest.raises(StopRun, match="valid access token"):
        connect(ShopTransport(Shop(FakeClock(), Settings(access_token="other")))).check()


def answers(date="Thu, 01 Jan 2026 00:00:00 GMT", version="2026-10"):
    shop = data({"shop": {"name": "S", "myshopifyDomain": "s.myshopify.com"}})
    scopes = data({"currentAppInstallation": None})
    places = data({"locations": {"nodes": [], "pageInfo": {"hasNextPage": False}}})
    lists = data({"priceLists": {"nodes": [], "pageInfo": {"hasNextPage": False}}})
    return ok(shop, date=date, x_shopify_api_version=version), scopes, places, lists


def test_clocks_that_differ_are_told_in_seconds():
    health = connect(Script(*answers("Thu, 01 Jan 2026 00:02:00 GMT"))).check()
    assert health.clock_skew == 120 and "120 s ahead of" in health.problems[0]
    health = connect(Script(*answers("Wed, 31 Dec 2025 23:59:30 GMT"))).check()
    assert health.clock_skew == -30 and health.ok
    assert connect(Script(*answers("nonsense"))).check().ok


def test_another_api_version_than_asked_for_is_told():
    health = connect(Script(*answers(version="2027-01"))).check()
    assert health.version == "2027-01" and "update this module" in health.problems[0]


def test_locations_that_are_denied_are_a_problem_and_no_end():
    shop, scopes, _, lists = answers()
    denied = {
        "errors": [
            {"message": "Required: `read_locations`", "extensions": {"code": "ACCESS_DENIED"}}
        ]
    }
    health = connect(Script(shop, scopes, denied, lists)).check()
    assert not health.ok and "read_locations" in health.problems[0]


# -- canonical -------------------------------------------------------------------------------------


def test_values_come_back_from_the_shop_as_foretold():
    endpoint, _, _ = demo()
    variants = {
        "a": {
            "sku": " S-1 ",
            "price": Decimal("19.995"),
            "options": {"Size": "S"},
            "inventoryItem.weight": Decimal("0.125"),
        }
    }
    values = {
        "title": " Shirt ",
        "handle": "My Shirt!",
        "vendor": "Acme",
        "tags": ["b", "a ", "B"],
        "status": "active",
        "variants": variants,
    }
    foretold = endpoint.canonical("product", values)
    assert foretold["tags"] == ["a", "b"] and foretold["status"] == "ACTIVE"
    sent = {**values, "status": "ACTIVE", "variants": foretold["variants"]}
    (made,) = endpoint.write("product", [Op("k", "create", None, sent)])
    fields = made.record.fields
    for name in ("title", "handle", "vendor", "tags", "status"):
        assert fields[name] == foretold[name], name
    held, told = fields["variants"][0], foretold["variants"]["a"]
    assert (
        (held["sku"], held["price"])
        == (told["sku"], told["price"])
        == (
            "S-1",
            Decimal("20.00"),
        )
    )
    assert held["inventoryItem"]["weight"] == told["inventoryItem.weight"]


def test_what_is_not_known_to_change_stays_and_nothing_is_added():
    endpoint = connect(Script())
    for entity in endpoint.entities():
        assert endpoint.canonical(entity, {"x": 1, "note": " a "}) == {"x": 1, "note": " a "}
    assert endpoint.canonical("product", {"variants": {"a": None}}) == {"variants": {"a": None}}
    assert endpoint.canonical("customer", {"email": " A@B.de", "phone": "+49 30-1"}) == {
        "email": "a@b.de",
        "phone": "+49301",
    }


def test_canonical_values_are_canonical():
    endpoint = connect(Script())
    values = {"title": " a ", "tags": [" b", "A"], "handle": "Ä b", "price": Decimal("1.005")}
    for entity in endpoint.entities():
        once = endpoint.canonical(entity, values)
        assert endpoint.canonical(entity, once) == once
