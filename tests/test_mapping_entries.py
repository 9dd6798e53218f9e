"""Entries of lists and references in the mapping editor: their rows, their saving, their effect."""

import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import sell

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestMappingEntries(ShopCase):
    def setUp(self):
        super().setUp()
        self.stock_mugs()
        self.editor = self.env["gateway.mapping"].with_user(self.people["manager"])
        self.flow = ("order", "import")

    def call(self, name, *values, layer="connector"):
        return getattr(self.editor, name)(self.connector.id, *self.flow, layer, *values)

    def set(self, text, path, spec, layer="connector"):
        said = spec and json.dumps(spec)
        return self.call("editor_set_field", text, path, said, layer=layer)

    def row(self, *path, table=None):
        table = table or self.call("editor_load")["table"]
        (row,) = [row for row in table["rows"] if list(row["path"]) == list(path)]
        return row

    def sold(self):
        name = sell(self.shop, "MUG-1", 2)["name"]
        self.sync("order")
        return self.env["sale.order"].search([("client_order_ref", "=", name)])

    def test_an_entry_of_a_list_has_its_own_row_with_sample_layer_and_json(self):
        self.sold()
        row = self.row("lines", "quantity")
        self.assertEqual([{"path": "lines.kept.quantity", "sample": "2"}], row["reads"])
        self.assertEqual("/record/lines/list/record/quantity", row["at"])
        self.assertEqual("kept.quantity", json.loads(row["spec"])["MAPTO"])
        self.assertEqual("shipped", row["layer"])
        listed = self.row("lines")
        self.assertEqual(["lines"], [read["path"] for read in listed["reads"]])
        self.assertNotIn("record", json.loads(listed["spec"])["list"], "entries have their rows")

    def test_the_paths_of_an_entry_start_in_the_element(self):
        self.sold()
        element = self.row("lines")["element"]
        samples = {one["name"]: one["sample"] for one in element["sources"]}
        self.assertEqual("MUG-1", samples["sku"])
        self.assertEqual("2", samples["kept.quantity"])
        self.assertIn("^note", samples, "and the order's own")
        unread = [one["name"] for one in element["unmapped_source"]]
        self.assertIn("title", unread)
        self.assertNotIn("kept.quantity", unread)
        self.assertIn("is_shipping", {one["name"] for one in element["unmapped_target"]})
        self.assertNotIn("sku", {one["name"] for one in element["unmapped_target"]})

    def test_what_the_source_tells_of_elements_is_there_before_any_record(self):
        self.flow = ("product", "export")
        names = {one["name"] for one in self.row("variants")["element"]["sources"]}
        self.assertLessEqual({"default_code", "price", "^name"}, names)

    def test_a_reference_says_what_it_names_and_what_else_there_is(self):
        table = self.call("editor_load")["table"]
        self.assertEqual("Variant", self.row("lines", "product_id", table=table)["reference"])
        self.assertEqual("Customer", self.row("partner_id", table=table)["reference"])
        self.assertEqual("", self.row("note", table=table)["reference"])
        known = {(one["kind"], one["name"]): one for one in table["references"]}
        self.assertIn("default_code", known["entity", "variant"]["keys"])
        self.assertEqual([], known["entity", "location"]["keys"], "by its binding alone")
        self.assertEqual(["code"], known["lookup", "res.country"]["keys"])

    def test_a_layer_says_only_the_entry_that_differs(self):
        said = {"MAPTO": "title", "type": "char"}
        text = self.set('{"record": {}}', ["lines", "name"], said)
        part = {"lines": {"list": {"record": {"name": said}}}}
        self.assertEqual({"record": part}, json.loads(text))
        text = self.set(text, ["lines", "sku"], "")
        part["lines"]["list"]["record"]["sku"] = None
        self.assertEqual({"record": part}, json.loads(text))
        text = self.set(text, ["lines", "name"], "")
        self.assertEqual(
            {"record": {"lines": {"list": {"record": {"sku": None}}}}},
            json.loads(text),
            "taken out of the layer it is as below",
        )

    def test_a_field_that_is_as_below_is_not_said_at_all(self):
        shipped = json.loads(self.row("lines", "name")["spec"])
        other = {**shipped, "MAPTO": "title"}
        text = self.set('{"record": {}}', ["lines", "name"], other)
        self.assertEqual({"record": {}}, json.loads(self.set(text, ["lines", "name"], shipped)))
        listed = json.loads(self.row("lines")["spec"])
        self.assertEqual({"record": {}}, json.loads(self.set('{"record": {}}', ["lines"], listed)))

    def test_a_list_changes_without_its_entries(self):
        listed = json.loads(self.row("lines")["spec"])
        text = self.set(
            '{"record": {}}', ["lines"], {**listed, "list": {**listed["list"], "owned": False}}
        )
        self.assertEqual({"record": {"lines": {"list": {"owned": False}}}}, json.loads(text))
        self.assertEqual([], self.call("editor_check", text)["problems"])

    def test_an_entry_keeps_exact_numbers(self):
        text = self.call(
            "editor_set_field",
            '{"record": {}}',
            ["lines", "discount_amount"],
            '{"MAPVALUE": 4.50, "type": "monetary"}',
        )
        self.assertIn("4.50", text)

    def test_an_entry_of_a_list_of_another_layer_is_refused_with_a_sentence(self):
        with self.assertRaisesRegex(UserError, "«gifts» is not a list here"):
            self.set('{"record": {}}', ["gifts", "name"], {"MAPTO": "x", "type": "char"})

    def test_an_entry_changed_for_the_company_leaves_the_connectors_part(self):
        mine = self.set(
            '{"record": {}}',
            ["lines", "sku"],
            {"MAPTO": "sku", "transform": "lowercase", "type": "char", "create_only": True},
        )
        self.call("editor_save", mine, "")
        text = self.set(
            '{"record": {}}', ["lines", "name"], {"MAPTO": "title", "type": "char"}, "company"
        )
        self.assertEqual(["name"], list(json.loads(text)["record"]["lines"]["list"]["record"]))
        self.call("editor_save", text, "", layer="company")
        table = self.call("editor_load")["table"]
        layers = {
            path: self.row(*path, table=table)["layer"]
            for path in (("lines",), ("lines", "sku"), ("lines", "name"), ("lines", "quantity"))
        }
        self.assertEqual(["shipped", "connector", "company", "shipped"], list(layers.values()))

    def test_what_is_wrong_in_an_entry_has_its_place(self):
        refused = {"MAPTO": ["title", "lambda t: t.__class__"], "type": "char"}
        text = self.set('{"record": {}}', ["lines", "name"], refused)
        (problem,) = self.call("editor_check", text)["problems"]
        self.assertEqual("/record/lines/list/record/name/MAPTO/1", problem["at"])
        self.assertTrue(text.splitlines()[problem["line"] - 1].strip().startswith('"lambda'))

    def test_a_changed_entry_of_order_lines_acts_on_the_next_run(self):
        before = self.sold()
        self.assertFalse(before.order_line.filtered(lambda line: "MUG!" in line.name))
        loud = {"MAPTO": ["name", "lambda n: n.upper() + '!'"], "type": "char"}
        text = self.set('{"record": {}}', ["lines", "name"], loud)
        self.call("editor_save", text, "loud lines")
        after = self.sold()
        (line,) = after.order_line.filtered(lambda line: line.product_id.default_code == "MUG-1")
        self.assertEqual(
            ("MUG!", 2), (line.name, line.product_uom_qty), "and the rest is as it was"
        )

    def test_a_changed_entry_of_variants_acts_on_the_next_run(self):
        self.flow = ("product", "import")
        spec = {"MAPTO": "sku", "transform": "lowercase", "type": "char", "create_only": True}
        text = self.set('{"record": {}}', ["variants", "default_code"], spec)
        self.call("editor_save", text, "")
        self.add_product("Cup", "CUP-1", "CUP-2")
        self.sync("product")
        cup = self.env["product.template"].search([("name", "=", "Cup")])
        self.assertEqual(["cup-1", "cup-2"], sorted(cup.product_variant_ids.mapped("default_code")))

    def test_a_switched_reference_acts_on_the_next_run(self):
        spec = json.loads(self.row("lines", "product_id")["spec"])
        spec |= {"MAPTO": "sku", "reference": {"entity": "variant", "key": "default_code"}}
        text = self.set('{"record": {}}', ["lines", "product_id"], spec)
        self.assertEqual([], self.call("editor_check", text)["problems"])
        self.call("editor_save", text, "by SKU")
        order = self.sold()
        self.assertIn("MUG-1", order.order_line.product_id.mapped("default_code"))
