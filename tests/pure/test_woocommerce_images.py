"""Images of WooCommerce's products and variations: read with a name each, fetched by the shop."""

from __future__ import annotations

import base64
from decimal import Decimal

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop.pictures import png
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import Refused
from gateway_ng.lib.images import Image, hash_of
from gateway_ng.tests.pure.woocommerce_fakes import SimulatorTransport, connect, make_shop
from gateway_ng.tests.simulators.woocommerce import Shop
from gateway_ng.tests.simulators.woocommerce.seed import seed

RED = png((200, 0, 0))
ADDRESS = "https://odoo.example.com/web/image/product.template/7/image_1920/red.png?access_token=t"
NAME = hash_of(RED)
SENT = {NAME: Image(b"", "image/png", "red.png", ADDRESS)}


class Out:
    def __init__(self):
        self.shop = make_shop(FakeClock())
        seed(self.shop)
        self.shop.web = lambda src: RED if src == ADDRESS else None
        self.wire = SimulatorTransport(self.shop)
        self.endpoint = connect(self.shop, self.wire)
        rows = self.shop.store.rows("products")
        self.simple = next(row for row in rows if row["images"] and row["type"] == "simple")
        self.variable = next(row for row in rows if row["type"] == "variable")
        variations = self.shop.store.rows("variations")
        self.variation = next(row for row in variations if row["image"])
        self.bare = next(row for row in variations if not row["image"])

    def record(self, entity, id_):
        (found,) = self.endpoint.fetch(entity, [str(id_)])
        return found

    def contents(self, row):
        ids = row["images"] if "images" in row else [row["image"]]
        return [
            base64.b64decode(self.shop.store.get("media", id_)["content"]) for id_ in ids if id_
        ]

    def write(self, entity, id_, images=SENT, replaced=None, name=NAME, **values):
        values = {"image_key": name, **values}
        op = Op("k", "update", str(id_), values, images=images, replaced=replaced or {})
        (result,) = self.endpoint.write(entity, [op])
        return result


@pytest.fixture
def out():
    return Out()


def test_a_product_names_its_first_image_and_a_variation_its_own(out):
    (media,) = [out.shop.store.get("media", id_) for id_ in out.simple["images"]]
    fields = out.record("product", out.simple["id"]).fields
    assert fields["image_key"] == fields["images"][0]["key"]
    assert fields["image_key"].startswith(f"{media['id']}@20")
    variant = out.record("variant", f"{out.variation['parent']}/{out.variation['id']}").fields
    assert variant["image_key"].startswith(f"{out.variation['image']}@")
    bare = out.record("variant", f"{out.bare['parent']}/{out.bare['id']}").fields
    assert bare["image_key"] is None


def test_a_simple_product_s_image_is_the_product_s_and_not_its_variant_s(out):
    assert "image_key" not in out.record("variant", out.simple["id"]).fields


def test_contents_come_from_the_shop_s_own_address_without_a_key(out):
    record = out.record("product", out.simple["id"])
    name = record.fields["image_key"]
    out.wire.sent.clear()
    send, seen = out.wire.send, []

    def watched(method, url, headers, body, timeout):
        seen.append(headers)
        return send(method, url, headers, body, timeout)

    out.wire.send = watched
    ((told, found),) = out.endpoint.images("product", {name: record})
    assert (told, [found.content]) == (name, out.contents(out.simple))
    ((_method, url, _body),) = out.wire.sent
    assert url == record.fields["images"][0]["src"] and "consumer" not in url
    assert [name for headers in seen for name in headers if name.lower() == "authorization"] == []
    assert len(seen) == 1
    assert out.shop.downloads == 1


def test_an_address_elsewhere_in_our_network_is_not_fetched(out):
    media = out.shop.store.get("media", out.simple["images"][0])
    record = out.record("product", out.simple["id"])
    for src in ("http://10.0.0.7/a.png", "http://localhost:1/a.png"):
        fields = {"images": [{"key": f"{media['id']}@1", "src": src}]}
        ((_, error),) = out.endpoint.images(
            "product", {f"{media['id']}@1": type(record)(record.id, fields)}
        )
        assert isinstance(error, Refused) and "private network" in error.message


def test_the_shop_fetches_an_image_and_keeps_what_it_had(out):
    before = out.contents(out.simple)
    result = out.write("product", out.simple["id"], name=NAME)
    assert (result.error, result.warning) == (None, None)
    assert out.contents(out.simple) == [RED, *before]
    assert out.record("product", out.simple["id"]).fields["images"][0]["name"] == "red"


def test_the_settled_image_makes_way(out):
    old = out.record("product", out.simple["id"]).fields["image_key"]
    out.write(
        "product", out.simple["id"], replaced={"image_key": old}, regular_price=Decimal("3.00")
    )
    assert out.contents(out.simple) == [RED]
    assert out.simple["regular_price"] == "3.00"


def test_a_product_s_image_is_taken_off(out):
    old = out.record("product", out.simple["id"]).fields["image_key"]
    out.write("product", out.simple["id"], {}, {"image_key": old}, None)
    assert out.simple["images"] == []


def test_a_new_product_gets_its_image_and_a_refused_one_leaves_it_made(out):
    ops = [
        Op("a", "create", None, {"name": "A", "sku": "A", "image_key": NAME}, images=SENT),
        Op(
            "b",
            "create",
            None,
            {"name": "B", "sku": "B", "image_key": "0" * 40},
            images={"0" * 40: Image(b"", "image/png", "b.png", "https://odoo.example.com/b.png")},
        ),
    ]
    good, bad = out.endpoint.write("product", ops)
    assert (good.error, good.warning, bad.error) == (None, None, None)
    rows = {row["sku"]: row for row in out.shop.store.rows("products")}
    assert out.contents(rows["A"]) == [RED] and rows["B"]["images"] == []
    assert tuple(bad.left) == ("image_key",)
    assert "did not take the image" in bad.warning.message and bad.warning.remedy


def test_a_variation_gets_an_image(out):
    id_ = f"{out.bare['parent']}/{out.bare['id']}"
    result = out.write("variant", id_)
    assert (result.error, result.warning) == (None, None)
    assert out.contents(out.bare) == [RED]


def test_that_a_variation_s_image_can_t_be_taken_off_is_a_note(out):
    before = out.contents(out.variation)
    id_ = f"{out.variation['parent']}/{out.variation['id']}"
    result = out.write("variant", id_, {}, None, None)
    assert (result.error, result.warning) == (None, None)
    assert "takes none off a variation" in result.note
    assert out.contents(out.variation) == before


def test_without_an_image_no_request_is_made_for_any(out):
    (result,) = out.endpoint.write(
        "product", [Op("k", "update", str(out.simple["id"]), {"regular_price": Decimal("4.00")})]
    )
    assert result.error is None
    assert out.wire.paths() == ["wc/v3/products/batch"]
    assert isinstance(out.shop, Shop)
