"""Two connectors on one warehouse: a hint where a shop says how much there is, and only there."""

from odoo import Command
from odoo.tests import Form, tagged

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestStockRisk(ShopCase):
    def setUp(self):
        super().setUp()
        self.house = self.connector.warehouse_id
        self.other = self.connect("Other")
        self.map(self.connector)
        self.map(self.other)

    def map(self, connector, house=None):
        place = (house or self.house).lot_stock_id
        row = {"entity": "location", "remote_id": "9", "res_model": "stock.location"}
        row |= {"odoo_id": str(place.id), "res_id": place.id}
        connector.location_ids = [Command.clear(), Command.create(row)]

    def said(self):
        self.env.invalidate_all()
        return self.connector.stock_risk, self.other.stock_risk

    def off(self, connector, *entities):
        connector.schedule_ids.filtered(lambda line: line.entity in entities).is_on = False

    def test_odoo_as_the_authority_of_both_is_no_risk(self):
        self.assertEqual((False, False), self.said())

    def test_two_shops_that_both_say_how_much_there_is(self):
        (self.connector | self.other).stock_authority = "shop"
        mine, others = self.said()
        self.assertIn("Here and in «Other» the shop is the stock authority", mine)
        self.assertIn(self.house.display_name, mine)
        self.assertIn("Here and in «Shop»", others)

    def test_a_shop_that_says_it_and_one_that_sells_from_there(self):
        self.connector.stock_authority = "shop"
        for said in self.said():
            self.assertIn("The shop of «Shop» is the stock authority", said)
            self.assertIn("not told what «Other» sells", said)

    def test_one_that_only_ships_its_orders_from_there_is_a_risk_as_well(self):
        self.connector.stock_authority = "shop"
        self.other.stock_authority = "none"
        self.other.location_ids.unlink()
        self.assertIn("not told what «Other» sells", self.said()[0])
        self.off(self.other, "order")
        self.assertEqual((False, False), self.said())

    def test_another_warehouse_an_archived_connector_or_no_stock_is_none(self):
        self.connector.stock_authority = "shop"
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self.other.warehouse_id = second
        self.map(self.other, second)
        self.assertEqual((False, False), self.said())
        self.map(self.other)
        self.assertTrue(self.said()[0])
        self.off(self.connector, "stock")
        self.assertEqual((False, False), self.said())
        self.connector.schedule_ids.is_on = True
        self.other.active = False
        self.assertFalse(self.said()[0])

    def test_the_form_says_it_while_the_authority_is_being_chosen(self):
        with Form(self.connector) as form:
            self.assertFalse(form.stock_risk)
            form.stock_authority = "shop"
            self.assertIn("not told what «Other» sells", form.stock_risk)
            form.stock_authority = "odoo"

    def test_the_check_of_the_connection_says_it(self):
        self.connector.stock_authority = "shop"
        found = self.connector.check_connection()
        self.assertTrue(found["usable"])
        self.assertIn("not told what «Other» sells", " ".join(found["problems"]))
        self.assertFalse(found["ok"])
        self.assertFalse(self.connector.problems, "the form tells it as it is now")
