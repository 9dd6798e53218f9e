"""Products beyond title and price: images, metafields, search texts; and collections both ways."""

from __future__ import annotations

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.demoshop.objects.media import add_image, remove_images
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.platforms.shopify import documents, shapes
from gateway_ng.tests.pure.shopify_fakes import TOKEN, Script, ShopTransport, connect, data

CDN = "https://cdn.shopify.com/s/files/1/0001/files"


class Out:
    def __init__(self, **settings):
        self.shop = Shop(FakeClock(), Settings(access_token=TOKEN).updated(settings))
        seed_demo(self.shop)
        self.wire = ShopTransport(self.shop)
        self.endpoint = connect(self.wire, self.shop.clock)
        self.product = next(iter(self.shop.store.tables["Product"].values()))
        remove_images(self.shop.store, self.product, [one["id"] for one in self.product["media"]])

    def fields(self, entity="product", id_=None):
        (record,) = self.endpoint.fetch(entity, [id_ or self.product["id"]])
        return record.fields

    def write(self, values, entity="product", id_=None):
        (result,) = self.endpoint.write(
            entity, [Op("k", "update", id_ or self.product["id"], values)]
        )
        return result

    def create(self, values, entity, key="k"):
        (result,) = self.endpoint.write(entity, [Op(key, "create", None, values)])
        return result


@pytest.fixture
def out():
    return Out()


# -- images ----------------------------------------------------------------------------------------


def test_images_come_in_order_and_variants_name_theirs(out):
    store = out.shop.store
    first = add_image(store, out.product, f"{CDN}/front.png?v=1", "Front")
    second = add_image(store, out.product, f"{CDN}/back.png?v=2")
    store.get("ProductVariant", out.product["variants"][1])["mediaIds"] = [second["id"]]
    fields = out.fields()
    assert [(i["id"], i["name"], i["position"]) for i in fields["images"]] == [
        (first["id"], "front.png", 1),
        (second["id"], "back.png", 2),
    ]
    assert fields["images"][0]["alt"] == "Front"
    assert [v["imageId"] for v in fields["variants"]] == [None, second["id"], None, None]


def test_more_images_than_a_page_has_are_completed(out):
    for n in range(9):
        add_image(out.shop.store, out.product, f"{CDN}/{n}.png")
    assert [i["name"] for i in out.fields()["images"]] == [f"{n}.png" for n in range(9)]
    assert "RestOfMedia" in out.wire.operations


def test_videos_and_models_are_no_images_and_an_unfinished_one_has_no_address():
    media = [
        {"__typename": "Video", "id": "gid://shopify/Video/1"},
        {"__typename": "MediaImage", "id": "gid://shopify/MediaImage/2", "image": None},
    ]
    (image,) = shapes.images({"nodes": media})
    assert (image["id"], image["url"], image["name"]) == ("gid://shopify/MediaImage/2", None, None)


# -- metafields and search texts -------------------------------------------------------------------


def test_metafields_are_read_by_namespace_and_key_whatever_their_definition(out):
    out.product["metafields"] = [
        {"id": "gid://shopify/Metafield/1", "namespace": "custom", "key": "material"}
        | {"type": "single_line_text_field", "value": "cotton"},
        {"id": "gid://shopify/Metafield/2", "namespace": "app--1", "key": "wash"}
        | {"type": "number_integer", "value": "30"},
    ]
    assert out.fields()["metafields"] == {
        "custom": {"material": "cotton"},
        "app--1": {"wash": "30"},
    }


def test_only_the_metafields_that_are_named_are_written(out):
    assert out.write({"metafields.custom.material": "cotton", "metafields.a.b": 3}).error is None
    assert out.write({"metafields": {"custom": {"care": "cold\nno dryer"}}}).error is None
    assert out.fields()["metafields"] == {
        "custom": {"material": "cotton", "care": "cold\nno dryer"},
        "a": {"b": "3"},
    }
    types = {m["key"]: m["type"] for m in out.product["metafields"]}
    assert types["care"] == "multi_line_text_field"


def test_a_metafield_that_is_null_goes_and_the_others_stay(out):
    out.write({"metafields": {"custom": {"material": "cotton", "care": "cold"}}})
    assert out.write({"metafields.custom.care": None}).error is None
    assert out.fields()["metafields"] == {"custom": {"material": "cotton"}}


def test_a_value_s_type_is_what_the_shop_has_laid_down():
    node = {"namespace": "custom", "key": "washed", "type": {"name": "boolean"}}
    script = Script(
        data({"metafieldDefinitions": {"nodes": [node], "pageInfo": {"hasNextPage": False}}}),
        data({"m0": {"metafields": [], "userErrors": []}}),
    )
    endpoint = connect(script)
    op = Op("k", "update", "gid://shopify/Product/1", {"metafields": {"custom": {"washed": True}}})
    (result,) = endpoint.write("product", [op])
    assert result.error is None
    (given,) = script.sent[1]["json"]["variables"]["given0"]
    assert (given["type"], given["value"]) == ("boolean", "true")


def test_more_metafields_than_a_call_takes_are_several_calls_in_one_request(out):
    many = {f"k{n}": "x" for n in range(60)}
    assert out.write({"metafields": {"custom": many}}).error is None
    assert out.wire.operations.count("MetafieldsSet") == 1
    assert out.fields()["metafields"]["custom"] == many


def test_a_refused_metafield_leaves_other_products_be(out):
    other = list(out.shop.store.tables["Product"].values())[1]
    ops = [
        Op("a", "update", out.product["id"], {"metafields": {"custom": {"x": ""}}}),
        Op("b", "update", other["id"], {"metafields": {"custom": {"x": "y"}}}),
    ]
    refused, fine = out.endpoint.write("product", ops)
    assert "blank" in str(refused.error)
    assert fine.error is None


def test_search_texts_are_written_and_read(out):
    seo = {"seo.title": "Buy it", "seo.description": "Warm & soft"}
    assert out.write(seo).error is None
    assert out.fields()["seo"] == {"title": "Buy it", "description": "Warm & soft"}


def test_a_new_product_has_its_metafields_and_search_texts(out):
    values = {"title": "New", "seo": {"title": "S"}, "metafields": {"custom": {"a": "b"}}}
    made = out.create(values, "product")
    assert made.error is None
    fields = out.fields(id_=made.id)
    assert (fields["seo"]["title"], fields["metafields"]) == ("S", {"custom": {"a": "b"}})


# -- collections -----------------------------------------------------------------------------------


def test_a_collection_is_created_and_renamed(out):
    made = out.create({"title": "Hats 🎩", "descriptionHtml": "<p>All</p>"}, "category")
    assert made.error is None
    assert made.record.fields["title"] == "Hats 🎩"
    renamed = out.write({"title": "Headwear", "seo.title": "H"}, "category", made.id)
    assert renamed.error is None
    fields = out.fields("category", made.id)
    assert (fields["title"], fields["descriptionHtml"]) == ("Headwear", "<p>All</p>")
    assert fields["seo"]["title"] == "H"


def test_a_collection_is_made_once_whatever_is_repeated(out):
    before = len(out.shop.store.tables["Collection"])
    first, again = (out.create({"title": "Hats"}, "category") for _ in range(2))
    assert first.id == again.id
    assert len(out.shop.store.tables["Collection"]) == before + 1


def test_a_handle_that_another_collection_has_is_refused(out):
    held = next(iter(out.shop.store.tables["Collection"].values()))
    made = out.create({"title": "Quite another", "handle": held["handle"]}, "category")
    assert made.error.field == "handle" and held["id"] in str(made.error)


def test_a_product_joins_and_leaves_collections_and_keeps_the_others(out):
    ids = [c["id"] for c in out.shop.store.tables["Collection"].values()]
    out.write({"collections": ids[:2]})
    seen = {"collections": out.fields()["collections"]}
    out.product["collections"].append(int(ids[3].rpartition("/")[2]))  # meanwhile, by a person
    op = Op("k", "update", out.product["id"], {"collections": [ids[2]]}, seen)
    (result,) = out.endpoint.write("product", [op])
    assert result.error is None
    assert set(out.fields()["collections"]) == {ids[2], ids[3]}


def test_the_nested_lists_of_products_are_small_enough_for_one_query():
    assert {"media", "metafields"} <= set(documents.REST_OF)
