"""Images behind a product's first one, at WooCommerce: one list, which a write replaces."""

from __future__ import annotations

import pytest

from gateway_ng.lib.demoshop.pictures import png
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.images import Image, hash_of
from gateway_ng.tests.pure import test_woocommerce_images as single
from gateway_ng.tests.simulators.woocommerce import media

FIRST, FIELD = "image_key", "further_image_keys"
RED, BLUE, GREEN, GREY = map(png, ((200, 0, 0), (0, 0, 200), (0, 200, 0), (90, 90, 90)))
BASE = "https://odoo.example.com/web/image"
WEB = {f"{BASE}/{hash_of(one)}.png": one for one in (RED, BLUE, GREEN, GREY)}


def sent(*contents):
    return {
        hash_of(one): Image(b"", "image/png", "it.png", f"{BASE}/{hash_of(one)}.png")
        for one in contents
    }


class Out(single.Out):
    """`simple` shows three images."""

    def __init__(self):
        super().__init__()
        self.shop.web = WEB.get
        for content in (RED, BLUE):
            row = media.add(self.shop, f"{BASE}/{hash_of(content)}.png")
            self.simple["images"].append(row["id"])
        self.first, self.one, self.two = self.simple["images"]

    def names(self, id_=None):
        return self.record("product", id_ or self.simple["id"]).fields[FIELD]

    def put(self, values, images, removed=(), replaced=None):
        gone = {FIELD: list(removed)}
        id_ = str(self.simple["id"])
        op = Op("k", "update", id_, values, images=images, removed=gone, replaced=replaced or {})
        self.wire.sent.clear()
        (result,) = self.endpoint.write("product", [op])
        return result


@pytest.fixture
def out():
    return Out()


def test_they_are_told_in_order_without_the_first(out):
    assert [name.partition("@")[0] for name in out.names()] == [str(out.one), str(out.two)]
    bare = next(row for row in out.shop.store.rows("products") if not row["images"])
    assert out.names(bare["id"]) == []
    record = out.record("product", out.simple["id"])
    found = dict(out.endpoint.images("product", dict.fromkeys(record.fields[FIELD], record)))
    assert [one.content for one in found.values()] == [RED, BLUE]


def test_what_the_shop_has_keeps_its_id_and_only_what_is_new_is_fetched(out):
    one, two = out.names()
    result = out.put({FIELD: [two, hash_of(GREY), one]}, sent(GREY))
    assert (result.error, result.warning, tuple(result.left)) == (None, None, ())
    assert out.simple["images"][:2] == [out.first, out.two]
    assert out.simple["images"][3] == out.one and len(out.simple["images"]) == 4
    assert out.contents(out.simple)[2] == GREY


def test_another_order_and_another_name_are_written_in_one_go(out):
    result = out.put({FIELD: out.names()[::-1], "name": "Written"}, {})
    assert result.warning is None and out.simple["name"] == "Written"
    assert out.simple["images"] == [out.first, out.two, out.one]


def test_only_what_was_settled_is_taken_off_and_what_came_since_stays_behind(out):
    one, two = out.names()
    since = media.add(out.shop, f"{BASE}/{hash_of(GREEN)}.png")
    out.simple["images"].insert(1, since["id"])
    assert out.put({FIELD: [two]}, {}, removed=[one]).warning is None
    assert out.simple["images"] == [out.first, out.two, since["id"]]
    assert out.put({FIELD: []}, {}, removed=[two]).warning is None
    assert out.simple["images"] == [out.first, since["id"]]


def test_a_new_first_image_comes_before_them(out):
    record = out.record("product", out.simple["id"]).fields
    values = {FIRST: hash_of(GREY), FIELD: [hash_of(GREEN), *record[FIELD]]}
    result = out.put(values, sent(GREY, GREEN), replaced={FIRST: record[FIRST]})
    assert (result.error, result.warning) == (None, None)
    assert out.contents(out.simple) == [GREY, GREEN, RED, BLUE]
    assert out.first not in out.simple["images"]
    # One alone leaves the others be.
    record = out.record("product", out.simple["id"]).fields
    out.put({FIRST: hash_of(RED)}, sent(RED), replaced={FIRST: record[FIRST]})
    assert out.contents(out.simple) == [RED, GREEN, RED, BLUE]
    assert out.names() == record[FIELD]


def test_a_new_product_gets_all_of_them(out):
    values = {"name": "A", "sku": "A", FIRST: hash_of(RED), FIELD: [hash_of(BLUE), hash_of(GREEN)]}
    op = Op("a", "create", None, values, images=sent(RED, BLUE, GREEN))
    (result,) = out.endpoint.write("product", [op])
    assert (result.error, result.warning) == (None, None)
    (row,) = [row for row in out.shop.store.rows("products") if row["sku"] == "A"]
    assert out.contents(row) == [RED, BLUE, GREEN]


def test_without_a_first_image_none_is_written_and_that_is_told(out):
    out.simple["images"] = []
    result = out.put({FIELD: [hash_of(RED)], "name": "Written"}, sent(RED))
    assert (tuple(result.left), out.simple["name"]) == ((FIELD,), "Written")
    assert (out.simple["images"], result.warning) == ([], None)
    assert "wait until it has one" in result.note


def test_one_that_the_shop_can_t_get_leaves_the_list_as_it_was(out):
    missing = {"0" * 40: Image(b"", "image/png", "b.png", "https://odoo.example.com/b.png")}
    before = list(out.simple["images"])
    result = out.put({FIELD: [*out.names()[::-1], "0" * 40], "name": "Written"}, missing)
    assert (tuple(result.left), out.simple["name"]) == ((FIELD,), "Written")
    assert out.simple["images"] == before
    assert "did not take the image" in result.warning.message and result.warning.remedy


def test_one_that_is_gone_meanwhile_leaves_the_list_as_it_is(out):
    one, two = out.names()
    out.simple["images"].remove(out.one)
    result = out.put({FIELD: [two, one]}, {})
    assert tuple(result.left) == (FIELD,) and out.simple["images"] == [out.first, out.two]


def test_with_the_first_image_all_of_them_are_taken_off(out):
    record = out.record("product", out.simple["id"]).fields
    values, removed = {FIRST: None, FIELD: []}, record[FIELD]
    result = out.put(values, {}, removed=removed, replaced={FIRST: record[FIRST]})
    assert (result.error, result.warning, tuple(result.left)) == (None, None, ())
    assert out.simple["images"] == []
