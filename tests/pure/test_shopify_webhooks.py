"""Webhooks: whether a delivery is believed, what it tells, and what is subscribed to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timezone

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop
from gateway_ng.lib.demoshop.official import schema
from gateway_ng.lib.errors import Refused
from gateway_ng.lib.platforms.shopify.topics import SUBSCRIBED, TOPICS
from gateway_ng.tests.pure.shopify_fakes import (
    CREDENTIALS,
    SECRET,
    TOKEN,
    Script,
    ShopTransport,
    connect,
    data,
)


def demo():
    clock = FakeClock()
    shop = Shop(clock, Settings(access_token=TOKEN))
    transport = ShopTransport(shop)
    return connect(transport, clock), shop, transport


def signed(body, secret=SECRET):
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(mac).decode()


def delivery(topic, fields, prefix="X-Shopify-", **more):
    body = json.dumps(fields).encode()
    headers = {
        f"{prefix}Topic": topic,
        f"{prefix}Hmac-Sha256": signed(body),
        f"{prefix}Webhook-Id": "b54557e4",
        f"{prefix}Triggered-At": "2025-12-31T23:00:27.877041743Z",
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
        2025, 12, 31, 23, 0, 27, tzinfo=timezone.utc
    )


SHOP_BODY = {"shop_id": 1, "shop_domain": "example.myshopify.com"}
ORDER = ("order", ["gid://shopify/Order/450789469"])
CUSTOMER = ("customer", ["gid://shopify/Customer/191167"])
#: topic → its body as Shopify documents it, cut to what names records; what it is about.
BODIES = {
    "collections/create": ({"id": 7}, [("category", ["gid://shopify/Collection/7"])]),
    "collections/update": ({"id": 7}, [("category", ["gid://shopify/Collection/7"])]),
    "collections/delete": ({"id": 7}, [("category", ["gid://shopify/Collection/7"])]),
    "products/create": ({"id": 7, "variants": []}, [("product", ["gid://shopify/Product/7"])]),
    "products/update": (
        {
            "admin_graphql_api_id": "gid://shopify/Product/7",
            "id": 7,
            "variants": [{"id": 8}],
            "variant_gids": [
                {"admin_graphql_api_id": "gid://shopify/ProductVariant/8"},
                {"admin_graphql_api_id": "gid://shopify/ProductVariant/9"},
            ],
        },
        [
            ("product", ["gid://shopify/Product/7"]),
            ("variant", ["gid://shopify/ProductVariant/8", "gid://shopify/ProductVariant/9"]),
            ("price", ["gid://shopify/ProductVariant/8", "gid://shopify/ProductVariant/9"]),
        ],
    ),
    "products/delete": ({"id": 7}, [("product", ["gid://shopify/Product/7"])]),
    "customers/create": ({"id": 191167}, [CUSTOMER]),
    "customers/update": ({"id": 191167}, [CUSTOMER]),
    "customers/delete": ({"id": 191167}, [CUSTOMER]),
    "orders/create": ({"id": 450789469, "customer": {"id": 1}}, [ORDER]),
    "orders/updated": ({"id": 450789469}, [ORDER]),
    "orders/delete": ({"id": 450789469}, [ORDER]),
    "orders/edited": ({"order_edit": {"id": 5, "order_id": 450789469}}, [ORDER]),
    "refunds/create": ({"id": 509562969, "order_id": 450789469}, [ORDER]),
    "fulfillments/create": ({"id": 255858046, "order_id": 450789469}, [ORDER]),
    "fulfillments/update": ({"id": 255858046, "order_id": 450789469}, [ORDER]),
    "order_transactions/create": ({"id": 3, "order_id": 450789469}, [ORDER]),
    "app/uninstalled": (
        {"id": 690933842, "myshopify_domain": "example.myshopify.com"},
        [("", [])],
    ),
    "customers/redact": (
        {**SHOP_BODY, "customer": {"id": 191167}, "orders_to_redact": [450789469]},
        [CUSTOMER, ORDER],
    ),
    "customers/data_request": (
        {**SHOP_BODY, "customer": {"id": 191167}, "data_request": {"id": 9999}},
        [CUSTOMER],
    ),
    "shop/redact": (SHOP_BODY, [("customer", [])]),
}
LEVEL = {"inventory_item_id": 2, "location_id": 3, "available": 9}
for _topic in ("connect", "update", "disconnect"):
    BODIES[f"inventory_levels/{_topic}"] = (
        LEVEL,
        [("stock", ["gid://shopify/InventoryItem/2|gid://shopify/Location/3"])],
    )


def test_there_is_a_body_for_each_topic():
    assert set(BODIES) == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_names_its_records(topic):
    body, expected = BODIES[topic]
    told = connect(Script()).events(*delivery(topic, body))
    assert [(event.entity, list(event.ids)) for event in told] == expected
    assert {e.deleted for e in told} == {topic.endswith(("/delete", "/disconnect"))}
    assert len({event.id for event in told}) == len(told)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_known_by_the_name_that_the_api_gives_it(topic):
    body, expected = BODIES[topic]
    told = connect(Script()).events(*delivery(topic.upper().replace("/", "_"), body))
    assert [event.topic for event in told] == [topic] * len(expected)


def test_what_is_asked_about_people_and_access_is_told():
    matters = {
        topic: connect(Script()).events(*delivery(topic, BODIES[topic][0]))[0].matter
        for topic in ("orders/create", "customers/redact", "shop/redact", "app/uninstalled")
    }
    assert matters == {
        "orders/create": "changed",
        "customers/redact": "forget",
        "shop/redact": "forget",
        "app/uninstalled": "disconnected",
    }
    (asked,) = connect(Script()).events(*delivery(*_body("customers/data_request")))
    assert asked.matter == "disclose"


def _body(topic):
    return topic, BODIES[topic][0]


@pytest.mark.parametrize("topic", ["customers/redact", "shop/redact", "app/uninstalled"])
@pytest.mark.parametrize("other", ["customers/update", "orders/create", "products/update"])
def test_a_recorded_body_of_another_topic_erases_nobody(topic, other):
    assert connect(Script()).events(*delivery(topic, BODIES[other][0])) == []


@pytest.mark.parametrize(
    ("topic", "other"),
    [
        ("shop/redact", "customers/redact"),
        ("shop/redact", "customers/data_request"),
        ("customers/redact", "customers/data_request"),
        ("customers/data_request", "customers/redact"),
    ],
)
def test_who_asked_what_is_kept_is_not_forgotten_for_it_nor_the_whole_shop(topic, other):
    assert connect(Script()).events(*delivery(topic, BODIES[other][0])) == []


def test_an_old_delivery_is_refused_and_a_late_one_is_not():
    late = delivery(
        "orders/create", {"id": 1}, **{"X-Shopify-Triggered-At": "2025-12-31T20:00:00Z"}
    )
    assert len(connect(Script()).events(*late)) == 1
    for time in ("2025-12-30T23:00:00Z", "2026-01-01T01:00:00Z"):
        old = delivery("orders/create", {"id": 1}, **{"X-Shopify-Triggered-At": time})
        with pytest.raises(Refused, match="too far from now"):
            connect(Script()).events(*old)


def test_a_delivery_of_another_shop_is_refused():
    headers, body = delivery("orders/create", {"id": 1})
    ours = {**headers, "X-Shopify-Shop-Domain": "Example.myshopify.com"}
    assert len(connect(Script()).events(ours, body)) == 1
    for told in (
        ({**headers, "X-Shopify-Shop-Domain": "other.myshopify.com"}, body),
        delivery("shop/redact", {"shop_id": 1, "shop_domain": "other.myshopify.com"}),
    ):
        with pytest.raises(Refused, match="another shop's"):
            connect(Script()).events(*told)


def test_a_second_delivery_has_the_same_id_and_another_topic_of_the_event_has_not():
    def id_of(topic, **headers):
        told = delivery(topic, {"id": 1}, **headers)
        del told[0]["X-Shopify-Webhook-Id"]
        return connect(Script()).events(*told)[0].id

    event = {"X-Shopify-Event-Id": "e1"}
    assert id_of("orders/create", **event) == id_of("orders/create", **event)
    assert id_of("orders/create", **event) != id_of("orders/updated", **event)
    assert id_of("orders/create") == id_of("orders/create")


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


# -- subscriptions -----------------------------------------------------------------------------


def test_subscriptions_are_created_once_and_listed():
    endpoint, shop, transport = demo()
    url = "https://odoo.example.com/gateway/hook/1"
    first = endpoint.subscribe(url)
    assert [s.topic for s in first] == SUBSCRIBED and {s.url for s in first} == {url}
    writes = shop.counters.mutations.total()
    again = endpoint.subscribe(url)
    assert all(s.repaired for s in first) and not any(s.repaired for s in again)
    assert [s.id for s in again] == [s.id for s in first]
    assert shop.counters.mutations.total() == writes == len(SUBSCRIBED)


def test_privacy_topics_are_left_to_the_app_s_own_settings():
    names = official_topics()
    assert {name.upper().replace("/", "_") for name in SUBSCRIBED} <= names
    assert set(TOPICS) - set(SUBSCRIBED) == {
        "customers/redact",
        "customers/data_request",
        "shop/redact",
    }


def official_topics():
    kind = schema().get_type("WebhookSubscriptionTopic")
    return set(kind.values)


def test_a_subscription_that_shopify_took_away_is_made_again():
    endpoint, shop, _ = demo()
    url = "https://odoo.example.com/hook"
    first = endpoint.subscribe(url)
    shop.store.remove("WebhookSubscription", int(first[2].id.rpartition("/")[2]))
    again = endpoint.subscribe(url)
    assert [s.topic for s in again] == [s.topic for s in first]
    assert [a.id == b.id for a, b in zip(again, first, strict=True)].count(False) == 1
    assert [s.topic for s in again if s.repaired] == [first[2].topic]


def test_removing_subscriptions_takes_few_requests_and_leaves_other_addresses():
    endpoint, shop, transport = demo()
    endpoint.subscribe("https://old.example.com/hook")
    endpoint.subscribe("https://odoo.example.com/hook")
    before = len(transport.sent)
    assert endpoint.unsubscribe("https://odoo.example.com/hook") == len(SUBSCRIBED)
    assert len(transport.sent) - before <= 3
    uris = {s["uri"] for s in shop.store.tables["WebhookSubscription"].values()}
    assert uris == {"https://old.example.com/hook"}


def test_a_subscription_that_goes_while_it_is_removed_is_no_error():
    held = {"nodes": [{"id": "w1", "topic": "ORDERS_CREATE", "uri": "https://o.example.com/h"}]}
    gone = {"userErrors": [{"field": ["id"], "message": "Webhook subscription does not exist"}]}
    listed = data({"webhookSubscriptions": {**held, "pageInfo": {"hasNextPage": False}}})
    assert connect(Script(listed, data({"m0": gone}))).unsubscribe("https://o.example.com/h") == 1


def test_a_subscription_that_shopify_does_not_remove_says_why():
    held = {"nodes": [{"id": "w1", "topic": "ORDERS_CREATE", "uri": "https://o.example.com/h"}]}
    refused = {"userErrors": [{"field": ["id"], "message": "It belongs to another app"}]}
    listed = data({"webhookSubscriptions": {**held, "pageInfo": {"hasNextPage": False}}})
    with pytest.raises(Refused, match="another app"):
        connect(Script(listed, data({"m0": refused}))).unsubscribe("https://o.example.com/h")


def test_what_another_address_gets_is_left_alone():
    endpoint, shop, _ = demo()
    endpoint.subscribe("https://old.example.com/hook")
    endpoint.subscribe("https://new.example.com/hook")
    uris = [s["uri"] for s in shop.store.tables["WebhookSubscription"].values()]
    assert uris.count("https://old.example.com/hook") == len(SUBSCRIBED)


@pytest.mark.parametrize(
    "narrowed", [{"format": "XML"}, {"includeFields": ["id"]}, {"filter": "x"}]
)
def test_a_subscription_that_would_not_tell_all_is_repaired(narrowed):
    url = "https://odoo.example.com/hook"
    nodes = [
        {"id": f"w{i}", "topic": t.upper().replace("/", "_"), "uri": url, "format": "JSON"}
        for i, t in enumerate(SUBSCRIBED)
    ]
    nodes[3].update(narrowed)
    held = data({"webhookSubscriptions": {"nodes": nodes, "pageInfo": {"hasNextPage": False}}})
    fixed = data({"m0": {"webhookSubscription": nodes[3], "userErrors": []}})
    script = Script(held, fixed)
    connect(script).subscribe(url)
    assert script.sent[1]["json"]["variables"] == {
        "id": "w3",
        "input": {"uri": url, "format": "JSON", "includeFields": [], "filter": ""},
    }


def test_a_refused_subscription_says_why():
    held = data({"webhookSubscriptions": {"nodes": [], "pageInfo": {"hasNextPage": False}}})
    refused = {"userErrors": [{"field": ["webhookSubscription"], "message": "Address is invalid"}]}
    with pytest.raises(Refused, match="Address is invalid"):
        connect(Script(held, data({"m0": refused}))).subscribe("https://odoo.example.com/hook")
