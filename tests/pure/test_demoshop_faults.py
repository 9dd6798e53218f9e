"""Misbehaviour: reproducible, and of every kind that a network has."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Shop, TransportFault
from gateway_ng.tests.pure.demoshop_client import Caller, paged, seeded

WRITE = """mutation($t: String!) { productUpdate(
  product: {id: "gid://shopify/Product/1007", title: $t}) { userErrors { message } } }"""


def outcome(shop: Shop, title: str) -> str:
    """What one write met, in a word."""
    try:
        status, _headers, body = shop.execute(WRITE, {"t": title}, shop.settings.access_token)
    except TransportFault as fault:
        return "lost" if fault.executed else "closed"
    return str(status) if status != 200 else "throttled" if "errors" in body else "ok"


def outcomes(call: Caller, count: int = 400) -> list[str]:
    return [outcome(call.shop, f"T{i}") for i in range(count)]


def test_without_faults_nothing_fails() -> None:
    assert {"ok"} == set(outcomes(seeded(bucket=100_000), 50))


def test_the_same_seed_fails_in_the_same_places() -> None:
    rates = {"failure_rate": 0.4, "lost_answer_rate": 0.1, "bucket": 100_000}
    assert outcomes(seeded(**rates)) == outcomes(seeded(**rates))
    assert outcomes(seeded(**rates)) != outcomes(seeded(**rates, fault_seed=2))


def test_every_kind_of_failure_occurs_at_about_its_rate() -> None:
    met = Counter(outcomes(seeded(failure_rate=0.3, bucket=100_000)))
    assert {"ok", "500", "502", "503", "closed", "lost", "throttled"} == set(met)
    assert 240 < met["ok"] < 320


def test_a_rate_of_1_fails_always() -> None:
    assert "ok" not in outcomes(seeded(failure_rate=1.0))


def test_a_lost_answer_was_carried_out_and_a_closed_connection_was_not() -> None:
    call = seeded(failure_rate=0.6, bucket=100_000)
    title = "Harbor Linen Shirt"
    for place in range(100):
        met = outcome(call.shop, f"T{place}")
        if met in ("ok", "lost"):
            title = f"T{place}"
        elif met == "502":  # before or after: not to be told
            title = call.shop.store.get("Product", 1007)["title"]
        assert title == call.shop.store.get("Product", 1007)["title"], met


def test_lost_answers_alone_are_all_carried_out() -> None:
    call = seeded(lost_answer_rate=1.0, bucket=100_000)
    assert {"lost", "502"} == set(outcomes(call, 40))
    assert call.shop.counters.writes == 40


def test_a_lost_answer_with_a_key_is_not_done_twice() -> None:
    call = seeded(lost_answer_rate=1.0)
    item, levels = next(iter(call.shop.store.tables["InventoryItem"].items()))
    text = """mutation($input: InventoryAdjustQuantitiesInput!) {
      inventoryAdjustQuantities(input: $input) @idempotent(key: "k") { userErrors { code } } }"""
    change = {
        "inventoryItemId": f"gid://shopify/InventoryItem/{item}",
        "locationId": "gid://shopify/Location/1001",
        "delta": 5,
        "changeFromQuantity": None,
    }
    given = {"input": {"name": "available", "reason": "correction", "changes": [change]}}
    quantities = call.shop.store.get("InventoryLevel", levels["levels"]["1001"])["quantities"]
    before = quantities["available"]
    for _ in range(6):
        try:
            call.shop.execute(text, given, call.token)
        except TransportFault:
            continue
    assert before + 5 == quantities["available"]


def test_faults_go_on_where_they_were_after_a_dump() -> None:
    call = seeded(failure_rate=0.4, bucket=100_000)
    outcomes(call, 30)
    other = Caller(Shop.load(call.shop.dump(), call.shop.clock))
    assert outcomes(call, 50) == outcomes(other, 50)


def test_duplicates_repeat_records_but_miss_none_and_end() -> None:
    call = seeded(duplicate_rate=1.0)
    ids = [row["id"] for row in paged(call, "products", 6)]
    assert len(set(ids)) == 20
    assert len(ids) > 20


def test_a_last_page_comes_twice_when_pages_repeat() -> None:
    call = seeded(duplicate_rate=1.0)
    text = """query($a: String) { products(first: 10, after: $a) { nodes { id }
      pageInfo { hasNextPage endCursor } } }"""
    first = call(text, a=None)["products"]
    last = call(text, a=first["pageInfo"]["endCursor"])["products"]
    again = call(text, a=last["pageInfo"]["endCursor"])["products"]
    assert (last["pageInfo"]["hasNextPage"], again["pageInfo"]["hasNextPage"]) == (True, False)
    assert {r["id"] for r in last["nodes"]} == {r["id"] for r in again["nodes"]}


def test_latency_is_slept_on_the_shop_s_clock() -> None:
    clock = FakeClock()
    call = seeded(clock, latency=0.25)
    call("{ shop { id } }")
    assert clock.slept == [0.25]


@pytest.mark.parametrize("token", [None, "", "wrong", "demo-tokenx"])
def test_a_wrong_token_is_401_in_shopify_s_words(token: Any) -> None:
    status, _headers, body = seeded().shop.execute("{ shop { id } }", {}, token)
    assert status == 401
    assert body["errors"].startswith("[API] Invalid API key or access token")


def test_a_granted_token_works_until_it_expires() -> None:
    clock = FakeClock()
    shop = seeded(clock).shop
    ask = {
        "client_id": "demo-client",
        "client_secret": "demo-secret",
        "grant_type": "client_credentials",
    }
    status, _headers, body = shop.token(ask)
    assert (status, body["expires_in"]) == (200, 86399)
    assert "write_products" in body["scope"].split(",")
    token = body["access_token"]
    assert shop.execute("{ shop { id } }", {}, token)[0] == 200
    clock.advance(86399)
    assert shop.execute("{ shop { id } }", {}, token)[0] == 401
    assert token != shop.token(ask)[2]["access_token"]


def test_a_wrong_secret_gets_no_token_and_is_not_repeated() -> None:
    status, _headers, body = seeded().shop.token(
        {"client_id": "demo-client", "client_secret": "s3cret!", "grant_type": "client_credentials"}
    )
    assert (status, body["error"]) == (400, "invalid_client")
    assert "s3cret!" not in str(body)
