"""Stock: compare-and-set, idempotency keys, and what a sale does."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Shop, edit, sell
from gateway_ng.tests.pure.demoshop_client import Caller, seeded

SET = """mutation($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id reason changes { name delta quantityAfterChange } }
    userErrors { field message code } } }"""
ACTIVATE = """mutation($item: ID!, $place: ID!, $n: Int, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $place, available: $n)
  @idempotent(key: $key) { inventoryLevel { id quantities(names: ["available"]) { quantity } }
    userErrors { field message } } }"""
SKU = "JAC-005-S"


def level(call: Caller, sku: str = SKU, place: int = 0) -> dict[str, Any]:
    text = """query($q: String!) { productVariants(first: 1, query: $q) { nodes { updatedAt
      product { updatedAt } inventoryItem { id inventoryLevels(first: 5) { nodes { id updatedAt
        location { id } quantities(names: ["available", "on_hand", "committed"]) { name quantity }
      } } } } } }"""
    (row,) = call.rows(text, q=f"sku:{sku}")
    found = row["inventoryItem"]["inventoryLevels"]["nodes"][place]
    amounts = {one["name"]: one["quantity"] for one in found["quantities"]}
    return {
        "item": row["inventoryItem"]["id"],
        "place": found["location"]["id"],
        "updated": found["updatedAt"],
        "product_updated": row["product"]["updatedAt"],
        **amounts,
    }


def entry(found: dict[str, Any], quantity: int, **more: Any) -> dict[str, Any]:
    return {
        "inventoryItemId": found["item"],
        "locationId": found["place"],
        "quantity": quantity,
        **more,
    }


def put(call: Caller, key: str, *entries: dict[str, Any], name: str = "available") -> Any:
    given = {"name": name, "reason": "correction", "quantities": list(entries)}
    return call(SET, input=given, key=key)["inventorySetQuantities"]


def codes(answer: Any) -> list[str]:
    return [error["code"] for error in answer["userErrors"]]


def test_setting_available_moves_on_hand_and_stamps_the_level_alone() -> None:
    clock = FakeClock()
    call = seeded(clock)
    before = level(call)
    clock.advance(9)
    answer = put(call, "k1", entry(before, 7, changeFromQuantity=before["available"]))
    after = level(call)
    assert answer["userErrors"] == []
    assert (7, 7 + before["committed"]) == (after["available"], after["on_hand"])
    assert ("2026-01-01T00:00:09Z", before["product_updated"]) == (
        after["updated"],
        after["product_updated"],
    )
    delta = 7 - before["available"]
    assert {"name": "available", "delta": delta, "quantityAfterChange": 7} == answer[
        "inventoryAdjustmentGroup"
    ]["changes"][0]


def test_setting_on_hand_moves_available() -> None:
    call = seeded()
    before = level(call)
    put(call, "k1", entry(before, before["on_hand"] + 3, changeFromQuantity=None), name="on_hand")
    assert before["available"] + 3 == level(call)["available"]


def test_a_stale_quantity_is_refused_and_none_of_the_call_is_applied() -> None:
    call = seeded()
    one, two = level(call), level(call, "JAC-005-M")
    answer = put(
        call,
        "k1",
        entry(one, 1, changeFromQuantity=one["available"]),
        entry(two, 1, changeFromQuantity=two["available"] + 1),
    )
    (error,) = answer["userErrors"]
    assert error["code"] == "CHANGE_FROM_QUANTITY_STALE"
    assert error["field"] == ["input", "quantities", "1", "changeFromQuantity"]
    assert one["available"] == level(call)["available"]


def test_change_from_quantity_must_be_there_and_null_opts_out() -> None:
    call = seeded()
    found = level(call)
    given = {"name": "available", "reason": "correction", "quantities": [entry(found, 3)]}
    body = call.body(SET, input=given, key="k1")
    assert "changeFromQuantity must be given" in body["errors"][0]["message"]
    assert codes(put(call, "k2", entry(found, 3, changeFromQuantity=None))) == []
    assert level(call)["available"] == 3


def test_a_pair_may_come_once() -> None:
    call = seeded()
    found = entry(level(call), 3, changeFromQuantity=None)
    assert codes(put(call, "k1", found, found)) == ["NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"inventoryItemId": "gid://shopify/InventoryItem/1"}, "INVALID_INVENTORY_ITEM"),
        ({"locationId": "gid://shopify/Location/1"}, "INVALID_LOCATION"),
        ({"quantity": 1_000_000_001}, "INVALID_QUANTITY_TOO_HIGH"),
        ({"quantity": -1_000_000_001}, "INVALID_QUANTITY_TOO_LOW"),
    ],
)
def test_what_can_t_be_set_is_refused(changes: dict[str, Any], code: str) -> None:
    call = seeded()
    found = entry(level(call), 3, changeFromQuantity=None)
    assert [code] == codes(put(call, "k1", {**found, **changes}))


def test_names_and_reasons_are_of_a_short_list() -> None:
    call = seeded()
    found = entry(level(call), 3, changeFromQuantity=None)
    assert codes(put(call, "k1", found, name="committed")) == ["INVALID_NAME"]
    given = {"name": "available", "reason": "because", "quantities": [found]}
    assert codes(call(SET, input=given, key="k2")["inventorySetQuantities"]) == ["INVALID_REASON"]


def test_an_untracked_item_is_refused() -> None:
    call = seeded()
    found = level(call)
    call.shop.store.find("InventoryItem", found["item"])["tracked"] = False  # type: ignore[index]
    assert codes(put(call, "k1", entry(found, 3, changeFromQuantity=None))) == [
        "INVALID_INVENTORY_ITEM"
    ]


def test_the_same_key_answers_again_and_has_no_second_effect() -> None:
    call = seeded()
    found = level(call)
    given = entry(found, 7, changeFromQuantity=found["available"])
    first = put(call, "k1", given)
    edit(call.shop, "stock", {"sku": SKU, "available": 2})
    assert first == put(call, "k1", given)
    assert level(call)["available"] == 2
    assert call.shop.counters.writes == 1


def test_the_same_key_survives_a_dump() -> None:
    call = seeded()
    found = level(call)
    given = entry(found, 7, changeFromQuantity=found["available"])
    first = put(call, "k1", given)
    other = Caller(Shop.load(call.shop.dump(), call.shop.clock))
    assert first == put(other, "k1", given)
    assert other.shop.counters.writes == 0


def test_the_same_key_with_other_variables_is_a_mismatch() -> None:
    call = seeded()
    found = level(call)
    put(call, "k1", entry(found, 7, changeFromQuantity=None))
    answer = put(call, "k1", entry(found, 8, changeFromQuantity=None))
    assert codes(answer) == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]
    assert level(call)["available"] == 7


def test_after_a_failure_the_key_is_used_up() -> None:
    call = seeded()
    given = entry(level(call), 7, changeFromQuantity=-1)
    assert codes(put(call, "k1", given)) == ["CHANGE_FROM_QUANTITY_STALE"]
    assert codes(put(call, "k1", given)) == ["IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"]


def test_a_key_is_asked_for_where_it_is_mandatory() -> None:
    call = seeded()
    text = SET.replace("@idempotent(key: $key)", "").replace(", $key: String!", "")
    found = entry(level(call), 7, changeFromQuantity=None)
    given = {"name": "available", "reason": "correction", "quantities": [found]}
    assert "@idempotent directive is required" in call.error(text, input=given)["message"]
    assert "@idempotent directive is required" in call.error(SET, input=given, key="  ")["message"]
    assert call.shop.counters.writes == 0


def test_activating_stocks_an_item_once() -> None:
    call = seeded()
    made = call(
        'mutation { productSet(input: {title: "Fresh"}) { product { variants(first: 1) { nodes {'
        " inventoryItem { id } } } } userErrors { message } } }"
    )["productSet"]["product"]["variants"]["nodes"][0]["inventoryItem"]["id"]
    place = level(call, place=1)["place"]
    first = call(ACTIVATE, item=made, place=place, n=4, key="a")["inventoryActivate"]
    assert first["inventoryLevel"]["quantities"][0]["quantity"] == 4
    assert first == call(ACTIVATE, item=made, place=place, n=4, key="a")["inventoryActivate"]
    again = call(ACTIVATE, item=made, place=place, n=4, key="b")["inventoryActivate"]
    assert "already active" in again["userErrors"][0]["message"]


def test_adjusting_adds_and_checks() -> None:
    call = seeded()
    found = level(call)
    text = """mutation($input: InventoryAdjustQuantitiesInput!) {
      inventoryAdjustQuantities(input: $input) @idempotent(key: "x") {
        inventoryAdjustmentGroup { id } userErrors { code } } }"""
    change = {"inventoryItemId": found["item"], "locationId": found["place"], "delta": -3}
    given = {"name": "available", "reason": "correction"}
    stale = {**change, "changeFromQuantity": -5}
    refused = call(text.replace('"x"', '"y"'), input={**given, "changes": [stale]})
    assert codes(refused["inventoryAdjustQuantities"]) == ["CHANGE_FROM_QUANTITY_STALE"]
    call(text, input={**given, "changes": [{**change, "changeFromQuantity": None}]})
    assert found["available"] - 3 == level(call)["available"]


def test_a_sale_commits_goods_at_its_location() -> None:
    call = seeded()
    before, other = level(call), level(call, place=1)
    order = sell(call.shop, SKU, 2, "Main warehouse")
    after = level(call)
    assert (before["available"] - 2, before["on_hand"], before["committed"] + 2) == (
        after["available"],
        after["on_hand"],
        after["committed"],
    )
    assert other == level(call, place=1)
    assert order["lineItems"][0]["unfulfilledQuantity"] == 2


def test_shipping_takes_goods_off_the_shelf_and_cancelling_gives_them_back() -> None:
    call = seeded()
    before = level(call)
    order = sell(call.shop, SKU, 2)
    ship = """mutation($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) {
      fulfillment { status totalQuantity } userErrors { message } } }"""
    number = order["fulfillmentOrders"][0]
    entries = [{"fulfillmentOrderId": f"gid://shopify/FulfillmentOrder/{number}"}]
    done = call(ship, f={"lineItemsByFulfillmentOrder": entries})["fulfillmentCreate"]
    assert done["fulfillment"] == {"status": "SUCCESS", "totalQuantity": 2}
    after = level(call)
    assert (before["available"] - 2, before["on_hand"] - 2, before["committed"]) == (
        after["available"],
        after["on_hand"],
        after["committed"],
    )
    again = call(ship, f={"lineItemsByFulfillmentOrder": entries})["fulfillmentCreate"]
    assert "unfulfillable status" in again["userErrors"][0]["message"]
    second = sell(call.shop, SKU, 3)
    cancel = """mutation($id: ID!) { orderCancel(orderId: $id, reason: CUSTOMER, restock: true,
      refundMethod: {originalPaymentMethodsRefund: true}) { job { done }
      orderCancelUserErrors { code message } } }"""
    call(cancel, id=second["id"])
    assert after["available"] == level(call)["available"]
    twice = call(cancel, id=second["id"])["orderCancel"]
    assert [error["code"] for error in twice["orderCancelUserErrors"]] == ["INVALID"]
