"""Writing products, variants, prices and customers to a shop that executes the requests."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import Refused, RetryLater
from gateway_ng.lib.http import TransportError
from gateway_ng.lib.platforms.shopify.writes.product_create import slug
from gateway_ng.lib.platforms.shopify.writes.work import expand
from gateway_ng.tests.pure.shopify_fakes import TOKEN, ShopTransport, connect


def demo(seeded=True, **settings):
    clock = FakeClock()
    shop = Shop(clock, Settings(access_token=TOKEN, **settings))
    if seeded:
        seed_demo(shop)
    transport = ShopTransport(shop)
    return connect(transport, clock), shop, transport


def create(key, **values):
    return Op(key, "create", None, {"title": f"Shirt {key}", **values})


def sizes(*names, price="19.9"):
    return {
        name: {
            "sku": f"SKU-{name}",
            "price": Decimal(price),
            "options": {"Size": name},
            "inventoryItem.weight": Decimal("0.25"),
            "inventoryItem.tracked": True,
        }
        for name in names
    }


def products(endpoint):
    return [record for each in endpoint.pages("product") for record in each.records]


def written(shop):
    return Counter(shop.counters.mutations)


# -- creating --------------------------------------------------------------------------------------


def test_a_product_is_created_with_its_variants_in_one_mutation_and_read_back_from_it():
    endpoint, shop, transport = demo(seeded=False)
    values = {"variants": sizes("S", "M"), "tags": ["b", " a"], "status": "ACTIVE"}
    (result,) = endpoint.write("product", [create("k", **values)])
    assert result.error is None
    assert transport.operations == ["ProductByHandle", "ProductCreate"]
    fields = result.record.fields
    assert [(v["sku"], v["price"], v["options"]) for v in fields["variants"]] == [
        ("SKU-S", Decimal("19.9"), {"Size": "S"}),
        ("SKU-M", Decimal("19.9"), {"Size": "M"}),
    ]
    assert fields["variants"][0]["inventoryItem"]["weight"] == Decimal("0.25")
    assert fields["tags"] == ["a", "b"]
    assert result.children["variants"] == {
        "S": fields["variants"][0]["id"],
        "M": fields["variants"][1]["id"],
    }
    assert list(endpoint.fetch("product", [result.id])) == [result.record]


def test_many_products_are_created_in_few_requests():
    endpoint, shop, transport = demo(seeded=False)
    ops = [create(str(i), variants=sizes("S", "M")) for i in range(40)]
    results = list(endpoint.write("product", ops))
    assert [r.error for r in results] == [None] * 40
    assert [r.record.fields["title"] for r in results] == [op.values["title"] for op in ops]
    assert len(transport.sent) <= 10


def test_a_product_without_variants_takes_the_sku_for_its_default_one():
    endpoint, _, _ = demo(seeded=False)
    (result,) = endpoint.write("product", [create("k", sku="ONE", options=None)])
    assert [v["sku"] for v in result.record.fields["variants"]] == ["ONE"]
    assert result.children == {}


def test_options_follow_the_given_order_and_hold_only_values_in_use():
    endpoint, _, _ = demo(seeded=False)
    options = [{"name": "Size", "values": ["M", "S", "XXL"]}]
    (result,) = endpoint.write("product", [create("k", options=options, variants=sizes("S", "M"))])
    assert [(o["name"], o["values"]) for o in result.record.fields["options"]] == [
        ("Size", ["M", "S"])
    ]


def test_the_same_create_twice_makes_one_product():
    endpoint, shop, _ = demo(seeded=False)
    op = create("k", variants=sizes("S", "M"))
    (first,) = endpoint.write("product", [op])
    (second,) = endpoint.write("product", [op])
    assert (second.id, second.children) == (first.id, first.children)
    assert written(shop)["productSet"] == 1


def test_a_lost_answer_to_a_create_is_not_repeated_blindly_and_found_by_its_handle():
    endpoint, shop, transport = demo(seeded=False)
    send, lose = transport.send, ["ProductCreate"]

    def losing(*request):
        answer = send(*request)
        if lose and transport.operations[-1] == lose[0]:
            lose.clear()
            raise TransportError("no answer in time", sent=True)
        return answer

    transport.send = losing
    ops = [create(str(i), variants=sizes("S")) for i in range(3)]
    with pytest.raises(RetryLater) as caught:
        list(endpoint.write("product", ops))
    assert caught.value.sent
    results = list(endpoint.write("product", ops))
    assert [r.error for r in results] == [None] * 3
    assert len(products(endpoint)) == 3 and written(shop)["productSet"] == 3


def test_another_product_with_the_handle_is_never_taken_over():
    endpoint, shop, _ = demo()
    held = products(endpoint)[0]
    (result,) = endpoint.write("product", [create("k", handle=held.fields["handle"])])
    assert isinstance(result.error, Refused) and result.error.field == "handle"
    assert held.id in str(result.error) and "another handle" in str(result.error)
    assert products(endpoint)[0] == held and written(shop) == {}


def test_a_refused_product_leaves_the_others_be_and_names_field_and_remedy():
    endpoint, _, _ = demo(seeded=False)
    ops = [create("a"), create("b", title=""), create("c", variants=sizes("S", price="-1"))]
    ops.append(create("d", weird=1))
    good, blank, negative, weird = endpoint.write("product", ops)
    assert good.error is None and good.id
    assert isinstance(blank.error, Refused) and blank.error.field == "title"
    assert isinstance(negative.error, Refused) and "price" in str(negative.error)
    assert isinstance(weird.error, Refused) and weird.error.field == "weird"
    assert all(r.error.remedy for r in (blank, negative, weird))
    assert len(products(endpoint)) == 1


def test_a_request_that_is_refused_as_a_whole_is_split_until_the_bad_one_stands_alone():
    endpoint, _, transport = demo(seeded=False)
    ops = [create(str(i)) for i in range(5)]
    ops[2] = create("2", status="NO_SUCH_STATUS")
    results = list(endpoint.write("product", ops))
    assert [r.error is None for r in results] == [True, True, False, True, True]
    assert "NO_SUCH_STATUS" in str(results[2].error)
    assert len(products(endpoint)) == 4


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("Crème Brûlée!", "creme-brulee"),
        (" A  B_c ", "a-b-c"),
        ("日本 シャツ", "日本-シャツ"),
        ("👕", ""),
        ("x" * 400, "x" * 255),
    ],
)
def test_handles_are_made_as_shopify_makes_them(text, handle):
    assert slug(text) == handle


def test_titles_without_letters_get_a_handle_of_their_own_all_the_same():
    endpoint, _, _ = demo(seeded=False)
    one, two = endpoint.write("product", [create("a", title="👕"), create("b", title="👕")])
    handles = [r.record.fields["handle"] for r in (one, two)]
    assert len(set(handles)) == 2 and all(h.startswith("product-") for h in handles)


# -- updating --------------------------------------------------------------------------------------


def test_an_update_sends_only_what_is_given_and_deletes_nothing():
    endpoint, shop, transport = demo()
    before = products(endpoint)[0]
    transport.sent.clear()
    (result,) = endpoint.write("product", [Op("k", "update", before.id, {"title": "New"})])
    assert transport.operations == ["ProductUpdate"]
    assert transport.sent[0]["variables"]["input0"] == {"id": before.id, "title": "New"}
    after = result.record.fields
    assert after == {**before.fields, "title": "New", "updatedAt": after["updatedAt"]}
    assert written(shop) == {"productUpdate": 1}


def test_a_deleted_product_is_archived_and_deleted_where_that_is_asked():
    endpoint, _, transport = demo()
    before = products(endpoint)[0]
    (result,) = endpoint.write("product", [Op("k", "delete", before.id, {})])
    assert result.error is None
    (after,) = endpoint.fetch("product", [before.id])
    assert after.fields["status"] == "ARCHIVED"
    assert after.fields["variants"] == before.fields["variants"]
    other = next(one.id for one in products(endpoint) if one.id != before.id)
    transport.sent.clear()
    ops = [
        Op("k2", "delete", before.id, {}, for_good=True),
        Op("k3", "delete", "gid://shopify/Product/1", {}, for_good=True),
        Op("k4", "delete", other, {}),
    ]
    assert [result.error for result in endpoint.write("product", ops)] == [None] * 3
    sent = [name for name in transport.operations if "Delete" in name or "Update" in name]
    assert sent == ["ProductDelete", "ProductUpdate"]
    (left,) = endpoint.fetch("product", [before.id, other])
    assert (left.id, left.fields["status"]) == (other, "ARCHIVED")


def test_variants_of_a_product_are_changed_added_and_removed_one_by_one():
    endpoint, shop, _ = demo()
    before = products(endpoint)[0]
    one, two, *rest = (v["id"] for v in before.fields["variants"])
    values = {
        one: {"price": Decimal("1.50"), "inventoryItem.weight": Decimal("2")},
        two: None,
        "new": {"sku": "NEW", "price": Decimal(7), "options": {"Size": "XXXL"}},
    }
    bound = {"variants": {one: one, two: two}}
    op = Op("k", "update", before.id, {"title": "T", "variants": values}, {}, bound)
    (result,) = endpoint.write("product", [op])
    assert result.error is None
    held = {v["id"]: v for v in result.record.fields["variants"]}
    new = result.children["variants"]["new"]
    assert set(held) == {one, new, *rest}
    assert held[one]["price"] == Decimal("1.50")
    assert held[one]["inventoryItem"]["weight"] == Decimal(2)
    assert held[new]["sku"] == "NEW"
    whole = {v["id"]: v for v in before.fields["variants"]}
    for id_ in rest:
        assert held[id_] == {**whole[id_], "position": held[id_]["position"]}
    (again,) = endpoint.write("product", [op])
    assert again.error is None and again.children["variants"]["new"] == new
    assert len(again.record.fields["variants"]) == len(held)


def test_a_further_option_on_a_product_that_has_some_is_refused_before_anything_changes():
    endpoint, shop, _ = demo()
    before = products(endpoint)[0]
    new = {"sku": "RED", "options": {"Size": "S", "Color": "Red"}}
    op = Op("k", "update", before.id, {"variants": {"new": new}})
    (result,) = endpoint.write("product", [op])
    assert isinstance(result.error, Refused) and result.error.field == "variants.options"
    assert "options Size" in str(result.error) and "Color is not one" in str(result.error)
    assert written(shop) == {} and products(endpoint)[0] == before


def test_the_only_variant_of_a_product_without_options_becomes_the_first_real_one():
    endpoint, _, _ = demo(seeded=False)
    (made,) = endpoint.write("product", [create("k")])
    default = made.record.fields["variants"][0]["id"]
    op = Op("u", "update", made.id, {"variants": sizes("S", "M")})
    (result,) = endpoint.write("product", [op])
    assert result.error is None
    held = {v["sku"]: v["id"] for v in result.record.fields["variants"]}
    assert held == {"SKU-S": default, "SKU-M": result.children["variants"]["M"]}
    assert result.children["variants"]["S"] == default


def test_collections_are_joined_and_left_but_those_nobody_decided_on_stay():
    endpoint, _, _ = demo()
    product = products(endpoint)[0]
    ids = list(endpoint.ids("category"))
    held = product.fields["collections"]
    other = next(id_ for id_ in ids if id_ not in held)
    (joined,) = endpoint.write("product", [Op("a", "update", product.id, {"collections": [other]})])
    assert set(joined.record.fields["collections"]) == {*held, other}
    op = Op("b", "update", product.id, {"collections": [other]}, {"collections": held})
    (left,) = endpoint.write("product", [op])
    assert left.record.fields["collections"] == [other]


def test_a_product_that_is_gone_is_refused_and_the_others_go_on():
    endpoint, _, _ = demo()
    there = products(endpoint)[0].id
    gone = "gid://shopify/Product/999999"
    ops = [
        Op("a", "update", gone, {"title": "x"}),
        Op("b", "update", there, {"title": "y"}),
        Op("c", "update", gone, {"variants": {"n": {"sku": "S"}}}),
    ]
    results = list(endpoint.write("product", ops))
    assert [r.error is None for r in results] == [False, True, False]
    assert all(isinstance(results[i].error, Refused) for i in (0, 2))


def test_two_writes_to_one_record_keep_their_order():
    endpoint, _, _ = demo()
    id_ = products(endpoint)[0].id
    ops = [Op(str(i), "update", id_, {"title": f"T{i}"}) for i in range(3)]
    titles = [r.record.fields["title"] for r in endpoint.write("product", ops)]
    assert titles == ["T0", "T1", "T2"]


def test_fields_of_variants_on_a_product_that_is_there_are_refused():
    endpoint, _, _ = demo()
    op = Op("k", "update", products(endpoint)[0].id, {"sku": "X"})
    (result,) = endpoint.write("product", [op])
    assert result.error.field == "sku" and "create_only" in result.error.remedy


@pytest.mark.parametrize("action", ["delete"])
@pytest.mark.parametrize("entity", ["price", "variant", "stock", "category", "order"])
def test_what_the_client_can_not_do_is_refused_for_each_op(entity, action):
    endpoint, _, transport = demo(seeded=False)
    ops = [Op(str(i), action, f"gid://shopify/X/{i}", {}) for i in range(2)]
    results = list(endpoint.write(entity, ops))
    assert [f"can't {action} a {entity}" in str(r.error) for r in results] == [True, True]
    assert transport.sent == []


# -- variants and prices ---------------------------------------------------------------------------


def test_prices_of_many_products_go_in_few_requests_and_come_back_as_records():
    endpoint, shop, transport = demo()
    prices = [r for each in endpoint.pages("price") for r in each.records]
    transport.sent.clear()
    ops = [
        Op(r.id, "update", r.id, {"price": Decimal(i) + Decimal("0.5")}, {"price": Decimal(1)})
        for i, r in enumerate(prices)
    ]
    results = list(endpoint.write("price", ops))
    assert [r.record.fields["price"] for r in results] == [op.values["price"] for op in ops]
    assert [r.id for r in results] == [op.id for op in ops]
    assert written(shop)["productVariantsBulkUpdate"] == 20 and len(transport.sent) <= 5
    fetched = {r.id: r for r in endpoint.fetch("price", [r.id for r in results])}
    assert fetched == {r.id: r.record for r in results}


def test_known_products_of_variants_are_not_asked_for():
    endpoint, _, transport = demo()
    prices = [r for each in endpoint.pages("price") for r in each.records][:3]
    transport.sent.clear()
    ops = [Op(r.id, "update", r.id, {"price": Decimal(3)}, dict(r.fields)) for r in prices]
    assert all(r.error is None for r in endpoint.write("price", ops))
    assert transport.operations == ["VariantsUpdate"]


def test_one_bad_price_is_refused_by_name_and_its_siblings_are_written():
    endpoint, _, _ = demo()
    variants = products(endpoint)[0].fields["variants"]
    ops = [
        Op(v["id"], "update", v["id"], {"price": Decimal(-1 if i == 1 else 5)})
        for i, v in enumerate(variants)
    ]
    results = list(endpoint.write("price", ops))
    assert [r.error is None for r in results] == [True, False, True, True]
    assert (results[1].error.field, results[1].error.value) == ("price", "-1")
    assert results[1].error.record == variants[1]["id"]


def test_a_variant_gets_its_sku_barcode_and_weight():
    endpoint, _, _ = demo()
    variant = products(endpoint)[0].fields["variants"][0]["id"]
    values = {"sku": "NEW", "barcode": "4006381333931", "inventoryItem.weight": Decimal("1.5")}
    (result,) = endpoint.write("variant", [Op("k", "update", variant, values)])
    fields = result.record.fields
    assert (fields["sku"], fields["barcode"]) == ("NEW", "4006381333931")
    assert fields["inventoryItem"]["weight"] == Decimal("1.5")


def test_variants_are_created_under_a_product_that_is_there():
    endpoint, _, _ = demo()
    product = products(endpoint)[0]
    taken = product.fields["variants"][0]["options"]
    ops = [
        Op("a", "create", None, {"product.id": product.id, "sku": "N", "options": {"Size": "5XL"}}),
        Op("b", "create", None, {"product": {"id": product.id}, "options": taken}),
        Op("c", "create", None, {"sku": "lonely"}),
    ]
    made, double, lonely = endpoint.write("variant", ops)
    assert made.error is None and made.record.fields["options"] == {"Size": "5XL"}
    assert isinstance(double.error, Refused)
    assert isinstance(lonely.error, Refused) and lonely.error.field == "product.id"


def test_a_variant_that_is_gone_is_refused():
    endpoint, _, _ = demo()
    op = Op("k", "update", "gid://shopify/ProductVariant/999999", {"price": Decimal(1)})
    (result,) = endpoint.write("price", [op])
    assert isinstance(result.error, Refused) and "no longer in the shop" in str(result.error)


# -- customers -------------------------------------------------------------------------------------


def test_customers_are_created_and_updated():
    endpoint, _, _ = demo(seeded=False)
    address = {"address1": "Street 1", "city": "Berlin", "zip": "10115", "countryCode": "DE"}
    values = {"firstName": "Ada", "email": "ada@example.com", "addresses": {"x": address}}
    (made,) = endpoint.write("customer", [Op("a", "create", None, values)])
    assert made.error is None and made.record.fields["email"] == "ada@example.com"
    assert made.record.fields["addresses"][0]["city"] == "Berlin"
    ops = [
        Op("b", "update", made.id, {"lastName": "Lovelace", "tags": ["vip"]}),
        Op("c", "create", None, values),
    ]
    updated, double = endpoint.write("customer", ops)
    assert updated.record.fields["lastName"] == "Lovelace"
    assert updated.record.fields["addresses"] == made.record.fields["addresses"]
    assert isinstance(double.error, Refused) and "taken" in str(double.error)


# -- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_with_three_in_ten_requests_failing_everything_arrives_once(seed):
    endpoint, shop, _ = demo(seeded=False, fault_seed=seed, failure_rate=0.3)
    ops = [create(str(i), variants=sizes("S", "M")) for i in range(25)]
    results = None
    for _ in range(60):
        try:
            results = list(endpoint.write("product", ops))
            break
        except RetryLater as error:
            shop.clock.sleep(error.seconds)
    assert results is not None and [r.error for r in results] == [None] * 25
    shop.configure({"failure_rate": 0})
    titles = [r.fields["title"] for r in products(endpoint)]
    assert sorted(titles) == sorted(op.values["title"] for op in ops)


def test_dotted_names_and_nested_ones_mean_the_same():
    assert expand({"a.b": 1, "a": {"c": 2}, "variants": {"x.1": {"i.w": 3}}}) == {
        "a": {"b": 1, "c": 2},
        "variants": {"x.1": {"i": {"w": 3}}},
    }
