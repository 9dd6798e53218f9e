"""Reading a shop: complete, in order, resumable, past every limit."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, edit, seed_demo
from gateway_ng.lib.endpoint import Token, Watermark
from gateway_ng.lib.errors import Refused, StopRun
from gateway_ng.lib.platforms.shopify import documents, shapes_order
from gateway_ng.lib.platforms.shopify.endpoint import ShopifyEndpoint
from gateway_ng.lib.platforms.shopify.paging import Paging
from gateway_ng.lib.platforms.shopify.position import Position
from gateway_ng.lib.platforms.shopify.search import quoted
from gateway_ng.tests.pure.shopify_fakes import (
    TOKEN,
    Script,
    ShopTransport,
    connect,
    data,
    ok,
    page,
)

ENTITIES = ("category", "product", "variant", "price", "customer", "order", "stock")
COUNTS = {
    "category": 4,
    "product": 20,
    "variant": 80,
    "price": 80,
    "customer": 30,
    "order": 50,
    "stock": 160,
}
UTC = timezone.utc


def demo(**settings):
    clock = FakeClock()
    shop = Shop(clock, Settings(access_token=TOKEN, **settings))
    seed_demo(shop)
    transport = ShopTransport(shop)
    return connect(transport, clock), shop, transport


def small_pages(endpoint, size, depth=25_000):
    """The endpoint with pages of at most `size` records, so that small shops have many pages."""
    connection = endpoint._connection
    for source in (documents.PRODUCTS, documents.ORDERS, documents.STOCK, documents.VARIANTS):
        sizer = connection.sizer(source)
        sizer.size = sizer._most = size
    for document in documents.ID_LISTS.values():
        sizer = connection.sizer(document)
        sizer.size = sizer._most = size
    endpoint._reader._depth = depth
    return endpoint


def records(endpoint, entity, **more):
    return [record for each in endpoint.pages(entity, **more) for record in each.records]


# -- the demo shop ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["measured", "linear"])
@pytest.mark.parametrize("entity", ENTITIES)
def test_every_record_of_the_demo_shop_is_read_once(entity, rule):
    endpoint, shop, _ = demo(connection_cost=rule)
    found = records(endpoint, entity)
    assert len(found) == len({record.id for record in found}) == COUNTS[entity]
    assert sorted(endpoint.ids(entity)) == sorted(record.id for record in found)
    fetched = {record.id: record for record in endpoint.fetch(entity, [r.id for r in found])}
    assert fetched == {record.id: record for record in found}
    assert not shop.counters.warnings, "a search filter was ignored"


@pytest.mark.parametrize("entity", ENTITIES)
def test_fields_are_those_that_the_entity_declares(entity):
    endpoint, _, _ = demo()
    declared = {name.partition(".")[0] for name in endpoint.entities()[entity].fields}
    for record in records(endpoint, entity):
        assert set(record.fields) <= declared | {"product", "customer"}
        for value in walk(record.fields):
            assert not isinstance(value, float)


def walk(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)
    else:
        yield value


@pytest.mark.parametrize("entity", ["product", "customer", "order", "category"])
@pytest.mark.parametrize("size", [1, 3, 250])
def test_records_come_in_ascending_time_and_id_with_a_watermark_on_each_page(entity, size):
    endpoint, _, _ = demo()
    endpoint = small_pages(endpoint, size)
    seen = []
    for each in endpoint.pages(entity):
        seen += [(record.updated, record.id) for record in each.records]
        assert each.watermark == Watermark(*seen[-1])
    assert seen == sorted(seen)


def test_products_of_one_second_come_in_one_piece_and_in_the_order_of_ids():
    endpoint, shop, _ = demo()
    when = "2025-12-01T00:00:00Z"
    for product in list(shop.store.tables["Product"].values())[3:12]:
        product["updatedAt"] = when
    for each in small_pages(endpoint, 2).pages("product"):
        ties = [r.id for r in each.records if r.updated == datetime(2025, 12, 1, tzinfo=UTC)]
        assert len(ties) in (0, 9) and ties == sorted(ties)


def test_only_what_changed_since_is_read():
    endpoint, shop, _ = demo()
    mark = list(endpoint.pages("product"))[-1].watermark
    shop.clock.advance(60)
    edit(shop, "title", {"product": records(endpoint, "product")[0].fields["handle"], "title": "X"})
    changed = records(endpoint, "product", since=Watermark(shop.clock.now()))
    assert [record.fields["title"] for record in changed] == ["X"]
    again = records(endpoint, "product", since=mark)
    assert "X" in [record.fields["title"] for record in again]


def test_a_stock_level_that_moved_is_found_though_its_item_did_not_change():
    endpoint, shop, _ = demo()
    shop.clock.advance(60)
    start = Watermark(shop.clock.now())
    sku = records(endpoint, "stock")[0].fields["sku"]
    edit(shop, "stock", {"sku": sku, "available": 77})
    (level,) = records(endpoint, "stock", since=start)
    assert (level.fields["sku"], level.fields["available"]) == (sku, 77)


def test_an_unordered_read_promotes_the_watermark_to_its_start_on_the_last_page_only():
    endpoint, shop, _ = demo()
    start = shop.clock.now()
    pages = list(small_pages(endpoint, 30).pages("variant"))
    assert len(pages) > 2
    assert [each.watermark for each in pages[:-1]] == [None] * (len(pages) - 1)
    assert pages[-1].watermark == Watermark(start) and pages[-1].token is None


@pytest.mark.parametrize("entity", ["product", "order", "variant", "stock"])
def test_a_read_resumes_at_any_token_in_a_new_process(entity):
    endpoint, shop, transport = demo()
    endpoint = small_pages(endpoint, 7)
    whole = [record.id for record in records(endpoint, entity)]
    before: list[str] = []
    for each in endpoint.pages(entity):
        before += [record.id for record in each.records]
        if each.token is None:
            break
        other = small_pages(connect(transport, shop.clock), 7)
        rest = [r.id for r in records(other, entity, token=each.token)]
        assert before + rest == whole
    assert before == whole


@pytest.mark.parametrize("entity", ["product", "order", "variant", "stock"])
@pytest.mark.parametrize("depth", [9, 14])
def test_reading_goes_on_beyond_the_number_of_objects_a_query_gives(entity, depth):
    endpoint, shop, _ = demo()
    whole = [record.id for record in records(endpoint, entity)]
    endpoint = small_pages(endpoint, 3, depth)
    assert [record.id for record in records(endpoint, entity)] == whole
    assert list(endpoint.ids(entity)) == list(small_pages(demo()[0], 250).ids(entity))


def test_more_changes_in_one_second_than_a_query_gives_stop_the_run_instead_of_missing_some():
    endpoint, shop, _ = demo()
    for product in shop.store.tables["Product"].values():
        product["updatedAt"] = "2025-12-01T00:00:00Z"
    endpoint = small_pages(endpoint, 3, depth=9)
    since = Watermark(datetime(2025, 12, 1, tzinfo=UTC))
    with pytest.raises(StopRun, match="More than 9 records changed in the second"):
        records(endpoint, "product", since=since)


def test_an_empty_shop_gives_one_empty_last_page():
    endpoint = connect(ShopTransport(Shop(FakeClock(), Settings(access_token=TOKEN))))
    for entity in ENTITIES:
        (only,) = endpoint.pages(entity)
        assert (list(only.records), only.token) == ([], None)
        assert list(endpoint.ids(entity)) == []


def test_deleted_records_are_left_out_of_a_fetch():
    endpoint, shop, _ = demo()
    found = records(endpoint, "product")
    edit(shop, "delete", {"product": found[0].fields["handle"]})
    ids = [record.id for record in endpoint.fetch("product", [r.id for r in found])]
    assert ids == [record.id for record in found[1:]]
    assert list(endpoint.fetch("product", ["gid://shopify/Order/1", "nonsense"])) == []


def test_nested_lists_longer_than_their_first_page_are_completed():
    endpoint, _, transport = demo()
    whole = {name: records(endpoint, name) for name in ("product", "order", "customer", "stock")}
    for source in (documents.PRODUCTS, documents.ORDERS, documents.CUSTOMERS, documents.STOCK):
        endpoint._connection.sizer(source).nested = 1
    transport.sent.clear()
    for name, expected in whole.items():
        assert records(endpoint, name) == expected
    assert {"RestOfVariants", "RestOfLines", "RestOfLevels"} <= set(transport.operations)


def test_an_order_without_the_scopes_for_customers_and_fulfillment_lacks_just_these_fields():
    endpoint, _, _ = demo(scopes=("read_orders", "read_products"))
    full, _, _ = demo()
    order, whole = records(endpoint, "order")[0], records(full, "order")[0]
    assert set(whole.fields) - set(order.fields) == {
        "customer",
        "company",
        "locationId",
        "returns",
        "fulfillmentOrders",
    }
    assert order.fields["lines"] == whole.fields["lines"]


def test_order_amounts_add_up_to_the_cent():
    endpoint, _, _ = demo()
    for order in records(endpoint, "order"):
        fields = order.fields
        total = Decimal(0)
        for line in fields["lines"]:
            total += line["unitPrice"]["amount"] * line["quantity"] - line["discount"]["amount"]
        for shipping in fields["shippingLines"]:
            total += shipping["price"]["amount"] - shipping["discount"]["amount"]
        if not fields["taxesIncluded"]:
            total += fields["totalTax"]["amount"]
        assert total == fields["totalPrice"]["amount"], fields["name"]
        taxes = [t["amount"] for line in fields["lines"] for t in line["taxLines"]]
        taxes += [t["amount"] for line in fields["shippingLines"] for t in line["taxLines"]]
        assert sum(taxes) == fields["totalTax"]["amount"]


# -- by script -------------------------------------------------------------------------------------


def node(number, second=0):
    when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    return {"id": f"gid://shopify/Collection/{number}", "updatedAt": when.isoformat()}


def test_the_filter_names_the_time_in_whole_seconds_and_the_sort_is_by_it():
    script = Script(page([]))
    moment = datetime(2026, 3, 1, 12, 0, 0, 999999, tzinfo=timezone(timedelta(hours=2)))
    records(connect(script), "category", since=Watermark(moment))
    variables = script.sent[0]["json"]["variables"]
    assert variables["query"] == "updated_at:>='2026-03-01T10:00:00Z'"
    assert "sortKey: UPDATED_AT" in script.sent[0]["json"]["query"]


def test_a_forgotten_cursor_starts_again_from_the_last_time():
    lost = {"errors": [{"message": "Invalid cursor for current pagination sort."}]}
    script = Script(page([node(1, 1), node(2, 2), node(3, 3)], more=True), lost, page([node(3, 3)]))
    found = [record.id[-1] for record in records(connect(script), "category")]
    assert found == ["1", "2", "3"]
    last = script.sent[-1]["json"]["variables"]
    assert last["after"] is None and last["query"] == "updated_at:>='2026-01-01T00:00:02Z'"


def test_a_forgotten_cursor_in_a_token_starts_again_from_the_tokens_time():
    lost = {"errors": [{"message": "Invalid cursor for current pagination sort."}]}
    first = Script(page([node(1, 1), node(2, 2)], more=True), page([node(2, 2)]))
    token = next(connect(first).pages("category")).token
    script = Script(lost, page([node(2, 2)]))
    found = [record.id[-1] for record in records(connect(script), "category", token=token)]
    assert found == ["2"]
    assert script.sent[-1]["json"]["variables"]["query"] == "updated_at:>='2026-01-01T00:00:01Z'"


def test_a_token_is_json_and_holds_no_secret():
    script = Script(page([node(1, 1), node(2, 2)], more=True), page([]))
    token = next(connect(script).pages("category")).token
    assert json.loads(token)["v"] == 1 and TOKEN not in token
    assert Position.parse(token).token() == token


@pytest.mark.parametrize("token", ["", "x", "[]", '{"v":2}', '{"v":1,"start":"soon"}', "null"])
def test_a_foreign_token_is_refused_with_a_remedy(token):
    with pytest.raises(StopRun, match="Start the run again"):
        records(connect(Script()), "category", token=Token(token))


def test_an_unknown_entity_names_the_known_ones():
    for call in (
        lambda e: list(e.pages("widget")),
        lambda e: list(e.fetch("widget", ["1"])),
        lambda e: list(e.ids("widget")),
        lambda e: list(e.write("widget", [])),
    ):
        with pytest.raises(StopRun, match="category, company, customer, market_price, order"):
            call(connect(Script()))


# -- find ------------------------------------------------------------------------------------------


def test_natural_keys_find_their_records_and_only_exact_ones():
    endpoint, shop, _ = demo()
    product = records(endpoint, "product")[0]
    variant = product.fields["variants"][0]
    customer = next(r for r in records(endpoint, "customer") if r.fields["email"])
    order, category = records(endpoint, "order")[0], records(endpoint, "category")[0]
    level = records(endpoint, "stock")[0]
    location = next(iter(endpoint.check().locations.items()))
    sku, handle = variant["sku"], product.fields["handle"]
    cases = [
        ("product", "handle", handle, product.id),
        ("product", "sku", sku, product.id),
        ("product", "barcode", variant["barcode"], product.id),
        ("variant", "sku", sku, variant["id"]),
        ("price", "barcode", variant["barcode"], variant["id"]),
        ("customer", "email", customer.fields["email"].upper(), customer.id),
        ("order", "name", order.fields["name"], order.id),
        ("category", "title", category.fields["title"], category.id),
        ("category", "handle", category.fields["handle"], category.id),
        (
            "stock",
            "variant|location",
            f"{level.fields['variant']}|{level.fields['location']}",
            level.id,
        ),
        ("location", "name", location[1], location[0]),
    ]
    for name, key, value, id_ in cases:
        pairs = list(endpoint.find(name, key, [value, "no such thing", "", f"{value}x"]))
        assert pairs == [(value, id_)], (name, key)
    assert not shop.counters.warnings


def test_many_values_are_found_in_few_requests():
    endpoint, _, transport = demo()
    skus = [v["sku"] for r in records(endpoint, "product") for v in r.fields["variants"]]
    transport.sent.clear()
    found = dict(endpoint.find("variant", "sku", skus))
    assert set(found) == set(skus)
    assert len(transport.sent) <= 4
    assert max(len(sent["variables"]["query"]) for sent in transport.sent) <= 2_100


def test_one_value_on_two_records_gives_both_and_is_never_guessed():
    hits = [
        {"id": "gid://shopify/ProductVariant/1", "sku": "A", "product": {"id": "p1"}},
        {"id": "gid://shopify/ProductVariant/2", "sku": "A", "product": {"id": "p2"}},
        {"id": "gid://shopify/ProductVariant/3", "sku": "a", "product": {"id": "p3"}},
        {"id": "gid://shopify/ProductVariant/4", "sku": "A-1", "product": {"id": "p4"}},
    ]
    found = list(connect(Script(page(hits))).find("product", "sku", ["A"]))
    assert found == [("A", "p1"), ("A", "p2")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("S-1", "'S-1'"),
        ("O'Hara", '"O\'Hara"'),
        ("5' 3\"", '"5\' 3\\""'),
        ("a\\b", "'a\\\\b'"),
        ("x OR sku:*", "'x OR sku:*'"),
    ],
)
def test_values_are_quoted_so_that_none_becomes_a_search_of_its_own(value, text):
    assert quoted(value) == text


def test_values_with_quotes_brackets_and_words_of_the_grammar_are_found():
    endpoint, shop, _ = demo()
    variants = list(shop.store.tables["ProductVariant"].values())
    odd = ["O'Hara", 'a"b', "x (1)", "A OR B", "a\\b", "ä:ö*", "-neg"]
    for variant, sku in zip(variants, odd, strict=False):
        shop.store.get("InventoryItem", variant["inventoryItem"])["sku"] = sku
    held = {v.fields["sku"] for v in records(endpoint, "variant")}
    assert set(odd) <= held
    assert {value for value, _ in endpoint.find("variant", "sku", odd)} == set(odd)


def test_an_unknown_key_names_the_known_ones():
    with pytest.raises(Refused, match="product.handle"):
        list(connect(Script()).find("product", "colour", ["red"]))


def test_webhook_names_of_levels_are_fetched():
    endpoint, _, _ = demo()
    level = records(endpoint, "stock")[0]
    name = f"{level.fields['item']}|{level.fields['location']}"
    assert list(endpoint.fetch("stock", [name])) == [level]


def test_a_null_among_nodes_is_a_record_that_is_gone():
    script = Script(data({"nodes": [None, {"__typename": "Collection", **node(1)}]}))
    ids = ["gid://shopify/Collection/9", "gid://shopify/Collection/1"]
    assert [r.id for r in connect(script).fetch("category", ids)] == ids[1:]


def test_the_endpoint_is_opened_without_a_request():
    assert isinstance(connect(Script()), ShopifyEndpoint)


@pytest.mark.parametrize("entity", ["product", "order", "variant", "stock"])
def test_no_query_is_paged_through_more_objects_than_the_shop_gives(entity):
    endpoint, _, transport = demo()
    endpoint = small_pages(endpoint, 3, depth=9)
    for read in (lambda: records(endpoint, entity), lambda: list(endpoint.ids(entity))):
        transport.sent.clear()
        read()
        paged, deepest = 0, 0
        for sent in transport.sent:
            variables = sent["variables"]
            if "first" in variables:
                paged = variables["first"] + (paged if variables["after"] else 0)
                deepest = max(deepest, paged)
        assert deepest == 9


def test_a_product_whose_variants_share_a_sku_is_found_once():
    product = {"id": "gid://shopify/Product/1"}
    hits = [
        {"id": f"gid://shopify/ProductVariant/{i}", "sku": "A", "product": product} for i in (1, 2)
    ]
    found = list(connect(Script(page(hits))).find("product", "sku", ["A"]))
    assert found == [("A", "gid://shopify/Product/1")]


@pytest.mark.parametrize(
    ("open_units", "place"), [([1, 5], 2), ([5, 1], 1), ([0, 0], 1), ([3, 3], 1), ([], None)]
)
def test_an_order_ships_from_where_most_open_units_are(open_units, place):
    fulfillments = [
        {
            "assignedLocation": {"location": {"id": f"gid://shopify/Location/{i}"}},
            "openLines": {"nodes": [{"remainingQuantity": units}]},
        }
        for i, units in enumerate(open_units, 1)
    ]
    fields = shapes_order.order({"fulfillmentOrders": {"nodes": fulfillments}})
    assert fields["locationId"] == (f"gid://shopify/Location/{place}" if place else None)


def test_an_order_whose_places_are_unknown_ships_from_none():
    unknown = [{"assignedLocation": {"location": None}}, {"assignedLocation": None}]
    fields = shapes_order.order({"fulfillmentOrders": {"nodes": unknown}})
    assert fields["locationId"] is None


# -- a wrong date ----------------------------------------------------------------------------------


def with_a_wrong_year():
    """A demo shop of which one customer was changed in the year 2999."""
    endpoint, shop, transport = demo()
    shop.clock.advance(3600)
    record = next(iter(shop.store.tables["Customer"].values()))
    record["updatedAt"] = "2999-01-01T00:00:00Z"
    return endpoint, shop, transport, record


def test_one_record_of_the_year_2999_hides_no_later_edit():
    endpoint, shop, _, wrong = with_a_wrong_year()
    start = shop.clock.now()
    *_, last = endpoint.pages("customer")
    assert last.watermark == Watermark(start)
    assert wrong["id"] in {record.id for record in last.records}
    shop.clock.advance(60)
    other = list(shop.store.tables["Customer"].values())[5]
    other["note"] = "edited later"
    shop.store.touch(other)
    found = {record.id for record in records(endpoint, "customer", since=last.watermark)}
    assert found == {wrong["id"], other["id"]}


def shifted(seconds):
    """The demo shop, its clock `seconds` ahead of ours."""
    endpoint, shop, transport = demo()
    ours = FakeClock(shop.clock.now() - timedelta(seconds=seconds))
    return connect(transport, ours), shop, ours


@pytest.mark.parametrize("entity", ["stock", "customer"])
def test_the_start_of_a_read_is_told_by_a_shops_clock_that_is_behind(entity):
    endpoint, shop, ours = shifted(-300)
    wrong = next(iter(shop.store.tables["Customer"].values()))
    wrong["updatedAt"] = "2999-01-01T00:00:00Z"
    *_, last = endpoint.pages(entity)
    assert last.watermark == Watermark(shop.clock.now())
    assert last.watermark.time < ours.now()


def test_a_shops_clock_that_is_ahead_moves_no_watermark_past_our_now():
    endpoint, shop, ours = shifted(300)
    shop.clock.advance(1)
    shop.store.touch(next(iter(shop.store.tables["Customer"].values())))
    *_, last = endpoint.pages("customer")
    assert last.watermark == Watermark(ours.now())


def test_a_shop_whose_clock_is_years_behind_is_believed_for_a_day():
    endpoint, _, ours = shifted(-400 * 86_400)
    *_, last = endpoint.pages("stock")
    assert last.watermark == Watermark(ours.now() - timedelta(days=1))


class SaysMore(ShopTransport):
    """A shop that says «more» and gives the same page whatever is asked."""

    def __init__(self, *found):
        self.sent, self.found = [], found

    def send(self, method, url, headers, body, timeout):
        self.sent.append(json.loads(body))
        assert len(self.sent) < 20, "asked for ever"
        return ok(page(self.found, more=True))


ONE = {"id": "gid://shopify/Product/1", "updatedAt": "2026-01-01T00:00:00Z", "title": "x"}


@pytest.mark.parametrize("found", [(), (ONE,)], ids=["nothing", "the same page"])
@pytest.mark.parametrize("entity", ["product", "variant", "stock"])
def test_a_shop_that_says_more_and_gives_nothing_new_is_not_asked_for_ever(entity, found):
    endpoint = connect(SaysMore(*found), FakeClock())
    with pytest.raises(StopRun, match="there is more and does not give it"):
        list(endpoint.pages(entity, None, None))
    with pytest.raises(StopRun, match="there is more and does not give it"):
        list(endpoint.ids(entity))


def test_a_place_that_does_not_move_is_tried_again_but_not_for_ever():
    paging = Paging("Locations")
    assert paging.on("c-1", None) == "c-1"
    assert [paging.on(None, "c-1"), paging.on("c-1", "c-1")] == ["c-1", "c-1"]
    assert paging.on("c-2", "c-1") == "c-2"
    with pytest.raises(StopRun, match="Locations"):
        [paging.on("c-2", "c-2") for _time in range(3)]
