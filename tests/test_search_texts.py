"""What search engines are shown: the shop's `seo`, and fields of Odoo's that a website brings."""

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import translations

from .demo_shop_case import DemoShopCase

MODEL = "product.template"
NAMES = {"website_meta_title", "website_meta_description"}


class SearchTextsCase(DemoShopCase):
    """A shop whose first product has search texts."""

    synced = False

    def setUp(self):
        super().setUp()
        self.first = next(iter(self.shop.store.tables["Product"].values()))
        self.first["seo"] = {"title": "Buy it", "description": "Nothing better"}
        self.sync("category", "product", direction="import")
        self.template = self.bound("product", self.first["id"])

    def mapped(self, direction):
        mapping = self.env["gateway.mapping"]._effective(self.connector, "product", direction)
        return set(mapping.document["record"])

    def quiet(self):
        self.clock.sleep(300)
        for way in ("import", "export"):
            run = self.connector.run_sync(["product"], way, wait=True, full=True)
            self.assertEqual((run.state, self.written(run)), ("done", {}), self.told(run))


@tagged("post_install", "-at_install")
class TestWithoutWebsite(SearchTextsCase):
    def test_fields_that_odoo_lacks_are_left_out_and_clear_nothing_in_the_shop(self):
        if NAMES & set(self.env[MODEL]._fields):
            self.skipTest("a website is installed here")
        self.assertFalse(NAMES & self.mapped("import"))
        self.assertFalse({"seo.title", "seo.description"} & self.mapped("export"))
        changes = self.env["gateway.change"].search([("source_id", "=", self.first["id"])])
        self.assertTrue(changes)
        self.assertNotIn("meta", str(changes.mapped("field_changes")))
        self.clock.sleep(60)
        self.template.name = "Another"
        self.sync("product", direction="export")
        self.assertEqual(self.first["title"], "Another")
        self.assertEqual(self.first["seo"], {"title": "Buy it", "description": "Nothing better"})
        self.quiet()
        # A person sees the field in the mapping, and may save a layer beside it.
        layer = {"platform": "shopify", "entity": "product", "direction": "import"}
        document = '{"record": {"categ_id": null}}'
        self.env["gateway.mapping"].create(
            {**layer, "layer": "connector", "connector_id": self.connector.id, "document": document}
        )
        table = self.env["gateway.mapping"].editor_load(
            self.connector.id, "product", "import", "connector"
        )["table"]
        self.assertIn("where there is such a field", str(table))


@tagged("post_install", "-at_install")
class TestWithWebsite(SearchTextsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if NAMES & set(cls.env[MODEL]._fields):
            return

        class ProductTemplate(models.Model):
            _module = None
            _name = MODEL
            _inherit = [MODEL]  # noqa: RUF012

            website_meta_title = fields.Char(translate=True)
            website_meta_description = fields.Text(translate=True)

        cls.addClassCleanup(cls._take_back, cls.registry[MODEL]._base_classes__)
        add_to_registry(cls.registry, ProductTemplate)
        cls.registry._setup_models__(cls.env.cr, [])
        cls.registry.init_models(cls.env.cr, [MODEL], {"module": None})

    @classmethod
    def _take_back(cls, bases):
        """The model as it was, with what is made of it."""
        cls.registry[MODEL]._base_classes__ = bases
        for name in cls.registry.descendants([MODEL], "_inherit", "_inherits"):
            cls.registry[name]._setup_done__ = False
        cls.registry._setup_models__(cls.env.cr, [])
        assert not NAMES & set(cls.registry[MODEL]._fields)

    def test_search_texts_go_both_ways_in_every_language(self):
        self.assertTrue(self.mapped("import") >= NAMES)
        self.assertEqual(
            (self.template.website_meta_title, self.template.website_meta_description),
            ("Buy it", "Nothing better"),
        )
        self.quiet()
        # To the shop: one is changed, the other one stays; a French one goes where it belongs.
        self.env["res.lang"]._activate_lang("fr_FR")
        self.connector.language_ids.lang_id = self.env["res.lang"]._lang_get("fr_FR")
        self.clock.sleep(60)
        self.template.website_meta_title = "Buy two"
        self.template.with_context(lang="fr_FR").website_meta_title = "Achetez"
        self.sync("product", direction="export")
        self.assertEqual(self.first["seo"], {"title": "Buy two", "description": "Nothing better"})
        found = translations.translated(self.first, "Product", "fr")
        self.assertEqual({one["key"]: one["value"] for one in found}, {"meta_title": "Achetez"})
        self.quiet()
        # From the shop: a text that is taken away goes in Odoo too.
        self.first["seo"] = {"title": "Buy three", "description": None}
        self.clock.sleep(60)
        self.shop.store.touch(self.first)
        self.sync("product", direction="import")
        self.assertEqual(self.template.website_meta_title, "Buy three")
        self.assertFalse(self.template.website_meta_description)
        self.quiet()
