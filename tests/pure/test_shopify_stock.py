"""Setting stock: compare-and-set, idempotency keys, refused levels, items not stocked yet."""

from __future__ import annotations

import uuid

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, edit, seed_demo
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import Moved, Refused, RetryLater
from gateway_ng.lib.platforms.shopify.writes.stock import idempotency_key
from gateway_ng.tests.pure.shopify_fakes import TOKEN, Script, ShopTransport, connect, data

LEVEL = "gid://shopify/InventoryLevel/1?inventory_item_id=1"
TOLD = {"item": "gid://shopify/InventoryItem/1", "location": "gid://shopify/Location/1"}


def demo(**settings):
    clock = FakeClock()
    shop = Shop(clock, Settings(access_token=TOKEN, **settings))
    seed_demo(shop)
    transport = ShopTransport(shop)
    endpoint = connect(transport, clock)
    levels = [record for each in endpoint.pages("stock") for record in each.records]
    transport.sent.clear()
    return endpoint, shop, transport, levels


def set_to(level, quantity, **expect):
    return Op(f"k-{level.id}", "update", level.id, {"available": quantity}, expect)


def available(endpoint, ids):
    return {r.id: r.fields["available"] for r in endpoint.fetch("stock", ids)}


def test_all_levels_are_set_in_one_request_that_compares_what_was_seen():
    endpoint, shop, transport, levels = demo()
    ops = [set_to(level, i, **level.fields) for i, level in enumerate(levels)]
    results = list(endpoint.write("stock", ops))
    assert [r.error for r in results] == [None] * 160
    assert [r.id for r in results] == [level.id for level in levels]
    assert transport.operations == ["StockSet"]
    sent = transport.sent[0]["variables"]["input"]["quantities"]
    assert [q["changeFromQuantity"] for q in sent] == [r.fields["available"] for r in levels]
    assert available(endpoint, [r.id for r in levels]) == {r.id: i for i, r in enumerate(levels)}


def test_a_level_that_moved_is_told_on_its_op_and_the_others_are_set_under_a_new_key():
    endpoint, shop, transport, levels = demo()
    edit(shop, "stock", {"sku": levels[2].fields["sku"], "available": 99})
    moved = next(
        i
        for i, r in enumerate(levels[:6])
        if available(endpoint, [r.id])[r.id] != r.fields["available"]
    )
    transport.sent.clear()
    ops = [set_to(level, 7, **level.fields) for level in levels[:6]]
    results = list(endpoint.write("stock", ops))
    assert [type(r.error) for r in results] == [
        Moved if i == moved else type(None) for i in range(6)
    ]
    error = results[moved].error
    assert (error.field, error.record) == ("available", levels[moved].id)
    assert error.value == levels[moved].fields["available"]
    keys = [sent["variables"]["key"] for sent in transport.sent]
    assert len(keys) == len(set(keys)) == 2
    now = available(endpoint, [r.id for r in levels[:6]])
    assert [now[r.id] for r in levels[:6]] == [99 if i == moved else 7 for i in range(6)]


def test_without_an_expectation_nothing_is_compared_and_null_is_sent():
    endpoint, _, transport, levels = demo()
    told = {"item": levels[0].fields["item"], "location": levels[0].fields["location"]}
    (result,) = endpoint.write("stock", [set_to(levels[0], 3, **told)])
    assert result.error is None
    (quantity,) = transport.sent[0]["variables"]["input"]["quantities"]
    assert quantity["changeFromQuantity"] is None and "changeFromQuantity" in quantity


def test_item_and_location_are_asked_for_where_the_op_does_not_tell():
    endpoint, _, transport, levels = demo()
    ops = [set_to(level, 3) for level in levels[:5]]
    assert [r.error for r in endpoint.write("stock", ops)] == [None] * 5
    assert transport.operations == ["Parents", "StockSet"]


def test_the_same_intent_has_the_same_key_and_another_has_another():
    first = idempotency_key([["a"], [{"quantity": 1}], 0])
    assert first == idempotency_key([["a"], [{"quantity": 1}], 0])
    assert first != idempotency_key([["a"], [{"quantity": 2}], 0])
    assert first != idempotency_key([["b"], [{"quantity": 1}], 0])
    assert str(uuid.UUID(first)) == first


def test_another_quantity_under_the_same_op_key_is_another_intent():
    endpoint, _, transport, levels = demo()
    told = {"item": levels[0].fields["item"], "location": levels[0].fields["location"]}
    results = [
        next(iter(endpoint.write("stock", [set_to(levels[0], quantity, **told)])))
        for quantity in (5, 6)
    ]
    assert [r.error for r in results] == [None, None]
    assert len({sent["variables"]["key"] for sent in transport.sent}) == 2
    assert available(endpoint, [levels[0].id]) == {levels[0].id: 6}


def test_a_repeated_intent_is_carried_out_once():
    endpoint, shop, transport, levels = demo()
    ops = [set_to(level, 5, **level.fields) for level in levels[:3]]
    first = list(endpoint.write("stock", ops))
    second = list(endpoint.write("stock", ops))
    assert [r.error for r in first + second] == [None] * 6
    keys = {sent["variables"]["key"] for sent in transport.sent}
    assert len(keys) == 1
    assert set(available(endpoint, [r.id for r in levels[:3]]).values()) == {5}


@pytest.mark.parametrize("seed", range(4))
def test_lost_answers_are_repeated_under_the_same_key_and_change_nothing_twice(seed):
    endpoint, shop, transport, levels = demo(fault_seed=seed)
    shop.configure({"lost_answer_rate": 0.5})
    ops = [set_to(level, i, **level.fields) for i, level in enumerate(levels[:20])]
    for _ in range(20):
        try:
            results = list(endpoint.write("stock", ops))
            break
        except RetryLater as error:
            shop.clock.sleep(error.seconds)
    assert [r.error for r in results] == [None] * 20
    shop.configure({"lost_answer_rate": 0})
    now = available(endpoint, [r.id for r in levels[:20]])
    assert [now[r.id] for r in levels[:20]] == list(range(20))


def new_variant(endpoint, tracked):
    values = {"title": "New", "variants": {"": {"sku": "N-1", "inventoryItem.tracked": tracked}}}
    (made,) = endpoint.write("product", [Op("p", "create", None, values)])
    return made.record.fields["variants"][0]["id"]


def test_an_item_whose_quantity_is_not_tracked_is_refused_with_its_remedy():
    endpoint, _, _, _ = demo()
    place = next(iter(endpoint.check().locations))
    values = {"variant": new_variant(endpoint, tracked=False), "location": place, "available": 4}
    (result,) = endpoint.write("stock", [Op("s", "create", None, values)])
    assert isinstance(result.error, Refused) and "quantity tracking" in result.error.remedy


def test_an_item_is_activated_where_it_is_not_stocked_yet():
    endpoint, _, transport, _ = demo()
    variant = new_variant(endpoint, tracked=True)
    locations = list(endpoint.check().locations)
    transport.sent.clear()
    ops = [
        Op(f"s{i}", "create", None, {"variant": variant, "location": place, "available": 4 + i})
        for i, place in enumerate(locations)
    ]
    results = list(endpoint.write("stock", ops))
    assert [r.error for r in results] == [None, None]
    held = {r.fields["location"]: r for r in endpoint.fetch("stock", [r.id for r in results])}
    assert [held[place].fields["available"] for place in locations] == [4, 5]
    assert {r.fields["variant"] for r in held.values()} == {variant}
    assert "StockActivate" in transport.operations
    again = list(endpoint.write("stock", [ops[0]]))
    assert (again[0].error, again[0].id) == (None, results[0].id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"available": None}, "available"),
        ({"available": "7"}, "available"),
        ({"available": True}, "available"),
        ({"available": 1, "on_hand": 3}, "on_hand"),
    ],
)
def test_a_quantity_that_is_none_is_refused_and_named(values, field):
    (result,) = connect(Script()).write("stock", [Op("k", "update", LEVEL, values)])
    assert isinstance(result.error, Refused) and result.error.field == field


def test_a_new_level_without_variant_or_location_is_refused_and_the_rest_goes_on():
    endpoint, _, _, levels = demo()
    ops = [
        Op("a", "create", None, {"available": 1, "location": "gid://shopify/Location/1"}),
        Op("b", "create", None, {"available": 1, "variant": "gid://shopify/ProductVariant/1"}),
        Op(
            "c",
            "create",
            None,
            {
                "available": 1,
                "variant": "gid://shopify/ProductVariant/999999",
                "location": levels[0].fields["location"],
            },
        ),
        set_to(levels[0], 6, **levels[0].fields),
    ]
    results = list(endpoint.write("stock", ops))
    assert [r.error is None for r in results] == [False, False, False, True]
    assert [results[i].error.field for i in (0, 1)] == ["variant", "location"]
    assert "no longer in the shop" in str(results[2].error)


def refused(code, position=None, message="no"):
    path = ["input", "quantities", str(position), "quantity"] if position is not None else None
    return data({"m0": {"userErrors": [{"field": path, "code": code, "message": message}]}})


def ops_of(count):
    return [
        Op(
            f"k{i}",
            "update",
            f"gid://shopify/InventoryLevel/{i}?inventory_item_id={i}",
            {"available": i},
            {
                "available": 0,
                "item": f"gid://shopify/InventoryItem/{i}",
                "location": "gid://shopify/Location/1",
            },
        )
        for i in range(count)
    ]


def test_a_refused_quantity_is_taken_out_and_the_rest_is_sent_again():
    script = Script(refused("INVALID_QUANTITY_TOO_HIGH", 1), data({"m0": {"userErrors": []}}))
    results = list(connect(script).write("stock", ops_of(3)))
    assert [r.error is None for r in results] == [True, False, True]
    assert results[1].error.field == "quantity"
    quantities = script.sent[1]["json"]["variables"]["input"]["quantities"]
    assert [q["quantity"] for q in quantities] == [0, 2]


def test_an_error_that_names_no_level_is_narrowed_down_to_the_one_that_has_it():
    def answer(request):
        quantities = request["variables"]["input"]["quantities"]
        if any(q["quantity"] == 5 for q in quantities):
            return refused("NON_MUTABLE_INVENTORY_ITEM")
        return data({"m0": {"userErrors": []}})

    script = Script(*[answer] * 20)
    results = list(connect(script).write("stock", ops_of(8)))
    assert [r.error is None for r in results] == [i != 5 for i in range(8)]
    assert "bundle" in results[5].error.remedy


def test_a_failed_earlier_try_gets_a_new_key():
    script = Script(
        refused("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"), data({"m0": {"userErrors": []}})
    )
    (result,) = connect(script).write("stock", ops_of(1))
    assert result.error is None
    keys = [sent["json"]["variables"]["key"] for sent in script.sent]
    assert len(set(keys)) == 2


def test_a_try_that_is_under_way_elsewhere_is_left_for_later():
    with pytest.raises(RetryLater, match="under way"):
        list(connect(Script(refused("IDEMPOTENCY_CONCURRENT_REQUEST"))).write("stock", ops_of(1)))


def test_a_level_switched_off_meanwhile_is_activated():
    script = Script(
        refused("", 0, "The inventory item is not stocked at the location."),
        data({"m0": {"inventoryLevel": {"id": LEVEL}, "userErrors": []}}),
    )
    (result,) = connect(script).write("stock", ops_of(1))
    assert (result.error, result.id) == (None, LEVEL)


def test_more_than_250_levels_go_in_parts():
    script = Script(*[data({"m0": {"userErrors": []}})] * 3)
    results = list(connect(script).write("stock", ops_of(600)))
    assert [r.error for r in results] == [None] * 600
    sizes = [len(s["json"]["variables"]["input"]["quantities"]) for s in script.sent]
    assert sizes == [250, 250, 100]


def test_one_place_twice_in_a_batch_goes_in_two_requests():
    one, two = ops_of(1)[0], ops_of(1)[0]
    two = Op("other", "create", None, {**TOLD, "available": 9})
    script = Script(
        data({"nodes": [{"id": TOLD["item"], "inventoryLevel": {"id": LEVEL}}]}),
        data({"m0": {"userErrors": []}}),
        data({"m0": {"userErrors": []}}),
    )
    told = {"available": 0, **TOLD}
    one = Op("one", "update", LEVEL, {"available": 8}, told)
    results = list(connect(script).write("stock", [one, two]))
    assert [r.error for r in results] == [None, None]
    assert len(script.sent) == 3
