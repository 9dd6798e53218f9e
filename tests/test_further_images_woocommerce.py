"""Images behind a product's first one between a simulated WooCommerce shop and Odoo, both ways."""

import base64
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop.pictures import png
from odoo.addons.gateway_ng.models.endpoint.images import ImageSource

from .further_images_case import MODEL, add_model
from .simulators.woocommerce import media
from .woocommerce_case import WooCommerceCase

BASE = "https://odoo.example.com"
RED, BLUE, GREEN, GREY = map(png, ((200, 0, 0), (0, 0, 200), (0, 200, 0), (90, 90, 90)))


def raw(image):
    return base64.b64decode(image) if image else b""


@tagged("post_install", "-at_install")
class TestFurtherImagesWooCommerce(WooCommerceCase):
    """`product` is a simple product with a first image and two behind it."""

    synced = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_model(cls)
        product = cls.pictured()
        web, cls.shop.web = cls.shop.web, {"https://a/red.png": RED, "https://a/blue.png": BLUE}.get
        for src in ("https://a/red.png", "https://a/blue.png"):
            product["images"].append(media.add(cls.shop, src)["id"])
        cls.shop.web = web
        run = cls.connector.run_sync(("category", "product", "variant"), "import", wait=True)
        if run.state != "done":
            raise AssertionError(cls.told(run))
        cls._state = cls.shop.dump()

    @classmethod
    def pictured(cls):
        rows = cls.shop.store.rows("products")
        return next(row for row in rows if row["images"] and row["type"] == "simple")

    def setUp(self):
        super().setUp()
        self.product = self.pictured()
        self.template = self.bound("product", str(self.product["id"]))
        self.shop.web = self.from_odoo

    def public(self):
        self.env["ir.config_parameter"].set_param("web.base.url", BASE)
        self.enterContext(
            patch.object(ImageSource, "resolve", lambda _self, host, port: ["93.184.216.34"])
        )

    def from_odoo(self, src):
        """What anybody gets at an address of Odoo, as its controller finds it."""
        parts = urlsplit(src)
        if f"{parts.scheme}://{parts.netloc}" != BASE:
            return None
        _, _web, _image, model, id_, field, _name = parts.path.split("/")
        public = self.env["ir.binary"].with_user(self.env.ref("base.public_user"))
        (token,) = parse_qs(parts.query)["access_token"]
        row = public._find_record(res_model=model, res_id=int(id_), access_token=token, field=field)
        return raw(row[field])

    @property
    def rows_held(self):
        return self.env[MODEL].search([("product_tmpl_id", "=", self.template.id)])

    @property
    def held(self):
        return [raw(one.image_1920) for one in self.rows_held]

    @property
    def shown(self):
        found = [self.shop.store.get("media", id_) for id_ in self.product["images"][1:]]
        return [base64.b64decode(one["content"]) for one in found]

    def add(self, content):
        values = {"name": "added", "image_1920": base64.b64encode(content)}
        return self.env[MODEL].create({"product_tmpl_id": self.template.id, **values})

    def edit_shop(self, *ids):
        self.clock.sleep(300)
        self.shop.edit("product", self.product["id"], images=[{"id": id_} for id_ in ids])

    def quiet(self):
        self.assertEqual(self.letters().mapped("error"), [])
        self.clock.sleep(300)
        before, self.shop.downloads = self.shop.writes, 0
        for way in ("import", "export"):
            run = self.connector.run_sync(["product", "variant"], way, wait=True, full=True)
            self.assertEqual((run.state, self.written(run)), ("done", {}), self.told(run))
        self.assertEqual((self.shop.writes, self.shop.downloads), (before, 0))

    def test_they_go_both_ways_in_their_order(self):
        self.public()
        self.assertEqual(self.held, [RED, BLUE])
        self.quiet()
        # To the shop.
        red, _blue = self.rows_held
        red.sequence = 20
        self.add(GREY).sequence = 15
        self.sync("product")
        self.assertEqual(self.shown, [BLUE, GREY, RED])
        self.quiet()
        red.unlink()
        self.sync("product")
        self.assertEqual(self.shown, [BLUE, GREY])
        self.quiet()
        # From the shop.
        first, blue, grey = self.product["images"]
        self.edit_shop(first, grey, blue)
        self.sync("product")
        self.assertEqual((self.held, self.shop.downloads), ([GREY, BLUE], 0))
        self.quiet()
        self.edit_shop(grey, blue)
        self.sync("product")
        self.assertEqual((raw(self.template.image_1920), self.held), (GREY, [BLUE]))
        self.quiet()

    def test_where_odoo_is_not_public_what_is_new_is_not_sent_and_the_rest_is(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://localhost:8069")
        added = self.add(GREY)
        self.template.name = "Renamed"
        run = self.sync("product", direction="export")
        self.assertEqual((self.product["name"], self.shown), ("Renamed", [RED, BLUE]))
        (change,) = self.changes(run, "product", self.template.id)
        self.assertIn("web.base.url", str(change.reasons))
        added.unlink()
        self.rows_held[0].sequence = 20
        self.sync("product", direction="export")
        self.assertEqual(self.shown, [BLUE, RED])
