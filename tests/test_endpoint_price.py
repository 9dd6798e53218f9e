"""Prices of variants through the endpoint's contract: list price, extras, pricelist."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.tests import tagged
from odoo.tools.sql import table_exists

from .products_case import LONG_AGO, ProductsCase, update
from .test_endpoint_product import priced

READS = ("price",)
SHOWN = ["price", "compare_at_price", "sale_price", "sale_from", "sale_to"]


@tagged("post_install", "-at_install")
class TestPrice(ProductsCase):
    def setUp(self):
        super().setUp()
        self.template, _results = self.created(priced(10, 11, 12, 13))
        self.ids = {v.default_code: v.id for v in self.template.product_variant_ids}

    def ask(self, **prices):
        """Write prices by SKU; their results."""
        ops = [update(self.ids[sku], {"price": Decimal(p)}, key=sku) for sku, p in prices.items()]
        return self.write("price", *ops, reads=READS)

    def read(self):  # pylint: disable=method-required-super
        records = self.side("price", READS).fetch("price", [str(id_) for id_ in self.ids.values()])
        by_id = {int(record.id): record.fields["price"] for record in records}
        return {sku: by_id[id_] for sku, id_ in self.ids.items()}

    def assertPrices(self, red_s, blue_s, red_m, blue_m):
        prices = dict(
            zip(("SRed", "SBlue", "MRed", "MBlue"), (red_s, blue_s, red_m, blue_m), strict=True)
        )
        self.assertEqual(self.read(), {sku: Decimal(price) for sku, price in prices.items()})

    def item(self, **values):
        values = {"product_tmpl_id": self.template.id, "applied_on": "1_product", **values}
        return self.env["product.pricelist.item"].create(
            {"pricelist_id": self.connector.pricelist_id.id, **values}
        )

    # -- reading

    def test_list_price_plus_extras(self):
        self.assertPrices(10, 11, 12, 13)

    def test_prices_add_up_as_decimals(self):
        self.template.list_price = 10.1
        self.template.attribute_line_ids.product_template_value_ids.filtered(
            lambda v: v.name == "Blue"
        ).price_extra = 0.2
        self.assertPrices("10.1", "10.3", "12.1", "12.3")

    def test_the_pricelist_wins_and_the_variants_own_item_over_the_templates(self):
        self.use_pricelist()
        self.item(fixed_price=50)
        self.item(applied_on="0_product_variant", product_id=self.ids["MRed"], fixed_price=60)
        self.assertPrices(50, 50, 60, 50)

    def test_items_that_are_not_in_force_are_no_price(self):
        self.use_pricelist()
        now = fields.Datetime.now()
        self.item(fixed_price=50, date_start=now + timedelta(days=1))
        self.item(fixed_price=51, date_end=now - timedelta(days=1))
        self.item(fixed_price=52, min_quantity=10)
        self.item(compute_price="percentage", percent_price=50)
        self.assertPrices(10, 11, 12, 13)

    # -- writing

    def test_all_prices_of_a_template(self):
        results = self.ask(SRed="20", SBlue="21", MRed="30.5", MBlue="31.5")
        self.assertFalse([r.error for r in results if r.error])
        self.assertPrices(20, 21, "30.5", "31.5")

    def test_an_equal_rise_moves_the_list_price_alone(self):
        values = self.template.attribute_line_ids.product_template_value_ids
        before = values.mapped("price_extra")
        self.ask(SRed="15", SBlue="16", MRed="17", MBlue="18")
        self.assertEqual(self.template.list_price, 15)
        self.assertEqual(values.mapped("price_extra"), before)

    def test_some_prices_leave_the_others_be(self):
        self.ask(MRed="22", MBlue="23")
        self.assertPrices(10, 11, 22, 23)
        self.assertEqual(self.template.list_price, 10)

    def test_one_variant_alone_is_refused_where_it_would_move_another(self):
        (result,) = self.ask(MBlue="99")
        text = self.refused(result)
        self.assertIn("«Grid»", text)
        self.assertIn("M / Blue: 99", text)
        self.assertIn("Set a pricelist", text)
        self.assertPrices(10, 11, 12, 13)

    def test_with_a_pricelist_it_gets_a_fixed_price_and_the_others_keep_theirs(self):
        pricelist = self.use_pricelist()
        self.assertFalse([r.error for r in self.ask(MBlue="99") if r.error])
        self.assertPrices(10, 11, 12, 99)
        self.assertEqual(len(pricelist.item_ids), 1)
        self.ask(MBlue="98.5")
        self.assertPrices(10, 11, 12, "98.5")
        self.assertEqual(len(pricelist.item_ids), 1)

    def test_a_templates_item_is_changed_when_all_variants_ask_one_price(self):
        self.use_pricelist()
        item = self.item(fixed_price=50)
        self.ask(SRed="55", SBlue="55", MRed="55", MBlue="55")
        self.assertEqual(item.fixed_price, 55)
        self.assertEqual(len(self.connector.pricelist_id.item_ids), 1)
        self.ask(SRed="56")
        self.assertPrices(56, 55, 55, 55)

    def test_a_refused_template_leaves_the_others_of_the_batch_be(self):
        plain, _results = self.created({"name": "Plain", "list_price": Decimal(1)})
        ops = [
            update(self.ids["MBlue"], {"price": Decimal(99)}, key="bad"),
            update(plain.product_variant_id.id, {"price": Decimal("7.77")}, key="good"),
        ]
        results = self.write("price", *ops, reads=READS)
        self.assertEqual([bool(result.error) for result in results], [True, False])
        self.assertEqual(plain.list_price, 7.77)

    def test_many_prices_cost_few_queries(self):
        templates, _results = self.created(*({"name": f"P{n}"} for n in range(60)))
        ops = [
            update(variant.id, {"price": Decimal(n) + Decimal("0.99")}, key=str(n))
            for n, variant in enumerate(templates.product_variant_ids)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertFalse([r.error for r in self.write("price", *ops, reads=READS) if r.error])
        self.env.flush_all()
        # One each: a changed list price makes Odoo look for delivery methods that sell the product.
        self.assertLess(self.env.cr.sql_log_count - before, len(ops) + 20)

    def test_nothing_else_is_written_here(self):
        info = self.side("price", READS).entities()["price"]
        self.assertEqual([n for n, field in info.fields.items() if field.writable], SHOWN)
        self.assertEqual(info.capabilities, {"update"})

    # -- changes

    def test_each_source_of_a_price_is_found(self):
        variant = self.env["product.product"].browse(self.ids["MBlue"])
        with self.found("price", variant, *READS):
            self.template.list_price = 99
        with self.found("price", variant, *READS):
            variant.product_template_attribute_value_ids[0].price_extra = 9
        pricelist = self.use_pricelist()
        with self.found("price", variant, *READS):
            item = self.item(fixed_price=50)
        with self.found("price", variant, *READS):
            item.fixed_price = 51
        with self.found("price", variant, *READS):
            pricelist.item_ids.unlink()
            pricelist.write({"item_ids": []})

    def test_an_item_of_a_connectors_list_is_found_when_it_is_deleted_by_itself(self):
        variant = self.env["product.product"].browse(self.ids["MBlue"])
        pricelist = self.use_pricelist()
        item = self.item(fixed_price=50)
        self.env["gateway.connector"].create(
            {"name": "Listed", "platform": self._platform(), "pricelist_id": pricelist.id}
        )
        with self.found("price", variant, *READS):
            item.unlink()

    def test_an_item_of_one_variant_is_no_change_of_its_siblings(self):
        self.use_pricelist()
        self.age()
        self.item(applied_on="0_product_variant", product_id=self.ids["MRed"], fixed_price=60)
        changed = self.changed("price", READS)
        self.assertIn(self.ids["MRed"], changed)
        self.assertNotIn(self.ids["SRed"], changed)

    def test_a_date_that_is_reached_is_found_though_nobody_writes(self):
        self.use_pricelist()
        now = fields.Datetime.now()
        variant = self.env["product.product"].browse(self.ids["SRed"])
        with self.found("price", variant, *READS):
            item = self.item(fixed_price=50)
            self.age()
            item.date_end = now - timedelta(minutes=5)
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE product_pricelist_item SET write_date = %s WHERE id = %s",
                (LONG_AGO, item.id),
            )

    def test_a_variant_that_was_just_bound_is_found(self):
        self.assertTrue(table_exists(self.env.cr, "gateway_binding"))
        variant = self.env["product.product"].browse(self.ids["SRed"])
        self.connector = self.env["gateway.connector"].create(
            {"name": "Shop", "platform": self._platform()}
        )
        with self.found("price", variant, *READS):
            self.env["gateway.binding"].create(
                {
                    "connector_id": self.connector.id,
                    "entity": "variant",
                    "remote_id": "gid://shop/1",
                    "odoo_id": str(variant.id),
                    "res_model": "product.product",
                    "res_id": variant.id,
                }
            )

    def _platform(self):
        return self.env["gateway.connector"]._fields["platform"].get_values(self.env)[0]
