"""Images of Shopify's products and variants: read by their names, uploaded, replaced, taken off."""

from __future__ import annotations

import base64
from collections import Counter

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.demoshop.objects.media import add_image
from gateway_ng.lib.demoshop.pictures import encoded_anew, png
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import Refused, RetryLater
from gateway_ng.lib.images import Image, hash_of, image_of
from gateway_ng.lib.platforms.images import ImageReader
from gateway_ng.lib.platforms.shopify import shapes
from gateway_ng.lib.platforms.shopify.writes.staging import Staging
from gateway_ng.tests.pure.shopify_fakes import TOKEN, Script, ShopTransport, connect, data

RED, BLUE = (image_of(png(color), "it.png") for color in ((200, 0, 0), (0, 0, 200)))
DENIED = "write_products,write_inventory,read_locations"


def named(image):
    return hash_of(image.content)


class Out:
    def __init__(self, **settings):
        self.shop = Shop(FakeClock(), Settings(access_token=TOKEN).updated(settings))
        seed_demo(self.shop)
        self.wire = ShopTransport(self.shop)
        self.endpoint = connect(self.wire, self.shop.clock)
        rows = list(self.shop.store.tables["Product"].values())
        self.plain = next(one for one in rows if not one["media"])
        self.pictured = next(one for one in rows if len(one["media"]) == 2)

    def record(self, entity, id_):
        (found,) = self.endpoint.fetch(entity, [id_])
        return found

    def content(self, name):
        """Of an image that any product of the shop has."""
        rows = self.shop.store.tables["Product"].values()
        (media,) = [m for row in rows for m in row["media"] if m["id"] == name.rpartition("@")[0]]
        path = media["image"]["url"].partition("?")[0]
        return base64.b64decode(self.shop.store.files[path])

    def write(self, entity, *ops):
        return list(self.endpoint.write(entity, ops))

    def update(self, entity, id_, image, settled=True, **values):
        before = self.record(entity, id_).fields["image"]
        op = Op(
            f"k{id_}",
            "update",
            id_,
            {"image": named(image) if image else None, **values},
            {"image": before, "product": {"id": self.pictured["id"]}},
            images={named(image): image} if image else {},
            replaced={"image": before} if settled and before else {},
        )
        (result,) = self.write(entity, op)
        return result


@pytest.fixture
def out():
    return Out()


# -- reading ---------------------------------------------------------------------------------------


def test_an_image_is_named_by_its_id_and_the_version_in_its_address():
    name = shapes.image_key("gid://shopify/MediaImage/7", "https://cdn.example.com/a.png?v=17")
    assert name == "gid://shopify/MediaImage/7@17"
    moved = shapes.image_key("gid://shopify/MediaImage/7", "https://other.example.com/b/a.png?v=17")
    assert moved == name
    assert shapes.image_key("gid://shopify/MediaImage/7", None) == "gid://shopify/MediaImage/7@"
    bare = shapes.image_key("gid://shopify/MediaImage/7", "https://cdn.example.com/a.png")
    assert bare == "gid://shopify/MediaImage/7@a.png"


@pytest.mark.parametrize("bulk", [0, 1])
def test_products_and_variants_tell_their_images_in_pages_and_in_bulk(bulk):
    out = Out()
    out.endpoint = connect(out.wire, out.shop.clock, settings={"bulk_above": bulk})
    first, second = out.pictured["media"]
    (product,) = [
        record
        for page in out.endpoint.pages("product")
        for record in page.records
        if record.id == out.pictured["id"]
    ]
    assert product.fields["image"].startswith(f"{first['id']}@")
    assert [one["key"] for one in product.fields["images"]][0] == product.fields["image"]
    variants = [r for page in out.endpoint.pages("variant") for r in page.records]
    pictured = [record for record in variants if record.fields["image"]]
    assert len(variants) == 80
    assert {r.fields["image"].rpartition("@")[0] for r in pictured} >= {second["id"]}
    assert ("BulkRun" in out.wire.operations) == bool(bulk)


def test_the_contents_of_images_come_from_the_shop_s_own_address(out):
    record = out.record("product", out.pictured["id"])
    names = [one["key"] for one in record.fields["images"]]
    found = dict(out.endpoint.images("product", dict.fromkeys(names, record)))
    assert [found[name].content for name in names] == [out.content(name) for name in names]
    assert out.shop.counters.downloads == 2


def test_an_address_inside_our_network_is_not_fetched(out):
    for url in ("http://127.0.0.1/a.png", "http://169.254.169.254/latest", "https://[::1]/a.png"):
        add_image(out.shop.store, out.plain, url)
    record = out.record("product", out.plain["id"])
    names = {one["key"]: record for one in record.fields["images"]}
    for _name, error in out.endpoint.images("product", names):
        assert isinstance(error, Refused) and "private network" in error.message
    assert out.shop.counters.downloads == 0


def test_an_image_that_failed_is_refused_and_an_unfinished_one_is_for_another_time():
    media = [
        {"__typename": "MediaImage", "id": "gid://shopify/MediaImage/2", "status": status}
        for status in ("FAILED", "PROCESSING")
    ]
    fields = {"images": shapes.images({"nodes": media[:1]})}
    (first,) = fields["images"]
    assert (first["key"], first["failed"]) == ("gid://shopify/MediaImage/2@", True)
    reader = ImageReader(None, "https://example.myshopify.com", FakeClock())

    class Told:
        fields = {"images": shapes.images({"nodes": media[:1]})}

    class Waits:
        fields = {"images": shapes.images({"nodes": media[1:]})}

    ((_, failed),) = reader.read({first["key"]: Told})
    ((_, waits),) = reader.read({first["key"]: Waits})
    assert isinstance(failed, Refused) and "no file of the image" in failed.message
    assert waits is None


# -- writing ---------------------------------------------------------------------------------------


def test_a_new_product_comes_with_its_image(out):
    op = Op("k", "create", None, {"title": "Mug", "sku": "M", "image": named(RED)})
    op = Op(op.key, op.action, None, op.values, images={named(RED): RED})
    (result,) = out.write("product", op)
    assert (result.error, result.warning, result.left) == (None, None, ())
    name = result.record.fields["image"]
    assert out.content(name) == encoded_anew(RED.content)
    assert name == out.record("product", result.id).fields["image"]
    assert not name.endswith("@")
    assert out.shop.counters.uploads == 1


def test_the_settled_image_makes_way_and_what_others_added_stays(out):
    old, other = out.pictured["media"]
    result = out.update("product", out.pictured["id"], RED, title="New title")
    assert (result.error, result.warning) == (None, None)
    media = out.pictured["media"]
    assert [one["id"] for one in media][1:] == [other["id"]]
    assert out.content(result.record.fields["image"]) == encoded_anew(RED.content)
    assert media[0]["id"] == result.record.fields["image"].rpartition("@")[0]
    assert out.pictured["title"] == "New title" == result.record.fields["title"]
    assert old["image"]["url"].partition("?")[0] in out.shop.store.files


def test_an_image_that_was_never_settled_is_somebody_s_own_and_stays(out):
    before = [one["id"] for one in out.pictured["media"]]
    result = out.update("product", out.pictured["id"], RED, settled=False)
    assert result.warning is None
    assert [one["id"] for one in out.pictured["media"]][1:] == before


def test_a_product_s_image_is_taken_off_and_its_file_stays(out):
    old, other = out.pictured["media"]
    result = out.update("product", out.pictured["id"], None)
    assert (result.error, result.warning) == (None, None)
    assert [one["id"] for one in out.pictured["media"]] == [other["id"]]
    assert old["image"]["url"].partition("?")[0] in out.shop.store.files


def test_products_with_one_content_each_get_an_upload_of_their_own(out):
    rows = [out.plain["id"], out.pictured["id"]]
    ops = [Op(i, "update", i, {"image": named(RED)}, images={named(RED): RED}) for i in rows]
    results = out.write("product", *ops)
    assert [(r.error, r.warning) for r in results] == [(None, None)] * 2
    assert out.shop.counters.uploads == 2


def variant_ids(out):
    return [out.shop.store.get("ProductVariant", key)["id"] for key in out.pictured["variants"]]


def test_variants_get_images_and_one_content_is_uploaded_once(out):
    ids = variant_ids(out)[1:3]
    ops = [
        Op(f"k{id_}", "update", id_, {"image": named(BLUE)}, images={named(BLUE): BLUE})
        for id_ in ids
    ]
    results = out.write("variant", *ops)
    assert [(r.error, r.warning) for r in results] == [(None, None)] * 2
    names = {result.record.fields["image"] for result in results}
    assert len(names) == 1 and out.content(names.pop()) == encoded_anew(BLUE.content)
    assert out.shop.counters.uploads == 1
    assert len(out.pictured["media"]) == 3


def test_a_variant_s_settled_image_makes_way_unless_it_is_shown_elsewhere(out):
    first, second = out.pictured["media"]
    ids = variant_ids(out)
    store = out.shop.store
    store.get("ProductVariant", out.pictured["variants"][1])["mediaIds"] = [first["id"]]
    for id_ in ids[:2]:
        assert out.update("variant", id_, RED).warning is None
    left = [one["id"] for one in out.pictured["media"]]
    assert second["id"] not in left and left[0] == first["id"]


def test_a_variant_s_image_is_taken_off(out):
    id_ = variant_ids(out)[0]
    result = out.update("variant", id_, None)
    assert (result.error, result.warning) == (None, None)
    assert result.record.fields["image"] is None
    assert len(out.pictured["media"]) == 1


def test_an_upload_is_taken_in_later_and_has_no_version_until_then():
    out = Out(media_seconds=60)
    result = out.update("product", out.plain["id"], RED)
    name = result.record.fields["image"]
    assert name.endswith("@") and result.warning is None
    out.shop.clock.advance(60)
    assert out.record("product", out.plain["id"]).fields["image"].startswith(name)


def test_a_new_order_of_images_is_waited_for():
    out = Out(media_seconds=1)
    result = out.update("product", out.pictured["id"], RED)
    assert result.warning is None and not result.record.fields["image"].endswith("@")
    assert "JobState" in out.wire.operations


def test_what_the_shop_can_t_take_in_is_told_and_the_product_is_written(out):
    broken = Image(b"\x89PNG no more", "image/png", "broken.png")
    result = out.update("product", out.plain["id"], broken, title="Written")
    assert (result.error, tuple(result.left), result.stage) == (None, ("image",), "image")
    assert "could not take the image in" in result.warning.message
    assert result.warning.remedy and out.plain["title"] == "Written"


def test_without_write_files_the_image_before_stays_and_that_is_told():
    out = Out(scopes=DENIED)
    result = out.update("product", out.pictured["id"], RED)
    assert result.error is None and tuple(result.left) == ()
    assert "stays on the product" in result.warning.message
    assert "write_files" in result.warning.remedy
    assert len(out.pictured["media"]) == 3


def test_an_upload_that_gets_no_answer_leaves_the_rest_written(out):
    send = out.wire.send

    def lossy(method, url, headers, body, timeout):
        if "/_staged/" in url:
            raise RetryLater("no answer", seconds=1)
        return send(method, url, headers, body, timeout)

    out.wire.send = lossy
    result = out.update("product", out.plain["id"], RED, title="Written")
    assert (tuple(result.left), out.plain["title"]) == (("image",), "Written")
    assert isinstance(result.warning, RetryLater)
    assert out.plain["media"] == []


def test_products_without_images_cost_no_request(out):
    op = Op("k", "update", out.plain["id"], {"title": "New"})
    out.write("product", op)
    assert Counter(out.wire.operations) == {"ProductUpdate": 1}


# -- places to upload to ---------------------------------------------------------------------------


def staging(url, *more):
    target = {
        "url": url,
        "resourceUrl": f"{url}/key",
        "parameters": [{"name": "key", "value": "k"}],
    }
    script = Script(data({"staged": {"stagedTargets": [target], "userErrors": []}}), *more)
    endpoint = connect(script)
    return script, Staging(endpoint._client, endpoint._bulk._http, lambda host, port: ["10.0.0.1"])


@pytest.mark.parametrize("url", ["http://uploads.example.com", "https://uploads.example.com"])
def test_a_place_inside_our_network_or_without_tls_gets_nothing(url):
    script, place = staging(url)
    (found,) = place.upload({"h": RED}).values()
    assert isinstance(found, Refused) and "it.png" in found.message
    assert len(script.sent) == 1


def test_the_form_has_the_parameters_first_and_carries_no_token():
    script, place = staging("https://uploads.example.com", b"")
    place.resolve = lambda host, port: ["93.184.216.34"]
    assert place.upload({"h": RED}) == {"h": "https://uploads.example.com/key"}
    sent = script.sent[1]
    assert sent["body"].index(b'name="key"') < sent["body"].index(b'name="file"')
    assert RED.content in sent["body"]
    assert TOKEN not in str(sent["headers"])
