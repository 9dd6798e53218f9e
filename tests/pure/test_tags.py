"""Tags of products: sets of names, carried both ways by the shipped mappings of both platforms."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.platforms.shopify.writes.product_create import plain_fields
from gateway_ng.lib.tags import tag_key, tag_set
from gateway_ng.tests.pure.round_trip import Trip
from gateway_ng.tests.pure.shopify_fakes import TOKEN, ShopTransport
from gateway_ng.tests.pure.shopify_fakes import connect as to_shopify
from gateway_ng.tests.pure.woocommerce_fakes import SimulatorTransport, make_shop
from gateway_ng.tests.pure.woocommerce_fakes import connect as to_woocommerce
from gateway_ng.tests.simulators.woocommerce import terms
from gateway_ng.tests.simulators.woocommerce.errors import ApiError

NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters=","))
VARIANT = {"id": "11", "options": {}, "sku": "M", "barcode": None, "price": None, "weight": None}
PRODUCT = {
    "shopify": {
        "id": "1",
        "title": "Mug",
        "descriptionHtml": "",
        "status": "ACTIVE",
        "options": [],
        "collections": [],
        "variants": [{**VARIANT, "inventoryItem": {"weight": None, "tracked": True}}],
    },
    "woocommerce": {
        "id": "1",
        "name": "Mug",
        "type": "simple",
        "description": "",
        "status": "publish",
        "virtual": False,
        "categories": [],
        "options": [],
        "variants": [
            {**VARIANT, "global_unique_id": "", "regular_price": None, "manage_stock": True}
        ],
    },
}
PLATFORMS = sorted(PRODUCT)
both = pytest.mark.parametrize("platform", PLATFORMS)


# -- sets of names ---------------------------------------------------------------------------------


@given(st.lists(NAMES), st.randoms())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_set_of_tags_has_one_form_whatever_their_order(names: list[str], dice: Any) -> None:
    told = tag_set(names)
    shuffled = [*told, *told]
    dice.shuffle(shuffled)
    assert tag_set(shuffled) == told == tag_set(f" {name}\u00a0" for name in told)
    assert {tag_key(name) for name in names if name.strip()} == {tag_key(name) for name in told}


def test_a_tag_keeps_its_first_spelling_and_blanks_are_none() -> None:
    assert tag_set(["b ", "Ünï 🧦", "", " ", "B", "ünï 🧦", "a"]) == ["a", "b", "Ünï 🧦"]


# -- both ways, through the shipped mappings -------------------------------------------------------


def trip(platform: str, *tags: str) -> Trip:
    told = {**PRODUCT[platform], "tags": list(tags)}
    made = Trip(platform, "product", [told], knows={"sale_ok": True})
    made.run("import")
    return made


def odoo(made: Trip) -> Any:
    (row,) = made.odoo.rows["product"].values()
    return row


def edit_odoo(made: Trip, tags: list[str]) -> None:
    (id_,) = made.odoo.rows["product"]
    made.odoo.edit("product", id_, tags=tags)


def shop(made: Trip) -> Any:
    (row,) = made.shop.rows["product"].values()
    return row


def settled(made: Trip) -> bool:
    return not any(made.run(way) for way in ("export", "import", "export", "import"))


@both
def test_tags_come_to_odoo_and_go_back_changed_and_emptied(platform: str) -> None:
    made = trip(platform, "Summer", "Ünï 🧦")
    assert odoo(made).fields["tags"] == ["Summer", "Ünï 🧦"]
    assert settled(made)
    for tags in (["Autumn", "Ünï 🧦"], []):
        edit_odoo(made, tags)
        (op,) = made.run("export")
        assert op.values == {"tags": tags}
        assert shop(made).fields["tags"] == tags
        assert settled(made)


@both
def test_what_the_shop_empties_is_emptied_and_what_it_hides_is_left(platform: str) -> None:
    made = trip(platform, "Summer")
    hidden = {name: value for name, value in shop(made).fields.items() if name != "tags"}
    made.shop.put("product", hidden, "1")
    assert made.run("import") == []
    assert odoo(made).fields["tags"] == ["Summer"]
    made.shop.put("product", {**hidden, "tags": []}, "1")
    (op,) = made.run("import")
    assert op.values == {"tags": []}
    assert settled(made)


@both
def test_tags_are_one_value_and_one_side_wins_whole(platform: str) -> None:
    made = trip(platform, "Summer")
    edit_odoo(made, ["Odoo", "Summer"])
    made.shop.edit("product", "1", tags=["Shop", "Summer"])
    (op,) = made.run("import")
    assert op.values == {"tags": ["Shop", "Summer"]}
    assert settled(made)
    assert shop(made).fields["tags"] == odoo(made).fields["tags"] == ["Shop", "Summer"]


# -- Shopify ---------------------------------------------------------------------------------------


def test_shopify_tells_tags_as_it_was_said_to_keep_them() -> None:
    demo = Shop(FakeClock(), Settings(access_token=TOKEN))
    endpoint = to_shopify(ShopTransport(demo), demo.clock)
    given_ = ["summer", "Zoë 🧦", "Summer", " b ", "x, Y", "_low", ""]
    values = {"title": "Mug", "tags": given_}
    (result,) = endpoint.write("product", [Op("k", "create", None, values)])
    assert result.record is not None
    told = endpoint.canonical("product", values)["tags"]
    assert told == result.record.fields["tags"] == ["_low", "b", "summer", "x", "Y", "Zoë 🧦"]
    (stored,) = demo.store.tables["Product"].values()
    random.Random(7).shuffle(stored["tags"])  # shops sort them as they like
    (record,) = endpoint.fetch("product", [str(result.id)])
    assert record.fields["tags"] == told
    for emptied in (None, []):
        stored["tags"] = ["a"]
        (result,) = endpoint.write("product", [Op("u", "update", result.id, {"tags": emptied})])
        assert result.error is None and stored["tags"] == []
        assert plain_fields({"tags": emptied}) == {"tags": []}
        assert endpoint.canonical("product", {"tags": emptied}) == {"tags": []}


# -- WooCommerce -----------------------------------------------------------------------------------


def update(row: Any, *tags: str) -> Op:
    return Op(f"u{row['id']}", "update", str(row["id"]), {"tags": list(tags)})


def made_in(shop_: Any) -> list[str]:
    return [row["name"] for row in shop_.store.rows("tags")]


def names(shop_: Any, row: Any) -> list[str]:
    return [shop_.store.get("tags", id_)["name"] for id_ in row["tags"]]


def test_woocommerce_makes_the_missing_terms_of_many_products_in_one_batch() -> None:
    shop_ = make_shop()
    wire = SimulatorTransport(shop_)
    shop_.make("tag", name="Eco & fair")
    rows = [shop_.make("product", name=f"Mug {n}", sku=f"M{n}") for n in range(20)]
    ops = [update(row, "ECO & FAIR", "New 🧦", 'Mug 12" <XL>', "  ") for row in rows]
    results = list(to_woocommerce(shop_, wire).write("product", ops))
    assert [result.error for result in results] == [None] * 20
    assert made_in(shop_) == ["Eco & fair", 'Mug 12"', "New 🧦"]
    for row in rows:
        assert sorted(names(shop_, row)) == made_in(shop_)
    asked = [path for path in wire.paths() if path.startswith("wc/v3/products/tags")]
    assert asked == ["wc/v3/products/tags", "wc/v3/products/tags/batch"]
    (body,) = [told for _method, url, told in wire.sent if "products/tags/batch" in url]
    assert [term["name"] for term in body["create"]] == ['Mug 12"', "New 🧦"]
    (record, *_) = to_woocommerce(shop_).fetch("product", [str(rows[0]["id"])])
    canonical = to_woocommerce(shop_).canonical("product", ops[0].values)["tags"]
    assert list(map(tag_key, record.fields["tags"])) == list(map(tag_key, canonical))


def test_woocommerce_finds_the_terms_again_whose_answer_was_lost() -> None:
    shop_ = make_shop()
    wire = SimulatorTransport(shop_)
    row = shop_.make("product", name="Mug", sku="M")
    wire.lost = 1
    with pytest.raises(RetryLater):
        list(to_woocommerce(shop_, wire).write("product", [update(row, "A", "B")]))
    assert (made_in(shop_), row["tags"]) == (["A", "B"], [])
    (result,) = to_woocommerce(shop_, wire).write("product", [update(row, "B", "A")])
    assert result.error is None
    assert (made_in(shop_), sorted(names(shop_, row))) == (["A", "B"], ["A", "B"])


def test_a_term_made_by_another_between_look_and_create_is_taken() -> None:
    shop_ = make_shop()
    row = shop_.make("product", name="Mug", sku="M")

    def meanwhile(request: Any) -> None:
        if request.path.endswith("tags/batch"):
            shop_.before = None
            shop_.make("tag", name="a")

    shop_.before = meanwhile
    (result,) = to_woocommerce(shop_).write("product", [update(row, "A")])
    assert result.error is None
    assert (made_in(shop_), names(shop_, row)) == (["a"], ["a"])


def test_a_term_woocommerce_refuses_fails_only_the_products_that_want_it(monkeypatch: Any) -> None:
    shop_, create = make_shop(), terms.create

    def refusing(shop: Any, table: str, data: Any) -> Any:
        if data["name"] == "Bad":
            raise ApiError(400, "rest_invalid_param", "Not this one.")
        return create(shop, table, data)

    monkeypatch.setattr(terms, "create", refusing)
    one, other = (shop_.make("product", name=name, sku=name) for name in ("Mug", "Cup"))
    results = list(
        to_woocommerce(shop_).write("product", [update(one, "B", "Bad"), update(other, "B")])
    )
    assert [result.error is None for result in results] == [False, True]
    error = results[0].error
    assert error is not None and (error.field, error.record) == ("tags", str(one["id"]))
    assert error.remedy and names(shop_, other) == ["B"]


def test_woocommerce_takes_all_tags_away() -> None:
    shop_ = make_shop()
    row = shop_.make(
        "product", name="Mug", sku="M", tags=[{"id": shop_.make("tag", name="A")["id"]}]
    )
    for emptied in (None, []):
        op = Op("u", "update", str(row["id"]), {"tags": emptied})
        (result,) = to_woocommerce(shop_).write("product", [op])
        assert result.error is None and row["tags"] == []
        assert to_woocommerce(shop_).canonical("product", {"tags": emptied}) == {"tags": []}
        row["tags"] = [shop_.store.rows("tags")[0]["id"]]
