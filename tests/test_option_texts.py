"""Names of options and values in French, from Odoo to the demo shop: one word for all products."""

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import translations

from .test_languages import LanguagesCase

FIELD = "optionTexts@fr"


@tagged("post_install", "-at_install")
class TestOptionTexts(LanguagesCase):
    def setUp(self):
        super().setUp()
        self.sized = [p for p in self.reader.table("Product") if self.part("Size", p)]
        self.one, self.two = self.sized[:2]
        lines = self.of(self.one).attribute_line_ids
        self.size = lines.attribute_id.filtered(lambda a: a.name == "Size")
        self.assertIn(self.size, self.of(self.two).attribute_line_ids.attribute_id)

    def part(self, name, product):
        """The shop's option, or value («Size/S»), of that name."""
        held = {}
        for option in product["options"]:
            held[option["name"]] = option
            held.update({f"{option['name']}/{v['name']}": v for v in option["optionValues"]})
        return held.get(name)

    def called(self, product, name="Size"):
        found = translations.translated(self.part(name, product), "ProductOption", "fr")
        return found[0]["value"] if found else None

    def call(self, product, name, text):
        """Somebody translates it in the shop."""
        now = self.shop.store.now()
        translations.keep(self.part(name, product), "ProductOption", "fr", "name", text, now)
        self.shop.store.changed()

    def say(self, record, text):
        """Somebody translates it in Odoo."""
        self.clock.sleep(60)
        record.with_context(lang="fr_FR").name = text

    def value(self, name):
        return self.size.value_ids.filtered(lambda value: value.name == name)

    def test_without_a_map_the_mapping_and_its_version_know_nothing_of_them(self):
        mapping = self.env["gateway.mapping"]._effective(self.connector, "product", "export")
        record = mapping.document["record"]
        self.assertEqual([name for name in record if name.startswith("option")], ["options"])

    def test_one_word_of_odoo_reaches_all_products_that_have_the_option(self):
        self.map_french()
        self.sync("product")
        self.say(self.size, "Taille")
        run = self.sync("product")
        self.assertEqual({self.called(product) for product in self.sized}, {"Taille"})
        self.assertEqual(self.written(run), {("product", "export"): {"updated": len(self.sized)}})
        (line,) = self.changes(run, "product", str(self.of(self.one).id))
        self.assertEqual(line.field_changes, {FIELD: [None, {"Size": "Taille"}]})
        self.assertEqual(line.summary, "Names of options (fr): Size: Taille")
        self.quiet()

    def test_an_edit_of_a_value_arrives_and_one_that_is_taken_away_is_gone(self):
        self.map_french()
        (first, *_rest) = self.part("Size", self.one)["optionValues"]
        name = f"Size/{first['name']}"
        having = [product for product in self.sized if self.part(name, product)]
        value = self.value(first["name"])
        self.say(self.size, "Taille")
        self.say(value, "Petit")
        self.sync("product")
        self.assertEqual({self.called(product, name) for product in having}, {"Petit"})
        self.say(value, "Très petit")
        run = self.sync("product")
        (line,) = self.changes(run, "product", str(self.of(self.one).id))
        told = f"Names of options (fr): {name}: Petit → {name}: Très petit"
        self.assertEqual(line.summary, told)
        self.assertIn("Size: Taille", line.details)
        self.assertEqual({self.called(product, name) for product in having}, {"Très petit"})
        self.quiet()
        self.clock.sleep(60)
        value.update_field_translations("name", {"fr_FR": False})
        self.sync("product")
        self.assertEqual({self.called(product, name) for product in having}, {None})
        self.assertEqual({self.called(product) for product in self.sized}, {"Taille"})
        self.quiet()

    def test_where_both_meet_the_shop_s_words_stay_and_what_it_lacks_is_filled(self):
        self.call(self.one, "Size", "Pointure")
        self.call(self.two, "Size", "Grandeur")
        self.say(self.size, "Taille")
        self.map_french()
        run = self.sync("product")
        self.assertEqual(self.called(self.one), "Pointure")
        self.assertEqual(self.called(self.two), "Grandeur")
        others = [p for p in self.sized if p not in (self.one, self.two)]
        self.assertEqual({self.called(product) for product in others}, {"Taille"})
        self.assertFalse(self.env["gateway.conflict"].search([("run_id", "=", run.id)]))
        self.quiet()
        self.assertEqual(self.size.with_context(lang="fr_FR").name, "Taille")
        # The next edit of the word is meant for all.
        self.say(self.size, "Dimension")
        self.sync("product")
        self.assertEqual({self.called(product) for product in self.sized}, {"Dimension"})
        self.quiet()

    def test_two_products_whose_words_differ_in_the_shop_change_nothing_in_odoo(self):
        self.map_french()
        self.sync("product")
        self.call(self.one, "Size", "Pointure")
        self.call(self.two, "Size", "Grandeur")
        for product in (self.one, self.two):
            self.shop.store.touch(product)
        self.clock.sleep(60)
        self.assertEqual(self.written(self.sync("product")), {})
        self.assertNotIn("fr_FR", self.size._fields["name"]._get_stored_translations(self.size))
        self.quiet()
        self.assertEqual((self.called(self.one), self.called(self.two)), ("Pointure", "Grandeur"))

    def test_a_new_product_and_a_new_value_come_with_their_words(self):
        self.map_french()
        self.say(self.size, "Taille")
        self.sync("product")
        made = self.env["product.attribute.value"].create(
            {"attribute_id": self.size.id, "name": "XXXL"}
        )
        self.say(made, "Énorme")
        product = self.env["product.template"].create(
            {
                "name": "Poncho",
                "attribute_line_ids": [
                    (0, 0, {"attribute_id": self.size.id, "value_ids": [(6, 0, made.ids)]})
                ],
            }
        )
        product.product_variant_id.default_code = "PONCHO"
        line = self.of(self.one).attribute_line_ids.filtered(
            lambda one: one.attribute_id == self.size
        )
        line.value_ids = [(4, made.id)]
        for variant in self.of(self.one).product_variant_ids.filtered(lambda v: not v.default_code):
            variant.default_code = f"NEW-{variant.id}"
        self.sync("product")
        for shown in (self.reader.products()["Poncho"], self.one):
            self.assertEqual(self.called(shown, "Size/XXXL"), "Énorme")
            self.assertEqual(self.called(shown), "Taille")
        self.quiet()

    def test_an_option_that_is_renamed_in_the_shop_keeps_its_translation(self):
        self.map_french()
        self.say(self.size, "Taille")
        self.sync("product")
        self.clock.sleep(60)
        self.part("Size", self.one)["name"] = "Length"
        for variant in self.shop.store.many("ProductVariant", self.one["variants"]):
            for chosen in variant["selectedOptions"]:
                if chosen["name"] == "Size":
                    chosen["name"] = "Length"
        self.shop.store.touch(self.one)
        self.sync("product")
        self.assertEqual(self.called(self.one, "Length"), "Taille")
        self.assertEqual(self.called(self.two), "Taille")
        self.quiet()

    def test_an_option_that_is_renamed_in_odoo_keeps_its_translation(self):
        self.map_french()
        self.say(self.size, "Taille")
        self.sync("product")
        self.clock.sleep(60)
        self.size.name = "Length"
        self.sync("product")
        self.assertEqual({self.called(product, "Length") for product in self.sized}, {"Taille"})
        self.quiet()
        self.say(self.size, "Longueur")
        self.sync("product")
        self.assertEqual({self.called(product, "Length") for product in self.sized}, {"Longueur"})
        self.quiet()

    def test_a_value_that_is_sold_no_more_on_one_product_keeps_its_word_on_the_others(self):
        self.map_french()
        (first, *_rest) = self.part("Size", self.one)["optionValues"]
        name = f"Size/{first['name']}"
        self.say(self.value(first["name"]), "Petit")
        self.sync("product", "variant")
        self.clock.sleep(60)
        gone = self.of(self.one).product_variant_ids.filtered(
            lambda v: first["name"] in v.product_template_attribute_value_ids.mapped("name")
        )
        gone.active = False
        self.sync("product", "variant")
        self.assertEqual(self.called(self.two, name), "Petit")
        self.quiet()

    def test_a_language_that_the_shop_drops_stops_nothing_and_takes_nothing_away(self):
        self.map_french()
        self.say(self.size, "Taille")
        self.sync("product")
        self.shop.configure({"locales": ["en"]})
        self.say(self.size, "Dimension")
        self.assertEqual(self.written(self.sync("product")), {})
        self.assertEqual(self.called(self.one), "Taille")

    def test_an_export_that_is_taken_back_takes_the_words_off_again(self):
        self.call(self.one, "Size", "Pointure")
        self.map_french()
        self.sync("product")
        self.say(self.size, "Taille")
        run = self.sync("product", direction="export")
        self.assertEqual((self.called(self.one), self.called(self.two)), ("Taille", "Taille"))
        self.clock.sleep(60)
        self.env["gateway.run"].browse(run.action_undo()["res_id"])._drive_inline()
        self.assertEqual((self.called(self.one), self.called(self.two)), ("Pointure", None))
        self.quiet()
