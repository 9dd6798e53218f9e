"""Addresses and ways of signing in, what `check` says, and webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import Refused, RetryLater, StopRun, Throttled
from gateway_ng.lib.platforms.woocommerce.auth import base_string
from gateway_ng.lib.platforms.woocommerce.connect import connect as open_shop
from gateway_ng.lib.platforms.woocommerce.connect import shop_url
from gateway_ng.lib.platforms.woocommerce.webhooks import TOPICS, secret_of
from gateway_ng.tests.pure.shopify_fakes import Script, ok
from gateway_ng.tests.pure.woocommerce_fakes import (
    SimulatorTransport,
    connect,
    credentials,
    make_shop,
)
from gateway_ng.tests.simulators.woocommerce import webhooks as shops_webhooks

KEYS = {"consumer_key": "ck_1", "consumer_secret": "cs_canary_4711"}


# Addresses and keys.


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("shop.example.com", "https://shop.example.com"),
        ("https://shop.example.com/", "https://shop.example.com"),
        ("https://example.com/shop/wp-json/wc/v3/", "https://example.com/shop"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("http://localhost/wp", "http://localhost/wp"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_what_people_paste_as_shop_address_is_understood(text, url):
    assert shop_url(text) == url


@pytest.mark.parametrize(
    "text",
    ["", "ftp://shop.example.com", "https://u:p@shop.example.com", "https://a/?x=1", "http://"],
)
def test_what_is_no_address_is_refused_by_name(text):
    with pytest.raises(StopRun) as caught:
        shop_url(text)
    assert caught.value.field == "url" and caught.value.remedy


def test_plain_http_is_taken_on_this_machine_or_where_it_is_allowed():
    with pytest.raises(StopRun, match="in the clear"):
        shop_url("http://shop.example.com")
    assert shop_url("http://shop.example.com", plain_allowed=True) == "http://shop.example.com"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"consumer_key": "ck_1"}, "consumer_secret"),
        ({"consumer_secret": "cs_1"}, "consumer_key"),
        ({"consumer_key": "ck 1", "consumer_secret": "cs_1"}, "consumer_key"),
    ],
)
def test_a_missing_or_malformed_credential_is_named(given, field):
    with pytest.raises(StopRun) as caught:
        open_shop({"url": "https://shop.example.com", **given}, {}, transport=Script())
    assert caught.value.field == field


@pytest.mark.parametrize("method", ["basic", "query"])
def test_keys_alone_are_refused_over_http_before_anything_is_sent(method):
    script = Script()
    with pytest.raises(StopRun, match="no keys but by OAuth"):
        open_shop({"url": "http://127.0.0.1", **KEYS}, {"auth": method}, transport=script)
    assert script.sent == []


@pytest.mark.parametrize(
    ("url", "auth"),
    [
        ("http://127.0.0.1:8081", ""),
        ("https://127.0.0.1:8081", ""),
        ("https://127.0.0.1:8081", "query"),
        ("https://127.0.0.1:8081", "oauth"),
    ],
)
def test_each_way_of_signing_in_opens_the_shop(url, auth):
    shop = make_shop(url=url)
    shop.make("product", name="Mug", sku="M")
    endpoint = connect(shop, auth=auth)
    (page,) = endpoint.pages("product")
    assert [record.fields["sku"] for record in page.records] == ["M"]


def test_a_signature_covers_the_sorted_parameters_with_brackets_encoded():
    text = base_string("get", "http://h/p?b=1&a[]=x y", {"oauth_nonce": "n"})
    assert text == "GET&http%3A%2F%2Fh%2Fp&a%255B%255D%3Dx%2520y%26b%3D1%26oauth_nonce%3Dn"


def test_a_request_that_is_tried_again_is_signed_anew():
    """A nonce is taken once: a retry under the same one would be refused."""
    shop = make_shop()
    shop.settings.unavailable = 2
    connect(shop).check()
    assert shop.clock.slept


def test_unicode_in_a_parameter_is_signed_right():
    shop = make_shop()
    shop.make("product", name="Mug", sku="Größe & 東京+1")
    found = list(connect(shop).find("product", "sku", ["Größe & 東京+1"]))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"consumer_secret": "cs_other"}, "signature"),
        ({"consumer_key": "ck_other"}, "Consumer key"),
    ],
)
def test_wrong_keys_stop_the_run_with_a_remedy(change, words):
    shop = make_shop()
    script = SimulatorTransport(shop)
    endpoint = open_shop({**credentials(shop), **change}, {}, shop.clock, script)
    with pytest.raises(StopRun, match=words) as caught:
        endpoint.check()
    assert caught.value.remedy
    assert len(script.sent) == 2  # the open index, and one refused request


def test_over_https_a_wrong_secret_and_an_unknown_key_are_told_apart():
    shop = make_shop(url="https://shop.example.com")
    good = credentials(shop)
    wrong = open_shop({**good, "consumer_secret": "cs_x"}, {}, shop.clock, SimulatorTransport(shop))
    with pytest.raises(StopRun, match="secret is invalid"):
        wrong.check()
    unknown = open_shop({**good, "consumer_key": "ck_x"}, {}, shop.clock, SimulatorTransport(shop))
    with pytest.raises(StopRun) as caught:
        unknown.check()
    assert "query as «Way of signing in»" in str(caught.value)


def test_a_clock_that_is_off_by_more_than_15_minutes_says_so():
    shop = make_shop()
    clock = FakeClock(shop.clock.now() + timedelta(hours=1))
    endpoint = open_shop(credentials(shop), {}, clock, SimulatorTransport(shop))
    with pytest.raises(StopRun, match=r"Invalid timestamp\.\nRemedy: .*NTP"):
        endpoint.check()


def test_no_secret_leaves_by_traces_and_errors():
    told = []
    url = "https://shop.example.com"
    script = Script(ok('{"code": "x", "message": "cs_canary_4711 is wrong"}', 401))
    endpoint = open_shop({"url": url, **KEYS}, {"auth": "query"}, FakeClock(), script, told.append)
    with pytest.raises(StopRun) as caught:
        next(endpoint.pages("customer"))
    assert "cs_canary_4711" in script.sent[0]["url"]
    assert "canary" not in str(caught.value) + repr(told) + repr(endpoint)


def test_plain_permalinks_are_explained():
    endpoint = open_shop(
        {"url": "https://shop.example.com", **KEYS}, {}, FakeClock(), Script(ok("<html>", 404))
    )
    with pytest.raises(StopRun) as caught:
        endpoint.check()
    assert "Permalinks" in str(caught.value)


def test_a_shop_that_stays_throttled_is_left_for_later():
    shop = make_shop()
    shop.settings.throttled = 100
    with pytest.raises(Throttled):
        next(connect(shop).pages("product"))


def test_a_failing_shop_is_left_for_later():
    shop = make_shop(failure_rate=1.0)
    with pytest.raises(RetryLater):
        next(connect(shop).pages("product"))


# Health.


def test_a_healthy_shop_tells_its_version_address_and_place():
    shop = make_shop()
    health = connect(shop).check()
    assert health.ok and list(health.problems) == []
    assert (health.version, health.account) == ("11.0.1", shop.settings.url)
    assert list(health.locations) == ["shop"]
    assert (health.currency, health.granted) == (shop.settings.currency, ["read", "write"])


def test_a_key_that_may_only_read_is_named():
    shop = make_shop(permission="read")
    health = connect(shop).check()
    assert not health.ok and list(health.missing) == ["write"]
    assert health.granted == ["read"]
    assert "does not have write permissions" in health.problems[0]
    assert "Read/Write" in health.problems[0] or "read/write" in health.problems[0]


def test_a_key_that_may_only_write_stops():
    with pytest.raises(StopRun, match="read permissions"):
        connect(make_shop(permission="write")).check()


def test_an_older_version_than_was_tried_is_told():
    health = connect(make_shop(version="7.9.0")).check()
    assert "older than 8.5" in health.problems[0]


@pytest.mark.parametrize(
    ("version", "hidden"),
    [
        ("8.5.2", ["product.brands", "product.global_unique_id", "variant.global_unique_id"]),
        ("9.5.0", ["product.brands"]),
        ("11.0.1", []),
    ],
)
def test_fields_that_the_version_does_not_have_are_told_as_hidden(version, hidden):
    assert list(connect(make_shop(version=version)).check().hidden) == hidden


def test_clocks_that_differ_are_told_in_seconds():
    shop = make_shop()
    clock = FakeClock(shop.clock.now() - timedelta(seconds=300))
    health = open_shop(credentials(shop), {}, clock, SimulatorTransport(shop)).check()
    assert health.clock_skew == 300
    assert "300 s ahead of" in health.problems[0]


def test_a_route_that_is_missing_is_told_with_its_entity(monkeypatch):
    from gateway_ng.tests.simulators.woocommerce import index

    monkeypatch.delitem(index.ROUTES, "customers")
    health = connect(make_shop()).check()
    assert list(health.missing) == ["customers"]
    assert "customer can't be synced" in health.problems[0]


def test_a_webhook_that_the_shop_has_disabled_is_told():
    shop = make_shop()
    endpoint = connect(shop)
    endpoint.subscribe("https://odoo.example.com/hook")
    row = shop.store.get("webhooks", 1)
    for number in range(6):
        shop.fire(row["topic"], number)
        shops_webhooks.deliver(shop, lambda *_: 500)
    health = endpoint.check()
    assert row["status"] == "disabled"
    assert "disabled the webhook «product.created»" in health.problems[0]
    (again, *_) = [s for s in endpoint.subscribe("https://odoo.example.com/hook") if s.id == "1"]
    assert again.active and again.repaired and connect(shop).check().ok


def test_removing_webhooks_is_for_good_and_leaves_other_addresses():
    shop = make_shop()
    endpoint = connect(shop)
    endpoint.subscribe("https://old.example.com/hook")
    endpoint.subscribe("https://odoo.example.com/hook")
    assert endpoint.unsubscribe("https://odoo.example.com/hook") == len(TOPICS)
    assert {row["url"] for row in shop.store.rows("webhooks")} == {"https://old.example.com/hook"}
    assert endpoint.unsubscribe("https://odoo.example.com/hook") == 0


# Webhooks.


def signed(body: bytes, topic: str) -> dict[str, str]:
    secret = secret_of(make_shop().settings.consumer_secret)
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Signature": base64.b64encode(mac).decode(),
        "X-WC-Webhook-Delivery-ID": "d1",
    }


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_names_its_record(topic):
    body = json.dumps({"id": 7, "date_modified_gmt": "2026-01-01T10:00:00"}).encode()
    (event,) = connect(make_shop()).events(signed(body, topic), body)
    assert (event.entity, list(event.ids)) == (topic.partition(".")[0], ["7"])
    assert event.deleted == topic.endswith(".deleted")
    assert event.occurred == datetime(2026, 1, 1, 10, tzinfo=timezone.utc)


def test_what_the_shop_sends_is_believed_and_a_variation_tells_of_its_product():
    shop = make_shop()
    endpoint = connect(shop)
    endpoint.subscribe("https://odoo.example.com/hook")
    attributes = [{"name": "Cut", "variation": True, "options": ["wide"]}]
    tee = shop.make("product", name="Tee", type="variable", attributes=attributes)
    shop.queue.clear()
    shop.vary(tee["id"], sku="T-1", attributes=[{"name": "Cut", "option": "wide"}])
    got = []

    def take(_url, headers, body):
        got.extend(endpoint.events(headers, body))
        return 200

    shops_webhooks.deliver(shop, take)
    assert [(event.entity, list(event.ids)) for event in got] == [("product", [str(tee["id"])])]


def test_the_ping_tells_nothing_and_is_no_error():
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert connect(make_shop()).events(headers, b"webhook_id=1") == []


def test_two_records_told_in_one_second_are_two_events_and_a_second_delivery_is_none():
    """The shop makes a delivery's id of the webhook and the second alone."""
    endpoint = connect(make_shop())
    bodies = [json.dumps({"id": id_}).encode() for id_ in (7, 8, 7)]
    told = [endpoint.events(signed(body, "product.updated"), body)[0].id for body in bodies]
    assert told[0] == told[2] != told[1]


@pytest.mark.parametrize("body", [b"webhook_id=1&x=1", b'{"id": 7}', b""])
def test_what_is_not_signed_is_refused(body):
    with pytest.raises(Refused):
        connect(make_shop()).events({"X-WC-Webhook-Topic": "product.updated"}, body)


def test_a_topic_that_no_entity_has_is_no_event():
    body = b'{"action": "woocommerce_order_refunded", "arg": 336}'
    headers = signed(body, "action.woocommerce_order_refunded")
    assert connect(make_shop()).events(headers, body) == []


def test_subscriptions_are_made_once_and_listed():
    shop = make_shop()
    endpoint = connect(shop)
    first = endpoint.subscribe("https://odoo.example.com/hook")
    again = endpoint.subscribe("https://odoo.example.com/hook")
    assert {s.topic for s in first} == set(TOPICS) == {s.topic for s in again}
    assert {s.id for s in first} == {s.id for s in again}
    assert len(shop.store.rows("webhooks")) == len(TOPICS)


def test_a_key_that_is_renewed_gives_the_webhooks_a_new_secret():
    shop = make_shop()
    connect(shop).subscribe("https://odoo.example.com/hook")
    before = shop.store.get("webhooks", 1)["secret"]
    shop.settings.consumer_secret = "cs_renewed"
    connect(shop).subscribe("https://odoo.example.com/hook")
    assert shop.store.get("webhooks", 1)["secret"] == secret_of("cs_renewed") != before


def test_an_entity_or_action_that_is_not_there_is_named():
    endpoint = connect(make_shop())
    with pytest.raises(StopRun, match="no entity named 'invoice'"):
        endpoint.pages("invoice")
    (result,) = endpoint.write("variant", [Op("k", "create", None, {"sku": "x"})])
    assert isinstance(result.error, Refused) and "can't create a variant" in str(result.error)
