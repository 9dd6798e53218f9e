"""Whole syncs of prices in price lists: a demo shop with a list in euros for a market and one in
dollars for a company."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import price_lists

from .test_two_way import TwoWayCase

GLOVES = "Garden Gloves"
FLOWS = [("market_price", "import"), ("market_price", "export")]


@tagged("post_install", "-at_install")
class TestMarketPrices(TwoWayCase):
    @classmethod
    def seed(cls, shop):  # pylint: disable=missing-return
        super().seed(shop)
        add = price_lists.add_price_list
        add(shop.store, "Eurozone", "EUR", catalog="MarketCatalog")
        add(shop.store, "Wholesale", "USD", catalog="CompanyLocationCatalog")

    def setUp(self):
        super().setUp()
        currencies = self.env["res.currency"].with_context(active_test=False)
        self.euro = currencies.search([("name", "=", "EUR")])
        self.euro.active = True
        self.dollar = currencies.search([("name", "=", "USD")])
        self.euros, self.dollars = self.env["product.pricelist"].create(
            [
                {"name": "In euros", "currency_id": self.euro.id},
                {"name": "Companies", "currency_id": self.dollar.id},
            ]
        )
        self.small, self.other = self.template(GLOVES).product_variant_ids[:2]

    def line(self, name):
        """The line of the map for the shop's list of this name."""
        (found,) = self.connector.price_list_ids.filtered(lambda b: name in b.remote_name)
        return found

    def map_lists(self):
        self.line("Eurozone").pricelist_id = self.euros
        self.line("Wholesale").pricelist_id = self.dollars

    def item(self, variant, price, pricelist=None, **values):
        one = {"applied_on": "0_product_variant", "product_id": variant.id} if variant else {}
        return self.env["product.pricelist.item"].create(
            {
                "pricelist_id": (pricelist or self.euros).id,
                "product_tmpl_id": variant.product_tmpl_id.id if variant else False,
                "fixed_price": price,
                **one,
                **values,
            }
        )

    def shop_list(self, name):
        return next(one for one in self.reader.table("PriceList") if one["name"] == name)

    def fix(self, variant, price, compared=None, name="Eurozone"):
        found = self.reader.by_sku(variant.default_code)
        fixed = {self.reader.number(found["id"]): (price, compared)}
        price_lists.fix(self.shop.store, self.shop_list(name), fixed)

    def unfix(self, variant, name="Eurozone"):
        found = self.reader.by_sku(variant.default_code)
        key = self.reader.number(found["id"])
        price_lists.unfix(self.shop.store, self.shop_list(name), [key])

    def fixed(self, name="Eurozone"):
        """SKU → (price, the one it is compared at) of what is fixed in the shop's list."""
        skus = {self.reader.number(v["id"]): sku for sku, v in self.reader.variants().items()}
        held = self.shop_list(name)["fixed"].items()
        return {skus[int(key)]: (one["price"], one["compareAtPrice"]) for key, one in held}

    def items(self, pricelist=None):
        """Variant → price of the items of one variant each that are not over."""
        items = (pricelist or self.euros).item_ids
        own = items.filtered(lambda item: item.product_id and not item.date_end)
        return {item.product_id: item.fixed_price for item in own}

    def carry(self, **how):
        return self.sync("market_price", **how)

    def assert_quiet(self):
        with self.reader.writes() as counters:
            run = self.carry()
        self.assertEqual((counters.writes, self.written(run)), (0, {}))

    # -- the map

    def test_a_mapped_list_is_not_chosen_for_sales(self):
        self.map_lists()
        with self.assertRaisesRegex(ValidationError, "sale price list"):
            self.connector.sale_pricelist_id = self.dollars

    def test_the_check_lists_the_shop_s_lists_and_prices_flow_once_one_is_mapped(self):
        self.assertEqual(
            sorted(self.connector.price_list_ids.mapped("remote_name")),
            ["Eurozone (EUR)", "Wholesale (USD)"],
        )
        self.assertFalse({flow[0] for flow in self.connector._flows_to_run()} & {"market_price"})
        with self.assertRaisesRegex(UserError, "No mapping says how to sync market_price"):
            self.connector.run_sync(["market_price"], wait=True)
        self.map_lists()
        flows = self.connector._flows_to_run()
        self.assertEqual([flow for flow in flows if flow in FLOWS], FLOWS)
        lines = self.connector.schedule_ids.filtered(lambda one: one.entity == "market_price")
        self.assertEqual(sorted(lines.mapped("direction")), ["export", "import"])
        self.connector._schedule_all()
        crons = {line.direction: line.cron for line in lines}
        self.assertEqual({"import": "0 4 * * *", "export": "*/15 * * * *"}, crons)
        self.assertEqual(self.connector.check_connection()["problems"], [])
        self.assertEqual(len(self.connector.price_list_ids), 2)

    def test_a_line_refuses_another_currency_another_company_and_a_list_that_is_taken(self):
        self.assert_refused("Eurozone", self.dollars, "no price is converted. Choose .* in EUR")
        self.map_lists()
        with self.assertRaises(ValidationError) as refused:
            self.euros.currency_id = self.dollar
        self.assertIn("is in USD: no price is converted", str(refused.exception))
        lists = self.env["product.pricelist"]
        foreign = lists.create({"name": "Elsewhere", "company_id": self._company().id})
        for pricelist, told in (
            (foreign, "of another company"),
            (self._sale_list(), "whose items are sales"),
        ):
            pricelist.currency_id = self.dollar
            self.assert_refused("Wholesale", pricelist, told)
        price_lists.add_price_list(self.shop.store, "Second", "EUR")
        self.connector.check_connection()
        self.assert_refused("Second", self.euros, "can't both be «In euros»")

    def assert_refused(self, name, pricelist, told):
        with self.assertRaises(ValidationError) as refused:
            self.line(name).pricelist_id = pricelist
        self.assertRegex(str(refused.exception), told)

    def _company(self):
        return self.env["res.company"].create({"name": "Another one"})

    def _sale_list(self):
        sales = self.env["product.pricelist"].create({"name": "Sales"})
        self.connector.sale_pricelist_id = sales
        return sales

    # -- import

    def test_fixed_prices_of_the_shop_become_items_of_their_variants(self):
        self.map_lists()
        self.fix(self.small, "9.5", "12")
        self.fix(self.small, "7", name="Wholesale")
        self.fix(self.other, "8")
        run = self.carry(direction="import")
        self.assertEqual(self.written(run), {("market_price", "import"): {"updated": 2}})
        self.assertEqual(self.items(), {self.small: 9.5, self.other: 8})
        self.assertEqual(self.items(self.dollars), {self.small: 7})
        line = self.change_of(run, "market_price", self._gid(self.other), "import")
        gid = self.shop_list("Eurozone")["id"]
        self.assertEqual(line.field_changes, {f"prices[{gid}].price": [None, "8"]})
        self.assert_quiet()
        self.fix(self.small, "9")
        self.unfix(self.other)
        self.carry()
        self.assertEqual(self.items(), {self.small: 9})
        self.assertEqual(self.items(self.dollars), {self.small: 7})
        self.assertEqual(self.fixed(), {self.small.default_code: ("9.00", None)})
        self.assert_quiet()

    def _gid(self, variant):
        return self.reader.by_sku(variant.default_code)["id"]

    def test_what_another_item_of_odoo_would_give_is_not_taken_away_and_the_letter_says_so(self):
        self.map_lists()
        template = self.small.product_tmpl_id
        self.item(None, 6, applied_on="1_product", product_tmpl_id=template.id)
        self.carry()
        self.assertEqual(self.fixed()[self.small.default_code], ("6.00", None))
        self.unfix(self.small)
        self.fix(self.other, "5")
        self.carry(direction="import", state="partial")
        self.assertEqual(self.items(), {self.other: 5})
        (letter,) = self.letters()
        self.assertIn("can't be taken away: the item", letter.error)
        self.assertIn("«In euros»", letter.error)

    # -- export

    def test_what_odoo_s_lists_yield_is_fixed_in_the_shop_and_goes_with_its_item(self):
        self.map_lists()
        now = fields.Datetime.now()
        item = self.item(self.small, 9.5)
        self.item(self.other, 3, date_end=now - timedelta(days=1))
        self.item(
            None,
            0,
            self.dollars,
            applied_on="2_product_category",
            categ_id=self.small.categ_id.id,
            compute_price="percentage",
            percent_price=10,
        )
        self.fix(self.small, "4", "5")
        self.connector.strategy, self.connector.priority = "source_priority", "odoo"
        with self.reader.writes() as counters:
            run = self.carry()
        self.assertLessEqual(counters.mutations["priceListFixedPricesUpdate"], 4)
        self.assertEqual(self.fixed(), {self.small.default_code: ("9.50", "5.00")})
        wholesale = self.fixed("Wholesale")
        listed = self.template(GLOVES).product_variant_ids
        self.assertEqual({wholesale[v.default_code][0] for v in listed}, {"11.25"})
        self.assertEqual(len(self.items(self.dollars)), 0)
        self.assert_quiet()
        self.template(GLOVES).list_price = 20
        self.assertTrue(self.written(self.carry()))
        self.assertEqual(self.fixed("Wholesale")[self.small.default_code], ("18.00", None))
        self.fix(self.other, "2")
        self.carry()
        self.assertEqual(self.items(), {self.small: 9.5, self.other: 2})
        item.unlink()
        run = self.carry()
        self.assertEqual(self.written(run), {("market_price", "export"): {"updated": 1}})
        self.assertEqual(self.fixed(), {self.other.default_code: ("2.00", None)})
        self.assert_quiet()

    def test_a_price_of_the_shop_that_nobody_took_over_stays(self):
        self.map_lists()
        self.fix(self.small, "4")
        self.item(self.other, 6)
        run = self.carry(direction="export")
        self.assertEqual(self.written(run), {("market_price", "export"): {"updated": 1}})
        self.assertEqual(
            self.fixed(),
            {self.small.default_code: ("4.00", None), self.other.default_code: ("6.00", None)},
        )

    def test_another_list_of_odoo_on_a_line_takes_nothing_away_in_the_shop(self):
        self.map_lists()
        self.item(self.small, 9.5)
        self.item(self.small, 7, self.dollars)
        self.carry()
        other = self.euros.create({"name": "Other euros", "currency_id": self.euro.id})
        self.item(self.other, 5, other)
        self.line("Eurozone").pricelist_id = other
        self.carry()
        fixed = {self.small.default_code: ("9.50", None), self.other.default_code: ("5.00", None)}
        self.assertEqual(self.fixed(), fixed)
        self.assertEqual(self.items(other), {self.small: 9.5, self.other: 5})
        self.assertEqual(self.fixed("Wholesale"), {self.small.default_code: ("7.00", None)})
        self.assert_quiet()
        self.item(self.small, 1, other, min_quantity=0)
        self.line("Eurozone").pricelist_id = False
        self.carry()
        self.assertEqual(self.fixed(), fixed)

    def test_a_plan_foretells_prices_and_what_an_import_brought_can_be_taken_back(self):
        self.map_lists()
        self.fix(self.small, "9.5")
        plan = self.connector.run_sync(["market_price"], dry_run=True, wait=True)
        self.assertEqual((plan.state, self.items()), ("done", {}))
        self.assertEqual(self.written(plan), {("market_price", "import"): {"updated": 1}})
        plan.action_plan_approve()
        run = self.env["gateway.run"].browse(plan.action_plan_apply()["res_id"])
        run._drive_inline()
        self.env.invalidate_all()
        self.assertEqual((run.state, self.items()), ("done", {self.small: 9.5}))
        undo = self.env["gateway.run"].browse(run.action_undo()["res_id"])
        undo._drive_inline()
        self.env.invalidate_all()
        self.assertEqual((undo.state, self.items()), ("done", {}))
        self.assert_quiet()
        self.assertEqual((self.items(), len(self.fixed())), ({}, 1))

    def test_a_rate_that_changes_moves_the_prices_that_are_computed_by_it(self):
        self.map_lists()
        company = self.connector.company_id
        rates = self.env["res.currency.rate"]
        rates.search([("currency_id", "in", (self.euro | self.dollar).ids)]).unlink()
        day = fields.Date.today()
        rate = {"currency_id": self.euro.id, "company_id": company.id}
        held = rates.create({**rate, "name": day - timedelta(days=9), "rate": 0.8})
        self.item(None, 0, applied_on="3_global", compute_price="percentage", percent_price=0)
        self.carry()
        sku = self.small.default_code
        self.assertEqual(self.fixed()[sku], ("10.00", None))
        self.assert_quiet()
        held.rate = 0.5
        self.carry()
        self.assertEqual(self.fixed()[sku], ("6.25", None))
        self.assert_quiet()

    def test_a_list_in_another_currency_in_the_shop_stops_the_flow(self):
        self.map_lists()
        self.item(self.small, 9.5)
        self.shop_list("Eurozone")["currency"] = "CHF"
        run = self.carry(state="failed")
        self.assertIn("no price is carried between two currencies", run.error)
        (problem,) = self.connector.check_connection()["problems"]
        self.assertIn("can't be «In euros», which is in EUR", problem)
        self.assertEqual(self.fixed(), {})
