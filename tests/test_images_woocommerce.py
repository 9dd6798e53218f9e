"""Images of products and variations between the simulated WooCommerce shop and Odoo, both ways."""

import base64
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop.pictures import png
from odoo.addons.gateway_ng.models.endpoint.images import ImageSource

from .woocommerce_case import WooCommerceCase

BASE = "https://odoo.example.com"


def raw(image):
    return base64.b64decode(image) if image else b""


@tagged("post_install", "-at_install")
class TestImagesWooCommerce(WooCommerceCase):
    synced = False
    ENTITIES = ("category", "product", "variant")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run = cls.connector.run_sync(cls.ENTITIES, "import", wait=True)
        if run.state != "done":
            raise AssertionError(cls.told(run))
        cls.fetched_at_first = cls.shop.downloads
        cls._state = cls.shop.dump()

    def setUp(self):
        super().setUp()
        self.shop.web = self.from_odoo

    def from_odoo(self, src):
        """What anybody gets at an address of Odoo, as its controller finds it."""
        parts = urlsplit(src)
        if f"{parts.scheme}://{parts.netloc}" != BASE:
            return None
        _, _web, _image, model, id_, field, name = parts.path.split("/")
        self.assertTrue(name.endswith(".png"), "WordPress goes by the suffix of the path")
        public = self.env["ir.binary"].with_user(self.env.ref("base.public_user"))
        (token,) = parse_qs(parts.query)["access_token"]
        row = public._find_record(res_model=model, res_id=int(id_), access_token=token, field=field)
        return raw(row[field])

    def public(self):
        self.env["ir.config_parameter"].set_param("web.base.url", BASE)
        self.enterContext(
            patch.object(ImageSource, "resolve", lambda _self, host, port: ["93.184.216.34"])
        )

    def contents(self, row):
        ids = row["images"] if "images" in row else [row["image"]]
        return [base64.b64decode(self.shop.store.get("media", i)["content"]) for i in ids if i]

    def odoo_of(self, row):
        if "parent" in row:
            return self.bound("variant", f"{row['parent']}/{row['id']}")
        return self.bound("product", str(row["id"]))

    def test_the_shop_s_images_come_to_products_and_variations_once(self):
        products = [row for row in self.rows("products") if row["images"]]
        variations = [row for row in self.rows("variations") if row["image"]]
        self.assertTrue(products and variations)
        for row in products:
            self.assertEqual(raw(self.odoo_of(row).image_1920), self.contents(row)[0])
        for row in variations:
            self.assertEqual([raw(self.odoo_of(row).image_variant_1920)], self.contents(row))
        self.assertEqual(self.fetched_at_first, len(products) + len(variations))
        self.env["gateway.watermark"].search([]).unlink()
        self.assertEqual(self.written(self.sync(*self.ENTITIES, direction="import")), {})
        self.assertEqual(self.shop.downloads, 0)

    def test_odoos_images_are_fetched_by_the_shop_from_an_address_of_their_own(self):
        self.public()
        simple = next(r for r in self.rows("products") if r["images"] and r["type"] == "simple")
        variation = next(row for row in self.rows("variations") if not row["image"])
        red, blue = png((200, 0, 0)), png((0, 0, 200))
        self.odoo_of(simple).image_1920 = base64.b64encode(red)
        self.odoo_of(variation).image_variant_1920 = base64.b64encode(blue)
        self.sync("product", "variant", direction="export")
        self.assertFalse(self.letters())
        self.assertEqual(self.contents(simple), [red])
        self.assertEqual(self.contents(variation), [blue])
        self.clock.sleep(300)
        before = self.shop.writes
        self.assertEqual(self.written(self.sync("product", "variant")), {})
        self.assertEqual((self.shop.writes, self.shop.downloads), (before, 0))
        self.assertEqual(raw(self.odoo_of(simple).image_1920), red)

    def test_where_odoo_is_not_public_the_image_is_not_sent_and_the_run_says_why(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://localhost:8069")
        simple = next(r for r in self.rows("products") if not r["images"] and r["type"] == "simple")
        product = self.odoo_of(simple)
        product.write({"image_1920": base64.b64encode(png((9, 9, 9))), "name": "Renamed"})
        run = self.sync("product", direction="export")
        self.assertEqual((simple["name"], simple["images"]), ("Renamed", []))
        self.assertFalse(self.letters())
        (change,) = self.changes(run, "product", product.id)
        self.assertIn("web.base.url", str(change.reasons))
        # An image alone: nothing is written, and the reason is told all the same.
        product.image_1920 = base64.b64encode(png((8, 8, 8)))
        before = self.shop.writes
        run = self.sync("product", direction="export")
        self.assertEqual((self.written(run), self.shop.writes), ({}, before))
        (change,) = self.changes(run, "product", product.id)
        self.assertIn("web.base.url", str(change.reasons))
        # Once the address is public, the next edit of the product brings it.
        self.public()
        product.name = "Again"
        self.sync("product", direction="export")
        self.assertEqual(self.contents(simple), [png((8, 8, 8))])

    def test_an_image_the_shop_can_t_get_leaves_its_product_written(self):
        self.public()
        self.shop.web = lambda src: None
        simple = next(r for r in self.rows("products") if not r["images"] and r["type"] == "simple")
        product = self.odoo_of(simple)
        product.write({"image_1920": base64.b64encode(png((9, 9, 9))), "name": "Renamed"})
        self.sync("product", direction="export")
        self.assertEqual(simple["name"], "Renamed")
        letter = self.letters()
        self.assertEqual((letter.stage, letter.source_id), ("image", str(product.id)))
        self.assertIn("did not take the image", letter.error)
        self.shop.web = self.from_odoo
        letter.action_retry()
        self.assertEqual(letter.state, "resolved")
        self.assertEqual(self.contents(simple), [png((9, 9, 9))])
