"""Whole syncs of sales: with a demo shop, which knows no dates, and a simulated WooCommerce."""

from datetime import timedelta, timezone
from decimal import Decimal

from odoo import fields
from odoo.tests import tagged

from .simulators.woocommerce import products
from .test_two_way import TwoWayCase
from .woocommerce_case import WooCommerceCase

GLOVES = "Garden Gloves"
DAY = timedelta(days=1)


class SaleLists:
    """Both lists of a connector, and items of the one for sales."""

    def choose_lists(self):
        lists = self.env["product.pricelist"].create([{"name": "Shop"}, {"name": "Sales"}])
        self.list = lists[1]
        self.choose(lists[0], self.list)

    def choose(self, regular, sale):
        self.connector.write({"pricelist_id": regular.id, "sale_pricelist_id": sale.id})

    def item(self, variant, price, **values):
        return self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.list.id,
                "applied_on": "0_product_variant",
                "product_tmpl_id": variant.product_tmpl_id.id,
                "product_id": variant.id,
                "fixed_price": price,
                **values,
            }
        )

    def own(self, variant):
        return self.list.item_ids.filtered(lambda item: item.product_id == variant)

    def carry(self, **how):
        """A sync of prices, both ways."""
        return self.sync("price", **how)

    def passes(self, item, **values):
        """Time goes by: the item's dates are others, and nobody has written it."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE product_pricelist_item SET {name} = %s WHERE id = %s",  # noqa: S608
                (value, item.id),
            )
        self.env.invalidate_all()

    @property
    def now(self):
        return fields.Datetime.now()


@tagged("post_install", "-at_install")
class TestShopifySales(SaleLists, TwoWayCase):
    def pair(self, sku):
        found = self.reader.by_sku(sku)
        return found["price"], found["compareAtPrice"]

    def put(self, sku, price, compared):
        found, shop = self.reader.by_sku(sku), self.shop.store
        found.update(price=price, compareAtPrice=compared)
        shop.touch(found, shop.get("Product", found["product"]))

    def sold(self):
        """SKU → both prices of what is on sale in the shop."""
        pairs = {sku: self.pair(sku) for sku in self.reader.variants()}
        return {sku: pair for sku, pair in pairs.items() if pair[1]}

    def assert_quiet(self):
        """A further sync of prices writes nothing anywhere."""
        with self.reader.writes() as counters:
            run = self.carry()
        self.assertEqual((counters.writes, self.written(run)), (0, {}))

    def gloves(self):
        return self.template(GLOVES).product_variant_ids[0]

    def test_without_a_list_the_compared_prices_stay_in_the_shop(self):
        sold = self.sold()
        self.assertTrue(sold)
        sku = min(sold)
        self.assertEqual(self.variant(sku).lst_price, float(sold[sku][0]))
        self.variant(sku).product_tmpl_id.list_price += 1
        self.carry()
        self.assertEqual(self.pair(sku)[1], sold[sku][1])
        self.assertNotEqual(self.pair(sku)[0], sold[sku][0])
        self.assert_quiet()

    def test_a_list_that_is_chosen_brings_the_sales_of_both_sides_together(self):
        sold = self.sold()
        self.choose_lists()
        gloves = self.gloves()
        planned = self.item(gloves, 9, date_end=self.now + DAY)
        with self.reader.writes() as counters:
            self.carry(direction="import")
        self.assertEqual(counters.writes, 0)
        self.assertEqual(len(self.list.item_ids), len(sold) + 1)
        for sku, (price, compared) in sold.items():
            self.assertEqual(self.own(self.variant(sku)).fixed_price, float(price))
            self.assertEqual(self.variant(sku).lst_price, float(compared))
        self.assertEqual(planned.fixed_price, 9, "no sale in the shop takes none away")
        run = self.carry()
        self.assertEqual(self.written(run), {("price", "export"): {"updated": 1}})
        self.assertEqual(self.pair(gloves.default_code), ("9.00", "12.50"))
        self.assertEqual({s: p for s, p in self.sold().items() if s in sold}, sold)
        self.assertFalse(self.env["gateway.conflict"].search([]))
        self.assert_settled()

    def test_a_sale_of_odoo_is_carried_when_its_time_comes_and_when_it_is_over(self):
        self.choose_lists()
        self.carry()
        gloves, other = self.template(GLOVES).product_variant_ids[:2]
        sku = gloves.default_code
        item = self.item(gloves, 9, date_start=self.now + DAY, date_end=self.now + 2 * DAY)
        self.carry()
        self.assertEqual(self.pair(sku), ("12.50", None))
        self.passes(item, date_start=self.now - DAY)
        run = self.carry()
        self.assertEqual(self.written(run), {("price", "export"): {"updated": 1}})
        self.assertEqual(self.pair(sku), ("9.00", "12.50"))
        line = self.change_of(run, "price", gloves.id, "export")
        self.assertEqual(
            line.field_changes, {"price": ["12.5", "9"], "compareAtPrice": [None, "12.5"]}
        )
        self.assert_quiet()
        item.fixed_price = 8
        self.template(GLOVES).list_price = 13
        self.carry()
        self.assertEqual(self.pair(sku), ("8.00", "13.00"))
        self.assertEqual(self.pair(other.default_code), ("13.00", None))
        self.assert_quiet()
        self.passes(item, date_end=self.now - timedelta(minutes=1))
        self.carry()
        self.assertEqual(self.pair(sku), ("13.00", None))
        self.assertTrue(item.exists())
        self.assert_quiet()

    def test_a_sale_of_the_shop_is_an_item_that_begins_changes_and_ends(self):
        self.choose_lists()
        self.carry()
        gloves = self.gloves()
        sku = gloves.default_code
        for pair, price in ((("9.00", "12.50"), 9), (("8.50", "12.50"), 8.5)):
            self.put(sku, *pair)
            before = self.list.item_ids.mapped("fixed_price")
            plan = self.connector.run_sync(["price"], dry_run=True, wait=True)
            self.assertEqual(self.written(plan), {("price", "import"): {"updated": 1}})
            self.assertEqual(self.list.item_ids.mapped("fixed_price"), before)
            self.carry()
            item = self.own(gloves)
            self.assertEqual((item.fixed_price, gloves.lst_price), (price, 12.5))
            self.assertEqual((self.pair(sku), item.date_start), (pair, False))
            self.assert_quiet()
        self.put(sku, "12.50", None)
        self.carry()
        self.assertFalse(self.own(gloves))
        self.assertEqual((self.pair(sku), gloves.lst_price), (("12.50", None), 12.5))
        self.assert_quiet()

    def test_a_run_that_brought_a_sale_is_taken_back(self):
        self.choose_lists()
        self.carry()
        gloves = self.gloves()
        self.put(gloves.default_code, "9.00", "13.00")
        run = self.carry()
        self.assertEqual((self.own(gloves).fixed_price, gloves.lst_price), (9, 13))
        undo = self.env["gateway.run"].browse(run.action_undo()["res_id"])
        undo._drive_inline()
        self.assertEqual((undo.state, self.own(gloves)), ("done", self.list.item_ids.browse()))
        self.assertEqual(gloves.lst_price, 12.5)
        self.assert_quiet()
        self.assertEqual(self.pair(gloves.default_code), ("9.00", "13.00"))

    def test_a_sale_of_both_sides_is_decided_by_the_rules(self):
        self.choose_lists()
        gloves = self.gloves()
        item = self.item(gloves, 9)
        self.carry()
        for winner, price in (("odoo", 8), ("remote", 7)):
            rule = {"pattern": "shopify_price.compareAtPrice", "winner": winner}
            self.connector.rule_ids = [(5, 0, 0), (0, 0, rule)]
            item.fixed_price = 8
            self.put(gloves.default_code, "7.00", "12.50")
            run = self.carry()
            self.assertTrue(self.changes(run, "price"))
            self.assertEqual(
                (item.fixed_price, self.pair(gloves.default_code)[0]), (price, f"{price}.00")
            )
            self.assert_quiet()

    def test_what_an_item_of_the_product_says_is_not_ended_from_the_shop(self):
        self.choose_lists()
        self.carry()
        template = self.template(GLOVES)
        gloves = template.product_variant_ids[0]
        item = self.item(gloves, 9, applied_on="1_product", product_id=False)
        self.carry()
        self.assertEqual(
            {self.pair(v.default_code) for v in template.product_variant_ids}, {("9.00", "12.50")}
        )
        self.put(gloves.default_code, "12.50", None)
        self.carry(state="partial")
        (letter,) = self.letters()
        self.assertIn("of the sale price list «Sales»", letter.error)
        self.assertEqual((item.fixed_price, self.list.item_ids), (9, self.list.item_ids | item))
        self.assertEqual(self.pair(gloves.default_code), ("12.50", None))

    def test_the_list_can_be_another_one_or_none(self):
        self.choose_lists()
        gloves = self.gloves()
        self.item(gloves, 9)
        self.carry()
        other = self.list.copy({"name": "Others", "item_ids": []})
        self.connector.sale_pricelist_id = other
        sold = len(self.sold())
        self.list = other
        self.item(gloves, 8)
        self.carry()
        self.assertEqual(self.pair(gloves.default_code), ("8.00", "12.50"))
        self.assertEqual(len(self.sold()), 1, sold)
        self.assert_quiet()
        self.connector.sale_pricelist_id = False
        self.carry()
        self.assertEqual(self.pair(gloves.default_code), ("12.50", "12.50"))
        self.assert_quiet()


@tagged("post_install", "-at_install")
class TestWooCommerceSales(SaleLists, WooCommerceCase):
    settings = {"utc_offset": 60}

    def sale(self, sku):
        found = [r for t in ("products", "variations") for r in self.rows(t) if r["sku"] == sku]
        (row,) = found
        price = row["sale_price"] and Decimal(row["sale_price"])
        return price, *(t and t.replace(tzinfo=None) for t in (row["sale_from"], row["sale_to"]))

    def assert_quiet(self):
        """A further sync of prices writes nothing anywhere."""
        self.clock.sleep(300)
        before = self.shop.writes
        run = self.carry()
        self.assertEqual((self.shop.writes - before, self.written(run)), (0, {}))

    def put(self, sku, **values):
        self.clock.sleep(60)
        products.update(self.shop, self.row("products", sku=sku), values)

    def test_sales_of_odoo_go_out_with_their_dates(self):
        self.choose_lists()
        soap, shirt = self.variant("SIM-006"), self.variant("VAR-01-S-BL")
        begins, ends = self.now + DAY, self.now + 2 * DAY
        item = self.item(soap, 3.5, date_start=begins, date_end=ends)
        self.item(shirt, 4)
        self.carry()
        self.assertEqual(self.sale("SIM-006"), (Decimal("3.5"), begins, ends))
        self.assertEqual(self.sale("VAR-01-S-BL"), (4, None, None))
        self.assert_quiet()
        self.passes(item, date_start=begins - 2 * DAY)  # it has begun, and is told as it was
        self.carry()
        self.assert_quiet()
        item.write({"fixed_price": 3, "date_end": False})
        self.carry()
        self.assertEqual(self.sale("SIM-006")[::2], (3, None))
        self.assert_quiet()
        self.passes(item, date_end=self.now - timedelta(minutes=1))
        self.carry()
        self.assertEqual(self.sale("SIM-006"), ("", None, None))
        self.own(shirt).unlink()
        self.carry()
        self.assertEqual(self.sale("VAR-01-S-BL"), ("", None, None))
        self.assert_settled()

    def test_sales_of_the_shop_come_in_with_their_dates(self):
        self.put("SIM-006", sale_price="3", date_on_sale_from_gmt="2040-01-01T00:00:00")
        self.carry()
        self.choose_lists()
        soap = self.variant("SIM-006")
        self.carry()
        item = self.own(soap)
        begins = fields.Datetime.to_datetime("2040-01-01")
        self.assertEqual((item.fixed_price, item.date_start, item.date_end), (3, begins, False))
        self.assert_quiet()
        self.put("SIM-006", sale_price="2.5", date_on_sale_to="2040-02-01T01:00:00")
        self.carry()
        self.assertEqual(
            (item.fixed_price, item.date_start, item.date_end),
            (2.5, begins, fields.Datetime.to_datetime("2040-02-01")),
        )
        self.assert_quiet()
        self.put("SIM-006", sale_price="")
        self.carry()
        self.assertFalse(item.exists())
        self.assert_quiet()

    def test_a_shop_that_clears_what_has_passed_ends_and_moves_nothing_in_odoo(self):
        """WooCommerce below 10.5 takes a sale's start away when it begins, and all of it when it
        ends; later ones keep both."""
        self.choose_lists()
        soap = self.variant("SIM-006")
        begins, ends = self.now - DAY, self.now + DAY
        item = self.item(soap, 3, date_start=begins, date_end=ends)
        self.carry()
        self.put("SIM-006", date_on_sale_from_gmt="")
        self.carry()
        self.assertEqual((item.date_start, self.sale("SIM-006")), (begins, (3, None, ends)))
        self.assert_quiet()
        over = self.now - timedelta(minutes=1)
        self.passes(item, date_end=over)
        self.put("SIM-006", sale_price="", date_on_sale_to_gmt="")
        self.carry()
        self.assertEqual((item.date_end, self.own(soap)), (over, item))
        self.assert_quiet()

    def test_a_sale_that_is_over_in_the_shop_makes_no_item(self):
        self.choose_lists()
        over = (self.now - DAY).replace(tzinfo=timezone.utc)
        self.put("SIM-006", sale_price="3", date_on_sale_to_gmt=f"{over:%Y-%m-%dT%H:%M:%S}")
        run = self.carry()
        self.assertEqual(self.written(run), {})
        self.assertFalse(self.own(self.variant("SIM-006")))
        self.assert_quiet()

    def test_a_sale_of_both_sides_is_decided_by_the_rules_as_a_whole(self):
        self.choose_lists()
        soap = self.variant("SIM-006")
        item = self.item(soap, 4)
        self.carry()
        self.connector.rule_ids = [(0, 0, {"pattern": "product.product.sale_*", "winner": "odoo"})]
        item.write({"fixed_price": 3.5, "date_end": self.now + DAY})
        self.put("SIM-006", sale_price="2", date_on_sale_from_gmt="2040-01-01T00:00:00")
        self.carry()
        self.assertEqual(self.sale("SIM-006"), (Decimal("3.5"), None, item.date_end))
        self.assert_quiet()
