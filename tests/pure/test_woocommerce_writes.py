"""Writing: each kind of record, refusals in their places, and what is never done twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import Moved, Refused, RetryLater, StopRun
from gateway_ng.tests.pure.woocommerce_fakes import SimulatorTransport, connect, make_shop
from gateway_ng.tests.simulators.woocommerce import orders, products, refunds, variations
from gateway_ng.tests.simulators.woocommerce.order_shown import totals


def create(key: str, **values: Any) -> Op:
    return Op(key, "create", None, values)


def update(id_: Any, _children: Any = None, _expect: Any = None, **values: Any) -> Op:
    return Op(f"u-{id_}", "update", str(id_), values, _expect or {}, _children or {})


def write(shop, entity, *ops, wire=None):
    return list(connect(shop, wire).write(entity, ops))


def done(shop, entity, *ops, wire=None):
    results = write(shop, entity, *ops, wire=wire)
    assert [result.error for result in results] == [None] * len(ops)
    return results


SIZES = {
    "a": {"sku": "T-S", "options": {"Size": "S"}, "regular_price": Decimal("19.90")},
    "b": {"sku": "T-M", "options": {"Size": "M"}, "regular_price": Decimal("21.00")},
}


def tee(shop, key="k1", **values):
    told = {"name": "Tee", "variants": SIZES, "status": "publish", **values}
    (result,) = done(shop, "product", create(key, **told))
    return result


def children(shop, id_):
    return {row["sku"]: row for row in products.children(shop, int(id_))}


# Products.


def test_a_simple_product_takes_the_fields_of_its_only_variant():
    shop = make_shop()
    variants = {"v": {"sku": "M-1", "regular_price": Decimal("5.5"), "options": {}}}
    (result,) = done(shop, "product", create("k", name="Mug", variants=variants))
    row = shop.store.get("products", result.id)
    assert (row["type"], row["sku"], row["regular_price"]) == ("simple", "M-1", "5.5")
    assert result.children == {"variants": {"v": result.id}}


def test_a_product_with_options_is_made_variable_with_its_variations():
    shop = make_shop()
    result = tee(shop, options=[{"name": "Size", "values": ["M", "S"]}])
    row = shop.store.get("products", result.id)
    assert (row["type"], row["status"], row["sku"]) == ("variable", "publish", "")
    (attribute,) = row["attributes"]
    assert (attribute["id"], attribute["options"]) == (1, ["M", "S"]), "the shop's own «Size»"
    made = children(shop, result.id)
    assert {sku: one["attributes"][0]["option"] for sku, one in made.items()} == {
        "T-S": "S",
        "T-M": "M",
    }
    assert result.children["variants"] == {
        "a": f"{result.id}/{made['T-S']['id']}",
        "b": f"{result.id}/{made['T-M']['id']}",
    }


def test_an_option_that_the_shop_does_not_know_becomes_the_products_own():
    shop = make_shop()
    variants = {"a": {"sku": "W-1", "options": {"Cut": "Œversize", "Size": "S"}}}
    (result,) = done(shop, "product", create("k", name="Tee", variants=variants))
    row = shop.store.get("products", result.id)
    assert [(a["id"], a["name"]) for a in row["attributes"]] == [(0, "Cut"), (1, "Size")]
    (one,) = children(shop, result.id).values()
    assert [a["option"] for a in one["attributes"]] == ["Œversize", "S"]


def test_a_half_made_product_is_seen_by_no_customer():
    shop = make_shop()
    seen = []

    def look(request):
        seen.extend((r["status"], r["sku"][:3]) for r in shop.store.rows("products"))

    shop.before = look
    tee(shop)
    assert set(seen) == {("draft", "gw-")}


@pytest.mark.parametrize("spared", [0, 1])
def test_a_create_whose_answer_is_lost_is_finished_and_not_repeated(spared):
    """Lost is the answer of the product, or of its variations."""
    shop = make_shop()
    wire = SimulatorTransport(shop)
    wire.lost, wire.spared = 1, spared
    with pytest.raises(RetryLater) as caught:
        write(shop, "product", create("k1", name="Tee", variants=SIZES), wire=wire)
    assert caught.value.sent
    result = tee(shop, "k1")
    (row,) = shop.store.rows("products")
    assert (row["status"], row["sku"], str(row["id"])) == ("publish", "", result.id)
    assert set(children(shop, result.id)) == {"T-S", "T-M"}
    assert set(result.children["variants"]) == {"a", "b"}


@pytest.mark.parametrize("spared", [0, 1])
def test_a_half_made_product_is_finished_even_if_its_key_was_lost(spared):
    """A run inside somebody else's transaction loses its intents with it. Nobody but the create
    finds the half-made one, so it is not taken for a product that was there."""
    shop = make_shop()
    wire = SimulatorTransport(shop)
    wire.lost, wire.spared = 1, spared
    with pytest.raises(RetryLater):
        write(shop, "product", create("k1", name="Tee", variants=SIZES), wire=wire)
    assert list(connect(shop).find("product", "sku", ["T-S", "T-M"])) == []
    result = tee(shop, "k2")
    (row,) = shop.store.rows("products")
    assert (row["status"], row["sku"], str(row["id"])) == ("publish", "", result.id)
    assert set(children(shop, result.id)) == {"T-S", "T-M"}
    assert dict(connect(shop).find("product", "sku", ["T-S"])) == {"T-S": result.id}


def test_a_key_used_again_after_all_was_done_makes_nothing():
    shop = make_shop()
    first, again = tee(shop, "k1"), tee(shop, "k1")
    assert (first.id, first.children) == (again.id, again.children)
    assert len(shop.store.rows("products")) == 1


def test_an_sku_of_somebody_else_is_refused_with_the_product_that_has_it():
    shop = make_shop()
    other = shop.make("product", name="Other", sku="t-s")
    (result,) = write(shop, "product", create("k", name="Tee", variants=SIZES))
    assert isinstance(result.error, Refused)
    assert f"Product {other['id']} of the shop has this SKU" in str(result.error)
    assert len(shop.store.rows("products")) == 1


def test_an_sku_in_the_trash_is_explained():
    shop = make_shop()
    products.trash(shop, shop.make("product", name="Old", sku="M-1"))
    (result,) = write(shop, "product", create("k", name="Mug", sku="M-1"))
    assert "trash" in str(result.error)


def test_a_product_without_any_sku_is_refused():
    (result,) = write(make_shop(), "product", create("k", name="Mug"))
    assert isinstance(result.error, Refused) and result.error.field == "sku"


def test_a_variation_that_is_refused_leaves_no_draft_behind():
    shop = make_shop()
    shop.make("product", name="Other", sku="x")
    taken = []

    def take(request):
        if "/variations/batch" in request.path and not taken:
            taken.append(shop.make("product", name="Quick", sku="T-M"))

    shop.before = take
    (result,) = write(shop, "product", create("k", name="Tee", variants=SIZES))
    assert isinstance(result.error, Refused) and result.error.field == "sku"
    assert {row["name"] for row in shop.store.rows("products")} == {"Other", "Quick"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"status": "wc-publish"}, "status"),
        ({"type": "foo"}, "type"),
        ({"regular_price": "12,50"}, "regular_price"),
        ({"stock_quantity": Decimal("2.5")}, "stock_quantity"),
        ({"manage_stock": "parent"}, "manage_stock"),
        ({"categories": ["x"]}, "categories"),
        ({"name": " "}, "name"),
        ({"date_on_sale_from": "2026-01-01"}, "date_on_sale_from"),
    ],
)
def test_what_a_batch_would_swallow_is_refused_before_it_is_sent(values, field):
    """In a batch the shop checks no schema: «12,50» would be kept as 1250."""
    shop = make_shop()
    told = {"name": "Mug", "sku": "M-1", **values}
    good = create("g", name="Good", sku="G-1")
    bad, fine = write(shop, "product", create("k", **told), good)
    assert isinstance(bad.error, Refused) and bad.error.field == field and bad.error.remedy
    assert fine.error is None
    assert [row["sku"] for row in shop.store.rows("products")] == ["G-1"]


def test_250_products_take_three_batches():
    shop = make_shop()
    wire = SimulatorTransport(shop)
    done(
        shop,
        "product",
        *(create(f"k{n}", name=f"P{n}", sku=f"p{n}") for n in range(250)),
        wire=wire,
    )
    assert len(shop.store.rows("products")) == 250
    assert wire.paths("POST") == ["wc/v3/products/batch"] * 3
    assert len(wire.paths("GET")) == 5


def test_an_update_names_only_what_it_changes():
    shop = make_shop()
    tags = [{"id": shop.make("tag", name="new")["id"]}]
    row = shop.make("product", name="Mug", sku="M", regular_price="5", tags=tags)
    wire = SimulatorTransport(shop)
    done(shop, "product", update(row["id"], name="Cup"), wire=wire)
    assert wire.sent[-1][2] == {"update": [{"id": row["id"], "name": "Cup"}]}
    assert (row["name"], row["regular_price"], row["tags"]) == ("Cup", "5", [tags[0]["id"]])


def test_a_new_variant_adds_its_value_and_leaves_the_others_be():
    """The list of attributes replaces what was there: what is left out goes from all variations."""
    shop = make_shop()
    result = tee(shop)
    row = shop.store.get("products", result.id)
    options = [
        {"id": 1, "options": ["S", "M"], "variation": True},
        {"name": "Material", "options": ["Cotton"], "visible": True},
    ]
    products.update(shop, row, {"attributes": options})
    more = {"c": {"sku": "T-XL", "options": {"Size": "XL"}}}
    op = update(result.id, {"variants": result.children["variants"]}, variants=more)
    (told,) = done(shop, "product", op)
    assert [(a["name"], a["options"]) for a in row["attributes"]] == [
        ("Size", ["S", "M", "XL"]),
        ("Material", ["Cotton"]),
    ]
    made = children(shop, result.id)
    assert {sku: one["attributes"][0]["option"] for sku, one in made.items()} == {
        "T-S": "S",
        "T-M": "M",
        "T-XL": "XL",
    }
    assert set(told.children["variants"]) == {"a", "b", "c"}


def test_another_option_than_the_product_has_is_refused():
    """Its variations would be for any value of it, which nobody decided."""
    shop = make_shop()
    result = tee(shop)
    more = {"c": {"sku": "T-R", "options": {"Size": "S", "Color": "Red"}}}
    op = update(result.id, {"variants": result.children["variants"]}, variants=more)
    (told,) = write(shop, "product", op)
    assert "has the options Size in the shop, and Color is not one" in str(told.error)
    assert [a["name"] for a in shop.store.get("products", result.id)["attributes"]] == ["Size"]


def test_a_variant_for_any_value_names_none():
    shop = make_shop()
    variants = {"a": {"sku": "A-1", "options": {"Size": "S", "Color": "(any)"}}}
    (result,) = done(shop, "product", create("k", name="Tee", variants=variants))
    (one,) = children(shop, result.id).values()
    assert [(a["name"], a["option"]) for a in one["attributes"]] == [("Size", "S")]


def test_only_an_element_that_the_mapping_lost_is_deleted():
    shop = make_shop()
    result = tee(shop)
    bound = result.children["variants"]
    op = update(result.id, {"variants": bound}, variants={"a": None})
    (told,) = done(shop, "product", op)
    assert set(children(shop, result.id)) == {"T-M"}
    assert told.children["variants"] == {"b": bound["b"]}


def test_a_simple_product_does_not_become_variable_by_itself():
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M")
    (result,) = write(shop, "product", update(row["id"], variants=SIZES))
    assert "no variations in the shop" in str(result.error)
    assert row["type"] == "simple"


def test_an_image_that_the_shop_has_is_not_fetched_again():
    shop = make_shop()
    src = "https://example.com/red.png"
    row = shop.make("product", name="Mug", sku="M", images=[{"src": src}])
    (before,) = row["images"]
    (found,) = connect(shop).fetch("product", [str(row["id"])])
    kept = [{"src": found.fields["images"][0]["src"]}, {"src": "https://example.com/blue.png"}]
    done(shop, "product", update(row["id"], images=kept))
    assert row["images"][0] == before and len(row["images"]) == 2
    assert len(shop.store.rows("media")) == 2


def test_tags_go_by_name_and_are_made_where_there_are_none():
    shop = make_shop()
    shop.make("tag", name="Eco & fair")
    row = shop.make("product", name="Mug", sku="M")
    done(shop, "product", update(row["id"], tags=["eco & fair", "New"]))
    names = [shop.store.get("tags", id_)["name"] for id_ in row["tags"]]
    assert names == ["Eco & fair", "New"]


def test_meta_data_are_set_by_key_and_others_stay():
    shop = make_shop()
    meta = [{"key": "_erp_id", "value": "7"}]
    row = shop.make("product", name="Mug", sku="M", meta_data=meta)
    done(shop, "product", update(row["id"], **{"meta.color": "red"}))
    assert {entry["key"]: entry["value"] for entry in row["meta"]} == {
        "_erp_id": "7",
        "color": "red",
    }


def test_a_deleted_product_goes_to_the_trash_and_not_further():
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M")
    done(shop, "product", Op("d", "delete", str(row["id"]), {}))
    assert row["status"] == "trash" and shop.store.get("products", row["id"])
    done(shop, "product", Op("g", "delete", str(row["id"]), {}, for_good=True))
    assert not shop.store.get("products", row["id"])


# Variants and prices.


def test_prices_of_products_and_variations_go_in_few_batches():
    shop = make_shop()
    result = tee(shop)
    mug = shop.make("product", name="Mug", sku="M")
    ids = [*result.children["variants"].values(), str(mug["id"])]
    wire = SimulatorTransport(shop)
    ops = [update(id_, regular_price=Decimal("9.99")) for id_ in ids]
    done(shop, "price", *ops, wire=wire)
    assert len(wire.sent) == 2
    assert {one["regular_price"] for one in children(shop, result.id).values()} == {"9.99"}
    assert mug["regular_price"] == "9.99"


def test_a_sale_has_its_price_and_its_dates():
    from datetime import datetime, timezone

    shop = make_shop()
    mug = shop.make("product", name="Mug", sku="M", regular_price="20")
    begin = datetime(2026, 3, 1, tzinfo=timezone.utc)
    done(shop, "price", update(mug["id"], sale_price=Decimal(15), date_on_sale_from=begin))
    assert (mug["sale_price"], mug["sale_from"]) == ("15", begin)
    (found,) = connect(shop).fetch("price", [str(mug["id"])])
    assert found.fields["date_on_sale_from"] == begin
    done(shop, "price", update(mug["id"], sale_price=None, date_on_sale_from=None))
    assert (mug["sale_price"], mug["sale_from"]) == ("", None)


def test_a_sale_that_the_shop_drops_is_refused():
    shop = make_shop()
    mug = shop.make("product", name="Mug", sku="M", regular_price="20")
    cup = shop.make("product", name="Cup", sku="C", regular_price="20")
    ops = [update(mug["id"], sale_price=Decimal(25)), update(cup["id"], sale_price=Decimal(19))]
    dropped, taken = connect(shop).write("price", ops)
    assert (dropped.error.field, dropped.error.value) == ("sale_price", "25")
    assert "20" in str(dropped.error) and dropped.error.remedy
    assert (taken.error, cup["sale_price"]) == (None, "19")


def test_a_variant_that_is_gone_is_an_error_of_its_own():
    shop = make_shop()
    result = tee(shop)
    there = result.children["variants"]["a"]
    gone = f"{result.id}/99999"
    bad, fine = write(shop, "variant", update(gone, sku="X"), update(there, sku="T-SMALL"))
    assert isinstance(bad.error, Refused) and "look for deletes" in str(bad.error)
    assert fine.error is None and "T-SMALL" in children(shop, result.id)


# Stock.


def counted(shop, quantity=10):
    return shop.make("product", name="Mug", sku="M", manage_stock=True, stock_quantity=quantity)


def test_a_quantity_is_set_where_it_is_as_expected():
    shop = make_shop()
    row = counted(shop)
    done(shop, "stock", update(row["id"], None, {"quantity": 10}, quantity=7))
    assert row["stock_quantity"] == 7


def test_a_quantity_that_moved_is_refused_and_not_overwritten():
    shop = make_shop()
    row = counted(shop, 9)
    (result,) = write(shop, "stock", update(row["id"], None, {"quantity": 10}, quantity=7))
    assert isinstance(result.error, Moved)
    assert row["stock_quantity"] == 9


def test_levels_are_read_right_before_they_are_written_batch_by_batch():
    shop = make_shop()
    rows = [
        shop.make("product", name=f"P{n}", sku=f"p{n}", manage_stock=True, stock_quantity=1)
        for n in range(150)
    ]
    wire = SimulatorTransport(shop)
    ops = [update(row["id"], None, {"quantity": 1}, quantity=5) for row in rows]
    done(shop, "stock", *ops, wire=wire)
    assert [method for method, _url, _body in wire.sent] == ["GET", "POST", "GET", "POST"]


def test_a_sale_at_every_point_before_the_write_is_noticed():
    """What is left is the time between the second look and the write: see the platform's page."""
    for call in range(1, 4):
        shop = make_shop()
        row = counted(shop)
        (found,) = connect(shop).fetch("stock", [str(row["id"])])
        seen = []

        def sell(request, row=row, shop=shop, seen=seen, call=call):
            seen.append(request.path)
            if len(seen) == call and request.method == "GET":
                line = [{"product_id": row["id"], "quantity": 4}]
                shop.make("order", line_items=line, status="processing")

        shop.before = sell
        expect = {"quantity": found.fields["quantity"]}
        (result,) = write(shop, "stock", update(row["id"], None, expect, quantity=10))
        sold = row["stock_quantity"] != 10
        assert isinstance(result.error, Moved) == sold, call


def test_what_is_not_counted_is_counted_from_the_first_quantity_on():
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M")
    done(shop, "stock", update(row["id"], None, {"quantity": None}, quantity=3))
    assert (row["manage_stock"], row["stock_quantity"]) == (True, 3)


def test_variations_that_share_their_products_quantity_are_refused():
    shop = make_shop()
    result = tee(shop)
    products.update(
        shop,
        shop.store.get("products", result.id),
        {"manage_stock": True, "stock_quantity": 44},
    )
    id_ = result.children["variants"]["a"]
    (told,) = write(shop, "stock", update(id_, quantity=3))
    assert "one quantity for all variations" in str(told.error)


@pytest.mark.parametrize("quantity", [Decimal("1.5"), None, "3", True])
def test_a_quantity_is_a_whole_number(quantity):
    shop = make_shop()
    (result,) = write(shop, "stock", update(counted(shop)["id"], quantity=quantity))
    assert isinstance(result.error, Refused) and result.error.field == "quantity"


# Customers and categories.


def test_a_customer_is_made_with_addresses_and_changed_line_by_line():
    shop = make_shop()
    billing = {"address_1": "1 rue", "city": "Paris", "country": "FR"}
    op = create("k", email=" Ada@Example.com ", first_name="Ada", billing=billing)
    (result,) = done(shop, "customer", op)
    row = shop.store.get("customers", result.id)
    assert (row["email"], row["billing"]["city"]) == ("Ada@Example.com", "Paris")
    done(shop, "customer", update(result.id, **{"billing.city": "Lyon", "last_name": None}))
    assert (row["billing"]["city"], row["billing"]["address_1"]) == ("Lyon", "1 rue")


def test_a_customers_lost_answer_is_looked_up_by_e_mail_and_key():
    shop = make_shop()
    wire = SimulatorTransport(shop)
    wire.lost = 1
    with pytest.raises(RetryLater):
        write(shop, "customer", create("k1", email="a@example.com"), wire=wire)
    (result,) = done(shop, "customer", create("k1", email="a@example.com"))
    assert [str(row["id"]) for row in shop.store.rows("customers")] == [result.id]


def test_an_e_mail_of_somebody_else_is_refused():
    shop = make_shop()
    shop.make("customer", email="a@example.com", password="x")
    (result,) = write(shop, "customer", create("k", email="A@example.com"))
    assert isinstance(result.error, Refused) and result.error.field == "email"


def test_categories_are_made_renamed_and_moved():
    shop = make_shop()
    (top,) = done(shop, "category", create("k1", name="Men"))
    (low,) = done(shop, "category", create("k2", name="Shirts & more", parent=top.id))
    row = shop.store.get("categories", low.id)
    assert (row["name"], row["parent"]) == ("Shirts & more", int(top.id))
    done(shop, "category", update(low.id, name="Shirts", parent=None))
    assert (row["name"], row["parent"]) == ("Shirts", 0)


def test_a_category_that_is_there_below_the_same_parent_is_taken_for_ours():
    shop = make_shop()
    (first,) = done(shop, "category", create("k1", name="Men"))
    (again,) = done(shop, "category", create("k1", name="men"))
    assert first.id == again.id


# Orders.


def sale(shop, key="k1", **values):
    row = next(iter(shop.store.rows("products")), None) or counted(shop)
    lines = {
        "1": {
            "variant": str(row["id"]),
            "quantity": Decimal(2),
            "subtotal": Decimal("20.00"),
            "total": Decimal("18.00"),
        }
    }
    billing = {"first_name": "Ada", "country": "FR", "email": "ada@example.com"}
    told = {"status": "processing", "billing": billing, "lines": lines, **values}
    (result,) = done(shop, "order", create(key, **told))
    return result


def test_an_order_is_made_with_lines_shipping_and_fees_at_the_prices_given():
    shop = make_shop()
    result = sale(
        shop,
        shipping_lines={"s": {"name": "Post", "total": Decimal("5.90")}},
        fee_lines={"f": {"name": "Gift wrap", "total": Decimal("2.00")}},
    )
    row = shop.store.get("orders", result.id)
    assert totals(row)["total"] == Decimal("31.08")
    assert set(result.children) == {"lines", "shipping_lines", "fee_lines"}
    assert result.children["lines"] == {"1": str(row["line_items"][0]["id"])}


@pytest.mark.parametrize("customer", [None, "5"])
def test_an_orders_lost_answer_is_looked_up_by_its_key_before_it_is_repeated(customer):
    shop = make_shop()
    if customer:
        row = shop.make("customer", email="c@example.com", password="x")
        customer = str(row["id"])
    wire = SimulatorTransport(shop)
    wire.lost = 1
    counted(shop)
    values = {"fee_lines": {"f": {"name": "x", "total": Decimal(1)}}, "customer": customer}
    with pytest.raises(RetryLater):
        write(shop, "order", create("k1", **values), wire=wire)
    (result,) = done(shop, "order", create("k1", **values))
    (other,) = done(shop, "order", create("k2", **values))
    assert {str(row["id"]) for row in shop.store.rows("orders")} == {result.id, other.id}
    assert set(result.children["fee_lines"]) == {"f"}


def test_a_lines_quantity_goes_with_its_totals_and_moves_the_stock():
    shop = make_shop()
    stock = counted(shop)
    result = sale(shop)
    assert stock["stock_quantity"] == 8
    line = {"quantity": Decimal(3), "subtotal": Decimal(30), "total": Decimal(27)}
    done(shop, "order", update(result.id, result.children, lines={"1": line}))
    row = shop.store.get("orders", result.id)
    assert (totals(row)["total"], stock["stock_quantity"]) == (Decimal("32.40"), 7)


def test_a_lines_quantity_alone_is_refused_since_the_shop_would_keep_the_totals():
    shop = make_shop()
    result = sale(shop)
    op = update(result.id, result.children, lines={"1": {"quantity": Decimal(3)}})
    (told,) = write(shop, "order", op)
    assert isinstance(told.error, Refused) and told.error.field == "lines.quantity"


def test_a_line_is_taken_out_and_another_put_in():
    shop = make_shop()
    result = sale(shop)
    other = shop.make("product", name="Cup", sku="C", regular_price="4")
    new = {"variant": str(other["id"]), "quantity": 1, "subtotal": Decimal(4), "total": Decimal(4)}
    op = update(result.id, result.children, lines={"1": None, "2": new})
    (told,) = done(shop, "order", op)
    row = shop.store.get("orders", result.id)
    assert [line["name"] for line in row["line_items"]] == ["Cup"]
    assert set(told.children["lines"]) == {"2"}


def test_an_order_is_cancelled_and_its_goods_come_back():
    shop = make_shop()
    stock = counted(shop)
    result = sale(shop)
    done(shop, "order", update(result.id, status="cancelled"))
    row = shop.store.get("orders", result.id)
    assert (row["status"], stock["stock_quantity"]) == ("cancelled", 10)


@pytest.mark.parametrize("status", ["wc-completed", "", None, "Completed"])
def test_a_state_is_written_as_the_shop_takes_it(status):
    shop = make_shop()
    result = sale(shop)
    (told,) = write(shop, "order", update(result.id, status=status))
    assert isinstance(told.error, Refused) and told.error.field == "status"


def test_a_line_without_a_product_is_refused_before_the_shop_makes_one():
    shop = make_shop()
    lines = {"1": {"variant": None, "quantity": 1, "subtotal": Decimal(1), "total": Decimal(1)}}
    (told,) = write(shop, "order", create("k", lines=lines))
    assert isinstance(told.error, Refused) and told.error.field == "lines.variant"
    assert shop.store.rows("orders") == []


def refund(amount: str = "6.00", **more: Any) -> dict[str, Any]:
    return {"amount": Decimal(amount), "reason": "broken", **more}


def test_a_refund_is_recorded_once_without_asking_the_gateway_for_money():
    shop = make_shop()
    result = sale(shop)
    wire = SimulatorTransport(shop)
    op = update(result.id, refunds={"r1": refund()})
    (told,) = done(shop, "order", op, wire=wire)
    sent = next(body for m, url, body in wire.sent if m == "POST" and url.endswith("/refunds"))
    assert (sent["api_refund"], sent["api_restock"]) == (False, False)
    row = shop.store.get("orders", result.id)
    assert [str(one["id"]) for one in row["refunds"]] == [told.children["refunds"]["r1"]]
    (again,) = done(shop, "order", op)
    assert again.children == told.children and len(row["refunds"]) == 1


def test_a_refund_of_a_line_puts_goods_back_only_where_that_is_asked_for():
    shop = make_shop()
    stock = counted(shop)
    result = sale(shop)
    line = result.children["lines"]["1"]
    part = {"line": line, "quantity": 1, "amount": Decimal(9), "taxes": {"1": Decimal("1.80")}}
    done(shop, "order", update(result.id, refunds={"r1": refund("10.80", lines=[part])}))
    assert stock["stock_quantity"] == 8
    told = refund("10.80", lines=[part], restock=True)
    done(shop, "order", update(result.id, refunds={"r2": told}))
    assert stock["stock_quantity"] == 9
    assert shop.store.get("orders", result.id)["status"] == "refunded"


def test_more_than_is_left_can_not_be_given_back():
    """The shop says so with status 500 and a bare number for data: it is no broken server."""
    shop = make_shop()
    result = sale(shop)

    class Overtaken(SimulatorTransport):
        """Somebody gives all of it back between the look and the refund."""

        def send(self, method, url, *rest):
            row = shop.store.get("orders", result.id)
            if method == "POST" and url.endswith("/refunds") and not row["refunds"]:
                refunds.create(shop, row, {"amount": "21.60", "api_refund": False})
            return super().send(method, url, *rest)

    op = update(result.id, refunds={"r": refund("9.00")})
    (told,) = write(shop, "order", op, wire=Overtaken(shop))
    assert isinstance(told.error, Refused) and "Invalid refund amount" in str(told.error)


def test_a_note_is_added_once():
    shop = make_shop()
    result = sale(shop)
    for _ in range(2):
        done(shop, "order", update(result.id, note="Sent by post"))
    notes = [row["text"] for row in shop.store.rows("notes")]
    assert notes.count("Sent by post") == 1


def test_an_order_that_is_gone_is_an_error_of_its_own():
    shop = make_shop()
    result = sale(shop)
    orders.delete(shop, shop.store.get("orders", sale(shop, "k2").id))
    bad, fine = write(
        shop, "order", update("99999", status="completed"), update(result.id, status="completed")
    )
    assert isinstance(bad.error, Refused) and fine.error is None


# On the way.


def test_a_key_that_may_only_read_stops_the_run_at_the_first_write():
    shop = make_shop(permission="read")
    row = shop.make("product", name="Mug", sku="M")
    with pytest.raises(StopRun, match="write permissions"):
        write(shop, "product", update(row["id"], name="Cup"))


def test_a_batch_that_is_refused_as_a_whole_is_halved_until_the_bad_one_stands_alone():
    shop = make_shop()
    rows = [shop.make("product", name=f"P{n}", sku=f"p{n}") for n in range(5)]

    def refuse(request):
        if request.method == "POST" and b"poison" in request.body:
            from gateway_ng.tests.simulators.woocommerce.errors import ApiError

            raise ApiError(400, "waf_blocked", "Blocked.")

    shop.before = refuse
    ops = [update(row["id"], name="poison" if n == 2 else f"New {n}") for n, row in enumerate(rows)]
    results = write(shop, "product", *ops)
    assert [result.error is None for result in results] == [True, True, False, True, True]
    assert rows[4]["name"] == "New 4" and rows[2]["name"] == "P2"


def test_writes_to_one_record_keep_their_order():
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M")
    done(shop, "product", update(row["id"], name="One"), update(row["id"], name="Two"))
    assert row["name"] == "Two"


def test_canonical_values_are_what_the_shop_gives_back():
    shop = make_shop()
    values = {
        "name": ' Travel mug 12" <XL> & more ',
        "sku": " M-9 ",
        "tax_class": "standard",
        "tags": ["b", "A"],
        "regular_price": Decimal("9.50"),
    }
    endpoint = connect(shop)
    told = endpoint.canonical("product", values)
    (result,) = endpoint.write("product", [create("k", **values)])
    (found,) = endpoint.fetch("product", [str(result.id)])
    assert {name: found.fields[name] for name in values} == {
        **told,
        "tags": sorted(told["tags"], key=lambda tag: found.fields["tags"].index(tag)),
    }


def test_a_variation_writes_what_any_variant_has():
    shop = make_shop()
    result = tee(shop)
    id_ = result.children["variants"]["a"]
    values = {"weight": Decimal("0.25"), "global_unique_id": "4006381333931", "backorders": "no"}
    done(shop, "variant", update(id_, **values))
    row = shop.store.get("variations", id_.partition("/")[2])
    assert (row["weight"], row["global_unique_id"]) == ("0.25", "4006381333931")
    assert variations.shown(shop, row)["weight"] == "0.25"


# Round trips of generated values.

TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="<>&"), max_size=40
).filter(lambda text: text.strip() == text and text)
AMOUNT = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False)


@given(name=TEXT, note=st.text(max_size=60), price=AMOUNT, weight=AMOUNT)
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read_back_and_written_back_changes_nothing(name, note, price, weight):
    shop = make_shop()
    values = {
        "name": name,
        "sku": "G-1",
        "meta.note": note,
        "regular_price": price,
        "weight": weight,
    }
    endpoint = connect(shop, weight_unit="g")
    (result,) = endpoint.write("product", [create("k", **values)])
    (found,) = endpoint.fetch("product", [str(result.id)])
    told = endpoint.canonical("product", values)
    assert found.fields["name"] == told["name"] == name
    assert (found.fields["regular_price"], found.fields["weight"]) == (price, weight)
    assert found.fields["meta"]["note"] == note
    before = shop.dump()[0]["products"]
    again = {n: found.fields[n] for n in ("name", "sku", "regular_price", "weight", "status")}
    (result,) = endpoint.write("product", [update(result.id, **again)])
    assert result.error is None
    assert shop.dump()[0]["products"] == before


@given(names=st.lists(TEXT, min_size=1, max_size=4, unique_by=lambda text: text.casefold()))
@settings(max_examples=20, deadline=None)
def test_options_of_any_letters_come_back_as_they_were(names):
    shop = make_shop()
    variants = {
        str(n): {"sku": f"O-{n}", "options": {"Farbe “x”": name}} for n, name in enumerate(names)
    }
    (result,) = done(shop, "product", create("k", name="Tee", variants=variants))
    (found,) = connect(shop).fetch("product", [str(result.id)])
    assert [v["options"]["Farbe “x”"] for v in found.fields["variants"]] == names
    assert found.fields["options"] == [{"name": "Farbe “x”", "values": names}]


# -- refunds of Odoo


def paid_back(amount: str, mark: str = "m1", **more: Any) -> dict[str, Any]:
    return refund(amount, mark=mark, currency="EUR", **more)


def test_a_refund_is_known_by_its_mark_and_asks_the_payment_method_only_to_pay():
    shop = make_shop()
    result = sale(shop)
    row = shop.store.get("orders", result.id)
    row["payment_method"] = "refundable"
    wire = SimulatorTransport(shop)
    told = {"c1": paid_back("2.00"), "c2": paid_back("1.00", "m2", pay=True)}
    done(shop, "order", update(result.id, refunds=told), wire=wire)
    sent = [body for m, url, body in wire.sent if m == "POST" and url.endswith("/refunds")]
    assert [body["api_refund"] for body in sent] == [False, True]
    assert [body["api_restock"] for body in sent] == [False, False]
    (record,) = connect(shop).fetch("order", [result.id])
    assert [one["mark"] for one in record.fields["refunds"]] == ["m1", "m2"]
    other = Op("another", "update", result.id, {"refunds": told})
    (again,) = done(shop, "order", other)
    assert len(row["refunds"]) == 2 and set(again.children["refunds"]) == {"c1", "c2"}


def test_a_refund_whose_answer_was_lost_is_found_by_its_mark_or_its_reason():
    shop = make_shop()
    result = sale(shop)
    row = shop.store.get("orders", result.id)
    for marked in (True, False):
        told = {"c1": paid_back("2.00", f"m{marked}", reason=f"RINV/1 & {marked}")}
        wire = SimulatorTransport(shop)
        wire.lost = 1
        with pytest.raises(RetryLater):
            write(shop, "order", update(result.id, refunds=told), wire=wire)
        if not marked:  # the shop asked for the money, and ended before it noted the mark
            row["refunds"][-1]["meta"].clear()
        count = len(row["refunds"])
        (again,) = done(shop, "order", Op("other", "update", result.id, {"refunds": told}))
        assert len(row["refunds"]) == count
        assert again.children["refunds"] == {"c1": str(row["refunds"][-1]["id"])}


def test_a_lines_tax_goes_back_on_the_rates_that_it_was_charged_by():
    shop = make_shop()
    result = sale(shop)
    line = result.children["lines"]["1"]
    wire = SimulatorTransport(shop)
    part = {"line": line, "quantity": Decimal(1), "amount": Decimal(9), "tax": Decimal("1.80")}
    told = {"c": paid_back("10.80", lines=[part])}
    done(shop, "order", update(result.id, refunds=told), wire=wire)
    (sent,) = [body for m, url, body in wire.sent if m == "POST" and url.endswith("/refunds")]
    (item,) = sent["line_items"]
    assert item["refund_tax"] == [{"id": 1, "refund_total": "1.80"}]
    assert (item["quantity"], item["refund_total"]) == (1, "9")


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("refunds.amount", {"amount": Decimal("999")}),
        ("refunds.lines", {"lines": [("9", "1.80")]}),
        ("refunds.lines", {"lines": [("0.5", "0")]}),
        ("refunds.currency", {"currency": "USD"}),
        ("refunds.amount", {"amount": Decimal(0)}),
    ],
)
def test_what_can_not_be_given_back_is_refused_before_it_is_sent(field, told):
    shop = make_shop()
    result = sale(shop)
    line = result.children["lines"]["1"]
    lines = [
        {"line": line, "quantity": Decimal(units), "amount": Decimal(1), "tax": Decimal(tax)}
        for units, tax in told.pop("lines", ())
    ]
    wire = SimulatorTransport(shop)
    values = {**paid_back("1.00", lines=lines), **told}
    (answer,) = write(shop, "order", update(result.id, refunds={"c": values}), wire=wire)
    assert isinstance(answer.error, Refused) and answer.error.field == field
    assert answer.error.record == result.id and answer.error.remedy
    assert not [url for m, url, _body in wire.sent if m == "POST" and url.endswith("/refunds")]


def test_a_payment_method_that_gives_nothing_back_is_a_refusal_and_no_refund():
    shop = make_shop()
    result = sale(shop)
    told = {"c": paid_back("1.00", pay=True)}
    (answer,) = write(shop, "order", update(result.id, refunds=told))
    assert isinstance(answer.error, Refused) and "automatic refunds" in str(answer.error)
    assert "by hand" in answer.error.remedy
    assert shop.store.get("orders", result.id)["refunds"] == []


def test_a_refund_that_is_tied_is_neither_changed_nor_taken_back():
    shop = make_shop()
    result = sale(shop)
    (made,) = done(shop, "order", update(result.id, refunds={"c": paid_back("1.00")}))
    for fields in ({"amount": Decimal(2)}, None):
        op = update(result.id, {"refunds": made.children["refunds"]}, refunds={"c": fields})
        (answer,) = write(shop, "order", op)
        assert isinstance(answer.error, Refused) and "not changed or taken back" in str(
            answer.error
        )
