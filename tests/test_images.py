"""Images of products and variants between the demo shop and Odoo, both ways."""

import base64
import hashlib
import json

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop.counters import Counters
from odoo.addons.gateway_ng.lib.demoshop.objects.media import add_content, add_image, remove_images
from odoo.addons.gateway_ng.lib.demoshop.pictures import encoded_anew, png

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
        self.assertEqual(self.letters().mapped("error"), [])
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

    # -- to the shop

    def quiet(self):
        """Neither direction writes anything, and no image is moved."""
        self.clock.sleep(60)
        self.shop.counters = Counters()
        self.assertEqual(self.written(self.sync("product", "variant")), {})
        counted = self.shop.counters
        self.assertEqual((counted.downloads, counted.uploads, counted.writes), (0, 0, 0))

    def shown(self, product):
        """What the shop shows first of a product."""
        return self.content(product["media"][0]) if product["media"] else b""

    def test_images_of_odoo_go_to_the_shop_and_what_the_shop_makes_of_them_stays_there(self):
        product, other = self.pictured(), self.plain()
        added = add_content(self.shop.store, product, "added.png", png((7, 7, 7)))
        red, blue, green = (png(color) for color in ((200, 0, 0), (0, 0, 200), (0, 200, 0)))
        template = self.bound("product", product["id"])
        template.image_1920 = base64.b64encode(red)
        self.bound("product", other["id"]).image_1920 = base64.b64encode(blue)
        variant = self.bound("product", other["id"]).product_variant_ids[1]
        variant.image_variant_1920 = base64.b64encode(green)
        run = self.sync("product", "variant", direction="export")
        self.assertFalse(self.letters(), self.told(run))
        self.assertEqual(self.shown(product), encoded_anew(red))
        self.assertIn(added, product["media"])
        self.assertEqual(self.shown(other), encoded_anew(blue))
        self.assertEqual(
            [self.content(one) for one in other["media"]], [encoded_anew(blue), encoded_anew(green)]
        )
        shown = self.shop.store.get("ProductVariant", other["variants"][1])["mediaIds"]
        self.assertEqual(shown, [other["media"][1]["id"]])
        self.assertEqual(self.shop.counters.uploads, 3)
        self.quiet()
        self.assertEqual(raw(template.image_1920), red)
        self.assertEqual(raw(variant.image_variant_1920), green)
        # Taken away in Odoo: off the product, and what was added at the shop is first now.
        template.image_1920 = variant.image_variant_1920 = False
        self.sync("product", "variant", direction="export")
        self.assertNotIn(encoded_anew(red), [self.content(one) for one in product["media"]])
        self.assertIn(added, product["media"])
        self.assertEqual(len(other["media"]), 1)
        self.quiet()
        self.assertFalse(template.image_1920)

    def test_a_product_made_in_odoo_arrives_with_its_images(self):
        template = self.make_product("Pictured Mug", "PIC")
        template.image_1920 = base64.b64encode(png((1, 1, 1)))
        template.product_variant_ids[1].image_variant_1920 = base64.b64encode(png((2, 2, 2)))
        self.sync("product", "variant", direction="export")
        product = self.reader.products()["Pictured Mug"]
        self.assertEqual(
            [self.content(one) for one in product["media"]],
            [encoded_anew(png((1, 1, 1))), encoded_anew(png((2, 2, 2)))],
        )
        self.quiet()

    def test_an_override_switches_images_off(self):
        for entity, direction, name in (
            ("product", "import", "image_1920"),
            ("product", "export", "image"),
        ):
            self.env["gateway.mapping"].create(
                {
                    "platform": "shopify",
                    "entity": entity,
                    "direction": direction,
                    "layer": "connector",
                    "connector_id": self.connector.id,
                    "document": json.dumps({"record": {name: None}}),
                }
            )
        product = self.pictured()
        template = self.bound("product", product["id"])
        before = raw(template.image_1920)
        self.replace_first(product, png((5, 5, 5)))
        self.bound("product", self.plain()["id"]).image_1920 = base64.b64encode(png((6, 6, 6)))
        self.sync("product")
        self.assertEqual(raw(template.image_1920), before)
        self.assertEqual((self.shop.counters.downloads, self.shop.counters.uploads), (0, 0))

    def test_images_are_planned_applied_and_taken_back(self):
        product = self.pictured()
        template = self.bound("product", product["id"])
        before, fresh = raw(template.image_1920), png((3, 2, 1))
        self.replace_first(product, fresh)
        plan = self.connector.run_sync(["product"], direction="import", dry_run=True, wait=True)
        self.assertEqual(raw(template.image_1920), before)
        self.assertIn("image_1920", str(self.changes(plan, "product", product["id"]).field_changes))
        plan.action_plan_approve()
        applied = self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])
        applied._drive_inline()
        self.assertEqual(self.written(applied), {("product", "import"): {"updated": 1}})
        self.assertEqual(raw(template.image_1920), fresh)
        # What Odoo no longer keeps can't be put back: it is told, and the image stays.
        undone = self.env["gateway.run"].browse(applied.action_undo()["res_id"])
        undone._drive_inline()
        self.assertEqual(raw(template.image_1920), fresh)
        self.assertIn("not kept any more", self.letters().error)
        self.quiet()
