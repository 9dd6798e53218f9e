"""What `check` says, webhooks, and values as the shop gives them back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import Refused, StopRun
from gateway_ng.lib.platforms.shopify.webhooks import TOPICS
from gateway_ng.tests.pure.shopify_fakes import (
    CREDENTIALS,
    SECRET,
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


def test_a_wrong_token_raises():
    with pytest.raises(StopRun, match="valid access token"):
        connect(ShopTransport(Shop(FakeClock(), Settings(access_token="other")))).check()


def answers(date="Thu, 01 Jan 2026 00:00:00 GMT", version="2026-10"):
    shop = data({"shop": {"name": "S", "myshopifyDomain": "s.myshopify.com"}})
    scopes = data({"currentAppInstallation": None})
    places = data({"locations": {"nodes": [], "pageInfo": {"hasNextPage": False}}})
    return ok(shop, date=date, x_shopify_api_version=version), scopes, places


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
    shop, scopes, _ = answers()
    denied = {
        "errors": [
            {"message": "Required: `read_locations`", "extensions": {"code": "ACCESS_DENIED"}}
        ]
    }
    health = connect(Script(shop, scopes, denied)).check()
    assert not health.ok and "read_locations" in health.problems[0]


# -- webhooks --------------------------------------------------------------------------------------


def signed(body, secret=SECRET):
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(mac).decode()


def delivery(topic, fields, prefix="X-Shopify-", **more):
    body = json.dumps(fields).encode()
    headers = {
        f"{prefix}Topic": topic,
        f"{prefix}Hmac-Sha256": signed(body),
        f"{prefix}Webhook-Id": "b54557e4",
        f"{prefix}Triggered-At": "2026-03-29T18:00:27.877041743Z",
        **more,
    }
    return headers, body


@pytest.mark.parametrize("prefix", ["X-Shopify-", "Shopify-", "x-shopify-"])
def test_a_signed_delivery_tells_what_changed(prefix):
    headers, body = delivery("products/update", {"id": 788032119674292922}, prefix)
    (event,) = connect(Script()).events(headers, body)
    assert (event.entity, event.ids) == ("product", ["gid://shopify/Product/788032119674292922"])
    assert (event.id, event.topic, event.deleted) == ("b54557e4", "products/update", False)
    assert event.occurred.replace(microsecond=0) == datetime(
        2026, 3, 29, 18, 0, 27, tzinfo=timezone.utc
    )


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_names_its_record(topic):
    fields = {"id": 1, "inventory_item_id": 2, "location_id": 3}
    (event,) = connect(Script()).events(*delivery(topic, fields))
    assert event.deleted == topic.endswith(("/delete", "/disconnect"))
    about = TOPICS[topic]
    if about.entity == "stock":
        assert event.ids == ["gid://shopify/InventoryItem/2|gid://shopify/Location/3"]
    else:
        assert event.ids == [f"gid://shopify/{about.kind}/1"]


@pytest.mark.parametrize("how", ["missing", "wrong", "other secret", "changed body", "not ascii"])
def test_a_delivery_without_the_right_signature_is_refused(how):
    headers, body = delivery("orders/create", {"id": 1})
    name = "X-Shopify-Hmac-Sha256"
    if how == "missing":
        del headers[name]
    elif how == "changed body":
        body += b" "
    else:
        headers[name] = {
            "wrong": "AAAA",
            "other secret": signed(body, "x"),
            "not ascii": "ü" * 44,
        }[how]
    with pytest.raises(Refused, match="signature is missing or wrong"):
        connect(Script()).events(headers, body)


def test_without_a_client_secret_no_webhook_is_believed():
    endpoint = connect(Script(), credentials={**CREDENTIALS, "client_secret": ""})
    headers, body = delivery("orders/create", {"id": 1})
    headers["X-Shopify-Hmac-Sha256"] = signed(body, "")
    with pytest.raises(Refused, match="client secret"):
        endpoint.events(headers, body)


@pytest.mark.parametrize("fields", [[], "x", None, {}, {"id": None}, {"inventory_item_id": 1}])
def test_a_signed_delivery_without_an_id_is_no_event(fields):
    assert connect(Script()).events(*delivery("orders/create", fields)) == []
    assert connect(Script()).events(*delivery("shop/update", {"id": 1})) == []


def test_a_signed_delivery_that_is_no_json_is_refused():
    headers = {"X-Shopify-Topic": "orders/create", "X-Shopify-Hmac-Sha256": signed(b"<x/>")}
    with pytest.raises(Refused, match="no JSON"):
        connect(Script()).events(headers, b"<x/>")


def test_subscriptions_are_created_once_and_listed():
    endpoint, shop, transport = demo()
    url = "https://odoo.example.com/gateway/hook/1"
    first = endpoint.subscribe(url)
    assert [s.topic for s in first] == list(TOPICS) and {s.url for s in first} == {url}
    writes = shop.counters.mutations.total()
    assert endpoint.subscribe(url) == first
    assert shop.counters.mutations.total() == writes == len(TOPICS)


def test_a_subscription_that_delivers_xml_is_repaired():
    url = "https://odoo.example.com/hook"
    nodes = [
        {"id": f"w{i}", "topic": t.upper().replace("/", "_"), "uri": url, "format": "JSON"}
        for i, t in enumerate(TOPICS)
    ]
    nodes[3]["format"] = "XML"
    held = data({"webhookSubscriptions": {"nodes": nodes, "pageInfo": {"hasNextPage": False}}})
    fixed = data({"m0": {"webhookSubscription": nodes[3], "userErrors": []}})
    script = Script(held, fixed)
    connect(script).subscribe(url)
    assert script.sent[1]["json"]["variables"] == {
        "id": "w3",
        "input": {"uri": url, "format": "JSON"},
    }


def test_a_refused_subscription_says_why():
    held = data({"webhookSubscriptions": {"nodes": [], "pageInfo": {"hasNextPage": False}}})
    refused = {"userErrors": [{"field": ["webhookSubscription"], "message": "Address is invalid"}]}
    with pytest.raises(Refused, match="Address is invalid"):
        connect(Script(held, data({"m0": refused}))).subscribe("https://odoo.example.com/hook")


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
