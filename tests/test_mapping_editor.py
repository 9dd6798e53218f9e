"""The mapping editor: field tables, checks with their place, previews, saving, history."""

import json
from tempfile import NamedTemporaryFile

from lxml.html import fragment_fromstring

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.gateway_ng.lib.demoshop import Shop, catalog, serving
from odoo.addons.gateway_ng.lib.endpoint import Record
from odoo.addons.gateway_ng.lib.mapping import compile_mapping, effective, explain, to_text
from odoo.addons.gateway_ng.lib.redact import Redactor
from odoo.addons.gateway_ng.models.mapping import compiled
from odoo.addons.gateway_ng.models.mapping_preview import _values
from odoo.addons.gateway_ng.models.mapping_words import _PATTERNS as KNOWN
from odoo.addons.gateway_ng.models.mapping_words import explained

from .demo_shop_case import GROUPS, LoopbackRequests, connected
from .shop_case import ShopCase

PLACE = ("product", "import", "connector")
BROKEN = """{
  "record": {
    "name": { "MAPTO": ["title", "lambda t: open(t)"], "type": "char" }
  }
}"""


@tagged("post_install", "-at_install")
class TestMappingEditor(ShopCase):
    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG-1")
        self.check_and_map()
        self.sync("product")
        self.editor = self.env["gateway.mapping"].with_user(self.people["manager"])

    def call(self, name, *values):
        return getattr(self.editor, name)(self.connector.id, *PLACE, *values)

    def row(self, table, field):
        (row,) = [row for row in table["rows"] if row["field"] == field]
        return row

    def named(self, mapto):
        return json.dumps({"record": {"name": {"MAPTO": mapto, "type": "char"}}})

    def test_what_a_mapping_does_with_a_field_is_told_in_the_user_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env(context={"lang": "fr_FR"})
        for says, told in (
            ("title; required", "title; obligatoire"),
            ("fixed value 1; on create only", "valeur fixe 1; seulement à la création"),
            ("variants; then to_int; if empty 0", "variants; puis to_int; si vide 0"),
            ("category; the product.category by its name", "category; product.category par name"),
            (
                "lines; one element for each shared id, sku; others stay",
                "lines; un élément par id, sku partagé; les autres restent",
            ),
            ("lambda a: a; whatever", "lambda a: a; whatever"),
        ):
            self.assertEqual(told, explained(french, says))
            self.assertEqual(says, explained(self.env, says))

    def test_every_phrase_of_the_shipped_mappings_is_known(self):
        unknown = set()
        for entity, direction in self.connector._mapped_flows():
            document = self.env["gateway.mapping"]._effective(self.connector, entity, direction)
            for line in explain(compiled(document.version, to_text(document.document))):
                _source, *phrases = line.says.split("; ")
                unknown |= {one for one in phrases if not any(p.fullmatch(one) for p, _ in KNOWN)}
        self.assertEqual(set(), unknown)

    def test_a_field_says_where_it_comes_from_with_a_sample_and_its_layer(self):
        row = self.row(self.call("editor_load")["table"], "name")
        self.assertEqual([{"path": "title", "sample": "Mug"}], row["reads"])
        self.assertEqual(("char", "shipped"), (row["type"], row["layer"]))

    def test_what_is_not_mapped_on_either_side_is_told(self):
        table = self.call("editor_load")["table"]
        unread = {field["name"] for field in table["unmapped_source"]}
        unwritten = {field["name"] for field in table["unmapped_target"]}
        self.assertIn("legacyResourceId", unread)
        self.assertNotIn("title", unread)
        self.assertIn("description_sale", unwritten)
        self.assertNotIn("name", unwritten)

    def test_setting_a_field_keeps_the_rest_and_exact_numbers(self):
        text = '{"record": {"weight": {"MAPVALUE": 4.50, "type": "decimal"}}}'
        spec = '{"MAPTO": "handle", "type": "char"}'
        text = self.call("editor_set_field", text, ["name"], spec)
        self.assertIn("4.50", text)
        self.assertEqual("handle", json.loads(text)["record"]["name"]["MAPTO"])
        text = self.call("editor_set_field", text, ["name"], "")
        self.assertNotIn("name", json.loads(text)["record"])
        text = self.call("editor_set_field", text, ["description"], "")
        self.assertIsNone(json.loads(text)["record"]["description"])

    def test_what_is_wrong_is_told_with_line_and_column(self):
        (problem,) = self.call("editor_check", BROKEN)["problems"]
        self.assertEqual((3, 34), (problem["line"], problem["column"]))
        self.assertIn("lambda", problem["message"])
        (problem,) = self.call("editor_check", '{\n "record": {,}\n}')["problems"]
        self.assertEqual(2, problem["line"])

    def test_a_preview_shows_live_records_as_they_are_and_as_they_would_be(self):
        (product,) = self.shop.store.tables["Product"].values()
        product["title"] = "Cup"  # not synced yet: the preview reads what the shop has now
        self.shop.store.changed()
        text = self.named(["title", "lambda t: t.upper()"])
        (sample,) = self.call("editor_preview", text)["samples"]
        (name,) = [field for field in sample["fields"] if field["field"] == "name"]
        self.assertEqual(("Cup", "CUP", True), (name["now"], name["new"], name["changed"]))
        others = [field for field in sample["fields"] if field["field"] != "name"]
        self.assertFalse([field for field in others if field["changed"]])
        self.assertFalse(self.env["product.template"].search([("name", "=", "CUP")]))

    def test_a_preview_shows_first_what_changes(self):
        (sample,) = self.call("editor_preview", self.named("title"))["samples"]
        names = [field["field"] for field in sample["fields"]]
        self.assertLess(0, names.index("description"))
        text = json.dumps({"record": {"description": {"MAPTO": "title", "type": "html"}}})
        (sample,) = self.call("editor_preview", text)["samples"]
        told = [(field["field"], field["changed"]) for field in sample["fields"]]
        self.assertEqual(("description", True), told[0])
        names.remove("description")
        self.assertEqual([(name, False) for name in names], told[1:])

    def test_a_preview_tells_html_as_it_is_read_and_runs_none_of_it(self):
        (product,) = self.shop.store.tables["Product"].values()
        product["title"] = "<img src=x onerror=alert(1)>"
        product["descriptionHtml"] = "<p>Loose <b>cut</b> &amp; <script>alert(1)</script>washed</p>"
        (sample,) = self.call("editor_preview", self.named("title"))["samples"]
        told = {field["field"]: field["new"] for field in sample["fields"]}
        shown = fragment_fromstring(told["description"], create_parent="td")
        (summary,) = shown.iter("summary")
        self.assertTrue(summary.text.startswith("Loose cut & "), summary.text)
        self.assertFalse([*shown.iter("script", "p", "b")], told["description"])
        self.assertFalse([*fragment_fromstring(told["name"], create_parent="td").iter("img")])
        product["descriptionHtml"] = "Mesh &lt;100&nbsp;g"
        (sample,) = self.call("editor_preview", self.named("title"))["samples"]
        told = {field["field"]: field["new"] for field in sample["fields"]}
        self.assertEqual("Mesh &lt;100\xa0g", told["description"], "escaped once: it reads <100 g")

    def test_a_preview_tells_a_reference_by_what_it_names(self):
        field = {"MAPTO": "shelf", "reference": {"entity": "category"}}
        document = {
            "version": 1,
            "model": "product.template",
            "source_table": "shop",
            "source_id_field": "id",
            "record": {"categ_id": field},
        }
        mapping = compile_mapping(effective([("shipped", document)]))
        told = _values(mapping, Record("1", {"shelf": "7"}), Redactor())
        self.assertEqual({"values": {"categ_id": "category id 7"}, "error": ""}, told)

    def test_a_preview_reads_what_the_edited_mapping_alone_reads(self):
        self.sync("product")
        self.env["product.template"].search([("name", "=", "Mug")]).description_sale = "For sale!"
        text = json.dumps(
            {"record": {"productType": {"MAPTO": "description_sale", "type": "char"}}}
        )
        (sample,) = self.editor.editor_preview(
            self.connector.id, "product", "export", "connector", text
        )["samples"]
        told = {field["field"]: field["new"] for field in sample["fields"]}
        self.assertEqual(("", "For sale!"), (sample["error"], told.get("productType")))

    def test_a_preview_tells_which_record_can_not_be_mapped(self):
        (sample,) = self.call("editor_preview", self.named(["title", "lambda t: str(1 / 0)"]))[
            "samples"
        ]
        self.assertIn("division by zero", sample["error"])

    def test_a_saved_layer_acts_on_the_next_run(self):
        self.call("editor_save", self.named(["title", "lambda t: t.upper()"]), "loud names")
        self.sync("product")
        self.assertTrue(self.env["product.template"].search([("name", "=", "MUG")]))
        told = self.call("editor_load")
        self.assertEqual("connector", self.row(told["table"], "name")["layer"])
        self.assertEqual(["loud names"], [one["note"] for one in told["revisions"]])

    def test_a_broken_layer_is_not_saved(self):
        with self.assertRaises(ValidationError):
            self.call("editor_save", BROKEN, "")

    def test_each_save_is_a_revision_that_compares_and_comes_back(self):
        first, second = self.named("title"), self.named("handle")
        self.call("editor_save", first, "one")
        self.call("editor_save", second, "two")
        mapping = self.env["gateway.mapping"].search([("connector_id", "=", self.connector.id)])
        mapping.invalidate_recordset()
        newest, oldest = mapping.revision_ids
        lines = oldest.with_user(self.people["manager"]).compare(second)
        self.assertIn(f"-{first}", lines)
        self.assertIn(f"+{second}", lines)
        self.assertEqual([], newest.compare(second))
        oldest.with_user(self.people["manager"]).action_restore()
        self.assertEqual(first, mapping.document)
        self.assertEqual(3, len(mapping.revision_ids))

    def test_what_was_shipped_is_shown_compared_and_comes_back(self):
        before = self.call("editor_load")
        self.assertTrue(before["is_shipped_below"])
        shown = self.call("editor_below", before["text"])
        self.assertEqual([], shown["lines"], "no layer changes anything yet")
        self.assertIn('"record"', shown["text"])
        mine = self.named("handle")
        self.call("editor_save", mine, "one")
        lines = self.call("editor_below", mine)["lines"]
        self.assertIn("--- as shipped", lines)
        self.assertTrue([line for line in lines if line.startswith("+") and "handle" in line])
        self.call("editor_take_back")
        after = self.call("editor_load")
        self.assertEqual(before["table"]["version"], after["table"]["version"])
        self.assertEqual(2, len(after["revisions"]), "what was saved stays to come back to")

    def test_a_change_is_carried_to_all_records_by_a_manager_who_asks_for_it(self):
        self.call("editor_save", self.named(["title", "lambda t: t.upper()"]), "loud names")
        (mug,) = self.shop.store.tables["Product"].values()
        mug["updatedAt"] = mug["updatedAt"].replace("2026", "2020")
        self.shop.store.changed()
        self.sync("product")
        product = self.env["product.template"].search([("name", "ilike", "mug")])
        self.assertEqual("Mug", product.name, "it did not change since")
        self.assertEqual([self.connector.name], self.call("editor_carry"))
        self.sync("product")
        self.assertEqual("MUG", product.name)
        self.assertIn("carried to all records", self.connector.message_ids[0].body)
        self.editor = self.env["gateway.mapping"].with_user(self.people["operator"])
        for call in ("editor_carry", "editor_take_back"):
            with self.assertRaises(AccessError):
                self.call(call)

    def test_only_managers_preview_and_save(self):
        for role in ("viewer", "operator"):
            self.editor = self.env["gateway.mapping"].with_user(self.people[role])
            with self.assertRaises(AccessError):
                self.call("editor_preview", self.named("title"))
            with self.assertRaises(AccessError):
                self.call("editor_save", self.named("title"), "")

    def test_text_that_is_no_json_is_no_field(self):
        told = self.call("editor_check", '{"record": 1')["problems"]
        self.assertEqual(1, told[0]["line"])
        self.assertNotIn("line 1", told[0]["message"], "the place is told once")
        with self.assertRaisesRegex(UserError, "not valid JSON at line 1"):
            self.call("editor_set_field", '{"record": {}}', ["name"], "{,}")
        with self.assertRaisesRegex(UserError, "«record» is not an object"):
            self.call("editor_set_field", '{"record": []}', ["name"], '{"MAPTO": "title"}')

    def test_who_sees_no_mapping_has_none_edited(self):
        self.editor = self.env["gateway.mapping"].with_user(self.people["employee"])
        with self.assertRaises(AccessError):
            self.call("editor_set_field", "{}", ["name"], "{}")

    def test_no_other_file_of_the_server_is_read_as_a_mapping(self):
        with NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"private_key": "of the server"}')
            file.flush()
            way = "/.." * 20 + file.name.removesuffix(".json")
            viewer = self.env["gateway.mapping"].with_user(self.people["viewer"])
            found = viewer.editor_check(self.connector.id, "", way, "connector", "{}")
        self.assertNotIn("private_key", str(found))


@tagged("post_install", "-at_install")
class TestMappingEditorInABrowser(LoopbackRequests, HttpCase):
    def test_a_manager_edits_a_mapping_and_sees_the_result_change(self):
        new_test_user(self.env, "mapper", groups=f"{GROUPS},gateway_ng.group_manager")
        shop = Shop()
        add_mug(shop)
        server = self.enterContext(serving(shop))
        connector = connected(self.env, server.url)
        connector.run_sync(["product"], direction="import", wait=True)
        self.start_tour("/odoo/gateway-mappings", "gateway_edit_mapping", login="mapper")
        add_mug(shop, "Cup", "CUP-1")
        connector.run_sync(["product"], direction="import", wait=True)
        self.assertTrue(self.env["product.template"].search([("name", "=", "MUG")]))
        cup = self.env["product.template"].search([("name", "=", "CUP")])
        self.assertEqual("cup-1", cup.default_code, "what was changed in the list of variants")


def add_mug(shop, title="Mug", sku="MUG-1"):
    store = shop.store
    product = catalog.add_product(store, {"title": title, "handle": title.lower()})
    product["options"] = [catalog.option(store, "Title", 1, ["Default Title"])]
    values = {"price": "10.00", "item": {"sku": sku, "tracked": True}}
    catalog.add_variant(store, product, ["Default Title"], values, None)
    store.changed()
