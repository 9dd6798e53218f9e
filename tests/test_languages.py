"""Texts of products in French and English, both ways, between Odoo and the demo shop."""

from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import translations
from odoo.addons.gateway_ng.lib.errors import StopRun

from .demo_shop_case import DemoShopCase


class LanguagesCase(DemoShopCase):
    """An English shop that has French, too; Odoo has both. The map is empty at first."""

    synced = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.french = cls.env["res.lang"]._lang_get("fr_FR")
        first, second, third = list(cls.shop.store.tables["Product"].values())[:3]
        cls.tell(first, "title", "Premier")
        cls.tell(first, "body_html", "<p>Le premier</p>")
        cls.tell(second, "title", "Deuxième")
        cls.run_at_first = cls.connector.run_sync(["category", "product"], wait=True)
        if cls.run_at_first.state != "done":
            raise AssertionError(cls.told(cls.run_at_first))
        cls._state = cls.shop.dump()
        cls.ids = [first["id"], second["id"], third["id"]]

    @classmethod
    def tell(cls, product, key, text):
        """Somebody translates a text in the shop; it does not tell the time of that."""
        now = cls.shop.store.now()
        translations.keep(product, "Product", "fr", key, text, now)
        cls.shop.store.changed()

    def setUp(self):
        super().setUp()
        self.first, self.second, self.third = (
            self.shop.store.tables["Product"][self.reader.number(id_)] for id_ in self.ids
        )

    def map_french(self):
        self.connector.language_ids.lang_id = self.french

    def of(self, product):
        return self.bound("product", product["id"])

    def stored(self, product, name="name"):
        """Language → text, as Odoo keeps it."""
        return self.of(product)._fields[name]._get_stored_translations(self.of(product)) or {}

    def shown(self, product):
        """Key → text of the shop's French."""
        found = translations.translated(product, "Product", "fr")
        return {one["key"]: one["value"] for one in found}

    def translate(self, product, **texts):
        self.clock.sleep(60)
        self.of(product).with_context(lang="fr_FR").write(texts)

    def read_all(self, direction="import"):
        run = self.connector.run_sync(["product"], direction, wait=True, full=True)
        self.env.invalidate_all()
        self.assertEqual(run.state, "done", self.told(run))
        return run

    def quiet(self):
        """Neither direction has anything left to write, whatever it reads."""
        self.clock.sleep(300)
        with self.reader.writes() as counted:
            for way in ("import", "export"):
                self.assertEqual(self.written(self.read_all(way)), {})
        self.assertEqual(counted.writes, 0)


@tagged("post_install", "-at_install")
class TestLanguages(LanguagesCase):
    def test_without_a_map_nothing_is_carried_and_nothing_more_is_asked(self):
        (line,) = self.connector.language_ids
        self.assertEqual((line.code, line.name, line.lang_id.code), ("fr", "French", False))
        self.assertNotIn("fr_FR", self.stored(self.first))
        for way in ("import", "export"):
            mapping = self.env["gateway.mapping"]._effective(self.connector, "product", way)
            self.assertFalse([name for name in mapping.document["record"] if "@" in name])

    def test_texts_of_the_shop_come_in_each_language_by_itself(self):
        title = self.first["title"]
        self.map_french()
        run = self.sync("product", direction="import")
        self.assertEqual(self.written(run), {("product", "import"): {"updated": 2}})
        self.assertEqual(self.stored(self.first), {"en_US": title, "fr_FR": "Premier"})
        self.assertEqual(self.stored(self.first, "description")["fr_FR"], "<p>Le premier</p>")
        self.assertNotIn("fr_FR", self.stored(self.third))
        (line,) = self.changes(run, "product", self.second["id"])
        self.assertEqual(list(line.field_changes), ["name@fr_FR"])
        self.assertEqual(line.summary, "Name (fr_FR): Deuxième")
        self.quiet()
        # A person of the shop changes one, and takes one away; the English stays as it is.
        self.tell(self.first, "title", "Le tout premier")
        self.first["translations"] = translations.without(self.first, ["fr"], ["body_html"])
        self.assertEqual(self.written(self.read_all()), {("product", "import"): {"updated": 1}})
        self.assertEqual(self.stored(self.first), {"en_US": title, "fr_FR": "Le tout premier"})
        texts = self.stored(self.first, "description")
        self.assertEqual(texts["fr_FR"], texts["en_US"])  # as Odoo has it where there is none
        self.quiet()

    def test_an_original_of_html_that_changes_keeps_its_translation_on_both_sides(self):
        self.map_french()
        self.sync("product", direction="import")
        self.clock.sleep(60)
        self.first["descriptionHtml"] = "<p>Quite another</p><p>text</p>"
        self.shop.store.touch(self.first)
        self.sync("product", direction="import")
        self.assertEqual(
            self.stored(self.first, "description"),
            {"en_US": "<p>Quite another</p><p>text</p>", "fr_FR": "<p>Le premier</p>"},
        )
        self.quiet()
        # In Odoo's form the sentences of the translation go with those of the original.
        self.of(self.first).description = "<p>Mine</p>"
        self.sync("product", direction="export")
        self.assertEqual(self.first["descriptionHtml"], "<p>Mine</p>")
        self.assertEqual(self.shown(self.first)["body_html"], "<p>Le premier</p>")
        self.quiet()
        self.tell(self.first, "body_html", "<p>Le mien</p>")
        self.read_all()
        self.assertEqual(self.stored(self.first, "description")["fr_FR"], "<p>Le mien</p>")
        self.quiet()

    def test_texts_of_odoo_go_out_and_what_odoo_falls_back_to_does_not(self):
        self.map_french()
        self.sync("product", direction="import")
        self.translate(self.third, name="Troisième")
        (source,) = (
            self.of(self.third)
            ._fields["description"]
            .get_trans_terms(self.of(self.third).description)
        )
        self.of(self.third).update_field_translations(
            "description", {"fr_FR": {source: "Le troisième"}}
        )
        self.of(self.second).update_field_translations("name", {"fr_FR": False})
        run = self.sync("product", direction="export")
        self.assertEqual(self.written(run), {("product", "export"): {"updated": 2}})
        self.assertEqual(
            self.shown(self.third), {"title": "Troisième", "body_html": "<p>Le troisième</p>"}
        )
        self.assertEqual(self.shown(self.second), {})
        others = [p for p in self.reader.table("Product") if p["id"] not in self.ids]
        self.assertEqual([p["title"] for p in others if self.shown(p)], [])
        self.quiet()
        # A new original: its translation is outdated in the shop, and is not lost on either side.
        self.of(self.third).name = "Third"
        self.sync("product", direction="export")
        self.assertEqual(self.third["title"], "Third")
        self.assertEqual(self.shown(self.third)["title"], "Troisième")
        self.quiet()
        # A new product goes out with its translations, in the same run.
        made = self.env["product.template"].create(
            {"name": "Cap", "default_code": "CAP-FR", "description": "<p>Warm</p>"}
        )
        made.with_context(lang="fr_FR").name = "Casquette"
        self.sync("product", direction="export")
        self.assertEqual(self.shown(self.reader.products()["Cap"]), {"title": "Casquette"})
        self.quiet()

    def test_one_language_in_conflict_leaves_the_other_to_be_carried(self):
        self.map_french()
        self.sync("product", direction="import")
        rule = {"pattern": "product.template.name@*", "winner": "odoo"}
        self.connector.rule_ids = [(0, 0, rule)]
        self.translate(self.first, name="Mien")
        self.clock.sleep(60)
        self.first["title"] = "First of all"
        self.shop.store.touch(self.first)
        self.tell(self.first, "title", "Sien")
        run = self.sync("product")
        self.assertEqual(self.stored(self.first), {"en_US": "First of all", "fr_FR": "Mien"})
        self.assertEqual(self.shown(self.first)["title"], "Mien")
        lines = self.changes(run, "product", self.first["id"])
        self.assertIn("name", [name for line in lines for name in line.field_changes])
        self.quiet()

    def test_where_both_meet_for_the_first_time_no_translation_takes_none_away(self):
        self.translate(self.third, name="Troisième")
        self.map_french()
        run = self.sync("product")
        self.assertEqual(self.stored(self.third)["fr_FR"], "Troisième")
        self.assertEqual(self.shown(self.third), {"title": "Troisième"})
        self.assertEqual(self.stored(self.first)["fr_FR"], "Premier")
        self.assertFalse(self.env["gateway.conflict"].search([("run_id", "=", run.id)]))
        self.quiet()

    def test_a_language_that_the_shop_drops_takes_nothing_away(self):
        self.map_french()
        self.sync("product", direction="import")
        self.shop.configure({"locales": ["en"]})
        for product in self.reader.table("Product"):
            product["translations"] = []
        self.assertEqual(self.written(self.read_all()), {})
        self.assertEqual(self.stored(self.first)["fr_FR"], "Premier")
        self.translate(self.first, name="Autre")
        self.assertEqual(self.written(self.sync("product", direction="export")), {})

    def test_the_map_keeps_what_a_person_chose_and_refuses_the_connector_s_own_language(self):
        self.map_french()
        self.connector.check_connection()
        self.assertEqual(self.connector.language_ids.lang_id, self.french)
        own = self.env["res.lang"]._lang_get(self.connector.lang)
        with self.assertRaisesRegex(ValidationError, "own language"):
            self.connector.language_ids.lang_id = own

    def test_another_language_of_odoo_takes_no_text_away_before_both_sides_met(self):
        self.env["res.lang"]._activate_lang("fr_BE")
        belgian = self.env["res.lang"]._lang_get("fr_BE")
        self.map_french()
        run = self.sync("product")
        self.assertEqual(self.shown(self.first)["title"], "Premier")
        self.clock.sleep(60)
        failed = run.flow_ids.filtered(lambda flow: flow.direction == "export")
        failed.state = "reading"
        with self.assertRaisesRegex(UserError, "Products of .* are being synced"):
            self.connector.language_ids.lang_id = belgian
        failed.state = "failed"
        self.connector.language_ids.lang_id = belgian
        self.assertEqual(failed.state, "cancelled")
        self.translate(self.first, name="Premier")  # dated anew; in Belgium there is none
        run = self.sync("product", direction="export")
        self.assertEqual(self.shown(self.first)["title"], "Premier", self.told(run))
        self.assertEqual(self.shown(self.second)["title"], "Deuxième")
        self.sync("product", direction="import")
        self.assertEqual(self.stored(self.first)["fr_BE"], "Premier")
        self.quiet()

    def test_another_language_of_the_connector_is_no_edit_but_a_meeting_that_is_told(self):
        template, original = self.of(self.first), self.of(self.first).name
        template.with_context(lang="fr_FR").name = "Tasse"
        self.sync("product", "category")
        self.connector.lang = "fr_FR"
        run = self.sync("product", direction="export")
        (change,) = self.changes(run, "product", str(template.id))
        self.assertEqual(change.field_changes["title"], [original, "Tasse"])
        conflicts = self.env["gateway.conflict"].search(
            [("run_id", "=", run.id), ("source_id", "=", str(template.id))]
        )
        self.assertEqual(set(conflicts.mapped("winner")), {"odoo"})
        self.assertIn("title", conflicts.mapped("field_names"))
        self.assertNotIn("image", conflicts.mapped("field_names"), "it has no language")
        self.assertEqual(self.second["title"], self.of(self.second).name)

    def test_a_broken_mapping_is_told_where_the_connector_s_language_is_changed(self):
        error = StopRun("product import: the layer is broken")
        with (
            patch.object(type(self.connector), "_flow_mappings", side_effect=error),
            self.assertRaisesRegex(UserError, "the layer is broken"),
        ):
            self.connector.lang = "fr_FR"
