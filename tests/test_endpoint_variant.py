"""Variants through the endpoint's contract: read, found, changed in batches, archived."""

from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op

from .products_case import SHIRT, ProductsCase, renamed, update

READS = ("product_tmpl_id", "default_code", "barcode", "weight", "active", "options", "price")


@tagged("post_install", "-at_install")
class TestVariant(ProductsCase):
    def setUp(self):
        super().setUp()
        self.template, (result,) = self.created(SHIRT)
        self.ids = {key: int(id_) for key, id_ in result.children["variants"].items()}
        self.small = self.env["product.product"].browse(self.ids["r1"])
        self.medium = self.env["product.product"].browse(self.ids["r2"])

    def test_what_is_read(self):
        self.assertEqual(
            self.fetch("variant", self.medium.id, READS),
            {
                "id": str(self.medium.id),
                "product_tmpl_id": str(self.template.id),
                "default_code": "SH-M",
                "barcode": "5901234100025",
                "weight": Decimal("0.25"),
                "active": True,
                "options": {"Size": "M", "Color": "Red"},
                "price": Decimal("12.5"),
            },
        )

    def test_it_is_never_created_by_itself(self):
        info = self.side("variant", READS).entities()["variant"]
        self.assertEqual(info.capabilities, {"update", "delete"})
        self.assertTrue(info.fields["default_code"].writable)
        for name in ("name", "list_price", "lst_price", "product_tmpl_id", "options"):
            self.assertFalse(info.fields[name].writable, name)

    def test_it_is_found_by_sku_and_barcode(self):
        side = self.side("variant", READS)
        id_ = str(self.medium.id)
        self.assertEqual(list(side.find("variant", "default_code", ["SH-M"])), [("SH-M", id_)])
        found = list(side.find("variant", "barcode", ["5901234100025"]))
        self.assertEqual(found, [("5901234100025", id_)])

    def test_an_archived_variant_gives_way_to_one_in_use(self):
        self.medium.active = False
        side = self.side("variant", READS)
        found = list(side.find("variant", "default_code", ["SH-M"]))
        self.assertEqual(found, [("SH-M", str(self.medium.id))])
        other, _results = self.created(renamed(SHIRT, "Other", "o"))
        other.product_variant_ids[0].default_code = "SH-M"
        found = list(side.find("variant", "default_code", ["SH-M"]))
        self.assertEqual(found, [("SH-M", str(other.product_variant_ids[0].id))])

    def test_columns_and_price_are_written(self):
        values = {
            "default_code": "A",
            "barcode": "B",
            "weight": Decimal("1.5"),
            "standard_price": Decimal("4.20"),
            "price": Decimal("13"),
        }
        (result,) = self.write("variant", update(self.medium.id, values))
        self.done(result)
        held = self.fetch("variant", self.medium.id, (*values,))
        self.assertEqual({name: held[name] for name in values}, values)
        self.assertEqual(self.prices(self.template), {"SH-S": 10, "A": 13})

    def test_a_cost_leaves_its_history_as_when_written_by_hand(self):
        values = self.env["product.value"].sudo()
        for variant in (self.small, self.medium):
            variant.standard_price = 1
        before = values.search_count([("product_id", "in", (self.small + self.medium).ids)])
        ops = [
            update(self.small.id, {"standard_price": Decimal("2")}, key="1"),
            update(self.medium.id, {"standard_price": Decimal("3")}, key="2"),
        ]
        self.assertFalse([r.error for r in self.write("variant", *ops) if r.error])
        added = values.search([("product_id", "in", (self.small + self.medium).ids)], order="id")
        self.assertEqual(len(added) - before, 2)
        self.assertEqual(added[-2:].mapped("value"), [2, 3])
        self.assertIn("from 1.0 to 2.0", added[-2].description)

    def test_a_barcode_twice_in_one_batch_refuses_one_and_writes_the_rest(self):
        other, _results = self.created(renamed(SHIRT, "Other", "o"))
        third = other.product_variant_ids[0]
        ops = [
            update(self.small.id, {"barcode": "42"}, key="1"),
            update(self.medium.id, {"barcode": "42"}, key="2"),
            update(third.id, {"barcode": "43"}, key="3"),
        ]
        results = self.write("variant", *ops)
        self.assertEqual([bool(r.error) for r in results], [False, True, False])
        self.assertIn("42", self.refused(results[1]))
        self.assertIn("already assigned", self.refused(results[1]))
        self.assertEqual(third.barcode, "43")

    def test_barcodes_may_be_swapped(self):
        ops = [
            update(self.small.id, {"barcode": "5901234100025"}, key="1"),
            update(self.medium.id, {"barcode": "5901234100018"}, key="2"),
        ]
        self.assertFalse([r.error for r in self.write("variant", *ops) if r.error])

    def test_a_request_can_not_switch_the_barcode_check_off(self):
        for claim in (True, 1, "later"):
            with self.assertRaisesRegex(Exception, "already assigned"):
                self.small.with_context(gateway_barcodes_later=claim).barcode = "5901234100025"

    def test_many_different_rows_cost_few_queries(self):
        templates, _results = self.created(*(renamed(SHIRT, f"S{n}", f"q{n}") for n in range(50)))
        ops = [
            update(
                variant.id,
                {"default_code": f"n{variant.id}", "barcode": f"n{variant.id}"},
                key=str(variant.id),
            )
            for variant in templates.product_variant_ids
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertFalse([r.error for r in self.write("variant", *ops) if r.error])
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 40)

    def test_deleting_archives_and_the_last_takes_the_product_with_it(self):
        self.done(self.write("variant", Op("d", "delete", str(self.small.id), {}))[0])
        self.assertFalse(self.small.active)
        self.assertTrue(self.template.active)
        self.done(self.write("variant", Op("d", "delete", str(self.medium.id), {}))[0])
        self.assertFalse(self.template.active)

    def test_each_field_is_found_when_it_changes(self):
        for name, value in (
            ("default_code", "X"),
            ("barcode", "42"),
            ("weight", 3),
            ("standard_price", 4),
            ("active", False),
        ):
            with self.subTest(name), self.found("variant", self.medium, name):
                self.medium.write({name: value})
        for name, value in (("name", "Other"), ("list_price", 77)):
            with self.subTest(name), self.found("variant", self.medium, name):
                self.template.write({name: value})

    def test_options_and_price_are_found_when_they_change(self):
        value = self.medium.product_template_attribute_value_ids[0]
        with self.found("variant", self.medium, "options"):
            value.product_attribute_value_id.name = "Middle"
        with self.found("variant", self.medium, "options"):
            value.attribute_id.name = "Length"
        with self.found("variant", self.medium, "price"):
            value.price_extra = 9
        pricelist = self.use_pricelist()
        with self.found("variant", self.medium, "price"):
            pricelist.item_ids = [
                Command.create(
                    {
                        "applied_on": "1_product",
                        "product_tmpl_id": self.template.id,
                        "fixed_price": 3,
                    }
                )
            ]
