"""Reading: the traps of dates and lists, each by name, and what records look like."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from gateway_ng.lib.endpoint import Watermark
from gateway_ng.lib.errors import StopRun
from gateway_ng.lib.platforms.woocommerce.listing import Listing
from gateway_ng.tests.pure.woocommerce_fakes import SimulatorTransport, connect, make_shop
from gateway_ng.tests.simulators.woocommerce import (
    Request,
    orders,
    products,
    refunds,
    variations,
)
from gateway_ng.tests.simulators.woocommerce.seed import seed


def ids(pages):
    return [record.id for page in pages for record in page.records]


def read(shop, entity, since=None, size=None, wire=None):
    endpoint = connect(shop, wire)
    if size:
        endpoint._reader._listings[entity] = Listing(endpoint._client, size)
    return list(endpoint.pages(entity, since))


def listed(shop, path):
    """The raw list that the shop gives for a query, as any client would get it."""
    settings = shop.settings
    keys = f"consumer_key={settings.consumer_key}&consumer_secret={settings.consumer_secret}"
    return shop.handle(Request("GET", f"https://shop/wp-json/wc/v3/{path}&{keys}"))


def since(shop, **ago):
    return Watermark(shop.now() - timedelta(**ago))


# Dates.


@pytest.mark.parametrize("offset", [60, -480, 330])
def test_dates_are_gmt_with_a_zone_would_be_wrong_by_the_sites_offset(offset):
    """What the client must not send: the flag beside a «Z» shifts the bound by the site's offset.
    East of Greenwich the last hours are lost, west of it too many rows come."""
    shop = make_shop(utc_offset=offset)
    shop.clock.advance(86_400)
    shop.make("product", name="New", sku="new")
    shop.clock.advance(60)
    bound = (shop.now() - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S")
    wrong = listed(shop, f"products?modified_after={bound}Z&dates_are_gmt=true").body
    right = listed(shop, f"products?modified_after={bound}&dates_are_gmt=true").body
    assert len(right) == 1
    assert len(wrong) == (0 if offset > 0 else 1)
    assert ids(read(shop, "product", since(shop, minutes=10))) == [str(right[0]["id"])]
    assert ids(read(shop, "product", since(shop, seconds=30))) == []


@pytest.mark.parametrize("entity", ["product", "variant", "price", "stock", "order"])
def test_no_filter_of_time_ever_names_a_zone(entity):
    shop = make_shop()
    seed(shop)
    wire = SimulatorTransport(shop)
    read(shop, entity, since(shop, days=1), wire=wire)
    bounds = [url for _m, url, _b in wire.sent if "modified_after" in url]
    assert bounds
    assert all("dates_are_gmt=true" in url and "Z&" not in url for url in bounds)


def test_modified_after_is_exclusive_so_it_is_asked_from_a_second_earlier():
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M")
    mark = Watermark(row["modified"], str(row["id"]))
    bound = row["modified"].strftime("%Y-%m-%dT%H:%M:%S")
    assert listed(shop, f"products?modified_after={bound}&dates_are_gmt=true").body == []
    assert ids(read(shop, "product", mark)) == [str(row["id"])]


def test_many_rows_of_one_second_come_whatever_the_pages_size():
    shop = make_shop()
    expected = [str(shop.make("product", name=f"P{n}", sku=f"p{n}")["id"]) for n in range(25)]
    shop.clock.advance(1)
    expected.append(str(shop.make("product", name="later", sku="later")["id"]))
    pages = read(shop, "product", size=4)
    assert sorted(ids(pages)) == sorted(expected)
    assert ids(pages)[-1] == expected[-1]


def test_a_second_that_goes_on_behind_the_pages_end_is_read_to_its_end():
    shop = make_shop()
    expected = []
    for count in (2, 6, 3):
        for _ in range(count):
            number = len(expected)
            expected.append(str(shop.make("product", name=f"P{number}", sku=f"p{number}")["id"]))
        shop.clock.advance(1)
    assert sorted(set(ids(read(shop, "product", size=4)))) == sorted(expected)


def test_rows_of_one_second_that_leave_it_meanwhile_hide_no_other():
    """They slide to another place in the list while it is read: nobody between them is skipped."""
    shop = make_shop()
    rows = [shop.make("product", name=f"P{n}", sku=f"p{n}") for n in range(20)]
    endpoint = connect(shop)
    endpoint._reader._listings["product"] = Listing(endpoint._client, 4)
    seen = []
    for number, page in enumerate(endpoint.pages("product")):
        seen += [record.id for record in page.records]
        if number < 3:
            shop.clock.advance(1)
            for row in rows[number * 4 : number * 4 + 3]:
                products.update(shop, row, {"name": "moved"})
    assert {str(row["id"]) for row in rows} <= set(seen)


def test_customers_have_no_filter_of_time_so_all_are_gone_through():
    """Unknown parameters are ignored by the shop: it gives the full list, or refuses to sort."""
    shop = make_shop()
    people = [
        shop.make("customer", email=f"c{n}@example.com", password="x", first_name=f"C{n}")
        for n in range(6)
    ]
    shop.clock.advance(3600)
    bound = shop.now().strftime("%Y-%m-%dT%H:%M:%S")
    assert len(listed(shop, f"customers?modified_after={bound}").body) == 6
    assert listed(shop, "customers?orderby=modified").status == 400
    shop.edit("customer", people[3]["id"], first_name="Other")
    found = read(shop, "customer", since(shop, minutes=5), size=4)
    assert ids(found) == [str(people[3]["id"])]
    assert found[-1].watermark.time <= shop.now()


def test_a_customer_without_a_date_is_always_looked_at():
    shop = make_shop()
    row = shop.make("customer", email="admin@example.com", password="x")
    row["modified"] = None
    assert ids(read(shop, "customer", since(shop, days=0))) == [str(row["id"])]


def test_customers_of_one_second_are_all_read():
    """Sorted by date of registration the shop loses one between pages; by id it does not."""
    shop = make_shop()
    expected = {
        str(shop.make("customer", email=f"c{n}@example.com", password="x")["id"]) for n in range(30)
    }
    assert set(ids(read(shop, "customer", size=7))) == expected


def test_blind_dates_of_categories_are_no_reason_to_miss_a_rename():
    """Categories have no dates at all: a rename is found because all are read each time."""
    shop = make_shop()
    row = shop.make("category", name="Mugs")
    shop.clock.advance(3600)
    shop.edit("category", row["id"], name="Cups")
    (page,) = read(shop, "category", Watermark(shop.now()))
    assert {r.fields["name"] for r in page.records} == {"Uncategorized", "Cups"}


def test_blind_dates_of_direct_writes_are_found_by_a_full_read_only():
    """An import plugin writes past the shop's own code: only a read without a bound sees it."""
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M", regular_price="5")
    shop.clock.advance(3600)
    row["regular_price"] = "6"
    assert ids(read(shop, "product", since(shop, minutes=30))) == []
    (page,) = read(shop, "product")
    assert page.records[0].fields["regular_price"] == Decimal(6)


def test_a_variation_is_found_through_its_product():
    shop = make_shop()
    seed(shop)
    shop.clock.advance(3600)
    row = shop.store.rows("variations")[4]
    variations.update(shop, row, {"regular_price": "99"})
    for entity in ("variant", "price", "stock"):
        found = read(shop, entity, since(shop, minutes=5))
        assert f"{row['parent']}/{row['id']}" in ids(found)
        assert {id_.partition("/")[0] for id_ in ids(found)} == {str(row["parent"])}


def test_a_row_with_a_date_in_the_future_holds_no_watermark_up():
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M")
    row["modified"] = shop.now() + timedelta(days=365)
    (page,) = read(shop, "product")
    assert page.watermark.time <= shop.now()


def test_the_reads_start_is_taken_from_the_shops_clock_where_that_is_behind():
    shop = make_shop()
    shop.make("customer", email="a@example.com", password="x")
    endpoint = connect(shop)
    endpoint._clock.advance(0)

    class Ahead:
        def __getattr__(self, name):
            return getattr(shop.clock, name)

        def now(self):
            return shop.clock.now() + timedelta(seconds=120)

    ahead = Ahead()
    endpoint._reader._clock = endpoint._client._clock = ahead
    (page,) = endpoint.pages("customer")
    assert page.watermark.time <= shop.now()


def test_a_shop_that_ignores_the_filter_of_time_stops_the_read():
    """Else the first page would come again and again."""
    shop = make_shop()
    for number in range(9):
        shop.make("product", name=f"P{number}", sku=f"p{number}")
        shop.clock.advance(1)

    def ignore(request):
        request.params.pop("modified_after", None)

    shop.before = ignore
    with pytest.raises(StopRun, match="before the time that was asked for"):
        read(shop, "product", size=4)


@pytest.mark.parametrize("entity", ["product", "customer"])
def test_a_shop_that_gives_one_page_whatever_is_asked_is_not_asked_for_ever(entity):
    shop = make_shop()
    for number in range(9):
        shop.make("product", name=f"P{number}", sku=f"p{number}")
        shop.make("customer", email=f"c{number}@example.com", password="x")
    asked = []

    def ignore(request):
        asked.append(request.params.pop("offset", None))
        assert len(asked) < 40, "asked for ever"

    shop.before = ignore
    with pytest.raises(StopRun, match="the same page of"):
        read(shop, entity, size=4)


def test_a_place_of_another_version_is_refused():
    with pytest.raises(StopRun, match="another version"):
        next(connect(make_shop()).pages("product", token="page 2"))


# Lists.


def test_past_the_end_orders_of_hpos_say_zero_and_are_read_all_the_same():
    shop = make_shop()
    made = [
        shop.make("order", fee_lines=[{"name": "x", "total": "1"}], status="processing")["id"]
        for _ in range(5)
    ]
    answer = listed(shop, "orders?per_page=2&page=9")
    assert (answer.body, answer.headers["X-WP-Total"]) == ([], "0")
    assert sorted(ids(read(shop, "order", size=5))) == sorted(str(id_) for id_ in made)


def test_the_next_link_is_never_followed():
    shop = make_shop()
    for number in range(9):
        shop.make("product", name=f"P{number}", sku=f"p{number}")
        shop.clock.advance(1)
    wire = SimulatorTransport(shop)
    read(shop, "product", size=3, wire=wire)
    assert not any("page=2" in url.replace("per_page", "") for _m, url, _b in wire.sent)


def test_what_is_in_the_trash_comes_first_and_settles_nothing():
    shop = make_shop()
    gone = shop.make("product", name="Gone", sku="G")
    kept = shop.make("product", name="Kept", sku="K")
    shop.clock.advance(60)
    mark = Watermark(shop.now())
    shop.clock.advance(60)
    products.trash(shop, gone)
    products.update(shop, kept, {"name": "Kept too"})
    first, second = read(shop, "product", mark)
    assert [(r.id, r.fields["status"]) for r in first.records] == [(str(gone["id"]), "trash")]
    assert first.watermark == mark and first.token
    assert ids([second]) == [str(kept["id"])]
    assert [r.fields["status"] for r in connect(shop).fetch("product", [str(gone["id"])])] == [
        "trash"
    ]


def test_variations_come_in_one_list_where_the_shop_has_it_and_by_product_else():
    for version, paths in (("11.0.1", {"wc/v3/variations"}), ("9.9.7", set())):
        shop = make_shop(version=version)
        seed(shop)
        wire = SimulatorTransport(shop)
        (page,) = read(shop, "product", wire=wire)
        used = {path for path in wire.paths() if "variations" in path}
        assert len(used) == (1 if paths else 3), version
        assert used & {"wc/v3/variations"} == paths
        assert sum(len(r.fields["variants"]) for r in page.records) == 18 + 8


def test_refunds_come_in_one_list_where_the_shop_has_it_and_by_order_else():
    found = {}
    for version in ("11.0.1", "8.5.2"):
        shop = make_shop(version=version)
        seed(shop)
        for row in shop.store.rows("orders")[:3]:
            refunds.create(shop, row, {"amount": "1.50", "api_refund": False, "reason": "late"})
        wire = SimulatorTransport(shop)
        (page,) = read(shop, "order", wire=wire)
        told = [r.fields["refunds"] for r in page.records if r.fields["refunds"]]
        found[version] = sorted(wire.paths("GET"))
        assert [(one[0]["amount"], one[0]["adjustment"]) for one in told] == [
            (Decimal("1.50"), Decimal("1.50"))
        ] * 3
    assert sum("refunds" in path for path in found["11.0.1"]) == 1
    assert sum("refunds" in path for path in found["8.5.2"]) == 3


def test_notes_are_read_only_when_asked_for():
    shop = make_shop()
    row = shop.make("order", fee_lines=[{"name": "x", "total": "1"}], status="processing")
    (without,) = connect(shop).fetch("order", [str(row["id"])])
    (told,) = connect(shop, order_notes="yes").fetch("order", [str(row["id"])])
    assert "notes" not in without.fields
    assert "processing" in told.fields["notes"][0]["text"]


# Stock.


def stock(shop):
    return {r.id: r.fields for page in read(shop, "stock") for r in page.records}


def test_what_open_orders_hold_is_told_beside_the_shops_quantity():
    shop = make_shop()
    row = shop.make("product", name="M", sku="M", manage_stock=True, stock_quantity=10)
    shop.make("order", line_items=[{"product_id": row["id"], "quantity": 3}], status="processing")
    sent = [{"product_id": row["id"], "quantity": 2}]
    shop.make("order", line_items=sent, status="completed")
    level = stock(shop)[str(row["id"])]
    assert (level["quantity"], level["committed"], level["on_hand"]) == (5, 3, 8)


def test_levels_tell_whether_a_variant_is_counted_by_itself_not_or_with_its_product():
    shop = make_shop()
    cut = [{"name": "Cut", "variation": True, "options": ["wide"]}]
    tee = shop.make(
        "product", name="T", type="variable", attributes=cut, manage_stock=True, stock_quantity=44
    )
    one = shop.vary(tee["id"], attributes=[{"name": "Cut", "option": "wide"}])
    free = shop.make("product", name="Free", sku="F")
    own = shop.make("product", name="Own", sku="O", manage_stock=True, stock_quantity=1)
    found = {id_: (level["managed"], level["quantity"]) for id_, level in stock(shop).items()}
    assert found == {
        f"{tee['id']}/{one['id']}": ("parent", 44),
        str(free["id"]): ("no", None),
        str(own["id"]): ("yes", 1),
    }


def test_a_sale_while_levels_are_read_is_counted_once():
    """Between the lists of orders and products: quantity and orders must be of one moment."""
    shop = make_shop()
    row = shop.make("product", name="M", sku="M", manage_stock=True, stock_quantity=10)
    asked = []

    def sell(request):
        asked.append(request.path)
        if request.path == "/wc/v3/orders" and asked.count("/wc/v3/orders") == 2:
            shop.make(
                "order",
                line_items=[{"product_id": row["id"], "quantity": 4}],
                status="processing",
            )

    shop.before = sell
    level = stock(shop)[str(row["id"])]
    assert level["on_hand"] == 10
    assert (level["quantity"], level["committed"]) == (6, 4)


# Shapes.


def test_a_product_is_told_with_decimals_names_unescaped_and_times_in_utc():
    shop = make_shop()
    tag = shop.make("tag", name="Noir & Blanc")
    row = shop.make(
        "product",
        name='R&D mug 12" <XL> 1 < 2',
        sku=" M-1 ",
        regular_price="15.4",
        sale_price="10",
        date_on_sale_from_gmt="2027-01-01T00:00:00",
        weight="0.10",
        tags=[{"id": tag["id"]}],
    )
    (found,) = connect(shop).fetch("product", [str(row["id"])])
    fields = found.fields
    assert (fields["name"], fields["sku"]) == ('R&D mug 12"  1 < 2', "M-1")
    assert (fields["regular_price"], fields["sale_price"]) == (Decimal("15.4"), Decimal(10))
    assert fields["date_on_sale_from"] == datetime(2027, 1, 1, tzinfo=timezone.utc)
    assert (fields["weight"], fields["tags"]) == (Decimal("0.1"), ["Noir & Blanc"])
    assert found.updated == row["modified"]
    (variant,) = fields["variants"]
    assert (variant["id"], variant["options"], fields["options"]) == (found.id, {}, [])


def test_weights_are_told_in_kilograms():
    shop = make_shop()
    row = shop.make("product", name="M", sku="M", weight="500")
    (found,) = connect(shop, weight_unit="g").fetch("product", [str(row["id"])])
    assert found.fields["weight"] == Decimal("0.5")


def test_a_variation_for_any_color_has_an_option_of_its_own():
    shop = make_shop()
    options = [
        {"id": 1, "options": ["S", "XL"], "variation": True},
        {"id": 2, "options": ["Blue", "Red"], "variation": True},
    ]
    row = shop.make("product", name="Tee", type="variable", attributes=options)
    shop.vary(row["id"], attributes=[{"id": 1, "option": "XL"}])
    shop.vary(row["id"], attributes=[{"id": 1, "option": "S"}, {"id": 2, "option": "Red"}])
    (found,) = connect(shop).fetch("product", [str(row["id"])])
    assert [v["options"] for v in found.fields["variants"]] == [
        {"Size": "XL", "Color": "(any)"},
        {"Size": "S", "Color": "Red"},
    ]
    assert found.fields["options"] == [
        {"name": "Size", "values": ["S", "XL"]},
        {"name": "Color", "values": ["Red", "(any)"]},
    ]


def test_fields_that_older_versions_do_not_have_are_absent():
    shop = make_shop(version="8.5.2")
    row = shop.make("product", name="M", sku="M")
    (found,) = connect(shop).fetch("product", [str(row["id"])])
    assert "global_unique_id" not in found.fields and "brands" not in found.fields
    assert "global_unique_id" not in found.fields["variants"][0]


def test_groups_of_products_have_nothing_to_sell():
    shop = make_shop()
    seed(shop)
    group = next(row for row in shop.store.rows("products") if row["type"] == "grouped")
    (found,) = connect(shop).fetch("product", [str(group["id"])])
    assert found.fields["variants"] == [] and len(found.fields["grouped_products"]) == 2
    assert str(group["id"]) not in stock(shop)


def test_categories_tell_their_path_and_come_parents_first():
    shop = make_shop()
    top = shop.make("category", name="Clothing")
    low = shop.make("category", name="Hoodies & Sweats", parent=top["id"])
    lower = shop.make("category", name="Kids", parent=low["id"])
    shop.edit("category", top["id"], parent=0)
    pages = read(shop, "category", size=2)
    paths = {r.id: r.fields["path"] for page in pages for r in page.records}
    assert paths[str(lower["id"])] == "Clothing / Hoodies & Sweats / Kids"
    order = ids(pages)
    assert order.index(str(top["id"])) < order.index(str(low["id"])) < order.index(str(lower["id"]))


def test_a_line_whose_product_is_deleted_says_so():
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M", regular_price="5")
    order = shop.make(
        "order", line_items=[{"product_id": row["id"], "quantity": 1}], status="processing"
    )
    products.delete(shop, row)
    (found,) = connect(shop).fetch("order", [str(order["id"])])
    (line,) = found.fields["lines"]
    assert (line["name"], line["variant"], line["product"], line["sku"]) == (
        "Mug",
        None,
        None,
        None,
    )


def test_an_order_that_is_completed_or_cancelled_has_nothing_more_to_send():
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M", regular_price="5")
    order = shop.make("order", line_items=[{"product_id": row["id"], "quantity": 2}])
    for status, expected in (("processing", (0, 2)), ("completed", (2, 0)), ("cancelled", (0, 0))):
        orders.update(shop, order, {"status": status})
        (found,) = connect(shop).fetch("order", [str(order["id"])])
        (line,) = found.fields["lines"]
        assert (line["fulfilled"], line["unfulfilled"]) == expected


# Finding.


def test_skus_are_found_many_at_a_time_whatever_their_case():
    shop = make_shop()
    seed(shop)
    wire = SimulatorTransport(shop)
    values = ["sim-001", "VAR-01-S-BL", "nothing", "SIM-EXT"]
    found = dict(connect(shop, wire).find("variant", "sku", values))
    variation = next(r for r in shop.store.rows("variations") if r["sku"] == "VAR-01-S-BL")
    assert set(found) == {"sim-001", "VAR-01-S-BL", "SIM-EXT"}
    assert found["VAR-01-S-BL"] == f"{variation['parent']}/{variation['id']}"
    assert len(wire.sent) == 2  # one for the SKUs, one for drafts that are still being made
    owner = dict(connect(shop).find("product", "sku", ["VAR-01-S-BL"]))
    assert owner == {"VAR-01-S-BL": str(variation["parent"])}


def test_an_sku_with_a_comma_is_found_alone():
    shop = make_shop()
    row = shop.make("product", name="M", sku="A,B")
    shop.make("product", name="N", sku="A")
    found = dict(connect(shop).find("product", "sku", ["C", "A,B"]))
    assert found == {"A,B": str(row["id"])}


def test_e_mails_are_found_one_by_one_or_by_one_way_through_all():
    shop = make_shop()
    for number in range(30):
        shop.make("customer", email=f"C{number}@Example.com", password="x")
    few, many = SimulatorTransport(shop), SimulatorTransport(shop)
    assert len(list(connect(shop, few).find("customer", "email", ["c1@example.com"]))) == 1
    assert len(few.sent) == 1
    values = [f"c{number}@example.com" for number in range(30)]
    assert len(list(connect(shop, many).find("customer", "email", values))) == 30
    assert len(many.sent) == 3


def test_categories_are_found_by_their_path():
    shop = make_shop()
    top = shop.make("category", name="Men")
    one = shop.make("category", name="Shirts", parent=top["id"])
    other = shop.make("category", name="Women")
    shop.make("category", name="Shirts", parent=other["id"])
    assert dict(connect(shop).find("category", "path", ["Men/Shirts"])) == {
        "Men/Shirts": str(one["id"])
    }


def test_levels_are_found_by_variant_and_place():
    shop = make_shop()
    row = shop.make("product", name="M", sku="M")
    values = [f"{row['id']}|shop", f"{row['id']}|elsewhere", "999|shop", "x|shop"]
    found = list(connect(shop).find("stock", "variant|location", values))
    assert found == [(f"{row['id']}|shop", str(row["id"]))]
