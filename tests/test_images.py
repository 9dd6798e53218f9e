"""Images of products and variants between the demo shop and Odoo, both ways."""

import base64
import hashlib

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop.objects.media import add_content, add_image, remove_images
from odoo.addons.gateway_ng.lib.demoshop.pictures import png

from .demo_shop_case import DemoShopCase


def raw(image):
    return base64.b64decode(image) if image else b""


@tagged("post_install", "-at_install")
class TestImages(DemoShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.downloads_at_first = cls.shop.counters.downloads

    # -- what a test looks at and does

    def pictured(self):
        """A product of the shop with two images, the second one shown by its first variant."""
        return next(one for one in self.reader.table("Product") if len(one["media"]) == 2)

    def plain(self):
        return next(one for one in self.reader.table("Product") if not one["media"])

    def content(self, media):
        path = media["image"]["url"].partition("?")[0]
        return base64.b64decode(self.shop.store.files[path])

    def first_variant(self, product):
        return self.bound(
            "variant", self.shop.store.get("ProductVariant", product["variants"][0])["id"]
        )

    def replace_first(self, product, content):
        """Somebody puts another image in the first one's place, at the shop."""
        store = self.shop.store
        remove_images(store, product, [product["media"][0]["id"]])
        add_content(store, product, "another.png", content)
        product["media"].insert(0, product["media"].pop())
        self.clock.sleep(60)
        store.touch(product)

    # -- from the shop

    def test_the_first_sync_brings_the_images_of_products_and_variants(self):
        pictured = [one for one in self.reader.table("Product") if one["media"]]
        self.assertEqual(len(pictured), 5)
        for product in pictured:
            template = self.bound("product", product["id"])
            self.assertEqual(raw(template.image_1920), self.content(product["media"][0]))
        product = self.pictured()
        variant = self.first_variant(product)
        self.assertEqual(raw(variant.image_variant_1920), self.content(product["media"][1]))
        self.assertFalse(self.bound("product", self.plain()["id"]).image_1920)
        images = sum(len(one["media"]) for one in pictured)
        self.assertEqual(self.downloads_at_first, images)

    def test_a_second_sync_downloads_uploads_and_writes_nothing(self):
        self.env["gateway.watermark"].search([]).unlink()
        run = self.sync("product", "variant")
        self.assertEqual(self.written(run), {})
        self.assertEqual((self.shop.counters.downloads, self.shop.counters.uploads), (0, 0))
        self.assertEqual(self.shop.counters.writes, 0)

    def test_another_image_of_the_shop_is_fetched_once_and_replaces_odoos(self):
        product = self.pictured()
        fresh = png((1, 2, 3))
        self.replace_first(product, fresh)
        run = self.sync("product")
        self.assertEqual(raw(self.bound("product", product["id"]).image_1920), fresh)
        self.assertEqual(self.shop.counters.downloads, 1)
        self.assertFalse(self.letters())
        change = self.changes(run, "product", product["id"])
        self.assertIn(hashlib.sha1(fresh).hexdigest(), str(change.field_changes))
        self.assertEqual(self.written(self.sync("product", "variant")), {})
        self.assertEqual(self.shop.counters.downloads, 1)

    def test_an_image_that_cant_be_had_leaves_its_product_synced_and_is_told(self):
        products = [one for one in self.reader.table("Product") if not one["media"]][:4]
        store = self.shop.store
        inside = self.server.url.replace("127.0.0.1", "localhost")
        for product, url in zip(
            products,
            ("/files/gone.png?v=1", f"{inside}/files/x.png", "ftp://example.com/a.png", None),
            strict=True,
        ):
            if url:
                add_image(store, product, url)
            else:
                add_content(store, product, "text.png", b"<html>no image</html>")
            product["title"] += " again"
        self.clock.sleep(60)
        store.touch(*products)
        self.sync("product", direction="import")
        for product in products:
            template = self.bound("product", product["id"])
            self.assertEqual((template.name, template.image_1920), (product["title"], False))
        letters = {one.source_id: one for one in self.letters()}
        self.assertEqual(set(letters), {one["id"] for one in products})
        self.assertEqual(set(self.letters().mapped("stage")), {"image"})
        told = [letters[one["id"]].error for one in products]
        for said, expected in zip(
            told,
            ("the image gone.png", "private network", "not an http or https", "no PNG, JPEG"),
            strict=True,
        ):
            self.assertIn(expected, said)
        self.assertTrue(all(self.letters().mapped("remedy")))
        # Mended at the shop, a retry brings it.
        mended = products[3]
        remove_images(store, mended, [one["id"] for one in mended["media"]])
        add_content(store, mended, "good.png", png((9, 9, 9)))
        letters[mended["id"]].action_retry()
        self.assertEqual(letters[mended["id"]].state, "resolved")
        self.assertEqual(raw(self.bound("product", mended["id"]).image_1920), png((9, 9, 9)))
        # What stays broken stays told.
        letters[products[0]["id"]].action_retry()
        self.assertEqual(letters[products[0]["id"]].state, "open")
