"""Images behind a product's first one, at Shopify: read without those of variants, put in order."""

from __future__ import annotations

from collections import Counter

import pytest

from gateway_ng.lib.demoshop.objects.media import add_content, remove_images
from gateway_ng.lib.demoshop.pictures import encoded_anew, png
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.images import Image, hash_of, image_of
from gateway_ng.tests.pure import test_shopify_images as single

RED, BLUE, GREEN = (
    image_of(png(color), "it.png") for color in ((200, 0, 0), (0, 0, 200), (0, 200, 0))
)
FIELD = "furtherImages"


def named(image):
    return hash_of(image.content)


class Out(single.Out):
    """`product` shows three images of its own, and one of its first variant as the second."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.product = self.pictured
        for color in ((1, 1, 1), (2, 2, 2)):
            add_content(self.shop.store, self.product, "own.png", png(color))
        self.first, self.of_variant, self.one, self.two = (m["id"] for m in self.product["media"])

    @property
    def media(self):
        return [media["id"] for media in self.product["media"]]

    def names(self):
        return self.record("product", self.product["id"]).fields[FIELD]

    def put(self, wanted, *new, removed=(), **values):
        op = Op(
            "k",
            "update",
            self.product["id"],
            {FIELD: wanted, **values},
            images={named(image): image for image in new},
            removed={FIELD: list(removed)},
        )
        (result,) = self.write("product", op)
        return result


@pytest.fixture
def out():
    return Out()


@pytest.mark.parametrize("bulk", [0, 1])
def test_they_are_told_in_order_without_the_first_and_those_of_variants(bulk):
    out = Out()
    out.endpoint = single.connect(out.wire, out.shop.clock, settings={"bulk_above": bulk})
    (record,) = [
        record
        for page in out.endpoint.pages("product")
        for record in page.records
        if record.id == out.product["id"]
    ]
    assert [name.rpartition("@")[0] for name in record.fields[FIELD]] == [out.one, out.two]
    assert all(name.rpartition("@")[2] for name in record.fields[FIELD])
    found = dict(out.endpoint.images("product", dict.fromkeys(record.fields[FIELD], record)))
    assert [found[name].content for name in record.fields[FIELD]] == [
        png((1, 1, 1)),
        png((2, 2, 2)),
    ]


def test_one_that_a_variant_is_given_is_no_further_image_of_the_product(out):
    variant = out.shop.store.get("ProductVariant", out.product["variants"][1])
    variant["mediaIds"] = [out.one]
    assert [name.rpartition("@")[0] for name in out.names()] == [out.two]


def test_new_ones_are_added_behind_and_nothing_is_moved(out):
    before = out.names()
    result = out.put([*before, named(RED), named(BLUE)], RED, BLUE)
    assert (result.error, result.warning, tuple(result.left)) == (None, None, ())
    assert out.media[:4] == [out.first, out.of_variant, out.one, out.two]
    assert [out.content(f"{id_}@") for id_ in out.media[4:]] == [
        encoded_anew(RED.content),
        encoded_anew(BLUE.content),
    ]
    assert result.record.fields[FIELD] == out.names()
    assert "MediaMove" not in out.wire.operations


def test_another_order_is_put_behind_the_first_one_and_nothing_is_uploaded(out):
    one, two = out.names()
    result = out.put([two, named(RED), one], RED)
    assert result.warning is None
    assert out.media[0] == out.first and out.of_variant in out.media
    assert result.record.fields[FIELD] == out.names()
    assert [name.rpartition("@")[0] for name in out.names()][::2] == [out.two, out.one]
    uploads = out.shop.counters.uploads
    out.put(out.names()[::-1])
    assert (out.shop.counters.uploads, uploads) == (1, 1)
    assert Counter(out.wire.operations)["MediaMove"] == 2


def test_only_what_was_settled_is_taken_off_and_what_came_since_stays_behind(out):
    one, two = out.names()
    since = add_content(out.shop.store, out.product, "since.png", png((3, 3, 3)))
    result = out.put([two], removed=[one])
    assert result.warning is None
    assert out.media == [out.first, out.of_variant, out.two, since["id"]]
    assert result.record.fields[FIELD] == out.names()
    assert out.put([], removed=[two]).warning is None
    assert out.media == [out.first, out.of_variant, since["id"]]


def test_what_came_since_does_not_stand_before_what_is_asked_for(out):
    one, two = out.names()
    since = add_content(out.shop.store, out.product, "since.png", png((3, 3, 3)))
    out.product["media"].insert(1, out.product["media"].pop())
    result = out.put([one, two])
    assert [name.rpartition("@")[0] for name in out.names()] == [out.one, out.two, since["id"]]
    assert result.record.fields[FIELD] == out.names()


def test_an_image_that_a_variant_shows_meanwhile_is_not_taken_off(out):
    one, two = out.names()
    out.shop.store.get("ProductVariant", out.product["variants"][1])["mediaIds"] = [out.one]
    assert out.put([two], removed=[one]).warning is None
    assert out.one in out.media


def test_a_new_product_comes_with_all_of_them_and_one_content_twice_is_two_images(out):
    values = {"title": "Mug", "sku": "M", "image": named(RED)}
    values[FIELD] = [named(BLUE), named(GREEN), named(BLUE)]
    given = {named(image): image for image in (RED, BLUE, GREEN)}
    (result,) = out.write("product", Op("k", "create", None, values, images=given))
    assert (result.error, result.warning, tuple(result.left)) == (None, None, ())
    made = out.record("product", result.id).fields
    assert result.record.fields[FIELD] == made[FIELD]
    shown = [out.content(name) for name in (made["image"], *made[FIELD])]
    assert shown == [encoded_anew(one.content) for one in (RED, BLUE, GREEN, BLUE)]


def test_a_first_image_and_those_behind_it_come_in_one_write(out):
    out.product = out.plain
    result = out.put([named(BLUE)], RED, BLUE, image=named(RED))
    assert result.warning is None
    assert [out.content(f"{id_}@") for id_ in out.media] == [
        encoded_anew(RED.content),
        encoded_anew(BLUE.content),
    ]
    assert result.record.fields["image"].startswith(out.media[0])
    assert result.record.fields[FIELD] == out.names()


def test_without_a_first_image_none_is_sent_and_that_is_told(out):
    out.product = out.plain
    result = out.put([named(BLUE)], BLUE, title="Written")
    assert (tuple(result.left), out.plain["title"], out.media) == ((FIELD,), "Written", [])
    assert result.warning is None and "wait until it has one" in result.note
    values = {"title": "Mug", "sku": "M", FIELD: [named(BLUE)]}
    op = Op("k", "create", None, values, images={named(BLUE): BLUE})
    (result,) = out.write("product", op)
    assert (result.error, tuple(result.left)) == (None, (FIELD,))
    assert out.record("product", result.id).fields["image"] is None


def test_one_that_the_shop_can_t_take_in_leaves_the_list_as_it_was(out):
    before, broken = out.names(), Image(b"\x89PNG no more", "image/png", "broken.png")
    result = out.put([*before[::-1], named(RED), named(broken)], RED, broken, title="Written")
    assert (result.error, tuple(result.left), result.stage) == (None, (FIELD,), "image")
    assert "could not take the image in" in result.warning.message
    assert (out.names(), out.product["title"]) == (before, "Written")


def test_one_that_is_gone_meanwhile_leaves_the_list_as_it_is(out):
    one, two = out.names()
    remove_images(out.shop.store, out.product, [out.one])
    result = out.put([two, one, named(RED)], RED)
    assert tuple(result.left) == (FIELD,) and "not among" in result.warning.message
    assert out.names() == [two]


def test_without_write_files_one_that_was_removed_stays_and_that_is_told():
    out = Out(scopes=single.DENIED)
    one, two = out.names()
    result = out.put([two], removed=[one])
    assert tuple(result.left) == () and "write_files" in result.warning.remedy
    assert result.record.fields[FIELD] == [two, one]


def test_until_they_are_taken_in_they_have_no_version(out):
    out = Out(media_seconds=60)
    result = out.put([named(RED), *out.names()], RED)
    fresh, *rest = result.record.fields[FIELD]
    assert fresh.endswith("@") and result.warning is None
    out.shop.clock.advance(60)
    assert out.names()[0].startswith(fresh) and out.names()[1:] == rest


def test_a_product_whose_images_are_not_asked_for_costs_no_request(out):
    out.write("product", Op("k", "update", out.plain["id"], {"title": "New"}))
    assert Counter(out.wire.operations) == {"ProductUpdate": 1}


def test_a_video_before_the_first_image_leaves_that_the_first(out):
    video = {"id": out.shop.store.new_gid("Video"), "alt": "", "status": "READY"}
    out.product["media"].insert(0, video)
    one, two = out.names()
    result = out.put([two, one])
    assert result.warning is None
    record = out.record("product", out.product["id"]).fields
    assert record["image"].startswith(out.first)
    assert [name.rpartition("@")[0] for name in record[FIELD]] == [out.two, out.one]
