"""Texts of Odoo's products in further languages, as the endpoint reads and writes them."""

from odoo.tests import tagged

from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint

from .products_case import SHIRT, ProductsCase, create, renamed, update

READS = ("name", "description", "name@fr_FR", "name@de_DE", "description@fr_FR", "sku")
FR = "name@fr_FR"


@tagged("post_install", "-at_install")
class TestTranslations(ProductsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("fr_FR", "de_DE"):
            cls.env["res.lang"]._activate_lang(code)
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})

    def write(self, entity, *ops, reads=READS):  # pylint: disable=method-required-super
        return list(self.side(entity, reads).write(entity, ops))

    def stored(self, row, name="name"):
        return row._fields[name]._get_stored_translations(row)

    def texts(self, row):
        fields = self.fetch("product", row.id, READS)
        return {name: value for name, value in fields.items() if "@" in name}

    def test_what_is_not_translated_is_null_and_not_the_original(self):
        (hat,), _ = self.created({"name": "Hat", "description": "<p>Warm</p>", FR: "Chapeau"})
        self.assertEqual(self.stored(hat), {"en_US": "Hat", "fr_FR": "Chapeau"})
        self.assertEqual(
            self.texts(hat), {FR: "Chapeau", "name@de_DE": None, "description@fr_FR": None}
        )
        hat.with_context(lang="de_DE").name = "Hat"  # a person says that it is the same in German
        self.assertEqual(self.texts(hat)["name@de_DE"], "Hat")

    def test_texts_of_many_products_are_read_in_one_query_and_written_alike_together(self):
        values = [{"name": f"Hat {n}", FR: "Chapeau"} for n in range(12)]
        rows, _ = self.created(*values)
        side = OdooEndpoint(self.env, self.connector, {"product": READS})
        plain = OdooEndpoint(self.env, self.connector, {"product": ("name", "description", "sku")})
        counts = []
        for endpoint in (plain, side):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records = list(endpoint.fetch("product", [str(id_) for id_ in rows.ids]))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual([record.fields[FR] for record in records], ["Chapeau"] * 12)
        self.assertEqual(counts[1] - counts[0], 1)
        few = [update(row.id, {FR: "Bonnet"}) for row in rows[:1]]
        many = [update(row.id, {FR: "Béret"}) for row in rows]
        spent = []
        for ops in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for result in self.write("product", *ops):
                self.done(result)
            self.env.flush_all()
            spent.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(spent[1] - spent[0], 2, spent)
        self.assertEqual({self.texts(row)[FR] for row in rows}, {"Béret"})

    def test_null_takes_a_translation_away_and_leaves_the_original_and_the_others(self):
        (hat,), _ = self.created({"name": "Hat", FR: "Chapeau", "name@de_DE": "Hut"})
        (result,) = self.write("product", update(hat.id, {FR: None}))
        self.done(result)
        self.assertEqual(self.stored(hat), {"en_US": "Hat", "de_DE": "Hut"})

    def test_html_of_another_language_is_kept_whole_whatever_its_sentences(self):
        french = "<p>Un</p><p>Deux</p>"
        (hat,), _ = self.created({"name": "Hat", "description": "<p>One, two</p>"})
        (result,) = self.write("product", update(hat.id, {"description@fr_FR": french}))
        self.done(result)
        self.assertEqual(
            self.stored(hat, "description"), {"en_US": "<p>One, two</p>", "fr_FR": french}
        )
        # The original is written, by an import: what is French stays so.
        (result,) = self.write("product", update(hat.id, {"description": "<p>Three</p>"}))
        self.done(result)
        self.assertEqual(
            self.stored(hat, "description"), {"en_US": "<p>Three</p>", "fr_FR": french}
        )
        self.assertEqual(hat.with_context(lang="fr_FR").description, french)
        (result,) = self.write("product", update(hat.id, {"description@fr_FR": None}))
        self.done(result)
        self.assertIsNone(self.texts(hat)["description@fr_FR"])
        self.assertEqual(hat.with_context(lang="fr_FR").description, "<p>Three</p>")

    def test_a_translation_of_nothing_is_not_written_and_told(self):
        (hat,), _ = self.created({"name": "Hat"})
        (result,) = self.write("product", update(hat.id, {"description@fr_FR": "<p>Chaud</p>"}))
        self.assertIn("description", self.done(result).note)
        self.assertFalse(hat.description)

    def test_where_odoo_falls_back_to_english_that_is_no_translation(self):
        reads = ("name", "name@en_US")
        french = self.env(context={**self.env.context, "lang": "fr_FR"})
        endpoint = OdooEndpoint(french, self.connector, {"product": reads})
        (result,) = endpoint.write("product", [create({"name": "Chapeau"})])
        hat = self.env["product.template"].browse(int(self.done(result).id))

        def english():
            (record,) = endpoint.fetch("product", [str(hat.id)])
            return record.fields["name@en_US"]

        self.assertIsNone(english())
        for text in ("Hat", None):
            (result,) = endpoint.write("product", [update(hat.id, {"name@en_US": text})])
            self.done(result)
            self.assertEqual(english(), text)
            self.assertEqual(hat.with_context(lang="fr_FR").name, "Chapeau")

    def test_a_translation_by_hand_is_found(self):
        (hat,), _ = self.created({"name": "Hat"})
        with self.found("product", hat, *READS):
            hat.with_context(lang="fr_FR").name = "Chapeau"
        with self.found("product", hat, *READS):
            hat.update_field_translations("name", {"de_DE": "Hut"})

    def test_what_has_no_translations_is_refused(self):
        (hat,), _ = self.created({"name": "Hat"})
        (result,) = self.write("product", update(hat.id, {"list_price@fr_FR": "1"}))
        self.assertIn("no translations", self.refused(result))


OPTIONS = "option_texts@fr_FR"
SHIRTS = (*READS, OPTIONS, "option_texts@de_DE", "variants")


@tagged("post_install", "-at_install")
class TestOptionTexts(ProductsCase):
    """Names of options and values: they are those of the attributes, whichever product has them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("fr_FR", "de_DE"):
            cls.env["res.lang"]._activate_lang(code)
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})

    def setUp(self):
        super().setUp()
        shirt, cap = ({**SHIRT, "name": name} for name in ("Shirt", "Cap"))
        cap = renamed(cap, "Cap", "C")
        (self.shirt, self.cap), _ = self.created(shirt, cap)
        lines = self.shirt.attribute_line_ids
        self.size, self.color = lines.attribute_id
        self.small = lines.value_ids.filtered(lambda v: v.name == "S")

    def say(self, record, text, lang="fr_FR"):
        record.with_context(lang=lang).name = text

    def texts(self, row, name=OPTIONS):
        return self.fetch("product", row.id, SHIRTS)[name]

    def test_what_is_not_translated_is_not_among_them_and_none_is_null(self):
        self.assertIsNone(self.texts(self.shirt))
        self.say(self.size, "Taille")
        self.say(self.small, "Petit")
        for row in (self.shirt, self.cap):
            self.assertEqual(self.texts(row), {"Size": "Taille", "Size/S": "Petit"})
            self.assertIsNone(self.texts(row, "option_texts@de_DE"))
        (plain,), _ = self.created({"name": "Plain"})
        self.assertIsNone(self.texts(plain))

    def test_a_value_that_no_variant_in_use_has_is_not_among_them(self):
        self.say(self.small, "Petit")
        variant = self.shirt.product_variant_ids.filtered(lambda v: v.default_code == "SH-S")
        variant.active = False
        self.assertIsNone(self.texts(self.shirt))
        variant.active = True
        self.assertEqual(self.texts(self.shirt), {"Size/S": "Petit"})

    def test_the_original_in_english_is_no_translation_into_it(self):
        french = self.env(context={**self.env.context, "lang": "fr_FR"})
        self.say(self.size, "Taille")
        endpoint = OdooEndpoint(french, self.connector, {"product": ("option_texts@en_US",)})
        (record,) = endpoint.fetch("product", [str(self.shirt.id)])
        self.assertEqual(record.fields["option_texts@en_US"], {"Taille": "Size"})

    def test_an_edit_of_a_name_in_another_language_is_found_for_all_products_that_have_it(self):
        for record in (self.size, self.small):
            for row in (self.shirt, self.cap):
                with self.found("product", row, OPTIONS):
                    self.say(record, f"{record.name} en français")
                with self.found("product", row, OPTIONS):
                    record.update_field_translations("name", {"de_DE": f"{row.name} auf Deutsch"})

    def test_names_of_a_page_of_products_are_read_in_two_queries_more(self):
        self.say(self.size, "Taille")
        many = [renamed(SHIRT, f"Shirt {n}", f"P{n}") for n in range(9)]
        rows, _ = self.created(*many)
        counts = []
        for reads in ((*READS, "options", "variants"), (*READS, "options", "variants", OPTIONS)):
            side = self.side("product", reads)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records = list(side.fetch("product", [str(id_) for id_ in rows.ids]))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual([r.fields[OPTIONS] for r in records], [{"Size": "Taille"}] * 9)
        self.assertLessEqual(counts[1] - counts[0], 2)

    def test_they_may_not_be_written(self):
        info = self.side().entities()["product"].fields["option_texts"]
        self.assertEqual((info.readable, info.writable, info.translated), (True, False, True))
